"""A box for finding lines in a long list: every word that was typed must stand in the line."""

from collections.abc import Mapping
from typing import Final

LONGEST: Final = 40
"""Characters that are taken of what was typed."""


def words_asked(args: Mapping[str, str]) -> list[str]:
    """The words of the field ``q``; none typed: no word."""
    return args.get("q", "")[:LONGEST].casefold().split()


def holds(words: list[str], *texts: str) -> bool:
    """Whether each word stands somewhere in the texts; large and small letters are the same. Pure."""
    whole = "\n".join(texts).casefold()
    return all(one in whole for one in words)
