"""One account of money as the words of a long picture: three sentences, bars, totals, the largest entries."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from villagehub.config import Settings
from villagehub.disclosures.stages import VersionKind
from villagehub.kernel.money import wan, yuan
from villagehub.kernel.period import day_words
from villagehub.labels.long_picture import Bar, PictureWords, parts_of
from villagehub.labels.wording import DEMO, site_of
from villagehub.places.queries import VillageFacts
from villagehub.public.finance_page import amount_of, category_of, closing_words, total_lines
from villagehub.public.published import Item, Publication

MOST_CATEGORIES: Final = 6
MOST_ENTRIES: Final = 5


def words_of_picture(
    village: VillageFacts, publication: Publication, items: Sequence[Item], *, corrected: int, settings: Settings
) -> PictureWords:
    """The picture of a published account; its address is the one of the period's page."""
    income, expense = (publication.totals.get(name, 0) for name in ("income_fen", "expense_fen"))
    full, closing = publication.kind is not VersionKind.NIL, publication.closing_fen
    flow = parts_of([income, expense])
    site = site_of(settings.base_url)
    again = f"，更正过 {corrected} 次，这是更正后的数" if corrected else ""
    return PictureWords(
        place=f"{village.township_name} {village.name}",
        title=publication.title,
        mark=DEMO if settings.demo else "",
        sentences=_sentences(publication, items),
        flow=(Bar("收入", wan(income), flow[0]), Bar("支出", wan(expense), flow[1])) if full else (),
        totals=tuple((name, f"{amount} 元") for name, amount in total_lines(publication)) if full else (),
        closing=(f"{publication.period.noun}结余", f"{closing_words(closing)} 元") if closing is not None else None,
        spent=_spent(publication, items),
        largest=_largest(publication, items),
        facts=(
            f"第 {publication.number} 号公开，{day_words(publication.day)}公开{again}。",
            f"防改码 {publication.seal}",
            "以后如有更正，以网页为准。",
        ),
        address=f"{settings.base_url}{publication.address.path(village.code)}",
        warning=(
            f"打开后网址应是 {site}，第一行应是“{village.name}”。要钱、要密码的是假的。",
            f"办事咨询 {settings.hotline}　反映干部问题 {settings.discipline_line}",
        ),
    )


def _sentences(publication: Publication, items: Sequence[Item]) -> tuple[str, ...]:
    """What came in and went out; on what most was spent; who looked at it."""
    noun, signed = publication.period.noun, publication.looked_words
    looked = f"{publication.body}{signed}" if signed else ""
    if publication.kind is VersionKind.NIL:
        return tuple(filter(None, (f"{publication.period.label}没有收支。", looked)))
    income, expense = (publication.totals.get(name, 0) for name in ("income_fen", "expense_fen"))
    left = ""
    if publication.closing_fen is not None:
        rest = publication.closing_fen
        left = f"，账上还剩 {wan(rest)}" if rest >= 0 else f"，亏空 {wan(-rest)}"
    spent = _by_category(publication, items)
    most = f"花得最多的是{spent[0][0]}，{wan(spent[0][1])}。" if spent and spent[0][1] > 0 else ""
    return tuple(filter(None, (f"{noun}收入 {wan(income)}，支出 {wan(expense)}{left}。", most, looked)))


def _by_category(publication: Publication, items: Sequence[Item]) -> list[tuple[str, int]]:
    sums: dict[str, int] = {}
    for item in items:
        if item.values.get("direction") == "out":
            label = category_of(publication.section, item)[1]
            sums[label] = sums.get(label, 0) + amount_of(item)
    return sorted(sums.items(), key=lambda one: -one[1])


def _spent(publication: Publication, items: Sequence[Item]) -> tuple[Bar, ...]:
    found = _by_category(publication, items)
    if len(found) > MOST_CATEGORIES:
        rest = found[MOST_CATEGORIES - 1 :]
        found = [*found[: MOST_CATEGORIES - 1], (f"另外 {len(rest)} 类", sum(amount for _, amount in rest))]
    parts = parts_of([amount for _, amount in found])
    return tuple(Bar(label, wan(amount), part) for (label, amount), part in zip(found, parts, strict=True))


def _largest(publication: Publication, items: Sequence[Item]) -> tuple[tuple[str, str, str], ...]:
    spent = [one for one in items if one.values.get("direction") == "out" and amount_of(one) > 0]
    shown = sorted(spent, key=lambda one: (-amount_of(one), one.position))[:MOST_ENTRIES]
    return tuple(
        (
            str(one.values.get("summary") or "（内容已按规定撤下）"),
            " · ".join(filter(None, (_day(one, publication.period.last), category_of(publication.section, one)[1]))),
            f"{yuan(amount_of(one))} 元",
        )
        for one in shown
    )


def _day(item: Item, beside: date) -> str:
    value = item.values.get("occurred_on")
    return day_words(date.fromisoformat(str(value)), beside=beside) if value else ""
