"""Takes the villagers' steps of the diary by the same actions as their pages: questions, answers, errands.

Needs an application context. Keeps which question or errand each case of the diary became.
"""

from typing import Final

from sqlalchemy.orm import Session

from villagehub.accounts.guard import app_secret
from villagehub.accounts.rules import Permission, why_not
from villagehub.cases import actions as errands
from villagehub.cases.guides import guides_of
from villagehub.cases.rules import Opening
from villagehub.cases.rules import Step as ErrandStep
from villagehub.cases.stages import State
from villagehub.config import Settings
from villagehub.disclosures.office import Hand
from villagehub.ops.demo.diary import Step, Verb
from villagehub.places.queries import VillageFacts
from villagehub.questions.actions import Asked, Policy, ask, last_line, move, raise_overdue
from villagehub.questions.stages import Move


class Hearing:
    """The villagers' side of one diary."""

    VERBS: Final = frozenset(
        {
            Verb.VILLAGER_ASKS,
            Verb.HAND_ON,
            Verb.REPLY,
            Verb.REACT,
            Verb.OVERDUE,
            Verb.ERRAND_OPEN,
            Verb.ERRAND_STEP,
        }
    )

    def __init__(self, settings: Settings) -> None:
        self._policy = Policy(settings.reply_days, settings.discipline_line, app_secret())
        self._questions: dict[str, int] = {}
        self._errands: dict[str, int] = {}

    def take(
        self,
        session: Session,
        village: VillageFacts,
        step: Step,
        hand: Hand | None,
        *,
        number: int | None,
        item: int | None,
    ) -> None:
        """One step in this village; ``number`` is the publication that the step's paper became by then, ``item`` its row."""
        if step.verb is Verb.VILLAGER_ASKS:
            source = dict(step.facts).get("source", "web")
            asked = Asked(step.words, number if item else None, item, source=source)
            actor = hand.actor if hand else None
            held = ask(session, village.id, asked, policy=self._policy, actor=actor, now=step.at)
            self._questions[step.case] = held.id
        elif step.verb is Verb.OVERDUE:
            raise_overdue(session, self._questions[step.case], now=step.at)
        elif step.verb in (Verb.ERRAND_OPEN, Verb.ERRAND_STEP):
            self._errand(session, village, step, _held(hand))
        else:
            self._move(session, village, step, hand, number)

    def _move(self, session: Session, village: VillageFacts, step: Step, hand: Hand | None, number: int | None) -> None:
        facts, question = dict(step.facts), self._questions[step.case]
        verb = {Verb.HAND_ON: Move.HAND_ON, Verb.REPLY: Move.ANSWER, Verb.REACT: Move(facts.get("move", Move.SOLVED))}
        taken = Move.SETTLE if facts.get("settles") else verb[step.verb]
        needed = {Move.HAND_ON: Permission.READ_QUESTION, Move.SETTLE: Permission.SUPERVISE}
        if hand is not None:
            _must(hand, needed.get(taken, Permission.ANSWER_QUESTION), village)
        move(
            session,
            question,
            taken,
            step.words,
            seen=last_line(session, question).seq,
            actor=hand.actor if hand else None,
            now=step.at,
            correction=number if facts.get("corrects") else None,
        )

    def _errand(self, session: Session, village: VillageFacts, step: Step, hand: Hand) -> None:
        _must(hand, Permission.HANDLE_ERRAND, village)
        facts, doing = dict(step.facts), errands.Hand(hand.actor, step.at)
        if step.verb is Verb.ERRAND_OPEN:
            # In the first days of a year the guides may not be public yet: then it is taken in without one.
            guide = next((one.number for one in guides_of(session, village.id) if one.name == step.about), None)
            opening = Opening(step.about, int(facts["days"]), facts["name"], guide=guide)
            made = errands.open_errand(session, village.id, opening, doing, secret=self._policy.secret)
            self._errands[step.case] = made.id
            return
        errand = self._errands[step.case]
        taken = ErrandStep(State(facts["state"]), step.words, facts.get("office", ""), facts.get("office_phone", ""))
        errands.take_step(session, errand, taken, doing, seen=errands.last_line(session, errand).seq)


def _must(hand: Hand, permission: Permission, village: VillageFacts) -> None:
    refusal = why_not(hand.actor, permission, village)
    if refusal:
        raise refusal


def _held(hand: Hand | None) -> Hand:
    if hand is None:
        raise ValueError("an errand is taken in by somebody")
    return hand
