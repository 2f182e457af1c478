"""Which column is which, as a person says it on the page or on the command line: choices, and the rules on them. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.ledgers import rules
from villagehub.ledgers.columns import IGNORED, label_of
from villagehub.ledgers.layouts import with_unnamed
from villagehub.ledgers.outline import OutlineColumn, SheetOutline
from villagehub.ledgers.vocabulary import Target, normal, role_target
from villagehub.sections.base import Role, Section, Visible

UNUSED: Final = "不用"
_ROWS: Final = re.compile(r"(\d{1,2})(?:-(\d{1,2}))?", re.ASCII)
_LETTERS: Final = re.compile(r"[A-Za-z]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a column may be."""

    target: Target
    label: str
    note: str = ""
    """必填, 不公开 or 不保存."""


def choices(section: Section) -> list[Choice]:
    """Everything that a column may be, without 不用: the fields, then what only helps to read them."""
    fields = [Choice(one.name, one.heading, _note(section, one.name)) for one in section.fields]
    helping = [role_target(one.role) for one in section.extras if one.role is not Role.IGNORED]
    amount = section.promoted.get("amount_fen", "")
    roles = [Choice(target, label_of(section, target)) for target in dict.fromkeys(helping)]
    place = next((at for at, one in enumerate(fields, start=1) if one.target == amount and roles), len(fields))
    return [*fields[:place], *roles, *fields[place:]]


def _note(section: Section, name: str) -> str:
    one = section.field_named(name)
    if one.visible is Visible.NEVER:
        return "不保存"
    if one.visible is Visible.STAFF:
        return "不公开"
    direction = section.promoted.get("direction")
    may_come_otherwise = name in (direction, section.subject_field) or (direction and one.name == _amount(section))
    return "必填" if one.required and not may_come_otherwise else ""


def _amount(section: Section) -> str:
    return section.promoted.get("amount_fen", "")


def why_not_matched(section: Section, columns: Sequence[OutlineColumn], targets: Sequence[Target]) -> Refused | None:
    """Whether these targets can stand: known ones, and one column for one field. Columns that are dropped may be several;
    income on the left and expense on the right are two tables.
    """
    known = {one.target: one.label for one in choices(section)}
    if len(columns) != len(targets) or not any(targets):
        return rules.NothingMatched()
    never = {one.name for one in section.fields if one.visible is Visible.NEVER}
    taken: dict[tuple[Target, str], list[OutlineColumn]] = {}
    for column, target in zip(columns, targets, strict=True):
        if target and target not in known:
            return rules.NoSuchTarget(name=target[:20], names="、".join([*known.values(), UNUSED]))
        if target and target not in never:
            taken.setdefault((target, column.side), []).append(column)
    for (target, _), found in taken.items():
        if len(found) > 1:
            return rules.TwoForOne(columns="、".join(one.named for one in found), label=known[target])
    return None


def as_layout(columns: Sequence[OutlineColumn], targets: Sequence[Target]) -> list[Target]:
    """The targets as ``Layouts`` keeps them."""
    pairs = list(zip(columns, targets, strict=True))
    return with_unnamed(
        [target for one, target in pairs if one.heading],
        {one.letter: target for one, target in pairs if not one.heading},
    )


def rows_chosen(text: str) -> tuple[int, int] | None:
    """The heading's first and last row of ``2`` or ``2-3``; None for anything else."""
    found = _ROWS.fullmatch(text.strip())
    if found is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if 1 <= first <= last else None


def split_sheet(text: str) -> tuple[str, str]:
    """``表名!C`` → its two parts; without a sheet the first is empty."""
    sheet, mark, rest = text.rpartition("!")
    return (sheet, rest) if mark else ("", text)


def target_named(section: Section, name: str) -> Target:
    """The target that people call so, or whose own name it is; empty for 不用. Raises NoSuchTarget."""
    plain = normal(name)
    if plain == UNUSED:
        return ""
    for one in choices(section):
        if plain in (normal(one.label), one.target.lower(), one.target.removeprefix("role:").lower()):
            return one.target
    raise rules.NoSuchTarget(name=name[:20], names="、".join([*(one.label for one in choices(section)), UNUSED]))


def layouts_typed(
    section: Section, outline: Sequence[SheetOutline], typed: Sequence[str], *, with_rows: Collection[str] = ()
) -> dict[str, tuple[SheetOutline, list[Target]]]:
    """The layouts, by mark, that ``[表名!]列=字段`` say for a file with this outline. Without a sheet's name all sheets that
    have the column are meant; a sheet of ``with_rows`` gets a layout although no column of it is named. Raises
    NothingMatched, NoSuchColumn, NoSuchTarget, TwoForOne.
    """
    headed = [one for one in outline if one.columns]
    if not headed:
        raise rules.NothingMatched()
    told: dict[str, dict[int, Target]] = {}
    for text in typed:
        where, _, name = text.rpartition("=")
        sheet, column = split_sheet(where)
        target, found = target_named(section, name), False
        for one in headed:
            place = _place(one, column) if sheet in ("", one.name) else None
            if place is not None:
                told.setdefault(one.name, {})[place], found = target, True
        if not found:
            heading = "、".join(one.named for one in headed[0].columns)
            raise rules.NoSuchColumn(name=where[:40], heading=heading)
    made: dict[str, tuple[SheetOutline, list[Target]]] = {}
    for one in headed:
        wanted = told.get(one.name, {})
        said = set(wanted.values()) - {""}
        targets = [
            wanted.get(place, "" if column.target in said or column.target == IGNORED else column.target)
            for place, column in enumerate(one.columns)
        ]
        if wanted or one.name in with_rows:
            refusal = why_not_matched(section, one.columns, targets)
            if refusal:
                raise refusal
            made[one.mark] = (one, targets)
    return made


def _place(sheet: SheetOutline, column: str) -> int | None:
    """The place of the column with this heading, else with this letter; None where there is none or are several."""
    named = [at for at, one in enumerate(sheet.columns) if one.heading and normal(one.heading) == normal(column)]
    if not named and _LETTERS.fullmatch(column.strip()):
        named = [at for at, one in enumerate(sheet.columns) if one.letter == column.strip().upper()]
    return named[0] if len(named) == 1 else None


def rows_typed(outline: Sequence[SheetOutline], typed: Sequence[str]) -> Mapping[str, tuple[int, int]]:
    """The heading's rows by sheet that ``[表名!]3`` or ``3-4`` say. Raises NothingMatched."""
    said: dict[str, tuple[int, int]] = {}
    for text in typed:
        sheet, rows = split_sheet(text)
        chosen = rows_chosen(rows)
        meant = [one.name for one in outline if sheet in ("", one.name)]
        if chosen is None or not meant:
            raise rules.NothingMatched()
        said.update(dict.fromkeys(meant, chosen))
    return said
