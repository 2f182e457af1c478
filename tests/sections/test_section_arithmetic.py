"""Each section's own arithmetic, as pure rules: values in, faults out; and what every section's table of fields promises."""

from typing import Any

import pytest

from villagehub.sections import SECTIONS, NoSuchSection, section_named
from villagehub.sections.base import Balances, Facts, Fault, Kind, Section, Visible
from villagehub.sections.common import quantity
from villagehub.sections.funds import is_sensitive, title_facts

FINANCE, ASSETS, FUNDS, DUTIES = (SECTIONS[name] for name in ("finance", "assets", "funds", "duties"))


def codes(faults: list[Fault]) -> list[str]:
    return [one.code for one in faults if one.severity != "info"]


def entry(fen: int, direction: str = "in", **more: Any) -> Facts:
    return {"occurred_on": "2026-03-01", "summary": "x", "direction": direction, "amount": fen, **more}


@pytest.mark.parametrize(
    ("opening", "closing", "wrong"),
    [(1_000, 1_070, False), (1_000, 1_071, True), (None, 1_071, False), (1_000, None, False), (0, 70, False)],
)
def test_opening_plus_income_less_expense_is_closing(opening: int | None, closing: int | None, wrong: bool) -> None:
    rows = [entry(100), entry(30, "out")]
    faults = FINANCE.check_table(rows, Balances(opening_fen=opening, closing_fen=closing))
    assert ("closing_mismatch" in codes(faults)) is wrong


def test_reversals_count_with_their_sign() -> None:
    rows = [entry(100), entry(-40), entry(30, "out"), entry(-5, "out")]
    assert FINANCE.totals(rows) == {"rows": 4, "income_fen": 60, "expense_fen": 25}
    assert codes(FINANCE.check_row(rows[1])) == ["negative_amount"]
    assert codes(FINANCE.check_row(entry(0))) == ["zero_amount"]


def test_bank_and_cash_that_do_not_make_the_closing_are_asked_about() -> None:
    faults = FINANCE.check_table([entry(100)], Balances(0, 100, bank_fen=60, cash_fen=39))
    assert codes(faults) == ["bank_and_cash"]
    assert "差 0.01" in faults[-1].message


def test_a_category_of_the_other_direction_is_asked_about() -> None:
    assert codes(FINANCE.check_row(entry(1, "out", category="in_lease"))) == ["category_other_side"]
    assert codes(FINANCE.check_row(entry(1, "in", category="in_lease"))) == []


def test_one_voucher_number_restarts_each_month() -> None:
    april = {**entry(2, voucher_no="1"), "occurred_on": "2026-04-01"}
    assert codes(FINANCE.check_table([entry(1, voucher_no="1"), april], Balances())) == []
    assert codes(FINANCE.check_table([entry(1, voucher_no="1"), entry(2, voucher_no="1")], Balances())) == [
        "voucher_repeated"
    ]


def test_codes_that_mean_opposite_things_are_asked_about() -> None:
    assert codes(FINANCE.check_table([entry(1, account_code="511")], Balances())) == ["chart_edition"]
    named = [entry(1, "out", account_code="511", account_name="经营支出")]
    assert codes(FINANCE.check_table(named, Balances())) == []


def asset(original: int, gone: int | None, net: int | None, **more: Any) -> Facts:
    return {"asset_no": "1", "name": "x", "original_value": original, "depreciation": gone, "net_value": net, **more}


@pytest.mark.parametrize(
    ("original", "gone", "net", "wrong"),
    [
        (10_000, 2_500, 7_500, []),
        (10_000, 2_500, 7_501, []),
        (10_000, 2_500, 7_502, ["net_value_mismatch"]),
        (10_000, None, 7_000, []),
        (10_000, 12_000, -2_000, ["depreciation_over_value"]),
        (-1, None, None, ["negative_value"]),
    ],
)
def test_net_is_original_less_depreciation_within_a_fen(
    original: int, gone: int | None, net: int | None, wrong: list[str]
) -> None:
    assert codes(ASSETS.check_row(asset(original, gone, net))) == wrong


def test_one_number_names_one_asset() -> None:
    faults = ASSETS.check_table([asset(1, 0, 1), {**asset(2, 0, 2), "asset_no": "2"}, asset(3, 0, 3)], Balances())
    assert [(one.code, one.index, one.others) for one in faults] == [("asset_no_repeated", 2, (0,))]
    assert (faults[0].message, faults[0].fix) == (
        "资产编号“1”和{others}一样。",
        "一个编号只能是一件资产，请改成不同的编号。",
    )
    assert ASSETS.totals([asset(5, 1, 4), asset(7, 2, 5)]) == {"rows": 2, "original_fen": 12, "net_fen": 9}


def test_a_let_asset_without_its_contract_is_told_of() -> None:
    assert [one.code for one in ASSETS.check_row(asset(1, 0, 1, state="let"))] == ["let_without_contract"]
    assert ASSETS.check_row(asset(1, 0, 1, state="let", contract_no="3")) == []


@pytest.mark.parametrize(
    ("basis", "rate", "more", "wrong"),
    [
        ("9", "68", {"amount": 61_200}, []),
        ("9", "68", {"amount": 61_300}, ["basis_times_rate"]),
        ("7.2", "68", {"amount": 48_960}, []),
        ("7.21", "68.33", {"amount": 49_266}, []),
        ("7.21", "68.33", {"amount": 49_268}, ["basis_times_rate"]),
        ("7.21", "68.33", {"amount": 49_300}, []),
        ("7.21", "68.33", {"amount": 49_200}, ["basis_times_rate"]),
        ("9", "68", {"due": 61_200, "deducted": 1_200, "amount": 60_000}, []),
        ("9", "68", {"due": 61_200, "deducted": 1_200, "amount": 60_001}, ["due_less_deducted"]),
        ("9", "68", {"due": 61_000, "deducted": 1_000, "amount": 60_000}, ["basis_times_rate"]),
        ("", "", {"amount": 5_000}, []),
        ("", "", {"amount": 0}, ["nothing_paid"]),
        ("", "", {"amount": 5_000, "pay_method": "cash"}, ["paid_in_cash"]),
    ],
)
def test_basis_times_rate_is_the_amount(basis: str, rate: str, more: Facts, wrong: list[str]) -> None:
    """Clerks who pay whole yuan may round by half a yuan; others by a fen."""
    assert codes(FUNDS.check_row({"programme": "耕地地力保护补贴", "basis": basis, "rate": rate, **more})) == wrong


def test_money_that_came_back_is_not_counted_as_paid() -> None:
    rows: list[Facts] = [{"amount": 100}, {"amount": 70, "state": "bounced"}, {"amount": 5, "state": "stopped"}]
    assert FUNDS.totals(rows) == {"rows": 3, "amount_fen": 100}


@pytest.mark.parametrize(
    ("title", "programme", "batch"),
    [
        ("2026年青石沟村耕地地力保护补贴第一批发放表", "耕地地力保护补贴", "第一批"),
        ("柳河镇青石沟村2026年3月高龄津贴发放花名册", "高龄津贴", "2026年3月"),
        ("财务收支公开表", "", ""),
    ],
)
def test_a_title_tells_programme_and_batch(title: str, programme: str, batch: str) -> None:
    found = title_facts(title)
    assert (found.get("programme", ""), found.get("batch", "")) == (programme, batch)


@pytest.mark.parametrize(
    ("programme", "sensitive"),
    [
        ("耕地地力保护补贴", False),
        ("高龄津贴", False),
        ("农村低保", True),
        ("残疾人护理补贴", True),
        ("困境儿童玉米补助", True),
        ("谁也没有分过类的补贴", True),
    ],
)
def test_a_programme_that_nobody_has_classified_counts_as_sensitive(programme: str, sensitive: bool) -> None:
    assert is_sensitive(programme) is sensitive


def test_one_person_in_one_post_stands_once() -> None:
    post: Facts = {"name": "周强", "post": "主任", "body": "村民委员会"}
    assert codes(DUTIES.check_table([post, {**post, "post": "书记"}, post], Balances())) == ["post_repeated"]


@pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
def test_a_sections_table_of_fields_is_sound(section: Section) -> None:
    """Names are unique and ASCII; numbers of persons are never stored; no heading means two things."""
    names = [one.name for one in section.fields]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and name.isidentifier() for name in names)
    headings = [text for one in section.fields for text in {one.heading, *one.synonyms}]
    headings += [text for extra in section.extras for text in extra.headings]
    assert len(set(headings)) == len(headings)
    assert {one.visible for one in section.fields if one.match} <= {Visible.NEVER}
    assert not {one.name for one in section.public_fields} - {one.name for one in section.stored_fields}
    for column, name in section.promoted.items():
        assert section.field_named(name), column
    assert all(one.kind in (Kind.CHOICE, Kind.YES_NO) for one in section.fields if one.choices)


def test_an_unknown_section_is_refused_by_name() -> None:
    assert section_named("finance") is FINANCE
    with pytest.raises(NoSuchSection) as said:
        section_named("weather")
    assert "weather" in said.value.sentence


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        ("12.5", "亩", "12.50"),
        ("480", "亩", "480.00"),
        (36, "亩", "36.00"),
        ("7.20", "亩", "7.20"),
        ("0.333", "亩", "0.333"),
        ("1E+2", "亩", "100.00"),
        ("约三亩", "亩", "约三亩"),
        ("NaN", "亩", "NaN"),
        ("3", "个月", "3"),
        ("2.5", "", "2.5"),
    ],
)
def test_areas_have_two_decimals_and_lose_none(value: object, unit: str, words: str) -> None:
    assert quantity(value, unit) == words
