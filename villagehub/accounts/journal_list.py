"""The journal as people read it: filtered by village, kind, person and days, the newest first, paged by the entry's number."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.managing import managed_places
from villagehub.accounts.models import Appointment, Person
from villagehub.accounts.roles import ROLE_WORDS
from villagehub.accounts.rules import Permission
from villagehub.journal import SITE, Event
from villagehub.journal.models import JournalEntry
from villagehub.kernel.clock import SHANGHAI
from villagehub.places.models import Level, Place
from villagehub.places.queries import short_name

PAGE: Final = 50
EVENT_WORDS: Final[dict[str, str]] = {
    Event.PERSON_ADDED: "建了账号",
    Event.PERSON_DISABLED: "停用了账号",
    Event.PASSWORD_CHANGED: "改了密码",
    Event.SECOND_FACTOR_SET: "开了动态码",
    Event.SECOND_FACTOR_RESET: "取消了动态码",
    Event.RECOVERY_CODE_USED: "用了一个备用码",
    Event.APPOINTMENT_BEGUN: "任职开始",
    Event.APPOINTMENT_ENDED: "任职结束",
    Event.ELECTION_BEGUN: "登记改选",
    Event.ELECTION_ENDED: "改选办完",
    Event.SIGNED_IN: "登录",
    Event.SIGNED_OUT: "退出登录",
    Event.PLACES_TAKEN_OVER: "导入了地名",
    Event.PROFILE_CHANGED: "改了村里的电话和值班",
    Event.UPLOAD_RECEIVED: "传了账表",
    Event.UPLOAD_ACCEPTED: "账表收下了",
    Event.UPLOAD_ABANDONED: "放弃了账表",
    Event.LAYOUT_KEPT: "记住了表头的对法",
    Event.LAYOUT_FORGOTTEN: "忘掉了表头的对法",
    Event.UPLOAD_MENDED: "在网页上改了账表里的格子",
    Event.UPLOAD_CONTINUED: "传了改好的账表，接着上次的办",
    Event.UPLOAD_UNDONE: "撤销了一次导入",
    Event.VERSION_DRAFTED: "开了草稿",
    Event.VERSION_FILLED: "填了草稿",
    Event.FILLING_UNDONE: "草稿里撤销了一次导入",
    Event.ROW_CORRECTED: "改了一行",
    Event.REASON_GIVEN: "写了更正原因",
    Event.RECEIPTS_ADDED: "传了票据",
    Event.RECEIPT_MATCHED: "给票据对上一行",
    Event.RECEIPT_MASKED: "遮好一张票据",
    Event.RECEIPT_REMOVED: "拿掉一张票据",
    Event.VOUCHERS_STATED: "写了票据在哪里",
    Event.RECEIPTS_CHOSEN: "定了要不要附票据图片",
    Event.NIL_DECLARED: "报了无此类事项",
    Event.VERSION_SUBMITTED: "送审",
    Event.VERSION_TAKEN_BACK: "收回送审",
    Event.VERSION_ABANDONED: "放弃草稿",
    Event.VERSION_REOPENED: "重开草稿",
    Event.VOTE_CAST: "审核签字",
    Event.SHEET_ENTERED: "录入纸上签字",
    Event.RECUSAL_DECLARED: "回避",
    Event.VERSION_RETURNED: "退回",
    Event.VERSION_REVIEWED: "审核通过",
    Event.VERSION_PUBLISHED: "公开",
    Event.PAGE_HIDDEN: "紧急撤下",
    Event.HIDE_CONFIRMED: "确认撤下",
    Event.HIDE_KEPT: "决定继续撤下",
    Event.HIDE_LIFTED: "恢复公开",
    Event.HIDE_LAPSED: "撤下到期，自动恢复",
    Event.REDACTION_PROPOSED: "提出依法隐去",
    Event.REDACTION_WITHDRAWN: "收回隐去的申请",
    Event.REDACTION_LAPSED: "隐去的申请到期作废",
    Event.REDACTED: "依法隐去",
    Event.REVIEW_OVERDUE: "审核超期，已告诉镇里",
    Event.NAMES_EXPIRED: "名单到期撤下",
    Event.NAMES_FORGOTTEN: "名单满两年，去掉登记的姓名",
    Event.PROOF_BROKEN: "每天核对：内容和存档不一致",
    Event.MISMATCH_CONFIRMED: "看过了，内容和存档确实不一致",
    Event.MISMATCH_CLEARED: "内容和存档不一致，查清了原因",
    Event.POSTER_MADE: "做了海报",
    Event.SHEET_MADE: "做了公开榜或审核表",
    Event.LABEL_MADE: "做了标签",
    Event.SLIPS_MADE: "打印了查询单",
    Event.CODE_RETIRED: "停用了码",
    Event.WAIVER_GRANTED: "批准延期",
    Event.AUDIT_MOVED: "核实进展",
    Event.AUDIT_OVERDUE: "审看过了期限",
    Event.QUESTION_MOVED: "村民提问",
    Event.ERRAND_MOVED: "村民办事",
    Event.ERRAND_LATE: "村民办事过了期限",
    Event.SLIP_MADE: "打印办事回执",
    Event.ORIGINAL_BROKEN: "夜里核对：原始文件坏了",
    Event.LOG_CAUGHT_UP: "防改日志：恢复以后核对过",
    Event.LOG_STOPPED: "防改日志：对不上，停止签名",
    Event.LOG_MENDED: "防改日志：坏了的文件，照签过名的重新写好了",
    Event.KEY_CHANGE_PROPOSED: "防改日志：提出换钥匙的一步",
    Event.KEY_CHANGE_CONFIRMED: "防改日志：同意换钥匙的一步",
    Event.KEY_CHANGE_REFUSED: "防改日志：不同意换钥匙的一步",
    Event.KEY_CHANGED: "防改日志：办了换钥匙的一步",
    Event.WITNESS_AGAINST: "防改日志：和见证见过的不一样",
}
_DETAIL_WORDS: Final = {
    "role": "职务", "stands_in_for": "替谁代办", "from": "从", "until": "到", "login": "登录名", "reason": "原因",
    "period": "期间", "step": "哪一步", "log_key": "钥匙编号",
}  # fmt: skip
_NUMBER_WORDS: Final = {
    Event.QUESTION_MOVED: "第 {} 号提问",
    **dict.fromkeys((Event.ERRAND_MOVED, Event.ERRAND_LATE, Event.SLIP_MADE), "第 {} 号办事"),
    **dict.fromkeys((Event.ROW_CORRECTED, Event.RECUSAL_DECLARED, Event.RECEIPT_MATCHED), "编号 {}"),
}
"""Of what the number is; elsewhere it is a publication's."""


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What is asked for; empty fields ask for everything."""

    village: str = ""
    event: str = ""
    person: str = ""
    from_day: date | None = None
    until_day: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One entry in words."""

    id: int
    at: datetime
    village: str
    actor: str
    channel: str
    """Empty for the pages, else how it was done at the server."""
    words: str
    about: str
    """The person it is about, where that is not the actor."""
    detail: str


def event_words(event: str) -> str:
    """The event in Chinese; a newer one that has no words yet is called by its kind."""
    return EVENT_WORDS.get(event, "其他办理")


def read_journal(session: Session, actor: Actor, asked: JournalFilter) -> tuple[list[JournalLine], int | None]:
    """A page of entries of the villages that the actor oversees and of people who serve in them, and where the next
    page begins (None: this was the last).
    """
    places = managed_places(session, actor, Permission.OVERSEE) or frozenset()
    villages = {
        one.id: one for one in session.scalars(select(Place).where(Place.id.in_(places), Place.level == Level.VILLAGE))
    }
    here = JournalEntry.village_id.in_(villages)
    wanted = select(JournalEntry).where(or_(here, _about_people(session, places)))
    if asked.village:
        wanted = wanted.where(
            JournalEntry.village_id.in_([k for k, one in villages.items() if one.code == asked.village])
        )
    if asked.event:
        wanted = wanted.where(JournalEntry.event == asked.event)
    if asked.person:
        named = select(Person.id).where(Person.name == asked.person)
        about = and_(JournalEntry.subject_kind == "person", JournalEntry.subject_id.in_(named))
        wanted = wanted.where(or_(JournalEntry.actor_name == asked.person, about))
    if asked.from_day:
        wanted = wanted.where(JournalEntry.at >= _midnight(asked.from_day))
    if asked.until_day:
        wanted = wanted.where(JournalEntry.at < _midnight(asked.until_day + timedelta(days=1)))
    if asked.before:
        wanted = wanted.where(JournalEntry.id < asked.before)
    found = session.scalars(wanted.order_by(JournalEntry.id.desc()).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    about_ids = {one.subject_id for one in shown if one.subject_kind == "person"}
    names = {one.id: one.name for one in session.scalars(select(Person).where(Person.id.in_(about_ids)))}
    lines = [_line(one, villages, names) for one in shown]
    return lines, lines[-1].id if len(found) > PAGE else None


def _about_people(session: Session, places: frozenset[int]) -> ColumnElement[bool]:
    """Entries of the site about people who serve in these places. Of somebody who serves or served elsewhere too: only
    those of the days of their terms here, and of posts only those given here.
    """
    at_home = Appointment.place_id.in_(places)
    away = select(Appointment.person_id).where(or_(Appointment.place_id.is_(None), Appointment.place_id.not_in(places)))
    only_here = select(Appointment.person_id).where(at_home, Appointment.person_id.not_in(away))
    parts: list[ColumnElement[bool]] = [JournalEntry.subject_id.in_(only_here)]
    codes = select(Place.code).where(Place.id.in_(places))
    posts = (Event.APPOINTMENT_BEGUN, Event.APPOINTMENT_ENDED)
    given_here = or_(JournalEntry.event.not_in(posts), JournalEntry.detail["place"].as_string().in_(codes))
    for term in session.scalars(select(Appointment).where(at_home, Appointment.person_id.in_(away))):
        part = and_(JournalEntry.subject_id == term.person_id, JournalEntry.at >= _midnight(term.from_date), given_here)
        if term.until_date is not None:
            part = and_(part, JournalEntry.at < _midnight(term.until_date + timedelta(days=1)))
        if term.ended_at is not None:
            part = and_(part, JournalEntry.at <= term.ended_at)
        parts.append(part)
    return and_(JournalEntry.village_id == SITE, JournalEntry.subject_kind == "person", or_(*parts))


def _line(one: JournalEntry, villages: dict[int, Place], names: dict[int, str]) -> JournalLine:
    village = villages.get(one.village_id)
    about = names.get(one.subject_id or 0, "") if one.subject_kind == "person" else ""
    return JournalLine(
        id=one.id,
        at=one.at,
        village=short_name(village.name) if village else "",
        actor=one.actor_name or ("服务器上的操作员" if one.channel.startswith("cli:") else "系统"),
        channel="" if one.channel == "web" else one.channel,
        words=event_words(one.event),
        about=about if one.subject_id != one.actor_id else "",
        detail=_detail(one),
    )


def _detail(one: JournalEntry) -> str:
    """The few things that help a reader; codes of the machine stay in the entry."""
    detail: dict[str, Any] = one.detail
    parts = []
    for name, words in _DETAIL_WORDS.items():
        value = str(detail.get(name) or "")
        if value:
            parts.append(f"{words} {ROLE_WORDS.get(value, value) if name == 'role' else value}")  # type: ignore[call-overload]
    if detail.get("number"):
        numbered = next((words for event, words in _NUMBER_WORDS.items() if event == one.event), "第 {} 号公开")
        parts.append(numbered.format(detail["number"]))
    return "，".join(parts)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
