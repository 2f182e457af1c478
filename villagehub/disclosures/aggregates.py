"""What may be said in public about lists of persons: only totals, and no sum under five people (decision 11). Pure."""

from typing import Any, Final

from villagehub.sections.base import Section

FEWEST: Final = 5
"""Below this many people neither count nor sum is shown, only 少于5人."""

UNDER = "under_five"


def is_aggregate(section: Section, subject: str) -> bool:
    """Whether rows of this section and subject never get a public face."""
    return section.sensitive is not None and section.sensitive(subject)


def whole_totals(kept: Any) -> dict[str, int]:
    """Of what a version keeps as its totals those that are whole numbers. A value spoilt behind the site's back is left out, and
    so is missing against the seal.
    """
    return {name: value for name, value in kept.items() if type(value) is int} if isinstance(kept, dict) else {}


def public_totals(section: Section, subject: str, totals: Any) -> dict[str, int]:
    """The totals that may leave the house; ``{"under_five": 1}`` for a sensitive list of fewer than five."""
    sound = whole_totals(totals)
    return {UNDER: 1} if is_aggregate(section, subject) and sound.get("rows", 0) < FEWEST else sound
