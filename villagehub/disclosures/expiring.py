"""Names in person lists go by themselves (decision 11), through the erasure door and by nothing else.

First the faces, on the day that the publication carries; a face that a later list still shows stays until that one's day.
After two years the rows as the clerk entered them, all salts, and the HMACs of people's numbers. Counts, sums, commitments
and leaves stay: every proof remains valid.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from villagehub.disclosures.models import (
    Disclosure,
    Erasure,
    ErasureTarget,
    Row,
    RowFace,
    RowMatch,
    Version,
    VersionRow,
)
from villagehub.disclosures.moves import BATCH, lock_counter
from villagehub.disclosures.scope import section_of, title_of, version_with_id
from villagehub.disclosures.stages import OPEN_STAGES, Stage
from villagehub.disclosures.tracing import forget_traces
from villagehub.journal import Event, record_by_clock
from villagehub.kernel.clock import SHANGHAI, local_day
from villagehub.sections import SECTIONS
from villagehub.storage.tables import mark_dirty
from villagehub.storage.text_index import forget_versions

YEARS: Final = 2
"""So long the clerk's own values stay with the offices, for the household's slip (24 months)."""
_EXPIRED: Final = "名单公开期满，姓名从网上去掉（个人信息保护法第四十七条；设置 person_rows_days）"
_TAKEN_DOWN: Final = "公示期满，正文从网上去掉，标题、日期和结果留着"
_FORGOTTEN: Final = "名单公开满两年，登记的姓名和比对用的记号一并去掉（个人信息保护法第四十七条）"


def list_expired(session: Session, *, today: date) -> list[int]:
    """Publications whose day has come and that still have a face which no other list needs, oldest first."""
    wanted = (
        select(Version.id)
        .where(Version.stage == Stage.PUBLISHED, Version.expires_on <= today)
        .where(exists(_faces(today).where(VersionRow.version_id == Version.id).correlate(Version)))
        .order_by(Version.id)
    )
    return list(session.scalars(wanted))


def expire_names(session: Session, version_id: int, *, now: datetime) -> int:
    """Empties the texts of the publication's faces whose last day has come, and takes them out of the search index; returns
    how many. Again: none.
    """
    version = version_with_id(session, version_id)
    lock_counter(session, version.village_id)
    today = local_day(now)
    faces = session.execute(_faces(today).where(VersionRow.version_id == version.id)).all()
    if version.expires_on is None or version.expires_on > today or not faces:
        return 0
    basis = _EXPIRED if section_of(version).persons else _TAKEN_DOWN
    erasure = _register(session, version.village_id, basis, [row_id for _, row_id, _ in faces], now=now)
    stays = section_of(version).stays
    changed = [
        {"id": face_id, "fields": {**without_texts(fields), **_those(fields, stays)}, "erasure_id": erasure.id}
        for face_id, _, fields in faces
    ]
    session.execute(update(RowFace), changed)
    whole = select(Version.id).where(Version.disclosure_id == version.disclosure_id)
    forget_versions(session, version.village_id, session.scalars(whole).all())
    _note(session, version, Event.NAMES_EXPIRED, len(faces), now=now)
    return len(faces)


def list_forgotten(session: Session, *, today: date) -> list[int]:
    """Publications of person lists, two years after the list's first one, whose rows still hold what was entered."""
    first = aliased(Version)
    old = exists().where(
        first.disclosure_id == Version.disclosure_id,
        first.stage == Stage.PUBLISHED,
        first.published_at < datetime.combine(years_before(today, YEARS) + timedelta(days=1), time(), SHANGHAI),
    )
    holding = (
        select(Row.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == Version.id, ~_expired_by(Row.erasure_id))
    )
    wanted = (
        select(Version.id)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(Version.stage == Stage.PUBLISHED, Disclosure.section.in_(_person_sections()), old)
        .where(exists(holding.correlate(Version)))
        .order_by(Version.id)
    )
    return [one for one in session.scalars(wanted) if _rows(session, one, today)]


def forget_rows(session: Session, version_id: int, *, now: datetime) -> int:
    """Empties what was entered in the rows that only lists of more than two years show, with all salts, and deletes their
    HMACs; returns how many rows. A row that somebody is correcting just now waits until that is published or given up.
    """
    version = version_with_id(session, version_id)
    lock_counter(session, version.village_id)
    rows = _rows(session, version_id, local_day(now))
    if not rows:
        return 0
    ids = [one.id for one in rows]
    erasure = _register(session, version.village_id, _FORGOTTEN, ids, now=now)
    emptied = [
        {"id": one.id, "facts": _nulled(one.facts), "counterparty": None, "erasure_id": erasure.id} for one in rows
    ]
    session.execute(update(Row), emptied)
    for part in _parts(ids):
        faces = session.scalars(select(RowFace).where(RowFace.row_id.in_(part))).all()
        changed = [
            {"id": one.id, "fields": without_texts(one.fields, salts=True), "erasure_id": erasure.id} for one in faces
        ]
        if changed:
            session.execute(update(RowFace), changed)
        session.execute(delete(RowMatch).where(RowMatch.row_id.in_(part)))
    # What uploads could be undone with holds the same names.
    whole = select(Version.id).where(Version.disclosure_id == version.disclosure_id)
    forget_traces(session, session.scalars(whole).all())
    _note(session, version, Event.NAMES_FORGOTTEN, len(rows), now=now)
    return len(rows)


def without_texts(fields: dict[str, Any], *, salts: bool = False) -> dict[str, Any]:
    """A face's fields with their texts emptied, and with their salts too if asked; numbers and commitments stay. Pure."""
    return {name: _nulled(one, only=("value", "salt") if salts else ("value",)) for name, one in fields.items()}


def _those(fields: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: held for name, held in fields.items() if name in names}


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; for 29 February the 28th. Pure."""
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _nulled(held: dict[str, Any], *, only: Collection[str] = ()) -> dict[str, Any]:
    return {
        name: None if isinstance(value, str) and (not only or name in only) else value for name, value in held.items()
    }


def _faces(today: date) -> Select[tuple[int, int, dict[str, Any]]]:
    """Faces that still have their texts and that no publication shows any longer."""
    link, other = aliased(VersionRow), aliased(Version)
    shown = exists().where(
        link.row_face_id == RowFace.id,
        link.row_id == RowFace.row_id,
        other.id == link.version_id,
        other.stage == Stage.PUBLISHED,
        other.expires_on.is_(None) | (other.expires_on > today),
    )
    return (
        select(RowFace.id, RowFace.row_id, RowFace.fields)
        .join(VersionRow, VersionRow.row_face_id == RowFace.id)
        .where(~_expired_by(RowFace.erasure_id), ~shown)
    )


def _expired_by(erasure_id: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
    """Emptied by the clock; what a person's request took away one by one does not count."""
    return exists().where(Erasure.id == erasure_id, Erasure.kind == "expiry")


def _rows(session: Session, version_id: int, today: date) -> Sequence[Row]:
    """The publication's rows whose values or salts are still there, and that no younger or open version shows."""
    link, other, first = aliased(VersionRow), aliased(Version), aliased(Version)
    begun = (
        select(func.min(first.published_at))
        .where(first.disclosure_id == other.disclosure_id, first.stage == Stage.PUBLISHED)
        .correlate(other)
        .scalar_subquery()
    )
    found = session.execute(
        select(Row, link.version_id, other.stage, begun)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .join(link, link.row_id == Row.id)
        .join(other, other.id == link.version_id)
        .where(VersionRow.version_id == version_id, ~_expired_by(Row.erasure_id))
        .order_by(Row.id)
    ).all()
    until = years_before(today, YEARS)
    needed = {
        row.id
        for row, _, stage, day in found
        if stage in OPEN_STAGES or (stage == Stage.PUBLISHED and (day is None or local_day(day) > until))
    }
    return list({row.id: row for row, *_ in found if row.id not in needed}.values())


def _person_sections() -> list[str]:
    return [one.name for one in SECTIONS.values() if one.persons]


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _register(session: Session, village_id: int, basis: str, row_ids: Sequence[int], *, now: datetime) -> Erasure:
    """The record without which the database lets nothing be emptied."""
    erasure = Erasure(village_id=village_id, kind="expiry", basis=basis, created_at=now)
    session.add(erasure)
    session.flush()
    for part in _parts(sorted(set(row_ids))):
        session.execute(
            insert(ErasureTarget), [{"erasure_id": erasure.id, "what": "row", "target_id": one} for one in part]
        )
    return erasure


def _note(session: Session, version: Version, event: Event, rows: int, *, now: datetime) -> None:
    record_by_clock(
        session,
        event,
        village_id=version.village_id,
        subject_kind="version",
        subject_id=version.id,
        detail={"title": title_of(version.disclosure), "rows": rows},
        now=now,
    )
    mark_dirty(session, version.village_id, f"version:{version.id}", now=now)
