"""The room's verbs in one place; each stands in the file named after its noun."""

from villagehub.accounts.appointing import appoint, end_appointment, end_one
from villagehub.accounts.people import add_person, disable_person, end_sessions, give_password
from villagehub.accounts.sessions import begin_session, end_named_session, end_session, touch_session
from villagehub.accounts.throttle import claim_try, forgive_try

__all__ = [
    "add_person",
    "appoint",
    "begin_session",
    "claim_try",
    "disable_person",
    "end_appointment",
    "end_named_session",
    "end_one",
    "end_session",
    "end_sessions",
    "forgive_try",
    "give_password",
    "touch_session",
]
