"""What the demo tells: a pure function of (seed, today), and believable on any day of the calendar."""

from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import pairwise

import pytest

from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.period import Period
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.result import Outcome
from villagehub.ops.demo.batches import aged_batch, land_batch, poor_batch
from villagehub.ops.demo.calendar import last_quarters, office_days
from villagehub.ops.demo.collective import LEAST_LEFT_FEN, Book, collective_books, committee_books
from villagehub.ops.demo.diary import Diary, Verb
from villagehub.ops.demo.layouts import LAYOUTS
from villagehub.ops.demo.making import tell
from villagehub.ops.demo.names import VILLAGES
from villagehub.ops.demo.others import others_of
from villagehub.ops.demo.others_in_words import guides_of
from villagehub.ops.demo.plan import SEED, office_of
from villagehub.ops.demo.slips import slip_words
from villagehub.ops.demo.villages import make_villages
from villagehub.ops.demo.voices import asked_lately, had_done
from villagehub.sections import SECTIONS

DAYS = [date(2026, 11, 25), date(2027, 1, 1), date(2028, 2, 29), date(2026, 7, 2), date(2027, 4, 9)]


@cache
def diary_of(today: date) -> Diary:
    """The diary of the villages with stories; made once for each day."""
    return tell(today, villages=8).diary


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_workbooks_and_diary_follow_from_seed_and_day_alone(today: date) -> None:
    one, again = tell(today, villages=2), tell(today, villages=2)
    assert one == again
    other = tell(today, villages=2, seed=SEED + 1)
    assert [paper.raw for paper in other.diary.paperwork] != [paper.raw for paper in one.diary.paperwork]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_everything_happened_before_today_and_no_quarter_was_handed_in_before_its_last_afternoon(today: date) -> None:
    diary = diary_of(today)
    midnight = datetime.combine(today, time(), SHANGHAI)
    assert [step.at for step in diary.steps] == sorted(step.at for step in diary.steps)
    assert all(step.at.tzinfo is not None and step.at < midnight for step in diary.steps)
    for step in diary.steps:
        paper = diary.paperwork[step.paperwork]
        assert step.at >= datetime.combine(paper.period.last, time(15), SHANGHAI), (paper.filename, step.at)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_steps_of_one_account_come_in_their_order_and_quarters_one_after_another(today: date) -> None:
    diary = diary_of(today)
    order = [
        Verb.PUT_OFF,
        Verb.HAND_IN,
        Verb.DECLARE_NIL,
        Verb.ATTACH,
        Verb.SUBMIT,
        Verb.OBJECT,
        Verb.SEND_BACK,
        Verb.AGREE,
        Verb.PUBLISH,
        Verb.ASK,
    ]
    published: dict[tuple[str, str], Period] = {}
    taken: dict[int, list[Verb]] = {}
    for step in diary.steps:
        if not step.case:
            taken.setdefault(step.paperwork, []).append(step.verb)
    for number, paper in enumerate(diary.paperwork):
        verbs = taken[number]
        first = verbs[: verbs.index(Verb.CORRECT)] if Verb.CORRECT in verbs else verbs
        assert first == sorted(first, key=order.index), (paper.filename, first)
    for step in diary.steps:
        paper = diary.paperwork[step.paperwork]
        if paper.section == "finance" and step.verb is Verb.HAND_IN:
            before = published.get((paper.village.code, paper.entity))
            assert before is None or before == paper.period.previous()
        if paper.section == "finance" and step.verb is Verb.PUBLISH:
            published[paper.village.code, paper.entity] = paper.period


def test_the_quarters_are_the_last_four_complete_ones() -> None:
    assert [str(one) for one in last_quarters(date(2026, 11, 25))] == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    assert [str(one) for one in last_quarters(date(2027, 1, 1))] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]
    assert [str(one) for one in last_quarters(date(2028, 2, 29))] == ["2027Q1", "2027Q2", "2027Q3", "2027Q4"]


def test_a_quarter_opens_with_what_the_one_before_left_and_no_account_is_empty() -> None:
    for village in make_villages(SEED):
        for books in (
            committee_books(village, last_quarters(DAYS[0])),
            collective_books(village, last_quarters(DAYS[0])),
        ):
            for before, after in pairwise(books):
                assert after.opening_fen == before.closing_fen
            assert min(book.closing_fen for book in books) >= LEAST_LEFT_FEN
            assert all(book.period.holds(entry.day) for book in books for entry in book.entries)
            assert all(entry.fen > 0 for book in books for entry in book.entries)


def read(raw: bytes, name: str, book: Book) -> None:
    checked = read_workbook(raw, name, SECTIONS["finance"], period=book.period)
    assert checked.outcome is not Outcome.REJECT, checked.problems
    assert len(checked.rows) == len(book.entries)
    assert checked.totals["income_fen"] == book.income_fen
    assert checked.totals["expense_fen"] == book.expense_fen
    assert (checked.balances.opening_fen, checked.balances.closing_fen) == (book.opening_fen, book.closing_fen)
    read_back = sorted((row.facts["occurred_on"], row.facts["summary"], row.facts["amount"]) for row in checked.rows)
    assert read_back == sorted((one.day.isoformat(), one.summary, one.fen) for one in book.entries)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.write.__name__)
def test_each_layout_is_read_to_the_fen(layout: object) -> None:
    village = make_villages(SEED, 1)[0]
    for book in committee_books(village, last_quarters(DAYS[0])):
        read(layout.write(office_of(village), book), f"book.{layout.ending}", book)  # type: ignore[attr-defined]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_what_a_quarter_says_is_owed_was_owed_by_its_end(today: date) -> None:
    (debts,) = [one for one in others_of(make_villages(SEED, 1)[0], today) if one.section == "debts"]
    owed = debts.rows[0]
    since, due = (Period.parse(str(owed[name])) for name in ("since", "due_on"))
    assert since.first < due.last <= Period.parse(debts.period).last, "lent, then due, then still owed at the end"


def test_lists_of_payments_multiply_out_and_carry_no_real_number() -> None:
    for village in make_villages(SEED):
        for batch in (
            land_batch(village, 2026),
            aged_batch(village, Period.parse("2026Q3")),
            poor_batch(village, Period.parse("2026Q3")),
        ):
            assert all(one.basis * one.rate * 100 == one.fen for one in batch.payments)
            assert all(one.card.startswith("0000") and "*" in one.id_number for one in batch.payments)
            assert len({one.person for one in batch.payments}) == len(batch.payments)


def test_the_county_is_plainly_fictional_and_its_villages_differ() -> None:
    villages = make_villages(SEED)
    assert len(villages) == len(VILLAGES) == 17
    assert {one.code[:2] for one in villages} == {"99"}
    assert len({one.code for one in villages}) == len({one.name for one in villages}) == 17
    assert len({one.township_code for one in villages}) == 2
    closings = {committee_books(one, last_quarters(DAYS[0]))[-1].closing_fen for one in villages}
    assert len(closings) == 17
    for one in villages:
        who = one.officers
        people = [
            who.head,
            who.deputy,
            who.clerk,
            who.women,
            who.chair,
            *who.members,
            who.board_chair,
            *who.board_members,
        ]
        assert len(set(people)) == len(people)
        assert not set(people) & {household.head for household in one.households}


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_villagers_asked_before_they_were_answered_and_their_errands_began_before_they_ended(today: date) -> None:
    cases: dict[str, list[Verb]] = {}
    for step in diary_of(today).steps:
        if step.case:
            cases.setdefault(step.case, []).append(step.verb)
    assert len(cases) == 8
    order = [Verb.VILLAGER_ASKS, Verb.HAND_ON, Verb.OVERDUE, Verb.REPLY, Verb.REACT, Verb.ERRAND_OPEN, Verb.ERRAND_STEP]
    for name, verbs in cases.items():
        assert verbs[0] in (Verb.VILLAGER_ASKS, Verb.ERRAND_OPEN), name
        assert verbs[:3] == sorted(verbs[:3], key=order.index), name


def test_errands_are_received_and_done_on_working_days_whatever_day_the_demo_is_made_on() -> None:
    village = make_villages(SEED, 1)[0]
    for today in (date(2026, 9, 20) + timedelta(days=one) for one in range(140)):
        calendar, cases = office_days(today), dict[str, list[datetime]]()
        for step in had_done(village, today):
            at = step.at.astimezone(SHANGHAI)
            assert calendar.works(at.date()), (today, at)
            assert at.date() < today
            assert at.hour < 12 or step.verb is not Verb.ERRAND_OPEN, "whoever brings an errand comes before noon"
            cases.setdefault(step.case, []).append(at)
        assert all(before < after for days in cases.values() for before, after in pairwise(days)), today


def test_an_errand_is_promised_for_the_days_that_the_guide_gives_the_village() -> None:
    village = make_villages(SEED, 1)[0]
    guides = {str(row["guide"]): str(row["steps"]) for row in guides_of(village)}
    for step in had_done(village, DAYS[0]):
        if step.verb is Verb.ERRAND_OPEN:
            own = [one for one in guides[step.about].split("；") if one.startswith("村里")]
            assert [one.split("｜")[2] for one in own] == [f"{dict(step.facts)['days']}个工作日"]


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_who_is_asked_whether_prices_were_compared_bought_from_a_shop_and_has_its_invoice(today: date) -> None:
    village = make_villages(SEED, 1)[0]
    book = committee_books(village, last_quarters(today))[-1]
    asked = {step.about for step in asked_lately(village, book, today) if step.about}
    (bought,) = [one for one in book.entries if one.summary in asked]
    assert bought.payee in village.shops.values()
    assert not slip_words(village, bought).by_hand
    signed = [one for one in book.entries if one.by_hand]
    assert signed
    assert all(slip_words(village, one).by_hand for one in signed)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_every_groups_books_are_put_off_for_the_same_reason(today: date) -> None:
    diary, village = diary_of(today), make_villages(SEED, 1)[0]
    put_off = [diary.paperwork[step.paperwork].group_no for step in diary.steps if step.verb is Verb.PUT_OFF]
    assert sorted(put_off) == [str(one) for one in range(1, village.groups + 1)]
