"""OLE2 compound files (.xls, .et, .doc, encrypted .xlsx): just enough to see which streams they hold and read one."""

from dataclasses import dataclass
from typing import Final

from villagehub.ledgers.findings import Unreadable

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END: Final = 0xFFFFFFFE
_NONE: Final = 0xFFFFFFFA
"""Sector numbers from here on are no sectors."""


def _broken() -> Unreadable:
    return Unreadable(
        "broken_file", "文件坏了，或者没有传完整。", "请在 WPS 或 Excel 里打开它，另存为 .xlsx，再传一次。"
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class CompoundFile:
    """The directory and streams of a compound file. Raises Unreadable when the structure is damaged."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if len(data) < 512 or data[:8] != MAGIC:
            raise _broken()
        self._size = 1 << self._short(30)
        self._mini_size = 1 << self._short(32)
        if self._size not in (512, 4096) or self._mini_size != 64:
            raise _broken()
        self._fat = self._read_fat()
        directory = self._chain(self._word(48))
        self._entries = [
            entry
            for at in range(0, len(directory), 128)
            if (entry := self._entry(directory[at : at + 128])) is not None
        ]
        root = next((entry for entry in self._entries if entry.kind == 5), None)
        self._mini = self._chain(root.start)[: root.size] if root is not None and root.size else b""
        mini_fat = self._chain(self._word(60)) if self._word(64) else b""
        self._mini_fat = [int.from_bytes(mini_fat[at : at + 4], "little") for at in range(0, len(mini_fat) - 3, 4)]

    @property
    def names(self) -> frozenset[str]:
        """The names of all streams and storages."""
        return frozenset(entry.name for entry in self._entries)

    def stream(self, name: str) -> bytes:
        """One stream's bytes. Raises Unreadable when it is not there or damaged."""
        entry = next((one for one in self._entries if one.name == name and one.kind == 2), None)
        if entry is None:
            raise _broken()
        found = self._mini_chain(entry.start) if entry.size < self._word(56) else self._chain(entry.start)
        if len(found) < entry.size:
            raise _broken()
        return found[: entry.size]

    def _short(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 2], "little")

    def _word(self, at: int) -> int:
        return int.from_bytes(self._data[at : at + 4], "little")

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        found = self._data[start : start + self._size]
        if not found:
            raise _broken()
        return found

    def _read_fat(self) -> list[int]:
        sectors = [self._word(76 + 4 * index) for index in range(109)]
        following = self._word(68)
        seen = 0
        while following < _NONE and seen < 1000:
            block = self._sector(following)
            words = [int.from_bytes(block[at : at + 4], "little") for at in range(0, len(block) - 3, 4)]
            sectors.extend(words[:-1])
            following = words[-1]
            seen += 1
        fat: list[int] = []
        for number in sectors:
            if number < _NONE:
                block = self._sector(number)
                fat.extend(int.from_bytes(block[at : at + 4], "little") for at in range(0, len(block) - 3, 4))
        return fat

    def _chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        number, most = start, len(self._data) // self._size + 2
        while number < _NONE:
            if number >= len(self._fat) or len(pieces) > most:
                raise _broken()
            pieces.append(self._sector(number))
            number = self._fat[number]
        return b"".join(pieces)

    def _mini_chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        number = start
        while number < _NONE:
            if number >= len(self._mini_fat) or len(pieces) > len(self._mini_fat):
                raise _broken()
            pieces.append(self._mini[number * 64 : number * 64 + 64])
            number = self._mini_fat[number]
        return b"".join(pieces)

    def _entry(self, raw: bytes) -> _Entry | None:
        length = int.from_bytes(raw[64:66], "little")
        if len(raw) < 128 or raw[66] == 0 or not 2 <= length <= 64:
            return None
        name = raw[: length - 2].decode("utf-16-le", "ignore")
        return _Entry(name, raw[66], int.from_bytes(raw[116:120], "little"), int.from_bytes(raw[120:124], "little"))
