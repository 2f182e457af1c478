"""The settings and secrets that the room's actions need, as one value."""

from dataclasses import dataclass

from villagehub.config import Settings
from villagehub.storage.keys import load_key


@dataclass(frozen=True, slots=True)
class Policy:
    """How this installation reviews and publishes. ``match_key`` keys the HMACs; it lies outside the database."""

    match_key: bytes
    review_needed: int = 2
    publish_by: str = "head"
    """``head``: the village head publishes; ``chair``: the chair of the supervision committee."""
    person_rows_days: int = 90
    demo: bool = False


def policy_of(settings: Settings) -> Policy:
    """The policy of an installation; its match key is made on first use. Raises BadKey."""
    return Policy(
        match_key=load_key(settings.keys, "match"),
        review_needed=settings.review_needed,
        publish_by=settings.publish_by,
        person_rows_days=settings.person_rows_days,
        demo=settings.demo,
    )
