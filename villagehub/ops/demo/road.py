"""Walks the diary's steps by the same actions as the pages: receive, check, accept, submit, sign, publish, correct.

Needs an application context. Nothing here writes a row, a stage or a page by itself.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.accounts.queries import actor_of
from villagehub.accounts.rules import Permission, why_not
from villagehub.config import Settings
from villagehub.disclosures import office
from villagehub.disclosures.due import ensure_default_rules
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.disclosures.policy import Policy, policy_of
from villagehub.disclosures.scope import Account
from villagehub.ledgers.actions import accept, confirm, keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of, vault_of
from villagehub.ledgers.report import open_questions
from villagehub.ops.demo.people import login_of
from villagehub.ops.demo.plan import Diary, Paperwork, Step, Verb
from villagehub.ops.demo.villages import DemoVillage, group_name, place_list
from villagehub.places.actions import add_group, take_over_list
from villagehub.places.official_list import read_list
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import Vault

STEPS_AT_ONCE: Final = 25
"""Steps of one transaction: a kill loses the whole half-made county anyway, and the disk is asked less often."""


def settle_places(session: Session, villages: Sequence[DemoVillage], county: tuple[str, str], *, now: datetime) -> None:
    """Takes the invented county's list over, with its groups of villagers and the default due dates."""
    listed, problems = read_list(place_list(villages, *county))
    if problems:
        raise ValueError(problems[0].message)
    take_over_list(session, listed, now=now)
    for village in villages:
        facts = read_village(session, village.code)
        for number in range(1, village.groups + 1):
            add_group(session, facts.id, str(number), group_name(number))
    ensure_default_rules(session)


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
            Verb.SUBMIT: self._submit,
            Verb.AGREE: self._agree,
            Verb.OBJECT: self._object,
            Verb.SEND_BACK: self._send_back,
            Verb.PUBLISH: self._publish,
            Verb.CORRECT: self._correct,
        }

    def walk(self, tick: Callable[[], object]) -> None:
        """All steps in order; ``tick`` is called after each."""
        with reading() as session:
            people = session.scalars(select(Person)).all()
            self._actors = {one.login: actor_of(session, one, now=self._diary.begins) for one in people}
        steps = iter(self._diary.steps)
        while some := list(islice(steps, STEPS_AT_ONCE)):
            with unit_of_work() as session:
                for step in some:
                    self._verbs[step.verb](session, step)
                    tick()

    def _paper(self, step: Step) -> Paperwork:
        return self._diary.paperwork[step.paperwork]

    def _hand(self, step: Step) -> office.Hand:
        login = login_of(self._paper(step).village, step.who)
        return office.Hand(self._actors[login], self._policy, step.at)

    def _account(self, session: Session, paper: Paperwork) -> Account:
        place = read_village(session, paper.village.code)
        return Account(place.id, paper.section, paper.period, paper.entity)

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
        number = session.scalars(
            select(Thing.number)
            .join(Row, Row.thing_id == Thing.id)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .where(VersionRow.version_id == wrong.id, Row.facts["summary"].as_string() == step.about)
        ).one()
        office.change_row(session, draft.id, number, hand, dict(step.facts), confirmed=True)
        self._versions[step.paperwork] = draft.id
