"""Tables of what is disclosed: disclosures, their versions, shared rows, things and faces (decisions 1-7, 10, 15)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from villagehub.kernel.period import Period
from villagehub.storage.base import Base, PrimaryKey

ENTITIES = "'committee', 'collective', 'group'"
STAGES = "'draft', 'submitted', 'returned', 'reviewed', 'published', 'abandoned'"
OPEN = "stage IN ('draft', 'submitted', 'returned', 'reviewed')"
KINDS = "'full', 'nil', 'correction', 'withdrawal'"


class VillageCounter(Base):
    """The village's running numbers; its row is locked first, before the journal's and the log's heads (decision 3)."""

    __tablename__ = "village_counter"

    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True, autoincrement=False)
    publication: Mapped[int] = mapped_column(default=0)
    """The last 第 N 号公开."""
    thing: Mapped[int] = mapped_column(default=0)
    """The last permanent number given to a thing."""


class AccountCadence(Base):
    """One cadence per village, entity, group, section and year (decision 6): overlapping periods cannot be opened."""

    __tablename__ = "account_cadence"
    __table_args__ = (UniqueConstraint("village_id", "entity", "group_no", "section", "year"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    entity: Mapped[str] = mapped_column(String(12))
    group_no: Mapped[str] = mapped_column(String(8))
    section: Mapped[str] = mapped_column(String(24))
    year: Mapped[int]
    cadence: Mapped[str] = mapped_column(String(8))


class Disclosure(Base):
    """One village's account of one section for one period (公开事项): place, entity, group, section, period, subject."""

    __tablename__ = "disclosure"
    __table_args__ = (
        UniqueConstraint("village_id", "entity", "group_no", "section", "period", "subject"),
        CheckConstraint(f"entity IN ({ENTITIES})", name="entity"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    entity: Mapped[str] = mapped_column(String(12))
    group_no: Mapped[str] = mapped_column(String(8), default="")
    """Empty text, never NULL: NULL would pass the unique key twice."""
    section: Mapped[str] = mapped_column(String(24))
    period: Mapped[Period]
    subject: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime]
    versions: Mapped[list["Version"]] = relationship(back_populates="disclosure", order_by="Version.id")


class Version(Base):
    """One version of a disclosure. Versions sort by id; ``number`` is given at publication and is NULL before."""

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("village_id", "number"),
        CheckConstraint(f"stage IN ({STAGES})", name="stage"),
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint("(stage = 'published') = (number IS NOT NULL)", name="numbered"),
        Index("ix_version_village_stage", "village_id", "stage"),
        # A disclosure has at most one version that is still open.
        Index("uq_version_open", "disclosure_id", unique=True, sqlite_where=text(OPEN), postgresql_where=text(OPEN)),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    disclosure_id: Mapped[int] = mapped_column(ForeignKey("disclosure.id"), index=True)
    stage: Mapped[str] = mapped_column(String(12), default="draft")
    kind: Mapped[str] = mapped_column(String(12), default="full")
    number: Mapped[int | None]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    reason_code: Mapped[str] = mapped_column(String(24), default="")
    """Of a correction or withdrawal: clerical, late, amount, duplicate, privacy, other (stands in the leaf)."""
    reason: Mapped[str] = mapped_column(default="")
    """Of a correction or withdrawal, in the village's own words; shown to villagers."""
    return_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=1)
    """Rises with every change of the draft: the optimistic lock of forms."""
    opening_fen: Mapped[int | None]
    closing_fen: Mapped[int | None]
    bank_fen: Mapped[int | None]
    cash_fen: Mapped[int | None]
    totals: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Whole numbers by ASCII name: roll-ups of this version's rows, written with them."""
    digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the draft's canonical content at submission; votes bind to it."""
    votes_needed: Mapped[int | None]
    """The quorum rule, copied at submission (decision 16)."""
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reviewed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    expires_on: Mapped[date | None]
    """In person sections: the day on which faces go (decision 11); a correction inherits the first date."""
    rows_root: Mapped[bytes | None]
    facts_root: Mapped[bytes | None]
    leaf_id: Mapped[int | None] = mapped_column(ForeignKey("leaf.id"))
    erasure_id: Mapped[int | None]
    """The redaction that took the reason away."""
    upload_id: Mapped[int | None]
    """The upload that last filled the draft, if any; a plain number, because uploads belong to a room above."""

    disclosure: Mapped[Disclosure] = relationship(back_populates="versions")


class VersionAuthor(Base):
    """Everyone who changed the draft; none of them may vote or publish (decision 16)."""

    __tablename__ = "version_author"

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)


class VersionFact(Base):
    """A salted fact of a published version that ``facts_root`` commits to: reason, objections, approvers."""

    __tablename__ = "version_fact"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[PrimaryKey]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[dict[str, Any] | None]
    """``{"text": …}`` or a small object; may become NULL under an erasure."""
    salt: Mapped[bytes | None]
    commitment: Mapped[bytes]
    erasure_id: Mapped[int | None]


class Vote(Base):
    """A reviewer's word on a submitted version. It binds to the draft's digest; an edit makes it void."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("version_id", "digest", "person_id"),)

    id: Mapped[PrimaryKey]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    village_id: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    post: Mapped[str] = mapped_column(String(40))
    """The reviewer's post in words at that time, e.g. 村务监督委员会主任."""
    agrees: Mapped[bool]
    objection: Mapped[str] = mapped_column(default="")
    """Published with the version; an objection does not block (decision 16)."""
    erasure_id: Mapped[int | None]
    """The redaction that took the objection's words away."""
    on_paper: Mapped[bool] = mapped_column(default=False)
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cast_at: Mapped[datetime]


class Recusal(Base):
    """A reviewer stands aside from one row (decision 17)."""

    __tablename__ = "recusal"
    __table_args__ = (UniqueConstraint("version_id", "thing_id", "person_id"),)

    id: Mapped[PrimaryKey]
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    thing_id: Mapped[int] = mapped_column(ForeignKey("thing.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]


class Thing(Base):
    """What a row is about, living across periods: an entry, an asset, a post, a recipient in a batch (decision 4)."""

    __tablename__ = "thing"
    __table_args__ = (
        UniqueConstraint("village_id", "entity", "group_no", "section", "natural_key"),
        UniqueConstraint("village_id", "number"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    entity: Mapped[str] = mapped_column(String(12))
    group_no: Mapped[str] = mapped_column(String(8), default="")
    section: Mapped[str] = mapped_column(String(24))
    natural_key: Mapped[str] = mapped_column(String(160))
    """Finds the thing at import; an HMAC where the section has persons or the key is content."""
    number: Mapped[int]
    """Permanent within the village; stands in addresses (``…/i/<no>``) and on labels."""
    created_at: Mapped[datetime]


class Row(Base):
    """One immutable row of a ledger, as the clerk entered it; shared by the versions that link it."""

    __tablename__ = "row"
    __table_args__ = (
        Index("ix_row_village_section_day", "village_id", "section", "occurred_on", "id"),
        CheckConstraint("direction IS NULL OR direction IN ('in', 'out')", name="direction"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    thing_id: Mapped[int] = mapped_column(ForeignKey("thing.id"), index=True)
    section: Mapped[str] = mapped_column(String(24))
    occurred_on: Mapped[date | None]
    direction: Mapped[str | None] = mapped_column(String(3))
    amount_fen: Mapped[int | None]
    category: Mapped[str | None] = mapped_column(String(80))
    counterparty: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    """All stored fields of the section (PUBLIC and STAFF), by name. Never-class values are not in here (decision 9)."""
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    source_sheet: Mapped[str | None]
    source_row: Mapped[int | None]
    """The clerk's own Excel row in that file."""
    created_at: Mapped[datetime]
    erasure_id: Mapped[int | None]


class RowMatch(Base):
    """A keyed HMAC of an ID, card or phone number seen in the row, for comparisons; the key lies outside the database."""

    __tablename__ = "row_match"
    __table_args__ = (
        UniqueConstraint("row_id", "kind", "hmac"),
        Index("ix_row_match_hmac", "kind", "hmac"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int]
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    kind: Mapped[str] = mapped_column(String(12))
    """id, card, phone, name."""
    key_id: Mapped[str] = mapped_column(String(16))
    hmac: Mapped[bytes]


class RowFace(Base):
    """The public face of a row, written once at publication (decision 5). Pages, twins, log and API are made from it."""

    __tablename__ = "row_face"
    __table_args__ = (Index("ix_row_face_row_id", "row_id"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int]
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    rules_version: Mapped[int]
    clear: Mapped[dict[str, Any]]
    """Enums, dates and whole numbers that stand in clear in the row's leaf."""
    fields: Mapped[dict[str, Any]]
    """``{name: {"value", "salt", "commitment"}}``; value and salt may become null under an erasure, commitments stay."""
    leaf_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    erasure_id: Mapped[int | None]


class VersionRow(Base):
    """A version's link to a row, in the order of the clerk's file. A one-row correction swaps one link (decision 4)."""

    __tablename__ = "version_row"
    __table_args__ = (
        Index("ix_version_row_row_id", "row_id"),
        UniqueConstraint("version_id", "row_id"),
        {"sqlite_with_rowid": False},
    )

    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row_id: Mapped[int] = mapped_column(ForeignKey("row.id"))
    row_face_id: Mapped[int | None] = mapped_column(ForeignKey("row_face.id"))
    source_row: Mapped[int | None]
    """The clerk's Excel row in the upload that filled this version."""


class Erasure(Base):
    """The record without which nothing sealed can be emptied: why, by which rule, and the two who decided (decision 10)."""

    __tablename__ = "erasure"
    __table_args__ = (CheckConstraint("kind IN ('expiry', 'redaction')", name="kind"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[str] = mapped_column(String(12))
    basis: Mapped[str]
    """The law or setting that asks for it."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seconded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]


class ErasureTarget(Base):
    """What one erasure may empty: rows (with their faces), a version's reason and facts, or single votes."""

    __tablename__ = "erasure_target"
    __table_args__ = (UniqueConstraint("erasure_id", "what", "target_id"),)

    id: Mapped[PrimaryKey]
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasure.id"))
    what: Mapped[str] = mapped_column(String(12))
    """``row``, ``version`` or ``vote``."""
    target_id: Mapped[int]


class DueRule(Base):
    """When a section must be public: so many days after the period's end, for a place and all below it (decision 14)."""

    __tablename__ = "due_rule"

    id: Mapped[PrimaryKey]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    """NULL: everywhere."""
    section: Mapped[str] = mapped_column(String(24))
    cadence: Mapped[str] = mapped_column(String(8))
    days_after: Mapped[int]
    basis: Mapped[str]
    """The rule in words, for villagers: 农村集体经济组织财务公开规定…"""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Waiver(Base):
    """A later due date that the township granted, with its public reason (decision 14)."""

    __tablename__ = "waiver"

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"), index=True)
    entity: Mapped[str] = mapped_column(String(12), default="committee")
    group_no: Mapped[str] = mapped_column(String(8), default="")
    section: Mapped[str] = mapped_column(String(24))
    period: Mapped[Period]
    until: Mapped[date]
    reason: Mapped[str]
    granted_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime]
