"""Lines of registers and of single rows, in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from villagehub.kernel.money import signed_yuan, yuan
from villagehub.public.finance_page import amount_of, category_of, shown_value
from villagehub.public.published import Item, Publication
from villagehub.sections.base import Kind, Section


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One thing or one office holder in a list."""

    number: int
    name: str
    line: str = ""
    amount: str = ""
    state: str = ""
    warn: bool = False
    post: str = ""
    body: str = ""
    term: str = ""
    portfolio: str = ""
    duties: str = ""
    phone: str = ""
    hours: str = ""


TOTAL_WORDS = {"original_fen": "原值合计（元）", "net_fen": "净值合计（元）"}
_SUMMED = {"original_fen": "original_value", "net_fen": "net_value"}


def asset_line(section: Section, item: Item) -> RegisterLine:
    """One asset: number, category, place, state and original value."""
    values = item.values
    parts = [
        str(values.get("asset_no") or ""),
        section.field_named("category").label_of(values.get("category")),
        str(values.get("location") or ""),
    ]
    state = str(values.get("state") or "")
    amount = values.get("original_value")
    return RegisterLine(
        item.number,
        str(values.get("name") or f"第 {item.number} 项"),
        " · ".join(part for part in parts if part),
        yuan(int(amount)) if amount is not None else "",
        section.field_named("state").label_of(state) if state else "",
        state in ("idle", "scrapped", "pending"),
    )


def holder_line(item: Item) -> RegisterLine:
    """One office holder."""
    values = {name: str(value) for name, value in item.values.items() if value is not None}
    return RegisterLine(
        item.number,
        values.get("name", ""),
        post=values.get("post", ""),
        body=values.get("body", ""),
        term=values.get("term", ""),
        portfolio=values.get("portfolio", ""),
        duties=values.get("duties", ""),
        phone=values.get("office_phone", ""),
        hours=values.get("office_hours", ""),
    )


def by_body(lines: Sequence[RegisterLine]) -> list[tuple[str, list[RegisterLine]]]:
    """Office holders by body, in the order of the register."""
    found: dict[str, list[RegisterLine]] = {}
    for one in lines:
        found.setdefault(one.body or "其他", []).append(one)
    return list(found.items())


def total_words(publication: Publication, items: Sequence[Item]) -> list[tuple[str, str]]:
    """The register's totals in words; a sum over rows of which some say nothing names how many it is made of."""
    lines = []
    for name, words in TOTAL_WORDS.items():
        if name in publication.totals:
            said = sum(1 for one in items if one.values.get(_SUMMED[name]) is not None)
            part = "" if said == len(items) else f"，{said} 件填了"
            lines.append((words.replace("（元）", f"（元{part}）"), yuan(publication.totals[name]) if said else "没填"))
    return lines


def item_lines(section: Section, item: Item) -> list[tuple[str, str]]:
    """Every public field of a row that has a value, as heading and words."""
    return [
        (field.heading, shown_value(section, field.name, item.values[field.name]))
        for field in section.public_fields
        if item.values.get(field.name) not in (None, "")
    ]


def short_line(section: Section, item: Item) -> tuple[str, str, str]:
    """A row of any section for the page of one version: name, a line of facts, amount."""
    name = str(item.values.get(section.headline) or f"第 {item.number} 项")
    if section.name == "finance":
        day = item.values.get("occurred_on")
        parts = [shown_value(section, "occurred_on", day)] if day else []
        return (
            name,
            " · ".join([*parts, category_of(section, item)[1]]),
            signed_yuan(amount_of(item), str(item.values.get("direction", ""))),
        )
    parts = [
        shown_value(section, field.name, item.values[field.name])
        for field in section.public_fields
        if field.kind is not Kind.MONEY and field.name != section.headline and item.values.get(field.name)
    ]
    money = section.promoted.get("amount_fen")
    amount = item.values.get(money) if money else None
    return name, " · ".join(parts[:3]), f"{yuan(int(amount))} 元" if amount is not None else ""
