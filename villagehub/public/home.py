"""A village's home page: what is public, what is due, and the newest account in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from villagehub.disclosures.due import due_of
from villagehub.disclosures.stages import VersionKind
from villagehub.kernel.money import wan, yuan
from villagehub.kernel.period import Cadence, Period, day_words
from villagehub.public.address import Address
from villagehub.public.charts import Chart, bars_of
from villagehub.public.published import Publication, newest
from villagehub.sections import SECTIONS


@dataclass(frozen=True, slots=True)
class Tile:
    """One entry of the home page with its live fact."""

    href: str
    icon: str
    title: str
    fact: str
    warn: bool = False


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
    tiles: list[Tile]
    quarter: Quarter | None
    latest: list[Latest]
    due_notes: list[str]
    others: list[tuple[str, str]]


def read_home(
    session: Session, code: str, village_id: int, publications: Sequence[Publication], *, today: date
) -> Home:
    """The page's facts, from publications and due rules."""
    current = newest(publications)
    first = _first(current, "finance") or (current[0] if current else None)
    late = late_periods(session, village_id, current, today=today)
    return Home(
        publication=first,
        corrected=_corrections(first, publications) if first else 0,
        tiles=_tiles(code, current, late),
        quarter=_quarter(code, current),
        latest=[_latest(code, one, publications, today) for one in current[:3]],
        due_notes=list(late.values()),
        others=_others(code, current),
    )


def _first(current: Sequence[Publication], section: str) -> Publication | None:
    found = [one for one in current if one.section.name == section and one.address.entity == "committee"]
    return max(found, key=lambda one: one.period, default=None)


def late_periods(session: Session, village_id: int, current: Sequence[Publication], *, today: date) -> dict[str, str]:
    """For sections whose last due period is not public: 「应于10月15日公开」. Does not go stale (decision 14)."""
    notes: dict[str, str] = {}
    for name, usual in (("finance", Cadence.QUARTER), ("assets", Cadence.YEAR), ("duties", Cadence.YEAR)):
        mine = [one for one in current if one.section.name == name and one.address.entity == "committee"]
        cadence = max(mine, key=lambda one: one.period).period.cadence if name == "finance" and mine else usual
        period = Period.of(cadence, today).previous()
        due = due_of(session, village_id, name, period)
        public = any(one.period.overlaps(period) or one.period > period for one in mine)
        if due is not None and due.day < today and not public:
            waived = f"（{due.waived}）" if due.waived else ""
            notes[name] = f"{period.label}的{SECTIONS[name].title}应于{day_words(due.day, beside=today)}公开{waived}"
    return notes


def _tiles(code: str, current: Sequence[Publication], late: dict[str, str]) -> list[Tile]:
    tiles = []
    for name, section in SECTIONS.items():
        mine = [one for one in current if one.section.name == name and one.address.entity == "committee"]
        fact, warn = _fact(name, mine), False
        if name in late:
            fact, warn = late[name].split("的", 1)[1].removeprefix(section.title), True
        tiles.append(Tile(Address(section=name).path(code), section.tile, section.title, fact, warn))
    duties = [one for one in current if one.section.name == "duties"]
    holders = duties[0].rows if duties else None
    tiles.append(Tile(f"/v/{code}/duties#org", "org", "组织架构", f"{holders} 名干部" if holders else "还没公开"))
    tiles.append(Tile(f"/v/{code}/n", "record", "公开记录", f"共 {current[0].number if current else 0} 号"))
    return tiles


def _fact(name: str, mine: Sequence[Publication]) -> str:
    if not mine:
        return "还没公开"
    last = max(mine, key=lambda one: (one.period, one.number))
    if name == "finance":
        return f"{last.period.short_label}已公开"
    if last.kind is VersionKind.NIL:
        return "无"
    if name == "assets":
        return f"{last.rows} 件"
    if name == "funds":
        return f"{len(mine)} 批"
    return f"{last.rows} 人"


def _quarter(code: str, current: Sequence[Publication]) -> Quarter | None:
    mine = [one for one in current if one.section.name == "finance" and one.address.entity == "committee"]
    mine = sorted((one for one in mine if one.kind is not VersionKind.NIL), key=lambda one: one.period)
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
    corrected = _corrections(one, publications)
    words = "无此类事项" if one.kind is VersionKind.NIL else one.counted
    return Latest(one.address.path(code), one.title, day_words(one.day, beside=today), words, corrected)


def _corrections(one: Publication, publications: Sequence[Publication]) -> int:
    return sum(
        1 for other in publications if other.disclosure_id == one.disclosure_id and other.kind is VersionKind.CORRECTION
    )


def _others(code: str, current: Sequence[Publication]) -> list[tuple[str, str]]:
    """Books of the collective and of groups that have published something: one entry each."""
    found: dict[tuple[str, str], Publication] = {}
    for one in current:
        if one.address.entity != "committee":
            found.setdefault((one.address.prefix, one.section.name), one)
    return [
        (Address(one.address.entity, one.address.group_no, one.section.name).path(code), _whose(one))
        for one in found.values()
    ]


def _whose(one: Publication) -> str:
    whose = "村集体经济组织" if one.address.entity == "collective" else f"第{one.address.group_no}组"
    return f"{whose}的{one.section.title}"
