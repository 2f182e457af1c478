"""A file read beside the request that brought it, so that a page can say how far it is.

How far it is stands in the database, because the next request may come to another worker. Who reads gives a sign of life every
second. A worker that died gives none: the original was kept before it was read, so whoever opens the page next has it read from
its beginning.
"""

import logging
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from flask import Flask, current_app
from sqlalchemy import delete, update

from villagehub.accounts.queries import actor_with_id
from villagehub.config import Settings
from villagehub.files.confined import Failure
from villagehub.kernel import clock
from villagehub.ledgers.actions import keep_report
from villagehub.ledgers.checking import report_of
from villagehub.ledgers.child import gave_up
from villagehub.ledgers.models import UploadReading
from villagehub.ledgers.queries import upload_with_id
from villagehub.ledgers.states import OPEN_STATES, UploadState
from villagehub.ledgers.taking import check_upload
from villagehub.storage import reading, unit_of_work

BEAT: Final = 1.0
"""Seconds between two signs of life."""
_LEASE: Final = timedelta(seconds=6)
_MOST_TRIES: Final = 3
"""A file at which three workers died is not tried a fourth time."""
_at_once = threading.BoundedSemaphore(2)
"""Each reading may take 300 MB: of one worker process not more than two run beside its requests."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far the reading of an upload is, in rows; ``whole`` is 0 until the file is open."""

    done: int
    whole: int

    @property
    def words(self) -> str:
        """The same in Chinese."""
        if not self.whole:
            return "文件收好了，正在打开。"
        return f"正在一行一行核对：核对了 {self.done:,} 行，一共 {self.whole:,} 行。"


class _Work(threading.Thread):
    """One reading: the file in a child process, and signs of life meanwhile."""

    def __init__(self, app: Flask, settings: Settings, upload_id: int, holder: str) -> None:
        super().__init__(daemon=True, name=f"reading-{upload_id}")
        self._app, self._settings, self._upload_id, self._holder = app, settings, upload_id, holder
        self.so_far = HowFar(0, 0)
        self._over = threading.Event()
        self.fault: Exception | None = None

    def run(self) -> None:
        beating = threading.Thread(target=self._beat, daemon=True)
        beating.start()
        try:
            with _at_once, self._app.app_context():
                with reading() as session:
                    actor = actor_with_id(
                        session, upload_with_id(session, self._upload_id).uploaded_by, now=clock.now()
                    )
                check_upload(self._upload_id, actor=actor, settings=self._settings, told=self._hear)
        except Exception as fault:  # told to the request that waits; the next one tries again
            self.fault = fault
            _log.warning("reading upload %s beside its request failed", self._upload_id, exc_info=True)
        finally:
            self._over.set()
            beating.join()
            self._let_go()

    def _hear(self, done: int, whole: int) -> None:
        self.so_far = HowFar(done, whole)

    def _beat(self) -> None:
        with self._app.app_context():
            while not self._over.wait(BEAT):
                values = {"done": self.so_far.done, "whole": self.so_far.whole, "held_until": clock.now() + _LEASE}
                try:
                    with unit_of_work() as session:
                        session.execute(self._mine(update(UploadReading)).values(**values))
                except Exception:  # a missed sign of life: at worst somebody reads the file once more
                    _log.warning("no sign of life for upload %s", self._upload_id, exc_info=True)

    def _let_go(self) -> None:
        """Off the table when it is read; else free at once for the next who asks."""
        try:
            with self._app.app_context(), unit_of_work() as session:
                if self.fault is None:
                    session.execute(self._mine(delete(UploadReading)))
                else:
                    session.execute(self._mine(update(UploadReading)).values(held_until=clock.now()))
        except Exception:  # the lease runs out by itself
            _log.warning("upload %s stays held until its lease ends", self._upload_id, exc_info=True)

    def _mine(self, statement: Any) -> Any:
        return statement.where(UploadReading.upload_id == self._upload_id, UploadReading.held_by == self._holder)


def read_beside(upload_id: int, settings: Settings) -> HowFar | None:
    """Has the upload read, unless somebody who gives signs of life is at it, and waits as long as a setting says; None once it
    is read. Most files are read by then, and no page of waiting is shown.

    Needs an application context and no open unit of work. Raises what reading it raised, if that was soon.
    """
    holder, now = secrets.token_hex(8), clock.now()
    with unit_of_work() as session:
        upload = upload_with_id(session, upload_id, lock=True)
        held = session.get(UploadReading, upload_id)
        if held is not None and held.held_until > now:
            return HowFar(held.done, held.whole)
        if held is None:
            held = UploadReading(upload_id=upload_id, tries=0)
            session.add(held)
        elif held.tries >= _MOST_TRIES:
            checked = gave_up(upload.section, Failure.DIED)
            keep_report(session, upload, checked, report_of(checked))
            session.delete(held)
            return None
        held.held_by, held.held_until, held.tries, held.done, held.whole = holder, now + _LEASE, held.tries + 1, 0, 0
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    work = _Work(app, settings, upload_id, holder)
    work.start()
    work.join(settings.upload_wait)
    if work.is_alive():
        return work.so_far
    if work.fault is not None:
        raise work.fault
    return None


def follow(upload_id: int, settings: Settings) -> HowFar | None:
    """How far the reading of the upload is, begun anew where it had stopped; None where there is nothing to read any more.

    As ``read_beside``.
    """
    with reading() as session:
        upload = upload_with_id(session, upload_id)
        held = session.get(UploadReading, upload_id)
        unread = upload.state == UploadState.RECEIVED or (held is not None and upload.state in OPEN_STATES)
        if unread and held is not None and held.held_until > clock.now():
            return HowFar(held.done, held.whole)
    return read_beside(upload_id, settings) if unread else None
