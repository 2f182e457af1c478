"""Canonical bytes: RFC 8785 over integers, strings, booleans, null, lists and objects; text in NFC."""

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

import rfc8785

_LARGEST = 2**53 - 1
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


class NotCanonical(ValueError):
    """The value holds something that has no single canonical form: a float, a huge integer, a control character."""


def _clean(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > _LARGEST:
            raise NotCanonical(f"integer beyond 2^53: {value}")
        return value
    if isinstance(value, str):
        if not value.isprintable() and any(unicodedata.category(mark) in ("Cc", "Cs") for mark in value):
            raise NotCanonical("text holds a control character or a lone surrogate")
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(str(key)): _clean(item) for key, item in value.items()}
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The value's one byte form (RFC 8785). Raises NotCanonical on floats and whatever else is ambiguous."""
    if isinstance(value, dict) and all(map(_is_simple, value, value.values())):
        return _write(value).encode()
    return bytes(rfc8785.dumps(_clean(value)))


def _is_simple(name: object, value: object) -> bool:
    """A member for which plain JSON with sorted names is the canonical form: an ASCII name, and a small integer, a boolean,
    null, or printable text in NFC (so that nothing is escaped but quotation marks and backslashes).
    """
    if not isinstance(name, str) or not name.isascii() or not name.isprintable():
        return False
    if isinstance(value, str):
        return value.isprintable() and unicodedata.is_normalized("NFC", value)
    return value is None or (isinstance(value, int) and -_LARGEST <= value <= _LARGEST)


def one_line(text: str) -> str:
    """``text`` in NFC with every run of white space and control characters as one space: what may enter a leaf."""
    if text.isprintable() and "  " not in text and text.strip(" ") == text and unicodedata.is_normalized("NFC", text):
        return text
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") else mark for mark in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def are_one_line(texts: Iterable[str]) -> bool:
    """Whether a quick look at all of them tells that ``one_line`` would change none of these texts."""
    joined = f"|{'|'.join(texts)}|"
    odd = "  " in joined or "| " in joined or " |" in joined
    return not odd and joined.isprintable() and unicodedata.is_normalized("NFC", joined)
