"""Which backups were made of this instance, and when: a line each in a file beside the database, for whoever must know where
older copies lie. It holds no content; a backup that cannot be noted is a backup all the same.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

FILE: Final = "backups.jsonl"


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup as it was noted."""

    made_at: datetime
    folder: str


def note_backup(instance: Path, folder: Path, *, now: datetime) -> None:
    """Adds a line."""
    line = json.dumps({"made_at": now.isoformat(), "folder": str(folder)}, ensure_ascii=False)
    with (instance / FILE).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")


def list_backups(instance: Path) -> list[Backup]:
    """The noted backups, oldest first; lines that cannot be read are left out."""
    try:
        lines = (instance / FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    found = []
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            held = json.loads(line)
            moment = datetime.fromisoformat(held["made_at"])
            if moment.tzinfo is not None:
                found.append(Backup(moment, str(held["folder"])))
    return found
