"""One row of a clerk's own file as it stands there, for offices; without what is never stored (decision 9)."""

import json
from dataclasses import dataclass

from villagehub.config import Settings
from villagehub.files.confined import preload, run_confined
from villagehub.kernel.refused import NotFound
from villagehub.ledgers.child import SECONDS
from villagehub.ledgers.models import Upload
from villagehub.ledgers.remembering import targets_of
from villagehub.storage.originals import read_original
from villagehub.storage.vault import vault_of

preload("villagehub.ledgers.original_row_child")


class NoSuchOriginalRow(NotFound):
    """The file has no such sheet or row, or could not be read this time."""

    code = "no_original_row"
    message = "原表里没有找到第 {number} 行。"
    fix = "请下载原表，在里面看。"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell under its heading, and what the column was taken for."""

    column: str
    heading: str
    text: str
    label: str


def read_original_row(upload: Upload, sheet: str, number: int, settings: Settings) -> list[Cell]:
    """The cells of the clerk's row, read in a child process; raises NoSuchOriginalRow."""
    asked = {
        "filename": upload.filename,
        "section": upload.section,
        "period": str(upload.period),
        "sheet": sheet,
        "row": number,
        "layouts": targets_of(upload.layouts),
        "max_rows": settings.web_max_rows,
    }
    raw = read_original(vault_of(settings), upload.sha256)
    answer = run_confined("villagehub.ledgers.original_row_child:row_asked", raw, asked, seconds=SECONDS)
    cells = json.loads(answer.parts[0]) if answer.failure is None and answer.parts else []
    if not cells:
        raise NoSuchOriginalRow(number=number)
    return [Cell(**one) for one in cells]
