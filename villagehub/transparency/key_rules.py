"""Who may confirm a step of a change of the log's key, when a confirmation counts, and why not. Pure; every sentence stands
beside its rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from villagehub.accounts.actor import Actor
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import KEY_PAIRS
from villagehub.accounts.two_people import LIFETIME, why_not_pair
from villagehub.kernel.refused import Refused
from villagehub.transparency.key_terms import ADD, RETIRE

PROPOSER: Final = Role.ADMINISTRATOR
"""Whoever sits at the server's keyboard: no account says so, the machine's own rights do."""
ACTION_WORDS: Final = {ADD: "登记新钥匙", RETIRE: "停用旧钥匙"}
LEEWAY: Final = timedelta(minutes=1)
"""Whoever waits for the log's head took the time before; so much younger than their look a confirmation may be."""
SUPERSEDED: Final = "它不是最新提出的一次"


class State(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"
    DONE = "done"


STATE_WORDS: Final = {
    State.PROPOSED: "等人确认",
    State.CONFIRMED: "已确认，等系统管理员在服务器上办",
    State.REFUSED: "没有同意，日志没有动",
    State.LAPSED: "已作废，日志没有动",
    State.DONE: "已办好，日志里有记录",
}


class NobodyMayConfirm(Refused):
    """No account holds a post that may confirm."""

    code = "log_key_nobody_may_confirm"
    message = "换日志的钥匙要两个人办，现在没有人能确认：镇里、县里都还没有账号，或者只有系统管理员自己的。没有提出，日志没有动。"
    fix = (
        "请先给镇监督员或县主管部门的人建账号，密码由本人输："
        "villagehub accounts add 登录名 --name 姓名 --role township_supervisor --place 乡镇编码；再运行一次。"
    )
    status = 409


class WaitsForSecond(Refused):
    """Proposed, not confirmed yet; the log is as it was."""

    code = "log_key_waits"
    message = "{before}{what}，提出了，还没有人确认。日志没有动。"
    fix = (
        "请 {who} 登录 {address} ，看过以后用本人的密码确认；到 {until} 没人确认就作废。"
        "确认以后，再运行一次 villagehub log key {action}。"
    )
    status = 409


class NotAgreed(Refused):
    """The second person said no."""

    code = "log_key_refused"
    message = "{what}，{by}没有同意：{reason}。日志没有动。"
    fix = "请先和本人说清楚。还要办，运行 villagehub log key {action} --again 重新提出。"
    status = 409


class KeyStatedBefore(Refused):
    """The file of the next key holds one that the log has stated already."""

    code = "log_key_stated_before"
    message = "keys/log-next.key 里的钥匙，日志里登记过了，不能再登记一次。"
    fix = "请把这个文件挪开，再运行一次，系统会造一把新的。"
    status = 409


class NoLongerOpen(Refused):
    """The proposal has ended, or another has taken its place."""

    code = "log_key_change_ended"
    message = "这一次已经不能再确认或拒绝：{state}。"
    fix = "请重新打开这一页，看现在是怎样的。"
    status = 409


class IsOperator(Refused):
    """Whoever administers the system is the first of the two already."""

    code = "log_key_is_operator"
    message = "您也是系统管理员。换钥匙是系统管理员提出的，要另一个人确认。"
    fix = "请让不当系统管理员的镇监督员，或县主管部门的人来确认。"
    status = 403


class NoReasonGiven(Refused):
    """Whoever proposed it reads why not."""

    code = "log_key_no_reason"
    message = "还没有写为什么不同意。"
    fix = "请写一句话，4 到 60 个字，例如“没听说要换，先问清楚”。"
    status = 422


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the state of a proposal depends on."""

    until: datetime
    said: str
    """``confirmed``, ``refused``, or empty while nobody has said anything."""
    said_at: datetime | None
    done: bool
    """The log states this step."""
    current: bool
    """The newest proposal, borne out by the journal, with no restored backup caught up since."""


def state_of(facts: Facts, *, now: datetime) -> State:
    """A confirmation is good for a week from when it was given, for one step, and only where the newest proposal is the one it
    was given to.
    """
    if facts.said == State.REFUSED:
        return State.REFUSED
    if facts.said == State.CONFIRMED and facts.said_at is not None:
        if facts.done:
            return State.DONE
        in_time = facts.said_at - LEEWAY <= now < facts.said_at + LIFETIME
        return State.CONFIRMED if facts.current and in_time else State.LAPSED
    return State.PROPOSED if facts.current and not facts.done and now < facts.until else State.LAPSED


def lapsed_words(said_at: datetime | None, *, now: datetime) -> str:
    """What became of the last confirmation, to whoever comes to do the step and finds it proposed anew; empty where nobody had
    confirmed it.
    """
    if said_at is None:
        return ""
    return f"上次的确认{'过了一周，' if now >= said_at + LIFETIME else ''}已作废，重新提出了。"


def why_not_confirm(actor: Actor, state: State) -> tuple[Role | None, Refused | None]:
    """The post by which this person may say yes or no, or why not."""
    held = [one.role for one in actor.appointments]
    role, wrong = why_not_pair(KEY_PAIRS, PROPOSER, held)
    if state is not State.PROPOSED:
        return role, NoLongerOpen(state=STATE_WORDS[state])
    if PROPOSER in held:
        return None, IsOperator()
    return role, wrong


def one_of(names: Sequence[str]) -> str:
    """The people who may confirm, a few by name."""
    few = "、".join(names[:4])
    return f"{few}等 {len(names)} 人中的一位" if len(names) > 4 else f"{few}中的一位" if len(names) > 1 else few
