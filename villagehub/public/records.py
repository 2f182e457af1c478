"""Renders the record of publications: the list, one number, and what a number changed."""

from collections.abc import Mapping
from datetime import date

from flask import current_app, render_template
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.disclosures.receipts import proofs_by_number
from villagehub.disclosures.stages import KIND_WORDS
from villagehub.kernel.money import yuan
from villagehub.public import changes, registers, summary
from villagehub.public.address import NoSuchPage
from villagehub.public.finance_page import page_of
from villagehub.public.last_clean import must_fit
from villagehub.public.published import Publication
from villagehub.public.sections_pages import hidden_page, read_filter
from villagehub.public.village import Village
from villagehub.sections.base import Shape

FIGURES = {
    "opening_fen": "期初",
    "income_fen": "收入",
    "expense_fen": "支出",
    "closing_fen": "结余",
    "original_fen": "原值合计",
    "net_fen": "净值合计",
    "amount_fen": "合计",
    "rows": "行数",
}


def records_page(village: Village, query: Mapping[str, str]) -> str:
    """All publications, newest first; 50 on the first page, then 20 at a time. With ``on`` what stood on that day."""
    after, day = read_filter(query).after, _day(query.get("on", ""))
    if day is not None:
        return _as_of_page(village, day)
    rest = [one for one in village.publications if not after or one.number < after]
    size = 20 if after else 50
    shown = rest[:size]
    more = shown[-1].number if len(rest) > size else None
    return render_template("public/records.html", village=village.facts, publications=shown, more=more)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _as_of_page(village: Village, day: date) -> str:
    """What a reader would have found on that day: of each account the version that was the newest then."""
    stood: dict[int, Publication] = {}
    for one in sorted(village.publications, key=lambda one: one.number):
        if one.day <= day:
            stood[one.disclosure_id] = one
    shown = sorted(stood.values(), key=lambda one: one.number, reverse=True)
    return render_template("public/as_of.html", village=village.facts, day=day, publications=shown[:200])


def numbered(village: Village, number: int) -> Publication:
    """The publication of this number; raises NoSuchPage."""
    for one in village.publications:
        if one.number == number:
            return one
    raise NoSuchPage(what=f"没有第 {number} 号公开")


def record_page(session: Session, village: Village, number: int, query: Mapping[str, str]) -> str:
    """One publication: reviewers, 防改码, its content, what it replaced and what replaced it."""
    publication = numbered(village, number)
    must_fit(publication)
    if publication.hidden:
        return hidden_page(village, publication, f"第 {number} 号公开")
    items = [] if publication.section.persons else village.items(session, publication.id)
    shown, more = page_of(items, read_filter(query).after)
    return render_template(
        "public/record.html",
        village=village.facts,
        p=publication,
        newer=village.superseded_by(publication),
        former=village.former(publication),
        kind_words=KIND_WORDS[publication.kind],
        items=[registers.short_line(publication.section, one) for one in shown],
        more=more,
    )


def script_page(session: Session, village: Village, number: int) -> str:
    """One publication in words to be read aloud; names of persons are never in it."""
    publication = numbered(village, number)
    must_fit(publication)
    if publication.hidden:
        return hidden_page(village, publication, f"第 {number} 号公开")
    settings: Settings = current_app.extensions["villagehub"]
    items = village.items(session, publication.id) if publication.section.shape is Shape.FLOW else []
    said = summary.script(publication, items, village=village.facts.name, hotline=settings.hotline)
    return render_template("public/script.html", village=village.facts, p=publication, script=said)


def changes_page(session: Session, village: Village, number: int) -> str:
    """A correction beside its predecessor, old struck and new; raises NoSuchPage for a first publication."""
    publication = numbered(village, number)
    before = next((one for one in village.publications if one.id == publication.supersedes_id), None)
    for one in (publication, before):
        if one is not None:
            must_fit(one)
        if one is not None and one.hidden:
            return hidden_page(village, one, f"第 {one.number} 号公开")
    former = village.former(publication)
    if former is None:
        raise NoSuchPage(what=f"第 {number} 号是第一次公开，没有可比的旧版")
    hidden = publication.section.persons
    rows = (
        []
        if hidden
        else changes.compare(
            publication.section,
            village.items(session, former.id),
            village.items(session, publication.id),
            (proofs_by_number(session, former.id), proofs_by_number(session, publication.id)),
        )
    )
    return render_template(
        "public/changes.html",
        village=village.facts,
        p=publication,
        former=former,
        figures=_figures(former, publication),
        rows=rows[:50],
        count=len(rows),
        more=len(rows) > 50,
        hidden=hidden,
    )


def _figures(former: Publication, publication: Publication) -> list[tuple[str, str, str]]:
    found = []
    for name, words in FIGURES.items():
        old, new = (_figure(one, name) for one in (former, publication))
        if old or new:
            found.append((words, old or "没有", new or "没有"))
    return found


def _figure(publication: Publication, name: str) -> str:
    value = publication.totals.get(name, getattr(publication, name, None) if name.endswith("_fen") else None)
    if not isinstance(value, int):
        return ""
    return yuan(value) if name.endswith("_fen") else str(value)
