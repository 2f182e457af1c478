"""The demo's poster: made by the same hands as every poster, and anew where the address in its code has changed."""

from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask

from villagehub.config import Settings
from villagehub.labels.actions import note_poster
from villagehub.labels.files import whole_file
from villagehub.labels.making import make_poster
from villagehub.labels.targets import section_target
from villagehub.ops.demo.people import CHANNEL
from villagehub.ops.demo.villages import DemoVillage
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work

BOARD: Final = "G-01"


def poster_path(settings: Settings, village: DemoVillage) -> Path:
    """Where a village's poster lies."""
    return settings.instance / f"海报-{village.name}.pdf"


def hang_poster(app: Flask, settings: Settings, village: DemoVillage, *, now: datetime) -> Path:
    """Makes the poster of the village's home page, each code on it read back; raises what making posters raises."""
    path = poster_path(settings, village)
    with app.app_context():
        with reading() as session:
            facts = read_village(session, village.code)
        made = make_poster(facts, section_target(""), settings=settings, board=BOARD, now=now)
        with whole_file(path, made.pdf), unit_of_work() as session:
            note_poster(session, made.code.id, actor=None, channel=CHANNEL, detail=made.detail, now=now)
    return path
