"""The room's verbs in one place; each stands in the file named after its noun."""

from villagehub.disclosures.correcting import correct_row
from villagehub.disclosures.drafting import abandon, declare_nil, give_reason, open_draft, submit, take_back
from villagehub.disclosures.filling import Changes, NewRow, put_rows, set_balances
from villagehub.disclosures.publishing import publish, why_not_publish
from villagehub.disclosures.reviewing import send_back, stand_aside, vote

__all__ = [
    "Changes",
    "NewRow",
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
    "vote",
    "why_not_publish",
]
