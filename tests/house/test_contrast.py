"""Colours that text and controls are drawn in, measured from the style sheets by the WCAG formula, light and dark."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
TEXT = [
    ("ink", "bg"),
    ("ink", "surface"),
    ("ink", "soft"),
    ("ink", "warnsoft"),
    ("ink", "badsoft"),
    ("ink2", "bg"),
    ("ink2", "surface"),
    ("ink2", "soft"),
    ("ink2", "warnsoft"),
    ("ink2", "badsoft"),
    ("brand", "surface"),
    ("brand", "soft"),
    ("onbrand", "brand"),
    ("onhead", "head"),
    ("onhead2", "head"),
    ("head", "onhead"),
    ("link", "bg"),
    ("link", "surface"),
    ("link", "soft"),
    ("link", "warnsoft"),
    ("link", "badsoft"),
    ("warn", "surface"),
    ("warn", "warnsoft"),
    ("surface", "warn"),
    ("bad", "surface"),
    ("bad", "badsoft"),
    ("surface", "bad"),
]
"""Text first, then what it stands on."""
EDGES = [("line2", "bg"), ("line2", "surface"), ("exp", "surface"), ("brand", "bg")]
"""Edges of controls and parts of charts, which may have less."""


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))


def themes() -> dict[str, dict[str, str]]:
    sheet = (CSS / "public.css").read_text("utf-8")
    light = re.search(r"^:root\{(.*?)\}", sheet, re.DOTALL | re.MULTILINE)
    dark = re.search(r"^:root\.dark\{(.*?)\}", sheet, re.DOTALL | re.MULTILINE)
    by_phone = re.search(r"prefers-color-scheme:dark\)\{:root:not\(\.light\)\{(.*?)\}", sheet, re.DOTALL)
    assert light
    assert dark
    assert by_phone
    base = tokens(light[1])
    return {"light": base, "dark": base | tokens(dark[1]), "dark by the phone": base | tokens(by_phone[1])}


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "dark by the phone"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read_on_what_it_stands_on(theme: str, text: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark", "dark by the phone"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_bars_stand_out(theme: str, edge: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[edge], colours[ground]) >= 3


def test_the_ring_of_focus_is_seen_on_every_ground() -> None:
    for name, colours in themes().items():
        for ground in ("bg", "surface", "soft", "head"):
            seen = max(contrast(colours["focus"], colours[ground]), contrast(colours["ink"], colours[ground]))
            assert seen >= 3, (name, ground)


def test_both_ways_to_the_dark_have_the_same_colours() -> None:
    assert themes()["dark"] == themes()["dark by the phone"]


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert round(contrast("#000", "#ffffff"), 1) == 21.0
