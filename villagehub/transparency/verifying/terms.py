"""Which keys a log states in its own ``key`` leaves, and of which of its sizes each may have signed the checkpoint."""

import base64
from dataclasses import dataclass, field

from villagehub.transparency.verifying.signed import Key, read_key
from villagehub.transparency.verifying.sums import Wrong, read_json

_FOR_EVER = 1 << 63


def line_of(key: Key) -> str:
    """The key as it is written."""
    return f"{key.name}+{key.id.hex()}+{base64.b64encode(bytes([key.kind]) + key.public).decode()}"


@dataclass
class Terms:
    """Read entry by entry; a log without such leaves says nothing of its keys."""

    stated: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By the key's line: the first and the last size that it may sign."""

    def take(self, index: int, body: bytes) -> None:
        """One entry, in order."""
        if b'"type":"key"' not in body:
            return
        try:
            told = read_json(body, "登记的公钥")
            if not isinstance(told, dict) or told.get("type") != "key" or not isinstance(told.get("key"), str):
                return
            read_key(told["key"])
        except Wrong:
            return
        key, known = told["key"], self.stated.get(told["key"])
        if told.get("action") == "add" and known is None:
            self.stated[key] = (index + 1, _FOR_EVER)
        elif told.get("action") == "retire" and known is not None:
            self.stated[key] = (known[0], min(known[1], index))

    def fault(self, line: str, size: int) -> str:
        """Why this key may not have signed a checkpoint of this size; empty where it may."""
        if not self.stated:
            return ""
        if line not in self.stated:
            return "签日志头的公钥没有登记在这个日志里"
        first, last = self.stated[line]
        if size > last:
            return f"签日志头的公钥从第 {last + 1} 条起已经停用"
        return f"签日志头的公钥到第 {first} 条才登记" if size < first else ""
