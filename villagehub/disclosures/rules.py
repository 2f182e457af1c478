"""The room's decisions: values in, None or a Refused out. Read by the actions and by the pages' explanations alike."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from villagehub.disclosures.stages import NEXT_STAGES, REASON_WORDS, STAGE_WORDS, Stage
from villagehub.kernel.money import yuan
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Severity
from villagehub.kernel.refused import NotFound, Refused
from villagehub.sections.base import Fault, Section


class WrongStage(Refused):
    """The version does not stand where the step begins."""

    code = "wrong_stage"
    message = "《{title}》现在是“{stage}”，不能{verb}。"
    fix = "请回到要办的事，看看它走到哪一步了。"


class SameHandsReview(Refused):
    """An author may not review (decision 16)."""

    code = "author_may_not_review"
    message = "《{title}》由您本人登记，您不能再审核它。"
    fix = "须由没有登记过它的审核人看过并签字。"
    status = 403


class ReasonTooLong(Refused):
    """A reason that no villager would read to its end."""

    code = "reason_too_long"
    message = "{what}的原因有 {length} 个字，最多 {most} 个字。"
    fix = "请写短一些，只说哪一笔、哪里不对。详细的可以放在材料里。"
    status = 422


class SameHandsPublish(Refused):
    """The publisher is neither author nor voter (decision 16)."""

    code = "author_or_voter_may_not_publish"
    message = "《{title}》由您登记、审核过，或者由您录的签字，您不能再点公开。"
    fix = "须由没有登记、没有审核、也没有录过签字的{who}来公开。"
    status = 403


class VotedAlready(Refused):
    """One vote per person and draft."""

    code = "voted_already"
    message = "您已经在《{title}》上签过字了。"
    fix = "不用再签。草稿改动后要重新签，到时会再请您。"


class NothingToSubmit(Refused):
    """A draft without rows is not a nil return."""

    code = "nothing_to_submit"
    message = "《{title}》里一行也没有。"
    fix = "请先传表格；如果这一期确实没有这类事项，请选“本期无此类事项”。"
    status = 422


class ReasonMissing(Refused):
    """Corrections, withdrawals and returns say why."""

    code = "reason_missing"
    message = "请写明{what}的原因，至少 {least} 个字。"
    fix = "写一句村民看得懂的话，例如“发票金额抄错，有村民提问后查对”。"
    status = 422


class BrokenChain(Refused):
    """The opening balance is not the last closing balance (decision 7)."""

    code = "opening_not_last_closing"
    message = "《{title}》的期初 {opening} 和上一期结余 {closing} 不一样，差 {gap}。"
    fix = "请核对期初数；如果是上一期错了，请先更正上一期。"
    status = 422


class ChangedMeanwhile(Refused):
    """Somebody else changed the draft since this person looked (optimistic lock)."""

    code = "changed_meanwhile"
    message = "《{title}》在您打开以后被别人改过，您这一步没有办。"
    fix = "请看过新的内容，再办一次。"


class OverlappingPeriod(Refused):
    """One cadence per village, entity, section and year (decision 6)."""

    code = "overlapping_period"
    message = "{year}年的{section}已经{held}公开，不能再{wanted}开一期，两种会重叠。"
    fix = "请{held}上传。要改公开的周期，从下一年起改。"
    status = 422


class UnderReview(Refused):
    """The disclosure's open version is with the reviewers."""

    code = "under_review"
    message = "《{title}》正在审核，不能再改。"
    fix = "要改的话，请先收回送审，或请审核的人退回。"


class NotTheirBody(Refused):
    """The reviewer does not sit in the body that reviews this entity (decision 16)."""

    code = "not_their_body"
    message = "《{title}》由{body}审核，您不在其中。"
    fix = "请找{body}的成员签字。"
    status = 403


class NotThePublisher(Refused):
    """The person may see the version, but publishing is another post's."""

    code = "not_the_publisher"
    message = "《{title}》要由{who}来公开。"
    fix = "签字齐了以后，请告诉{who}登录来点“公开”。"
    status = 403


class NotTheClerk(Refused):
    """The step belongs to the village's clerk."""

    code = "not_the_clerk"
    message = "《{title}》要由报账员来{verb}。"
    fix = "请告诉报账员要改什么；正在审核的，可以写明原因退回。"
    status = 403


class UnknownReasonCode(Refused):
    """The kind of reason is not on the list."""

    code = "unknown_reason_code"
    message = "没有“{code}”这一种更正原因。"
    fix = "请从这几种里选：{known}。"
    status = 422


class RowsInDraft(Refused):
    """A nil return would throw rows away that somebody entered."""

    code = "rows_in_draft"
    message = "《{title}》的草稿里有 {rows} 行，不能直接报“无此类事项”。"
    fix = "请打开草稿看一看；确实没有这类事项，就在那里勾选“这些行不要了”再报。"


class StillHeld(Refused):
    """A register cannot become empty by saying so: what went away is written as a change."""

    code = "still_held"
    message = "上一期登记了 {rows} 行，不能报“无此类事项”。"
    fix = "报废、转让、换人了的，请在表格里写明变动，重新上传。"


class NoSuchPublication(NotFound):
    """The village has published nothing under this number."""

    code = "no_such_publication"
    message = "{village}没有第 {number} 号公开。"
    fix = "请在要办的事里看“已公开”，核对编号。"


class PublishedAlready(Refused):
    """The period is public already; only a correction may follow."""

    code = "published_already"
    message = "《{title}》已经公开过（第 {number} 号）。"
    fix = "要改请打开第 {number} 号公开，点“更正”，写明原因。"


class SupersededAlready(Refused):
    """Only the newest publication of a period can be corrected."""

    code = "superseded_already"
    message = "第 {number} 号公开后来已经更正过，现在有效的是第 {newest} 号。"
    fix = "请打开第 {newest} 号，在那里更正。"


class PeriodNotOver(Refused):
    """Nobody can say that nothing happened while the period still runs."""

    code = "period_not_over"
    message = "{period}还没有过完，现在还不能报“无此类事项”。"
    fix = "请在 {day} 之后再报。"
    status = 422


class NoSuchCadence(Refused):
    """The section is not published by such periods."""

    code = "no_such_cadence"
    message = "{section}不能{wanted}公开。"
    fix = "请把期间写成：{known}。"
    status = 422


class PrivateNumberLeft(Refused):
    """A never-class number stands in a public face (decision 9); nothing is published."""

    code = "private_number_left"
    message = "《{title}》第 {row} 行里还有证件号、电话或卡号，不能公开。"
    fix = "请在表格里删掉它，再传一次。"
    status = 422


class FaultyRow(Refused):
    """After the change the row would break a rule of its section. ``faults`` has them all."""

    code = "faulty_row"
    message = "改好后还有 {count} 处不对：{first}"
    fix = "{next}"
    status = 422


class DoubtfulRow(Refused):
    """After the change there is a question that the clerk must answer. ``faults`` has them all."""

    code = "doubtful_row"
    message = "有 {count} 处要您看一眼：{first}"
    fix = "写错了就改；确实如此，就勾选“就是这样”再保存。"
    status = 422


class NoSuchRow(NotFound):
    """The version holds no row with this permanent number."""

    code = "no_such_row"
    message = "《{title}》里没有编号 {number} 的那一行。"
    fix = "编号写在每一行的网址末尾，也可以用 disclosures show 查。"


def why_not_move(title: str, stage: str, wanted: Stage, verb: str) -> Refused | None:
    """Whether the table of stages allows the step."""
    held = Stage(stage)
    if wanted in NEXT_STAGES[held]:
        return None
    return WrongStage(title=title, stage=STAGE_WORDS[held], verb=verb)


def why_not_seen(title: str, *, seen: int | None, held: int) -> Refused | None:
    """Whether the person has the present content before them; None stands for "whatever it is now" (command line)."""
    return ChangedMeanwhile(title=title) if seen is not None and seen != held else None


def why_not_reason_code(code: str) -> Refused | None:
    """The kind of reason is one of the list's."""
    if code in REASON_WORDS:
        return None
    return UnknownReasonCode(code=code[:20], known="、".join(REASON_WORDS.values()))


def why_not_faulty(faults: Sequence[Fault], *, confirmed: bool) -> Refused | None:
    """Faults must be mended, questions must be answered; what is just worth knowing passes."""
    grave = [one for one in faults if one.severity is Severity.MUST_FIX]
    asked = [one for one in faults if one.severity is Severity.CONFIRM]
    if grave:
        return FaultyRow(count=len(grave), first=grave[0].message, next=grave[0].fix, faults=grave)
    if asked and not confirmed:
        return DoubtfulRow(count=len(asked), first=asked[0].message, faults=asked)
    return None


def why_not_review(
    title: str, *, reviewer_id: int, authors: Collection[int], voters: Collection[int]
) -> Refused | None:
    """No author votes, and nobody votes twice."""
    if reviewer_id in authors:
        return SameHandsReview(title=title)
    if reviewer_id in voters:
        return VotedAlready(title=title)
    return None


def why_not_publish(
    title: str, *, publisher_id: int, authors: Collection[int], voters: Collection[int], publisher_words: str
) -> Refused | None:
    """The publisher is neither author nor voter, nor did they enter anybody's signature on paper (``voters`` has both)."""
    if publisher_id in authors or publisher_id in voters:
        return SameHandsPublish(title=title, who=publisher_words)
    return None


LONGEST_REASON: Final = 200
"""Characters; villagers read reasons on phones, and the board's sheet must hold those of three members."""


def why_not_reason(reason: str, *, what: str, least: int = 10) -> Refused | None:
    """A reason has at least ``least`` characters, white space not counted, and at most ``LONGEST_REASON``."""
    if len(reason.strip()) > LONGEST_REASON:
        return ReasonTooLong(what=what, length=len(reason.strip()), most=LONGEST_REASON)
    return None if len("".join(reason.split())) >= least else ReasonMissing(what=what, least=least)


def why_not_chain(title: str, *, opening_fen: int | None, last_closing_fen: int | None) -> Refused | None:
    """The opening balance equals the last closing balance, where both are known."""
    if opening_fen is None or last_closing_fen is None or opening_fen == last_closing_fen:
        return None
    return BrokenChain(
        title=title,
        opening=yuan(opening_fen),
        closing=yuan(last_closing_fen),
        gap=yuan(abs(opening_fen - last_closing_fen)),
    )


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote as the quorum rule sees it. A member and who fills in for them hold one ``seat``."""

    person_id: int
    agrees: bool
    seat: int


def votes_missing(ballots: Iterable[Ballot], recused: Mapping[int, Collection[int]], needed: int) -> int:
    """How many agreeing seats are still missing: overall, and for each row among members not recused from it.

    ``recused`` gives, for a thing, the persons who stand aside from it (decision 17). A member and their substitute count
    once, and where the member stands aside the substitute holds the seat.
    """
    agreeing = [ballot for ballot in ballots if ballot.agrees]
    asides: list[Collection[int]] = [(), *recused.values()]
    return max(0, *(needed - len({one.seat for one in agreeing if one.person_id not in aside}) for aside in asides))


def why_not_cadence(section: Section, period: Period, *, today: date) -> Refused | None:
    """A section is published by the periods that it names, and by no others."""
    if period.cadence in section.cadences:
        return None
    known = "、".join(Period.of(one, today).previous().label for one in section.cadences)
    return NoSuchCadence(section=section.title, wanted=f"按“{period.label}”", known=known)
