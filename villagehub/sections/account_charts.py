"""The two charts of accounts in use, 2004 and 财会〔2023〕14号: the same code may mean opposite things (domain §3.4)."""

import re
from collections.abc import Sequence
from typing import Final

CODES_2004: Final = frozenset(("202", "522", "531", "541", "551", "561"))
CODES_2023: Final = frozenset(("133", "134", "162", "171", "213", "214", "503", "504", "513", "514", "515"))
COLLIDING_CODES: Final = frozenset(("131", "132", "153", "154", "502", "511", "521"))
"""Codes that the charts of 2004 and 2023 give to different accounts: 511 was an income account and is now an expense."""


def chart_edition(codes: Sequence[str]) -> str | None:
    """``2004`` or ``2023`` by the account codes that exist in one chart only; None where they do not tell."""
    firsts = {match.group() for code in codes if (match := re.match(r"\d{3}", code))}
    old, new = bool(firsts & CODES_2004), bool(firsts & CODES_2023)
    return None if old == new else "2004" if old else "2023"
