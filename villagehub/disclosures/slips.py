"""查询单 (decision 27): one household's line of a list of persons, behind the 查询码 of the slip that the village hands out.

The line is what the clerk entered, also of programmes whose names are never online, until 24 months after the list's first
publication (decision 11). A code is reckoned from the list and the household and kept nowhere; it opens what the newest
version says, and nothing while that is hidden, once the row has been taken away, or after the last day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from villagehub.disclosures.checking import list_broken
from villagehub.disclosures.expiring import YEARS, years_before
from villagehub.disclosures.hidden import hidden_in, must_show
from villagehub.disclosures.models import Disclosure, Erasure, Row, RowFace, Version, VersionRow
from villagehub.disclosures.scope import section_of
from villagehub.disclosures.stages import Stage
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import BadCode, read_code, reckoned_code
from villagehub.kernel.refused import Refused
from villagehub.places.queries import villages_in
from villagehub.sections import SECTIONS

MOST: Final = 80
"""Slips in one file: each code on it is read back, which takes its time."""


class NoSlips(Refused):
    """There are slips for published lists of persons only."""

    code = "no_slips"
    message = "这一份没有查询单可打印。"
    fix = "查询单只给已公开、公开不满两年、有名单的惠民资金和征地补偿；更正过的，请打开最新的一份再打印。"
    status = 409


class NoSuchSlip(Refused):
    """No slip in force has this code: mistyped, of another village, or its time is over."""

    code = "no_such_slip"
    message = "没有找到这个查询码。"
    fix = "请对照查询单再输一次：一共 9 位，没有字母 I、L、O、U。"
    status = 422


class ListBeingChecked(Refused):
    """The list does not fit its seal and nobody has looked yet: no line of it is shown, nor its subject, which may be forged."""

    code = "list_being_checked"
    message = "您家所在的{section}名单正在重新核对，暂时不给看，不是名单里没有您家。"
    fix = "过一会儿再查；急着用，请到村委会看纸质的名单。"
    status = 409


@dataclass(frozen=True, slots=True)
class Slip:
    """One household's line."""

    code: str
    values: dict[str, Any]
    """As the clerk entered it: public and staff fields by name."""


@dataclass(frozen=True, slots=True)
class SlipList:
    """The list that slips belong to."""

    village_id: int
    """Whose number it bears: a merged village's lists keep theirs."""
    version_id: int
    disclosure_id: int
    section: str
    entity: str
    group_no: str
    programme: str
    period_words: str
    number: int
    until: date
    """From this day on the code opens nothing."""


def read_slips(session: Session, version: Version, *, today: date, secret: bytes) -> tuple[SlipList, list[Slip]]:
    """The slips of a published version in the clerk's order; raises NoSlips, HiddenNow."""
    if version.stage != Stage.PUBLISHED or not section_of(version).persons:
        raise NoSlips()
    must_show(session, version)
    held = next((one for one in _in_force(session, version.village_id, today) if one.version_id == version.id), None)
    if held is None:  # too old, or a correction has taken its place
        raise NoSlips()
    rows = _rows(session, held.version_id)
    slips = [Slip(_code(held.disclosure_id, thing_id, secret), facts) for thing_id, facts in rows]
    if not slips:
        raise NoSlips()
    return held, slips


def slip_by_code(
    session: Session, village_id: int, typed: str, *, today: date, secret: bytes
) -> tuple[SlipList, dict[str, Any]]:
    """The line behind a 查询码 of this village or one that was merged into it, with its list; raises NoSuchSlip, also for what
    is no code, and ListBeingChecked.
    """
    try:
        wanted = read_code(typed)
    except BadCode:
        raise NoSuchSlip() from None
    village_ids = sorted(villages_in(session, village_id))
    lists = {one.version_id: one for each in village_ids for one in _in_force(session, each, today)}
    linked = (
        select(VersionRow.version_id, Row.thing_id)
        .join(Row, Row.id == VersionRow.row_id)
        .where(VersionRow.version_id.in_(lists))
    )
    opened = [
        (version_id, thing_id)
        for version_id, thing_id in session.execute(linked)
        if _code(lists[version_id].disclosure_id, thing_id, secret) == wanted
    ]
    if len(opened) != 1:  # 40 bits may meet once in many years; then nobody is shown another household's line
        raise NoSuchSlip()
    held = lists[opened[0][0]]
    if any(held.version_id in list_broken(session, each) for each in village_ids):
        raise ListBeingChecked(section=SECTIONS[held.section].title)
    facts = next((facts for thing_id, facts in _rows(session, held.version_id) if thing_id == opened[0][1]), None)
    if facts is None:
        raise NoSuchSlip()
    return held, facts


def villages_with_lists(session: Session) -> set[int]:
    """The ids of the villages that ever published a list of persons: where a slip may come from."""
    sections = [one.name for one in SECTIONS.values() if one.persons]
    wanted = (
        select(Version.village_id)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(Version.stage == Stage.PUBLISHED, Disclosure.section.in_(sections))
        .distinct()
    )
    return set(session.scalars(wanted))


def _code(disclosure_id: int, thing_id: int, secret: bytes) -> str:
    """The same in every version of the list, so that the paper of before a correction opens the corrected line."""
    return reckoned_code(f"slip:{disclosure_id}", thing_id, secret)


def _in_force(session: Session, village_id: int, today: date) -> list[SlipList]:
    """The newest version of each list of persons whose 24 months are not over and that is not hidden."""
    sections = [one.name for one in SECTIONS.values() if one.persons]
    each = (
        select(
            Version.disclosure_id, func.max(Version.id).label("newest"), func.min(Version.published_at).label("begun")
        )
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(Version.village_id == village_id, Version.stage == Stage.PUBLISHED, Disclosure.section.in_(sections))
        .group_by(Version.disclosure_id)
        .subquery()
    )
    wanted = (
        select(Version, Disclosure, each.c.begun)
        .join(each, each.c.newest == Version.id)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
    )
    hidden, kept = hidden_in(session, village_id), list[SlipList]()
    for version, disclosure, begun in session.execute(wanted):
        hide, first = hidden.get(disclosure.id), local_day(begun)
        if first <= years_before(today, YEARS) or (hide is not None and version.number <= hide.upto):
            continue
        section = SECTIONS[disclosure.section]
        kept.append(
            SlipList(
                version.village_id,
                version.id,
                disclosure.id,
                section.name,
                disclosure.entity,
                disclosure.group_no,
                disclosure.subject or section.title,
                disclosure.period.label,
                version.number,
                years_before(first, -YEARS),
            )
        )
    return kept


def _rows(session: Session, version_id: int) -> list[tuple[int, dict[str, Any]]]:
    """Thing and entered values of the rows that nobody has had taken away: a face that its day has emptied says nothing of
    that, any other erasure does.
    """
    taken = exists().where(Erasure.id == RowFace.erasure_id, Erasure.kind != "expiry")
    wanted = (
        select(Row.thing_id, Row.facts)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .outerjoin(RowFace, RowFace.id == VersionRow.row_face_id)
        .where(VersionRow.version_id == version_id, Row.erasure_id.is_(None), ~taken)
        .order_by(VersionRow.position)
    )
    return [(thing_id, dict(facts)) for thing_id, facts in session.execute(wanted)]
