"""A checkpoint that was there and is not: it is signed once more, the same tree or its continuation, and that is noted. Whoever
takes it away also takes away what would show that the database was set back.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.journal import SITE, Event, note_alarm
from villagehub.journal.models import JournalEntry
from villagehub.kernel.clock import local_day
from villagehub.transparency.folder import CHECKPOINT, LogFolder
from villagehub.transparency.models import LogTree
from villagehub.web.logs import log


def is_gone(session: Session, folder: LogFolder) -> bool:
    """Whether the folder has no checkpoint though one was signed into it. To be asked before the next tree is put down.

    None is missed at the first signing, also where that was broken off after its tree was put down (its key's line is written
    next), nor where the database was restored and has caught up since: the folder is a new one.
    """
    if folder.checkpoint() is not None:
        return False
    trees = session.scalars(select(LogTree).order_by(LogTree.size.desc()).limit(2)).all()
    if not trees or (len(trees) == 1 and folder.vkey() is None):
        return False
    caught_up = session.scalar(
        select(func.max(JournalEntry.at)).where(
            JournalEntry.village_id == SITE, JournalEntry.event == Event.LOG_CAUGHT_UP
        )
    )
    return caught_up is None or caught_up < trees[0].signed_at


def note_gone(session: Session, *, now: datetime) -> None:
    """An error in the log, and in the site's journal once a day."""
    log.error("log_mended", files=[CHECKPOINT])
    note_alarm(
        session,
        Event.LOG_MENDED,
        subject_kind="log",
        detail={"files": [CHECKPOINT], "day": str(local_day(now))},
        quiet=timedelta(days=1),
        now=now,
    )
