"""The log as a folder of files: what is served, copied and exported. A file is whole before it has its name."""

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from villagehub.transparency.notes import Verifier
from villagehub.transparency.reading import NoTile
from villagehub.transparency.tiles import Tile, cut

CHECKPOINT: Final = "checkpoint"
VKEY: Final = "vkey"
SIGNER: Final = "signer"
"""Names the database whose log is signed here. It is in no backup: whoever restores one must first catch up."""
_KEY_RECEIPT: Final = re.compile(r"key/[0-9a-f]{8}\.tlog-proof")
_LOCK: Final = ".lock"
_OWN: Final = (SIGNER, _LOCK)
_MARK: Final = re.compile(r"[0-9a-f]{32}")


def key_receipt_name(key: Verifier) -> str:
    """The file with the receipt of the leaf that stated this key, signed by it and by the one before."""
    return f"key/{key.id.hex()}.tlog-proof"


def is_key_receipt(name: str) -> bool:
    """Whether a file of the folder is such a receipt."""
    return _KEY_RECEIPT.fullmatch(name) is not None


class LogFolder:
    """Files of one log under ``path``; made when something is first written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._touched: set[Path] = set()

    def checkpoint(self) -> bytes | None:
        """The signed checkpoint that readers get, None before the first."""
        return self._read(CHECKPOINT)

    def vkey(self) -> bytes | None:
        """The line of the key that signed it, None before the first checkpoint."""
        return self._read(VKEY)

    def key_receipt(self, name: str) -> bytes | None:
        """The bytes of a key's receipt, None where there is none of this name."""
        return self._read(name) if is_key_receipt(name) else None

    def tile(self, tile: Tile) -> bytes:
        """The tile's or bundle's bytes; a partial one is cut from the full one once that is there. Raises NoTile."""
        raw = self._read(tile.path)
        if raw is None and tile != tile.full:
            raw = self._read(tile.full.path)
            raw = None if raw is None else cut(tile, raw)
        if raw is None:
            raise NoTile(tile)
        return raw

    def put(self, name: str, raw: bytes) -> None:
        """Writes a file: beside it, onto the disk, then its name. The folders' names follow with ``settle``."""
        target = self.path / name
        for folder in self._missing(target.parent):
            self._touched.add(folder.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(6)}")
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)
        self._touched.add(target.parent)

    def settle(self) -> None:
        """Puts all names that were given onto the disk."""
        for folder in sorted(self._touched, reverse=True):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        self._touched.clear()

    def drop_partial(self, tile: Tile) -> None:
        """Takes away the partial tiles that the full one has replaced; readers get theirs cut from it."""
        shutil.rmtree(self.path / f"{tile.full.path}.p", ignore_errors=True)

    def signer(self) -> str:
        """The mark of the database whose log is signed here; empty when there is none, or it is no mark."""
        raw = self._read(SIGNER) or b""
        mark = raw.decode("ascii", "replace").strip()
        return mark if _MARK.fullmatch(mark) else ""

    def claim(self) -> str:
        """The folder's mark, a fresh one where it has none; of two that come at once, both get the first one's."""
        if not self.signer():
            self.path.mkdir(parents=True, exist_ok=True)
            fresh = f".{SIGNER}.{secrets.token_hex(6)}"
            self.put(fresh, f"{secrets.token_hex(16)}\n".encode())
            with suppress(FileExistsError):
                os.link(self.path / fresh, self.path / SIGNER)
            (self.path / fresh).unlink()
            self.settle()
        return self.signer()

    def put_signer(self, mark: str) -> None:
        """Says that the log of the database with this mark is signed here from now on."""
        self.put(SIGNER, f"{mark}\n".encode())
        self.settle()

    @contextmanager
    def lease(self, *, wait: bool) -> Iterator[bool]:
        """Held by whoever writes here, one at a time of all processes and threads; ends with the process that holds it.
        Gives False at once when another holds it and ``wait`` is not asked for.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True
        finally:
            os.close(handle)

    def files(self) -> Iterator[str]:
        """The names of all public files, the checkpoint first: whoever copies in this order gets the tiles it needs."""
        if (self.path / CHECKPOINT).is_file():
            yield CHECKPOINT
        for path in sorted(self.path.rglob("*")):
            name = str(path.relative_to(self.path))
            if path.is_file() and name not in (CHECKPOINT, *_OWN) and not path.name.startswith("."):
                yield name

    def _read(self, name: str) -> bytes | None:
        with suppress(FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return (self.path / name).read_bytes()
        return None

    def _missing(self, folder: Path) -> Iterator[Path]:
        while not folder.is_dir():
            yield folder
            folder = folder.parent
