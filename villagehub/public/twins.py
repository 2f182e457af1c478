"""The same content as a file: CSV and XLSX beside each list. Lists of persons carry totals only (decision 27)."""

import csv
import io
import json
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final
from zipfile import ZipFile

from villagehub.kernel.canonical import canonical
from villagehub.kernel.money import plain_yuan
from villagehub.public.open_data import publication_json, row_json
from villagehub.public.published import Item, Publication
from villagehub.sections.base import Field, Kind, Section

CSV_TYPE: Final = "text/csv; charset=utf-8"
JSON_TYPE: Final = "application/json"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WEIGHED: Final[dict[bytes, int]] = {}
"""Sizes of XLSX by the digest of the same content as CSV: making one takes some 20 ms, and a published one never changes."""
_MOST_WEIGHED: Final = 2048
_RISKY: Final = tuple("=+-@\t\r＝＋－＠")


def safe(text: str) -> str:
    """A cell that a spreadsheet would take for a formula gets a leading apostrophe (security.md "Files")."""
    return f"'{text}" if text.startswith(_RISKY) else text


def _cell(section: Section, field: Field, value: Any) -> str | int:
    if value is None:
        return ""
    if field.kind is Kind.MONEY:
        return plain_yuan(int(value))
    if field.choices or field.kind is Kind.YES_NO:
        return safe(field.label_of(value))
    return safe(str(value))


def lines_of(publication: Publication, items: Sequence[Item], village_name: str) -> Iterator[list[str | int]]:
    """Heading and rows, the totals of a list of persons, or why there is nothing."""
    section = publication.section
    if publication.hidden:
        yield [safe(f"第 {publication.number} 号公开"), safe(publication.hidden)]
        return
    if section.persons:
        yield ["村", "补贴项目", "期间", "人数", "合计（元）"]
        yield [
            safe(village_name),
            safe(publication.address.subject),
            publication.period.label,
            publication.rows if publication.rows is not None else "少于5人",
            plain_yuan(publication.totals["amount_fen"]) if "amount_fen" in publication.totals else "",
        ]
        return
    fields = section.public_fields
    yield ["编号", *(f"{field.heading}（元）" if field.kind is Kind.MONEY else field.heading for field in fields)]
    for item in items:
        yield [item.number, *(_cell(section, field, item.values.get(field.name)) for field in fields)]


def closing_line(publication: Publication, items: Sequence[Item]) -> str:
    """The last line of a file: how many rows of how many, which publication and its 防改码; empty where nothing is shown."""
    if publication.hidden:
        return ""
    which = f"第 {publication.number} 号公开，防改码 {publication.seal}"
    if publication.section.persons:
        return f"为保护个人信息，名单不在文件里。{which}"
    return f"共 {len(items)} 行，全部在此。{which}"


def as_csv(publication: Publication, items: Sequence[Item], village_name: str) -> bytes:
    """UTF-8 with a mark at the start, so that spreadsheets on Windows read the Chinese. Its last line carries the digest of
    all bytes before it.
    """
    before, last = _csv_before(publication, items, village_name), closing_line(publication, items)
    return before + _written([[f"{last}。以上各行的 SHA-256：{sha256(before).hexdigest()}"]]) if last else before


def _csv_before(publication: Publication, items: Sequence[Item], village_name: str) -> bytes:
    return BOM_UTF8 + _written(lines_of(publication, items, village_name))


def _written(lines: Iterable[Sequence[str | int]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def digest_of(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the rows as one JSON array in its canonical form (RFC 8785)."""
    return f"sha256:{sha256(b'[' + b','.join(map(canonical, rows)) + b']').hexdigest()}"


def as_json(publication: Publication, items: Sequence[Item], code: str) -> bytes:
    """The publication and all its rows, as the API has them; that nothing is missing, and the rows' digest, stand inside."""
    rows = [row_json(publication.section, one) for one in items]
    whole = {
        **publication_json(publication, code, superseded_by=None),
        "rows": rows,
        "count": len(rows),
        "total": len(rows),
        "complete": True,
        "digest": digest_of(rows),
        "schema": f"/api/v1/sections/{publication.section.name}/schema",
    }
    if publication.section.persons or publication.hidden:
        total = None if publication.hidden else publication.rows
        whole |= {"rows": [], "count": 0, "total": total, "complete": False, "digest": None}
    return json.dumps(whole, ensure_ascii=False).encode()


def as_xlsx(publication: Publication, items: Sequence[Item], village_name: str) -> bytes:
    """One sheet; money as numbers, so that sums work."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(publication.section.title)
    money = {
        index
        for index, field in enumerate(publication.section.public_fields, start=1)
        if field.kind is Kind.MONEY and not publication.section.persons
    }
    lines, last = list(lines_of(publication, items, village_name)), closing_line(publication, items)
    if last:
        digest = sha256(_csv_before(publication, items, village_name)).hexdigest()
        lines.append([f"{last}。CSV 文件里以上各行的 SHA-256：{digest}"])
    for number, line in enumerate(lines):
        cells = []
        for index, value in enumerate(line):
            cell = WriteOnlyCell(sheet, value=value)
            if number and index in money and isinstance(value, str) and value and not value.startswith("'"):
                cell = WriteOnlyCell(sheet, value=Decimal(value))  # type: ignore[arg-type]
                cell.number_format = "0.00"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the files beside a page are, in bytes: told beside the link, for whoever pays by the megabyte."""

    csv: int
    xlsx: int


def sizes_of(publication: Publication, items: Sequence[Item], village_name: str) -> Sizes:
    """The sizes of both files; of the XLSX without its hour of making, so that one content has one size."""
    text = as_csv(publication, items, village_name)
    digest = sha256(text).digest()
    if digest not in _WEIGHED:
        if len(_WEIGHED) >= _MOST_WEIGHED:
            _WEIGHED.clear()
        made = as_xlsx(publication, items, village_name)
        with ZipFile(io.BytesIO(made)) as parts:
            hour = parts.getinfo("docProps/core.xml").compress_size
        _WEIGHED[digest] = len(made) - hour
    return Sizes(len(text), _WEIGHED[digest])
