"""The settings and secrets that the room's actions need, as one value."""

from dataclasses import dataclass
from pathlib import Path

from villagehub.config import Settings
from villagehub.storage.keys import load_key


@dataclass(frozen=True, slots=True)
class Policy:
    """How this installation reviews and publishes. ``match_key`` keys the HMACs; it lies outside the database."""

    match_key: bytes
    log: Path
    """The folder of the public log, which says whether this database may be published from."""
    review_needed: int = 2
    publish_by: str = "head"
    """``head``: the village head publishes; ``chair``: the chair of the supervision committee."""
    board_only: bool = False
    """The collective's books are reviewed by its board alone; else the village's committee may do it too (decision 16)."""
    person_rows_days: int = 90
    demo: bool = False


def policy_of(settings: Settings) -> Policy:
    """The policy of an installation; its match key is made on first use. Raises BadKey."""
    return Policy(
        match_key=load_key(settings.keys, "match"),
        log=settings.log,
        review_needed=settings.review_needed,
        publish_by=settings.publish_by,
        board_only=settings.collective_review == "board",
        person_rows_days=settings.person_rows_days,
        demo=settings.demo,
    )
