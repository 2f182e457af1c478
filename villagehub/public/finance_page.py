"""A period of income and expense, as the page shows it: totals, where money came from and went, entry by entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from villagehub.kernel.money import signed_yuan, yuan
from villagehub.kernel.period import BadPeriod, Period, day_words
from villagehub.public.charts import share
from villagehub.public.published import Item, Publication
from villagehub.sections.base import Kind, Section
from villagehub.sections.common import quantity

PAGE_ROWS = 50
MORE_ROWS = 20
FOLDED_ROWS = 10
"""Entries at first in large letters, where each of them fills a third of a screen."""
LARGE_FEN = 500_000
"""5,000 yuan: what the filter calls a large payment (ux.md §12)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a correction changed in one field."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Card:
    """One entry."""

    number: int
    position: int
    what: str
    amount: str
    direction: str
    line: str
    people: str
    changes: tuple[Change, ...] = ()
    added: bool = False
    pictures: int = 0
    """Masked pictures of its receipts."""
    lacks: bool = False
    """There is no voucher at all."""


@dataclass(frozen=True, slots=True)
class Share:
    """One category with its part of the whole."""

    key: str
    label: str
    count: int
    amount: str
    percent: str
    words: str
    """``占 43.0%``; a reversal has no share."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries the reader asked for; an empty filter is the stored page."""

    direction: str = ""
    category: str = ""
    large: bool = False
    after: int = 0
    who: str = ""
    """An organisation; a person's name narrows nothing down to anybody."""

    @property
    def active(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.direction or self.category or self.large or self.who)


def amount_of(item: Item) -> int:
    """The entry's amount in fen; 0 where it has been erased."""
    value = item.values.get("amount", 0)
    return int(value) if value is not None else 0


def category_of(section: Section, item: Item) -> tuple[str, str]:
    """Key and words of the entry's category; a missing one is 未分类, never guessed (decision 8)."""
    value = item.values.get("category")
    if value is None or value == "":
        return "-", "未分类"
    return str(value), section.field_named("category").label_of(value)


def shares_of(section: Section, items: Sequence[Item], direction: str) -> list[Share]:
    """Sums by category, largest first, 其他 and 未分类 last."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for item in items:
        if item.values.get("direction") == direction:
            key = category_of(section, item)
            count, total = sums.get(key, (0, 0))
            sums[key] = (count + 1, total + amount_of(item))
    # Reversals (红字) make a category negative: shares are reckoned among what really came in or went out.
    whole = sum(total for _, total in sums.values() if total > 0)
    ordered = sorted(sums.items(), key=lambda one: (one[0][1].startswith(("其他", "未分类")), -one[1][1]))
    return [
        Share(key, label, count, yuan(total), share(max(total, 0), whole), _share_words(total, whole))
        for (key, label), (count, total) in ordered
    ]


def _share_words(total: int, whole: int) -> str:
    if total <= 0:
        return "冲减，不算占比" if total < 0 else "合计是 0"
    percent = share(total, whole)
    return "不到 0.1%" if percent == "0.0" else f"占 {percent}%"


def wanted(section: Section, item: Item, chosen: Filter) -> bool:
    """Whether the entry passes the filter."""
    if chosen.direction and item.values.get("direction") != chosen.direction:
        return False
    if chosen.category and category_of(section, item)[0] != chosen.category:
        return False
    return not chosen.large or abs(amount_of(item)) >= LARGE_FEN


def both_ways(items: Sequence[Item]) -> str:
    """What went to and came from one and the same, never added up into one sum."""
    said = []
    for direction, words in (("out", "付给"), ("in", "收自")):
        some = [amount_of(one) for one in items if one.values.get("direction") == direction]
        if some:
            said.append(f"{words} {len(some)} 笔，合计 {yuan(sum(some))} 元")
    return "；".join(said)


def card_of(section: Section, item: Item, *, beside: date) -> Card:
    """One entry in words."""
    values = item.values
    direction = str(values.get("direction", ""))
    parts = []
    if values.get("occurred_on"):
        parts.append(day_words(date.fromisoformat(values["occurred_on"]), beside=beside))
    parts.append(category_of(section, item)[1])
    if values.get("voucher_no"):
        parts.append(f"凭证号 {values['voucher_no']}")
    if values.get("late_for"):
        parts.append(f"补记{partial_day(str(values['late_for']))}的账")
    people = []
    if values.get("counterparty"):
        people.append(f"{'收自' if direction == 'in' else '付给'}：{values['counterparty']}")
    for name, word in (("handler", "经手"), ("approver", "审批")):
        if values.get(name):
            people.append(f"{word} {values[name]}")
    return Card(
        item.number,
        item.position,
        str(values.get("summary", "（内容已按规定撤下）")),
        signed_yuan(amount_of(item), direction),
        direction,
        " · ".join(parts),
        " · ".join(people),
    )


def with_changes(card: Card, changes: tuple[Change, ...], *, added: bool) -> Card:
    """The card with what the correction did to it."""
    return replace(card, changes=changes, added=added)


def shown_value(section: Section, name: str, value: object) -> str:
    """A face's value in words: money in yuan, choices by label, days in full."""
    field = section.field_named(name)
    if value is None or value == "":
        return "没填"
    if field.kind is Kind.MONEY and isinstance(value, int):
        return f"{yuan(value)} 元"
    if field.kind is Kind.DATE:
        return day_words(date.fromisoformat(str(value)))
    if field.kind is Kind.PARTIAL_DATE:
        return partial_day(str(value))
    if field.choices or field.kind is Kind.YES_NO:
        return field.label_of(value)
    counted = field.unit and field.kind in (Kind.DECIMAL, Kind.WHOLE)
    return f"{quantity(value, field.unit)} {field.unit}" if counted else str(value)


def partial_day(text: str) -> str:
    """``2015-06`` as ``2015年6月``; what is no such date stays as it is written."""
    try:
        return Period.parse(text).label
    except BadPeriod:
        return text


def changes_between(section: Section, old: Item, new: Item) -> tuple[Change, ...]:
    """The fields in which two faces of one thing differ, in the section's order.

    None where both are of the same row: a name that is shown since its holder took office is not a change of the books.
    """
    if old.row_id and old.row_id == new.row_id:
        return ()
    found = []
    for field in section.public_fields:
        before, after = old.values.get(field.name), new.values.get(field.name)
        if before != after:
            found.append(
                Change(field.read_as, shown_value(section, field.name, before), shown_value(section, field.name, after))
            )
    return tuple(found)


def chips_of(section: Section, items: Sequence[Item]) -> dict[str, int]:
    """How many entries each filter would leave."""
    return {
        "all": len(items),
        "in": sum(1 for one in items if one.values.get("direction") == "in"),
        "out": sum(1 for one in items if one.values.get("direction") == "out"),
        "large": sum(1 for one in items if abs(amount_of(one)) >= LARGE_FEN),
    }


def page_of(items: Sequence[Item], after: int, at_first: int = PAGE_ROWS) -> tuple[list[Item], int | None]:
    """The items of one page by keyset, and the position to go on after; 50 at first, then 20 more at a time."""
    rest = [one for one in items if one.position > after]
    size = MORE_ROWS if after else at_first
    shown = rest[:size]
    return shown, (shown[-1].position if len(rest) > size else None)


def total_lines(publication: Publication) -> list[tuple[str, str]]:
    """收支总表: opening, income, expense; the closing stands apart under the double rule."""
    noun = publication.period.noun
    lines = []
    if publication.opening_fen is not None:
        lines.append((f"上{noun[1:]}结余", yuan(publication.opening_fen)))
    lines.append((f"加：{noun}收入", yuan(publication.totals.get("income_fen", 0))))
    lines.append((f"减：{noun}支出", yuan(publication.totals.get("expense_fen", 0))))
    return lines


def opening_words(publication: Publication, account: Sequence[Publication]) -> str:
    """期初待更正 (decision 7): what to say where the period before was corrected and this one still opens with its former
    closing. ``account`` are the newest publications of the same account; empty words where they agree.
    """
    before = max((one for one in account if one.period < publication.period), key=lambda one: one.period, default=None)
    opening, closing = publication.opening_fen, before.closing_fen if before else None
    if before is None or opening is None or closing is None or opening == closing:
        return ""
    return (
        f"期初待更正：{before.period.label}更正以后，结余是 {closing_words(closing)} 元，"
        f"这一期写的期初还是 {closing_words(opening)} 元。"
    )


def closing_words(fen: int) -> str:
    """A negative balance is 亏空, never brackets or red (ux.md §8)."""
    return yuan(fen) if fen >= 0 else f"亏空 {yuan(-fen)}"
