"""Renders the record of publications: the list, one number, and what a number changed."""

from collections.abc import Mapping

from flask import render_template
from sqlalchemy.orm import Session

from villagehub.disclosures.stages import KIND_WORDS
from villagehub.kernel.money import yuan
from villagehub.public import changes, registers
from villagehub.public.address import NoSuchPage
from villagehub.public.finance_page import page_of
from villagehub.public.published import Publication
from villagehub.public.sections_pages import Village, read_filter

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
    """All publications, newest first; 50 on the first page, then 20 at a time."""
    after = read_filter(query).after
    rest = [one for one in village.publications if not after or one.number < after]
    size = 20 if after else 50
    shown = rest[:size]
    more = shown[-1].number if len(rest) > size else None
    return render_template("public/records.html", village=village.facts, publications=shown, more=more)


def numbered(village: Village, number: int) -> Publication:
    """The publication of this number; raises NoSuchPage."""
    for one in village.publications:
        if one.number == number:
            return one
    raise NoSuchPage(what=f"没有第 {number} 号公开")


def record_page(session: Session, village: Village, number: int, query: Mapping[str, str]) -> str:
    """One publication: reviewers, 防改码, its content, what it replaced and what replaced it."""
    publication = numbered(village, number)
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


def changes_page(session: Session, village: Village, number: int) -> str:
    """A correction beside its predecessor, old struck and new; raises NoSuchPage for a first publication."""
    publication = numbered(village, number)
    former = village.former(publication)
    if former is None:
        raise NoSuchPage(what=f"第 {number} 号是第一次公开，没有可比的旧版")
    hidden = publication.section.persons
    rows = (
        []
        if hidden
        else changes.compare(
            publication.section, village.items(session, former.id), village.items(session, publication.id)
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
