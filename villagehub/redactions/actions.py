"""The verbs: propose, withdraw, confirm, and the clock's lapse. Whatever is erased is erased with its leaf in one transaction."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import REDACTION_PAIRS, TABLE, Permission, covers
from villagehub.accounts.two_people import LIFETIME, WORDS_LENGTH, SamePerson, why_not_pair
from villagehub.config import Settings
from villagehub.disclosures.books import entities_over, post_over
from villagehub.disclosures.erasing import erase_fields, redaction_members
from villagehub.disclosures.models import Row, Version
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.redacted import BASES, STUB
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent, RedactionItem
from villagehub.disclosures.redaction_stages import State
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.disclosures.stages import Stage
from villagehub.journal import CLOCK, Event, record
from villagehub.kernel.canonical import canonical, one_line
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.masking import hide_numbers
from villagehub.kernel.refused import NotFound, Refused
from villagehub.kernel.same_words import holds
from villagehub.ledgers.cutting_out import (
    Copy,
    Spot,
    bundles_of,
    forget_words,
    make_copies,
    replace_originals,
    uploads_of,
)
from villagehub.places.queries import read_village_by_id
from villagehub.public.models import StoredPage
from villagehub.questions import redacting as questions
from villagehub.redactions import rules
from villagehub.redactions.items import faces_of, item_of, keep_items, must_be_there, names_in, pictures_there
from villagehub.redactions.pictures import (
    Picture,
    keep_card,
    pictures_of,
    replace_pictures,
    showing_pictures,
)
from villagehub.redactions.reach import Cell, Chosen, accounts_of, digest_of, showing, spread, under_review
from villagehub.redactions.said import Said, items_of, said_of, said_there
from villagehub.storage import reading
from villagehub.storage.tables import mark_dirty
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.log import append, keep_leaf
from villagehub.transparency.tiles import LARGEST_LEAF


def propose(
    session: Session,
    version_id: int,
    chosen: Chosen,
    *,
    said: Collection[str] = (),
    pictures: Collection[int] = (),
    basis: str,
    words: str,
    actor: Actor,
    now: datetime,
) -> Redaction:
    """Puts down what is to go, by row and field, without any of its content; ``said`` names sealed facts, the correction's own
    words and reviewers' objections; ``pictures`` are masks of vouchers that the publication shows.

    Raises NotFound, NotAllowed, NothingChosen, NotToBeRedacted, NoSuchWords, NoSuchPicture, TooManyRows, TooManyPictures,
    LeafTooSmall, NoBasis, NoReason, QuotesItself, WaitingAlready.
    """
    version = version_with_id(session, version_id)
    role = post_of(session, version, actor)
    lock_counter(session, version.village_id)
    session.refresh(version)
    if version.stage != Stage.PUBLISHED:
        raise NotFound()
    if session.scalar(_waiting().where(Redaction.version_id == version.id).limit(1)):
        raise rules.WaitingAlready()
    if not any(chosen.values()) and not said and not pictures:
        raise rules.NothingChosen()
    if len(chosen) > rules.MOST_ROWS:  # before anything is looked up for each
        raise rules.TooManyRows(rows=len(chosen), most=rules.MOST_ROWS)
    cells = spread(session, {row_id: names for row_id, names in chosen.items() if names})
    must_be_there(session, version, chosen, cells)
    gone = pictures_there(session, version, pictures)
    told = said_there(session, version, said)
    rows = {one.row_id for one in cells}
    if len(rows) > rules.MOST_ROWS:
        raise rules.TooManyRows(rows=len(rows), most=rules.MOST_ROWS)
    names = [one.name for one in told]
    if not rules.fits_a_leaf(faces_of(session, cells), LARGEST_LEAF, said=names, pictures=len(gone)):
        raise rules.LeafTooSmall()
    if basis not in BASES:
        raise rules.NoBasis()
    why = hide_numbers(one_line(words))
    if not WORDS_LENGTH[0] <= len(why) <= WORDS_LENGTH[1]:
        raise rules.NoReason()
    if any(holds(why, text) for text in (*(one.text for one in cells), *(one.text for one in told))):
        raise rules.QuotesItself()
    made = Redaction(
        village_id=version.village_id,
        version_id=version.id,
        basis=basis,
        words=why,
        proposed_by=actor.person_id,
        role=role.value,
        proposed_at=now,
        until=now + LIFETIME,
    )
    session.add(made)
    session.flush()
    session.add_all(
        RedactionItem(redaction_id=made.id, row_id=one.row_id, field=one.field, asked=one.asked) for one in cells
    )
    session.add_all(items_of(made, told))
    session.add_all(item_of(made, one) for one in gone)
    _note(session, made, Event.REDACTION_PROPOSED, actor=actor, now=now)
    return made


def withdraw(session: Session, redaction_id: int, *, actor: Actor, now: datetime) -> None:
    """Takes a proposal back before it is confirmed: who made it, or anybody who could confirm it. Raises NotFound, Ended."""
    held = hold(session, redaction_id)
    role = post_of(session, session.get_one(Version, held.version_id), actor)
    _end(session, held, State.WITHDRAWN, role=role.value, person_id=actor.person_id, now=now)
    _note(session, held, Event.REDACTION_WITHDRAWN, actor=actor, now=now)


def list_lapsed(session: Session, *, now: datetime) -> list[int]:
    """Proposals whose time is over and that nobody ended."""
    return list(session.scalars(_waiting().where(Redaction.until <= now).order_by(Redaction.id)))


def list_unconfirmed(session: Session, villages: Collection[int], *, now: datetime) -> list[Redaction]:
    """Proposals of these villages that wait for their second person."""
    wanted = select(Redaction).where(Redaction.id.in_(_waiting()), Redaction.until > now)
    return list(session.scalars(wanted.where(Redaction.village_id.in_(villages)).order_by(Redaction.id)))


def lapse(session: Session, redaction_id: int, *, now: datetime) -> int:
    """The clock ends a proposal whose time is over; 0 where somebody was quicker."""
    held = hold(session, redaction_id)
    if state_of(session, held) is not State.PROPOSED or held.until > now:
        return 0
    _end(session, held, State.LAPSED, role="", person_id=None, now=now)
    _note(session, held, Event.REDACTION_LAPSED, actor=None, now=now)
    return 1


@dataclass(frozen=True, slots=True)
class Ready:
    """What a confirmation has prepared: copies of originals without the cells, in the vault and not yet named."""

    copies: tuple[Copy, ...]
    seen: str
    card: tuple[str, int] | None = None
    """What stands for vouchers' pictures: SHA-256 and size; None where none go."""


def prepare(redaction_id: int, *, seen: str, actor: Actor, settings: Settings, now: datetime) -> Ready:
    """Looks whether this person may confirm, and makes the copies of the originals. Needs no open unit of work.

    Raises what ``confirm`` raises, and NotCut.
    """
    with reading() as session:
        held = hold(session, redaction_id, lock=False)
        cells, _, pictures, _ = _must_be_confirmable(session, held, seen=seen, actor=actor, now=now)
        found = {one.id: one for one in session.scalars(select(Row).where(Row.id.in_({cell.row_id for cell in cells})))}
        spots = [
            Spot(row.source_sha256, row.source_sheet or "", row.source_row, names_in(cells, row.id))
            for row in found.values()
            if row.source_sha256 and row.source_row
        ]
        books = accounts_of(session, showing(session, found))
        uploads = uploads_of(session, held.village_id, {one.sha256 for one in spots}, books)
        bundles = bundles_of(session, uploads)
    words = {one.text for one in cells if one.asked}
    return Ready(
        tuple(make_copies(settings, uploads, bundles, spots, words)), seen, keep_card(settings) if pictures else None
    )


def confirm(
    session: Session,
    redaction_id: int,
    ready: Ready,
    *,
    actor: Actor,
    settings: Settings,
    now: datetime,
    sign: Callable[[int], None],
) -> None:
    """Erases, for good. Everything in the caller's transaction: rows, faces, index, records of uploads, questions, stored pages,
    the originals' replacement, the event and the leaf with its place in the log. ``sign`` uses up the signature, given the
    village; the log's head, which all villages share, is locked after it.

    Raises NotFound, NotAllowed, SamePerson, WrongPair, Ended, ChangedSince, UnderReviewNow, LeafTooSmall, LogBehind.
    """
    held = hold(session, redaction_id)
    cells, said, pictures, role = _must_be_confirmable(session, held, seen=ready.seen, actor=actor, now=now)
    keep_items(session, held, cells, said, pictures)
    version = session.get_one(Version, held.version_id)
    fields = {row_id: names_in(cells, row_id) for row_id in {one.row_id for one in cells}}
    words = {one.text for one in cells if one.asked} | {one.text for one in said}
    versions = showing(session, fields)
    uploads = uploads_of(session, held.village_id, _hashes(session, fields), accounts_of(session, versions))
    erased = erase_fields(
        session,
        held.village_id,
        fields,
        version,
        said={one.name for one in said},
        pictures={one.sha256 for one in pictures},
        basis=f"{BASES[held.basis]}：{held.words}",
        people=(held.proposed_by, actor.person_id),
        now=now,
    )
    questions.forget_words(session, held.village_id, words=words, instead=STUB)
    forget_words(session, uploads, words, STUB)
    replace_originals(session, ready.copies, erased.erasure_id, now=now)
    if ready.card is not None:
        replace_pictures(session, pictures, ready.card, erased.erasure_id, now=now)
    session.execute(delete(StoredPage).where(StoredPage.village_id == held.village_id))
    members = redaction_members(session, version, erased, basis=held.basis, roles=(held.role, role.value), now=now)
    if len(canonical(members)) > LARGEST_LEAF:  # faces may have come since the proposal
        raise rules.LeafTooSmall()
    leaf = keep_leaf(session, members, now=now)
    _end(
        session,
        held,
        State.CONFIRMED,
        role=role.value,
        person_id=actor.person_id,
        now=now,
        erasure_id=erased.erasure_id,
        leaf_id=leaf.id,
    )
    _note(session, held, Event.REDACTED, actor=actor, now=now, leaf=leaf.hash.hex())
    mark_dirty(session, held.village_id, f"version:{version.id}", now=now)
    sign(held.village_id)
    append(session, leaf, LogFolder(settings.log))


def post_of(session: Session, version: Version, actor: Actor) -> Role:
    """The post by which the person may redact in these books; raises NeedsSignIn, NotFound, NotAllowed."""
    village = read_village_by_id(session, version.village_id)
    return post_over(actor, Permission.REDACT, village, version.disclosure.entity)


def hold(session: Session, redaction_id: int, *, lock: bool = True) -> Redaction:
    """The proposal, under its village's lock; raises NotFound."""
    held = session.get(Redaction, redaction_id) if redaction_id <= LARGEST_ID else None
    if held is None:
        raise NotFound()
    if lock:
        lock_counter(session, held.village_id)
    return held


def state_of(session: Session, held: Redaction) -> State:
    """Where the proposal stands."""
    kind = session.scalar(select(RedactionEvent.kind).where(RedactionEvent.redaction_id == held.id))
    return State(kind) if kind else State.PROPOSED


def why_not_confirm(
    session: Session, held: Redaction, *, actor: Actor, now: datetime
) -> tuple[Role | None, Refused | None]:
    """One rule, two readers: the action and the page that shows the button. Answers the post, or why not."""
    version = session.get_one(Version, held.version_id)
    village = read_village_by_id(session, held.village_id)
    post_over(actor, Permission.REDACT, village, version.disclosure.entity)
    state = state_of(session, held)
    if state is State.PROPOSED and held.until <= now:
        state = State.LAPSED
    refusal = rules.why_not_end(state, State.CONFIRMED)
    if refusal is None and actor.person_id == held.proposed_by:
        refusal = SamePerson()
    entities = ("", *entities_over(version.disclosure.entity))
    mine = [
        one.role
        for one in actor.appointments
        if one.role in TABLE[Permission.REDACT] and covers(one, village) and one.entity in entities
    ]
    fits, wrong = why_not_pair(REDACTION_PAIRS, Role(held.role), mine)
    return fits, refusal or wrong


def cells_of(session: Session, held: Redaction) -> list[Cell]:
    """The cells of a proposal as they stand now; what has gone meanwhile is not among them."""
    items = list(session.scalars(select(RedactionItem).where(RedactionItem.redaction_id == held.id)))
    asked: dict[int, list[str]] = {}
    for one in items:
        if one.row_id is not None and one.asked:
            asked.setdefault(one.row_id, []).append(one.field)
    return [one for one in spread(session, asked) if one.text] if asked else []


def _must_be_confirmable(
    session: Session, held: Redaction, *, seen: str, actor: Actor, now: datetime
) -> tuple[list[Cell], list[Said], list[Picture], Role]:
    role, refusal = why_not_confirm(session, held, actor=actor, now=now)
    if refusal is not None or role is None:
        raise refusal or NotFound()
    cells, said, pictures = cells_of(session, held), said_of(session, held), pictures_of(session, held)
    if seen != digest_of(cells, said, pictures):
        raise rules.ChangedSince()
    waiting = under_review([*showing(session, {one.row_id for one in cells}), *showing_pictures(session, pictures)])
    if waiting:
        raise rules.UnderReviewNow(title=waiting)
    return cells, said, pictures, role


def _hashes(session: Session, row_ids: Sequence[int] | dict[int, tuple[str, ...]]) -> set[str]:
    found = session.scalars(select(Row.source_sha256).where(Row.id.in_(list(row_ids))))
    return {one for one in found if one}


def _waiting() -> Select[int]:
    ended = exists().where(RedactionEvent.redaction_id == Redaction.id)
    return select(Redaction.id).where(~ended)


def _end(
    session: Session,
    held: Redaction,
    state: State,
    *,
    role: str,
    person_id: int | None,
    now: datetime,
    erasure_id: int | None = None,
    leaf_id: int | None = None,
) -> None:
    refusal = rules.why_not_end(state_of(session, held), state)
    if refusal:
        raise refusal
    ended = RedactionEvent(redaction_id=held.id, kind=state.value, person_id=person_id, role=role, at=now)
    ended.erasure_id, ended.leaf_id = erasure_id, leaf_id
    session.add(ended)
    session.flush()


def _note(
    session: Session, held: Redaction, event: Event, *, actor: Actor | None, now: datetime, leaf: str = ""
) -> None:
    """The journal's event; nothing of what goes stands in it, because the journal can never be emptied."""
    version = session.get_one(Version, held.version_id)
    record(
        session,
        event,
        village_id=held.village_id,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else "系统",
        channel=actor.channel if actor else CLOCK,
        subject_kind="version",
        subject_id=held.version_id,
        detail={
            "title": title_of(version.disclosure),
            "number": version.number or 0,
            "basis": held.basis,
            **({"leaf": leaf} if leaf else {}),
        },
        now=now,
    )
