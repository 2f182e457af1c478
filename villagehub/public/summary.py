"""An account of money in three sentences, beside earlier ones, and as a script for the village's loudspeaker. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from villagehub.disclosures.stages import VersionKind
from villagehub.kernel.money import wan, yuan
from villagehub.kernel.period import Period, day_words
from villagehub.kernel.spoken import spoken_number, spoken_yuan
from villagehub.public.finance_page import amount_of, category_of
from villagehub.public.published import Item, Publication
from villagehub.public.works import NO_PROJECTS, Projects
from villagehub.sections.base import Shape

HIDDEN_WORDS = "一笔内容已按规定撤下的支出"
MOST_SAID = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """One earlier period beside this one."""

    words: str
    """上一期 or 去年同期, and which."""
    href: str
    income: str
    expense: str
    income_change: str
    expense_change: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, and the pages that show what it speaks of."""

    words: str
    href: str = ""
    """The row."""
    project: str = ""
    """The project that the row names."""


def sentences(
    one: Publication, items: Sequence[Item], found: Sequence[Publication], code: str, projects: Projects = NO_PROJECTS
) -> tuple[Said, ...]:
    """Income, expense and what is left; the largest payment; against the same period last year."""
    if one.kind is VersionKind.NIL:
        return ()
    noun = one.period.noun
    said = [Said(f"{noun}进账 {wan(_income(one))}，花了 {wan(_expense(one))}{_left(one)}。")]
    largest = _largest(items)
    if largest is not None:
        words = f"花得最多的一笔是“{_what(largest)}”，{wan(amount_of(largest))}。"
        row = replace(one.address, period=None, item=largest.number).path(code)
        said.append(Said(words, row, projects.page_of(largest)))
    before = a_year_earlier(one, found)
    if before is not None:
        income, expense = _income(one) - _income(before), _expense(one) - _expense(before)
        said.append(Said(f"和去年同期比，进账{_more_or_less(income)}，花的{_more_or_less(expense)}。"))
    return tuple(said)


def beside(one: Publication, found: Sequence[Publication], code: str) -> list[Beside]:
    """The period before and the same one last year, where the village has published them."""
    last, year = _period_before(one, found), a_year_earlier(one, found)
    made = [("上一期", last)] if last is not None and last is not year else []
    made += [("去年同期", year)] if year is not None else []
    return [
        Beside(
            f"{words}（{other.period.label}）",
            other.address.path(code),
            yuan(_income(other)),
            yuan(_expense(other)),
            _change(_income(one) - _income(other)),
            _change(_expense(one) - _expense(other)),
        )
        for words, other in made
        if other is not None
    ]


def a_year_earlier(one: Publication, found: Sequence[Publication]) -> Publication | None:
    """The account of the same months last year, if it is public and not hidden."""
    return next((other for other in _comparable(one, found) if _year_later(other.period) == _months(one.period)), None)


def _period_before(one: Publication, found: Sequence[Publication]) -> Publication | None:
    earlier = [other for other in _comparable(one, found) if other.period.last < one.period.first]
    newest = max(earlier, key=lambda other: other.period.last, default=None)
    return newest if newest is not None and (one.period.first - newest.period.last).days == 1 else None


def _comparable(one: Publication, found: Sequence[Publication]) -> list[Publication]:
    return [
        other for other in found if other.id != one.id and not other.hidden and other.kind is not VersionKind.WITHDRAWAL
    ]


def _months(period: Period) -> tuple[int, int, int, int]:
    return (period.first.year, period.first.month, period.last.year, period.last.month)


def _year_later(period: Period) -> tuple[int, int, int, int]:
    return (period.first.year + 1, period.first.month, period.last.year + 1, period.last.month)


def _income(one: Publication) -> int:
    return one.totals.get("income_fen", 0)


def _expense(one: Publication) -> int:
    return one.totals.get("expense_fen", 0)


def _left(one: Publication) -> str:
    if one.closing_fen is None:
        return ""
    return f"，账上还剩 {wan(one.closing_fen)}" if one.closing_fen >= 0 else f"，亏空 {wan(-one.closing_fen)}"


def _more_or_less(fen: int) -> str:
    if fen == 0:
        return "一样多"
    return f"多了 {wan(fen)}" if fen > 0 else f"少了 {wan(-fen)}"


def _change(fen: int) -> str:
    if fen == 0:
        return "一样"
    return f"多 {yuan(fen)}" if fen > 0 else f"少 {yuan(-fen)}"


def _largest(items: Sequence[Item]) -> Item | None:
    spent = [one for one in items if one.values.get("direction") == "out" and amount_of(one) > 0]
    return max(spent, key=lambda one: (amount_of(one), -one.position), default=None)


def _what(item: Item) -> str:
    return str(item.values.get("summary") or HIDDEN_WORDS)


def script(one: Publication, items: Sequence[Item], *, village: str, hotline: str) -> list[str]:
    """What is read out, paragraph by paragraph, every number in words."""
    opening = f"{village}的乡亲们，现在念一念{one.title}。这是村里第{spoken_number(one.number)}号公开，{day_words(one.day)}公开。"
    if one.kind is VersionKind.NIL:
        body = [f"{one.period.label}没有这一项，村里已经确认。"]
    elif one.section.shape is Shape.FLOW:
        body = _script_of_money(one, items)
    else:
        body = [
            f"一共{spoken_number(one.rows)}{one.section.unit}。" if one.rows is not None else "人数少于五人，不念。"
        ]
        total = one.totals.get("amount_fen")
        if total is not None:
            body.append(f"合计{spoken_yuan(total)}。")
    looked = [f"以上由{one.body}的{one.looked_words}"] if one.looked_words else []
    closing = f"想看明细，扫公开栏上的码，或者到村委会看纸质的。看不明白的，可以到村委会问，也可以打{hotline}。"
    return [opening, *body, *looked, closing]


def _script_of_money(one: Publication, items: Sequence[Item]) -> list[str]:
    noun = one.period.noun
    said = [f"{noun}收入{spoken_yuan(_income(one))}，支出{spoken_yuan(_expense(one))}。"]
    if one.closing_fen is not None:
        left = "还剩" if one.closing_fen >= 0 else "亏空"
        said.append(f"到{day_words(one.period.last)}，账上{left}{spoken_yuan(abs(one.closing_fen))}。")
    for direction, words in (("in", "钱从哪来"), ("out", "钱花到哪")):
        sums: dict[str, int] = {}
        for item in items:
            if item.values.get("direction") == direction:
                label = category_of(one.section, item)[1]
                sums[label] = sums.get(label, 0) + amount_of(item)
        ordered = sorted(sums.items(), key=lambda pair: -pair[1])
        if ordered:
            said.append(f"{words}：" + "；".join(f"{label}，{spoken_yuan(amount)}" for label, amount in ordered) + "。")
    spent = sorted(
        (item for item in items if item.values.get("direction") == "out" and amount_of(item) > 0),
        key=lambda item: (-amount_of(item), item.position),
    )[:MOST_SAID]
    if spent:
        said.append(
            f"花得最多的{spoken_number(len(spent)) if len(spent) != 2 else '两'}笔："
            + "；".join(f"{_what(item)}，{spoken_yuan(amount_of(item))}" for item in spent)
            + "。"
        )
    return said
