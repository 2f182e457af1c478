"""fsck 把整个日志读一遍：动过一个字节也查得出来，说得出是哪里；没动过的，一处不报。

日志放在别的网站上也一样核对；从前留下的凭据和日志头，查得出日志被重写、截短、换过。
"""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import naive_log as naive
import pytest
from click.testing import CliRunner

from villagehub.cli import cli

ORIGIN = "gk.example.cn/log/qinghe"
SECRET = bytes(range(32))
D = [f"leaf {number}".encode() for number in range(600)]
VKEY = naive.vkey(ORIGIN, SECRET)


def written(folder: Path, leaves: list[bytes], *, origin: str = ORIGIN, secret: bytes = SECRET) -> Path:
    for name, raw in naive.files(leaves).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    (folder / "checkpoint").write_bytes(naive.checkpoint(origin, secret, leaves))
    (folder / "vkey").write_text(naive.vkey(origin, secret) + "\n")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path / "log", D)


def fsck(*words: str, vkey: str = VKEY) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["log", "fsck", "--from", *words, "--vkey", vkey], catch_exceptions=False)
    return done.exit_code, done.output


def flipped(name: str, place: int) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        raw = bytearray((folder / name).read_bytes())
        raw[place] ^= 1
        (folder / name).write_bytes(raw)

    return change


def resigned(leaves: list[bytes]) -> Callable[[Path], None]:
    return lambda folder: (folder / "checkpoint").write_bytes(naive.checkpoint(ORIGIN, SECRET, leaves)) and None


TAMPERED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte of an entry": (flipped("tile/entries/001", 2 + 8 + 5), "tile/0/001：第 258 条的内容和校验码对不上"),
    "a byte of a leaf's hash": (flipped("tile/0/000", 33), "tile/0/000：第 2 条的内容和校验码对不上"),
    "a byte of an upper tile": (flipped("tile/1/000.p/2", 40), "tile/1/000.p/2：第 1 层第 2 个校验码不对"),
    "a length inside a bundle": (flipped("tile/entries/000", 0), "tile/entries/000 里应当有 256 条，读不齐"),
    "a missing bundle": (lambda folder: (folder / "tile/entries/001").unlink(), "缺少 tile/entries/001"),
    "a missing tile": (lambda folder: (folder / "tile/0/002.p/88").unlink(), "缺少 tile/0/002.p/88"),
    "another root, signed again": (resigned([*D[:-1], b"other"]), "日志头签的和 600 条内容算出来的不一样"),
    "the signature": (flipped("checkpoint", -8), "签名是假的"),
    "no checkpoint": (lambda folder: (folder / "checkpoint").unlink(), "没有日志头"),
    "another log's checkpoint": (
        lambda folder: (folder / "checkpoint").write_bytes(naive.checkpoint("x.example.cn/log", SECRET, D)),
        "不是 gk.example.cn/log/qinghe 的",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_was_changed_is_found_and_named(folder: Path, what: str) -> None:
    assert fsck(str(folder)) == (0, "600 条都核对过，一处不差。\n")
    change, named = TAMPERED[what]
    change(folder)
    code, said = fsck(str(folder))
    assert code == 1
    assert named in said


def test_a_log_rewritten_in_all_its_files_is_found_by_what_was_saved_before(folder: Path, tmp_path: Path) -> None:
    receipt, head = tmp_path / "41.tlog-proof", tmp_path / "head"
    receipt.write_bytes(naive.proof(41, D[:500], naive.checkpoint(ORIGIN, SECRET, D[:500]), D[41]))
    head.write_bytes(naive.checkpoint(ORIGIN, SECRET, D[:500]))
    for saved in (receipt, head):
        assert fsck(str(folder), "--saved", str(saved))[0] == 0
    other = written(tmp_path / "other", [*D[:41], b"changed", *D[42:]])
    assert fsck(str(other))[0] == 0
    assert "前 500 条和从前签名时不一样" in fsck(str(other), "--saved", str(head))[1]
    assert "凭据上的内容和日志第 42 条不一样" in fsck(str(other), "--saved", str(receipt))[1]
    short = written(tmp_path / "short", D[:499])
    assert "从前留下的日志头有 500 条，现在只有 499 条" in fsck(str(short), "--saved", str(head))[1]
    assert "没有" in fsck(str(folder), vkey=naive.vkey(ORIGIN, bytes(32)))[1]


@pytest.fixture
def site(folder: Path) -> Iterator[str]:
    """Any web server on which somebody has put the folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_log_on_another_site_is_checked_the_same(site: str, folder: Path) -> None:
    assert fsck(site) == (0, "600 条都核对过，一处不差。\n")
    without = CliRunner().invoke(cli, ["log", "fsck", "--from", site], catch_exceptions=False)
    assert without.exit_code == 0
    assert "公钥是从那里一起取来的" in without.output
    flipped("tile/entries/001", 20)(folder)
    assert fsck(site)[0] == 1
