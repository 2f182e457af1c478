"""Tables as clerks lay them out: under titles, over two rows, side by side, with totals, footers and repeated headings.

What can be read is read exactly, at the clerk's own row numbers. What contradicts itself is a fault or a question.
"""

from datetime import date

import pytest
from ledger_files import CANAL, GOOD_CSV, GOOD_TOTALS, HEAD, LEASE, Rows, amounts, codes, merged, read, xlsx
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.ledgers.result import Checked

MARCH_1, MARCH_5, MARCH_6 = date(2026, 3, 1), date(2026, 3, 5), date(2026, 3, 6)


def accepted(checked: Checked) -> Checked:
    assert codes(checked) == []
    assert checked.outcome == "accept"
    assert checked.rows_read == len(checked.rows) + len(checked.set_aside) + checked.rows_held
    return checked


def why(checked: Checked) -> dict[int, str]:
    return {one.row: one.why for one in checked.set_aside}


def test_the_heading_stands_under_titles_over_two_rows_with_footers_below() -> None:
    rows: Rows = [
        ["青石沟村2026年3月财务收支公开表"],
        ["编制单位：青石沟村", None, None, None, "单位：元"],
        ["日期", "摘要", "金额", None, "备注"],
        [None, None, "收入", "支出", None],
        [*LEASE, None],
        [],
        [*CANAL, "有票"],
        ["合  计", None, 12000, 1260.5],
        ["制表人：赵庆", None, "审核人：王桂芳"],
        ["公开时间：2026年4月10日"],
    ]
    checked = accepted(read(xlsx(rows, merged("A1:E1", "A3:A4", "B3:B4", "C3:D3", "E3:E4"))))
    assert amounts(checked) == [(5, "in", 1_200_000), (7, "out", 126_050)]
    assert checked.rows[1].facts["note"] == "有票"
    assert why(checked)[8] == "合计行，只用来核对"
    assert set(why(checked)) == {8, 9, 10}


def test_a_table_may_begin_in_any_column_and_the_columns_keep_their_letters() -> None:
    checked = accepted(read(xlsx([[], [None, None, *HEAD], [None, None, *LEASE]])))
    assert amounts(checked) == [(3, "in", 1_200_000)]
    assert [one.column for one in checked.columns] == ["C", "D", "E", "F"]


def test_headings_repeated_on_each_page_are_set_aside() -> None:
    rows: Rows = [
        ["收支表"],
        HEAD,
        LEASE,
        ["过次页", None, 12000, None],
        ["收支表"],
        HEAD,
        ["承前页", None, 12000],
        CANAL,
    ]
    checked = accepted(read(xlsx(rows)))
    assert [row for row, *_ in amounts(checked)] == [3, 8]
    assert set(why(checked)) == {4, 5, 6, 7}


def test_another_heading_further_down_is_never_read_by_the_first_one() -> None:
    rows: Rows = [["日期", "摘要", "收入"], LEASE[:3], [], ["日期", "摘要", "支出"], [MARCH_5, "水渠清淤", 1260.5]]
    assert codes(read(xlsx(rows))) == [("second_heading", 4)]


def test_income_stands_on_the_left_and_expense_on_the_right() -> None:
    head: Rows = [["收入", None, None, "支出"], ["日期", "项目", "金额", "日期", "项目", "金额"]]
    entries: Rows = [[MARCH_1, "租金", 100, MARCH_5, "水泥", 50], [None, None, None, MARCH_6, "砂", 5]]
    whole = xlsx([*head, *entries, ["合计", None, 100, "合计", None, 55]], merged("A1:C1", "D1:F1"))
    assert amounts(accepted(read(whole))) == [(3, "in", 10_000), (3, "out", 5_000), (4, "out", 500)]
    wrong = xlsx([*head, *entries, ["合计", None, 100, "合计", None, 66]], merged("A1:C1", "D1:F1"))
    checked = read(wrong)
    assert codes(checked) == [("total_mismatch", 5)]
    assert checked.problems[0].column == "F"


def test_side_by_side_tables_may_have_subtotals_of_their_own() -> None:
    head: Rows = [["收入", None, None, "支出"], ["日期", "项目", "金额", "日期", "项目", "金额"]]
    rows: Rows = [
        *head,
        [MARCH_1, "租金", 100, MARCH_5, "水泥", 50],
        ["小计", None, 100, "小计", None, 50],
        [MARCH_6, "租金", 7, MARCH_6, "砂", 5],
        ["小计", None, 7, "小计", None, 5],
    ]
    accepted(read(xlsx(rows, merged("A1:C1", "D1:F1"))))


def test_labels_part_income_from_expense() -> None:
    rows: Rows = [
        ["日期", "摘要", "金额"],
        ["一、收入"],
        [MARCH_1, "租金", 100],
        ["小计", None, 100],
        ["二、支出"],
        [MARCH_5, "水泥", 50],
        ["小计", None, 50],
    ]
    assert amounts(accepted(read(xlsx(rows)))) == [(3, "in", 10_000), (6, "out", 5_000)]


@pytest.mark.parametrize(
    ("label", "amount", "asked"),
    [("一、收入", 12300, []), ("支出", None, []), ("收入", 10, ["label_amount"]), ("支出", 1260.5, ["label_amount"])],
)
def test_an_amount_beside_a_label_is_a_sum_or_asked_about(label: str, amount: float | None, asked: list[str]) -> None:
    """An entry that is called 收入 and lost its day looks like the label of a part."""
    out = label == "支出"
    line = [None, label, None if out else amount, amount if out else None]
    checked = read(xlsx([HEAD, line, LEASE, [LEASE[0], "砖厂租金", 300, None]]))
    assert [code for code, _ in codes(checked) if code == "label_amount"] == asked
    assert len(checked.rows) == 2


def test_a_column_says_the_direction() -> None:
    rows: Rows = [["日期", "摘要", "收支", "金额"], [MARCH_1, "租金", "收", 100], [MARCH_5, "水泥", "支出", 50]]
    assert amounts(accepted(read(xlsx(rows)))) == [(2, "in", 10_000), (3, "out", 5_000)]
    rows = [["日期", "摘要", "收支", "金额"], [MARCH_1, "租金", "退", 100], [MARCH_5, "水泥", "", 50]]
    assert codes(read(xlsx(rows))) == [("unknown_choice", 2), ("cell_missing", 3)]


def test_without_any_word_on_the_direction_nothing_is_guessed() -> None:
    rows: Rows = [["日期", "摘要", "金额"], [MARCH_1, "租金", 100], [MARCH_5, "水泥", -50]]
    assert codes(read(xlsx(rows[:2]))) == [("column_missing", 1)]
    assert codes(read(xlsx([["2026年3月支出明细"], *rows]))) == [
        ("direction_from_title", None),
        ("negative_amount", 4),
    ]


def test_three_columns_make_the_day_and_debit_adds_where_the_balance_proves_it() -> None:
    head = ["年", "月", "日", "摘要", "借方", "贷方", "余额"]
    proved: Rows = [head, [2026, 3, 1, "租金", 100, None, 1100], [2026, 3, 5, "水泥", None, 50, 1050]]
    checked = accepted(read(xlsx(proved)))
    assert amounts(checked) == [(2, "in", 10_000), (3, "out", 5_000)]
    assert [one.facts["occurred_on"] for one in checked.rows] == ["2026-03-01", "2026-03-05"]
    open_question: Rows = [head[:-1], [2026, 3, 1, "租金", 100, None]]
    assert codes(read(xlsx(open_question))) == [("debit_credit", None)]


def test_a_banks_statement_with_the_sides_reversed_is_read_as_its_balance_proves() -> None:
    rows: Rows = [
        ["日期", "摘要", "借方", "贷方", "余额"],
        [MARCH_1, "收租金", None, 1000, 1000],
        [MARCH_5, "付水泥", 30, None, 970],
        [MARCH_6, "付砂", 70, None, 900],
    ]
    checked = accepted(read(xlsx([*rows, ["合计", None, 100, 1000, 900]])))
    assert amounts(checked) == [(2, "in", 100_000), (3, "out", 3_000), (4, "out", 7_000)]
    assert ("debit_credit_reversed", None) in codes(checked, "info")
    assert (checked.balances.opening_fen, checked.balances.closing_fen) == (0, 90_000)
    without_balance: Rows = [row[:4] for row in rows]
    assert codes(read(xlsx(without_balance))) == [("debit_credit", None)]
    wrong_total = read(xlsx([*rows, ["合计", None, 100.01, 1000, 900]]))
    assert codes(wrong_total) == [("total_mismatch", 5)]


@pytest.mark.parametrize(
    "rows",
    [
        [["单位：万元"], HEAD, [MARCH_1, "租金", 1.2, None], ["合计", None, 1.2, 0]],
        [["2026年3月收支表  单位:万元"], HEAD, [MARCH_1, "租金", 1.2, None]],
        [HEAD, ["单位：万元"], [MARCH_1, "租金", 1.2, None]],
        [["日期", "摘要", "收入（万元）", "支出（万元）"], [MARCH_1, "租金", 1.2, None]],
        [["日期", "摘要", "收入", "支出"], [None, None, "(万元)", "(万元)"], [MARCH_1, "租金", 1.2, None]],
        [["日期", "摘要", "收入/万元", "支出/元"], [MARCH_1, "租金", 1.2, None]],
    ],
    ids=["line", "title", "under_heading", "bracket", "second_level", "slash"],
)
def test_wan_is_read_wherever_it_is_named(rows: Rows) -> None:
    checked = accepted(read(xlsx(rows)))
    assert [one.facts["amount"] for one in checked.rows] == [1_200_000]


def test_a_unit_stands_above_two_levels_of_heading_and_is_no_third_level() -> None:
    rows: Rows = [
        ["编制单位：青石沟村", None, None, None, None, "单位：千元"],
        ["收入", None, None, "支出"],
        ["日期", "项目", "金额", "日期", "项目", "金额"],
        [MARCH_1, "租金", 1.2, MARCH_5, "水泥", 0.5],
    ]
    assert amounts(accepted(read(xlsx(rows, merged("A2:C2", "D2:F2"))))) == [(4, "in", 120_000), (4, "out", 50_000)]


def test_running_totals_beside_the_months_own_are_not_read_and_the_page_says_so() -> None:
    rows: Rows = [
        ["日期", "摘要", "收入", None, "支出", None],
        [None, None, "本月数", "本年累计数", "本月数", "本年累计数"],
        [MARCH_1, "租金", 100, 900, None, 40],
        [MARCH_5, "水泥", None, 900, 50, 90],
    ]
    for data in (xlsx(rows), xlsx(rows, merged("C1:D1", "E1:F1"))):
        checked = accepted(read(data))
        assert amounts(checked) == [(3, "in", 10_000), (4, "out", 5_000)]
        assert [one.label for one in checked.columns] == ["日期", "摘要", "收入金额", "不用", "支出金额", "不用"]


def test_ditto_marks_stand_for_the_entry_above_and_never_for_an_amount() -> None:
    head = ["日期", "摘要", "收款人", "收入", "支出"]
    rows: Rows = [
        head,
        ["2026-03-01", "租金", "李成", 5, None],
        ["〃", "同上", "″", None, 7],
        ["小计", None, None, 5, 7],
        ["同上", "电费", "同上", None, 3],
    ]
    checked = accepted(read(xlsx(rows)))
    assert [one.facts["occurred_on"] for one in checked.rows] == ["2026-03-01"] * 3
    assert [one.facts["counterparty"] for one in checked.rows] == ["李成"] * 3
    assert checked.rows[1].facts["summary"] == "租金"
    assert next((one.row, one.before, one.after) for one in checked.repairs) == (3, "〃", "2026-03-01")
    amount = read(xlsx([head, *rows[1:2], ["〃", "电费", "〃", None, "〃"]]))
    assert codes(amount) == [("ditto_amount", 3)]
    nothing_above = read(xlsx([head, ["〃", "电费", None, None, 3]]))
    assert codes(nothing_above) == [("ditto_without_row", 2)]


def test_units_that_contradict_each_other_are_never_guessed() -> None:
    bracket = xlsx([["单位：元"], ["日期", "摘要", "收入（万元）", "支出"], [MARCH_1, "租金", 1.2, None]])
    assert codes(read(bracket)) == [("unit_conflict", None)]
    two = xlsx([["单位：元"], ["单位：万元"], HEAD, [MARCH_1, "租金", 1.2, None]])
    assert codes(read(two)) == [("unit_conflict", None)]
    assert read(two).outcome == "reject"
    below = xlsx([HEAD, [MARCH_1, "租金", 1.2, None], ["单位：万元"]])
    assert codes(read(below)) == [("unit_elsewhere", 3)]


def test_tiny_broken_amounts_without_a_unit_are_asked_about() -> None:
    rows: Rows = [HEAD, [MARCH_1, "a", 1.25, None], [MARCH_1, "b", 2.55, None], [MARCH_1, "c", 9.61, None]]
    checked = read(xlsx(rows))
    assert codes(checked) == [("unit_doubt", None)]
    assert "9.61" in checked.problems[0].message
    answered = read(xlsx(rows), answers={"unit_doubt": "万元"})
    assert answered.totals["income_fen"] == 13_410_000


def test_totals_by_month_and_over_all_are_checked_and_running_ones_set_aside() -> None:
    head = [*HEAD, "余额"]
    rows: Rows = [
        head,
        ["期初余额", None, None, None, 1000],
        [date(2026, 1, 1), "a", 100, None, 1100],
        [date(2026, 1, 2), "b", None, 30, 1070],
        ["本月合计", None, 100, 30, 1070],
        ["本年累计", None, 100, 30, 1070],
        [date(2026, 2, 1), "c", 10, None, 1080],
        ["本月合计", None, 10, 0, 1080],
        ["本年累计", None, 110, 30, 1080],
        ["合计", None, 110, 30, 1080],
    ]
    checked = accepted(read(xlsx(rows)))
    assert (checked.balances.opening_fen, checked.balances.closing_fen) == (100_000, 108_000)
    assert checked.totals == {"rows": 3, "income_fen": 11_000, "expense_fen": 3_000}


@pytest.mark.parametrize("word", ["合计", "合 计", "总计：", "本月合计", "合计（大写）：壹万贰仟元整", "收入合计"])
def test_a_total_that_differs_by_a_fen_is_a_fault_that_names_the_difference(word: str) -> None:
    accepted(read(xlsx([HEAD, LEASE, [word, None, 12000, None]])))
    checked = read(xlsx([HEAD, LEASE, [word, None, 12000.01, None]]))
    assert codes(checked) == [("total_mismatch", 3)]
    assert "差 0.01" in checked.problems[0].message
    assert checked.problems[0].column == "C"


def test_a_total_in_another_unit_is_told_as_the_column_holds_it_with_yuan_in_brackets() -> None:
    head = ["日期", "摘要", "收入（万元）", "支出（万元）"]
    checked = read(xlsx([head, [LEASE[0], "鱼塘租金", 1.25, None], ["合计", None, 1.35, None]]))
    told = next(one for one in checked.problems if one.code == "total_mismatch")
    assert told.message == (
        "第 3 行「收入（万元）」：合计对不上：表里写 1.35 万元（13,500.00 元），逐笔相加是 1.25 万元（12,500.00 元），"
        "差 0.1 万元（1,000.00 元）。"
    )
    assert told.value == "1.35"


def test_a_closing_that_does_not_follow_is_a_fault_with_the_sum_spelt_out() -> None:
    rows: Rows = [HEAD, ["期初余额", None, 1000], LEASE, ["期末余额", None, 12000]]
    checked = read(xlsx(rows))
    assert codes(checked) == [("closing_mismatch", None)]
    assert "应是 13,000.00" in checked.problems[0].message
    assert "差 1,000.00" in checked.problems[0].message


def test_an_opening_balance_is_no_income() -> None:
    with_balance: Rows = [[*HEAD, "余额"], [MARCH_1, "上年结转", None, None, 1000], [MARCH_5, "水泥", None, 30, 970]]
    checked = accepted(read(xlsx(with_balance)))
    assert checked.balances.opening_fen == 100_000
    assert checked.totals["income_fen"] == 0
    as_income: Rows = [HEAD, [MARCH_1, "上年结转", 1000, None]]
    assert codes(read(xlsx(as_income))) == [("balance_as_entry", 2)]


def test_an_opening_that_differs_from_the_last_published_closing_is_a_fault() -> None:
    rows: Rows = [HEAD, ["期初余额", None, 1000], LEASE]
    assert codes(read(xlsx(rows), last_closing_fen=100_000)) == []
    assert codes(read(xlsx(rows), last_closing_fen=100_001)) == [("opening_mismatch", None)]


def test_a_balance_column_that_breaks_is_asked_about() -> None:
    rows: Rows = [[*HEAD, "余额"], [MARCH_1, "a", 100, None, 1100], [MARCH_5, "b", None, 30, 1071]]
    checked = read(xlsx(rows))
    assert codes(checked) == [("balance_breaks", 3)]
    assert "应是 1,070.00" in checked.problems[0].message


def test_both_sides_or_neither_are_faults_of_that_row() -> None:
    rows: Rows = [HEAD, [MARCH_1, "a", 1, 2], [MARCH_1, "b", None, None], [MARCH_1, "c", 0, 5]]
    checked = read(xlsx(rows))
    assert codes(checked) == [("both_amounts", 2), ("no_amount", 3)]
    assert checked.problems[0].message == "第 2 行「收入」：收入和支出只能填一个。"


def test_a_merged_day_holds_for_its_rows_but_a_merged_amount_is_never_repeated() -> None:
    rows: Rows = [HEAD, LEASE, [None, "b", None, 5], [None, "c", None, 6]]
    checked = accepted(read(xlsx(rows, merged("A2:A4"))))
    assert {one.facts["occurred_on"] for one in checked.rows} == {"2026-03-01"}
    rows = [HEAD, [MARCH_1, "a", None, 1000], [MARCH_5, "b", None, None]]
    assert codes(read(xlsx(rows, merged("D2:D3")))) == [("no_amount", 3)]


def test_hidden_rows_columns_and_sheets_are_asked_about() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["D"].hidden = True
        secret = sheet.parent.create_sheet("底稿")
        secret.append(["x"])
        secret.sheet_state = "veryHidden"

    checked = read(xlsx([HEAD, LEASE, CANAL], hide))
    assert checked.outcome == "review"
    assert set(codes(checked)) == {("hidden_rows", 3), ("hidden_columns", None), ("hidden_sheet", None)}
    assert any("“底稿”" in one.message for one in checked.problems)


def test_several_sheets_are_asked_about_and_an_answer_chooses() -> None:
    def add(sheet: Worksheet) -> None:
        other = sheet.parent.create_sheet("4月")
        for row in (HEAD, [date(2026, 4, 1), "租金", 7, None]):
            other.append(row)

    data = xlsx([HEAD, LEASE], add, title="3月")
    assert codes(read(data)) == [("several_sheets", None)]
    chosen = read(data, answers={"several_sheets": "4月"})
    assert chosen.outcome == "accept"
    assert chosen.totals["income_fen"] == 700


def test_cells_beside_the_table_and_loose_texts_are_asked_about() -> None:
    assert codes(read(xlsx([HEAD, [*LEASE, None, "看这里"]]))) == [("unnamed_column", None)]
    assert codes(read(xlsx([HEAD, LEASE, [None, "水泥二十吨"], CANAL]))) == [("row_set_aside", 3)]


def test_two_columns_for_one_field_are_shown_with_their_letters_and_an_answer_chooses() -> None:
    rows: Rows = [["日期", "记账日期", "摘要", "收入"], [MARCH_1, MARCH_5, "租金", 100]]
    checked = read(xlsx(rows))
    assert codes(checked) == [("header_two_columns", 1)]
    assert "A 列“日期”、B 列“记账日期”" in checked.problems[0].message
    told = read(xlsx(rows), answers={"header_two_columns": "B"})
    assert told.rows[0].facts["occurred_on"] == "2026-03-05"


def test_a_missing_column_says_which_and_what_was_read_instead() -> None:
    checked = read(xlsx([["日期", "收入", "支出"], [MARCH_1, 100, None]]))
    assert codes(checked) == [("column_missing", None)]
    assert "没找到“摘要”这一列" in checked.problems[0].message
    assert "日期、收入、支出" in checked.problems[0].message


def test_no_heading_tells_what_the_heading_needs() -> None:
    checked = read(xlsx([["资产名称", "原值"], ["房", 5]]))
    assert codes(checked) == [("no_heading", None)]
    assert (
        checked.problems[0].fix
        == "表头那一行至少要有“日期”、“摘要”、“收入”“支出”（或“收支”和“金额”）。可以下载模板，照着填。"
    )


def test_only_a_heading_is_said_so() -> None:
    assert codes(read(xlsx([HEAD]))) == [("no_rows", None)]
    assert codes(read(xlsx([[]]))) == [("no_rows", None)]


def test_days_outside_the_period_are_faults_and_late_ones_name_their_month() -> None:
    rows: Rows = [HEAD, [date(2026, 6, 28), "a", 1, None], [date(2026, 10, 2), "b", 1, None]]
    checked = read(xlsx(rows), period="2026Q3")
    assert codes(checked) == [("day_outside_period", 2), ("day_outside_period", 3)]
    assert checked.problems[0].message == "第 2 行「日期」：2026年6月28日 不在 7月1日 到 9月30日 里。"
    late: Rows = [[*HEAD, "补记月份"], [date(2026, 6, 28), "a", 1, None, "2026-06"]]
    assert codes(read(xlsx(late), period="2026Q3")) == []


def test_identical_rows_and_repeated_vouchers_are_questions() -> None:
    rows: Rows = [[*HEAD, "凭证号"], [*LEASE, "1"], [*CANAL, "1"], [*LEASE, "2"], [*LEASE, "2"]]
    checked = read(xlsx(rows))
    assert checked.outcome == "review"
    assert set(codes(checked)) == {("voucher_repeated", 3), ("duplicate_row", 4), ("duplicate_row", 5)}


def test_the_plain_table_is_the_yardstick() -> None:
    assert accepted(read(GOOD_CSV)).totals == GOOD_TOTALS
    assert accepted(read(xlsx([HEAD, LEASE, CANAL]))).totals == GOOD_TOTALS
