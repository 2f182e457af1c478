"""Statements of banks and payment services, read by the rules that hold for every ledger, not by templates.

What the balance proves is read; what stays open is asked once; rows that move no money of the village are set aside and told.
"""

import pytest
from ledger_files import HEAD, LEASE, Rows, amounts, codes, read, xlsx

from villagehub.ledgers.result import Checked

WECHAT = """微信支付账单明细,,,,,,,,
微信昵称：[青石沟村],,,,,,,,
起始时间：[2026-01-01 00:00:00] 终止时间：[2026-03-31 23:59:59],,,,,,,,
导出类型：[全部],,,,,,,,
导出时间：[2026-04-02 09:12:33],,,,,,,,
,,,,,,,,
共6笔记录,,,,,,,,
收入：2笔 320.00元,,,,,,,,
支出：3笔 228.16元,,,,,,,,
中性交易：1笔 500.00元,,,,,,,,
注：,,,,,,,,
1. 充值/提现/零钱通存取等交易，计入中性交易,,,,,,,,
,,,,,,,,
----------------------微信支付账单明细列表--------------------,,,,,,,,
交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注
2026-03-20 18:40:02,商户消费,县供电公司,"电费",支出,¥28.16,零钱,支付成功,"4200001\t","1000123\t","/"
2026-03-18 09:01:44,扫码付款,青石沟商店,"收款方备注:水泥",支出,¥100.00,建设银行(1234),已退款(￥20.00),"42002\t","124\t","/"
2026-03-18 10:05:00,青石沟商店-退款,青石沟商店,"水泥",收入,¥20.00,建设银行(1234),已全额退款,"4200003\t","1000125\t","/"
2026-03-11 12:00:00,零钱提现,建设银行,"/",/,¥500.00,建设银行(1234),提现已到账,"4200004\t","/","服务费¥0.50"
2026-03-02 07:30:09,微信红包,李成,"/",支出,¥100.00,零钱,支付成功,"4200005\t","/","/"
2026-03-01 08:00:00,转账,王桂芳,"转账备注:鱼塘租金",收入,¥300.00,/,已存入零钱,"4200006\t","/","/"
"""
ALIPAY = """------------------------------------------------------------------------------------
导出信息：
姓名：青石沟村经济合作社
支付宝账户：qsg@example.org
起始时间：[2026-01-01 00:00:00]    终止时间：[2026-03-31 23:59:59]
共4笔记录
收入：1笔 56.00元
特别提示：
1.本明细仅展示当前账单中的交易。
------------------------支付宝支付科技有限公司  电子客户回单------------------------
交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,
2026-03-21 11:02:03,生活服务,自来水公司,hzs***@example.org,水费,支出,45.30,余额宝,交易成功,2026032122001\t,T200P12\t,,
2026-03-12 15:22:10,日用百货,五金店,wj***@example.org,水管,不计收支,30.00,余额宝,交易关闭,2026031222001\t,T200P13\t,,
2026-03-08 08:00:00,退款,五金店,wj***@example.org,退款-水龙头,收入,56.00,余额宝,退款成功,2026030822001\t,T200P14\t,,
2026-03-07 08:00:00,投资理财,余额宝,/,余额宝-单次转入,不计收支,800.00,余额,交易成功,2026030722001\t,T200P15\t,,
"""


def asked(checked: Checked) -> set[tuple[str, int | None]]:
    """Questions and faults, each code and row once; rows add up."""
    assert checked.rows_read == len(checked.rows) + len(checked.set_aside) + checked.rows_held
    return set(codes(checked))


def said(checked: Checked, code: str) -> str:
    """The sentence of a question."""
    return next(one.message for one in checked.problems if one.code == code)


def test_a_payment_services_statement_is_read_below_its_lines_and_what_moved_no_money_is_asked() -> None:
    checked = read(WECHAT, filename="微信.csv", period="2026Q1")
    assert amounts(checked) == [
        (16, "out", 2_816),
        (17, "out", 10_000),
        (18, "in", 2_000),
        (20, "out", 10_000),
        (21, "in", 30_000),
    ]
    assert [one.facts["summary"] for one in checked.rows] == [
        "电费",
        "收款方备注:水泥",
        "水泥",
        "微信红包",  # where the goods say nothing the kind of payment does
        "转账备注:鱼塘租金",
    ]
    assert [one.facts["counterparty"] for one in checked.rows][:2] == ["县供电公司", "青石沟商店"]
    assert checked.rows[0].facts["occurred_on"] == "2026-03-20"
    assert asked(checked) == {("neither_side", 19), ("status_doubt", 17), ("status_doubt", 18), ("unknown_choice", 17)}
    assert "第 19 行，金额合计 500.00" in said(checked, "neither_side")
    assert "已退款(￥20.00)" in said(checked, "status_doubt")
    assert [one.row for one in checked.set_aside] == [19]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_another_services_statement_with_commas_and_tabs_at_the_ends(encoding: str) -> None:
    checked = read(ALIPAY.encode(encoding), filename="支付宝.csv", period="2026Q1")
    assert amounts(checked) == [(12, "out", 4_530), (14, "in", 5_600)]
    assert [one.facts["summary"] for one in checked.rows] == ["水费", "退款-水龙头"]
    assert asked(checked) == {("neither_side", 13)}
    assert "共 2 行（第 13、15 行，金额合计 830.00）" in said(checked, "neither_side")


BANK: Rows = [
    ["中国某银行账户交易明细", None, None, None, None, None, None],
    ["账号：", "17-810501040012345", None, "户名：", "青石沟村经济合作社", None, None],
    ["起止日期：", "20260101-20260331", None, "币种：", "人民币", None, None],
]


def test_a_bank_writes_its_sides_in_brackets() -> None:
    rows: Rows = [
        *BANK,
        [
            "交易日期",
            "交易时间",
            "借方发生额(支出)",
            "贷方发生额(收入)",
            "余额",
            "对方户名",
            "对方账号",
            "摘要",
            "附言",
        ],
        ["20260301", "101112", "", "1,000.00", "1,500.00", "李成", '="6217002810000123459"', "转存", "鱼塘租金"],
        ["20260305", "111213", "30.00", "", "1,470.00", "五金店", '="17810501040012345"', "转支", "水管"],
    ]
    checked = read(xlsx(rows), period="2026Q1")
    assert asked(checked) == set()
    assert amounts(checked) == [(5, "in", 100_000), (6, "out", 3_000)]
    assert [one.facts["summary"] for one in checked.rows] == ["转存", "转支"]
    assert (checked.balances.opening_fen, checked.balances.closing_fen) == (50_000, 147_000)
    assert "6217002810000123459" not in str(checked.as_plain())


def test_a_column_of_sides_is_turned_where_the_balance_proves_it() -> None:
    head = ["交易日期", "借贷标志", "交易金额", "账户余额", "交易摘要"]
    lines: Rows = [
        ["2026-03-01", "贷", "500.00", "1,500.00", "租金"],
        ["2026-03-05", "借", "30.00", "1,470.00", "水管"],
        ["2026-03-06", "借", "70.00", "1,400.00", "水泥"],
    ]
    for newest_first in (False, True):
        checked = read(xlsx([head, *(lines[::-1] if newest_first else lines)]))
        assert asked(checked) == set()
        assert (checked.totals["income_fen"], checked.totals["expense_fen"]) == (50_000, 10_000)
        assert (checked.balances.opening_fen, checked.balances.closing_fen) == (100_000, 140_000)
    without = read(xlsx([[*head[:3], head[4]], *([*line[:3], line[4]] for line in lines)]))
    assert asked(without) == {("debit_credit", None)}


def test_one_column_of_signed_amounts_is_read_where_the_balance_proves_it_and_asked_about_elsewhere() -> None:
    head = ["交易时间", "交易金额", "账户余额", "摘要"]
    lines: Rows = [
        ["2026-03-01 10:00:01", "+500.00", "1,500.00", "租金"],
        ["2026-03-05 09:00:00", "-30.00", "1,470.00", "水管"],
    ]
    proved = read(xlsx([head, *lines]))
    assert asked(proved) == set()
    assert amounts(proved) == [(2, "in", 50_000), (3, "out", 3_000)]
    broken = read(xlsx([head, lines[0], [*lines[1][:2], "1,999.00", "水管"]]))
    assert {code for code, _ in asked(broken)} == {"signed_amounts", "balance_breaks"}
    without = read(xlsx([[head[0], head[1], head[3]], *([line[0], line[1], line[3]] for line in lines)]))
    assert asked(without) == {("signed_amounts", None)}
    assert amounts(without) == amounts(proved)


def test_a_minus_that_only_says_expense_once_more_is_dropped_where_the_balance_proves_it() -> None:
    head = ["日期", "存入", "取出", "余额", "摘要"]
    rows: Rows = [head, ["2026-03-01", 500, None, 500, "租金"], ["2026-03-05", None, -30, 470, "水管"]]
    proved = read(xlsx([*rows, ["合计", 500, -30, 470, None]]))
    assert asked(proved) == set()
    assert amounts(proved) == [(2, "in", 50_000), (3, "out", 3_000)]
    without = read(xlsx([[*row[:3], row[4]] for row in rows]))
    assert asked(without) == {("negative_amount", 3)}
    assert amounts(without)[1] == (3, "out", -3_000)


def test_real_reversals_stay_negative_and_are_asked_about_one_by_one() -> None:
    reversed_one: Rows = [HEAD, LEASE, ["2026-03-05", "水泥", None, 50], ["2026-03-06", "冲销水泥", None, -50]]
    checked = read(xlsx(reversed_one))
    assert asked(checked) == {("negative_amount", 4)}
    assert amounts(checked)[-1] == (4, "out", -5_000)
    in_the_balance: Rows = [
        [*HEAD, "余额"],
        [*LEASE, 12_000],
        ["2026-03-05", "冲销上月水泥", None, -50, 12_050],
        ["2026-03-06", "冲销上月砂", None, -5, 12_055],
    ]
    proved = read(xlsx(in_the_balance))
    assert asked(proved) == {("negative_amount", 3), ("negative_amount", 4)}
    assert [fen for *_, fen in amounts(proved)] == [1_200_000, -5_000, -500]


def test_two_columns_of_days_are_one_where_they_always_agree_and_shown_where_they_do_not() -> None:
    head = ["交易日期", "记账日期", "摘要", "收入", "支出"]
    same: Rows = [head, ["2026-03-01", "2026-03-01", "租金", 5, None], ["2026-03-05", "2026-03-05", "电费", None, 3]]
    assert asked(read(xlsx(same))) == set()
    other: Rows = [head, same[1], ["2026-03-31", "2026-04-01", "电费", None, 3]]
    assert asked(read(xlsx(other))) == {("header_two_columns", 1)}


def test_a_refund_inside_an_amount_keeps_what_was_paid_and_asks() -> None:
    checked = read("交易日期,收/支,金额,商品说明\n2026-03-01,支出,100.00(已退款20.00),水泥\n")
    assert asked(checked) == {("refund_inside", 2)}
    assert amounts(checked) == [(2, "out", 10_000)]


def test_a_payment_that_did_not_go_through_is_asked_about_once_for_each_way_of_saying_so() -> None:
    lines = ["交易时间,商品,收/支,金额,交易状态"]
    lines += [
        f"2026-03-0{day} 10:00:00,水泥,支出,5.00,{state}"
        for day, state in enumerate(["交易成功", "交易关闭", "支付成功", "交易关闭", "等待付款", "对方已收钱"], start=1)
    ]
    checked = read("\n".join(lines))
    assert asked(checked) == {("status_doubt", 3), ("status_doubt", 6)}
    assert "第 3、5 行" in said(checked, "status_doubt")
    assert len(checked.rows) == 6
