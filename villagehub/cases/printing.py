"""From an errand to its finished slip: mint the village's code, draw, proof-read."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app

from villagehub.cases.queries import Page
from villagehub.cases.slip import SlipWords, draw_slip
from villagehub.config import Settings
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import day_words
from villagehub.kernel.working_days import Deadline
from villagehub.labels.actions import mint
from villagehub.labels.proof import proof_read
from villagehub.labels.queries import facts_of
from villagehub.labels.targets import ERRANDS
from villagehub.storage import unit_of_work


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip that may be handed out: its code has been read back."""

    pdf: bytes
    filename: str


def make_slip(page: Page, deadline: Deadline, code: str, *, settings: Settings, now: datetime) -> PrintedSlip:
    """The slip with this 查询码. Opens a transaction of its own for minting; needs an application context.

    Raises FontsMissing, MissingGlyphs and Unreadable; then there is no PDF.
    """
    from villagehub.labels.fonts import load_fonts

    fonts = load_fonts(Path(str(current_app.static_folder)) / "fonts")
    with unit_of_work() as session:
        held = facts_of(
            session,
            mint(session, page.village.id, ERRANDS, base_url=settings.base_url, case=settings.qr_case, now=now),
        )
    sheet = draw_slip(_words(page, deadline, code, settings), held, fonts)
    proof_read(sheet, modules=held.symbol.side)
    return PrintedSlip(sheet.pdf, f"{page.village.name}-办事回执-第{page.number}号.pdf")


def _words(page: Page, deadline: Deadline, code: str, settings: Settings) -> SlipWords:
    opened = day_words(local_day(page.opened_at))
    counted = f"{page.days} 个工作日：{opened}收下，当天不算，周末和放假不算"
    facts = [("哪天收下", opened), ("村里最晚", f"{day_words(page.due_on)}办好，或者转到上面办（{counted}）")]
    if page.due_on != deadline.last:  # the villager was awaited, or the calendar came later
        facts[1] = ("村里最晚", f"{day_words(page.due_on)}办好，或者转到上面办（等补材料的日子不算）")
    if not deadline.certain:
        facts.append(("放假", "今年的放假安排还没录入，遇上放假会往后推"))
    return SlipWords(
        title=page.title,
        number=f"第 {page.number} 号",
        facts=tuple(facts),
        code=code,
        asking=f"办事咨询 {settings.hotline}",
        demo=settings.demo,
    )
