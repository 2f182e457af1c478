"""The two people of a change of the log's key, for tests that need one: proposed at the keyboard, confirmed by the township."""

from datetime import datetime

import pytest
from world import COUNTY

from villagehub.accounts.queries import actor_of, person_with_login
from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.storage import unit_of_work
from villagehub.transparency.key_changes import answer, newest_change
from villagehub.transparency.key_rules import State, WaitsForSecond
from villagehub.transparency.rotating import add_key, retire_key

STEPS = {"add": add_key, "retire": retire_key}


def agree_on(settings: Settings, step: str, *, who: str = COUNTY.supervisor, now: datetime | None = None) -> None:
    """The operator proposes the step, and somebody confirms it. Needs an application context."""
    moment = now or clock.now()
    with pytest.raises(WaitsForSecond):
        STEPS[step](settings, now=moment)
    with unit_of_work() as session:
        person = person_with_login(session, who)
        held = newest_change(session, now=moment)
        assert person is not None
        assert held is not None
        answer(session, settings, held.id, State.CONFIRMED, actor=actor_of(session, person, now=moment), now=moment)


def add_by_two(settings: Settings, *, now: datetime | None = None) -> str:
    """A new key, stated as two people agreed; its line."""
    agree_on(settings, "add", now=now)
    return add_key(settings, now=now or clock.now())


def retire_by_two(settings: Settings, *, now: datetime | None = None) -> tuple[str, str]:
    """The old key ended, as two people agreed; (old, new)."""
    agree_on(settings, "retire", now=now)
    return retire_key(settings, now=now or clock.now())
