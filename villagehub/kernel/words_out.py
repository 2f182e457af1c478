"""Takes words out of a text or of any JSON value, white space between their marks aside. Pure."""

import re
from collections.abc import Collection
from typing import Any


def without_words(value: Any, words: Collection[str], instead: str) -> Any:
    """The same value with these words replaced wherever they stand in a text; keys and numbers stay."""
    wanted = sorted(("".join(one.split()) for one in words), key=len, reverse=True)
    marks = [r"\s*".join(map(re.escape, one)) for one in wanted if len(one) > 1]
    return _without(value, re.compile("|".join(marks)), instead) if marks else value


def _without(value: Any, marks: re.Pattern[str], instead: str) -> Any:
    if isinstance(value, str):
        return marks.sub(instead, value)
    if isinstance(value, list):
        return [_without(one, marks, instead) for one in value]
    if isinstance(value, dict):
        return {name: _without(one, marks, instead) for name, one in value.items()}
    return value
