"""Whoever writes half a page into one cell makes no page too heavy for a slow connection: lists show its beginning."""

import gzip
import random

import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.public.build import build_dirty
from villagehub.sections import SECTIONS

HOME = f"/v/{COUNTY.village}"
LARGEST = 14_336
DRAWN = random.Random(7)


def told(characters: int) -> str:
    """Words that hardly repeat, as real ones: a compressed page gains little from them."""
    return "".join(chr(DRAWN.randint(0x4E00, 0x9000)) for _ in range(characters))


def test_long_texts_stand_whole_on_their_own_page_and_shortened_in_lists(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    kind = SECTIONS["notices"].field_named("kind").choices[0].key
    texts = [told(300) for _ in range(30)]
    rows = [
        {"title": f"通知{one}", "kind": kind, "issued_on": "2026-04-11", "issuer": told(150), "content": text}
        for one, text in enumerate(texts)
    ]
    with app.app_context():
        road.published(rows, of=road.account("notices", "2026-04"), opening=None)
        build_dirty()
    for path in ("/n/1", "/search?q=通知"):
        answer = client.get(HOME + path)
        assert (
            len(gzip.compress(gzip.decompress(answer.data) if answer.data[:2] == b"\x1f\x8b" else answer.data))
            <= LARGEST
        )
        assert texts[1] not in answer.text
    assert texts[1] in client.get(f"{HOME}/notices/i/2").text
