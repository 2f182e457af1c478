"""见证做到一半断了电：再做一次就好；做好了的见证绝不会被重做。"""

import os
import sys
from pathlib import Path

import pytest

from villagehub.storage.keys import key_path
from villagehub.transparency.witnessing.book import BOOK, KEY, Book, FolderTaken, NoWitnessHere

NAME = "jianzheng.example.cn/w1"
EVENTS = {"open", "os.rename", "os.mkdir", "sqlite3.connect", "os.remove", "os.rmdir"}


def make_and_die(folder: Path, step: int) -> bool:
    """Makes a witness in a child that is killed at its ``step``-th touch of the disk; whether it died."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, words: tuple[object, ...]) -> None:
            nonlocal left
            if event in EVENTS and str(folder) in str(words[0]):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), 9)

        sys.addaudithook(count)
        try:
            Book.make(folder, NAME)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9


def test_a_making_that_was_killed_anywhere_is_begun_anew(tmp_path: Path) -> None:
    died = 0
    for step in range(100):
        folder = tmp_path / f"w{step}"
        if not make_and_die(folder, step):
            break
        died += 1
        try:
            book = Book(folder)
        except NoWitnessHere:
            book = Book.make(folder, NAME)
        assert book.watched() == []
        assert Book(folder).signer.name == NAME
    assert 5 <= died < 100


@pytest.mark.parametrize("lost", ["book", "key"])
def test_a_witness_that_lost_a_file_is_not_made_anew(tmp_path: Path, lost: str) -> None:
    folder = tmp_path / "w"
    Book.make(folder, NAME)
    (folder / BOOK if lost == "book" else key_path(folder, KEY)).unlink()
    with pytest.raises(FolderTaken):
        Book.make(folder, NAME)
