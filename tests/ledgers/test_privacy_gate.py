"""Nobody's number leaves a file through any cell: not as a value, a question, a sample, a repair, nor a row set aside.

Decision 9: ID numbers by their checksum or shape, phones, cards by Luhn; illness words in the remarks of a subsidy.
"""

import json
from typing import Any

import pytest
from ledger_files import TODAY, codes, read, xlsx

from villagehub.kernel.private_numbers import id_check_character, is_id_number, passes_luhn
from villagehub.ledgers.checking import report_of
from villagehub.ledgers.commands import as_object
from villagehub.sections import SECTIONS
from villagehub.sections.base import Field, Kind, Section, Visible

ID = "42032319900101123" + id_check_character("42032319900101123")
PHONE, CARD = "13812345678", "6217002810000123459"
NUMBERLIKE = (Kind.MONEY, Kind.DECIMAL, Kind.WHOLE)
NUMBERS = {"id": ID, "phone": PHONE, "card": CARD}
WRITINGS = [
    lambda number: number,
    lambda number: f"张三{number}。",
    lambda number: " ".join(number[at : at + 4] for at in range(0, len(number), 4)),
    lambda number: number.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
]
GOOD: dict[str, dict[str, Any]] = {
    "finance": {"日期": "2026-03-01", "摘要": "租金", "收支": "收入", "金额": "100"},
    "funds": {"补贴项目": "耕地地力保护补贴", "姓名": "王桂芳", "金额": "68"},
    "assets": {"资产编号": "ZC-1", "资产名称": "水泵"},
    "duties": {"姓名": "周强", "职务": "主任", "机构": "村民委员会"},
}


def stored() -> list[tuple[str, Field]]:
    """One field of each make: cells are read by what the section declares of a field, and by nothing else of it."""
    fields = [(name, one) for name, section in SECTIONS.items() for one in section.stored_fields]
    made = {
        (
            one.kind,
            one.names,
            one.identifier,
            one.contact,
            one.illness,
            one.open_choice,
            bool(one.parts),
            one.visible,
        ): (
            name,
            one,
        )
        for name, one in reversed(fields)
    }
    return list(made.values())


def row_with(section: Section, changed: Field, text: str) -> tuple[list[str], list[Any]]:
    cells = {one.heading: "" for one in section.fields if one.required} | GOOD.get(section.name, {})
    cells[changed.heading] = text
    return list(cells), list(cells.values())


def everything_kept(section: str, heads: list[str], cells: list[Any]) -> str:
    """All that is stored or shown of a file: rows, questions, samples, repairs, the page's report and the command's object."""
    checked = read(xlsx([heads, cells]), section)
    plain = checked.as_plain()
    for row in plain["rows"]:
        row["matches"] = []  # for keyed HMACs only, never stored
    return json.dumps([plain, report_of(checked), as_object(checked)], ensure_ascii=False, default=str)


def test_the_numbers_of_these_tests_are_real_ones() -> None:
    assert is_id_number(ID)
    assert passes_luhn(CARD)
    assert TODAY.year == 2026


@pytest.mark.parametrize(("name", "one"), stored(), ids=lambda given: getattr(given, "name", given))
@pytest.mark.parametrize("kind", NUMBERS)
def test_no_number_is_kept_or_shown_of_any_cell(name: str, one: Field, kind: str) -> None:
    number = NUMBERS[kind]
    section = SECTIONS[name]
    if one.contact and kind == "phone":
        return  # a work number, which its holder agrees to by the question
    for write in WRITINGS[1:2] if one.kind in NUMBERLIKE else WRITINGS:  # an amount may have eleven digits
        kept = everything_kept(name, *row_with(section, one, write(number)))
        digits = kept.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(" ", "")
        assert number not in digits, write(number)


@pytest.mark.parametrize("name", SECTIONS)
def test_columns_of_never_class_are_neither_kept_nor_shown_as_samples(name: str) -> None:
    section = SECTIONS[name]
    never = [one for one in section.fields if one.visible is Visible.NEVER]
    heads, cells = row_with(section, section.fields[0], GOOD.get(name, {}).get(section.fields[0].heading, "x"))
    for one in never:
        kept = everything_kept(name, [*heads, one.heading], [*cells, f"秘密{one.name}"])
        assert f"秘密{one.name}" not in kept


@pytest.mark.parametrize(
    "place", ["title", "total", "footer", "loose", "beside the table", "heading", "unused column", "neither"]
)
@pytest.mark.parametrize("kind", NUMBERS)
def test_nor_of_rows_that_are_no_entries(place: str, kind: str) -> None:
    number = NUMBERS[kind]
    heads: list[Any] = ["日期", "摘要", "收/支", "金额", "备用"]
    entry: list[Any] = ["2026-03-01", "租金", "收入", "100", ""]
    rows: list[list[Any]] = [heads, entry]
    if place == "title":
        rows.insert(0, [f"收支表 {number}"])
    elif place == "total":
        rows.append(["合计", number, None, "100"])
    elif place == "footer":
        rows.append([f"制表人：赵庆 {number}", None, "审核人：周强"])
    elif place == "loose":
        rows[1:1] = [[f"联系 {number}"]]
    elif place == "beside the table":
        entry += ["", number]
    elif place == "heading":
        heads[4] = f"备用{number}"
    elif place == "unused column":
        entry[4] = number
    else:
        rows.append(["2026-03-02", f"提现{number}", "不计收支", "5", ""])
    checked = read(xlsx(rows))
    kept = json.dumps([checked.as_plain(), report_of(checked), as_object(checked)], ensure_ascii=False, default=str)
    assert number not in kept
    assert [one.facts["amount"] for one in checked.rows] in ([10_000], [])


@pytest.mark.parametrize("note", ["尿毒症透析", "二级残疾", "患病住院", "低保，癌症"])
def test_illness_in_the_remarks_of_a_subsidy_is_taken_out_and_told(note: str) -> None:
    rows = [["补贴项目", "姓名", "金额", "备注"], ["耕地地力保护补贴", "王桂芳", 68, note]]
    checked = read(xlsx(rows), "funds")
    assert "病情已隐去" in checked.rows[0].facts["note"]
    assert note not in json.dumps(report_of(checked), ensure_ascii=False)
    assert ("illness_hidden", 2) in codes(checked, "info")


def test_a_span_of_days_in_a_summary_is_no_card() -> None:
    checked = read(xlsx([["日期", "摘要", "收入"], ["2026-03-01", "租金2026-01-01-2026-03-31", 5]]))
    assert checked.rows[0].facts["summary"] == "租金2026-01-01-2026-03-31"
    assert not codes(checked)


def test_money_and_days_hold_no_text_at_all() -> None:
    checked = read(xlsx([["日期", "摘要", "收入"], ["2026-03-01", "租金", f"电话{PHONE}"], [ID, "电费", "5"]]))
    assert {code for code, _ in codes(checked)} == {"not_a_number", "not_a_day"}
    assert PHONE not in json.dumps(report_of(checked), ensure_ascii=False)
    assert ID not in json.dumps(report_of(checked), ensure_ascii=False)
