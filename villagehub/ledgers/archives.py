"""Checks a zip before any parser sees it: members, real sizes, ratio, document types, macros (import.md, limits).

Sizes are counted while inflating; what the directory claims is not believed. Nothing is ever unpacked to disk.
"""

import re
import zlib
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from villagehub.ledgers.findings import Unreadable

MOST_UNPACKED: Final = 100 * 1024 * 1024
MOST_MEMBERS: Final = 200
MOST_RATIO: Final = 100
_RATIO_FROM: Final = 2 * 1024 * 1024
"""Below this size a high ratio is an ordinary, repetitive sheet."""

_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_DOCTYPE: Final = re.compile(rb"<!\s*DOCTYPE|<!\s*ENTITY", re.IGNORECASE)
_WIDE_DOCTYPE: Final = ("<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_SAVE_AGAIN: Final = "请在 WPS 或 Excel 里打开它，另存为 .xlsx，再传一次。"


def _broken() -> Unreadable:
    return Unreadable("broken_file", "文件坏了，或者没有传完整。", _SAVE_AGAIN)


def _bomb() -> Unreadable:
    return Unreadable(
        "unpacked_too_large", "文件解开以后大得不正常，没有读。", "请把表格复制到一个新的空白文件里，保存后再传。"
    )


class Archive:
    """A zip that passed the checks. ``names`` are its members, ``part`` gives the bytes of one."""

    def __init__(self, data: bytes) -> None:
        """Raises Unreadable when the archive is broken, too large inside, or holds what a ledger does not hold."""
        self._data = data
        try:
            with ZipFile(BytesIO(data)) as opened:
                members = opened.infolist()
        except (BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError) as slip:
            raise _broken() from slip
        if len(members) > MOST_MEMBERS:
            raise Unreadable("too_many_parts", f"文件里有 {len(members)} 个部件，不像普通的表格。", _SAVE_AGAIN)
        self._sheets: dict[str, bytes] = {}
        """Parts that were unpacked already, until they are asked for."""
        self._members = {member.filename.replace("\\", "/").lstrip("/"): member for member in members}
        self.names = tuple(self._members)
        if any(member.flag_bits & 0x1 for member in members):
            raise Unreadable("password", "这个文件有打开密码。", "请在 WPS 里去掉密码再传。")
        self._count_all()

    def part(self, name: str) -> bytes:
        """One member's bytes; empty when there is none of this name."""
        member = self._members.get(name)
        return self._sheets.pop(name, b"") or self._inflated(member) if member is not None else b""

    def has(self, prefix: str) -> bool:
        """Whether any member's name begins so."""
        return any(name.startswith(prefix) for name in self.names)

    def _raw(self, member: ZipInfo) -> memoryview:
        start = member.header_offset
        header = self._data[start : start + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise _broken()
        body = start + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        if body + member.compress_size > len(self._data):
            raise _broken()
        return memoryview(self._data)[body : body + member.compress_size]

    def _inflated(self, member: ZipInfo) -> bytes:
        raw = self._raw(member)
        if member.compress_type == ZIP_STORED:
            return bytes(raw)
        if member.compress_type != ZIP_DEFLATED:
            raise Unreadable("odd_compression", "文件用了少见的压缩方式，读不了。", _SAVE_AGAIN)
        engine = zlib.decompressobj(-15)
        try:
            unpacked = engine.decompress(raw, MOST_UNPACKED + 1)
        except zlib.error as slip:
            raise _broken() from slip
        if len(unpacked) > MOST_UNPACKED:
            raise _bomb()
        return unpacked

    def _count_all(self) -> None:
        total = packed = 0
        for name, member in self._members.items():
            unpacked = self._inflated(member)
            size = len(unpacked)
            total += size
            packed += member.compress_size
            if total > MOST_UNPACKED or (size > _RATIO_FROM and size > MOST_RATIO * max(member.compress_size, 1)):
                raise _bomb()
            if size != member.file_size:
                raise _broken()
            if name.lower().endswith((".xml", ".rels", ".vml", ".xhtml", ".html")):
                _refuse_document_type(unpacked)
            if _SHEET.fullmatch(name):
                self._sheets[name] = unpacked
        if packed > len(self._data):
            raise _bomb()


def _refuse_document_type(part: bytes) -> None:
    if b"!" not in part:
        return  # a quick look: a sheet of 40 MB is told in no time
    if _DOCTYPE.search(part) or any(mark in part for mark in _WIDE_DOCTYPE):
        raise Unreadable(
            "document_type",
            "文件里有外来的文档定义（DOCTYPE），普通的表格不会有，没有读。",
            "请把表格复制到一个新的空白文件里，保存后再传。",
        )
