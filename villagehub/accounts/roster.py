"""A list of people as a CSV file (姓名、账号、村、职务、归属、任期起、任期止): read, checked as a whole, taken all or nothing.

Taking a list again makes nothing: a line whose person holds that post already is passed over and told.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts import people
from villagehub.accounts.actor import Actor
from villagehub.accounts.appointing import appoint
from villagehub.accounts.managing import why_not_give, why_not_manage
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import hash_password, one_time_password
from villagehub.accounts.queries import person_with_login
from villagehub.accounts.roles import ROLE_WORDS, Role
from villagehub.accounts.roster_there import SameName, SameNameInList, holds_it, namesakes
from villagehub.kernel.canonical import one_line
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.places.models import Level, Place
from villagehub.places.official_list import table_of
from villagehub.places.queries import short_name

MOST: Final = 300
COLUMNS: Final = ("姓名", "账号", "村", "职务", "归属", "任期起", "任期止")
_NEEDED: Final = ("姓名", "村", "职务")
_POSTS: Final = {words: (role, "") for role, words in ROLE_WORDS.items()} | {
    "村监委会成员": (Role.COMMITTEE_MEMBER, ""),
    "村监委会主任": (Role.COMMITTEE_CHAIR, ""),
    "监督委员会成员": (Role.COMMITTEE_MEMBER, ""),
    "监督委员会主任": (Role.COMMITTEE_CHAIR, ""),
    "村主任": (Role.VILLAGE_HEAD, ""),
    "监事会成员": (Role.COMMITTEE_MEMBER, "collective"),
    "监事会主席": (Role.COMMITTEE_CHAIR, "collective"),
    "理事长": (Role.VILLAGE_HEAD, "collective"),
    "审计员": (Role.AUDITOR, ""),
}
_ENTITIES: Final = {
    "": "",
    "全村": "",
    "村委会": "committee",
    "村集体": "collective",
    "集体": "collective",
    "小组": "group",
}
_OF_THE_ACCOUNT: Final = (people.BadLogin, people.LoginTaken, SameName, SameNameInList)


@dataclass(frozen=True, slots=True)
class Slip:
    """What a person is handed once: login name and one-time password. Never stored, never logged."""

    login: str
    name: str
    password: str
    """Empty where the account was there before."""
    post: str
    there: bool = False
    """The person held this very post before the list: nothing was made."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one cell."""

    row: int
    """As the spreadsheet counts: the heading is row 1."""
    column: str
    sentence: str

    @property
    def words(self) -> str:
        """The sentence with its row and column."""
        return f"第 {self.row} 行“{self.column}”：{self.sentence}"


class RosterFaults(Refused):
    """At least one row cannot be taken, so none was."""

    code = "roster_faults"
    message = "名单有 {count} 处要改，一个账号也没有建。"
    fix = "请照下面的行和列改好，再传一次。"
    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(self.faults))


@dataclass(frozen=True, slots=True)
class Line:
    """One row that reads well by itself; whether it can be done, the database says."""

    row: int
    name: str
    login: str
    place: str
    role: Role
    entity: str
    from_date: date | None
    until_date: date | None
    password: str
    hashed: str


def read_roster(raw: bytes) -> list[Line]:
    """All rows, each with a fresh one-time password and its (slow) hash, ready before any transaction. Raises BadList,
    RosterFaults.
    """
    table = table_of(raw)
    head = [one_line(cell) for cell in table[0]] if table else []
    missing = [name for name in _NEEDED if name not in head]
    if missing:
        raise RosterFaults([Fault(1, name, "没有这一列。第一行要写列名：" + "、".join(COLUMNS)) for name in missing])
    faults: list[Fault] = []
    found: list[Line] = []
    rows = [(number, row) for number, row in enumerate(table[1:], 2) if any(cell.strip() for cell in row)]
    if not rows or len(rows) > MOST:
        raise RosterFaults([Fault(1, "姓名", f"名单要有 1 到 {MOST} 个人，这里有 {len(rows)} 个。")])
    for number, row in rows:
        cells = {name: one_line(row[at]) if at < len(row) else "" for at, name in enumerate(head)}
        line = _read_line(number, cells, faults)
        if line is not None:
            found.append(line)
    if faults:
        raise RosterFaults(faults)
    return [_with_password(line) for line in found]


def _read_line(number: int, cells: dict[str, str], faults: list[Fault]) -> Line | None:
    before = len(faults)
    for name in _NEEDED:
        if not cells[name]:
            faults.append(Fault(number, name, "没有写。"))
    try:
        people.clean_name(cells["姓名"])
    except people.BadName as refusal:
        faults.append(Fault(number, "姓名", refusal.sentence + refusal.next_step))
    post = _POSTS.get(cells["职务"])
    if cells["职务"] and post is None:
        known = "、".join(words for role, words in ROLE_WORDS.items() if role is not Role.ADMINISTRATOR)
        faults.append(Fault(number, "职务", f"不认识“{cells['职务'][:20]}”。可以写：{known}。"))
    entity = _ENTITIES.get(cells.get("归属", ""))
    if entity is None:
        faults.append(Fault(number, "归属", "只能写全村、村委会、村集体、小组，或者不写。"))
    if cells.get("账号"):
        try:
            people.clean_login(cells["账号"])
        except people.BadLogin as refusal:
            faults.append(Fault(number, "账号", refusal.sentence + refusal.next_step))
    begin, until = (_day(number, name, cells.get(name, ""), faults) for name in ("任期起", "任期止"))
    if len(faults) > before or post is None or entity is None:
        return None
    return Line(
        number, cells["姓名"], cells.get("账号", ""), cells["村"], post[0], entity or post[1], begin, until, "", ""
    )


def _day(number: int, name: str, text: str, faults: list[Fault]) -> date | None:
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, without a time
        except ValueError:
            continue
    if text:
        faults.append(Fault(number, name, f"“{text[:20]}”不是日期，请写成 2026-11-23 这样。"))
    return None


def _with_password(line: Line) -> Line:
    password = one_time_password()
    return Line(
        line.row, line.name, line.login, line.place, line.role, line.entity, line.from_date, line.until_date,
        password, hash_password(password),
    )  # fmt: skip


def take_roster(
    session: Session,
    lines: Sequence[Line],
    places: Sequence[Place],
    *,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> list[Slip]:
    """Makes all accounts and posts, or none: raises RosterFaults, and the caller's transaction is then given up.

    Lines taken before make nothing; their slips say ``there``.
    ``places``: those that the list may name. ``actor`` None: the operator at the server's keyboard.
    """
    faults: list[Fault] = []
    slips: list[Slip] = []
    where = {line.row: _place_of(line, places, faults) for line in lines}
    for line in lines:
        place = where[line.row]
        if place is None:
            continue
        twins = [one for one in lines if one is not line and one.name == line.name and where[one.row] is place]
        try:
            slips.append(_take(session, line, place, twins, actor=actor, channel=channel, now=now))
        except Refused as refusal:
            column = "账号" if isinstance(refusal, _OF_THE_ACCOUNT) else "职务"
            faults.append(Fault(line.row, column, refusal.sentence + refusal.next_step))
    if faults:
        raise RosterFaults(sorted(faults, key=lambda one: one.row))
    return slips


def _place_of(line: Line, places: Sequence[Place], faults: list[Fault]) -> Place | None:
    named = [one for one in places if line.place in (one.code, one.name, short_name(one.name))]
    if len(named) != 1:
        what = "有同名的，请写编码" if named else "不在您管的地方，或名字、编码写错了"
        faults.append(Fault(line.row, "村", f"“{line.place[:30]}”{what}。"))
        return None
    return named[0]


def _take(
    session: Session,
    line: Line,
    place: Place,
    twins: Sequence[Line],
    *,
    actor: Actor | None,
    channel: str,
    now: datetime,
) -> Slip:
    """``twins``: the other lines of this name and place."""
    refusal = why_not_give(actor, line.role) if actor else None
    if refusal:
        raise refusal
    post = f"{short_name(place.name)} {ROLE_WORDS[line.role]}"
    today, password = local_day(now), ""
    person = _account_of(session, line, place, twins, today=today)
    if person is None:
        login = people.clean_login(line.login) if line.login else _free_login(session, line.name, place)
        person, password = _added(session, login, line, actor=actor, channel=channel, now=now), line.password
    elif person.name != line.name:
        raise people.LoginTaken(login=person.login)
    elif _holds(session, person, line, place, today=today):
        return Slip(person.login, line.name, "", post, there=True)
    elif actor and why_not_manage(session, person, actor, today=today) is not None:
        raise people.LoginTaken(login=person.login)
    appoint(
        session, person, line.role, place=place, entity=line.entity, from_date=line.from_date,
        until_date=line.until_date, actor=actor, channel=channel, now=now,
    )  # fmt: skip
    return Slip(person.login, line.name, password, post)


def _account_of(session: Session, line: Line, place: Place, twins: Sequence[Line], *, today: date) -> Person | None:
    """Who the line means: the account it writes, or else whoever holds its post; None: an account is to be made.

    Raises SameName, SameNameInList, HeldAlready, OnlyFillsIn: nobody becomes two accounts because a line does not say who
    it means. Terms of one post that follow one another may stand on lines of one name, where all of them are held.
    """
    if line.login:
        return person_with_login(session, people.clean_login(line.login))
    told = {"place": short_name(place.name), "name": line.name}
    unnamed = [one for one in twins if not one.login]
    if any(_term(one) == _term(line) for one in unnamed):
        raise SameNameInList(**told)
    named = [people.clean_login(one.login) for one in twins if one.login]
    known = namesakes(session, line.name, place, but=named)
    refusals: list[Refused] = []
    for one in known:
        try:
            if _holds(session, one, line, place, today=today):
                return one
        except Refused as refusal:  # another one of this name may hold it exactly
            refusals.append(refusal)
    if unnamed:
        raise SameNameInList(**told)
    if refusals:
        raise refusals[0]
    if known:
        raise SameName(logins="、".join(one.login for one in known), **told)
    if twins:
        raise SameNameInList(**told)
    return None


def _term(line: Line) -> tuple[Role, str, date | None, date | None]:
    return line.role, line.entity, line.from_date, line.until_date


def _holds(session: Session, person: Person, line: Line, place: Place, *, today: date) -> bool:
    return holds_it(
        session, person, line.role, line.entity, place,
        from_date=line.from_date, until_date=line.until_date, today=today,
    )  # fmt: skip


def _added(session: Session, login: str, line: Line, *, actor: Actor | None, channel: str, now: datetime) -> Person:
    return people.add_person(
        session, login, name=line.name, password=line.password, hashed=line.hashed, must_change=True,
        actor=actor, channel=channel, now=now,
    )  # fmt: skip


def _free_login(session: Session, name: str, place: Place) -> str:
    """A login name for a row without one: the person's name, with the village or a number where it is taken."""
    plain = "".join(mark for mark in name if mark.isalnum())
    tries = [plain, f"{plain}-{short_name(place.name)}", *(f"{plain}{number}" for number in range(2, 100))]
    for one in tries:
        login = people.clean_login(one if len(one) > 1 else f"{one}-1")
        if person_with_login(session, login) is None:
            return login
    raise people.LoginTaken(login=plain[:40])


def slips_csv(slips: Sequence[Slip]) -> bytes:
    """The slips as a file that Excel opens (UTF-8 with BOM); a cell never begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("姓名", "账号", "一次性密码", "任职"))
    for one in slips:
        writer.writerow(
            f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
            for cell in (one.name, one.login, one.password or _no_password(one), one.post)
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _no_password(slip: Slip) -> str:
    return "（原来就有账号和这个任职，这次没有办）" if slip.there else "（原来就有账号，密码不变）"


def told_of(slips: Sequence[Slip]) -> str:
    """What was made, and how many lines were there already and by what names."""
    there = [f"{one.name}（账号 {one.login}，{one.post}）" for one in slips if one.there]
    done = f"办好了 {len(slips) - len(there)} 个人。" if len(there) < len(slips) else "没有建新账号。"
    return done + (f"名单里有 {len(there)} 行原来就有，没有再建账号：{'、'.join(there)}。" if there else "")


def places_to_name(session: Session, ids: frozenset[int] | None) -> list[Place]:
    """The places that a list may name: those of the manager, everywhere for None; merged villages are gone."""
    wanted = select(Place).where(Place.merged_into_id.is_(None))
    if ids is not None:
        wanted = wanted.where(Place.id.in_(ids), Place.level == Level.VILLAGE)
    return list(session.scalars(wanted.order_by(Place.code)))
