"""Secret keys as files outside the database and outside its backup: made on first use, readable by their owner only."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from villagehub.kernel.refused import Refused

KEY_BYTES: Final = 32
_TEXT: Final = re.compile(rf"[0-9a-f]{{{KEY_BYTES * 2}}}")


class BadKey(Refused):
    """A key file is there, but it does not hold a key; a new one in its place would make old data unreadable."""

    code = "bad_key"
    message = "密钥文件 {path} 的内容不对，可能被改动或没写完。"
    fix = "请用备份里的同名文件换回来；不要删掉它，删了以后旧的原始文件就再也打不开了。"
    status = 500


def key_path(folder: Path, name: str) -> Path:
    """Where the key ``name`` lies in the keys' folder: ``<folder>/<name>.key``."""
    return folder / f"{name}.key"


def load_key(folder: Path, name: str) -> bytes:
    """The 32 secret bytes of ``<folder>/<name>.key``; made from fresh randomness when the file is not there yet.

    ``folder`` is the instance's ``keys`` folder. Two processes that start together end up with the same key. Raises
    BadKey when the file holds something else.
    """
    found = find_key(folder, name)
    while found is None:
        _make_key(key_path(folder, name))
        found = find_key(folder, name)
    return found


def find_key(folder: Path, name: str) -> bytes | None:
    """As ``load_key``, but None where the file is not there: nothing is made. Raises BadKey."""
    path = key_path(folder, name)
    try:
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
    if not _TEXT.fullmatch(text):
        raise BadKey(path=path)
    return bytes.fromhex(text)


def _make_key(path: Path) -> None:
    """Whoever comes second keeps the first one's key."""
    with suppress(FileExistsError):
        keep_secret(path, secrets.token_hex(KEY_BYTES))


def keep_secret(path: Path, text: str) -> None:
    """Writes a whole new file for its owner only and links it into place. Raises FileExistsError: what is there stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
