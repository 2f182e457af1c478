"""Every file of the collection beside the project comes out as its manifest allows: read in the child, and by the command.

The command is a real process; its time and its memory are measured. See ``manifest`` for where the collection is looked for.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from manifest import ABSENT, FOLDER, ITEMS, Item, differences

from villagehub.ledgers.child import read_in_child
from villagehub.ledgers.commands import EXIT_CODES, as_object
from villagehub.ledgers.result import Outcome

pytestmark = pytest.mark.skipif(not ITEMS, reason=ABSENT)
each_file = pytest.mark.parametrize("item", ITEMS, ids=[one.name for one in ITEMS])
EXACT = [one for one in ITEMS if one.must_be_exact]
MOST_SECONDS = 10
MOST_MEMORY_KB = 300 * 1024


def _check(*arguments: str, folder: Path) -> tuple[int, str, str, float, int]:
    """Runs ``villagehub check`` as a process: exit code, both outputs, the seconds that it and its child had the processor for
    (by the clock they would count what else the machine does), and the largest memory in kB.
    """
    with (folder / "out").open("w+") as out, (folder / "err").open("w+") as err:
        process = subprocess.Popen(
            [sys.executable, "-c", "from villagehub.cli import main; main()", "check", *arguments],
            stdout=out,
            stderr=err,
            cwd=folder,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return process.returncode, out.read(), err.read(), used.ru_utime + used.ru_stime, used.ru_maxrss


@pytest.fixture(scope="module")
def bare_memory(tmp_path_factory: pytest.TempPathFactory) -> int:
    """What the command needs for a small file, in kB: the rise is counted from there."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "one.csv").write_text("日期,摘要,收入,支出\n2026-03-01,利息,1.00,\n", "utf-8")
    return _check("one.csv", "--section", "finance", "--json", folder=folder)[4]


def test_the_collection_is_whole() -> None:
    assert len(ITEMS) == 74
    assert all(item.path.is_file() for item in ITEMS)


@each_file
def test_a_file_comes_out_as_the_manifest_allows(item: Item) -> None:
    checked = read_in_child(item.path.read_bytes(), item.upload_as, "finance")
    assert differences(item, as_object(checked)) == []


@pytest.mark.parametrize("item", EXACT, ids=[one.name for one in EXACT])
def test_a_file_that_can_only_be_accepted_is_exact(item: Item) -> None:
    told: dict[str, Any] = as_object(read_in_child(item.path.read_bytes(), item.upload_as, "finance"))
    wanted = item.expect
    assert (told["outcome"], told["rows"]) == ("accept", wanted["rows"])
    assert told["dates"] == wanted["dates"]
    for name in ("income_fen", "expense_fen"):
        if name in wanted:
            assert told[name] == wanted[name]
    assert sum(one["amount_fen"] for one in told["entries"] if one["direction"] == "out") == told["expense_fen"]
    assert sum(one["amount_fen"] for one in told["entries"] if one["direction"] == "in") == told["income_fen"]


@each_file
def test_the_command_says_the_same_soon_and_in_little_memory(item: Item, tmp_path: Path, bare_memory: int) -> None:
    before = sorted(tmp_path.iterdir())
    code, out, err, seconds, memory = _check(str(item.path), "--section", "finance", "--json", folder=tmp_path)
    told = json.loads(out)
    assert code == EXIT_CODES[Outcome(told["outcome"])]
    assert err == ""
    assert differences(item, told) == []
    assert seconds <= item.expect.get("max_seconds", MOST_SECONDS)
    assert memory - bare_memory <= MOST_MEMORY_KB
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([*(one.name for one in before), "out", "err"])


def test_what_the_file_itself_is_called_changes_nothing() -> None:
    for item in ITEMS[:4]:
        data = (FOLDER / "files" / item.name).read_bytes()
        assert as_object(read_in_child(data, "无名", "finance"))["outcome"] == "accept"
