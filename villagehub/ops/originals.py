"""Which originals must lie in the vault."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.storage.tables import VaultFile, VaultReplacement


def expected_files(session: Session) -> set[str]:
    """The originals that must lie in the vault: all that were kept, without those that a recorded replacement took away."""
    kept = set(session.scalars(select(VaultFile.sha256)))
    return kept - set(session.scalars(select(VaultReplacement.old_sha256)))
