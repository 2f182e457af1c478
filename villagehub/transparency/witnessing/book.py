"""What a witness remembers, in a SQLite file of its own: its name and key, the logs that it watches, and the newest tree of
each. Looking and writing down are one transaction, so that of two who ask at once only one is right.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.storage.keys import key_path, load_key
from villagehub.transparency.notes import COSIGNATURE, Signer, Verifier, read_vkey
from villagehub.transparency.tree import EMPTY_ROOT

BOOK: Final = "witness.db"
KEY: Final = "witness"
_MAKING: Final = ".making"
"""The folder inside a witness's, in which a new one is made; its key leaves it last."""
_TABLES: Final = """
CREATE TABLE self (id INTEGER PRIMARY KEY CHECK (id = 1), vkey TEXT NOT NULL);
CREATE TABLE log_key (vkey TEXT PRIMARY KEY, origin TEXT NOT NULL);
CREATE TABLE tree (
  origin TEXT PRIMARY KEY, size INTEGER NOT NULL CHECK (size >= 0), root BLOB NOT NULL, seen_at INTEGER NOT NULL);
CREATE TRIGGER tree_grows BEFORE UPDATE ON tree WHEN NEW.size < OLD.size OR NEW.origin <> OLD.origin
  OR (NEW.size = OLD.size AND NEW.root <> OLD.root) BEGIN SELECT RAISE(ABORT, 'a tree only grows'); END;
CREATE TRIGGER tree_stays BEFORE DELETE ON tree BEGIN SELECT RAISE(ABORT, 'a tree is never forgotten'); END;
"""
_PATIENCE: Final = 30
"""Seconds for which one who asks waits for another."""


class FolderTaken(Refused):
    """A witness is never made twice in one folder: a second one would have forgotten what the first has signed."""

    code = "witness_folder_taken"
    message = "{folder} 里已经有东西，没有新建见证。"
    fix = "请写一个还没有的文件夹。已经建好的见证，用 villagehub witness serve 打开。"


class NoWitnessHere(Refused):
    """The folder lacks the key or the memory; with either of them alone nothing may be signed."""

    code = "witness_not_here"
    message = "{folder} 里没有完整的见证：缺少 {missing}。没有签名。"
    fix = (
        "第一次用，请运行 villagehub witness init。用过的，缺的要从这台机器的最新备份里取回；"
        "取不回来就用新的文件夹、新的名称另建一个，把新公钥发给网站。"
    )


class KeyIsAnother(Refused):
    """The key file does not fit the name and key that the witness was made with."""

    code = "witness_key_is_another"
    message = "见证的钥匙文件 {path} 换过了，和当初的公钥对不上。没有签名。"
    fix = "请从备份里取回原来的钥匙文件。"


class Book:
    """A witness's memory in ``folder``. Raises NoWitnessHere, KeyIsAnother, BadKey."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path in (key_path(folder, KEY), folder / BOOK):
            if not path.is_file():
                raise NoWitnessHere(folder=folder, missing=path.name)
        with self._opened() as held:
            row = held.execute("SELECT vkey FROM self").fetchone()
        if row is None:
            raise NoWitnessHere(folder=folder, missing=BOOK)
        verifier = read_vkey(row[0])
        self.signer = Signer(verifier.name, load_key(folder, KEY), COSIGNATURE)
        if self.signer.verifier != verifier:
            raise KeyIsAnother(path=key_path(folder, KEY))

    @classmethod
    def make(cls, folder: Path, name: str) -> "Book":
        """A new witness of this name, with a fresh key. Raises FolderTaken; ValueError for a name that no note can carry."""
        if folder.exists() and not (folder.is_dir() and _is_unused(folder)):
            raise FolderTaken(folder=folder)
        vkey = Signer(name, bytes(32), COSIGNATURE).verifier.vkey  # a bad name is refused before anything is made
        stage = folder / _MAKING
        if stage.is_dir():
            shutil.rmtree(stage)
        (folder / BOOK).unlink(missing_ok=True)
        stage.mkdir(mode=0o700, parents=True)
        folder.chmod(0o700)
        vkey = Signer(name, load_key(stage, KEY), COSIGNATURE).verifier.vkey
        os.close(os.open(stage / BOOK, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(_connect(stage / BOOK)) as held:
            held.executescript(f"BEGIN;{_TABLES}COMMIT;")
            held.execute("INSERT INTO self VALUES (1, ?)", (vkey,))
        # The key comes to its place last: until then the folder has signed nothing and may be made anew.
        (stage / BOOK).rename(folder / BOOK)
        _settle(folder)
        key_path(stage, KEY).rename(key_path(folder, KEY))
        _settle(folder)
        shutil.rmtree(stage)
        return cls(folder)

    def trust(self, log: Verifier) -> bool:
        """Watches this log from now on; False when it already did."""
        with self._opened() as held:
            return held.execute("INSERT OR IGNORE INTO log_key VALUES (?, ?)", (log.vkey, log.name)).rowcount == 1

    def keys_of(self, origin: str) -> list[Verifier]:
        """The keys that may sign for this origin; empty for a log that is not watched."""
        with self._opened() as held:
            found = held.execute("SELECT vkey FROM log_key WHERE origin = ? ORDER BY vkey", (origin,)).fetchall()
        return [read_vkey(row[0]) for row in found]

    def watched(self) -> list[tuple[str, int, int | None]]:
        """Each watched log, the newest size and when it was seen (seconds since 1970, UTC; None: never)."""
        asked = (
            "SELECT DISTINCT k.origin, coalesce(t.size, 0), t.seen_at"
            " FROM log_key k LEFT JOIN tree t USING (origin) ORDER BY k.origin"
        )
        with self._opened() as held:
            return [(row[0], row[1], row[2]) for row in held.execute(asked)]

    @contextmanager
    def turn(self) -> Iterator["Turn"]:
        """One look and one entry, while everybody else waits. What was written is on the disk when the block has ended."""
        with self._opened() as held:
            held.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(held)
            except BaseException:
                held.execute("ROLLBACK")
                raise
            held.execute("COMMIT")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(_connect(self.folder / BOOK)) as held:
            yield held


class Turn:
    """Reads and writes the newest trees within one transaction."""

    def __init__(self, held: sqlite3.Connection) -> None:
        self._held = held

    def newest(self, origin: str) -> tuple[int, bytes]:
        """Size and root of the newest tree that was cosigned; of the empty tree before the first."""
        row = self._held.execute("SELECT size, root FROM tree WHERE origin = ?", (origin,)).fetchone()
        return (int(row[0]), bytes(row[1])) if row else (0, EMPTY_ROOT)

    def put(self, origin: str, size: int, root: bytes, moment: int) -> None:
        """Writes down the tree that is about to be cosigned. A smaller one, or another of the same size, the file refuses."""
        self._held.execute(
            "INSERT INTO tree VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE"
            " SET size = excluded.size, root = excluded.root, seen_at = excluded.seen_at",
            (origin, size, root, moment),
        )


def _is_unused(folder: Path) -> bool:
    """Whether nothing lies here but what a killed making left: its key never came to its place, so nothing was signed."""
    names = {path.name for path in folder.iterdir()}
    if not names:
        return True
    return names == {_MAKING} or (names == {_MAKING, BOOK} and key_path(folder / _MAKING, KEY).is_file())


def _settle(folder: Path) -> None:
    """The folder's names are on the disk when this returns."""
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def _connect(path: Path) -> sqlite3.Connection:
    """Opens the file, never makes it; every transaction is begun and ended by name."""
    held = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE, isolation_level=None)
    held.execute("PRAGMA synchronous = EXTRA")
    return held
