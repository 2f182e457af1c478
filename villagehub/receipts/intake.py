"""One file on its way in: painted in the child, and only then kept. What is refused leaves nothing behind."""

from dataclasses import dataclass
from typing import Final

from villagehub.config import Settings
from villagehub.files.confined import Method
from villagehub.files.painting import paint_confined
from villagehub.files.pictures import Picture
from villagehub.receipts.rules import FileTooLarge
from villagehub.storage.vault import Vault, vault_of
from villagehub.web.attachments import shown_name

LARGEST_FILE: Final = 10 * 1024 * 1024
MOST_FILES: Final = 30


@dataclass(frozen=True, slots=True)
class KeptFile:
    """Bytes that lie in the vault."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file with its pages, all of them in the vault."""

    name: str
    original: KeptFile
    active: bool
    pages: tuple[tuple[KeptFile, int, int], ...]
    """Each with its width and height."""


def bring_in(raw: bytes, name: str, settings: Settings, *, method: Method = "forkserver") -> Arrival:
    """Paints the file and keeps original and pages. Raises FileTooLarge, NoReceipt and its kin, DiskAlmostFull."""
    shown = shown_name(name)
    if len(raw) > LARGEST_FILE:
        raise FileTooLarge(name=shown, size=-(-len(raw) // 1024 // 1024))
    painted = paint_confined(raw, shown, method=method)
    vault = vault_of(settings)
    pages = tuple((_keep(vault, one), one.width, one.height) for one in painted.pages)
    return Arrival(shown, KeptFile(vault.keep(raw), len(raw)), painted.active, pages)


def _keep(vault: Vault, picture: Picture) -> KeptFile:
    return KeptFile(vault.keep(picture.jpeg), len(picture.jpeg))
