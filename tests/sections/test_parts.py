"""Small tables in one cell, as clerks write them: with marks, on several lines, with arrows or numbers."""

from datetime import date

import pytest

from villagehub.sections.parts import entries_on_one_line, read_parts
from villagehub.sections.terms import BadInstalment, Instalment, read_instalments, read_term

WHO = ("做什么", "谁来办", "多久办完")


@pytest.mark.parametrize(
    "text",
    [
        "申请｜村民｜当天；审核｜村委会；批准",
        "申请|村民|当天; 审核|村委会; 批准；",
        "1. 申请｜村民｜当天 2. 审核｜村委会 3. 批准",
        "①申请｜村民｜当天；②审核｜村委会；③批准",
        "第一步：申请｜村民｜当天 → 第二步：审核｜村委会 → 第三步：批准",
        entries_on_one_line("申请｜村民｜当天\n审核｜村委会；\n\n批准"),
    ],
)
def test_steps_are_read_however_they_are_written(text: str) -> None:
    assert read_parts(text, WHO) == [("申请", "村民", "当天"), ("审核", "村委会", ""), ("批准", "", "")]


def test_what_is_no_mark_stays_in_the_text() -> None:
    assert read_parts("", WHO) == []
    assert read_parts("每亩补 1.5 万元", WHO) == [("每亩补 1.5 万元", "", "")]
    assert read_parts("甲｜乙｜丙｜丁", WHO) == [("甲", "乙", "丙｜丁")]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("2020.1.1-2029.12.31", (date(2020, 1, 1), date(2029, 12, 31))),
        ("2020年1月1日至2029年12月31日止", (date(2020, 1, 1), date(2029, 12, 31))),
        ("自2020/01/01起到2030/02/28", (date(2020, 1, 1), date(2030, 2, 28))),
        ("2020年4月至2029年2月", (date(2020, 4, 1), date(2029, 2, 28))),
        ("五年", None),
        ("2020.13.1-2029.12.31", None),
        ("2020.1-2029.13", None),
        ("2020.1-2029.0", None),
    ],
)
def test_a_term_in_one_cell_is_read_or_left_alone(text: str, term: tuple[date, date] | None) -> None:
    assert read_term(text) == term


def test_instalments_are_whole_fen_and_a_slip_is_named() -> None:
    plan = read_instalments("2026-03-31｜24,000｜12000.50元；2027年3月31日｜24000")
    assert plan == [Instalment(date(2026, 3, 31), 2_400_000, 1_200_050), Instalment(date(2027, 3, 31), 2_400_000, 0)]
    for slip in ("明年｜24000", "2026-03-31", "2026-03-31｜一万", "2026-03-31｜0.001", "2026-13-01｜5"):
        with pytest.raises(BadInstalment):
            read_instalments(slip)
