"""What is worth a look is named with its arithmetic, to the township only, and never as a fault."""

from collections.abc import Callable

import pytest
import road
import sqlalchemy as sa
from world import COUNTY, Browser, County

from villagehub.journal.models import JournalEntry
from villagehub.kernel.period import Period
from villagehub.storage import reading
from villagehub.supervision.hint_rules import RULES, Lines, entry_of, hints_of

SignIn = Callable[[str], Browser]
QUARTER = Period.parse("2026Q3")
LINES = Lines(decision_fen=1_000_000, cash_fen=100_000)


def told(*rows: dict[str, object], lines: Lines = LINES) -> list[tuple[int, str]]:
    """(number, rule) of what these rows give; the first row has number 1."""
    entries = [entry_of(number, facts) for number, facts in enumerate(rows, start=1)]
    return [(one.number, one.rule) for one in hints_of(entries, QUARTER, lines)]


def pay(day: str, fen: int, payee: str = "鑫源建材店", **more: object) -> dict[str, object]:
    return road.entry(day, "购材料", fen, counterparty=payee, **more)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([pay("2026-07-01", 50_000), pay("2026-07-05", 50_000)], [(2, "same_twice")]),
        ([pay("2026-07-01", 50_000), pay("2026-07-11", 50_000)], []),
        ([pay("2026-07-01", 50_000), pay("2026-07-05", 50_001)], []),
        ([pay("2026-07-01", 50_000), pay("2026-07-05", 50_000, "文华文具店")], []),
        ([pay("2026-07-01", 50_000, ""), pay("2026-07-05", 50_000, "")], []),
        ([pay("2026-07-01", 1_000_000)], [(1, "no_decision")]),
        ([pay("2026-07-01", 1_000_000, decision_ref="2026-8")], []),
        ([pay("2026-07-01", 999_999)], [(1, "just_under")]),
        ([pay("2026-07-01", 900_000)], [(1, "just_under")]),
        ([pay("2026-07-01", 899_999)], []),
        ([pay("2026-07-01", 400_000), pay("2026-07-04", 290_000), pay("2026-07-11", 310_000)], [(3, "split")]),
        ([pay("2026-07-01", 400_000), pay("2026-07-04", 290_000), pay("2026-07-12", 310_000)], []),
        ([pay("2026-07-01", 400_000), pay("2026-07-04", 599_999)], []),
        ([pay("2026-07-01", 100_000, method="cash")], [(1, "cash")]),
        ([pay("2026-07-01", 99_999, method="cash")], []),
        ([pay("2026-07-01", 100_000, method="transfer")], []),
        ([pay("2026-07-01", 100, invoice_kind="none")], [(1, "no_paper")]),
        ([pay("2026-06-30", 100)], [(1, "other_period")]),
        ([pay("2026-06-30", 100, late_for="2026-06")], []),
        ([pay("2026-09-30", 100), pay("2026-10-01", 200)], [(2, "other_period")]),
        ([road.entry("2026-07-01", "鱼塘租金", 9_000_000, "in", method="cash")], []),
        ([pay("2026-07-01", -1_000_000, method="cash")], []),
        ([pay("2026-07-01", 1_000_000, method="cash")], [(1, "no_decision"), (1, "cash")]),
    ],
)
def test_each_rule_speaks_from_its_line_on_and_not_before(
    rows: list[dict[str, object]], expected: list[tuple[int, str]]
) -> None:
    assert told(*rows) == expected


def test_a_line_of_nothing_switches_its_rules_off() -> None:
    rows = [pay("2026-07-01", 5_000_000, method="cash"), pay("2026-07-02", 6_000_000)]
    assert told(*rows, lines=Lines(0, 0)) == []


def test_values_that_were_erased_give_no_hint_and_no_fault() -> None:
    assert told({}, {"occurred_on": None, "amount": None, "counterparty": None, "direction": None}) == []


def test_no_reason_accuses_anybody() -> None:
    rows = [
        pay("2026-07-01", 400_000, method="cash", invoice_kind="none"),
        pay("2026-07-02", 600_000),
        pay("2026-07-03", 600_000),
        pay("2026-07-04", 2_000_000),
        pay("2026-07-04", 950_000),
        pay("2026-06-04", 1),
    ]
    entries = [entry_of(number, facts) for number, facts in enumerate(rows, start=1)]
    found = hints_of(entries, QUARTER, LINES)
    assert {one.rule for one in found} == set(RULES)
    for one in found:
        assert not [word for word in ("违", "套取", "虚", "造假", "贪", "嫌", "红旗") if word in one.why]
        assert one.why.endswith("。")


def test_the_township_reads_why_and_asks_from_there(due_county: County, sign_in: SignIn, client: Browser) -> None:
    version = road.published()
    town = sign_in(due_county.supervisor)
    assert "/town/look?q=2026Q3" in town.get("/town").text
    page = town.get("/town/look?q=2026Q3").text
    assert "青石沟村：1 笔" in page
    assert "支出 11,600.00 元，到了要开会议决的 10,000.00 元，表里没有写会议决议。" in page
    assert f"/town/d/{version}/ask?row=2" in page
    assert "不等于有问题" in page
    assert "值得看一看 1 笔" in town.get(f"/town/d/{version}").text
    assert "到了要开会议决的" in town.get(f"/town/d/{version}/row/2").text
    assert "到了要开会议决的" not in town.get(f"/town/d/{version}/row/3").text
    asked = {"text": "请说明是否开过会，附会议记录", "due_on": "2026-12-01", "row": "2"}
    assert town.send(f"/town/d/{version}/ask", asked, page=f"/town/d/{version}/ask?row=2").status_code == 303
    again = town.get("/town/look?q=2026Q3").text
    assert "问过了：待核实，等村里说明" in again
    assert "ask?row=2" not in again
    assert "没有要特别看一看的" in town.get("/town/look?q=2026Q2").text


def test_the_public_and_the_village_see_no_hint_and_nothing_is_written(
    due_county: County, sign_in: SignIn, client: Browser
) -> None:
    road.published()
    town = sign_in(due_county.supervisor)
    with reading() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(JournalEntry))
    assert "青石沟村：1 笔" in town.get("/town/look?q=2026Q3").text
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(JournalEntry)) == before
    home = f"/v/{COUNTY.village}"
    for address in (home, f"{home}/finance/2026Q3", f"{home}/finance/i/2", f"{home}/n/1"):
        assert "会议决" not in client.get(address).text
        assert "看一看" not in client.get(address).text
    assert sign_in(due_county.clerk).get("/town/look").status_code == 403
    assert "请村里说明" not in sign_in(due_county.auditor).get("/town/look?q=2026Q3").text


def test_a_correction_that_names_the_decision_ends_the_hint(due_county: County, sign_in: SignIn) -> None:
    road.published()
    draft = road.correct(1)
    road.change_row(draft, 2, decision_ref="2026-08")
    road.publish(road.agree(road.submit(draft)))
    assert "没有要特别看一看的" in sign_in(due_county.supervisor).get("/town/look?q=2026Q3").text


def test_the_clerk_reads_what_is_worth_a_look_before_submitting_and_nothing_is_written(
    due_county: County, sign_in: SignIn
) -> None:
    draft = road.fill()
    clerk = sign_in(due_county.clerk)
    with reading() as session:
        before = session.scalar(sa.select(sa.func.count()).select_from(JournalEntry))
    page = clerk.get(f"/desk/d/{draft}").text
    assert "送审以前看一看：1 笔" in page
    assert "支出 11,600.00 元，到了要开会议决的 10,000.00 元，表里没有写会议决议。" in page
    assert "请村里说明" not in page
    assert clerk.get(f"/desk/d/{draft}/row/2").status_code == 200
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(JournalEntry)) == before
    for other in (due_county.head, due_county.chair, due_county.supervisor):
        assert "看一看" not in sign_in(other).get(f"/desk/d/{draft}").text
    road.change_row(draft, 2, decision_ref="2026-08")
    assert "看一看" not in clerk.get(f"/desk/d/{draft}").text
    assert road.version(road.submit(draft)).stage == "submitted"
