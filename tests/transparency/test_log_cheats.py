"""日志自己使坏，整份读的人都看得出来：重写再签、同样长短的另一份、变短、拿旧的来、换名称、撞编号、假签名、写坏的日志头。

同一组三十多个例子，villagehub log fsck --from、villagehub verify、verify.py 都不认；好的都认。
"""

import subprocess
import sys
from pathlib import Path

import cheats
import naive_log as naive
import pytest
from click.testing import CliRunner

from villagehub.cli import cli
from villagehub.kernel.refused import Refused
from villagehub.transparency.verifying import verify_py

HONEST, CHEATS = dict(cheats.honest_logs()), dict(cheats.logs())


def written(folder: Path, log: cheats.Log) -> tuple[Path, list[str]]:
    """The log's folder, and the words that name what was saved."""
    leaves, checkpoint, saved = log
    for name, raw in naive.files(leaves).items():
        (folder / "log" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "log" / name).write_bytes(raw)
    (folder / "log").mkdir(exist_ok=True)
    (folder / "log" / "checkpoint").write_bytes(checkpoint)
    if saved is None:
        return folder / "log", []
    (folder / "saved").write_bytes(saved)
    return folder / "log", [str(folder / "saved")]


def by_fsck(folder: Path, saved: list[str]) -> bool:
    """Whether fsck finds nothing; whatever else it does must be words."""
    words = ["log", "fsck", "--from", str(folder), "--vkey", cheats.KEY, *(["--saved", *saved] if saved else [])]
    run = CliRunner().invoke(cli, words, standalone_mode=False)
    assert run.exception is None or isinstance(run.exception, Refused), run.output
    return run.exception is None and run.return_value in (0, None) and "一处不差" in run.output


def by_command(folder: Path, saved: list[str]) -> bool:
    words = ["verify", str(folder), "--key", cheats.KEY, *(["--with", *saved] if saved else [])]
    run = CliRunner().invoke(cli, words, standalone_mode=False)
    assert run.exception is None or isinstance(run.exception, Refused), run.output
    return run.exception is None and run.return_value == 0


def test_there_are_enough() -> None:
    assert len(CHEATS) >= 30


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_log_is_found_whole(tmp_path: Path, name: str) -> None:
    folder, saved = written(tmp_path, HONEST[name])
    assert by_fsck(folder, saved)
    assert by_command(folder, saved)


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_refused_by_fsck_and_by_verify(tmp_path: Path, name: str) -> None:
    folder, saved = written(tmp_path, CHEATS[name])
    assert not by_fsck(folder, saved)
    assert not by_command(folder, saved)


def test_verify_py_says_the_same(tmp_path: Path) -> None:
    """One process for all logs; 1 is a difference, 2 is what cannot be read."""
    (tmp_path / "verify.py").write_bytes(verify_py())
    calls = []
    for number, log in enumerate([*HONEST.values(), *CHEATS.values()]):
        (tmp_path / str(number)).mkdir()
        folder, saved = written(tmp_path / str(number), log)
        calls.append(["verify", str(folder), "--key", cheats.KEY, *(["--with", *saved] if saved else [])])
    loop = f"import sys, verify\nfor one in {calls!r}:\n sys.argv = one\n print(verify.main())\n"
    run = subprocess.run([sys.executable, "-c", loop], check=False, capture_output=True, text=True, cwd=tmp_path)
    assert run.stderr == ""
    codes = [one for one in run.stdout.splitlines() if one in ("0", "1", "2")]
    assert codes[: len(HONEST)] == ["0"] * len(HONEST)
    assert len(codes) == len(calls)
    assert "0" not in codes[len(HONEST) :]
