"""An upload's file read once more: with the columns that were matched for it and the cells that were mended in it."""

from collections.abc import Mapping
from typing import Any

from villagehub.config import Settings
from villagehub.files.confined import Told
from villagehub.ledgers.actions import account_of
from villagehub.ledgers.checking import check_bytes
from villagehub.ledgers.child import mark_in_child
from villagehub.ledgers.marked import mark_of
from villagehub.ledgers.mending import typed_texts
from villagehub.ledgers.models import Upload
from villagehub.ledgers.other_village import Names
from villagehub.ledgers.remembering import targets_of
from villagehub.ledgers.result import Checked
from villagehub.places.queries import names_beside
from villagehub.storage import reading
from villagehub.storage.originals import read_original
from villagehub.storage.vault import vault_of


def read_upload(
    upload: Upload,
    settings: Settings,
    *,
    layouts: Mapping[str, Any] | None = None,
    fixes: Mapping[str, Any] | None = None,
    told: Told | None = None,
) -> Checked:
    """The file as it lies in the vault, read and checked in the child process. ``layouts`` and ``fixes`` stand in for the
    upload's own, before they are kept; ``told`` hears how many rows are read, of how many. Needs an application context.
    """
    with reading() as session:
        names = Names(*names_beside(session, upload.village_id))
    return check_bytes(
        read_original(vault_of(settings), upload.sha256),
        upload.filename,
        account_of(upload),
        settings,
        layouts=targets_of(upload.layouts if layouts is None else layouts),
        fixes=typed_texts(upload.fixes if fixes is None else fixes),
        villages=names,
        told=told,
    )


def marked_workbook_of(upload: Upload, settings: Settings) -> bytes:
    """The annotated workbook of the upload, with its mended cells in it; empty where the file could not be opened."""
    return mark_in_child(
        read_original(vault_of(settings), upload.sha256),
        upload.filename,
        upload.section,
        mark_of(upload.id, upload.sha256),
        period=upload.period,
        layouts=targets_of(upload.layouts),
        fixes=typed_texts(upload.fixes),
        max_rows=settings.web_max_rows,
    )
