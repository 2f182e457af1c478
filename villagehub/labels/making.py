"""From a target to a finished sheet: mint the code, draw, proof-read. The web page and the command line both come here.

Drawing and proof-reading take part of a second and stand outside any transaction; a code that was minted for a sheet which
then was refused simply waits for the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app

from villagehub.config import Settings
from villagehub.disclosures.slips import MOST, Slip, SlipList
from villagehub.kernel.clock import local_day
from villagehub.labels.actions import mint
from villagehub.labels.poster import Sheet, draw_poster
from villagehub.labels.proof import Margin, proof_read
from villagehub.labels.proof_code import make_proof_symbol, proof_code
from villagehub.labels.queries import CodeFacts, facts_of
from villagehub.labels.rules import address_warnings
from villagehub.labels.sheet import ToDraw, draw_sheets
from villagehub.labels.sheet_facts import SheetFacts
from villagehub.labels.sheet_words import words_of_sheet
from villagehub.labels.slip import draw_slips
from villagehub.labels.tag import Tag, draw_tags
from villagehub.labels.tag_facts import Tagged
from villagehub.labels.targets import Target, TargetKind
from villagehub.labels.wording import checked_board, words_of
from villagehub.places.queries import VillageFacts
from villagehub.storage import reading, unit_of_work


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


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A 公开榜 or an 审核表 that may be handed out: its code has been read back."""

    pdf: bytes
    facts: SheetFacts
    code: CodeFacts
    margins: tuple[Margin, ...]
    pages: int
    warnings: list[str]

    @property
    def name(self) -> str:
        """What it is called."""
        return "公开榜" if self.facts.published else "审核表"

    @property
    def filename(self) -> str:
        """青石沟村-2026年第三季度财务收支-公开榜-第3号.pdf"""
        number = f"-第{self.facts.number}号" if self.facts.number else ""
        return f"{self.facts.village.name}-{self.facts.title}-{self.name}{number}.pdf".replace("/", "／")

    @property
    def detail(self) -> dict[str, Any]:
        """For the journal."""
        return {"version": self.facts.version_id, "sheet": self.name, "pages": self.pages}


def make_sheet(facts: SheetFacts, *, settings: Settings, now: datetime) -> PrintedSheet:
    """The sheet of one version. Opens a transaction of its own for minting; needs an application context.

    Raises DoesNotAdd, FontsMissing, MissingGlyphs and Unreadable; then there is no PDF.
    """
    codes, sheet, margins, unproved = _made([facts], settings, now)
    warnings = [*address_warnings(codes[0].base_url, case=settings.qr_case), *unproved]
    return PrintedSheet(sheet.pdf, facts, codes[0], margins, sheet.pages, warnings)


@dataclass(frozen=True, slots=True)
class PrintedPackage:
    """The 审核表 of everything that is signed together, in one PDF; every code has been read back."""

    pdf: bytes
    sheets: tuple[SheetFacts, ...]
    codes: tuple[CodeFacts, ...]
    pages: int

    @property
    def filename(self) -> str:
        """青石沟村-审核表-3件.pdf"""
        return f"{self.sheets[0].village.name}-审核表-{len(self.sheets)}件.pdf"


def make_package(sheets: Sequence[SheetFacts], *, settings: Settings, now: datetime) -> PrintedPackage:
    """The sheets of several versions of one village in one PDF; otherwise as ``make_sheet``."""
    codes, sheet, _, _ = _made(sheets, settings, now)
    return PrintedPackage(sheet.pdf, tuple(sheets), codes, sheet.pages)


def _made(
    sheets: Sequence[SheetFacts], settings: Settings, now: datetime
) -> tuple[tuple[CodeFacts, ...], Sheet, tuple[Margin, ...], list[str]]:
    from villagehub.labels.fonts import load_fonts

    fonts, codes = load_fonts(Path(str(current_app.static_folder)) / "fonts"), list[CodeFacts]()
    with unit_of_work() as session:
        for one in sheets:
            held = mint(session, one.village.id, one.target, base_url=settings.base_url, case=settings.qr_case, now=now)
            codes.append(facts_of(session, held))
    drawn, unproved = [], []
    for one, code in zip(sheets, codes, strict=True):
        words, payload, symbol = words_of_sheet(one, code, settings, today=local_day(now)), "", None
        if one.published:
            with reading() as session:
                payload, why = proof_code(session, one.version_id, settings.base_url)
            symbol = make_proof_symbol(payload) if payload else None
            unproved += [why] if why else []
        drawn.append(ToDraw(words, code.symbol, code.payload, symbol, payload))
    sheet = draw_sheets(drawn, fonts)
    sides = {one.payload: one.symbol.side for one in codes}
    return tuple(codes), sheet, proof_read(sheet, modules=sides), unproved


@dataclass(frozen=True, slots=True)
class PrintedTags:
    """Labels that may be handed out: the code of each has been read back."""

    pdf: bytes
    village: VillageFacts
    codes: tuple[CodeFacts, ...]
    margins: tuple[Margin, ...]
    pages: int
    warnings: list[str]

    @property
    def filename(self) -> str:
        """青石沟村-标签.pdf"""
        return f"{self.village.name}-标签.pdf"


def make_tags(
    village: VillageFacts, things: Sequence[Tagged], *, settings: Settings, now: datetime, together: bool = False
) -> PrintedTags:
    """One label a thing, each on a page of its own or ten to a sheet of A4 (``together``).

    Opens a transaction of its own for minting; needs an application context.
    Raises FontsMissing, MissingGlyphs and Unreadable; then there is no PDF.
    """
    from villagehub.labels.fonts import load_fonts

    fonts = load_fonts(Path(str(current_app.static_folder)) / "fonts")
    fonts.check((f"编号 {one.number}", one.name + one.numbered) for one in things)
    tags = []
    with unit_of_work() as session:
        for one in things:
            held = mint(session, village.id, one.target, base_url=settings.base_url, case=settings.qr_case, now=now)
            tags.append(Tag(one, facts_of(session, held)))
    sheet = draw_tags(tags, fonts, hotline=settings.hotline, demo=settings.demo, together=together)
    codes = tuple(one.code for one in tags)
    margins = proof_read(sheet, modules=codes[0].symbol.side)
    warnings = address_warnings(settings.base_url, case=settings.qr_case)
    return PrintedTags(sheet.pdf, village, codes, margins, sheet.pages, warnings)


@dataclass(frozen=True, slots=True)
class PrintedSlips:
    """查询单 that may be handed out: the code on each has been read back."""

    pdf: bytes
    code: CodeFacts
    held: SlipList
    count: int
    pages: int
    part: int

    @property
    def filename(self) -> str:
        """青石沟村-查询单-第3号-1.pdf: the programme may tell what nobody need know, so it is no part of the name."""
        return f"{self.code.village.name}-查询单-第{self.held.number}号-{self.part}.pdf"

    @property
    def detail(self) -> dict[str, Any]:
        """For the journal."""
        return {"version": self.held.version_id, "number": self.held.number, "slips": self.count, "pages": self.pages}


def make_slips(
    village: VillageFacts, held: SlipList, slips: Sequence[Slip], *, part: int, settings: Settings, now: datetime
) -> PrintedSlips:
    """The ``part``-th file of so many slips as one printing reads back (the first, where there is no such part).

    All carry one code, which leads to the section's page with its box; opens a transaction of its own for minting; needs an
    application context. Raises FontsMissing, MissingGlyphs and Unreadable; then there is no PDF.
    """
    from villagehub.labels.fonts import load_fonts

    fonts = load_fonts(Path(str(current_app.static_folder)) / "fonts")
    if not slips[(part - 1) * MOST :]:
        part = 1
    chosen = slips[(part - 1) * MOST : part * MOST]
    target = Target(TargetKind.SECTION, held.section, held.entity, held.group_no)
    with unit_of_work() as session:
        minted = mint(session, village.id, target, base_url=settings.base_url, case=settings.qr_case, now=now)
        code = facts_of(session, minted)
    sheet = draw_slips(held, chosen, code, fonts, hotline=settings.hotline, demo=settings.demo)
    proof_read(sheet, modules=code.symbol.side, tried=1)
    return PrintedSlips(sheet.pdf, code, held, len(chosen), sheet.pages, part)
