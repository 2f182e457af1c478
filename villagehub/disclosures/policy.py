"""The settings and secrets that the room's actions need, as one value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """How this installation reviews and publishes. ``match_key`` keys the HMACs; it lies outside the database."""

    match_key: bytes
    review_needed: int = 2
    publish_by: str = "head"
    """``head``: the village head publishes; ``chair``: the chair of the supervision committee."""
    person_rows_days: int = 90
    demo: bool = False
