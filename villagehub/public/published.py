"""What a village has published, read once per page: versions with their reviewers, and rows from their faces."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Row as SqlRow
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.accounts.elections import SUBSTITUTE_WORDS
from villagehub.disclosures.aggregates import UNDER, is_aggregate, public_totals
from villagehub.disclosures.checking import list_broken
from villagehub.disclosures.face import ORIGINAL
from villagehub.disclosures.hidden import CHECKING_WORDS, hidden_in, hidden_version
from villagehub.disclosures.models import Disclosure, Row, RowFace, Thing, Version, VersionFact, VersionRow
from villagehub.disclosures.redacted import STUB, objection_of, redacted_fields
from villagehub.disclosures.scope import Account, bodies_in, title_of
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.kernel import clock
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import seal_code
from villagehub.kernel.period import Period, day_words
from villagehub.kernel.segments import segment_of
from villagehub.public.address import Address
from villagehub.sections import section_named
from villagehub.sections.base import Section
from villagehub.transparency.models import Leaf


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One vote as it was published."""

    name: str
    post: str
    agrees: bool
    objection: str
    on_paper: bool
    on_behalf: bool
    """Given at the command line for the reviewer (decision 25)."""
    entered_by: str = ""
    """Who typed a signature on paper in."""

    @property
    def named_words(self) -> str:
        """That the township named them for the time of an election: they are no member of the body beside which they stand."""
        return "（镇里指定）" if SUBSTITUTE_WORDS in self.post else ""

    @property
    def how_words(self) -> str:
        """How the signature came about, where not at the page by the person: it is never shown as what it was not."""
        if self.on_paper and self.entered_by:
            return f"（纸上签字，由{self.entered_by}录入）"
        return "（纸上签字）" if self.on_paper else "（由管理员代为操作）" if self.on_behalf else ""


@dataclass(frozen=True, slots=True)
class Publication:
    """One published version, as pages speak of it."""

    id: int
    number: int
    disclosure_id: int
    title: str
    section: Section
    address: Address
    kind: VersionKind
    published_at: datetime
    totals: dict[str, int]
    opening_fen: int | None
    closing_fen: int | None
    bank_fen: int | None
    cash_fen: int | None
    supersedes_id: int | None
    reason: str
    expires_on: date | None
    seal: str
    aggregate: bool
    reviewers: tuple[Reviewer, ...] = field(default=())
    hidden: str = ""
    """Why it is taken off for now, in the stub's words; then nothing else of its content is in here (decision 20)."""
    checking: bool = False
    """It does not fit its seal and nobody has looked: emptied like a hidden one, but its last clean page stays (decision 32)."""
    segment: str = ""
    """The subject as the address has it; kept when the address itself has been emptied, so that old links find the stub."""

    @property
    def day(self) -> date:
        """The day of publication in Asia/Shanghai."""
        return local_day(self.published_at)

    @property
    def period(self) -> Period:
        """The period; a disclosure always has one."""
        assert self.address.period is not None  # noqa: S101 - every disclosure has a period
        return self.address.period

    @property
    def body(self) -> str:
        """Who reviewed it: by the posts that signed, so that the committee never appears as the collective's own board."""
        return bodies_in(self.address.entity, [one.post for one in self.reviewers], joined="和")

    @property
    def reviewer_names(self) -> str:
        """Names of those who agreed, for the trust line."""
        return "、".join(f"{one.name}{one.named_words}{one.how_words}" for one in self.reviewers if one.agrees)

    @property
    def looked_words(self) -> str:
        """Who signed, and how many did not agree, for what is sent on or read aloud; empty where nobody agreed."""
        if not (names := self.reviewer_names):
            return ""
        against = f"，{len(self.objections)} 人不同意，意见写在网页上" if self.objections else ""
        return f"{names}看过签字{against}。"

    @property
    def objections(self) -> list[Reviewer]:
        """Who did not agree, and why."""
        return [one for one in self.reviewers if not one.agrees]

    @property
    def rows(self) -> int | None:
        """How many rows; None where even that is not said (少于5人)."""
        return None if UNDER in self.totals else self.totals.get("rows", 0)

    @property
    def expired(self) -> bool:
        """Whether names have gone by their date."""
        return self.expires_on is not None and self.expires_on <= clock.today()

    @property
    def counted(self) -> str:
        """How much there is, in words: ``47 笔``, ``60 件``, ``无``, ``少于5人``."""
        if self.checking:
            return "正在核对"
        if self.hidden:
            return "已撤下"
        if self.kind is VersionKind.NIL:
            return "无"
        return "少于5人" if self.rows is None else f"{self.rows} {self.section.unit}"

    @property
    def day_words(self) -> str:
        """The day of publication; without the year where it is the period's own."""
        return day_words(self.day, beside=self.period.last)


@dataclass(frozen=True, slots=True)
class Item:
    """One row as its public face shows it."""

    number: int
    position: int
    thing_id: int
    values: dict[str, Any]
    erased: bool = False
    row_id: int = 0
    """The sealed row itself: the same in two versions means that nobody changed it, even if its face reads otherwise."""


def publications_of(session: Session, village_id: int) -> list[Publication]:
    """All publications of the village, newest first."""
    found = session.execute(
        select(Version, Disclosure, Leaf.hash)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .join(Leaf, Leaf.id == Version.leaf_id)
        .where(Version.village_id == village_id, Version.stage == Stage.PUBLISHED)
        .order_by(Version.number.desc())
    ).all()
    reviews = _reviews(session, [version.id for version, _, _ in found])
    hides, broken = hidden_in(session, village_id), _sealed_subjects(session, list_broken(session, village_id))
    made = [
        _publication(version, disclosure, leaf_hash, reviews.get(version.id, ()))
        for version, disclosure, leaf_hash in found
    ]
    return [
        emptied(one, hides[one.disclosure_id].words)
        if one.disclosure_id in hides and one.number <= hides[one.disclosure_id].upto
        else being_checked(one, broken[one.id])
        if one.id in broken
        else one
        for one in made
    ]


def _sealed_subjects(session: Session, version_ids: Collection[int]) -> dict[int, str]:
    """Of each of these its subject as it was sealed, empty where even that cannot be read; costs nothing where all fit."""
    if not version_ids:
        return {}
    found: dict[int, str] = {}
    wanted = select(Version.id, Leaf.body).join(Leaf, Leaf.id == Version.leaf_id).where(Version.id.in_(version_ids))
    for version_id, body in session.execute(wanted):
        try:
            found[version_id] = str(json.loads(body)["subject"])
        except (ValueError, KeyError, TypeError):
            found[version_id] = ""
    return found


def being_checked(publication: Publication, subject: str) -> Publication:
    """The same publication without anything of what the database now has of it, under the subject that was sealed: so its
    address leads to the page that last checked clean.
    """
    place = replace(publication.address, subject=subject)
    account = Account(0, place.section, publication.period, place.entity, place.group_no, subject)
    bare = emptied(publication, CHECKING_WORDS)
    return replace(bare, address=place, title=title_of(account), segment=segment_of(subject), checking=True)


def emptied(publication: Publication, words: str) -> Publication:
    """The same publication with nothing of its content left: sums, subject, reason and objections may tell as much as rows."""
    place = replace(publication.address, subject="")
    return replace(
        publication,
        title=title_of(Account(0, place.section, publication.period, place.entity, place.group_no)),
        address=place,
        totals={},
        opening_fen=None,
        closing_fen=None,
        bank_fen=None,
        cash_fen=None,
        reason="",
        reviewers=(),
        hidden=words,
    )


def _publication(
    version: Version, disclosure: Disclosure, leaf_hash: bytes, reviewers: Iterable[Reviewer]
) -> Publication:
    section = section_named(disclosure.section)
    assert version.number is not None  # noqa: S101 - a check of the table
    assert version.published_at is not None  # noqa: S101 - a trigger of the table
    return Publication(
        id=version.id,
        number=version.number,
        disclosure_id=disclosure.id,
        title=title_of(disclosure),
        section=section,
        address=Address(
            disclosure.entity, disclosure.group_no, disclosure.section, disclosure.period, disclosure.subject
        ),
        kind=VersionKind(version.kind),
        published_at=version.published_at,
        totals=public_totals(section, disclosure.subject, version.totals),
        opening_fen=version.opening_fen,
        closing_fen=version.closing_fen,
        bank_fen=version.bank_fen,
        cash_fen=version.cash_fen,
        supersedes_id=version.supersedes_id,
        reason=version.reason or (STUB if version.erasure_id is not None else ""),
        expires_on=version.expires_on,
        seal=seal_code(leaf_hash),
        aggregate=is_aggregate(section, disclosure.subject),
        reviewers=tuple(reviewers),
        segment=segment_of(disclosure.subject),
    )


def _reviews(session: Session, version_ids: Sequence[int]) -> dict[int, list[Reviewer]]:
    found: dict[int, list[Reviewer]] = {}
    for start in range(0, len(version_ids), 500):
        part = version_ids[start : start + 500]
        for fact in session.scalars(
            select(VersionFact).where(VersionFact.version_id.in_(part)).order_by(VersionFact.version_id, VersionFact.id)
        ):
            if fact.name.startswith("review:") and fact.value:
                found.setdefault(fact.version_id, []).append(
                    Reviewer(
                        str(fact.value.get("name", "")),
                        str(fact.value.get("post", "")),
                        bool(fact.value.get("agrees")),
                        objection_of(fact.value),
                        bool(fact.value.get("on_paper")),
                        bool(fact.value.get("on_behalf")),
                        str(fact.value.get("entered_by", "")),
                    )
                )
    return found


def newest(publications: Sequence[Publication]) -> list[Publication]:
    """The newest publication of each disclosure, newest first."""
    seen: set[int] = set()
    kept: list[Publication] = []
    for one in publications:
        if one.disclosure_id not in seen:
            seen.add(one.disclosure_id)
            kept.append(one)
    return kept


def corrections_of(one: Publication, publications: Sequence[Publication]) -> int:
    """How often its disclosure has been corrected."""
    return sum(
        1 for other in publications if other.disclosure_id == one.disclosure_id and other.kind is VersionKind.CORRECTION
    )


def numbers_of(session: Session, version_id: int) -> set[int]:
    """The permanent numbers of a version's rows, and nothing else of them: where a hidden row's address leads to the stub."""
    return set(
        session.scalars(
            select(Thing.number)
            .join(Row, Row.thing_id == Thing.id)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .where(VersionRow.version_id == version_id)
        )
    )


def items_of(
    session: Session, version_id: int, *, after: int = 0, most: int | None = None, only: int | None = None
) -> list[Item]:
    """The rows of a published version, from their faces, in the clerk's order; none while it is hidden or being checked.

    ``after`` is a position: only rows behind it; ``most`` of them; ``only`` the one with this permanent number.
    """
    version = session.get_one(Version, version_id)
    if hidden_version(session, version):
        return []
    section = section_named(version.disclosure.section)
    found = session.execute(
        _FACES.where(VersionRow.version_id == version_id, VersionRow.position > after)
        .where(*(() if only is None else (Thing.number == only,)))
        .order_by(VersionRow.position)
        .limit(most)
    )
    gone = {} if section.persons else redacted_fields(session, version_id)
    return [_item(section, version.expires_on, gone, one) for one in found]


def items_of_all(session: Session, publications: Collection[Publication]) -> dict[int, list[Item]]:
    """The rows of several publications by the version's id, as ``items_of`` gives those of one, in as many queries as for one."""
    found: dict[int, list[Item]] = {one.id: [] for one in publications}
    shown = {one.id: one for one in publications if not one.hidden}
    if not shown:
        return found
    gone = redacted_fields(session, *(one.id for one in shown.values() if not one.section.persons))
    wanted = _FACES.where(VersionRow.version_id.in_(shown)).order_by(VersionRow.version_id, VersionRow.position)
    for face in session.execute(wanted):
        one = shown[face.version_id]
        found[one.id].append(_item(one.section, one.expires_on, gone, face))
    return found


_FACES: Final = (
    select(
        VersionRow.version_id,
        VersionRow.position,
        Thing.id.label("thing_id"),
        Thing.number,
        RowFace.clear,
        RowFace.fields,
        RowFace.erasure_id,
        Row.id.label("row_id"),
    )
    .join(RowFace, RowFace.id == VersionRow.row_face_id)
    .join(Row, Row.id == VersionRow.row_id)
    .join(Thing, Thing.id == Row.thing_id)
)


def _item(section: Section, expires_on: date | None, gone: Mapping[int, Collection[str]], face: SqlRow[Any]) -> Item:
    down = bool(section.stays) and expires_on is not None and expires_on <= clock.today()
    values = with_stubs(section, values_of(face.clear, face.fields), gone.get(face.row_id, ()))
    return Item(
        face.number,
        face.position,
        face.thing_id,
        kept(section, values, down=down),
        face.erasure_id is not None,
        face.row_id,
    )


def with_stubs(section: Section, values: dict[str, Any], gone: Collection[str]) -> dict[str, Any]:
    """The values with 已依法隐去 in the place of public texts that were redacted."""
    public = {one.name for one in section.public_fields}
    return values | {name: STUB for name in gone if name in public and name not in values}


def count_items(session: Session, version_id: int) -> int:
    """How many rows a published version has."""
    return session.scalar(select(func.count()).where(VersionRow.version_id == version_id)) or 0


def kept(section: Section, values: dict[str, Any], *, down: bool) -> dict[str, Any]:
    """What a row still shows once its publication's last day is over, whether or not the clock has emptied it yet."""
    return {name: value for name, value in values.items() if name in section.stays} if down else values


def values_of(clear: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """A face's values by field name; erased ones are left out."""
    shown = {name: one.get("value") for name, one in fields.items() if name != ORIGINAL}
    return {**clear, **{name: value for name, value in shown.items() if value is not None}}
