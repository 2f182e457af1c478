"""Finding one's own money (decision 27): by taps 组 → 姓 → 名, or by the exact name; never a whole list. Pure but for reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from villagehub.kernel.masking import surname_of
from villagehub.kernel.money import yuan
from villagehub.public.published import Item

NO_GROUP = "不分组"


@dataclass(frozen=True, slots=True)
class Found:
    """One recipient's line."""

    name: str
    group: str
    amount: str
    how: str
    batch: str = ""


def group_of(item: Item) -> str:
    """The recipient's group as the clerk wrote it; 不分组 where there is none."""
    return str(item.values.get("group_name") or NO_GROUP)


def groups_in(items: Sequence[Item]) -> list[tuple[str, int]]:
    """The groups of a batch with their number of recipients."""
    counted: dict[str, int] = {}
    for item in items:
        if item.values.get("recipient"):
            counted[group_of(item)] = counted.get(group_of(item), 0) + 1
    return sorted(counted.items(), key=lambda one: (len(one[0]), one[0]))


def surnames_in(items: Sequence[Item], group: str) -> list[tuple[str, int]]:
    """The surnames of one group with their number of recipients."""
    counted: dict[str, int] = {}
    for item in items:
        name = item.values.get("recipient")
        if name and group_of(item) == group:
            surname = surname_of(str(name))
            counted[surname] = counted.get(surname, 0) + 1
    return sorted(counted.items())


def under(items: Sequence[Item], group: str, surname: str) -> list[Found]:
    """The recipients of one group and surname."""
    return [
        line(item.values)
        for item in items
        if item.values.get("recipient")
        and group_of(item) == group
        and surname_of(str(item.values["recipient"])) == surname
    ]


def named(items: Sequence[Item], name: str, *, batch: str) -> list[Found]:
    """The recipients of exactly this name, white space aside."""
    wanted = "".join(name.split())
    return [
        line(item.values, batch=batch)
        for item in items
        if "".join(str(item.values.get("recipient") or "").split()) == wanted
    ]


def line(values: dict[str, Any], *, batch: str = "") -> Found:
    """One line: who, group, how much, reckoned from what."""
    how = ""
    if values.get("basis") and values.get("rate"):
        how = f"{values['basis']}{values.get('basis_unit') or ''} × {values['rate']} 元"
    amount = values.get("amount")
    return Found(
        str(values.get("recipient", "")),
        str(values.get("group_name") or ""),
        yuan(int(amount)) if amount is not None else "没填",
        how,
        batch,
    )
