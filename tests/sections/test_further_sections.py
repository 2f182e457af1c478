"""What each further section holds a clerk to, and what it tells a villager of a row."""

from datetime import date

import pytest

from villagehub.sections import SECTIONS
from villagehub.sections.base import Balances, Facts
from villagehub.sections.decisions import shortfall

TODAY = date(2026, 11, 23)
LEASE: Facts = {"kind": "lease", "starts_on": "2024-04-01", "ends_on": "2029-03-31"}
ROAD: Facts = {"stage": "contract", "approved_on": "2026-01", "budget": 100, "bid_on": "2026-02", "bid_mode": "比价"}
SIGNED: Facts = {**ROAD, "contract_on": "2026-03", "contract_price": 90, "winner": "青禾施工队"}
VOTE: Facts = {"rule": "representatives", "eligible": 45, "attended": 38, "agreed": 36, "result": "passed"}


@pytest.mark.parametrize(
    ("section", "facts", "said"),
    [
        ("resources", {"area": "10", "leased_area": "6", "idle_area": "4"}, []),
        ("resources", {"area": "10", "leased_area": "6", "idle_area": "4.01"}, ["area_over_whole"]),
        ("resources", {"area": "10", "use_mode": "let"}, ["let_without_contract"]),
        ("contracts", {**LEASE, "due": 100, "paid": 60, "arrears": 40}, []),
        ("contracts", {**LEASE, "due": 100, "paid": 60, "arrears": 41}, ["arrears_mismatch"]),
        ("contracts", {**LEASE, "ends_on": "2024-03"}, ["ends_before_start"]),
        ("contracts", {**LEASE, "ends_on": "2044-04-01"}, []),
        ("contracts", {**LEASE, "ends_on": "2045-04-01"}, ["lease_too_long"]),
        ("contracts", {**LEASE, "ends_on": "2044-12-31"}, ["lease_too_long"]),
        ("contracts", {"term": "2025.7.1-2024.6.30"}, ["ends_before_start"]),
        ("contracts", {**LEASE, "schedule": "明年给｜100"}, ["instalment_unreadable"]),
        ("contracts", {**LEASE, "schedule": "2026-03-31｜1｜1", "paid": 200}, ["schedule_differs"]),
        ("contracts", {}, ["no_end"]),
        ("powers", {"steps": "批准", "responsible": "周强"}, ["one_step"]),
        ("powers", {"steps": "申请；批准"}, ["nobody_named"]),
        ("decisions", VOTE, []),
        ("decisions", {**VOTE, "agreed": 19}, ["not_carried"]),
        ("decisions", {**VOTE, "agreed": 19, "result": "rejected"}, []),
        ("decisions", {**VOTE, "attended": 46}, ["more_than_eligible"]),
        ("decisions", {**VOTE, "against": 3}, ["more_votes_than_people"]),
        ("announcements", {"starts_on": "2026-09-01", "ends_on": "2026-09-03"}, []),
        ("announcements", {"starts_on": "2026-09-01", "ends_on": "2026-09-02"}, ["posted_too_short"]),
        ("announcements", {"starts_on": "2026-09-02", "ends_on": "2026-09-01"}, ["ends_before_start"]),
        ("projects", {**ROAD, "stage": "bidding"}, []),
        ("projects", ROAD, ["stage_not_filled"]),
        ("projects", SIGNED, []),
        ("projects", {**SIGNED, "stage": "bidding"}, ["stage_behind"]),
        ("projects", {**SIGNED, "stage": "settled"}, ["stage_not_filled", "stage_not_filled"]),
        ("projects", {**SIGNED, "stage": "accepted", "accepted_on": "2026-06"}, []),
        ("projects", {**SIGNED, "stage": "changed"}, ["stage_not_filled"]),
        ("projects", {**SIGNED, "paid": 91}, ["paid_over_contract"]),
        ("projects", {**SIGNED, "paid": 91, "change_amount": 1}, []),
        ("debts", {"original": 100, "settled": 40, "balance": 60}, []),
        ("debts", {"original": 100, "settled": 40, "balance": 61}, ["balance_mismatch"]),
        ("compensation", {"basis": "1.2", "rate": "38000", "amount": 4_560_000}, []),
        ("compensation", {"basis": "1.2", "rate": "38000", "amount": 4_570_000}, ["basis_times_rate"]),
        ("compensation", {"due": 100, "amount": 101}, ["paid_over_due"]),
        ("compensation", {"amount": 1, "pay_method": "cash"}, ["paid_in_cash"]),
        ("levies", {"heads": 126, "standard": "20", "due": 252_000, "collected": 252_000}, []),
        ("levies", {"heads": 126, "standard": "20", "due": 252_001, "collected": 0}, ["heads_times_standard"]),
        ("levies", {"due": 100, "collected": 101}, ["collected_over_due"]),
        ("donations", {"amount": 0}, ["gift_without_value"]),
    ],
)
def test_a_row_is_held_to_its_section_s_rules(section: str, facts: Facts, said: list[str]) -> None:
    assert [one.code for one in SECTIONS[section].check_row(facts)] == said


@pytest.mark.parametrize(
    ("rule", "whole", "came", "agreed", "carried"),
    [
        ("representatives", 45, 30, 16, True),
        ("representatives", 45, 29, 29, False),
        ("representatives", 45, 30, 15, False),
        ("villagers", 100, 51, 26, True),
        ("villagers", 100, 50, 50, False),
        ("members", 120, 80, 80, True),
        ("members", 120, 96, 79, False),
        ("members", 120, 79, 79, False),
    ],
)
def test_a_decision_is_judged_by_the_rule_that_it_names(
    rule: str, whole: int, came: int, agreed: int, carried: bool
) -> None:
    """Half of those present for the village; two thirds of all members for the collective (农村集体经济组织法 第二十七条)."""
    facts = {"rule": rule, "eligible": whole, "attended": came, "agreed": agreed}
    assert (shortfall(facts) == "") is carried


def lines(kind: str, *named: tuple[str, int]) -> list[Facts]:
    return [{"statement": kind, "item": item, "amount": amount} for item, amount in named]


SHEET = lines(
    "balance", ("流动资产合计", 3), ("非流动资产合计", 4), ("资产总计", 7), ("负债合计", 2), ("所有者权益合计", 5)
)
EARNED = lines(
    "income",
    ("一、经营收入", 10),
    ("减：经营支出", 4),
    ("管理费用", 1),
    ("经营收益", 5),
    ("加：其他收入", 2),
    ("收益总额", 7),
)


@pytest.mark.parametrize("sheet", [SHEET, EARNED])
def test_a_statement_s_lines_add_up_or_the_sum_is_named(sheet: list[Facts]) -> None:
    check = SECTIONS["statements"].check_table
    assert check(sheet, Balances()) == []
    wrong = [{**one, "amount": one["amount"] + 1} if place == 0 else one for place, one in enumerate(sheet)]
    faults = check(wrong, Balances())
    assert [one.code for one in faults] == ["statement_mismatch"]
    assert faults[0].index is not None


@pytest.mark.parametrize(
    ("section", "facts", "words"),
    [
        ("contracts", {"ends_on": "2027-01-16", "arrears": 1_200_000}, ["还欠 12,000.00 元", "还有 54 天到期"]),
        ("contracts", {"ends_on": "2026-10"}, ["2026年10月31日已到期"]),
        ("contracts", {"schedule": "2027-03-31｜24000｜4000"}, ["下一笔：2027年3月31日前该缴 20,000.00 元"]),
        (
            "contracts",
            {"schedule": "2027-03-31｜24000｜24000；2028-03-31｜24000"},
            ["下一笔：2028年3月31日前该缴 24,000.00 元"],
        ),
        ("contracts", {"schedule": "2027-03-31｜24000｜24000"}, []),
        ("guides", {"once": True, "fee": "不收费"}, ["跑一次就办好", "不要钱"]),
        ("guides", {"fee": "无。"}, ["不要钱"]),
        ("guides", {"fee": "无统一标准，按实际收"}, []),
        (
            "decisions",
            {**VOTE, "agreed": 19},
            ["应到 45 人，来了 38 人，19 人同意", "按规则不够：实到 38 人，同意 19 人，没有过半"],
        ),
        ("announcements", {"ends_on": "2026-11-23"}, ["公示到2026年11月23日为止"]),
        ("announcements", {"ends_on": "2026-11-22", "paper_only": True}, ["公示已结束", "内容不上网，贴在村公开栏"]),
        ("debts", {"due_on": "2026-03-31", "balance": 1}, ["2026年3月31日该还，过期了"]),
        ("debts", {"due_on": "2026-03-31", "balance": 0}, ["还清了"]),
        ("projects", {"contract_price": 100, "settlement": 240}, ["结算比合同价多 1.40 元"]),
    ],
)
def test_what_follows_from_a_row_is_said_in_plain_words(section: str, facts: Facts, words: list[str]) -> None:
    assert [one.words for one in SECTIONS[section].notes(facts, TODAY)] == words


@pytest.mark.parametrize(
    ("entry", "kind", "words", "lacks", "state"),
    [
        (("2026-07-31", "8200", "8200"), "contract_out", "缴清了", "", "done"),
        (("2026-07-31", "8200", "4100"), "contract_out", "缴了一部分，过期了", "还差 4,100.00 元", "now"),
        (("2026-11-22", "8200", ""), "lease", "过期没缴", "还差 8,200.00 元", "now"),
        (("2026-11-23", "8200", "0"), "lease", "该缴了，当天到期", "还差 8,200.00 元", "now"),
        (("2026-12-23", "8200", ""), "lease", "该缴了，还有 30 天到期", "还差 8,200.00 元", "now"),
        (("2026-12-23", "8200", "200"), "lease", "缴了一部分，还有 30 天到期", "还差 8,000.00 元", "now"),
        (("2026-12-24", "8200", ""), "lease", "没到期", "", "todo"),
        (("2026-12-24", "8200", "200"), "lease", "缴了一部分，没到期", "还差 8,000.00 元", "todo"),
        (("2027-07-31", "8200", "8200"), "contract_out", "缴清了", "", "done"),
        (("2026-11", "8200", ""), "works", "该付了，还有 7 天到期", "还差 8,200.00 元", "now"),
    ],
)
def test_an_instalment_says_whether_it_was_paid_due_or_late(
    entry: tuple[str, str, str], kind: str, words: str, lacks: str, state: str
) -> None:
    said = SECTIONS["contracts"].part_state({"kind": kind}, "schedule", entry, TODAY)
    assert said is not None
    assert (said.words, said.facts, said.state) == (words, lacks, state)


@pytest.mark.parametrize(
    "entry", [("明年再定", "看收成", ""), ("", "", ""), ("2026-07-31", "", "5"), ("2026-07-31；2027-07-31", "1", "")]
)
def test_of_an_instalment_that_cannot_be_read_nothing_is_said(entry: tuple[str, str, str]) -> None:
    assert SECTIONS["contracts"].part_state({}, "schedule", entry, TODAY) is None


def test_a_matter_explained_twice_is_told_by_its_name_for_it_has_no_number() -> None:
    (fault,) = SECTIONS["guides"].check_table([{"guide": "高龄津贴申请"}] * 2, Balances())
    assert (fault.message, fault.fix) == (
        "“高龄津贴申请”和{others}一样。",
        "一个名称只能是一件事，请改成不同的名称。",
    )


def test_a_project_s_course_says_what_is_over_and_what_is_to_come() -> None:
    course = SECTIONS["projects"].course(SIGNED)
    assert [(one.words, one.state) for one in course] == [
        ("立项", "done"), ("招标", "done"), ("合同", "now"), ("验收", "todo"), ("结算", "todo"),
    ]  # fmt: skip
    assert course[2].facts == "2026-03 · 青禾施工队 · 0.90 元"
