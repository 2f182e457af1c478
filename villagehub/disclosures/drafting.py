"""Verbs on a draft as a whole: open, declare nothing to report, give a reason, submit, take back, abandon."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.disclosures import rules
from villagehub.disclosures.filling import all_facts, set_content
from villagehub.disclosures.models import AccountCadence, Disclosure, Version, VersionRow
from villagehub.disclosures.moves import (
    NewLink,
    add_author,
    drop_orphans,
    link_rows,
    lock_counter,
    move,
    must_be_draft,
    note,
    replace_links,
)
from villagehub.disclosures.policy import Policy
from villagehub.disclosures.public_words import said_of
from villagehub.disclosures.receipts import copy_receipts, drop_receipts, receipt_content, why_not_receipts
from villagehub.disclosures.scope import (
    Account,
    find_disclosure,
    last_published_before,
    latest_published,
    links_of,
    open_version,
    section_of,
    title_of,
)
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.disclosures.tracing import forget_traces
from villagehub.journal import Event
from villagehub.kernel.canonical import canonical, one_line
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.period import Cadence
from villagehub.sections import section_named
from villagehub.sections.base import LASTING, Section, Shape

CADENCE_WORDS = {Cadence.DAY: "按次", Cadence.MONTH: "按月", Cadence.QUARTER: "按季度", Cadence.YEAR: "按年"}


def open_draft(session: Session, account: Account, *, actor: Actor, now: datetime) -> Version:
    """The draft of a disclosure: the open one, a returned one taken up again, or a fresh one.

    After a publication the fresh version is a correction that names the one it supersedes. Raises UnderReview while
    the reviewers hold it, OverlappingPeriod where another cadence is in use.
    """
    lock_counter(session, account.village_id)
    section = section_named(account.section)
    disclosure = find_disclosure(session, account)
    if disclosure is None:
        _hold_cadence(session, account, section)
        disclosure = Disclosure(
            village_id=account.village_id,
            entity=account.entity,
            group_no=account.group_no,
            section=account.section,
            period=account.period,
            subject=account.subject,
            created_at=now,
        )
        session.add(disclosure)
        session.flush()
    held = open_version(session, disclosure)
    if held is not None:
        if held.stage in (Stage.SUBMITTED, Stage.REVIEWED):
            raise rules.UnderReview(title=title_of(disclosure))
        if held.stage == Stage.RETURNED:
            move(session, held, Stage.DRAFT, Event.VERSION_REOPENED, verb="再改", actor=actor, now=now)
        return held
    former = latest_published(session, disclosure)
    version = Version(
        village_id=account.village_id,
        disclosure_id=disclosure.id,
        stage=Stage.DRAFT,
        kind=VersionKind.CORRECTION if former else VersionKind.FULL,
        supersedes_id=former.id if former else None,
        created_at=now,
        drafted_by=actor.person_id,
        totals={},
    )
    session.add(version)
    session.flush()
    version.disclosure = disclosure
    add_author(session, version, actor)
    if former is not None:
        _copy_content(session, former, version)
        copy_receipts(session, former, version)
    elif section.shape in LASTING:
        before = last_published_before(session, disclosure)
        if before is not None:
            _copy_content(session, before, version)
    note(session, version, Event.VERSION_DRAFTED, actor=actor, now=now, detail={"kind": version.kind})
    return version


def _hold_cadence(session: Session, account: Account, section: Section) -> None:
    """Decision 6: the first period of a year fixes the cadence; another one is refused."""
    if section.shape is not Shape.FLOW:
        return
    year = account.period.first.year
    held = session.scalar(
        select(AccountCadence).where(
            AccountCadence.village_id == account.village_id,
            AccountCadence.entity == account.entity,
            AccountCadence.group_no == account.group_no,
            AccountCadence.section == account.section,
            AccountCadence.year == year,
        )
    )
    if held is None:
        session.add(
            AccountCadence(
                village_id=account.village_id,
                entity=account.entity,
                group_no=account.group_no,
                section=account.section,
                year=year,
                cadence=account.period.cadence.value,
            )
        )
    elif held.cadence != account.period.cadence:
        raise rules.OverlappingPeriod(
            year=year,
            section=section.title,
            held=CADENCE_WORDS[Cadence(held.cadence)],
            wanted=CADENCE_WORDS[account.period.cadence],
        )


def _copy_content(session: Session, source: Version, target: Version) -> None:
    links = [NewLink(target.id, link.position, link.row_id, link.source_row) for link in links_of(session, source.id)]
    link_rows(session, links)
    if section_of(target).shape is Shape.FLOW:
        target.opening_fen, target.closing_fen = source.opening_fen, source.closing_fen
        target.bank_fen, target.cash_fen = source.bank_fen, source.cash_fen
    target.totals = dict(source.totals)
    session.flush()


def declare_nil(session: Session, version: Version, *, actor: Actor, now: datetime) -> None:
    """Says that there was nothing of this kind in the period; it is reviewed and published like everything else."""
    must_be_draft(version, revision=None)
    replace_links(session, version, [])
    drop_receipts(session, version.id)
    version.kind = VersionKind.NIL if version.supersedes_id is None else version.kind
    set_content(session, version, [], None, None)
    add_author(session, version, actor)
    note(session, version, Event.NIL_DECLARED, actor=actor, now=now)


def give_reason(
    session: Session,
    version: Version,
    *,
    code: str,
    reason: str,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> None:
    """The reason of a correction, in the village's own words (at least 10 characters).

    Raises ReasonMissing, UnknownReasonCode, UnderReview, ChangedMeanwhile. Saying the same again changes nothing.
    """
    must_be_draft(version, revision=None)
    refusal = rules.why_not_reason_code(code) or rules.why_not_reason(reason, what="更正")
    if refusal:
        raise refusal
    said = hide_numbers(one_line(reason))
    if (version.reason_code, version.reason) == (code, said):
        return
    must_be_draft(version, revision=revision)
    version.reason_code, version.reason = code, said
    version.revision += 1
    add_author(session, version, actor)
    note(session, version, Event.REASON_GIVEN, actor=actor, now=now, detail={"code": code})


def submit(session: Session, version: Version, *, actor: Actor, policy: Policy, now: datetime) -> None:
    """Hands the draft to its reviewing body. The quorum rule and the content's digest are copied now (decision 16)."""
    title = title_of(version.disclosure)
    refusal = rules.why_not_move(title, version.stage, Stage.SUBMITTED, "送审")
    if refusal:
        raise refusal
    rows = links_of(session, version.id)
    if not rows and version.kind not in (VersionKind.NIL, VersionKind.WITHDRAWAL):
        raise rules.NothingToSubmit(title=title)
    if version.kind in (VersionKind.CORRECTION, VersionKind.WITHDRAWAL):
        # Its length was looked at when it was given; what an earlier submission hid in it may have made it longer.
        refusal = rules.why_not_reason(version.reason[: rules.LONGEST_REASON], what="更正")
        if refusal:
            raise refusal
    refusal = why_not_receipts(session, version, title)
    if refusal:
        raise refusal
    check_chain(session, version)
    # Only now: the rows may name people who were not in them when the reason was given.
    version.reason = said_of(session, version, version.reason)
    version.digest = draft_digest(session, version)
    version.votes_needed = policy.review_needed
    version.submitted_at, version.submitted_by = now, actor.person_id
    add_author(session, version, actor)
    move(session, version, Stage.SUBMITTED, Event.VERSION_SUBMITTED, verb="送审", actor=actor, now=now)


def draft_digest(session: Session, version: Version) -> str:
    """SHA-256 (hex) of all that a reviewer agrees to: rows, balances, kind, reason, receipts and the draft's revision."""
    content = {
        "rows": all_facts(session, version),
        "kind": version.kind,
        "reason": one_line(version.reason),
        "reason_code": version.reason_code,
        "balances": [version.opening_fen, version.closing_fen, version.bank_fen, version.cash_fen],
        "version": version.id,
        "revision": version.revision,
        **receipt_content(session, version.id),
    }
    return sha256(canonical(content)).hexdigest()


def check_chain(session: Session, version: Version) -> None:
    """Raises BrokenChain when a flow's opening is not the last published closing."""
    if section_of(version).shape is not Shape.FLOW:
        return
    before = last_published_before(session, version.disclosure)
    refusal = rules.why_not_chain(
        title_of(version.disclosure),
        opening_fen=version.opening_fen,
        last_closing_fen=before.closing_fen if before else None,
    )
    if refusal:
        raise refusal


def take_back(session: Session, version: Version, *, actor: Actor, now: datetime) -> None:
    """An author takes a submitted version back to a draft; the votes cast so far are void."""
    version.digest = None
    version.revision += 1
    move(session, version, Stage.DRAFT, Event.VERSION_TAKEN_BACK, verb="收回送审", actor=actor, now=now)


def abandon(session: Session, version: Version, *, actor: Actor, now: datetime) -> None:
    """Gives a draft up; its rows that no other version links are deleted, its upload and original stay."""
    before = set(session.scalars(select(VersionRow.row_id).where(VersionRow.version_id == version.id)))
    session.execute(delete(VersionRow).where(VersionRow.version_id == version.id))
    forget_traces(session, [version.id])
    drop_orphans(session, before)
    move(session, version, Stage.ABANDONED, Event.VERSION_ABANDONED, verb="作废", actor=actor, now=now)
