"""Whether a text says the same words as another, however they are spaced or broken into lines."""

from typing import Final

SHORTEST: Final = 2
"""Fewer characters than this stand in too many texts to say that it is the same thing."""


def holds(text: str, words: str) -> bool:
    """Whether the text holds these words, white space aside."""
    wanted = "".join(words.split())
    return len(wanted) >= SHORTEST and wanted in "".join(text.split())
