"""The county's diary: which file each clerk hands in, and who signs, returns, publishes and corrects, and when. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.money import plain_yuan
from villagehub.kernel.period import Period
from villagehub.ops.demo import batches, lists, registers, stories, voices
from villagehub.ops.demo.calendar import last_june, last_quarters, lately, moments, register_years
from villagehub.ops.demo.collective import Book, collective_books, committee_books, group_book
from villagehub.ops.demo.diary import Diary, Paperwork, Step, Verb
from villagehub.ops.demo.layouts import LAYOUTS, Office
from villagehub.ops.demo.leases import WITH_OTHERS
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.others import other_sheet, others_of
from villagehub.ops.demo.stories import Fate
from villagehub.ops.demo.villages import DemoVillage, group_name
from villagehub.sections import section_named

SEED: Final = 20260701


Draft = tuple[Paperwork, list[Step]]


def write_diary(villages: list[DemoVillage], today: date) -> Diary:
    """Everything that happened in these villages up to yesterday."""
    drafts = [draft for village in villages for draft in _village(village, today)]
    steps = [replace(one, paperwork=number) for number, (_, own) in enumerate(drafts) for one in own]
    places = {id(one): place for place, one in enumerate(steps)}
    ordered = sorted(steps, key=lambda one: (one.at, places[id(one)]))
    return Diary(tuple(paper for paper, _ in drafts), tuple(ordered))


def office_of(village: DemoVillage, entity: str = "committee") -> Office:
    """What the village's sheets say about who wrote them."""
    who, collective = village.officers, entity == "collective"
    unit = village.cooperative if collective else village.full_name
    return Office(unit, village.name, who.clerk, who.head, who.board_chair if collective else who.chair)


def _village(village: DemoVillage, today: date) -> Iterator[Draft]:
    for year in register_years(today):
        yield from _registers(village, year, today)
    quarters = last_quarters(today)
    books = committee_books(village, quarters)
    for place, book in enumerate(books):
        yield from _finance(village, book, place, today)
    if village.collective:
        yield from _collective(village, quarters, today)
    if village.place == stories.UNDER_WAY[0]:
        yield from _groups(village, quarters[-1], today)
    yield from _funds(village, quarters[-1], today)
    if village.place == WITH_OTHERS:
        yield from _others(village, today)


def _times(
    village: DemoVillage, what: str, period: Period, today: date, *, first: tuple[int, int], within: int
) -> list[datetime]:
    """Handed in, submitted, signed twice, published: five moments; ``first`` are the days on which the clerk may come."""
    die = dice(village.seed, village.code, what, period, "days")
    day = die.randint(*first)
    come = timedelta(days=day - 1, hours=die.randint(9, 15), minutes=die.randint(0, 59), seconds=die.randint(0, 59))
    submitted = come + timedelta(minutes=die.randint(12, 70))
    signed = timedelta(days=day, hours=die.randint(8, 11), minutes=die.randint(0, 59))
    second = timedelta(days=day, hours=die.randint(12, 19), minutes=die.randint(0, 59))
    public = timedelta(days=day + die.randint(1, 2), hours=die.randint(9, 16), minutes=die.randint(0, 59))
    return moments(period.last, today, (come, submitted, signed, second, public), within=within)


def _road(village: DemoVillage, times: list[datetime], *, board: bool = False, nil: bool = False) -> list[Step]:
    """The whole road without any story."""
    first, second = ("board", "board1") if board else ("chair", "member1")
    begin = Verb.DECLARE_NIL if nil else Verb.HAND_IN
    return [
        Step(times[0], 0, begin, "clerk"),
        Step(times[1], 0, Verb.SUBMIT, "clerk"),
        Step(times[2], 0, Verb.AGREE, second),
        Step(times[3], 0, Verb.AGREE, first),
        Step(times[4], 0, Verb.PUBLISH, "head"),
    ]


def _finance(village: DemoVillage, book: Book, place: int, today: date) -> Iterator[Draft]:
    layout = LAYOUTS[village.place % len(LAYOUTS)]
    name = f"{village.name}{book.period.label}财务收支.{layout.ending}"
    times = _times(village, "finance", book.period, today, first=(8, 11), within=15)
    steps = _road(village, times)
    if (village.place, place) == stories.WITH_RECEIPTS:
        between = times[0] + (times[1] - times[0]) / 2
        steps.insert(1, Step(between, 0, Verb.ATTACH, "clerk"))
    if village.place == stories.UNDER_WAY[0] and place == len(last_quarters(today)) - 1:
        steps.append(_question(book, today))
        steps += voices.asked_lately(village, book, today)
    corrected = (village.place, place) == stories.CORRECTED
    if place == len(last_quarters(today)) - 1:
        fate = stories.LAST_QUARTER.get(village.place, Fate.PUBLISHED)
        if fate is Fate.LATE:
            return
        if fate is Fate.RETURNED:
            book = stories.without_payee(book)
        steps = _as_fated(fate, steps, book)
    if corrected:
        slip = stories.slip_in(book)
        steps += _correction(village, slip, book.period, today)
        book = stories.with_slip(book, slip)
    raw = layout.write(office_of(village), book)
    yield Paperwork(village, "finance", book.period, name, raw), steps


def late_ledger(village: DemoVillage, today: date) -> tuple[str, bytes]:
    """The last quarter's file of a clerk who did not send it: its name and its bytes."""
    layout, book = LAYOUTS[village.place % len(LAYOUTS)], committee_books(village, last_quarters(today))[-1]
    name = f"{village.name}{book.period.label}财务收支.{layout.ending}"
    return name, layout.write(office_of(village), book)


def _as_fated(fate: Fate, steps: list[Step], book: Book) -> list[Step]:
    match fate:
        case Fate.LATE:
            return []
        case Fate.DRAFT:
            return steps[:1]
        case Fate.WAITING:
            return steps[:2]
        case Fate.REVIEWED:
            return steps[:4]
        case Fate.RETURNED:
            return [*steps[:2], Step(steps[2].at, 0, Verb.SEND_BACK, "member1", stories.reason_of_return(book))]
        case Fate.OBJECTED:
            again = steps[3].at + (steps[4].at - steps[3].at) / 2
            against = Step(steps[2].at, 0, Verb.OBJECT, "member2", stories.objection_to(book))
            return [*steps[:2], against, steps[3], Step(again, 0, Verb.AGREE, "member1"), steps[4]]
    return steps


def _question(book: Book, today: date) -> Step:
    """Yesterday evening the township asked about the quarter's largest payment."""
    (at,) = lately(book.period.last, today, [timedelta(days=4, hours=20)])
    entry, until = stories.largest_payment(book), today + timedelta(days=stories.ANSWER_DAYS)
    words = stories.question_about(entry)
    return Step(at, 0, Verb.ASK, "township", words, about=entry.summary, until=until)


def _groups(village: DemoVillage, quarter: Period, today: date) -> Iterator[Draft]:
    """The books of the village's groups: each has a later day, and each stands at another place of its road."""
    hours = [timedelta(hours=one) for one in (9, 34, 35, 58, 82)]
    until = today + timedelta(days=stories.LATER_DAYS)
    for group in range(1, village.groups + 1):
        fate = stories.UNDER_WAY[1].get(group, Fate.LATE)
        book, name = group_book(village, group, quarter), f"{village.name}{group_name(group)}"
        office = replace(office_of(village), unit=name, place=name)
        if fate is Fate.RETURNED:
            book = stories.without_payee(book)
        minute = timedelta(minutes=7 * group)
        times = lately(quarter.last, today, [one + minute for one in hours])
        put_off = Step(times[0], 0, Verb.PUT_OFF, "township", stories.reason_of_later_day(), until=until)
        steps = _as_fated(fate, _road(village, [*times[1:], times[4]]), book)
        layout = LAYOUTS[village.place % len(LAYOUTS)]
        filename = f"{name}{quarter.label}财务收支.{layout.ending}"
        paper = Paperwork(village, "finance", quarter, filename, layout.write(office, book), "group", str(group))
        yield paper, [put_off, *steps]


def _correction(village: DemoVillage, slip: stories.Slip, period: Period, today: date) -> list[Step]:
    """Five weeks after the quarter's end a villager noticed; the same people sign again."""
    times = _times(village, "correction", period, today, first=(36, 39), within=60)
    facts = (("amount", plain_yuan(slip.entry.fen)),)
    opened = Step(times[0], 0, Verb.CORRECT, "clerk", slip.reason, facts, slip.entry.summary)
    return [opened, *_road(village, times)[1:], *voices.asked_before(slip, times)]


def _collective(village: DemoVillage, quarters: list[Period], today: date) -> Iterator[Draft]:
    layout = LAYOUTS[(village.place + 1) % len(LAYOUTS)]
    office = office_of(village, "collective")
    nil = quarters[stories.NIL[1]] if village.place == stories.NIL[0] else None
    for book in collective_books(village, quarters, without=nil):
        times = _times(village, "jt", book.period, today, first=(8, 11), within=15)
        if book.period == nil:
            paper = Paperwork(village, "finance", book.period, entity="collective")
            yield paper, _road(village, times, board=True, nil=True)
            continue
        name = f"{village.name}合作社{book.period.label}收支.{layout.ending}"
        raw = layout.write(office, book)
        paper = Paperwork(village, "finance", book.period, name, raw, "collective")
        yield paper, _road(village, times, board=True)


def _registers(village: DemoVillage, year: int, today: date) -> Iterator[Draft]:
    period, office = Period.parse(str(year)), office_of(village)
    times = _times(village, "duties", period, today, first=(2, 3), within=31)
    officers = registers.officers_of(village)
    raw = lists.duty_sheet(office, year, officers, registers.phones_of(village, officers))
    steps = _road(village, times)
    if (village.place, year) == (WITH_OTHERS, register_years(today)[0]):
        steps += [*voices.asked_of_the_village(today), *voices.had_done(village, today)]
    yield Paperwork(village, "duties", period, f"{village.name}干部权责{year}.xlsx", raw), steps
    times = _times(village, "assets", period, today, first=(9, 20), within=31)
    raw = lists.asset_sheet(office, year, registers.assets_of(village, year))
    yield Paperwork(village, "assets", period, f"{village.name}固定资产台账{year}.xlsx", raw), _road(village, times)


def _funds(village: DemoVillage, quarter: Period, today: date) -> Iterator[Draft]:
    office = office_of(village)
    found = (
        batches.land_batch(village, last_june(today)),
        batches.aged_batch(village, quarter),
        batches.poor_batch(village, quarter),
    )
    for batch in found:
        if not batch.payments:
            continue
        as_text = dice(village.seed, village.code, batch.programme, "file").random() < 0.3
        raw = (lists.batch_text if as_text else lists.batch_sheet)(office, batch)
        name = f"{village.name}{batch.programme}{batch.period}.{'csv' if as_text else 'xlsx'}"
        times = _times(village, batch.programme, batch.period, today, first=(6, 7), within=10)
        yield Paperwork(village, "funds", batch.period, name, raw), _road(village, times)


def _others(village: DemoVillage, today: date) -> Iterator[Draft]:
    for one in others_of(village, today):
        period, title = Period.parse(one.period), section_named(one.section).title
        name = f"{village.name}{title}{one.period}"
        times = (
            _same_afternoon(period.last)
            if one.section == "announcements"
            else _times(village, name, period, today, first=(12, 18), within=31)
        )
        raw = other_sheet(one, f"{village.name}{period.label}{title}", village.officers.clerk)
        yield Paperwork(village, one.section, period, f"{name}.xlsx", raw), _road(village, times)


def _same_afternoon(day: date) -> list[datetime]:
    """Handed in, submitted, signed twice, published: what is open to objections is online on the day on which it begins."""
    midnight = datetime.combine(day, time(), SHANGHAI)
    return [(midnight + timedelta(minutes=one)).astimezone(UTC) for one in (906, 921, 957, 988, 1_013)]
