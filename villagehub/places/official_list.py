"""Reads an official list of places (CSV with a code and a name column, UTF-8 or GB18030) into lines. Pure."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from villagehub.kernel.problem import Problem, Severity
from villagehub.kernel.refused import Refused
from villagehub.places.models import CODE_LENGTH, Level

_CODE_HEADS = ("code", "代码", "编码", "区划代码", "统计用区划代码", "行政区划代码")
_NAME_HEADS = ("name", "名称", "地名", "单位名称")
_COUNTY_HEADS = ("areacode", "county_code", "县代码", "区县代码")


class BadList(Refused):
    """The file is not a list of places."""

    code = "bad_place_list"
    message = "{what}"
    fix = "名单要有“code”（或“代码”）和“name”（或“名称”）两列，存成 CSV，编码用 UTF-8 或 GB18030。"
    status = 422


@dataclass(frozen=True, slots=True)
class ListedPlace:
    """One line of the list."""

    code: str
    name: str
    level: Level
    county_code: str
    """The county part: from the list's own column where it has one, else the code's first six digits."""
    row: int


def decoded(raw: bytes) -> str:
    """The text of the file: BOM, else strict UTF-8, else strict GB18030; raises BadList."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadList(what="这个文件的文字编码认不出来。")


def table_of(raw: bytes) -> list[list[str]]:
    """The cells of a CSV list in UTF-8 or GB18030; raises BadList for another encoding and for what is no CSV."""
    reader = csv.reader(io.StringIO(decoded(raw), newline=""))
    try:
        return list(reader)
    except csv.Error:
        raise BadList(what=f"第 {reader.line_num} 行读不下去：少了一个引号，或者一格里的字太多。") from None


def level_and_code(text: str) -> tuple[Level, str] | None:
    """The level and the short code of an official code of 6, 9 or 12 digits; trailing zeros of a full code are cut."""
    if not re.fullmatch(r"\d{6}|\d{9}|\d{12}", text, re.ASCII):
        return None
    if len(text) == 12 and text.endswith("000"):
        text = text[:9]
    if len(text) == 9 and text.endswith("000"):
        text = text[:6]
    return next((level, text) for level, length in CODE_LENGTH.items() if length == len(text))


def read_list(raw: bytes) -> tuple[list[ListedPlace], list[Problem]]:
    """All lines, and a problem for each line that names no place. Raises BadList when there are no such columns."""
    table = table_of(raw)
    if not table:
        raise BadList(what="这个文件是空的。")
    heads = [head.strip().lower() for head in table[0]]
    code_at, name_at = _column(heads, _CODE_HEADS), _column(heads, _NAME_HEADS)
    county_at = _column(heads, _COUNTY_HEADS)
    if code_at is None or name_at is None:
        raise BadList(what="第 1 行里没有找到代码和名称两列。")
    places: list[ListedPlace] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        place = _read_line(cells, number, code_at=code_at, name_at=name_at, county_at=county_at)
        if isinstance(place, Problem):
            problems.append(place)
        elif place.code in seen:
            problems.append(_problem(number, place.code, f"编码 {place.code} 和第 {seen[place.code]} 行重复"))
        else:
            seen[place.code] = number
            places.append(place)
    return places, problems


def _read_line(
    cells: Sequence[str], number: int, *, code_at: int, name_at: int, county_at: int | None
) -> ListedPlace | Problem:
    def cell(index: int | None) -> str:
        return cells[index].strip() if index is not None and index < len(cells) else ""

    code, name = cell(code_at), cell(name_at)
    found = level_and_code(code)
    if found is None:
        return _problem(number, code, f"“{code[:20]}”不是 6、9 或 12 位的编码")
    if not name or len(name) > 80:
        return _problem(number, name, "没有名称，或名称超过 80 个字")
    level, short = found
    county = cell(county_at)
    if not re.fullmatch(r"\d{6}", county, re.ASCII):
        county = short[:6]
    return ListedPlace(short, name, level, county, number)


def _column(heads: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((index for index, head in enumerate(heads) if head in wanted), None)


def _problem(row: int, value: str, what: str) -> Problem:
    return Problem(
        Severity.MUST_FIX,
        "bad_place_line",
        f"第 {row} 行：{what}",
        fix="请改好这一行再导入；整份名单还没有写入。",
        row=row,
        value=value[:40],
    )
