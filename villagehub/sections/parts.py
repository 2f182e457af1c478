"""The small table inside one cell: steps, materials, instalments (``Field.parts``). Pure.

A clerk writes ``写申请｜村民｜当天；开会商量｜村委会｜5天``: entries apart by ``；``, ``→`` or numbers, their parts by ``｜``.
What is written without ``｜`` is the first part alone, so that lists that others have made can be taken as they are.
"""

import re
from typing import Final

_BREAK: Final = re.compile(r"\s*(?:[；;\n]|→|⇒|➡|-+>)\s*")
_NUMBER: Final = re.compile(
    r"(?:^|(?<=[\s。，、]))\s*(?:\d{1,2}[.、．)）](?!\d)|[①-⑳]|[(（][\d一二三四五六七八九十]{1,3}[)）])\s*"
)
_FIRST: Final = re.compile(r"\s*(?:1[.、．)）](?!\d)|①|[(（][1一][)）])")
"""A cell is taken apart by its numbers only where it begins with the first of them."""
_LEADING: Final = re.compile(r"(?:第[一二三四五六七八九十\d]{1,3}步[:：、，]?|\d{1,2}[.、．)）](?!\d)|[①-⑳])\s*")


def read_parts(text: str, headings: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The entries of a cell, each with as many parts as there are headings; what is too much stays with the last part."""
    by_numbers = not _BREAK.search(text) and _FIRST.match(text)
    raw = _NUMBER.split(text) if by_numbers else _BREAK.split(text)
    found = []
    for entry in raw:
        plain = _LEADING.sub("", entry.strip(), count=1) if _LEADING.match(entry.strip()) else entry.strip()
        if plain:
            parts = [one.strip() for one in re.split(r"[｜|]", plain, maxsplit=len(headings) - 1)]
            found.append((*parts, *[""] * (len(headings) - len(parts))))
    return found


def entries_on_one_line(text: str) -> str:
    """A cell of several lines (Alt+Enter, or one entry a line in a form) on one line, its entries still apart."""
    lines = [line.strip().rstrip("；;") for line in text.splitlines()]
    return "；".join(line for line in lines if line)
