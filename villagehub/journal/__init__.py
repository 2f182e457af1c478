"""The journal: who did what, when, with which object; append-only, one hash chain per village and one for the site.

Decisions: entries are only added (triggers of storage refuse the rest); event names are a closed list; village 0 is the
site as a whole. Each entry carries the hash of the one before it, so that a publication's leaf can name the journal up to
that moment (evidence.md ``journal_root``). Writers of one village queue at its row of ``journal_head``.
"""

from villagehub.journal.actions import lock_journal, record
from villagehub.journal.by_clock import CLOCK, SITE, note_alarm, record_by_clock
from villagehub.journal.events import Event
from villagehub.journal.queries import chain_head, first_break, heads_before

__all__ = [
    "CLOCK",
    "SITE",
    "Event",
    "chain_head",
    "first_break",
    "heads_before",
    "lock_journal",
    "note_alarm",
    "record",
    "record_by_clock",
]
