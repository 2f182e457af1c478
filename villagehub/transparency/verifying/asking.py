"""Checks what a village has published, without the site and without its program: one file, Python's own library, no network
unless an address is given. Exit codes: 0 everything fits, 1 something does not, 2 it could not be read.
"""

import argparse
import http.client
import io
import struct
import sys
import time
import urllib.error
import urllib.request
import zipfile
import zlib
from pathlib import Path

from villagehub.transparency.verifying.content import CONTENT, PROOF, VKEY, Report, Trust, check_bundle
from villagehub.transparency.verifying.paper import PAPER, is_paper
from villagehub.transparency.verifying.signed import Check
from villagehub.transparency.verifying.sums import Wrong, ed25519
from villagehub.transparency.verifying.walking import Fetch, check_log

LARGEST = 64 << 20
"""Bytes of one file that are read at most."""
SLOWEST = 120
"""Seconds that one answer may take."""
LARGEST_TEXT = 5000
"""Bytes of a file that could hold the text of a square."""


def check(
    target: str,
    *,
    key: str = "",
    code: str = "",
    witnesses: tuple[str, ...] = (),
    saved: tuple[str, ...] = (),
    signature: Check = ed25519,
) -> Report:
    """Checks a bundle, a receipt, a folder, an address, or what the square on paper says. Raises Wrong when it
    cannot be read or is not the log's.
    """
    trust = Trust(key, code, list(witnesses), [_open(one) for one in saved], signature)
    if is_paper(target):
        return check_bundle({PAPER: target.encode()}, trust)
    if target.startswith(("http://", "https://")):
        if target.endswith((".zip", ".tlog-proof")):
            return check_bundle(open_file(_fetch(target)), trust)
        return check_log(_from(target), trust)
    path = Path(target)
    if path.is_dir() and (path / "checkpoint").is_file():
        return check_log(_in(path), trust)
    if path.is_dir():
        names = [one for one in (CONTENT, PROOF, VKEY) if (path / one).is_file()]
        return check_bundle({one: _read(path / one) for one in names}, trust)
    return check_bundle(open_file(_read(path)), trust)


def open_file(raw: bytes) -> dict[str, bytes]:
    """A bundle's files; a receipt, a checkpoint or a square's text under the name that it would have there. Raises Wrong.

    What a zip says of its sizes is not believed: nothing beyond them is unpacked.
    """
    if is_paper(raw[:LARGEST_TEXT].decode("utf-8", "replace")):
        return {PAPER: raw}
    if not raw.startswith(b"PK"):
        return {PROOF if raw.startswith(b"c2sp.org/tlog-proof@") else "checkpoint": raw}
    if raw.count(b"PK\x01\x02") > 1000:
        raise Wrong("这个压缩包里的文件太多，不是核对包")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            held = [one for one in archive.infolist() if one.filename in (CONTENT, PROOF, VKEY)]
            if sum(one.file_size for one in held) > LARGEST or len({one.filename for one in held}) != len(held):
                raise Wrong("核对包太大，或者同一个文件放了两遍")
            files = {one.filename: _unpacked(archive, one) for one in held}
    except Wrong:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, EOFError, OSError, ValueError, LookupError):
        raise Wrong("这个压缩包打不开") from None
    if CONTENT not in files:
        raise Wrong(f"核对包里没有 {CONTENT}")
    return files


def _unpacked(archive: zipfile.ZipFile, one: zipfile.ZipInfo) -> bytes:
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Wrong("这个压缩包的压缩办法不认识。请用下载来的原样")
    with archive.open(one) as file:
        return file.read(one.file_size) + file.read(1)


def _open(saved: str) -> dict[str, bytes]:
    """What was saved: a file's name, or the text of a square itself."""
    return {PAPER: saved.encode()} if is_paper(saved) else open_file(_read(Path(saved)))


def _read(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise Wrong(f"{path} 不是文件")
        if path.stat().st_size > LARGEST:
            raise Wrong(f"{path} 太大")
        return path.read_bytes()
    except OSError as fault:
        raise Wrong(f"打不开 {path}（{fault.strerror}）") from None


def _in(folder: Path) -> Fetch:
    """A log's folder; a partial tile may have been replaced by the full one, which begins with it."""
    return lambda name: _read(folder / name)


def _from(address: str) -> Fetch:
    return lambda name: _fetch(f"{address.rstrip('/')}/{name}")


def _fetch(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - http and https only, see ``check``
            raw, until = bytearray(), time.monotonic() + SLOWEST
            while len(raw) <= LARGEST and (more := answer.read1(1 << 20)):
                raw += more
                if time.monotonic() > until:
                    raise Wrong(f"取 {address} 太慢，{SLOWEST} 秒还没有取完")
    except Wrong:
        raise
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as fault:
        raise Wrong(
            f"取不到 {address}（{getattr(fault, 'code', '') or getattr(fault, 'reason', '') or '没有回答'}）"
        ) from None
    if len(raw) > LARGEST:
        raise Wrong(f"{address} 太大")
    return bytes(raw)


def words_of(report: Report) -> str:
    """The report as a person reads it. What others wrote must not move the cursor or begin a line."""
    lines = [printable(f"· {one}") for one in report.said] + [printable(f"✗ {one}") for one in report.faults]
    end = (
        f"有 {len(report.faults)} 处不一样。请以公开栏纸质版为准，并告诉镇里。"
        if report.faults
        else f"{report.proved}。"
    )
    return "\n".join([*lines, end, "它只证明公开以后没改过，不证明当初写的就对。"]) + "\n"


def printable(words: str) -> str:
    """On one line, with no mark in it that a terminal would obey."""
    return "".join(mark if mark.isprintable() else "\ufffd" for mark in words)


def main() -> int:
    """The command line of ``verify.py``."""
    asked = argparse.ArgumentParser(description="核对村里公开的内容有没有被改过。")
    asked.add_argument("target", help="核对包、凭据、日志文件夹、网址，或者纸上小码扫出来的一串")
    asked.add_argument("--key", default="", help="日志的公钥（从镇里得来）")
    asked.add_argument("--code", default="", help="公开栏纸上的防改码")
    asked.add_argument("--witness", action="append", default=[], help="见证的公钥，可以写几个")
    asked.add_argument("--with", dest="saved", action="append", default=[], help="以前存的凭据、核对包或日志头")
    given = asked.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a window or a pipe that does not know every sign
    try:
        report = check(
            given.target, key=given.key, code=given.code, witnesses=tuple(given.witness), saved=tuple(given.saved)
        )
    except Wrong as fault:
        sys.stdout.write(printable(f"✗ {fault}。") + "\n")
        return 2
    sys.stdout.write(words_of(report))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
