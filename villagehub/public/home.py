"""A village's home page: what is public, what is due, and the newest account in one sentence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from villagehub.accounts.elections import running_elections
from villagehub.disclosures.due import Due
from villagehub.disclosures.expected import list_expected, list_put_off
from villagehub.disclosures.scope import title_of
from villagehub.disclosures.stages import VersionKind
from villagehub.kernel.money import wan, yuan
from villagehub.kernel.period import Period, day_words
from villagehub.public.address import Address
from villagehub.public.charts import Chart, bars_of
from villagehub.public.published import Item, Publication, corrections_of, newest
from villagehub.public.summary import Said, sentences
from villagehub.public.works import projects_beside
from villagehub.sections import SECTIONS
from villagehub.sections.base import LASTING, Family, Section, Shape
from villagehub.supervision.kept import Kept, read_kept

ItemsOf = Callable[[int], list[Item]]
"""The rows of a publication by its id."""
ONE_SCREEN: Final = 9
"""Tiles that stand together without headings (ux.md: 九宫格)."""
FAMILIES: Final = (Family.MONEY, Family.AFFAIRS, Family.PARTY)
"""Money first: it is what most people come for."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One entry of the home page with its live fact."""

    href: str
    icon: str
    title: str
    fact: str
    warn: bool = False
    family: str = ""
    """党务, 村务 or 财务."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """The newest account of money in one sentence, with a chart."""

    publication: Publication
    href: str
    span: str
    income: str
    expense: str
    income_exact: str
    expense_exact: str
    left: tuple[str, str] | None
    """账上还剩 or 亏空, and how much; None where no balance is known."""
    rows: int
    chart: Chart
    said: tuple[Said, ...]
    """The largest payment, and against last year."""


@dataclass(frozen=True, slots=True)
class Latest:
    """One line of 最近公开."""

    href: str
    title: str
    day: str
    words: str
    corrected: int


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the page."""

    publication: Publication | None
    corrected: int
    families: list[tuple[str, list[Tile]]]
    """The tiles; under the three headings where there are more than fit one screen."""
    quarter: Quarter | None
    own: str
    """Where a household finds what it was paid itself; empty where nothing of the kind is public."""
    latest: list[Latest]
    due_notes: list[str]
    """What is late, in words."""
    later_notes: list[str]
    """What the township put off and is not public yet, with the new day and the reason."""
    kept: Kept
    """What was owed this year, and what of it came when."""
    elections: list[str]
    """Reviewing bodies that are being elected, in words."""
    others: list[tuple[str, str]]
    checking: list[tuple[str, str]]
    """Newest publications that do not fit their seal and that nobody has looked at yet: the check page and what it is of."""


def read_home(
    session: Session,
    code: str,
    village_id: int,
    publications: Sequence[Publication],
    items: ItemsOf,
    *,
    today: date,
) -> Home:
    """The page's facts, from publications and due rules."""
    current = newest(publications)
    first = _first(current, "finance") or next((one for one in current if not one.hidden), None)
    late = late_periods(session, village_id, today=today)
    return Home(
        publication=first,
        corrected=corrections_of(first, publications) if first else 0,
        families=_families(_tiles(code, current, late)),
        quarter=_quarter(code, current, items),
        own=_own(code, current),
        latest=[_latest(code, one, publications, today) for one in current[:3]],
        due_notes=[one.words for one in late.values() if not one.put_off],
        later_notes=later_notes(session, village_id, late, today=today),
        kept=read_kept(session, [village_id], year=today.year, today=today)[village_id],
        elections=[one.public_words for one in running_elections(session, [village_id], today=today)],
        others=_others(code, current),
        checking=[(f"/v/{code}/n/{one.number}/check", one.title) for one in current if one.checking],
    )


def _first(current: Sequence[Publication], section: str) -> Publication | None:
    found = [
        one for one in current if one.section.name == section and one.address.entity == "committee" and not one.hidden
    ]
    return max(found, key=lambda one: (one.period, one.number), default=None)


def _own(code: str, current: Sequence[Publication]) -> str:
    """The list of persons that was published last; each such list has the box for one's own name."""
    mine = (one for one in current if one.section.persons and one.address.entity == "committee")
    names = [one.section.name for one in mine]
    return Address(section="funds" if "funds" in names else names[0]).path(code) if names else ""


@dataclass(frozen=True, slots=True)
class DueNote:
    """What villagers read about a period that is not public yet: by which day it should be."""

    words: str
    by: str
    """The day alone, for a tile that names the section itself."""
    put_off: bool
    """The township granted a later day, and that has not passed."""


def late_periods(session: Session, village_id: int, *, today: date) -> dict[str, DueNote]:
    """For sections whose last period is due or put off, and not public: 「应于10月15日公开」. Does not go stale (decision 14)."""
    notes: dict[str, DueNote] = {}
    for one in list_expected(session, [village_id], today=today):
        if one.public or not (one.due.day < today or one.due.waived):
            continue
        waived = f"（{one.due.waived}）" if one.due.waived else ""
        title, day = SECTIONS[one.account.section].title, day_words(one.due.day, beside=today)
        by = f"应于{day}公开{waived}"
        words = f"{one.account.period.label}的{title}{by}"
        notes[one.account.section] = DueNote(words, by, put_off=bool(waived) and one.due.day >= today)
    return notes


def later_notes(session: Session, village_id: int, late: Mapping[str, DueNote], *, today: date) -> list[str]:
    """What the township lets the village publish later, and until when; ``late`` is what :func:`late_periods` found."""
    return [*(one.words for one in late.values() if one.put_off), *_put_off_notes(session, village_id, today)]


def _put_off_notes(session: Session, village_id: int, today: date) -> list[str]:
    """Later days that were granted for the books of the collective and of groups, each with its reason; in one line where
    only whose books they are differs.
    """
    whose: dict[tuple[str, Due], list[str]] = {}
    for account, due in list_put_off(session, village_id):
        what = title_of(replace(account, entity="committee", group_no=""))
        whose.setdefault((what, due), []).append(title_of(account).removesuffix(what).strip())
    return [
        f"{'、'.join(names)} {what}应于{day_words(due.day, beside=today)}公开（{due.waived}）"
        for (what, due), names in whose.items()
    ]


def _tiles(code: str, current: Sequence[Publication], late: dict[str, DueNote]) -> list[Tile]:
    tiles = []
    for name, section in SECTIONS.items():
        if not (section.due or any(one.section.name == name for one in current)):
            continue  # what nobody asks for and nobody has published stands on no tile
        mine = [one for one in current if one.section.name == name and one.address.entity == "committee"]
        fact, warn = _fact(section, mine), False
        if name in late:
            fact, warn = late[name].by, True
        tiles.append(Tile(Address(section=name).path(code), section.tile, section.title, fact, warn, section.family))
    duties = [one for one in current if one.section.name == "duties" and one.address.entity == "committee"]
    tiles.append(
        Tile(
            f"/v/{code}/duties#org",
            "org",
            "组织架构",
            _fact(SECTIONS["duties"], duties),
            family=Family.AFFAIRS,
        )
    )
    tiles.append(
        Tile(
            f"/v/{code}/n", "record", "公开记录", f"共 {current[0].number if current else 0} 号", family=Family.AFFAIRS
        )
    )
    return tiles


def _families(tiles: Sequence[Tile]) -> list[tuple[str, list[Tile]]]:
    if len(tiles) <= ONE_SCREEN:
        return [("", list(tiles))]
    grouped = [(name.value, [one for one in tiles if one.family == name]) for name in FAMILIES]
    return [(name, some) for name, some in grouped if some]


def _fact(section: Section, mine: Sequence[Publication]) -> str:
    if not mine:
        return "还没公开"
    if section.shape not in LASTING:
        # Several are public at once, and one taken down says nothing about the others; of a register only the newest holds.
        mine = [one for one in mine if one.checking or not one.hidden] or mine
    last = max(mine, key=lambda one: (one.period, one.number))
    if last.hidden:
        return last.counted
    if section.shape is Shape.FLOW:
        return f"{last.period.short_label}已公开"
    if last.kind is VersionKind.NIL:
        return "无"
    if section.shape is Shape.BATCH:
        return f"{len(mine)} 批"
    if section.shape is Shape.EVENT:
        return f"{sum(one.rows or 0 for one in mine if not one.hidden)} {section.unit}"
    return last.counted


def _quarter(code: str, current: Sequence[Publication], items: ItemsOf) -> Quarter | None:
    mine = [one for one in current if one.section.name == "finance" and one.address.entity == "committee"]
    mine = sorted(
        (one for one in mine if one.kind is not VersionKind.NIL and not one.hidden), key=lambda one: one.period
    )
    if not mine:
        return None
    last = mine[-1]
    chart = bars_of(
        [
            (_chart_name(one.period, last.period), one.totals.get("income_fen", 0), one.totals.get("expense_fen", 0))
            for one in mine[-4:]
        ]
    )
    return Quarter(
        publication=last,
        href=last.address.path(code),
        span=_months(last.period),
        income=wan(last.totals.get("income_fen", 0)),
        expense=wan(last.totals.get("expense_fen", 0)),
        income_exact=yuan(last.totals.get("income_fen", 0)),
        expense_exact=yuan(last.totals.get("expense_fen", 0)),
        left=_left(last),
        rows=last.rows or 0,
        chart=chart,
        said=sentences(last, items(last.id), mine, code, projects_beside(last, current, items, code))[1:],
    )


def _left(last: Publication) -> tuple[str, str] | None:
    if last.closing_fen is None:
        return None
    return ("账上还剩", wan(last.closing_fen)) if last.closing_fen >= 0 else ("亏空", wan(-last.closing_fen))


def _chart_name(period: Period, last: Period) -> str:
    return period.short_label if period.first.year == last.first.year else f"去年{period.short_label}"


def _months(period: Period) -> str:
    if period.first.month == period.last.month:
        return f"{period.first.month} 月"
    return f"{period.first.month} 月到 {period.last.month} 月"


def _latest(code: str, one: Publication, publications: Sequence[Publication], today: date) -> Latest:
    corrected = corrections_of(one, publications)
    words = "无此类事项" if one.kind is VersionKind.NIL and not one.hidden else one.counted
    return Latest(one.address.path(code), one.title, day_words(one.day, beside=today), words, corrected)


def _others(code: str, current: Sequence[Publication]) -> list[tuple[str, str]]:
    """Books of the collective and of groups that have published something: one entry each."""
    found: dict[tuple[str, str], Publication] = {}
    for one in current:
        if one.address.entity != "committee":
            found.setdefault((one.address.prefix, one.section.name), one)
    return [
        (
            Address(one.address.entity, one.address.group_no, one.section.name).path(code),
            f"{one.address.whose}{one.section.title}",
        )
        for one in found.values()
    ]
