"""Who asked about an account before it was corrected. Rooms above hang in what they know, so that nothing below imports them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Flask, current_app
from sqlalchemy.orm import Session

KEY: Final = "villagehub.prompts"
"""``app.extensions[KEY]`` is a list of sources."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Somebody outside the village's own books asked about one account of it."""

    words: str
    """Who or what, in words: 村民提问."""
    disclosure_id: int
    at: datetime
    correction_ids: frozenset[int] = frozenset()
    """Publications that were recorded as its result."""


Source = Callable[[Session, Collection[int]], Iterable[Prompt]]
"""All prompts about accounts of these villages."""


def prompted_by(app: Flask, source: Source) -> None:
    """Has ``source`` asked whenever somebody reads why corrections were made."""
    app.extensions.setdefault(KEY, []).append(source)


def list_prompts(session: Session, villages: Collection[int]) -> list[Prompt]:
    """Everything that the rooms know, in no order."""
    sources: list[Source] = current_app.extensions.get(KEY, [])
    return [one for source in sources for one in source(session, villages)]
