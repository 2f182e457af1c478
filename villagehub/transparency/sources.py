"""A log as somebody else holds it: a folder, or a site that serves it. Read only."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.transparency.folder import CHECKPOINT, VKEY, LogFolder
from villagehub.transparency.reading import Fetch, NoTile
from villagehub.transparency.tiles import LARGEST_LEAF, WIDTH, Tile, cut

_LARGEST: Final = WIDTH * (LARGEST_LEAF + 2)
_SECONDS: Final = 20


class NotReached(Refused):
    """The site does not answer, or not with a log."""

    code = "log_not_reached"
    message = "读不到 {what}：{why}。"
    fix = "请看网址对不对（要写到 /log 为止，例如 https://gk.example.cn/log）、网络通不通，再试一次。"
    status = 502


@dataclass(frozen=True, slots=True)
class Source:
    """Where a log is read from: its checkpoint, its tiles, and the key line that lies beside it."""

    checkpoint: Callable[[], bytes | None]
    tile: Fetch
    vkey: Callable[[], bytes | None]


def source_of(where: str) -> Source:
    """The log in a folder, or on a site (``http://`` or ``https://``, up to ``/log``)."""
    if not where.startswith(("http://", "https://")):
        folder = LogFolder(Path(where))
        return Source(folder.checkpoint, folder.tile, folder.vkey)
    prefix = where.rstrip("/")

    def tile(wanted: Tile) -> bytes:
        raw = _get(f"{prefix}/{wanted.path}")
        if raw is None and wanted != wanted.full:
            full = _get(f"{prefix}/{wanted.full.path}")
            raw = None if full is None else cut(wanted, full)
        if raw is None:
            raise NoTile(wanted)
        return raw

    return Source(lambda: _get(f"{prefix}/{CHECKPOINT}"), tile, lambda: _get(f"{prefix}/{VKEY}"))


def _get(url: str) -> bytes | None:
    """The bytes at this address, None where nothing is. Raises NotReached."""
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - source_of lets http and https pass
            raw = bytes(answer.read(_LARGEST + 1))
    except urllib.error.HTTPError as fault:
        if fault.code == 404:
            return None
        raise NotReached(what=url, why=f"网站回答 {fault.code}") from None
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise NotReached(what=url, why=str(getattr(fault, "reason", fault))[:120]) from None
    if len(raw) > _LARGEST:
        raise NotReached(what=url, why="回答太长，不像日志")
    return raw
