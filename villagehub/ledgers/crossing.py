"""How checked rows cross the border of the child process: as JSON, column by column, a part for each few thousand rows.

Never as a pickle: what a hostile file could make of the child must not become code in the parent. A column of few different
texts is sent as those texts and a mark for each row, so that the parent, too, holds each text once.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import chain
from typing import Any, Final

from villagehub.kernel.collector import collector_rests
from villagehub.ledgers.result import Checked, CheckedRow, as_rows

ROWS_A_PART: Final = 4000
_FIRST_MARK: Final = 0x4E00
"""Marks are Chinese characters one after the other: JSON writes none of them in another way."""
_TEXTS: Final = frozenset((str, type(None)))
_write: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def each_part(checked: Checked) -> Iterator[bytes]:
    """The whole answer in parts: first everything but the rows, then the rows."""
    yield _write(asdict(replace(checked, rows=()))).encode("utf-8", "replace")
    for start in range(0, len(checked.rows), ROWS_A_PART):
        yield _write(_columns(checked.rows[start : start + ROWS_A_PART])).encode("utf-8", "replace")


class Arrived:
    """The other way round: the parts that have come."""

    def __init__(self) -> None:
        self._head: Checked | None = None
        self._rows: list[CheckedRow] = []

    def take(self, part: bytes) -> None:
        """Takes the next part; raises BadParts on what ``each_part`` never wrote."""
        try:
            with collector_rests():
                if self._head is None:
                    self._head = Checked.from_plain(json.loads(part))
                else:
                    self._rows.extend(_rows(json.loads(part)))
        except (KeyError, TypeError, ValueError, IndexError) as slip:
            raise BadParts from slip

    @property
    def checked(self) -> Checked:
        """The whole answer; raises BadParts where not even its head has come."""
        if self._head is None:
            raise BadParts
        return replace(self._head, rows=tuple(self._rows))


class BadParts(Exception):
    """The child sent what no child of ours sends."""


def _columns(rows: Sequence[CheckedRow]) -> dict[str, Any]:
    facts = [row.facts for row in rows]
    names = list(dict.fromkeys(chain.from_iterable(facts)))
    return {
        "names": names,
        "values": [_packed([told.get(name) for told in facts]) for name in names],
        "sheets": _packed([row.sheet for row in rows]),
        "source_rows": [row.source_row for row in rows],
        "matches": [[at, row.matches] for at, row in enumerate(rows) if row.matches],
    }


def _packed(column: list[Any]) -> Any:
    """A column as it is; one of texts as one text: its few texts and a mark for each row, or a line for each row."""
    if not set(map(type, column)) <= _TEXTS:
        return column
    texts = list(dict.fromkeys(column))
    if len(texts) * 4 <= len(column):
        marks = {text: chr(_FIRST_MARK + at) for at, text in enumerate(texts)}
        return {"texts": texts, "marks": "".join(map(marks.__getitem__, column))}
    lines = "\n".join([text or "" for text in column])
    return column if "" in texts or lines.count("\n") != len(column) - 1 else {"lines": lines}


def _unpacked(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    if "lines" in column:
        return [line or None for line in column["lines"].split("\n")]
    texts = {chr(_FIRST_MARK + at): text for at, text in enumerate(column["texts"])}
    return list(map(texts.__getitem__, column["marks"]))


def _rows(part: dict[str, Any]) -> list[CheckedRow]:
    columns = {name: _unpacked(column) for name, column in zip(part["names"], part["values"], strict=True)}
    sheets, source_rows = _unpacked(part["sheets"]), part["source_rows"]
    matches: list[tuple[tuple[str, str], ...]] = [()] * len(source_rows)
    for at, found in part["matches"]:
        matches[at] = tuple((kind, raw) for kind, raw in found)
    return list(map(CheckedRow, as_rows(columns, len(source_rows)), sheets, source_rows, matches))
