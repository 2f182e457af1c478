"""What a sheet is made from: one version, published or handed in, with its rows and those who signed. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.models import Person
from villagehub.disclosures.aggregates import is_aggregate, public_totals, whole_totals
from villagehub.disclosures.face import ORIGINAL, public_values
from villagehub.disclosures.hidden import must_show
from villagehub.disclosures.models import Recusal, Row, RowFace, Thing, Version, VersionFact, VersionRow
from villagehub.disclosures.public_words import officers_of
from villagehub.disclosures.receipts import STATE_WORDS as VOUCHER_WORDS
from villagehub.disclosures.receipts import RowProof, VoucherState, proofs_by_number, wants_receipts
from villagehub.disclosures.redacted import STUB, objection_of, redacted_fields
from villagehub.disclosures.scope import publication_of, section_of, title_of, version_with_id
from villagehub.disclosures.signatures import body_of, members_of
from villagehub.disclosures.stages import STAGE_WORDS, Stage, VersionKind
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import seal_code
from villagehub.kernel.period import Period
from villagehub.kernel.refused import Refused
from villagehub.labels.targets import Target, TargetKind
from villagehub.places.queries import VillageFacts, read_village_by_id
from villagehub.sections.base import Section
from villagehub.transparency.models import Leaf


class NothingToPrint(Refused):
    """Only what was handed in for review, or published, comes onto paper."""

    code = "nothing_to_print"
    message = "这一份现在{stage}，还没有可以打印的纸。"
    fix = "送审以后打印审核表，公开以后打印公开榜。"
    status = 409


@dataclass(frozen=True, slots=True)
class Signed:
    """One published vote."""

    name: str
    post: str
    agrees: bool
    objection: str
    how: str
    """How the signature came about: it is never shown as what it was not (decision 18)."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: of the public face when published, as the clerk entered it when it waits for its review."""

    number: int
    values: Mapping[str, Any]
    erased: bool = False
    aside: tuple[str, ...] = ()
    """Reviewers who stand aside from it."""
    proof: str = ""
    """How many pictures of receipts it has, or where the paper is, in words; empty where nothing is said (decision 24)."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """One version as paper shows it."""

    version_id: int
    village: VillageFacts
    title: str
    section: Section
    period: Period
    target: Target
    stage: Stage
    kind: VersionKind
    body: str
    totals: Mapping[str, int]
    balances: Mapping[str, int | None]
    rows: tuple[SheetRow, ...]
    aggregate: bool
    expired: bool
    reason: str
    number: int | None
    day: date | None
    """Of publication."""
    corrects: int | None
    corrected_by: int | None
    """The number of the publication that took this one's place."""
    seal: str
    """防改码 of this publication; of a version that waits, the first characters of its content's digest."""
    previous: tuple[int, str] | None
    """Number and 防改码 of the village's publication before this one."""
    signed: tuple[Signed, ...]
    members: tuple[str, ...]
    """Who sits in the reviewing body."""
    receipts: tuple[tuple[str, int], ...]
    """Pictures of receipts, then payments by the reason for having none; only what there is."""
    votes_needed: int

    @property
    def published(self) -> bool:
        """Whether it is public already."""
        return self.stage is Stage.PUBLISHED


def read_sheet(session: Session, version_id: int, *, today: date, board_only: bool = False) -> SheetFacts:
    """The version as paper shows it, with places for its reviewing body (``members_of``); raises NotFound,
    NothingToPrint, HiddenNow.
    """
    version = version_with_id(session, version_id)
    section, disclosure, stage = section_of(version), version.disclosure, Stage(version.stage)
    if stage not in (Stage.SUBMITTED, Stage.REVIEWED, Stage.PUBLISHED):
        raise NothingToPrint(stage=f"是“{STAGE_WORDS[stage]}”")
    public = stage is Stage.PUBLISHED
    must_show(session, version)
    aggregate = is_aggregate(section, disclosure.subject)
    expired = public and version.expires_on is not None and version.expires_on <= today
    former = session.get(Version, version.supersedes_id) if version.supersedes_id else None
    rows = _with_paper(session, version, faces_of(session, version.id)) if public else _drafted(session, version.id)
    proofs = _proofs(session, version, rows)
    rows = tuple(replace(one, proof=proofs[one.number].words) if one.number in proofs else one for one in rows)
    return SheetFacts(
        version_id=version.id,
        village=read_village_by_id(session, version.village_id),
        title=title_of(disclosure),
        section=section,
        period=disclosure.period,
        target=Target(
            TargetKind.PERIOD,
            section.name,
            disclosure.entity,
            disclosure.group_no,
            str(disclosure.period),
            disclosure.subject,
        ),
        stage=stage,
        kind=VersionKind(version.kind),
        body=body_of(session, version, today=today, board_only=board_only),
        totals=public_totals(section, disclosure.subject, version.totals) if public else whole_totals(version.totals),
        balances={name: getattr(version, name) for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen")},
        rows=() if expired or (public and aggregate) else rows,
        aggregate=aggregate,
        expired=expired,
        reason=version.reason or (STUB if version.erasure_id is not None else ""),
        number=version.number,
        day=local_day(version.published_at) if version.published_at else None,
        corrects=former.number if former else None,
        corrected_by=session.scalar(
            select(Version.number).where(Version.supersedes_id == version.id, Version.stage == Stage.PUBLISHED)
        ),
        seal=_seal(session, version) if public else seal_code(bytes.fromhex(version.digest or "")),
        previous=_previous(session, version),
        signed=_signed(session, version.id) if public else (),
        members=tuple(one.name for one in members_of(session, version, today, board_only=board_only).values()),
        receipts=_counted(proofs.values()),
        votes_needed=version.votes_needed or 1,
    )


def _proofs(session: Session, version: Version, rows: Sequence[SheetRow]) -> dict[int, RowProof]:
    """What proves each row, by its number; where the village wants pictures, a payment without one says that it was not sent."""
    found = proofs_by_number(session, version.id)
    if wants_receipts(session, version.village_id):
        unsent = RowProof((), VOUCHER_WORDS[VoucherState.UNSENT])
        found |= {
            one.number: unsent for one in rows if one.number not in found and one.values.get("direction") == "out"
        }
    return found


def _counted(proofs: Collection[RowProof]) -> tuple[tuple[str, int], ...]:
    pictures = sum(len(one.pictures) for one in proofs)
    bare = [one.state for one in proofs if not one.pictures]
    reasons = ((words, sum(state.startswith(words) for state in bare)) for words in VOUCHER_WORDS.values())
    return tuple((words, count) for words, count in (("图片", pictures), *reasons) if count)


def _seal(session: Session, version: Version) -> str:
    return seal_code(session.get_one(Leaf, version.leaf_id).hash)


def _previous(session: Session, version: Version) -> tuple[int, str] | None:
    before = publication_of(session, version.village_id, version.number - 1) if version.number else None
    return (before.number, _seal(session, before)) if before is not None and before.number else None


def faces_of(session: Session, version_id: int) -> tuple[SheetRow, ...]:
    """The public faces in the clerk's order; erased values are left out, redacted ones say so."""
    found = session.execute(
        select(Thing.number, RowFace.clear, RowFace.fields, RowFace.erasure_id, Row.id)
        .select_from(VersionRow)
        .join(RowFace, RowFace.id == VersionRow.row_face_id)
        .join(Row, Row.id == VersionRow.row_id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version_id)
        .order_by(VersionRow.position)
    ).all()
    gone = redacted_fields(session, version_id)
    return tuple(
        SheetRow(
            number,
            {**clear, **{name: one.get("value") for name, one in fields.items() if name != ORIGINAL}}
            | dict.fromkeys(gone.get(row_id, frozenset()) & fields.keys(), STUB),
            erasure is not None and row_id not in gone,
        )
        for number, clear, fields, erasure, row_id in found
    )


def _with_paper(session: Session, version: Version, rows: tuple[SheetRow, ...]) -> tuple[SheetRow, ...]:
    """The faces with what hangs on the board only (decision 12), under the same rules about names and numbers."""
    section = section_of(version)
    if not section.stays:
        return rows
    held = session.execute(
        select(Thing.number, Row.facts)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version.id)
    )
    officers = officers_of(session, version.village_id)
    paper: dict[int, dict[str, Any]] = {}
    for number, facts in held:
        if section.web(facts) != facts:
            whole = public_values(section, facts, officers=officers, on_paper=True)
            paper[number] = whole.clear | whole.salted
    return tuple(
        replace(one, values={**paper[one.number], **one.values}) if one.number in paper and not one.erased else one
        for one in rows
    )


def _drafted(session: Session, version_id: int) -> tuple[SheetRow, ...]:
    """The rows that wait for their review, and who stands aside from which."""
    aside: dict[int, list[str]] = {}
    for thing_id, name in session.execute(
        select(Recusal.thing_id, Person.name)
        .join(Person, Person.id == Recusal.person_id)
        .where(Recusal.version_id == version_id)
        .order_by(Recusal.id)
    ):
        aside.setdefault(thing_id, []).append(name)
    found = session.execute(
        select(Thing.number, Thing.id, Row.facts)
        .select_from(VersionRow)
        .join(Row, Row.id == VersionRow.row_id)
        .join(Thing, Thing.id == Row.thing_id)
        .where(VersionRow.version_id == version_id)
        .order_by(VersionRow.position)
    )
    return tuple(SheetRow(number, facts, aside=tuple(aside.get(thing, ()))) for number, thing, facts in found)


def _signed(session: Session, version_id: int) -> tuple[Signed, ...]:
    found = session.scalars(select(VersionFact).where(VersionFact.version_id == version_id).order_by(VersionFact.id))
    return tuple(
        Signed(
            str(one.value.get("name", "")),
            str(one.value.get("post", "")),
            bool(one.value.get("agrees")),
            objection_of(one.value),
            _how(one.value),
        )
        for one in found
        if one.name.startswith("review:") and one.value
    )


def _how(vote: Mapping[str, Any]) -> str:
    if vote.get("on_paper"):
        return "纸上签字" + (f"，由{vote['entered_by']}录入" if vote.get("entered_by") else "")
    return "代为操作" if vote.get("on_behalf") else "网上签字"
