"""What may be said in public about lists of persons: only totals, and no sum under five people (decision 11). Pure."""

from typing import Any, Final

from villagehub.sections.base import Section

FEWEST: Final = 5
"""Below this many people neither count nor sum is shown, only 少于5人."""

UNDER = "under_five"


def is_aggregate(section: Section, subject: str) -> bool:
    """Whether rows of this section and subject never get a public face."""
    return section.sensitive is not None and section.sensitive(subject)


def public_totals(section: Section, subject: str, totals: dict[str, Any]) -> dict[str, int]:
    """The totals that may leave the house; ``{"under_five": 1}`` for a sensitive list of fewer than five."""
    if is_aggregate(section, subject) and int(totals.get("rows", 0)) < FEWEST:
        return {UNDER: 1}
    return {name: int(value) for name, value in totals.items()}
