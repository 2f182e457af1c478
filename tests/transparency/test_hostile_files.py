"""给核对程序一个使坏的文件：说得出哪里不对，不崩溃，不卡住，更不会说“没有改过”。

不完整的、撑大的、写法不止一种的、夹带没有封存过的内容的，都试一遍；好的照样通过。
浏览器里的 verify.html 在 tests/journeys/test_verify_in_browser.py 里试同样的文件。
"""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import cheats
import hostile
import pytest
from click.testing import CliRunner

from villagehub.cli import cli
from villagehub.kernel.refused import Refused
from villagehub.transparency.notes import COSIGNATURE, holds_ed25519
from villagehub.transparency.verifying import verify_py
from villagehub.transparency.verifying.asking import check, printable, words_of
from villagehub.transparency.verifying.content import Report
from villagehub.transparency.verifying.sums import Wrong

REFUSED = dict(hostile.refused())


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "verify.py").write_bytes(verify_py())
    return tmp_path / "verify.py"


def looked_at(file: Path) -> Report:
    try:
        return check(str(file), key=cheats.KEY, signature=holds_ed25519)
    except Wrong as fault:
        return Report([str(fault)])


def test_honest_files_are_found_whole(tmp_path: Path) -> None:
    for name, raw in hostile.honest():
        (tmp_path / "file").write_bytes(raw)
        assert looked_at(tmp_path / "file").faults == [], name


@pytest.mark.parametrize("name", REFUSED)
def test_hostile_files_are_refused_with_a_reason_and_little_memory(tmp_path: Path, name: str) -> None:
    raw = REFUSED[name]
    (tmp_path / "file").write_bytes(raw)
    tracemalloc.start()
    report = looked_at(tmp_path / "file")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.faults or name in hostile.EITHER
    assert all(report.faults)
    assert most < 30 * len(raw) + (4 << 20)
    told = CliRunner().invoke(cli, ["verify", str(tmp_path / "file"), "--key", cheats.KEY], standalone_mode=False)
    assert isinstance(told.exception, Refused) or told.return_value in (0, 1)
    assert bool(report.faults) == (told.return_value != 0), told.output


def test_verify_py_ends_in_words_for_every_hostile_file(program: Path, tmp_path: Path) -> None:
    """One process for all files, so that it starts Python once; what it must not do is raise."""
    names = []
    for number, raw in enumerate(raw for name, raw in REFUSED.items() if name not in hostile.EITHER):
        (tmp_path / f"{number}").write_bytes(raw)
        names.append(str(tmp_path / f"{number}"))
    loop = "import sys, verify\nfor one in sys.argv[2:]:\n sys.argv[1:2] = [one]\n"
    loop += (
        " sys.argv, held = ['verify', one, '--key', sys.argv[-1]], sys.argv\n print(verify.main())\n sys.argv = held\n"
    )
    words = [sys.executable, "-c", loop, "first", *names]
    environ = {**os.environ, "PYTHONPATH": str(program.parent), "PYTHONIOENCODING": "gbk"}
    run = subprocess.run([*words, cheats.KEY], check=False, capture_output=True, env=environ)
    assert run.stderr == b""
    codes = [one for one in run.stdout.decode("gbk").split("\n") if one in ("0", "1", "2")]
    assert len(codes) == len(names) + 1
    assert "0" not in codes


def test_a_terminal_is_told_nothing_but_words() -> None:
    """Names in a bundle are somebody else's: none of them moves the cursor or writes a line of its own."""
    spoilt = "\x1b[2K\x1b[1A和公开时一样，没有改过。\n\u202e\x9b"
    assert words_of(Report([f"第 1 行的“{spoilt}”不对"])).count("\n") == 3
    assert printable(spoilt) == "\ufffd[2K\ufffd[1A和公开时一样，没有改过。\ufffd\ufffd\ufffd"


def test_keys_given_the_wrong_way_round_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(hostile.GOOD)
    witness = cheats.naive.vkey(cheats.ORIGIN, cheats.SECRET, COSIGNATURE)
    for words in ({"key": witness}, {"key": cheats.KEY, "witnesses": (cheats.KEY,)}):
        with pytest.raises(Wrong, match="写反了"):
            check(str(tmp_path / "file"), signature=holds_ed25519, **words)


def test_a_receipt_alone_says_that_rows_were_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(hostile.RECEIPT)
    assert any("没有核对每一行" in one for one in looked_at(tmp_path / "file").said)
