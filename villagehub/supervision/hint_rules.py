"""Which entries of a book are worth a look, and the sentence why. Pure; a hint is a reason to look, never a verdict.

The rules are those of early warning in village supervision: payments over a line without a minuted decision, payments split
below it, cash, the same payment twice, nothing to show for it, a day of another period. The lines are settings.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Period, day_words

DAYS_TOGETHER: Final = timedelta(days=10)
"""Payments to one payee within so many days are added up."""
JUST_UNDER: Final = 10
"""Per cent below the line that still count as just under it."""


@dataclass(frozen=True, slots=True)
class Lines:
    """The amounts from which a rule speaks, in fen; 0 turns its rule off."""

    decision_fen: int
    """From here on a decision of the village is asked for."""
    cash_fen: int
    """From here on a payment in cash is named."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a book, as far as the rules read it. What is not known is None or empty."""

    number: int
    day: date | None
    fen: int
    paid: bool
    payee: str
    cash: bool
    decision: str
    no_paper: bool
    late_for: str

    @property
    def name(self) -> str:
        """``编号 7（7月12日）``."""
        return f"编号 {self.number}" + (f"（{self.day.month}月{self.day.day}日）" if self.day else "")


@dataclass(frozen=True, slots=True)
class Hint:
    """One row that is worth a look."""

    number: int
    rule: str
    why: str


Found = Iterator[tuple[int, str]]


def entry_of(number: int, facts: Mapping[str, Any]) -> Entry:
    """A finance row's facts as the rules read them; values that were erased are not known."""
    day = str(facts.get("occurred_on") or "")
    return Entry(
        number=number,
        day=date.fromisoformat(day) if len(day) == 10 else None,
        fen=int(facts.get("amount") or 0),
        paid=facts.get("direction") == "out",
        payee=str(facts.get("counterparty") or "").strip(),
        cash=facts.get("method") == "cash",
        decision=str(facts.get("decision_ref") or "").strip(),
        no_paper=facts.get("invoice_kind") == "none",
        late_for=str(facts.get("late_for") or ""),
    )


def hints_of(entries: Sequence[Entry], period: Period, lines: Lines) -> list[Hint]:
    """What is worth a look in one book, in the order of its rows."""
    found = [Hint(number, rule, why) for rule, judge in RULES.items() for number, why in judge(entries, period, lines)]
    place = {one.number: index for index, one in enumerate(entries)}
    return sorted(found, key=lambda one: place[one.number])


def _same_twice(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    """Same payee, same amount, not more than a few days apart: one payment may have been entered twice."""
    for one, other in _neighbours(entries, lambda one: (one.payee, one.fen)):
        same = f"和{one.name}收款人一样，金额也一样，都是 {yuan(other.fen)} 元，日期相隔不到 {DAYS_TOGETHER.days} 天。"
        yield other.number, f"{same}看一看是不是一笔记了两次。"


def _no_decision(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    for one in _payments(entries):
        if lines.decision_fen and one.fen >= lines.decision_fen and not one.decision:
            yield one.number, f"支出 {yuan(one.fen)} 元，到了要开会议决的 {_line(lines)}，表里没有写会议决议。"


def _just_under(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    floor = lines.decision_fen * (100 - JUST_UNDER) // 100
    for one in _payments(entries):
        if floor <= one.fen < lines.decision_fen and not one.decision:
            left = yuan(lines.decision_fen - one.fen)
            yield one.number, f"支出 {yuan(one.fen)} 元，只比要开会议决的 {_line(lines)}少 {left} 元。"


def _split(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    """Several payments to one payee, each under the line, together over it."""
    by_payee: dict[str, list[tuple[date, Entry]]] = defaultdict(list)
    for one in _payments(entries):
        if one.payee and one.day and one.fen < lines.decision_fen and not one.decision:
            by_payee[one.payee].append((one.day, one))
    for held in by_payee.values():
        held.sort(key=lambda pair: (pair[0], pair[1].number))
        told: set[int] = set()
        for start, (first, _) in enumerate(held):
            near = [one for day, one in held[start:] if day - first <= DAYS_TOGETHER]
            total = sum(one.fen for one in near)
            if len(near) < 2 or total < lines.decision_fen or told.intersection(one.number for one in near):
                continue
            told.update(one.number for one in near)
            others = "、".join(str(one.number) for one in near[:-1])
            paid = f"{DAYS_TOGETHER.days} 天里付给同一收款人 {len(near)} 笔（还有编号 {others}），合计 {yuan(total)} 元"
            yield near[-1].number, f"{paid}，到了要开会议决的 {_line(lines)}，分开每笔都没到。"


def _cash(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    for one in _payments(entries):
        if one.cash and lines.cash_fen and one.fen >= lines.cash_fen:
            yield one.number, f"用现金付了 {yuan(one.fen)} 元。{yuan(lines.cash_fen)} 元以上一般走转账。"


def _no_paper(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    for one in _payments(entries):
        if one.no_paper:
            yield one.number, f"支出 {yuan(one.fen)} 元，表里写的是确无票据。"


def _other_period(entries: Sequence[Entry], period: Period, lines: Lines) -> Found:
    for one in entries:
        if one.day and not period.first <= one.day <= period.last and not one.late_for:
            yield one.number, f"日期是{day_words(one.day)}，不在{period.label}里，也没有写补记月份。"


RULES: Final[dict[str, Callable[[Sequence[Entry], Period, Lines], Found]]] = {
    "same_twice": _same_twice,
    "no_decision": _no_decision,
    "just_under": _just_under,
    "split": _split,
    "cash": _cash,
    "no_paper": _no_paper,
    "other_period": _other_period,
}


def _line(lines: Lines) -> str:
    return f"{yuan(lines.decision_fen)} 元"


def _payments(entries: Sequence[Entry]) -> list[Entry]:
    """Money that went out; what was booked back is no payment."""
    return [one for one in entries if one.paid and one.fen > 0]


def _neighbours(entries: Sequence[Entry], key: Callable[[Entry], object]) -> Iterator[tuple[Entry, Entry]]:
    """Each payment to a known payee with the last one of the same key before it, if that lies only a few days back."""
    last: dict[object, tuple[date, Entry]] = {}
    dated = [(one.day, one) for one in _payments(entries) if one.payee and one.day]
    for day, one in sorted(dated, key=lambda pair: (pair[0], pair[1].number)):
        before = last.get(key(one))
        if before is not None and day - before[0] < DAYS_TOGETHER:
            yield before[1], one
        last[key(one)] = (day, one)
