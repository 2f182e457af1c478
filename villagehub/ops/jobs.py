"""The table of timed work (decision 44): name, what it is called, how often, and the function. The rules live in their rooms;
here they are only called, one short transaction for each thing, so that a run that dies leaves nothing half done.
"""

from collections.abc import Callable, Iterable
from datetime import time
from typing import Final

from sqlalchemy.orm import Session

from villagehub.accounts.sweeping import sweep_sign_ins
from villagehub.cases.actions import empty_closed, list_late, note_late
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.checking import check_publication, list_unchecked
from villagehub.disclosures.expiring import expire_names, forget_rows, list_expired, list_forgotten
from villagehub.disclosures.hiding import lapse_hides
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.waiting import list_overdue_reviews, tell_the_township
from villagehub.kernel.clock import local_day
from villagehub.ledgers.cutting_out import drop_redacted
from villagehub.ledgers.forgetting import forget_names, list_uploads_with_names
from villagehub.ledgers.reducing import drop_replaced, list_to_reduce, reduce_original
from villagehub.notices.telling import tell_all
from villagehub.ops.moments import DAY, HOUR, MINUTE
from villagehub.ops.rechecking import (
    ask_for_cosignatures,
    mend_the_log,
    recheck_originals,
    recheck_publications,
    write_the_log,
)
from villagehub.ops.turn import Job, Turn
from villagehub.ops.unnamed import drop_unnamed
from villagehub.public.build import build_dirty
from villagehub.questions.actions import forget_phones, list_overdue, raise_overdue
from villagehub.redactions.actions import lapse, list_lapsed
from villagehub.storage import reading, unit_of_work, wipe_freed
from villagehub.storage.tables import mark_dirty
from villagehub.storage.text_index import forget_other_cuts, villages_cut_otherwise
from villagehub.supervision.overdue import list_late_audits, note_late_audit
from villagehub.transparency.ours import folder_of


def _each(turn: Turn, found: Iterable[int], act: Callable[[Session, int], int]) -> int:
    """Acts on each thing in a transaction of its own; returns the sum of what was done."""
    done = 0
    for one in found:
        with unit_of_work() as session:
            done += int(act(session, one))
        turn.beat(f"已办 {done} 件")
    return done


def _hides(turn: Turn) -> str:
    with unit_of_work() as session:
        ended = len(lapse_hides(session, now=turn.now))
    return f"{ended} 处撤下满一天没人确认，已恢复公开" if ended else ""


def _redactions(turn: Turn) -> str:
    """Proposals whose week is over; and the bytes of originals that a redaction replaced, should anybody have sent them again."""
    with reading() as session:
        found = list_lapsed(session, now=turn.now)
    ended = _each(turn, found, lambda session, one: lapse(session, one, now=turn.now))
    gone = drop_redacted(turn.settings)
    said = [f"{ended} 件隐去的申请到期作废" if ended else "", f"删去 {gone} 份隐去前的原始文件" if gone else ""]
    return "；".join(one for one in said if one)


def _reviews(turn: Turn) -> str:
    days = turn.settings.review_days
    with reading() as session:
        found = list_overdue_reviews(session, days=days, now=turn.now)
    told = _each(turn, found, lambda session, one: tell_the_township(session, one, days=days, now=turn.now))
    return f"{told} 件送审满 {days} 天签字没齐，已列到镇里的“全镇”页" if told else ""


def _audits(turn: Turn) -> str:
    with reading() as session:
        found = list_late_audits(session, now=turn.now)
    noted = _each(turn, found, lambda session, one: note_late_audit(session, one, now=turn.now))
    return f"{noted} 件审看过了期限，已记进操作记录" if noted else ""


def _questions(turn: Turn) -> str:
    with reading() as session:
        found = list_overdue(session, now=turn.now)
    raised = _each(turn, found, lambda session, one: raise_overdue(session, one, now=turn.now))
    with unit_of_work() as session:
        gone = forget_phones(session, now=turn.now)
    if gone:
        wipe_freed()
    said = [f"{raised} 个提问到期没答复，已转到镇里" if raised else "", f"删去 {gone} 个回话电话" if gone else ""]
    return "；".join(one for one in said if one)


def _errands(turn: Turn) -> str:
    with reading() as session:
        found = list_late(session, now=turn.now)
    late = _each(turn, found, lambda session, one: note_late(session, one, now=turn.now))
    with unit_of_work() as session:
        gone = empty_closed(session, days=turn.settings.errand_person_days, now=turn.now)
    if gone:
        wipe_freed()
    said = [
        f"{late} 件村民的事过了期限，已列给镇里" if late else "",
        f"{gone} 件办完的事删去了姓名和电话" if gone else "",
    ]
    return "；".join(one for one in said if one)


def _names(turn: Turn) -> str:
    with reading() as session:
        found, older = list_expired(session, today=local_day(turn.now)), villages_cut_otherwise(session)
    gone = _each(turn, found, lambda session, one: expire_names(session, one, now=turn.now))
    cut = _each(turn, older, lambda session, one: _cut_anew(session, one, turn))
    if not gone and not cut:
        return ""
    build_dirty()
    wipe_freed()
    if not gone:
        return ""
    return f"{len(found)} 份名单公开期满，{gone} 行的姓名已从网上去掉，合计还在"


def _cut_anew(session: Session, village_id: int, turn: Turn) -> int:
    """A village in which nothing happens would keep an older release's index, and with it texts whose last day is over."""
    mark_dirty(session, village_id, "search", now=turn.now)
    return forget_other_cuts(session, village_id)


def _uploads(turn: Turn) -> str:
    with reading() as session:
        found = list_uploads_with_names(session, days=turn.settings.person_rows_days, now=turn.now)
    gone = _each(turn, found, lambda session, one: forget_names(session, one, now=turn.now))
    if not gone:
        return ""
    wipe_freed()
    return f"{gone} 次名单的上传，记录里的姓名也去掉了"


def _memory(turn: Turn) -> str:
    with reading() as session:
        found = list_forgotten(session, today=local_day(turn.now))
    gone = _each(turn, found, lambda session, one: forget_rows(session, one, now=turn.now))
    if not gone:
        return ""
    build_dirty()
    wipe_freed()
    return f"{len(found)} 份名单满两年，{gone} 行登记的姓名也去掉了，合计还在"


def _copies(turn: Turn) -> str:
    with reading() as session:
        found = list_to_reduce(session, days=turn.settings.person_rows_days, now=turn.now)
    made = 0
    for one in found:
        made += reduce_original(one, turn.settings, now=turn.now)
        turn.beat(f"已换 {made} 份")
    gone = drop_replaced(turn.settings, now=turn.now)
    said = [f"{made} 份名单的原始文件换成减去个人信息的" if made else "", f"删去 {gone} 份换下的" if gone else ""]
    left = f"{len(found) - made} 份没有换成，明天再试" if len(found) > made else ""
    return "；".join(one for one in (*said, left) if one)


def _freed(_turn: Turn) -> str:
    """Each erasure does this by itself; here once more for one whose process died before."""
    wipe_freed()
    return ""


def _sign_ins(turn: Turn) -> str:
    with unit_of_work() as session:
        gone = sweep_sign_ins(session, now=turn.now)
    return f"清掉 {gone} 条过时的登录记录" if gone else ""


def _unchecked(turn: Turn) -> str:
    """What was published before the log could follow: checked once it has."""
    with reading() as session:
        found = list_unchecked(session)
    looked = _each(turn, found, lambda session, one: _look(session, one, turn))
    return f"新核对了 {looked} 份公开" if looked else ""


def _look(session: Session, version_id: int, turn: Turn) -> int:
    version = version_with_id(session, version_id)
    check_publication(session, version, folder_of(turn.settings), now=turn.now)
    return int(session.get(PublicationCheck, version_id) is not None)


def _notices(turn: Turn) -> str:
    return tell_all(turn.settings, now=turn.now, beat=turn.beat)


def _pages(_turn: Turn) -> str:
    built = build_dirty()
    return f"重新生成 {built} 页" if built else ""


JOBS: Final = (
    Job("hides", "撤下满一天没人确认的，恢复公开", MINUTE, _hides),
    Job("redactions", "隐去的申请满七天没人确认，作废", HOUR, _redactions),
    Job("reviews", "审核拖久了，告诉镇里", HOUR, _reviews),
    Job("audits", "审看过了期限，记一笔", DAY, _audits, time(0, 5)),
    Job("questions", "提问到期没答复，转到镇里", DAY, _questions, time(0, 7)),
    Job("errands", "村民的事过了期限，列给镇里；办完的删去姓名", DAY, _errands, time(0, 8)),
    Job("names", "名单公开期满，去掉姓名", DAY, _names, time(0, 10)),
    Job("uploads", "名单公开期满，上传记录里的姓名也去掉", DAY, _uploads, time(0, 15)),
    Job("memory", "名单满两年，去掉登记的姓名", DAY, _memory, time(0, 20)),
    Job("copies", "名单期满，原始文件换成减去个人信息的", DAY, _copies, time(0, 25)),
    Job("freed", "删去的字，硬盘上也清掉", DAY, _freed, time(0, 30)),
    Job("sign_ins", "清掉过时的登录记录", HOUR, _sign_ins),
    Job("unnamed", "清掉传了没用上的照片", DAY, drop_unnamed, time(2, 15)),
    Job("originals", "夜里核对一部分原始文件", DAY, recheck_originals, time(2, 30)),
    Job("log_files", "每天看一遍防改日志的文件", DAY, mend_the_log, time(3, 20)),
    Job("publications", "每天核对公开的内容", DAY, recheck_publications, time(3, 30)),
    Job("log", "把公开的内容写进防改日志", MINUTE, write_the_log),
    Job("witnesses", "请见证给防改日志签名", MINUTE, ask_for_cosignatures),
    Job("unchecked", "新公开的，和日志核对一遍", MINUTE, _unchecked),
    Job("pages", "生成还没更新的页面", MINUTE, _pages),
    Job("notices", "把提醒发出去", MINUTE, _notices),
)
"""In the order in which they run: pages after what the others changed, and last what waits for somebody else's server."""
