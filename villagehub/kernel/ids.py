"""Numbers of rows, as people type them into addresses and forms."""

from typing import Final

LARGEST_ID: Final = 2**53
"""Larger numbers are typed by people who try things; no database should be asked for them."""


def read_id(text: str) -> int:
    """A row's number; raises ValueError for anything but up to 16 plain digits, or more than ``LARGEST_ID``."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > LARGEST_ID:
        raise ValueError("not the number of a row")
    return int(text)
