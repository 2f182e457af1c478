"""Checks between rows: the section's own rules, doubles, persons named twice."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from villagehub.kernel.canonical import canonical
from villagehub.kernel.money import yuan
from villagehub.kernel.problem import Severity
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.sheets import column_letter, named
from villagehub.sections.base import LASTING, Balances, Fault, Kind, Section


def check_rows(section: Section, entries: Sequence[Entry], findings: Findings) -> list[Entry]:
    """Runs the section's rule over each row; returns the rows that nothing must be mended in."""
    for entry in entries:
        for fault in section.check_row(entry.facts):
            _report(section, entry, fault, (), Gravity.ROW, findings)
    return [entry for entry in entries if not findings.failed(entry.sheet, entry.row)]


def check_table(section: Section, entries: Sequence[Entry], balances: Balances, findings: Findings) -> None:
    """Runs the section's rule over the whole table."""
    for fault in section.check_table([entry.facts for entry in entries], balances):
        entry = entries[fault.index] if fault.index is not None and fault.index < len(entries) else None
        others = [entries[index] for index in fault.others if index < len(entries)]
        _report(section, entry, fault, others, Gravity.TABLE, findings)


def rows_named(entries: Sequence[Entry], *, but: Entry | None = None) -> str:
    """``第 3、10、11 行``; with their sheets when they stand on several. ``but`` is one of them that is left out."""
    found = [entry for entry in entries[:9] if entry is not but][:8]
    count = len(entries) - (but is not None)
    more = f"等 {count} 行" if count > 8 else ""
    if len({entry.sheet for entry in found}) > 1:
        return "、".join(f"{named(entry.sheet)}第 {entry.row} 行" for entry in found) + more
    rows = "、".join(str(entry.row) for entry in found)
    return f"第 {rows} 行{more}"


def _report(
    section: Section, entry: Entry | None, fault: Fault, others: Sequence[Entry], gravity: Gravity, findings: Findings
) -> None:
    column = entry.columns.get(fault.field or "") if entry else None
    if entry and column is None and fault.field == section.promoted.get("amount_fen"):
        out = entry.facts.get(section.promoted.get("direction", "")) == "out"
        column = next(
            (one for target, one in entry.columns.items() if target.startswith("role:out" if out else "role:in_a")),
            None,
        )
    findings.add(
        gravity,
        fault.severity,
        fault.code,
        fault.message.replace("{others}", rows_named(others)),
        fault.fix,
        sheet=entry.sheet if entry else None,
        row=entry.row if entry else None,
        column=column_letter(column.index) if column else None,
        heading=column.heading if column else None,
        raw=_written(section, entry, fault.field) if column else None,
        also=_letters(entry, fault.also) if entry else (),
    )


def _letters(entry: Entry, names: Sequence[str]) -> tuple[str, ...]:
    """The columns of these fields, where the table has them."""
    return tuple(column_letter(entry.columns[name].index) for name in names if name in entry.columns)


def _written(section: Section, entry: Entry | None, name: str | None) -> str | None:
    """The value that a fault is about, as people read it."""
    value = entry.facts.get(name) if entry and name else None
    if not name or value is None:
        return None
    one = section.field_named(name)
    return yuan(int(value)) if one.kind is Kind.MONEY else one.label_of(value)


def check_doubles(section: Section, entries: Sequence[Entry], findings: Findings) -> None:
    """Rows that are exactly alike are both kept, and asked about (import.md 9)."""
    if section.shape in LASTING:
        return  # there the number or the post is unique, and the section says so
    alike: dict[tuple[tuple[str, object], ...], list[Entry]] = defaultdict(list)
    headlines = [entry.facts.get(section.headline) for entry in entries]
    counted = Counter(headlines)
    for entry, headline in zip(entries, headlines, strict=True):
        if counted[headline] > 1:  # only what may be alike is compared in full
            alike[tuple(sorted(entry.facts.items()))].append(entry)
    for found in alike.values():
        if len(found) < 2 or (section.persons and len({entry.matches for entry in found}) == len(found)):
            continue
        for entry in found:
            others = rows_named(found, but=entry)
            findings.add(
                Gravity.TABLE,
                Severity.CONFIRM,
                "duplicate_row",
                f"和{others}一模一样。是真有几笔，还是重复了？",
                "真有几笔就确认；重复了就删掉多的。",
                sheet=entry.sheet,
                row=entry.row,
            )


def check_persons(section: Section, entries: Sequence[Entry], findings: Findings) -> None:
    """One person twice in a batch, one card for several people, two homonyms whom no number tells apart."""
    if not section.persons:
        return
    by_number: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    by_name: dict[str | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_name[section.natural_key(entry.facts)].append(entry)
        for kind, number in entry.matches:
            if kind in ("id", "card"):
                by_number[kind, number].append(entry)
    asked: set[tuple[str, int]] = set()
    for (kind, _), found in by_number.items():
        if len(found) < 2:
            continue
        what = "证件号" if kind == "id" else "卡号"
        asked.update((entry.sheet, entry.row) for entry in found)
        _ask_twice(found, f"same_{kind}", f"{{others}}是同一个{what}。是一个人领了几次，还是填错了？", findings)
    for found in by_name.values():
        numbers = [frozenset(one for one in entry.matches if one[0] == "id") for entry in found]
        told_apart = all(numbers) and len(set(numbers)) == len(numbers)
        alike = all((entry.sheet, entry.row) in asked for entry in found)
        if len(found) > 1 and not told_apart and not alike and len({canonical(one.facts) for one in found}) > 1:
            _ask_twice(found, "same_name", "和{others}是同组同名。是两个人，还是重复了？", findings)


def _ask_twice(found: Sequence[Entry], code: str, message: str, findings: Findings) -> None:
    last, others = found[-1], found[:-1]
    words = message.replace("{others}", ("" if message.startswith("和") else "和") + rows_named(others))
    findings.add(
        Gravity.TABLE,
        Severity.CONFIRM,
        code,
        words,
        "没有错就确认；重复了就删掉一行。",
        sheet=last.sheet,
        row=last.row,
    )
