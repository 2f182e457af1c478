"""Where two sections of one village do not fit each other, and the sentence why. Pure; a reason to look, never a verdict.

What is let has its contract; rent that is said to be paid stands among the income; what is above the line was decided on.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Period, day_words
from villagehub.sections.terms import BadInstalment, Instalment, read_instalments

NEAR: Final = timedelta(days=60)
"""So far from its day an instalment may have been booked."""
_LET: Final = {"assets": ("state", ("let",)), "resources": ("use_mode", ("contract", "let"))}
_NUMBER: Final = {"assets": "asset_no", "resources": "resource_no"}
Facts = Mapping[str, Any]
Found = Iterator[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What the village's other sections say; None where a section was never published, so that nothing is asked of it."""

    contracts: Sequence[Facts] | None = None
    decisions: Sequence[Facts] | None = None
    income: Sequence[Facts] = ()
    """Entries that came in, of all published books."""
    books: Sequence[Period] = field(default=())
    """The periods of these books."""


def cross_hints(
    section: str, rows: Sequence[tuple[int, Facts]], beside: Beside, *, decision_fen: int, today: date
) -> list[tuple[int, str]]:
    """Number and sentence for each row of this section that another section does not bear out."""
    rules: dict[str, Callable[[], Found]] = {
        "assets": lambda: _without_contract(section, rows, beside),
        "resources": lambda: _without_contract(section, rows, beside),
        "contracts": lambda: _contracts(rows, beside, decision_fen, today),
        "projects": lambda: _undecided(rows, beside, decision_fen, "project_no", ("budget",), "approval"),
    }
    return list(rules[section]()) if section in rules else []


def _without_contract(section: str, rows: Sequence[tuple[int, Facts]], beside: Beside) -> Found:
    if beside.contracts is None:
        return
    name, let = _LET[section]
    numbers = {str(one.get("contract_no") or "") for one in beside.contracts}
    objects = {str(one.get("object_no") or "") for one in beside.contracts}
    for number, facts in rows:
        if facts.get(name) not in let or str(facts.get(_NUMBER[section]) or "-") in objects:
            continue
        contract = str(facts.get("contract_no") or "")
        if not contract:
            yield number, "写着租出去、包出去了，没写合同编号，合同台账里也没有它。"
        elif contract not in numbers:
            yield number, f"写的合同是“{contract}”，合同台账里没有这一份。"


def _contracts(rows: Sequence[tuple[int, Facts]], beside: Beside, decision_fen: int, today: date) -> Found:
    for number, facts in rows:
        try:
            plan = read_instalments(str(facts.get("schedule") or ""))
        except BadInstalment:
            plan = []
        for one in plan:
            yield from ((number, words) for words in _instalment(one, facts, beside, today))
    yield from _undecided(rows, beside, decision_fen, "contract_no", ("whole", "rent"), "decision")


def _instalment(one: Instalment, facts: Facts, beside: Beside, today: date) -> Iterator[str]:
    if one.day < today and one.paid_fen < one.due_fen:
        yield f"{day_words(one.day)}该缴 {yuan(one.due_fen)} 元，到现在缴了 {yuan(one.paid_fen)} 元。"
    if one.paid_fen <= 0 or not any(book.holds(one.day) for book in beside.books):
        return
    near = [
        int(entry.get("amount") or 0)
        for entry in beside.income
        if entry.get("counterparty") == facts.get("party_b") and _within(entry.get("occurred_on"), one.day)
    ]
    if sum(near) < one.paid_fen:
        found = f"只找到 {yuan(sum(near))} 元" if near else "没有找到"
        yield f"写着{day_words(one.day)}这一笔缴了 {yuan(one.paid_fen)} 元，公开的收入里{found}（前后 {NEAR.days} 天）。"


def _within(day: object, wanted: date) -> bool:
    try:
        return abs(date.fromisoformat(str(day or "")) - wanted) <= NEAR
    except ValueError:
        return False


def _undecided(
    rows: Sequence[tuple[int, Facts]],
    beside: Beside,
    decision_fen: int,
    key: str,
    amounts: tuple[str, ...],
    said: str,
) -> Found:
    decided = {str(one.get(key) or "") for one in beside.decisions or ()}
    for number, facts in rows:
        fen = max((int(facts.get(name) or 0) for name in amounts), default=0)
        if decision_fen and fen >= decision_fen and not facts.get(said) and str(facts.get(key) or "-") not in decided:
            yield (
                number,
                f"金额 {yuan(fen)} 元，到了要开会议决的 {yuan(decision_fen)} 元，这里和民主决策里都没有写会议。",
            )
