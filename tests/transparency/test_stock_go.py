"""Go 自带的核对程序（sumdb/note、sumdb/tlog，一个字不改）判我们的日志：签名、每一条、每一层、前后连得上，都要通过。

没有装 Go 或它的源码（Debian：golang-go、golang-golang-x-mod-dev），就跳过，并说明缺什么。
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import naive_log as naive
import pytest
from click.testing import CliRunner
from flask import Flask
from world import NOW, Browser, County

from villagehub.cli import cli
from villagehub.storage import unit_of_work
from villagehub.transparency.checkpoints import Checkpoint
from villagehub.transparency.cutting import cut_tiles
from villagehub.transparency.log import keep_leaf
from villagehub.transparency.notes import Signer, write_note
from villagehub.transparency.ours import bring_up_to_date, own_vkey, seal
from villagehub.transparency.tiles import Tile
from villagehub.transparency.tree import leaf_hash, root_of

SOURCE = Path(__file__).parent / "stock" / "judge.go"
MODULES = Path(os.environ.get("VILLAGEHUB_TEST_GOPATH") or "/usr/share/gocode")
Judge = Callable[..., tuple[int, str]]
ORIGIN, SECRET = "gk.example.cn/log/qinghe", bytes(range(32))


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go: install golang-go")
    if not (MODULES / "src" / "golang.org" / "x" / "mod" / "sumdb" / "tlog").is_dir():
        pytest.skip(
            "no source of golang.org/x/mod: install golang-golang-x-mod-dev, or name it in VILLAGEHUB_TEST_GOPATH"
        )
    built = tmp_path_factory.mktemp("go")
    environ = {**os.environ, "GO111MODULE": "off", "GOPATH": str(MODULES), "GOFLAGS": "", "CGO_ENABLED": "0"}
    environ |= {"GOCACHE": str(built / "cache"), "GOTOOLCHAIN": "local"}
    made = subprocess.run(
        [go, "build", "-o", str(built / "judge"), str(SOURCE)], check=False, capture_output=True, text=True, env=environ
    )
    assert made.returncode == 0, made.stderr

    def ask(*words: object) -> tuple[int, str]:
        done = subprocess.run([str(built / "judge"), *map(str, words)], check=False, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    return ask


@pytest.fixture
def grown(app: Flask, county: County, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A log of 514 entries that was signed at four sizes, its checkpoints kept."""
    assert county
    settings = app.extensions["villagehub"]
    with app.app_context():
        heads, written = [], 0
        for upto in (1, 255, 300, 513):
            with unit_of_work() as session:
                for number in range(written, upto):
                    keep_leaf(
                        session,
                        {"v": 1, "type": "checkpoint-import", "note": f"第 {number} 条" * (1 + number % 9)},
                        now=NOW,
                    )
            written = upto
            seal(settings)
            size = bring_up_to_date(settings)
            heads.append(tmp_path / f"head-{size}")
            heads[-1].write_bytes((settings.log / "checkpoint").read_bytes())
        yield SimpleNamespace(settings=settings, key=own_vkey(settings), heads=heads, size=size)


def test_go_finds_the_exported_log_whole(
    judge: Judge, grown: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(grown.settings.instance))
    done = CliRunner().invoke(cli, ["log", "export", str(tmp_path / "out")], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert grown.size == 514
    assert judge(tmp_path / "out", grown.key, *grown.heads) == (0, "ok 514 524\n")


def test_go_finds_the_served_log_and_its_receipts_whole(
    judge: Judge, grown: SimpleNamespace, client: Browser, tmp_path: Path
) -> None:
    def saved(name: str) -> Path:
        answer = client.get(f"/log/{name}")
        assert answer.status_code == 200, name
        target = tmp_path / "fetched" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(answer.data)
        return target

    # The names are the specification's, not those that the folder happens to hold.
    for name in naive.files([b"%d" % number for number in range(grown.size)]):
        saved(name)
    receipts = [saved(f"proof/{index}.tlog-proof") for index in (0, 1, 255, 256, 300, 512, 513)]
    words = [word for one in receipts for word in ("-receipt", one)]
    key = saved("vkey").read_text().strip()
    assert judge(tmp_path / "fetched", key, saved("checkpoint"), *words) == (0, "ok 514 522\n")


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 65_537])
def test_go_agrees_on_trees_of_every_awkward_size(judge: Judge, tmp_path: Path, size: int) -> None:
    D = [b"%d" % number for number in range(size)]
    hashes = [leaf_hash(one) for one in D]

    def leaves(tile: Tile) -> list[tuple[bytes, bytes]]:
        part = slice(tile.number * 256, tile.number * 256 + tile.width)
        return list(zip(D[part], hashes[part], strict=True))

    def refused(tile: Tile) -> bytes:
        raise AssertionError(tile)

    for tile, raw in cut_tiles(0, size, leaves, refused):
        (tmp_path / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tile.path).write_bytes(raw)
    proofs = len({*range(0, size, size // 1000 + 1), size - 1})
    signer = Signer(ORIGIN, SECRET)
    text = Checkpoint(ORIGIN, size, root_of(hashes)).text
    (tmp_path / "checkpoint").write_bytes(write_note(text, [signer.line(text)]))
    assert judge(tmp_path, signer.verifier.vkey, tmp_path / "checkpoint") == (0, f"ok {size} {proofs + 1}\n")


def test_go_refuses_what_was_changed(judge: Judge, grown: SimpleNamespace, tmp_path: Path) -> None:
    """So that a judge that says yes to everything would be seen."""
    log = grown.settings.log
    assert judge(log, grown.key, log / "checkpoint")[0] == 0
    for name, place in (("tile/entries/000", 40), ("tile/0/001", 33), ("tile/1/000.p/2", 3), ("checkpoint", 60)):
        held = (log / name).read_bytes()
        spoilt = bytearray(held)
        spoilt[place] ^= 1
        (log / name).write_bytes(bytes(spoilt))
        code, said = judge(log, grown.key, log / "checkpoint")
        assert (code, said.startswith("refused")) == (1, True), name
        (log / name).write_bytes(held)
    other = tmp_path / "fork"
    other.write_bytes(naive.checkpoint(grown.key.partition("+")[0], SECRET, [b"a"]))
    assert judge(log, grown.key, other)[0] == 1
