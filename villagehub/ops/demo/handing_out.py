"""What villagers of the first village hold in their hands: an errand's receipt, slips of a list, and their 查询码.

Made by the same hands as every such paper, each code read back, and anew where the address in the codes has changed.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.guard import app_secret
from villagehub.cases.actions import code_of as errand_code
from villagehub.cases.models import Errand
from villagehub.cases.printing import make_slip
from villagehub.cases.queries import deadline_of, read_errand
from villagehub.config import Settings
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.slips import Slip, SlipList, read_slips
from villagehub.disclosures.stages import Stage
from villagehub.kernel import clock
from villagehub.kernel.codes import grouped
from villagehub.labels.files import whole_file
from villagehub.labels.making import make_slips
from villagehub.ops.demo.folder import CODES_FILE, SLIPS_BEFORE
from villagehub.ops.demo.people import write_secret
from villagehub.ops.demo.villages import DemoVillage
from villagehub.places.queries import read_village
from villagehub.questions.actions import code_of as question_code
from villagehub.questions.models import Question
from villagehub.questions.queries import read_page
from villagehub.storage import reading

HELD_BY_CODE: Final = "农村低保"
"""The list whose names are never online: its slips are the way to one's own line."""


def hand_out(app: Flask, settings: Settings, village: DemoVillage, *, now: datetime) -> None:
    """Writes the receipt of the errand under way, the slips of one list, and a file with all 查询码 (0600)."""
    with app.app_context():
        with reading() as session:
            facts = read_village(session, village.code)
            held = _slips(session, facts.id)
            errands = [
                read_errand(session, one, today=clock.today())
                for one in session.scalars(select(Errand).where(Errand.village_id == facts.id).order_by(Errand.id))
            ]
            first = next((one for one in errands if one.open), None)
            deadline = deadline_of(session, first) if first else None
            asked = [
                read_page(session, one)
                for one in session.scalars(
                    select(Question).where(Question.village_id == facts.id).order_by(Question.id)
                )
            ]
        if first and deadline:
            receipt = make_slip(first, deadline, errand_code(first.id, app_secret()), settings=settings, now=now)
            _keep(settings.instance / f"{SLIPS_BEFORE}{receipt.filename}", receipt.pdf)
        if held:
            made = make_slips(facts, *held, part=1, settings=settings, now=now)
            _keep(settings.instance / f"{SLIPS_BEFORE}{village.name}-查询单-{held[0].programme}.pdf", made.pdf)
        home, secret = f"{settings.base_url}/v/{village.code}", app_secret()
        lines = [f"{village.name}（演示）村民手里的查询码，在下面的网址里输入。", "", f"办事进度　{home}/errand"]
        lines += [f"　{grouped(errand_code(one.id, secret))}　{one.title}（{one.words}）" for one in errands]
        lines += ["", f"我问的到哪一步了　{home}/ask"]
        lines += [f"　{grouped(question_code(one.id, secret))}　{one.original}（{one.words}）" for one in asked]
        if held:
            lines += [
                "",
                f"查自家的补贴　{home}/funds",
                f"　{grouped(held[1][0].code)}　{held[0].programme}，{held[0].period_words}",
            ]
    write_secret(settings.instance / CODES_FILE, "\n".join(lines) + "\n")


def _slips(session: Session, village_id: int) -> tuple[SlipList, list[Slip]] | None:
    """The slips of the newest such list; None where the village has none."""
    version = session.scalars(
        select(Version)
        .join(Disclosure, Disclosure.id == Version.disclosure_id)
        .where(
            Version.village_id == village_id,
            Version.stage == Stage.PUBLISHED,
            Disclosure.section == "funds",
            Disclosure.subject == HELD_BY_CODE,
        )
        .order_by(Version.id.desc())
    ).first()
    return read_slips(session, version, today=clock.today(), secret=app_secret()) if version else None


def _keep(path: Path, raw: bytes) -> None:
    with whole_file(path, raw):
        pass
