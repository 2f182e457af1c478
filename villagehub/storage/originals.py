"""Originals by the hash under which they came, or the reduced copies that took their place (decision 40)."""

from pathlib import PurePosixPath

from sqlalchemy.orm import Session

from villagehub.storage.tables import VaultReplacement
from villagehub.storage.vault import OriginalMissing, Vault
from villagehub.storage.work import reading


def newest_of(session: Session, sha256: str) -> str:
    """The hash of what stands for this file now: its own, or that of the last recorded copy."""
    seen = {sha256}
    while (found := session.get(VaultReplacement, sha256)) is not None and found.new_sha256 not in seen:
        sha256 = found.new_sha256
        seen.add(sha256)
    return sha256


def read_original(vault: Vault, sha256: str) -> bytes:
    """The bytes as they came while they are there, else those of the copy. Needs an application context. Raises
    OriginalMissing, OriginalDamaged.
    """
    try:
        return vault.read(sha256)
    except OriginalMissing:
        with reading() as session:
            newest = newest_of(session, sha256)
        if newest == sha256:
            raise
        return vault.read(newest)


def read_named(vault: Vault, sha256: str, name: str) -> tuple[bytes, str]:
    """As ``read_original``, with the name to save it under: that of a copy says what it is."""
    raw = read_original(vault, sha256)
    if vault.holds(sha256):
        return raw, name
    return raw, f"{PurePosixPath(name).stem}（名单期满，已减去个人信息）.xlsx"
