"""Emergency hide (decision 20): one person takes a publication off the public pages at once; others decide what stays.

For personal information it stays hidden until the township decides. For another cause a second person of another post
confirms within a day, else the clock brings it back. Nothing sealed is touched: a hide is a record beside the publication.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import Permission, why_not
from villagehub.accounts.two_people import WORDS_LENGTH
from villagehub.disclosures.books import post_over
from villagehub.disclosures.hidden import ENDS, OTHER, PRIVACY
from villagehub.disclosures.hiding_models import Hide, HideEvent
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.moves import lock_counter
from villagehub.disclosures.public_words import said_of
from villagehub.disclosures.scope import latest_published, title_of, version_with_id
from villagehub.journal import CLOCK, Event, record
from villagehub.kernel.canonical import one_line
from villagehub.kernel.ids import LARGEST_ID
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.queries import read_village_by_id
from villagehub.storage.tables import mark_dirty
from villagehub.storage.text_index import forget_versions

A_DAY: Final = timedelta(days=1)


class NotPublic(Refused):
    """Only what villagers can see can be hidden."""

    code = "not_public"
    message = "{title}还没有公开，村民看不到，不用撤下。"
    fix = "草稿有错，直接在草稿里改。"
    status = 409


class NoCause(Refused):
    """Neither of the two causes was chosen."""

    code = "no_cause"
    message = "没有选为什么撤下。"
    fix = "有身份证号、电话、病情、不该公开的人名，就选“露了个人信息”；别的选“其他”，写一句原因。"
    status = 422


class NoWords(Refused):
    """Villagers read why."""

    code = "no_words"
    message = "选了“其他”，还没有写清原因。"
    fix = "请写一句话，4 到 60 个字，例如“金额单位写错，正在核对”。村民会看到。"
    status = 422


class WordsUnseen(Refused):
    """Words beside personal information, which villagers would never read."""

    code = "words_unseen"
    message = "选了“露了个人信息”，村民看不到您写的这句话，还没有撤下。"
    fix = "真露了个人信息，请把这句话删掉再点；是别的原因，请选“其他”，这句话就给村民看。"
    status = 422


class HiddenAlready(Refused):
    """One hide at a time: the same page is not hidden beside what hides it already."""

    code = "hidden_already"
    message = "{title}已经撤下了，村民现在看不到，不用再撤一次。"
    fix = "要确认或者恢复，请到“撤下”那一页。{privacy}"
    status = 409


class AlreadyEnded(Refused):
    """The page is public again."""

    code = "already_ended"
    message = "这一页已经恢复公开了。"
    fix = "要再撤下，请重新点“马上撤下”。"
    status = 409


class LapsedBefore(Refused):
    """The same post hides again what came back because no other post confirmed it."""

    code = "lapsed_before"
    message = "这一页上次撤下后，一天里没有别的职务确认，已经恢复公开，不能由同一个职务再撤一次。"
    fix = "请另一个职务的人来撤，或给镇监督员打电话。内容写错了的，请走更正；露出个人信息的，请选“露了个人信息”。"
    status = 403


class SecondPost(Refused):
    """The second word comes from another post, never from the one who hid."""

    code = "second_post"
    message = "确认要由另一个职务的人来做。"
    fix = "村委会主任撤下的，由监委会主任或镇监督员确认；反过来也一样。"
    status = 403


class ForTheTownship(Refused):
    """Personal information comes back only by the township's decision; so does what was confirmed."""

    code = "for_the_township"
    message = "这一页要由镇里决定能不能恢复。"
    fix = "请给镇监督员打电话。内容有错的，可以先起草更正，改好后重新公开。"
    status = 403


def hide_now(session: Session, version_id: int, *, cause: str, words: str, actor: Actor, now: datetime) -> Hide:
    """Hides the disclosure of this version, up to its newest publication; the same once more changes nothing.

    Only personal information is hidden above another cause, which may end within the day.
    Raises NotFound, NotAllowed, NotPublic, NoCause, NoWords, WordsUnseen, HiddenAlready, LapsedBefore.
    """
    version = version_with_id(session, version_id)
    role = _post_of(actor, session, version.disclosure, Permission.HIDE)
    lock_counter(session, version.village_id)  # before looking: a publication may be under way
    session.refresh(version)
    newest = latest_published(session, version.disclosure)
    if version.number is None or newest is None or newest.number is None:
        raise NotPublic(title=title_of(version.disclosure))
    if cause not in (PRIVACY, OTHER):
        raise NoCause()
    said = said_of(session, version, words) if cause == OTHER else ""
    if cause == OTHER and not WORDS_LENGTH[0] <= len(one_line(words)) <= WORDS_LENGTH[1]:
        raise NoWords()
    if cause == PRIVACY and one_line(words):
        raise WordsUnseen()
    held = _held(session, version.disclosure_id, newest.number, cause)
    if held is not None and held.cause == cause and (cause == PRIVACY or _same(held, said, actor)):
        return held
    if held is not None:
        also = "露了个人信息的，请选“露了个人信息”再撤。" if held.cause == OTHER else ""
        raise HiddenAlready(title=title_of(version.disclosure), privacy=also)
    if cause == OTHER and _lapsed_before(session, version.disclosure_id, newest.number, role, actor):
        raise LapsedBefore()
    hide = Hide(
        village_id=version.village_id,
        disclosure_id=version.disclosure_id,
        version_id=newest.id,
        upto_number=newest.number,
        cause=cause,
        words=said,
        hidden_by=actor.person_id,
        role=role.value,
        hidden_at=now,
    )
    session.add(hide)
    session.flush()
    whole = select(Version.id).where(Version.disclosure_id == version.disclosure_id)
    forget_versions(session, version.village_id, session.scalars(whole).all())
    _note(session, hide, Event.PAGE_HIDDEN, actor=actor, now=now)
    return hide


def _held(session: Session, disclosure_id: int, number: int, cause: str) -> Hide | None:
    """What hides this publication already, as strongly as this cause would."""
    wanted = active().where(Hide.disclosure_id == disclosure_id, Hide.upto_number >= number)
    held = list(session.scalars(wanted.where(Hide.cause == PRIVACY) if cause == PRIVACY else wanted))
    return min(held, key=lambda one: (one.cause != PRIVACY, one.id)) if held else None


def _same(held: Hide, said: str, actor: Actor) -> bool:
    return held.hidden_by == actor.person_id and held.words == said


def _lapsed_before(session: Session, disclosure_id: int, number: int, role: Role, actor: Actor) -> bool:
    """Whether this post's own hide of this publication came back because nobody confirmed it: one voice is one day."""
    lapsed = exists().where(HideEvent.hide_id == Hide.id, HideEvent.kind == "lapsed")
    own = or_(Hide.role == role.value, Hide.hidden_by == actor.person_id)
    earlier = select(Hide.id).where(Hide.disclosure_id == disclosure_id, Hide.upto_number >= number, own, lapsed)
    return session.scalar(earlier.limit(1)) is not None


def confirm_hide(session: Session, hide_id: int, *, actor: Actor, now: datetime) -> None:
    """A second person of another post confirms a hide for another cause. Raises NotFound, SecondPost, AlreadyEnded."""
    hide = hold_hide(session, hide_id)
    role = _post_of(actor, session, _hidden(session, hide), Permission.HIDE)
    kinds = _open_kinds(session, hide)
    if hide.cause == PRIVACY or "confirmed" in kinds:
        return
    if actor.person_id == hide.hidden_by or role.value == hide.role:
        raise SecondPost()
    _add(session, hide, "confirmed", Event.HIDE_CONFIRMED, actor=actor, now=now)


def keep_hidden(session: Session, hide_id: int, *, actor: Actor, now: datetime) -> None:
    """The township decides that it stays hidden, until the village publishes a correction. Raises NotFound, AlreadyEnded."""
    hide = hold_hide(session, hide_id)
    _post_of(actor, session, _hidden(session, hide), Permission.SUPERVISE)
    if "kept" not in _open_kinds(session, hide):
        _add(session, hide, "kept", Event.HIDE_KEPT, actor=actor, now=now)


def lift_hide(session: Session, hide_id: int, *, actor: Actor, now: datetime) -> None:
    """Brings everything back. Personal information and what was confirmed: only the township; else also who hid it.

    Raises NotFound, ForTheTownship.
    """
    hide = hold_hide(session, hide_id)
    _post_of(actor, session, _hidden(session, hide), Permission.HIDE)
    kinds = set(_kinds(session, hide))
    if kinds & set(ENDS):
        return
    refusal = why_not_lift(session, hide, kinds, actor=actor)
    if refusal:
        raise refusal
    _add(session, hide, "lifted", Event.HIDE_LIFTED, actor=actor, now=now)


def why_not_lift(session: Session, hide: Hide, kinds: set[str], *, actor: Actor) -> Refused | None:
    """One rule, two readers: the action and the page that shows the button."""
    village = read_village_by_id(session, hide.village_id)
    if why_not(actor, Permission.SUPERVISE, village) is None:
        return None
    own = hide.cause == OTHER and hide.hidden_by == actor.person_id and not kinds & {"confirmed", "kept"}
    return None if own else ForTheTownship()


def lapse_hides(session: Session, *, now: datetime) -> list[int]:
    """Ends, each once, the hides for another cause that nobody confirmed within a day; the clock's work."""
    due = unconfirmed().where(Hide.hidden_at <= now - A_DAY)
    ended: list[int] = []
    for found in session.scalars(due).all():
        hide = hold_hide(session, found.id)
        if not set(_kinds(session, hide)) & {*ENDS, "confirmed", "kept"}:  # somebody may have been quicker
            _add(session, hide, "lapsed", Event.HIDE_LAPSED, actor=None, now=now)
            ended.append(hide.id)
    return ended


def active() -> Select[Hide]:
    """A select of the hides that have not ended, oldest first."""
    return select(Hide).where(~exists().where(HideEvent.hide_id == Hide.id, HideEvent.kind.in_(ENDS))).order_by(Hide.id)


def unconfirmed() -> Select[Hide]:
    """Of those the ones for another cause that wait for a second person."""
    said = exists().where(HideEvent.hide_id == Hide.id, HideEvent.kind.in_(("confirmed", "kept")))
    return active().where(Hide.cause == OTHER, ~said)


def hold_hide(session: Session, hide_id: int) -> Hide:
    """The hide, under its village's lock; raises NotFound."""
    hide = session.get(Hide, hide_id) if hide_id <= LARGEST_ID else None
    if hide is None:
        raise NotFound()
    lock_counter(session, hide.village_id)
    return hide


def _kinds(session: Session, hide: Hide) -> list[str]:
    return list(session.scalars(select(HideEvent.kind).where(HideEvent.hide_id == hide.id)))


def _open_kinds(session: Session, hide: Hide) -> set[str]:
    kinds = set(_kinds(session, hide))
    if kinds & set(ENDS):
        raise AlreadyEnded()
    return kinds


def _hidden(session: Session, hide: Hide) -> Disclosure:
    return session.get_one(Disclosure, hide.disclosure_id)


def _post_of(actor: Actor, session: Session, disclosure: Disclosure, permission: Permission) -> Role:
    """The post by which the person may, over these very books; raises NotFound, NotAllowed."""
    return post_over(actor, permission, read_village_by_id(session, disclosure.village_id), disclosure.entity)


def _add(session: Session, hide: Hide, kind: str, event: Event, *, actor: Actor | None, now: datetime) -> None:
    session.add(HideEvent(hide_id=hide.id, kind=kind, person_id=actor.person_id if actor else None, at=now))
    session.flush()
    _note(session, hide, event, actor=actor, now=now)


def _note(session: Session, hide: Hide, event: Event, *, actor: Actor | None, now: datetime) -> None:
    """The journal's event, and the generation: both workers' pages are out of date with this very commit."""
    version = session.get_one(Version, hide.version_id)
    record(
        session,
        event,
        village_id=hide.village_id,
        actor_id=actor.person_id if actor else None,
        actor_name=actor.name if actor else "系统",
        channel=actor.channel if actor else CLOCK,
        subject_kind="version",
        subject_id=hide.version_id,
        detail={"title": title_of(version.disclosure), "number": hide.upto_number, "cause": hide.cause},
        now=now,
    )
    mark_dirty(session, hide.village_id, f"version:{hide.version_id}", now=now)
