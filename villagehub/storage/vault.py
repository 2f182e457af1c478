"""The vault: original files, encrypted, never altered, addressed by the SHA-256 of their plain bytes (decision 40).

One file is ``<folder>/ab/cdef…``: a mark of the format, a fresh 96-bit nonce, then AES-256-GCM with the SHA-256 as
associated data, so that two files cannot be swapped. A file is complete before it has its name (temp → fsync → rename →
fsync of the folder): whatever kill -9 leaves behind has no address.
"""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from villagehub.config import Settings
from villagehub.kernel.disk import is_full
from villagehub.kernel.refused import Refused
from villagehub.storage.keys import load_key

LEAST_FREE_PERCENT: Final = 5
"""Below this share of free disk nothing more is taken in; reading goes on (security.md "Losing nothing")."""

_MARK: Final = b"VHV1"
_NONCE_BYTES: Final = 12
_INCOMING: Final = ".incoming"
_STALE_SECONDS: Final = 24 * 60 * 60


class VaultFault(Refused):
    """An original cannot be handed out; what is in the vault is never guessed at."""

    code = "vault_fault"
    message = "原始文件 {short} 打不开。"
    fix = "请联系系统管理员：先运行 villagehub doctor，再从备份里取回这个文件。"
    status = 500


class OriginalMissing(VaultFault):
    """There is no file of this SHA-256."""

    code = "original_missing"
    message = "原始文件 {short} 不在保管库里。"


class OriginalDamaged(VaultFault):
    """The file's bytes are not those that were kept, or the key is another one."""

    code = "original_damaged"
    message = "原始文件 {short} 和存进去时不一样，或者保管库的密钥换过了。"


class DiskAlmostFull(Refused):
    """Nothing is taken in while the disk is nearly full, so that a half-written state cannot arise."""

    code = "disk_almost_full"
    message = "服务器的磁盘快满了，这个文件没有收下。"
    fix = "已公开的页面照常能看。请联系系统管理员清理磁盘，然后再传一次。"
    status = 507


class FindingKind(StrEnum):
    """What a scrub finds."""

    MISSING = "missing"
    DAMAGED = "damaged"
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the vault, in words for the operator."""

    kind: FindingKind
    name: str
    """The SHA-256, or the path of a file that has no business here."""
    message: str


class Vault:
    """Keeps originals under a folder, encrypted with a 32-byte key (``storage.keys``)."""

    def __init__(self, folder: Path, key: bytes, *, least_free_percent: int = LEAST_FREE_PERCENT) -> None:
        self._folder = folder
        self._cipher = AESGCM(key)
        self._least_free_percent = least_free_percent

    def keep(self, plain: bytes) -> str:
        """Keeps the bytes for good and returns their SHA-256 (hex). The same bytes again change nothing.

        A copy that has been damaged meanwhile is replaced by these good bytes. Raises DiskAlmostFull. Whoever kept a file has
        a day to name it in the database (``drop``).
        """
        digest = sha256(plain).hexdigest()
        with suppress(VaultFault):
            if self.renew(digest) and self.read(digest) == plain:
                return digest
        self._write(self._path(digest), self._encrypt(plain, digest))
        return digest

    def read(self, digest: str) -> bytes:
        """The plain bytes of this SHA-256, checked. Raises OriginalMissing, OriginalDamaged."""
        try:
            raw = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise OriginalMissing(short=digest[:12]) from None
        start = len(_MARK) + _NONCE_BYTES
        try:
            if not raw.startswith(_MARK) or len(raw) < start:
                raise OriginalDamaged(short=digest[:12])
            plain = self._cipher.decrypt(raw[len(_MARK) : start], raw[start:], digest.encode("ascii"))
        except InvalidTag:
            raise OriginalDamaged(short=digest[:12]) from None
        if sha256(plain).hexdigest() != digest:
            raise OriginalDamaged(short=digest[:12])
        return plain

    def renew(self, digest: str) -> bool:
        """Gives whoever is about to name this file another day to do so; False where there is no such file (any more)."""
        path = self._path(digest)
        if not path.is_file():
            return False
        with self._locked(fcntl.LOCK_SH), suppress(FileNotFoundError):
            os.utime(path)
            return True
        return False

    def list_older(self, moment: datetime) -> Iterator[str]:
        """Files that were last kept or renewed before the moment."""
        for path in self._folder.glob("??/*"):
            digest = "".join(path.relative_to(self._folder).parts)
            with suppress(FileNotFoundError):
                if _is_address(digest) and path.stat().st_mtime < moment.timestamp():
                    yield digest

    def drop(self, digest: str, *, older: datetime) -> bool:
        """Removes a file that nothing names; False where it was kept or renewed again since ``older``, or is gone. The caller
        has looked that nothing names it; who looks, names and drops must leave a day between.
        """
        path = self._path(digest)
        with self._locked(fcntl.LOCK_EX), suppress(FileNotFoundError):
            if path.stat().st_mtime < older.timestamp():
                path.unlink()
                return True
        return False

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        """Between processes; a killed holder frees it."""
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def holds(self, digest: str) -> bool:
        """Whether there is a file of this SHA-256; does not check it."""
        return self._path(digest).is_file()

    def scrub(self, expected: Iterable[str] = (), *, part: Container[int] = range(256)) -> Iterator[Finding]:
        """Reads every file again and yields what is wrong; files of ``expected`` that are not there are missing.

        Hand in the SHA-256 of all kept files without those that a recorded replacement took away. ``part``: only files whose
        SHA-256 begins with one of these bytes. What an interrupted ``keep`` left behind more than a day ago is removed on the
        way.
        """
        self._sweep()
        wanted = set(expected)
        seen: set[str] = set()
        for path in sorted(one for one in self._folder.rglob("*") if one.is_file()):
            parts = path.relative_to(self._folder).parts
            if parts[0] == _INCOMING:
                continue
            digest = "".join(parts)
            if not _is_address(digest) or self._path(digest) != path:
                yield Finding(FindingKind.STRANGE, str(path), f"保管库里有一个来历不明的文件：{path}。请查清后移走。")
                continue
            seen.add(digest)
            if int(digest[:2], 16) not in part:
                continue
            try:
                self.read(digest)
            except OriginalMissing:
                if digest in wanted:
                    seen.discard(digest)  # else it was dropped meanwhile, because nothing named it
            except VaultFault as fault:
                yield Finding(FindingKind.DAMAGED, digest, f"{fault.sentence}{fault.next_step}")
        for digest in sorted(one for one in wanted - seen if int(one[:2], 16) in part):
            missing = OriginalMissing(short=digest[:12])
            yield Finding(FindingKind.MISSING, digest, f"{missing.sentence}{missing.next_step}")

    def _path(self, digest: str) -> Path:
        if not _is_address(digest):
            raise OriginalMissing(short=digest[:12])
        return self._folder / digest[:2] / digest[2:]

    def _encrypt(self, plain: bytes, digest: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _MARK + nonce + self._cipher.encrypt(nonce, plain, digest.encode("ascii"))

    def _write(self, path: Path, raw: bytes) -> None:
        incoming = self._folder / _INCOMING
        try:
            for folder in (self._folder, incoming, path.parent):
                _make_folder(folder)
            self._refuse_when_full()
            fresh = incoming / secrets.token_hex(16)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(raw)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except OSError as fault:
            if is_full(fault):
                raise DiskAlmostFull() from fault
            raise

    def _refuse_when_full(self) -> None:
        usage = shutil.disk_usage(self._folder)
        if usage.free * 100 < usage.total * self._least_free_percent:
            raise DiskAlmostFull()

    def _sweep(self) -> None:
        before = time.time() - _STALE_SECONDS
        for path in (self._folder / _INCOMING).glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()


def vault_of(settings: Settings) -> Vault:
    """The installation's vault of original files. Raises BadKey."""
    return Vault(settings.vault, load_key(settings.keys, "vault"))


def _is_address(digest: str) -> bool:
    return len(digest) == 64 and all(letter in "0123456789abcdef" for letter in digest)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
