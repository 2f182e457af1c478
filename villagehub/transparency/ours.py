"""This installation's own log: where it lies, who signs it, and what the web and the command line ask of it."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import current_app

from villagehub.config import Settings
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.checkpoints import Receipt, read_checkpoint
from villagehub.transparency.folder import CHECKPOINT, LogFolder
from villagehub.transparency.log import read_head, seal_some
from villagehub.transparency.mending import mend_files
from villagehub.transparency.notes import BadNote, read_note
from villagehub.transparency.reading import NoTile, TileTree
from villagehub.transparency.tiles import ENTRIES, WIDTH, Tile, entries_in, width_of
from villagehub.transparency.writing import Keys, Progress, write_log


class NothingInTheLog(Refused):
    """The log has no checkpoint yet, or not this entry."""

    code = "not_in_the_log"
    message = "防改日志里还没有这一条。"
    fix = "刚公开的内容一分钟内会进日志，请过一会儿再试。"
    status = 404


class LogDamaged(Refused):
    """A file of the log's folder is missing or cannot be read."""

    code = "log_damaged"
    message = "防改日志的文件缺了一块，或者坏了，现在拿不出凭据。"
    fix = "请告诉镇里，由系统管理员运行 villagehub log fsck 看是哪里，再运行 villagehub log mend 补好。公开的页面照常能看。"
    status = 503


def folder_of(settings: Settings) -> LogFolder:
    """The folder of this installation's log."""
    return LogFolder(settings.log)


def keys_of(settings: Settings) -> Keys:
    """Who signs it. The name is that of the settings, else host and folder (evidence.md); once stated it never changes."""
    host = urlsplit(settings.base_url).netloc
    folder = re.sub(r"[^a-z0-9._-]+", "-", settings.instance.name.lower()).strip("-") or "instance"
    return Keys(settings.keys, settings.log_origin or f"{host}/log/{folder}", fixed=bool(settings.log_origin))


def bring_up_to_date(settings: Settings, *, wait: bool = False, progress: Progress = lambda _done, _all: None) -> int:
    """``write_log`` for this installation."""
    return write_log(folder_of(settings), keys_of(settings), wait=wait, progress=progress)


def mend_log(
    settings: Settings, *, wait: bool = False, progress: Progress = lambda _done, _all: None
) -> list[str] | None:
    """``mend_files`` for this installation, after a missing checkpoint has been signed once more: the same tree, or nothing."""
    folder = folder_of(settings)
    lacking = folder.checkpoint() is None
    size = bring_up_to_date(settings, wait=wait) if lacking else 0
    names = mend_files(folder, wait=wait, progress=progress)
    return [CHECKPOINT, *(names or [])] if size else names


def write_own_log() -> None:
    """After a publication, in the application's context: the log follows. A fault leaves it to the clock."""
    bring_up_to_date(current_app.extensions["villagehub"])


def seal(settings: Settings, told: Callable[[int], None] = lambda _done: None) -> int:
    """Appends every leaf that has no place in the log yet, in the order in which they were written; returns how many.

    ``told`` hears how many are done. May be repeated and broken off at any time. Raises LogBehind.
    """
    done = 0
    while True:
        with unit_of_work() as session:
            some = seal_some(session, folder_of(settings))
        if not some:
            return done
        done += some
        told(done)


def own_vkey(settings: Settings) -> str:
    """The log's public key as one line: as stated in the log, else as it will be. Needs an application context."""
    with reading() as session:
        head = read_head(session)
    return head.vkey if head is not None and head.vkey else keys_of(settings).signer("").verifier.vkey


def receipt_of(folder: LogFolder, index: int | None) -> Receipt:
    """The receipt of entry ``index`` under the newest checkpoint. Raises NothingInTheLog, LogDamaged."""
    raw = folder.checkpoint()
    try:
        size = read_checkpoint(read_note(raw).text).size if raw is not None else 0
        if raw is None or index is None or index >= size:
            raise NothingInTheLog()
        number, place = divmod(index, WIDTH)
        leaf = entries_in(folder.tile(Tile(ENTRIES, number, width_of(ENTRIES, number, size))))[place]
        return Receipt(index, tuple(TileTree(size, folder.tile).inclusion(index)), raw, leaf)
    except (BadNote, NoTile, ValueError, IndexError):
        raise LogDamaged() from None
