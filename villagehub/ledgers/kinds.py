"""Tells what a file is by its content, never by its name, and opens it (import.md 1, 1b)."""

from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from villagehub.kernel.private_numbers import hide_numbers
from villagehub.ledgers.archives import Archive
from villagehub.ledgers.compound import MAGIC, CompoundFile
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.markup import read_html, read_mhtml
from villagehub.ledgers.sheets import MOST_BYTES, Sheet
from villagehub.ledgers.spreadsheetml import MARK, read_spreadsheetml
from villagehub.ledgers.texts import decode, read_text_table
from villagehub.ledgers.workbooks import read_ods, read_xls, read_xlsx

_WANTED: Final = "请传 .xlsx 或 .xls 表格（WPS 里点“另存为”选 Excel 文件）。"
_MAGICS: Final = (
    (b"%PDF", "PDF 文件"),
    (b"\xff\xd8\xff", "照片"),
    (b"\x89PNG", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"RIFF", "图片"),
    (b"\x1f\x8b", "压缩文件"),
    (b"Rar!", "压缩文件"),
    (b"7z\xbc\xaf", "压缩文件"),
    (b"{\\rtf", "Word 文档"),
    (b"\x7fELF", "程序"),
    (b"MZ", "程序"),
)
_OLD_BIFF: Final = (b"\x09\x08", b"\x09\x04", b"\x09\x02", b"\x09\x00")


@dataclass(slots=True)
class Opened:
    """The sheets of a file, and what is worth telling about the file itself."""

    sheets: list[Sheet]
    encoding: str = ""
    macros_left_out: bool = False
    notes: list[str] = field(default_factory=list)


def _not_a_table(what: str, filename: str) -> Unreadable:
    suffix = PurePath(filename).suffix.lower()
    named = f"（名字是 {suffix}）" if suffix in (".xlsx", ".xls", ".csv", ".et", ".ods") else ""
    picture = what in ("照片", "图片")
    fix = "表格要传 Excel 文件，照片在下一步传。" if picture else _WANTED
    return Unreadable("not_a_table", f"这是{what}{named}，不是表格。", fix)


def open_file(data: bytes, filename: str, *, most_rows: int) -> Opened:
    """The sheets of a ledger file, without anybody's number in a sheet's name, which is stored with each row and quoted in
    messages (decision 9). Raises Unreadable with what it is instead and what to do.
    """
    opened = _open(data, filename, most_rows=most_rows)
    for place, sheet in enumerate(opened.sheets, start=1):
        hidden = hide_numbers(sheet.name)
        if hidden != sheet.name:
            sheet.name = f"{hidden}第 {place} 张"
    return opened


def _open(data: bytes, filename: str, *, most_rows: int) -> Opened:
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe \r\n\t"):
        raise Unreadable("empty_file", "这是一个空文件。", "请在 WPS 里打开看看有没有内容，保存后再传。")
    if len(data) > MOST_BYTES:
        size = f"{len(data) / 1024 / 1024:.0f}"
        raise Unreadable("file_too_large", f"文件 {size} MB，超过 10 MB。", "表里若贴了照片，请删掉，照片在下一步传。")
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _open_archive(data, filename, most_rows=most_rows)
    if data[:8] == MAGIC:
        return _open_compound(data, filename, most_rows=most_rows)
    for mark, what in _MAGICS:
        if data.startswith(mark) and not (len(mark) == 2 and data[:200].isascii() and b"," in data[:200]):
            raise _not_a_table(what, filename)
    if data[4:8] == b"ftyp":
        raise _not_a_table("照片", filename)
    if data[:2] in _OLD_BIFF:
        raise Unreadable("too_old", "这是很老的 Excel 格式，读不了。", "请在 WPS 里打开它，另存为 .xlsx，再传一次。")
    return _open_text(data)


def _open_archive(data: bytes, filename: str, *, most_rows: int) -> Opened:
    archive = Archive(data)
    if archive.has("word/"):
        raise _not_a_table("Word 文档", filename)
    if archive.has("ppt/"):
        raise _not_a_table("幻灯片", filename)
    if archive.part("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return Opened(read_ods(data, archive, most_rows=most_rows))
    macros = any(name.lower().endswith("vbaproject.bin") for name in archive.names)
    if macros and not filename.lower().endswith((".xlsm", ".et", ".ett")):
        raise Unreadable(
            "macro",
            "文件里有宏（自动运行的程序），名字却不是 .xlsm，没有读。",
            "请在 WPS 里另存为“Excel 文件 .xlsx”，再传一次。",
        )
    if not archive.has("xl/") and not archive.part("_rels/.rels"):
        raise _not_a_table("压缩文件", filename)
    return Opened(read_xlsx(data, archive, most_rows=most_rows), macros_left_out=macros)


def _open_compound(data: bytes, filename: str, *, most_rows: int) -> Opened:
    compound = CompoundFile(data)
    names = compound.names
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        raise Unreadable("password", "这个文件有打开密码。", "请在 WPS 里去掉密码再传。")
    if "Workbook" in names or "Book" in names:
        sheets, macros = read_xls(data, compound, most_rows=most_rows)
        return Opened(sheets, macros_left_out=macros)
    if "WordDocument" in names:
        raise _not_a_table("Word 文档", filename)
    if "PowerPoint Document" in names:
        raise _not_a_table("幻灯片", filename)
    raise Unreadable("broken_file", "文件坏了，或者不是表格。", "请在 WPS 里打开它，另存为 .xlsx，再传一次。")


def _open_text(data: bytes) -> Opened:
    plain = data.replace(b"\x00", b"").lower()  # so that marks of UTF-16 texts are seen too
    start = plain[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
    if start.startswith(b"mime-version:") or b"content-type: multipart/related" in start[:600]:
        sheets, encoding = read_mhtml(data)
        return Opened(sheets, encoding)
    if start.startswith((b"<?xml", b"<workbook")) and MARK in data[:20_000]:
        return Opened(read_spreadsheetml(data), "xml")
    if start.startswith(b"<") and any(mark in plain for mark in (b"<table", b"<html", b"<td")):
        sheets, encoding = read_html(data)
        return Opened(sheets, encoding)
    if start.startswith((b"<?xml", b"<!doctype")):
        raise Unreadable("not_a_table", "这是网页或 XML 文件，里面没有表格。", _WANTED)
    text, encoding = decode(data)
    return Opened([read_text_table(text)], encoding)
