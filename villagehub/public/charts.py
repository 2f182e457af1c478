"""Bars of income and expense as figures for pictures that need neither script nor inline style. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from villagehub.kernel.money import rounded, wan

HEIGHT = 92
BASE = 118
WAN_FEN = 1_000_000
YI_FEN = 10_000_000_000
WIDEST = 4
"""Characters of a label above a bar: more of them would run into the neighbour's."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One rectangle with its label above."""

    x: str
    """In hundredths of the width, as ``label_x``: letters keep their size however narrow the picture is."""
    y: str
    height: str
    percent: str
    """Its length where it lies, as in large letters."""
    label: str
    label_x: str
    label_y: str


@dataclass(frozen=True, slots=True)
class Group:
    """One period: its two bars and its name."""

    name: str
    x: str
    income: Bar
    expense: Bar
    last: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Up to four periods side by side, and the same in words."""

    groups: tuple[Group, ...]
    words: str
    unit: str
    """What the labels count: 万元 or 亿元."""


def tenths(number: int) -> str:
    """A number of tenths of a pixel as SVG writes it."""
    return f"{number // 10}.{number % 10}" if number % 10 else str(number // 10)


def bars_of(periods: Sequence[tuple[str, int, int]]) -> Chart:
    """``periods`` are (name, income fen, expense fen), oldest first; at most four are drawn."""
    shown = periods[-4:]
    largest = max((max(income, expense) for _, income, expense in shown), default=0) or 1
    large = largest >= YI_FEN or len(label_of(largest, WAN_FEN)) > WIDEST  # 9,999.99 万 would be rounded to 10000
    unit_fen, unit = (YI_FEN, "亿元") if large else (WAN_FEN, "万元")
    groups = []
    for place, (name, income, expense) in enumerate(shown):
        left = place * 250  # tenths of a hundredth of the width, from here on
        groups.append(
            Group(
                name,
                tenths(left + 125),
                _bar(left + 15, income, largest, unit_fen),
                _bar(left + 135, expense, largest, unit_fen),
                place == len(shown) - 1,
            )
        )
    words = "；".join(f"{name}收入 {wan(income)}、支出 {wan(expense)}" for name, income, expense in shown)
    return Chart(tuple(groups), f"各期收入和支出。{words}。", unit)


def label_of(fen: int, unit_fen: int) -> str:
    """The number above a bar with one decimal, or with none where it would be too wide."""
    label = rounded(fen, unit_fen=unit_fen, places=1)
    return label if len(label) <= WIDEST else rounded(fen, unit_fen=unit_fen, places=0)


def _bar(x: int, fen: int, largest: int, unit_fen: int) -> Bar:
    height = max(fen, 0) * HEIGHT * 10 // largest
    top = BASE * 10 - height
    label = label_of(fen, unit_fen)
    return Bar(
        tenths(x),
        tenths(top),
        tenths(height),
        share(max(fen, 0), largest),
        label,
        tenths(x + 50),
        tenths(max(top - 50, 110)),
    )


def share(part: int, whole: int) -> str:
    """A percentage with one decimal, rounded half up: ``51.5``."""
    if whole <= 0:
        return "0.0"
    tenth = (part * 2000 + whole) // (2 * whole)
    return f"{tenth // 10}.{tenth % 10}"
