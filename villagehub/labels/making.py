"""From a target to a finished sheet: mint the code, draw, proof-read. The web page and the command line both come here.

Drawing and proof-reading take part of a second and stand outside any transaction; a code that was minted for a sheet which
then was refused simply waits for the next one.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from villagehub.config import Settings
from villagehub.kernel.clock import local_day
from villagehub.labels.actions import mint
from villagehub.labels.poster import draw_poster
from villagehub.labels.proof import Margin, proof_read
from villagehub.labels.queries import CodeFacts, facts_of
from villagehub.labels.rules import address_warnings
from villagehub.labels.targets import Target
from villagehub.labels.wording import checked_board, words_of
from villagehub.places.queries import VillageFacts
from villagehub.storage import unit_of_work


@dataclass(frozen=True, slots=True)
class Poster:
    """A poster that may be handed out: every code on it has been read back."""

    pdf: bytes
    code: CodeFacts
    margins: tuple[Margin, ...]
    warnings: list[str]
    board: str

    @property
    def filename(self) -> str:
        """青石沟村-村首页-海报.pdf"""
        return f"{self.code.village.name}-{self.code.target.words}-海报.pdf"

    @property
    def detail(self) -> dict[str, Any]:
        """For the journal."""
        return {"board": self.board, "codes_read": len(self.margins)}


def make_poster(village: VillageFacts, target: Target, *, settings: Settings, board: str, now: datetime) -> Poster:
    """The poster of a village or of one section. Opens a transaction of its own for minting; needs an application context.

    Raises BadBoard, FontsMissing, MissingGlyphs and Unreadable; then there is no PDF.
    """
    from villagehub.labels.fonts import load_fonts

    board = checked_board(board)
    fonts = load_fonts(Path(str(current_app.static_folder)) / "fonts")
    fonts.check([("村名", f"{village.township_name}{village.name}"), ("公开栏编号", board)])
    with unit_of_work() as session:
        held = mint(session, village.id, target, base_url=settings.base_url, case=settings.qr_case, now=now)
        code = facts_of(session, held)
    words = words_of(code, settings, board=board, today=local_day(now))
    sheet = draw_poster(words, code.symbol, code.payload, fonts)
    margins = proof_read(sheet, modules=code.symbol.side)
    warnings = address_warnings(code.base_url, case=settings.qr_case)
    return Poster(sheet.pdf, code, margins, warnings, board)
