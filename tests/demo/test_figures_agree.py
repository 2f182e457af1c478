"""The demo does not contradict itself: what one section says of money, land, contracts and votes, the others say too."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from crosschecks import Account, disagreements
from small_county import SmallDemo

from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.period import Period
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.result import Outcome
from villagehub.ops.demo.calendar import last_quarters
from villagehub.ops.demo.collective import LEAST_LEFT_FEN, collective_books, committee_books
from villagehub.ops.demo.diary import Verb
from villagehub.ops.demo.entries import quarter_entries
from villagehub.ops.demo.lists import asset_sheet, duty_sheet
from villagehub.ops.demo.others import other_sheet, others_of
from villagehub.ops.demo.plan import SEED, office_of, write_diary
from villagehub.ops.demo.registers import assets_of, officers_of, phones_of
from villagehub.ops.demo.villages import make_villages
from villagehub.places.queries import read_village
from villagehub.public.published import items_of, newest, publications_of
from villagehub.sections import SECTIONS
from villagehub.storage import reading

DAYS = [date(2026, 1, 1), date(2026, 4, 9), date(2026, 11, 25), date(2027, 1, 20), date(2028, 2, 29), date(2028, 8, 30)]
COMPARED = [
    "resources",
    "contracts",
    "debts",
    "projects",
    "powers",
    "guides",
    "decisions",
    "levies",
    "donations",
    "statements",
    "announcements",
]
"""Beside money, assets and duties."""


def read(raw: bytes, section: str, period: Period) -> Account:
    checked = read_workbook(raw, "sheet.xlsx", SECTIONS[section], period=period)
    assert checked.outcome is not Outcome.REJECT, checked.problems
    return Account(section, period, [row.facts for row in checked.rows])


@cache
def told(today: date) -> tuple[Account, ...]:
    """What the first village's clerk writes down, read as any file is read."""
    village, keys = make_villages(SEED, 1)[0], {}
    for one in SECTIONS["finance"].field_named("category").choices:
        keys[one.label] = one.key
    accounts = [
        read(other_sheet(one, "表", "制表人"), one.section, Period.parse(one.period))
        for one in others_of(village, today)
        if one.section in COMPARED
    ]
    year = today.year - 1
    accounts.append(
        read(asset_sheet(office_of(village), year, assets_of(village, year)), "assets", Period.parse(str(year)))
    )
    officers = officers_of(village)
    cards = duty_sheet(office_of(village), year, officers, phones_of(village, officers))
    accounts.append(read(cards, "duties", Period.parse(str(year))))
    quarters = last_quarters(today)
    kept = [("committee", one) for one in committee_books(village, quarters)]
    kept += [("collective", one) for one in collective_books(village, quarters)]
    for entity, book in kept:
        rows = [
            {
                "occurred_on": str(one.day),
                "summary": one.summary,
                "direction": one.direction,
                "amount": one.fen,
                "category": keys[one.category],
                "counterparty": one.payee,
            }
            for one in book.entries
        ]
        accounts.append(Account("finance", book.period, rows, entity, book.closing_fen))
    return tuple(accounts)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_no_figure_of_the_demo_contradicts_another_whatever_day_it_is_made_on(today: date) -> None:
    assert {one.section for one in told(today)} == {*COMPARED, "assets", "duties", "finance"}
    assert disagreements(told(today)) == []


def test_what_villagers_can_read_of_each_village_does_not_contradict_itself(small_demo: SmallDemo) -> None:
    compared = 0
    with small_demo.app.app_context(), reading() as session:
        for village in small_demo.villages:
            facts = read_village(session, village.code)
            accounts = [
                Account(
                    one.section.name,
                    one.period,
                    [item.values for item in items_of(session, one.id)],
                    one.address.entity,
                    one.closing_fen,
                )
                for one in newest(publications_of(session, facts.id))
            ]
            assert disagreements(accounts) == [], village.name
            compared += any(one.section == "contracts" for one in accounts)
    assert compared == 1


def changed(accounts: Sequence[Account], section: str, where: str, name: str, value: object) -> list[Account]:
    """The same accounts with one field of one row written otherwise: the newest row that has ``where`` in it."""
    found = list(accounts)
    for place, one in sorted(enumerate(accounts), key=lambda two: two[1].period, reverse=True):
        for at, row in enumerate(one.rows):
            if one.section == section and where in str(row.values()):
                rows = [*one.rows]
                rows[at] = {**row, name: value}
                found[place] = replace(one, rows=rows)
                return found
    raise AssertionError(f"no row of {section} has {where}")


@pytest.mark.parametrize(
    ("section", "where", "name", "value"),
    [
        ("finance", "鱼塘", "amount", 1_340_000),
        ("finance", "鱼塘", "counterparty", "别人"),
        ("finance", "茶叶加工厂", "amount", 1_340_000),
        ("finance", "茶叶加工厂", "counterparty", "别人"),
        ("contracts", "茶叶加工厂", "party_b", "别人"),
        ("contracts", "茶叶加工厂", "schedule", None),
        ("contracts", "茶叶加工厂", "object_no", "ZC-999"),
        ("assets", "茶叶加工厂", "keeper", "别人"),
        ("assets", "茶叶加工厂", "contract_no", None),
        ("announcements", "低保", "object_to", None),
        ("announcements", "低保", "object_phone", "0000-6000000"),
        ("guides", "低保申请", "guide", "大病救助"),
        ("guides", "低保申请", "promised_days", "20个工作日"),
        ("guides", "低保申请", "hours", "周一至周五上午"),
        ("duties", "补贴申报", "office_hours", "周一至周五上午"),
        ("contracts", "HT-01", "arrears", 1),
        ("contracts", "HT-01", "party_b", "别人"),
        ("contracts", "HT-01", "object_no", "ZY-999"),
        ("contracts", "HT-02", "area", "19.5"),
        ("contracts", "HT-04", "contract_no", "HT-91"),
        ("debts", "承包费", "balance", 1),
        ("debts", "贷款", "balance", 7_000_000),
        ("statements", "固定资产原值", "amount", 77_300_000),
        ("statements", "累计折旧", "amount", 1),
        ("statements", "固定资产净值", "amount", 77_300_000),
        ("statements", "货币资金", "amount", 8_600_000),
        ("statements", "应收款项", "amount", 1_200_000),
        ("assets", "HT-01", "contract_no", "2023-03号"),
        ("assets", "HT-01", "original_value", 1),
        ("resources", "ZY-003", "area", "36"),
        ("resources", "ZY-002", "contract_no", None),
        ("projects", "整修", "name", "通组路路灯"),
        ("projects", "整修", "paid", 1),
        ("projects", "整修", "contract_price", 1),
        ("projects", "护坡", "approval", None),
        ("decisions", "整修", "result", "rejected"),
        ("decisions", "路灯", "amount", 3_960_000),
        ("decisions", "路灯", "attended", 30),
        ("decisions", "整修", "held_on", "2026-07-12"),
        ("finance", "代表会议误工补贴", "occurred_on", "2026-07-01"),
        ("projects", "路灯", "project_no", "XM-2026-09"),
        ("guides", "高龄津贴", "helper", "别人"),
        ("powers", "临时救助", "responsible", "别人"),
        ("decisions", "路灯", "project_no", "XM-1999-01"),
        ("levies", "二组", "collected", 1),
        ("donations", "水泵", "category", "money"),
        ("guides", "高龄津贴", "promised_days", "20个工作日"),
        ("guides", "临时救助", "guide", "低保申请"),
    ],
)
def test_any_one_figure_written_otherwise_is_found(section: str, where: str, name: str, value: object) -> None:
    assert disagreements(changed(told(DAYS[2]), section, where, name, value))


def test_a_subsidy_for_three_months_says_so_where_it_is_paid(small_demo: SmallDemo) -> None:
    client, village = small_demo.browser(), small_demo.villages[0]
    paper = next(
        one for one in small_demo.tale.diary.paperwork if one.village == village and "高龄津贴" in one.filename
    )
    page = client.get(f"/v/{village.code}/funds/{paper.period}/高龄津贴").text
    assert "每个月 50 元；这次一起发 3 个月，3 × 50 = 150.00 元" in page
    assert "发给多少人" in page


def test_the_ponds_instalments_are_told_apart_in_words(small_demo: SmallDemo) -> None:
    client, village = small_demo.browser(), small_demo.villages[0]
    listed = client.get(f"/v/{village.code}/contracts").text
    link = re.search(r'href="([^"]+/contracts/i/\d+)"[^>]*>(?:(?!</a>).)*河边鱼塘', listed, re.DOTALL)
    assert link
    page = client.get(link[1]).text
    assert page.count("缴清了") == 3
    assert "缴了一部分，过期了<" in page
    assert re.search(r"<b>还差 [\d,]+\.00 元</b>", page)
    assert page.count("没到期<") == 1
    assert "公开的那一天" in page


def test_a_villager_finds_the_contract_of_the_tea_factory_whose_rent_the_collective_books(
    small_demo: SmallDemo,
) -> None:
    client, village = small_demo.browser(), small_demo.villages[0]
    listed = client.get(f"/v/{village.code}/contracts").text
    link = re.search(r'href="([^"]+/contracts/i/\d+)"[^>]*>(?:(?!</a>).)*茶叶加工厂房', listed, re.DOTALL)
    assert link
    page = client.get(link[1]).text
    assert "柳河镇春芽茶叶合作社" in page
    assert f"{village.name}股份经济合作社" in page
    (asset,) = [one for one in assets_of(village, small_demo.tale.today.year - 1) if one.name == "茶叶加工厂房"]
    assert asset.number in page, "the contract names what is let"
    listed = client.get(f"/v/{village.code}/assets", follow_redirects=True).text
    link = re.search(r'href="([^"]+/assets/i/\d+)"[^>]*>(?:(?!</a>).)*茶叶加工厂房', listed, re.DOTALL)
    assert link
    page = client.get(link[1]).text
    assert asset.number in page
    assert "JT-01" in page


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_village_whose_collective_books_the_rent_of_a_factory_has_one(today: date) -> None:
    for village in make_villages(SEED):
        (*_, book) = collective_books(village, last_quarters(today))
        payers = {one.payee for one in book.entries if village.collective and one.category == "发包和出租"}
        assets = [one for one in assets_of(village, today.year - 1) if one.name == "茶叶加工厂房"]
        assert {one.keeper for one in assets} == payers, village.name
        numbers = [one.number for one in assets_of(village, today.year - 1)]
        assert len(set(numbers)) == len(numbers), village.name


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_balance_sheets_money_at_the_years_beginning_and_what_moved_in_the_year_make_that_at_its_end(
    today: date,
) -> None:
    village, year = make_villages(SEED, 1)[0], today.year - 1
    (sheet,) = [one for one in others_of(village, today) if one.section == "statements"]
    money = next(row for row in sheet.rows if row["item"] == "货币资金")
    moved = sum(
        one.fen if one.direction == "in" else -one.fen
        for number in (1, 2, 3, 4)
        for one in quarter_entries(village, Period.parse(f"{year}Q{number}"))
    )
    before, after = (round(money[name] * 100) for name in ("before", "amount"))  # type: ignore[operator,type-var]
    assert before + moved == after
    assert before >= LEAST_LEFT_FEN


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_can_be_objected_to_is_online_on_the_day_on_which_it_begins_and_tells_no_outcome(today: date) -> None:
    village = make_villages(SEED, 1)[0]
    diary = write_diary([village], today)
    seen = 0
    for step in diary.steps:
        paper = diary.paperwork[step.paperwork]
        if paper.section == "announcements" and step.verb is Verb.PUBLISH:
            rows = read(paper.raw, "announcements", paper.period).rows
            assert {row["starts_on"] for row in rows} == {str(step.at.astimezone(SHANGHAI).date())}
            assert not any(row.get("outcome") for row in rows)
            seen += 1
    assert seen == 2
