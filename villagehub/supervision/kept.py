"""今年该公开几项: how many periods a village owed in a year and which it kept, each by name. No score and no rank (ux.md D11)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from villagehub.disclosures.due import Due
from villagehub.disclosures.expected import list_owed
from villagehub.disclosures.scope import Account, title_of
from villagehub.supervision.standing import Judged, Standing, judge

RULE: Final = (
    "应公开的日子在这一年、现在已经过了的，一期算一项；到日子那天公开也算按时；"
    "镇里同意晚些公开的，按晚的日子算。只数村委会的账表，集体和小组的不数；"
    "村子上这个网站以前的不数。"
)
"""How it is counted, for whoever wants to count again."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One period that was owed."""

    title: str
    account: Account
    due: Due
    judged: Judged
    published_on: date | None
    number: int | None
    """Of the first publication; None: not public yet."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was owed in a year up to yesterday; every period stands in exactly one of the three lists."""

    year: int
    on_time: tuple[KeptLine, ...] = ()
    late: tuple[KeptLine, ...] = ()
    missing: tuple[KeptLine, ...] = ()

    @property
    def owed(self) -> int:
        """How many periods there are."""
        return len(self.on_time) + len(self.late) + len(self.missing)

    @property
    def parts(self) -> tuple[tuple[str, str, tuple[KeptLine, ...]], ...]:
        """The lists that are not empty: anchor, words, lines."""
        three = (("ontime", "按时", self.on_time), ("late", "晚了", self.late), ("missing", "还没公开", self.missing))
        return tuple(one for one in three if one[2])


def read_kept(session: Session, villages: Collection[int], *, year: int, today: date) -> dict[int, Kept]:
    """By village; judged by the same rule as the township's table."""
    lines: dict[int, list[KeptLine]] = {village_id: [] for village_id in villages}
    for one in list_owed(session, villages, year=year, today=today):
        judged = judge(one.due, one.published_on, nil=one.nil, today=today)
        lines[one.account.village_id].append(
            KeptLine(title_of(one.account), one.account, one.due, judged, one.published_on, one.number)
        )
    return {village_id: _divided(year, found) for village_id, found in lines.items()}


def _divided(year: int, lines: list[KeptLine]) -> Kept:
    newest_first = sorted(lines, key=lambda one: (one.due.day, one.title), reverse=True)
    late = tuple(one for one in newest_first if one.judged.standing is Standing.LATE)
    missing = tuple(one for one in newest_first if one.judged.standing is Standing.MISSING)
    rest = tuple(one for one in newest_first if one not in late and one not in missing)
    return Kept(year, rest, late, missing)
