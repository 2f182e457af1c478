"""Walks the diary's steps by the same actions as the pages: receive, check, accept, submit, sign, publish, correct.

Needs an application context. Nothing here writes a row, a stage or a page by itself.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.accounts.queries import actor_of
from villagehub.accounts.rules import Permission, why_not
from villagehub.config import Settings
from villagehub.disclosures import office
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.policy import Policy, policy_of
from villagehub.disclosures.receipt_models import ReceiptPage, VersionReceipt
from villagehub.disclosures.scope import Account
from villagehub.ledgers.actions import accept, confirm, keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of
from villagehub.ledgers.report import open_questions
from villagehub.ops.demo.diary import Diary, Paperwork, Step, Verb
from villagehub.ops.demo.entry import Entry
from villagehub.ops.demo.hearing import Hearing
from villagehub.ops.demo.people import login_of
from villagehub.ops.demo.slips import covers_of, draw_slip, slip_words
from villagehub.ops.demo.villages import OPEN, DemoVillage, group_name, place_list
from villagehub.places.actions import add_group, take_over_list
from villagehub.places.official_list import read_list
from villagehub.places.queries import read_village
from villagehub.profiles.actions import save_profile
from villagehub.profiles.rules import read_profile_form
from villagehub.receipts.actions import choose_receipts, mask_receipt, state_vouchers, take_files
from villagehub.receipts.intake import bring_in
from villagehub.receipts.masking import Box, burn
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import Vault, vault_of
from villagehub.supervision.audits import Said, ask
from villagehub.supervision.waivers import grant_waiver

PICTURES: Final = 4
"""Payments with a picture."""
STEPS_AT_ONCE: Final = 25
"""Steps of one transaction: a kill loses the whole half-made county anyway, and the disk is asked less often."""


def settle_places(session: Session, villages: Sequence[DemoVillage], county: tuple[str, str], *, now: datetime) -> None:
    """Takes the invented county's list over, with its groups of villagers."""
    listed, problems = read_list(place_list(villages, *county))
    if problems:
        raise ValueError(problems[0].message)
    take_over_list(session, listed, now=now)
    for village in villages:
        facts = read_village(session, village.code)
        for number in range(1, village.groups + 1):
            add_group(session, facts.id, str(number), group_name(number))


class Walker:
    """Takes the steps of one diary, remembering which version came of which paperwork."""

    def __init__(self, diary: Diary, settings: Settings) -> None:
        self._diary = diary
        self._settings = settings
        self._policy: Policy = policy_of(settings)
        self._vault: Vault = vault_of(settings)
        self._versions: dict[int, int] = {}
        self._actors: dict[str, Actor] = {}
        self._verbs: dict[Verb, Callable[[Session, Step], None]] = {
            Verb.HAND_IN: self._hand_in,
            Verb.DECLARE_NIL: self._declare_nil,
            Verb.ATTACH: self._attach,
            Verb.SUBMIT: self._submit,
            Verb.AGREE: self._agree,
            Verb.OBJECT: self._object,
            Verb.SEND_BACK: self._send_back,
            Verb.PUBLISH: self._publish,
            Verb.CORRECT: self._correct,
            Verb.PUT_OFF: self._put_off,
            Verb.ASK: self._ask,
            **dict.fromkeys(Hearing.VERBS, self._hear),
        }
        self._hearing = Hearing(settings)

    def walk(self, tick: Callable[[], object]) -> None:
        """All steps in order; ``tick`` is called after each."""
        with reading() as session:
            people = session.scalars(select(Person)).all()
            self._actors = {one.login: actor_of(session, one, now=self._diary.begins) for one in people}
        self._introduce()
        steps = iter(self._diary.steps)
        while some := list(islice(steps, STEPS_AT_ONCE)):
            with unit_of_work() as session:
                for step in some:
                    self._verbs[step.verb](session, step)
                    tick()

    def _introduce(self) -> None:
        """Each head writes the village's own facts, which stand at the foot of its pages."""
        villages = {one.village.code: one.village for one in self._diary.paperwork}
        with unit_of_work() as session:
            for village in villages.values():
                who, head = village.officers, self._actors[login_of(village, "head")]
                in_turn = (f"{who.head}（主任）", f"{who.deputy}（副主任）", f"{who.women}（委员）")
                said = {
                    "phone": village.phone,
                    "hours": OPEN,
                    "address": "一组，村小学旁边",
                    **{f"who{day}": in_turn[day % len(in_turn)] for day in range(1, 6)},
                }
                place = read_village(session, village.code)
                facts = read_profile_form(said, agreed=False)
                save_profile(session, place.id, facts, revision=0, actor=head, now=self._diary.begins)

    def _paper(self, step: Step) -> Paperwork:
        return self._diary.paperwork[step.paperwork]

    def _hand(self, step: Step) -> office.Hand:
        login = login_of(self._paper(step).village, step.who)
        return office.Hand(self._actors[login], self._policy, step.at)

    def _account(self, session: Session, paper: Paperwork) -> Account:
        place = read_village(session, paper.village.code)
        return Account(place.id, paper.section, paper.period, paper.entity, paper.group_no)

    def _hand_in(self, session: Session, step: Step) -> None:
        paper, hand = self._paper(step), self._hand(step)
        place = read_village(session, paper.village.code)
        refusal = why_not(hand.actor, Permission.UPLOAD, place, entity=paper.entity)
        if refusal:
            raise refusal
        account = self._account(session, paper)
        sha256 = self._vault.keep(paper.raw)
        upload, _ = receive(
            session,
            account,
            sha256=sha256,
            size=len(paper.raw),
            filename=paper.filename,
            actor=hand.actor,
            now=step.at,
        )
        checked = check_bytes(paper.raw, paper.filename, account, self._settings)
        keep_report(session, upload, checked, report_of(checked))
        asked = [one["place"] for one in open_questions(upload.report, upload.confirmations)]
        confirm(session, upload, asked, actor=hand.actor, now=step.at)
        accept(session, upload, checked, actor=hand.actor, policy=self._policy, now=step.at)
        if upload.version_id is None:
            raise ValueError(f"{paper.filename}: accepted without a draft")
        self._versions[step.paperwork] = upload.version_id

    def _declare_nil(self, session: Session, step: Step) -> None:
        draft = office.start_nil(session, self._account(session, self._paper(step)), self._hand(step))
        self._versions[step.paperwork] = draft.id

    def _attach(self, session: Session, step: Step) -> None:
        """The largest payments get pictures, the smallest has no paper at all, the others' papers are at the township."""
        hand, paper, version_id = self._hand(step), self._paper(step), self._versions[step.paperwork]
        found = session.execute(
            select(Thing.number, Row)
            .join(Row, Row.thing_id == Thing.id)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .where(VersionRow.version_id == version_id, Row.direction == "out")
            .order_by(Row.amount_fen.desc(), Thing.number)
        ).all()
        fonts = Path(str(current_app.static_folder)) / "fonts"
        hidden: dict[int, tuple[Box, ...]] = {}
        for number, row in found[:PICTURES]:
            words = slip_words(paper.village, _entry_of(row))
            raw = draw_slip(words, fonts)
            name = f"{row.occurred_on.month if row.occurred_on else ''}月{row.facts.get('voucher_no', '')}.jpg"
            take_files(session, version_id, [bring_in(raw, name, self._settings)], hand, number=number)
            hidden[row.thing_id] = covers_of(words)
        links = select(VersionReceipt).where(VersionReceipt.version_id == version_id).order_by(VersionReceipt.id)
        for link in session.scalars(links).all():
            page = session.get_one(ReceiptPage, link.page_id)
            covers = hidden[link.thing_id or 0]
            burnt = burn(self._vault.read(page.sha256), covers)
            self._vault.keep(burnt.jpeg)
            mask_receipt(session, link.id, covers, burnt, hand)
        said = {number: ("agency", f"{place:03d}") for place, (number, _) in enumerate(found[PICTURES:-1], start=101)}
        state_vouchers(session, version_id, said | {number: ("none", "") for number, _ in found[-1:]}, hand)
        village = read_village(session, paper.village.code)
        head = self._actors[login_of(paper.village, "head")]
        choose_receipts(session, village.id, wanted=True, actor=head, now=step.at)

    def _submit(self, session: Session, step: Step) -> None:
        office.submit_version(session, self._versions[step.paperwork], self._hand(step))

    def _agree(self, session: Session, step: Step) -> None:
        office.cast_vote(session, self._versions[step.paperwork], self._hand(step), agrees=True)

    def _object(self, session: Session, step: Step) -> None:
        office.cast_vote(session, self._versions[step.paperwork], self._hand(step), agrees=False, objection=step.words)

    def _send_back(self, session: Session, step: Step) -> None:
        office.send_back(session, self._versions[step.paperwork], self._hand(step), reason=step.words)

    def _publish(self, session: Session, step: Step) -> None:
        office.publish_version(session, self._versions[step.paperwork], self._hand(step))

    def _correct(self, session: Session, step: Step) -> None:
        hand, village = self._hand(step), read_village(session, self._paper(step).village.code)
        wrong = session.get_one(Version, self._versions[step.paperwork])
        draft = office.start_correction(session, village, wrong.number or 0, hand, code="amount", reason=step.words)
        number = _number_of(session, wrong.id, step.about)
        office.change_row(session, draft.id, number, hand, dict(step.facts), confirmed=True)
        self._versions[step.paperwork] = draft.id

    def _put_off(self, session: Session, step: Step) -> None:
        paper, actor = self._paper(step), self._hand(step).actor
        village = read_village(session, paper.village.code)
        refusal = why_not(actor, Permission.SUPERVISE, village)
        if refusal:
            raise refusal
        grant_waiver(
            session,
            village,
            paper.section,
            paper.period,
            entity=paper.entity,
            group_no=paper.group_no,
            until=_day_of(step),
            reason=step.words,
            actor=actor,
            now=step.at,
        )

    def _ask(self, session: Session, step: Step) -> None:
        actor, version = self._hand(step).actor, session.get_one(Version, self._versions[step.paperwork])
        refusal = why_not(actor, Permission.SUPERVISE, read_village(session, self._paper(step).village.code))
        if refusal:
            raise refusal
        number = _number_of(session, version.id, step.about)
        ask(session, version, Said(step.words, _day_of(step)), number=number, actor=actor, now=step.at)

    def _hear(self, session: Session, step: Step) -> None:
        """What villagers ask and have done."""
        place = read_village(session, self._paper(step).village.code)
        version = session.get(Version, self._versions.get(step.paperwork, 0))
        number = version.number if version else None
        about_row = step.verb is Verb.VILLAGER_ASKS and bool(step.about)
        item = _number_of(session, version.id, step.about) if version and number and about_row else None
        self._hearing.take(session, place, step, self._hand(step) if step.who else None, number=number, item=item)


def _day_of(step: Step) -> date:
    if step.until is None:
        raise ValueError(f"{step.verb} names no day")
    return step.until


def _number_of(session: Session, version_id: int, summary: str) -> int:
    """The permanent number of the row with this summary."""
    return session.scalars(
        select(Thing.number)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version_id, Row.facts["summary"].as_string() == summary)
    ).one()


def _entry_of(row: Row) -> Entry:
    return Entry(
        row.occurred_on or date.min,
        str(row.facts.get("summary") or ""),
        "out",
        row.amount_fen or 0,
        "",
        row.counterparty or "",
        str(row.facts.get("voucher_no") or ""),
    )
