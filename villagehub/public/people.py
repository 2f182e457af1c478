"""Finding one's own money (decision 27): by taps 组 → 姓 → 名, or by the exact name; never a whole list. Pure but for reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from villagehub.kernel.masking import mask_person, surname_of
from villagehub.kernel.money import yuan
from villagehub.public.published import Item
from villagehub.sections.base import Section
from villagehub.sections.common import quantity, rate_words, reckoned_from, times

NO_GROUP = "不分组"


@dataclass(frozen=True, slots=True)
class Found:
    """One recipient's line."""

    name: str
    group: str
    amount: str
    how: str
    batch: str = ""
    state: str = ""
    """Why the amount is in no sum, where it is not: the money came back, or was stopped."""
    publication: int = 0
    """The number of the publication that says so, where it was found among several."""

    @property
    def masked(self) -> bool:
        """Whether the list shows the surname alone: it may be anybody of that surname."""
        return "*" in self.name


@dataclass(frozen=True, slots=True)
class GroupSum:
    """What one group got: households and money."""

    name: str
    rows: int
    amount_fen: int


def group_of(item: Item) -> str:
    """The recipient's group as the clerk wrote it; 不分组 where there is none."""
    return str(item.values.get("group_name") or NO_GROUP)


_NUMERALS = {mark: value for value, mark in enumerate("零一二三四五六七八九十", start=0)}


_NO_NUMBER = 10_000


def _group_order(name: str) -> tuple[int, str]:
    """一组 before 二组, 9组 before 10组; names without a number last."""
    digits = re.search(r"\d+", name)
    if digits:
        return int(digits[0]), name
    marks = re.match(r"第?([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", name)
    if marks is None or not any(marks.groups()):
        return _NO_NUMBER, name
    first, ten, last = marks.groups()
    if ten:
        return (_NUMERALS[first] if first else 1) * 10 + (_NUMERALS[last] if last else 0), name
    return _NUMERALS[first], name


def group_number(name: str) -> int:
    """12 of 十二组, 12组 and 第十二村民小组; 0 for a name without a number."""
    return _group_order(name)[0] % _NO_NUMBER


def groups_in(items: Sequence[Item]) -> list[tuple[str, int]]:
    """The groups of a batch with their number of recipients."""
    counted: dict[str, int] = {}
    for item in items:
        if item.values.get("recipient"):
            counted[group_of(item)] = counted.get(group_of(item), 0) + 1
    return sorted(counted.items(), key=lambda one: _group_order(one[0]))


def group_sums(section: Section, items: Sequence[Item]) -> list[GroupSum]:
    """What each group got, by the same arithmetic as the list's total; none where there is but one group, and none where
    anything was taken from a row: beside the total the others' sums would give its household's amount back.
    """
    if any(item.erased or not item.values.get("recipient") for item in items):
        return []
    held: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        held.setdefault(group_of(item), []).append(item.values)
    found = [GroupSum(name, len(rows), section.totals(rows)["amount_fen"]) for name, rows in held.items()]
    return sorted(found, key=lambda one: _group_order(one.name)) if len(found) > 1 else []


def surnames_in(items: Sequence[Item], group: str) -> list[tuple[str, int]]:
    """The surnames of one group with their number of recipients."""
    counted: dict[str, int] = {}
    for item in items:
        name = item.values.get("recipient")
        if name and group_of(item) == group:
            surname = surname_of(str(name))
            counted[surname] = counted.get(surname, 0) + 1
    return sorted(counted.items())


MOST_NAMES = 50


@dataclass(frozen=True, slots=True)
class Name:
    """One name to tap; the row's permanent number stands in the address, never the name."""

    number: int
    name: str


def under(items: Sequence[Item], group: str, surname: str) -> list[Name] | None:
    """The names of one group and surname; None where that would be the whole batch, or more than a page holds: then
    only the exact name helps (decision 27: no page lists a whole batch).
    """
    recipients = [item for item in items if item.values.get("recipient")]
    found = [
        Name(item.number, _tellable(item))
        for item in recipients
        if group_of(item) == group and surname_of(str(item.values["recipient"])) == surname
    ]
    return None if len(found) > MOST_NAMES or len(found) == len(recipients) > 1 else found


def _tellable(item: Item) -> str:
    """The name; with the parcel where only the surname is shown, so that households of one name can tell theirs."""
    name, parcel = str(item.values["recipient"]), item.values.get("parcel")
    return f"{name}（{parcel}）" if "*" in name and parcel else name


def tapped(section: Section, items: Sequence[Item], group: str, surname: str, number: str) -> Found | None:
    """The line of the name that was tapped, if it stands under this group and surname."""
    names = {str(one.number) for one in under(items, group, surname) or ()}
    return next((line(section, one.values) for one in items if number in names and str(one.number) == number), None)


def named(section: Section, items: Sequence[Item], name: str, *, batch: str, publication: int) -> list[Found]:
    """The recipients of exactly this name, white space aside; where faces show surnames only, those of its surname."""
    wanted = "".join(name.split())
    return [
        replace(line(section, item.values, batch=batch), publication=publication)
        for item in items
        if (shown := "".join(str(item.values.get("recipient") or "").split())) == wanted
        or ("*" in shown and shown == mask_person(wanted))
    ]


def standard_words(section: Section, items: Sequence[Item]) -> str:
    """What everybody gets for one unit, and of how many units the payment is made where that is alike for all; empty where
    the list has no one rate.
    """
    rates = {str(one.values["rate"]) for one in items if one.values.get("rate")}
    if len(rates) != 1:
        return ""
    units = {str(one.values["basis_unit"]) for one in items if one.values.get("basis_unit")}
    unit = next(iter(units)) if len(units) == 1 else section.field_named("basis").unit or "份"
    rate = next(iter(rates))
    said = f"每{unit} {rate_words(rate)} 元"
    counts = {str(one.values.get("basis") or "") for one in items}
    many = next(iter(counts)) if len(counts) == 1 else ""
    if not many or Decimal(many) == 1:
        return said
    fen = times(many, rate)
    if any(one.values.get("amount") != fen for one in items):
        return said
    return f"{said}；这次一起发 {quantity(many, unit)} {unit}，{quantity(many, unit)} × {rate_words(rate)} = {yuan(fen)} 元"


def line(section: Section, values: dict[str, Any], *, batch: str = "") -> Found:
    """One line: who, group, how much, reckoned from what."""
    how = " · ".join(one for one in (str(values.get("parcel") or ""), reckoned_from(section, values)) if one)
    amount, state = values.get("amount"), values.get("state")
    counted = not amount or bool(section.totals([values])["amount_fen"])
    return Found(
        str(values.get("recipient", "")),
        str(values.get("group_name") or ""),
        yuan(int(amount)) if amount is not None else "没填",
        how,
        batch,
        "" if counted or not state else section.field_named("state").label_of(state),
    )
