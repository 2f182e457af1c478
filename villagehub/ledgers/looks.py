"""How the cells of a clerk's .xlsx look: fonts, fills, borders, alignment, number formats, widths and heights.

Only the marked workbook needs them, so that the clerk gets back a table that looks like their own. A stranger's styles are not
copied: each is told anew from the few properties that are known here, and what is unknown stays out.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import quoteattr

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from villagehub.ledgers.archives import Archive
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.new_excel import locate_parts
from villagehub.ledgers.sheets import column_index

MOST_CELLS: Final = 400_000
"""A sheet with more cells keeps values only."""
_BUILT_IN: Final = {"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%"}
_WORD: Final = re.compile(r"[A-Za-z]{1,20}")
_COLOUR: Final = re.compile(r"[0-9A-Fa-f]{8}")
_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_SIDES: Final = ("left", "right", "top", "bottom")


@dataclass(frozen=True, slots=True)
class Style:
    """One look, as the parts of a styles sheet say it. Empty stands for the usual."""

    font: str = ""
    fill: str = ""
    """``AARRGGBB``."""
    border: str = ""
    alignment: str = ""
    number_format: str = ""
    """Of a number as such; formats of days are the writer's own."""


@dataclass(slots=True)
class Looks:
    """One sheet's looks. Rows are 1-based, columns 0-based."""

    cells: dict[tuple[int, int], Style] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)


def looks_of(data: bytes, *, without: Collection[str]) -> dict[str, Looks]:
    """The looks of each sheet by its name; empty for anything but an .xlsx that can be opened. ``without`` are fills that are
    not the clerk's own.
    """
    if not data.startswith(b"PK"):
        return {}
    try:
        archive = Archive(data)
        parts = locate_parts(archive)
        styles = _styles(archive.part(parts.styles), without)
        return {name: _sheet(archive.part(part), styles) for name, part in parts.sheets.items()}
    except (Unreadable, ParseError, DefusedXmlException, ValueError):
        return {}


def _local(one: Any) -> str:
    return str(one.tag).rpartition("}")[2]


def _children(tree: Element, name: str) -> list[Element]:
    found = next((one for one in tree if _local(one) == name), None)
    return list(found) if found is not None else []


def _styles(part: bytes, without: Collection[str]) -> list[Style]:
    if not part:
        return []
    tree = fromstring(part, forbid_dtd=True)
    fonts = [_font(one) for one in _children(tree, "fonts")]
    fills = [_fill(one) for one in _children(tree, "fills")]
    borders = [_border(one) for one in _children(tree, "borders")]
    formats = {
        **_BUILT_IN,
        **{str(one.get("numFmtId")): str(one.get("formatCode", "")) for one in _children(tree, "numFmts")},
    }

    def chosen(among: list[str], number: str | None) -> str:
        at = int(number or 0)
        return among[at] if 0 <= at < len(among) else ""

    found = []
    for one in _children(tree, "cellXfs"):
        fill, code = chosen(fills, one.get("fillId")), formats.get(str(one.get("numFmtId")), "")
        found.append(
            Style(
                chosen(fonts, one.get("fontId")),
                "" if fill in without else fill,
                chosen(borders, one.get("borderId")),
                next((_alignment(child) for child in one if _local(child) == "alignment"), ""),
                code if _is_plain(code) else "",
            )
        )
    return found


def _is_plain(code: str) -> bool:
    """Whether a format shows numbers as numbers, not as days, times or texts."""
    bare = _QUOTED.sub("", code)
    return len(code) <= 120 and bool(re.search(r"[0#?]", bare)) and not re.search(r"[ymdhsaYMDHS@]", bare)


def _font(font: Element) -> str:
    made = []
    told = {_local(one): one for one in font}
    made += [
        f"<{name}/>"
        for name in ("b", "i", "strike", "u")
        if name in told and told[name].get("val") not in ("0", "none")
    ]
    size = float(told["sz"].get("val") or 11) if "sz" in told else 11.0
    made.append(f'<sz val="{min(max(size, 1.0), 409.0):g}"/>')
    colour = str(told["color"].get("rgb", "")) if "color" in told else ""
    made += [f'<color rgb="{colour}"/>'] if _COLOUR.fullmatch(colour) else []
    name = str(told["name"].get("val", "")) if "name" in told else ""
    made.append(f"<name val={quoteattr(name[:60] or '宋体')}/>")
    return "".join(made)


def _fill(fill: Element) -> str:
    pattern = next((one for one in fill if _local(one) == "patternFill"), None)
    if pattern is None or pattern.get("patternType") != "solid":
        return ""
    colour = next((str(one.get("rgb", "")) for one in pattern if _local(one) == "fgColor"), "")
    return colour.upper() if _COLOUR.fullmatch(colour) else ""


def _border(border: Element) -> str:
    told = {_local(one): str(one.get("style", "")) for one in border}
    sides = {name: told.get(name, "") for name in _SIDES}
    if not any(sides.values()):
        return ""
    return "".join(
        f'<{name} style="{style}"><color auto="1"/></{name}>' if _WORD.fullmatch(style) else f"<{name}/>"
        for name, style in sides.items()
    )


def _alignment(alignment: Element) -> str:
    words = {name: str(alignment.get(name, "")) for name in ("horizontal", "vertical")}
    made = [f'{name}="{word}"' for name, word in words.items() if _WORD.fullmatch(word)]
    made += ['wrapText="1"'] if alignment.get("wrapText") in ("1", "true") else []
    return " ".join(made)


def _sheet(part: bytes, styles: list[Style]) -> Looks:
    found, plain = Looks(), Style()
    for _, one in iterparse(BytesIO(part), events=("end",), forbid_dtd=True):
        name = _local(one)
        if name == "c":
            number, place = int(one.get("s") or 0), _PLACE.fullmatch(str(one.get("r", "")))
            style = styles[number] if 0 <= number < len(styles) else plain
            if place and style != plain and len(found.cells) < MOST_CELLS:
                found.cells[int(place[2]), column_index(place[1])] = style
        elif name == "row":
            if one.get("customHeight") in ("1", "true") and 0 < float(one.get("ht") or 0) < 410:
                found.heights[int(one.get("r") or 0)] = float(one.get("ht") or 0)
            one.clear()
        elif name == "col" and 0 < float(one.get("width") or 0) < 256:
            first, last = int(one.get("min") or 1), int(one.get("max") or 1)
            found.widths.update(dict.fromkeys(range(first - 1, min(last, 256)), float(one.get("width") or 0)))
    return found
