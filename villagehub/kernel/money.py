"""Money is a whole number of fen (分). No float ever holds an amount."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final, NewType

Fen = NewType("Fen", int)
"""An amount of money in fen; 100 fen are one yuan (元)."""

LARGEST_FEN: Final = 10**13
"""100 billion yuan: no village's entry is larger, and JavaScript still counts it exactly."""


def yuan(fen: int) -> str:
    """The exact amount as people read it: ``1260000`` becomes ``12,600.00``."""
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    return f"{sign}{whole:,}.{cents:02d}"


def signed_yuan(fen: int, direction: str) -> str:
    """An entry's amount with its sign: income ``+``, expense ``-``; a reversal turns the sign."""
    effect = fen if direction == "in" else -fen
    return f"{'+' if effect >= 0 else '-'}{yuan(abs(effect))}"


def plain_yuan(fen: int) -> str:
    """The exact amount without thousands separators, for files that machines read."""
    return yuan(fen).replace(",", "")


def rounded(fen: int, *, unit_fen: int, places: int) -> str:
    """``fen`` in units of ``unit_fen``, rounded half up to ``places`` decimals."""
    step = Decimal(1).scaleb(-places)
    return f"{(Decimal(fen) / unit_fen).quantize(step, ROUND_HALF_UP):f}"


def wan(fen: int) -> str:
    """A large amount for a sentence: 万元 with two decimals, from 亿 on in 亿元; below 1 万 the exact 元."""
    if abs(fen) >= 10_000_000_000:
        return f"{rounded(fen, unit_fen=10_000_000_000, places=2)} 亿元"
    if abs(fen) >= 1_000_000:
        return f"{rounded(fen, unit_fen=1_000_000, places=2)} 万元"
    return f"{yuan(fen)} 元"
