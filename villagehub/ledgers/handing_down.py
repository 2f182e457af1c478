"""Lists that the township enters once for all its villages: powers, guides (decision 21).

Each village gets the list as a draft of its own. What only a village knows (who answers for it, which telephone) stays as the
village has it; its own clerk fills it in, its own committee reviews, its own head publishes. Nothing publishes itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.config import Settings
from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.rules import why_not_cadence
from villagehub.disclosures.scope import (
    Account,
    find_disclosure,
    last_published_before,
    latest_published,
    open_version,
)
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Problem, Severity
from villagehub.kernel.refused import Refused
from villagehub.ledgers.actions import accept, confirm, keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of
from villagehub.ledgers.other_village import Names
from villagehub.ledgers.report import open_questions
from villagehub.ledgers.result import Checked, CheckedRow
from villagehub.ledgers.states import UploadState
from villagehub.places.queries import VillageFacts, names_beside
from villagehub.sections import SECTIONS
from villagehub.sections.base import Facts, Section
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of

MOST_SHOWN: Final = 50


class NotHandedDown(Refused):
    """The section is each village's own."""

    code = "not_handed_down"
    message = "没有选发哪张清单。"
    fix = "镇里统一发的有：{titles}。别的由各村自己传。"
    status = 422


class NoVillages(Refused):
    """The person's township has no village."""

    code = "no_villages"
    message = "名下没有村，没有发给谁。"
    fix = "请系统管理员核对您的任职，或者先导入村名单。"
    status = 422


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of the list in one village."""

    village: str
    words: str
    done: bool


@dataclass(frozen=True, slots=True)
class HandedDown:
    """What was asked of the file, or what each village got; one of the two is empty."""

    problems: tuple[Problem, ...] = ()
    more: int = 0
    villages: tuple[Handed, ...] = ()


def handed_sections() -> list[Section]:
    """The sections whose lists come from the township."""
    return [one for one in SECTIONS.values() if one.own]


def hand_down(
    raw: bytes,
    filename: str,
    section: str,
    period: Period,
    villages: Sequence[VillageFacts],
    *,
    confirmed: bool,
    actor: Actor,
    settings: Settings,
) -> HandedDown:
    """Reads the list once and gives each village its draft; a list with faults reaches none. ``confirmed`` answers all that is
    asked. Sent again, it only changes what differs; a village whose draft is being reviewed is left alone and named.

    Needs an application context and no open unit of work. Raises NotHandedDown, NoVillages, NoSuchCadence.
    """
    meant = {one.name: one for one in handed_sections()}.get(section)
    if meant is None:
        raise NotHandedDown(titles="、".join(one.title for one in handed_sections()))
    refusal = why_not_cadence(meant, period, today=clock.today()) or (None if villages else NoVillages())
    if refusal:
        raise refusal
    sha256 = vault_of(settings).keep(raw)
    account = Account(villages[0].id, section, period)
    checked = check_bytes(raw, filename, account, settings, villages=_names_of(villages))
    asked = [one for one in checked.problems if one.severity is not Severity.INFO]
    if any(one.severity is Severity.MUST_FIX for one in asked) or (asked and not confirmed):
        return HandedDown(tuple(asked[:MOST_SHOWN]), max(0, len(asked) - MOST_SHOWN))
    file = (sha256, len(raw), filename)
    return HandedDown(
        villages=tuple(_give(one, meant, period, checked, file, actor=actor, settings=settings) for one in villages)
    )


def _names_of(villages: Sequence[VillageFacts]) -> Names:
    """For several villages at once a file is asked about that names a single one, be it one of them."""
    with reading() as session:
        here, others = names_beside(session, villages[0].id)
    return Names(here, others) if len(villages) == 1 else Names((), [*here, *others], f"名下 {len(villages)} 个村")


def _give(
    village: VillageFacts,
    section: Section,
    period: Period,
    checked: Checked,
    file: tuple[str, int, str],
    *,
    actor: Actor,
    settings: Settings,
) -> Handed:
    account, now = Account(village.id, section.name, period), clock.now()
    sha256, size, filename = file
    try:
        with unit_of_work() as session:
            upload, _ = receive(session, account, sha256=sha256, size=size, filename=filename, actor=actor, now=now)
            if upload.state == UploadState.ACCEPTED:
                return Handed(village.name, "发过了，和上次一样", done=True)
            keep_report(session, upload, checked, report_of(checked))
            places = [one["place"] for one in open_questions(upload.report, upload.confirmations)]
            confirm(session, upload, places, actor=actor, now=now)
            own = replace(checked, rows=with_own(session, section, account, checked))
            changes = accept(session, upload, own, actor=actor, policy=policy_of(settings), now=now)
    except Refused as refusal:
        return Handed(village.name, f"没有发：{refusal.sentence}", done=False)
    return Handed(
        village.name, f"新增 {changes.new} 项，改动 {changes.changed} 项，没变 {changes.unchanged} 项", done=True
    )


def with_own(session: Session, section: Section, account: Account, checked: Checked) -> tuple[CheckedRow, ...]:
    """The list's rows, with what the village itself has filled in where the township's file says nothing."""
    disclosure = find_disclosure(session, account)
    version = (open_version(session, disclosure) or latest_published(session, disclosure)) if disclosure else None
    version = version or last_published_before(session, account)
    held: dict[str, Facts] = {}
    for facts in all_facts(session, version) if version else ():
        key = section.natural_key(facts)
        if key is not None:
            held[key] = facts
    merged = []
    for row in checked.rows:
        mine = held.get(section.natural_key(row.facts) or "", {})
        kept = {name: mine[name] for name in section.own if name in mine and row.facts.get(name) is None}
        merged.append(row._replace(facts={**row.facts, **kept}))
    return tuple(merged)
