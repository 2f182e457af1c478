"""Canonical bytes: RFC 8785 over integers, strings, booleans, null, lists and objects; text in NFC."""

import unicodedata
from typing import Any

import rfc8785

_LARGEST = 2**53 - 1


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
        if any(unicodedata.category(mark) in ("Cc", "Cs") for mark in value):
            raise NotCanonical("text holds a control character or a lone surrogate")
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(str(key)): _clean(item) for key, item in value.items()}
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def canonical(value: Any) -> bytes:
    """The value's one byte form (RFC 8785). Raises NotCanonical on floats and whatever else is ambiguous."""
    return bytes(rfc8785.dumps(_clean(value)))


def one_line(text: str) -> str:
    """``text`` in NFC with every run of white space and control characters as one space: what may enter a leaf."""
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Cs", "Zl", "Zp") else mark for mark in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())
