"""一张表分左右两半：资产负债表左边资产、右边负债，长名单为省纸分两栏印。照人读的顺序，先左后右，一行也不少。"""

from io import BytesIO
from typing import Any

import pytest
from ledger_files import Rows, codes, read, xlsx
from openpyxl import load_workbook

from villagehub.ledgers.cutting_out_child import cut_asked

BALANCE: Rows = [
    ["资产负债表"],
    ["编制单位：青石沟村股份经济合作社", None, None, "2025年12月31日", None, None, None, "单位：元"],
    ["资产", "行次", "年初数", "期末数", "负债及所有者权益", "行次", "年初数", "期末数"],
    ["流动资产：", None, None, None, "流动负债：", None, None, None],
    ["货币资金", 1, 100000, 120000.5, "短期借款", 21, 0, 0],
    ["应收款项", 2, 20000, 30000, "应付款项", 22, 15000, 10000.5],
    ["流动资产合计", 8, 120000, 150000.5, "负债合计", 28, 15000, 10000.5],
    ["固定资产净值", 12, 400000, 390000, "公积公益金", 31, 300000, 320000],
    ["非流动资产合计", 13, 400000, 390000, "未分配收益", 32, 205000, 210000],
    [None, None, None, None, "所有者权益合计", 38, 505000, 530000],
    ["资产总计", 20, 520000, 540000.5, "负债和所有者权益总计", 40, 520000, 540000.5],
    ["制表人：赵庆", None, None, "负责人：周强"],
]
LEFT = ["流动资产：", "货币资金", "应收款项", "流动资产合计", "固定资产净值", "非流动资产合计", "资产总计"]
RIGHT = [
    "流动负债：",
    "短期借款",
    "应付款项",
    "负债合计",
    "公积公益金",
    "未分配收益",
    "所有者权益合计",
    "负债和所有者权益总计",
]


def test_a_balance_sheet_is_read_with_both_its_sides() -> None:
    checked = read(xlsx(BALANCE), "statements", period="2025")
    assert [one.facts["item"] for one in checked.rows] == LEFT + RIGHT
    assert codes(checked) == []
    cash = next(one for one in checked.rows if one.facts["item"] == "货币资金")
    equity = next(one for one in checked.rows if one.facts["item"] == "所有者权益合计")
    assert (cash.source_row, cash.facts["amount"], cash.facts["before"]) == (5, 12_000_050, 10_000_000)
    assert (equity.source_row, equity.facts["amount"], equity.facts["before"]) == (10, 53_000_000, 50_500_000)


@pytest.mark.parametrize(
    ("row", "column", "parts"), [(6, 3, "流动资产合计 加非流动资产合计"), (9, 7, "负债合计 加所有者权益合计")]
)
def test_a_side_that_does_not_add_up_is_named(row: int, column: int, parts: str) -> None:
    wrong: list[list[Any]] = [list(one) for one in BALANCE]
    wrong[row][column] += 1000
    checked = read(xlsx(wrong), "statements", period="2025")
    (told,) = checked.problems
    assert (told.code, told.row, told.column) == ("statement_mismatch", 11, "D")
    assert f"{parts}应是 541,000.50" in told.message


def test_a_long_list_printed_in_two_halves_is_one_list() -> None:
    head = ["组别", "姓名", "金额"]
    rows: Rows = [
        ["2026年耕地地力保护补贴发放表"],
        [*head, *head],
        ["一组", "王桂芳", 100, "二组", "李大山", 300],
        ["一组", "赵铁柱", 200.5, None, None, None],
        ["合计", None, 300.5, "合计", None, 300],
    ]
    checked = read(xlsx(rows), "funds", period="2026-03")
    told = [(one.facts["recipient"], one.facts["group_name"], one.facts["amount"]) for one in checked.rows]
    assert told == [("王桂芳", "一组", 10_000), ("赵铁柱", "一组", 20_050), ("李大山", "二组", 30_000)]
    assert [code for code, _ in codes(checked, "must_fix")] == []


def test_a_gap_between_the_halves_changes_nothing() -> None:
    head = ["日期", "摘要", "收入", "支出"]
    rows: Rows = [
        [*head, None, *head],
        ["2026-07-01", "租金", 100, None, None, "2026-08-01", "电费", None, 30],
        ["2026-07-02", "水费", None, 20, None, None, None, None, None],
    ]
    checked = read(xlsx(rows))
    assert [one.facts["summary"] for one in checked.rows] == ["租金", "水费", "电费"]


def test_two_halves_that_are_not_alike_are_asked_about_as_ever() -> None:
    rows: Rows = [
        ["日期", "摘要", "收入", "日期", "摘要", "备注", "收入"],
        ["2026-07-01", "租金", 100, "2026-07-01", "其他", "x", 50],
    ]
    assert "header_two_columns" in {code for code, _ in codes(read(xlsx(rows)), "must_fix")}


def test_what_is_redacted_of_one_half_leaves_the_other_half_of_the_row_alone() -> None:
    head = ["组别", "姓名", "金额"]
    raw = xlsx([[*head, *head], ["一组", "王桂芳", 100, "二组", "李大山", 300], ["一组", "赵", 7, "二组", "钱", 8]])
    (sheet,) = read(raw, "funds", period="2026-03").sheets
    asked = {"filename": "名单.xlsx", "section": "funds", "period": "2026-03", "layouts": {}, "max_rows": 1000}
    spots = [[sheet.name, 2, ["recipient"]], [sheet.name, 3, ["recipient"]]]
    (cut,) = cut_asked(raw, {**asked, "words": ["王桂芳", "钱"], "spots": spots})
    rows = [list(one) for one in load_workbook(BytesIO(cut)).worksheets[0].iter_rows(values_only=True)]
    assert rows[1:] == [["一组", None, 100, "二组", "李大山", 300], ["一组", "赵", 7, "二组", None, 8]]
