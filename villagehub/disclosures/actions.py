"""The room's verbs in one place; each stands in the file named after its noun."""

from villagehub.disclosures.correcting import correct_row
from villagehub.disclosures.drafting import abandon, declare_nil, give_reason, open_draft, submit, take_back
from villagehub.disclosures.filling import Changes, put_rows, set_balances
from villagehub.disclosures.incoming import NewRow
from villagehub.disclosures.publishing import publish, why_not_publish
from villagehub.disclosures.reviewing import send_back, stand_aside, vote
from villagehub.disclosures.undoing import TakenBack, undo_filling

__all__ = [
    "Changes",
    "NewRow",
    "TakenBack",
    "abandon",
    "correct_row",
    "declare_nil",
    "give_reason",
    "open_draft",
    "publish",
    "put_rows",
    "send_back",
    "set_balances",
    "stand_aside",
    "submit",
    "take_back",
    "undo_filling",
    "vote",
    "why_not_publish",
]
