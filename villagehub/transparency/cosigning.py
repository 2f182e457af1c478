"""Asks the witnesses for their cosignatures on the newest checkpoint (C2SP tlog-witness, the log's side), with back-off, and
puts what holds into the served checkpoint. A witness that has seen another history is reported, never argued with.
"""

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.transparency.checkpoints import Checkpoint, read_checkpoint
from villagehub.transparency.folder import CHECKPOINT, LogFolder
from villagehub.transparency.notes import BadNote, Note, read_note, read_signature, write_note
from villagehub.transparency.ours import folder_of
from villagehub.transparency.reading import NoTile, TileTree
from villagehub.transparency.witnesses import (
    Known,
    Witness,
    cosigned_by,
    forget_others,
    recall,
    remember,
    witnesses_of,
)
from villagehub.transparency.witnessing.request import write_submission

_SECONDS: Final = 10
_LARGEST: Final = 16 * 1024
_FIRST_WAIT: Final = 60
_LONGEST_WAIT: Final = 3600
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one witness answered: cosigned, or why not; ``against`` where it has seen another history."""

    witness: Witness
    fault: str = ""
    against: bool = False


class _Refusing(Exception):
    """The witness did not cosign; says why, without a full stop."""

    def __init__(self, why: str, *, size: int | None = None, against: bool = False, forked: bool = False) -> None:
        super().__init__(why)
        self.size, self.against, self.forked = size, against or forked, forked


def is_anybody_to_be_asked(settings: Settings) -> bool:
    """Whether a witness has not cosigned the newest checkpoint and its time has come. Reads two files, asks nobody."""
    folder = folder_of(settings)
    raw, now = folder.checkpoint(), int(clock.now().timestamp())
    held = recall(folder)
    return raw is not None and any(
        not _waits(held.get(one.verifier.vkey, Known()), now) and not cosigned_by(raw, [one])
        for one in witnesses_of(settings)
    )


def _waits(known: Known, now: int) -> bool:
    """Whether it is left alone for now. A clock that was set back must not silence a witness for long."""
    return now < known.next_at <= now + _LONGEST_WAIT


def ask_witnesses(settings: Settings, *, anew: bool = False) -> Iterator[Outcome]:
    """Asks each witness that has not cosigned the newest checkpoint and whose time has come; nobody is asked without need.
    With ``anew`` all are asked: a server that starts wants to know whether anybody has seen more than it has (evidence.md).
    """
    folder = folder_of(settings)
    forget_others(folder, witnesses_of(settings))
    for witness in witnesses_of(settings):
        raw = folder.checkpoint()
        if raw is None:
            return
        known = recall(folder).get(witness.verifier.vkey, Known())
        now = int(clock.now().timestamp())
        if anew or (not _waits(known, now) and not cosigned_by(raw, [witness])):
            yield _ask(folder, witness, known, raw, now)


def _ask(folder: LogFolder, witness: Witness, known: Known, raw: bytes, now: int) -> Outcome:
    try:
        note = read_note(raw)
        checkpoint = read_checkpoint(note.text)
        line = _line_from(folder, witness, known.size, checkpoint, note, raw)
    except _Refusing as fault:
        if fault.against and folder.checkpoint() != raw:
            return Outcome(witness, "日志刚刚又长了，下次再问")
        wait = min(_LONGEST_WAIT, _FIRST_WAIT << min(known.failures, 6))
        # Neither silence nor another size takes a fork back: only a cosignature does, or the operator.
        stands = known.against and not fault.against and (known.forked or fault.size is None)
        fresh = replace(
            known,
            size=known.size if stands or fault.size is None else fault.size,
            failures=known.failures + 1,
            first_failed_at=known.first_failed_at or now,
            next_at=now + wait,
            fault=known.fault if stands else str(fault),
            against=stands or fault.against,
            forked=fault.forked or (stands and known.forked),
        )
        with folder.lease(wait=True):
            remember(folder, witness.verifier.vkey, fresh)
            folder.settle()
        return Outcome(witness, str(fault), fault.against)
    except (BadNote, NoTile):
        return Outcome(witness, "自己的日志读不出来，没有问。请运行 villagehub log fsck")
    with folder.lease(wait=True):
        _put_line(folder, witness, note.text, line)
        remember(folder, witness.verifier.vkey, Known(size=checkpoint.size, seen_at=now))
        folder.settle()
    return Outcome(witness)


def _line_from(folder: LogFolder, witness: Witness, old: int, checkpoint: Checkpoint, note: Note, raw: bytes) -> str:
    """The witness's signature line. Where it knows another size than we believed, it is asked once more from there."""
    for last in (False, True):
        # A size beyond our own cannot be proved from; from 0 the witness answers with the size that it knows.
        since = old if old <= checkpoint.size else 0
        path = TileTree(checkpoint.size, folder.tile).consistency(since)
        own = write_note(note.text, [one.line for one in note.signatures if one.name == checkpoint.origin])
        status, body = _post(witness.url, write_submission(since, path, own))
        if status == 200:
            return _held_line(witness, note.text, body)
        if status != 409:
            raise _said_no(status)
        found = _SIZE.fullmatch(body)
        if found is None:
            raise _Refusing("回答看不懂（409 后面没有条数）")
        old = int(found[1])
        if old > checkpoint.size:
            raise _Refusing(f"它见过 {old} 条的日志，这里只有 {checkpoint.size} 条", size=old, against=True)
        if old == since and old:
            raise _Refusing(f"它见过的 {old} 条日志和这里的不一样", size=old, forked=True)
        if since and not old:
            raise _Refusing(
                f"它从前见过 {since} 条，现在说一条也没见过：它的记录可能丢了，请打电话问那家单位。下次从头请它签",
                size=0,
            )
        if last or not old:
            raise _Refusing("它的条数一直在变，下次再问", size=old)
    raise AssertionError


def _said_no(status: int) -> _Refusing:
    if status == 422:
        return _Refusing("它从前见过的日志，不是现在这份的开头", forked=True)
    why = {403: "它不认这个日志的签名", 404: "它没有登记这个日志"}.get(status, f"回答 {status}")
    return _Refusing(f"{why}。请把 villagehub log key 的一行发给它登记" if status in (403, 404) else why)


def _held_line(witness: Witness, text: str, body: bytes) -> str:
    """The one line of this witness that holds; others in the answer are passed over."""
    for one in body.decode("utf-8", "replace").splitlines():
        try:
            sign = read_signature(one)
        except BadNote:
            continue
        key = witness.verifier
        if (sign.name, sign.id) == (key.name, key.id) and key.holds(text, sign.raw):
            return sign.line
    raise _Refusing("回答里没有它的签名，或者签名是假的")


def _put_line(folder: LogFolder, witness: Witness, text: str, line: str) -> None:
    """Adds the line to the served checkpoint, unless the log has gone on meanwhile; needs the lease."""
    raw = folder.checkpoint()
    held = read_note(raw) if raw is not None else None
    if held is None or held.text != text:
        return
    key = (witness.verifier.name, witness.verifier.id)
    lines = [one.line for one in held.signatures if (one.name, one.id) != key]
    folder.put(CHECKPOINT, write_note(text, [*lines, line]))


def _post(url: str, raw: bytes) -> tuple[int, bytes]:
    """Status and body. Raises _Refusing when nobody answers."""
    asked = urllib.request.Request(f"{url}/add-checkpoint", raw, {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    try:
        try:
            with _OPENER.open(asked, timeout=_SECONDS) as answer:
                return int(answer.status), _read(answer)
        except urllib.error.HTTPError as fault:
            with fault:
                return fault.code, _read(fault)
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise _Refusing(f"没有回答（{str(getattr(fault, 'reason', fault))[:100]}）") from None


def _read(answer: Any) -> bytes:
    """At most so many bytes, and no longer than _SECONDS in all: a witness that drips must not hold the clock. Raises OSError."""
    raw, until = bytearray(), time.monotonic() + _SECONDS
    while len(raw) < _LARGEST and (more := answer.read1(_LARGEST - len(raw))):
        raw += more
        if time.monotonic() > until:
            raise TimeoutError("太慢")
    return bytes(raw)


class _NoDetour(urllib.request.HTTPRedirectHandler):
    """A witness answers where it is, or not at all."""

    def redirect_request(self, *_words: object) -> None:
        """Follows nothing; the status is the answer."""


_OPENER: Final = urllib.request.build_opener(_NoDetour)
