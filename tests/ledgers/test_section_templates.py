"""The template of each section, filled in as a clerk fills it in, comes back as accepted with the same values."""

from io import BytesIO
from typing import Any

import pytest
from ledger_files import codes, read
from openpyxl import load_workbook

from villagehub.ledgers.templates import example_rows, section_template
from villagehub.sections import SECTIONS
from villagehub.sections.base import Field, Kind, Section, Visible

each_section = pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))


def filled(section: Section) -> bytes:
    book = load_workbook(BytesIO(section_template(section)))
    for row, values in enumerate(example_rows(section), start=2):
        for column, value in enumerate(values, start=1):
            if value is not None:
                book.worksheets[0].cell(row, column, value)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def kept(one: Field, value: Any) -> Any:
    """What a template's value is kept as."""
    if value is None:
        return None
    for choice in one.choices:
        if value in (choice.label, *choice.synonyms):
            return choice.key == "yes" if one.kind is Kind.YES_NO else choice.key
    if one.kind is Kind.YES_NO:
        return value == "是"
    if one.kind is Kind.WHOLE:
        return value
    return round(value * 100) if one.kind is Kind.MONEY else str(value)


@each_section
def test_a_filled_template_is_accepted_with_the_same_values(section: Section) -> None:
    checked = read(filled(section), section.name)
    assert (checked.outcome, codes(checked)) == ("accept", [])
    wanted = example_rows(section)
    assert len(checked.rows) == len(wanted)
    headings = [cell.value for cell in load_workbook(BytesIO(section_template(section))).worksheets[0][1]]
    by_heading = {one.heading: one for one in section.fields}
    for values, row in zip(wanted, checked.rows, strict=True):
        for heading, value in zip(headings, values, strict=True):
            if heading in ("收入", "支出"):
                if value is not None:
                    assert row.facts["amount"] == value * 100
                    assert row.facts["direction"] == {"收入": "in", "支出": "out"}[heading]
                continue
            one = by_heading[str(heading)]
            got = row.facts.get(one.name)
            assert got == kept(one, value), heading


@each_section
def test_an_empty_template_says_that_it_is_empty_and_never_reads_the_example(section: Section) -> None:
    checked = read(section_template(section), section.name)
    assert codes(checked) == [("no_rows", None)]


@each_section
def test_a_template_asks_for_nothing_that_may_not_be_public(section: Section) -> None:
    headings = {cell.value for cell in load_workbook(BytesIO(section_template(section))).worksheets[0][1]}
    assert headings.isdisjoint(one.heading for one in section.fields if one.visible is not Visible.PUBLIC)
    in_two = {section.promoted.get("direction"), section.promoted.get("amount_fen")}
    told = {one.heading for one in section.fields if one.name in in_two} if "direction" in section.promoted else set()
    assert {one.heading for one in section.fields if one.required} - headings <= told


@each_section
def test_a_template_is_an_ordinary_workbook_without_macros_or_formulas(section: Section) -> None:
    book = load_workbook(BytesIO(section_template(section)))
    assert [sheet.title.startswith("示例") for sheet in book.worksheets] == [False, True]
    assert all(cell.data_type != "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
