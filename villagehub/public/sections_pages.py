"""Renders the pages of sections: lists of periods, an account of money, a batch, a register, one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from flask import render_template
from sqlalchemy.orm import Session

from villagehub.disclosures.receipts import proofs_by_number
from villagehub.kernel.money import yuan
from villagehub.public import changes, finance_page, narrowing, people, registers, summary, twins
from villagehub.public.address import Address, NoSuchPage
from villagehub.public.events_page import events_page
from villagehub.public.flow import draw_flow
from villagehub.public.home import late_periods
from villagehub.public.look import folded
from villagehub.public.numbered import Numbered
from villagehub.public.post_holders import cards_of, holders_of
from villagehub.public.proofs import NOTHING, proof_of, proofs_of, summed_up
from villagehub.public.published import Item, Publication, newest, numbers_of
from villagehub.public.village import Village, find, first_period
from villagehub.public.works import Projects, projects_beside
from villagehub.sections import section_named
from villagehub.sections.base import LASTING, Section, Shape

_COMMON: Final = "public/register.html"
"""The template that most registers share; those with one of their own are short."""
OTHERS: Final = 8
"""Other periods at the foot of a period's page; the section's own page lists all."""


def section_page(session: Session, village: Village, address: Address, query: Mapping[str, str]) -> str:
    """The page of a section, a period or a row; raises NoSuchPage."""
    section = section_named(address.section)
    if address.item is not None:
        return _item_page(session, village, address)
    found = village.of(address)
    if address.period is None:
        if section.shape in LASTING:
            if found and found[0].hidden:
                return hidden_page(village, found[0])
            return _register_page(session, village, address, found[0] if found else None, query)
        if section.shape is Shape.EVENT:
            return events_page(session, village, address, found, query, read_filter(query).after)
        return _list_page(session, village, address, found, query)
    publication = find(session, village, address)
    if publication.hidden:
        return hidden_page(village, publication)
    if section.shape is Shape.FLOW:
        return _finance_page(session, village, publication, found, query)
    if section.persons:
        return _batch_page(session, village, publication, query)
    return _register_page(session, village, address, publication, query)


def hidden_page(village: Village, publication: Publication, what: str = "") -> str:
    """The stub in place of whatever the publication showed (decision 20); ``what`` names what was asked for."""
    return render_template(
        "public/hidden.html",
        village=village.facts,
        p=publication,
        what=what or publication.title,
        newer=village.superseded_by(publication),
    )


def _notes(session: Session, village: Village, address: Address) -> list[str]:
    """What the committee owes of this section; its day says nothing about the books of the collective or of a group."""
    if address.entity != "committee":
        return []
    late = late_periods(session, village.facts.id, today=village.today)
    return [late[address.section].words] if address.section in late else []


def _next_place(after: int, count: int) -> int | None:
    """Where 再看 goes on in a list of so many; None at its end."""
    reached = after + (finance_page.MORE_ROWS if after else finance_page.PAGE_ROWS)
    return reached if reached < count else None


def _list_page(
    session: Session, village: Village, address: Address, found: Sequence[Publication], query: Mapping[str, str]
) -> str:
    after, chosen = read_filter(query).after, narrowing.read_chosen(query, narrowing.YEAR)
    kept = narrowing.of_year(found, chosen)
    more = _next_place(after, len(kept))
    return render_template(
        "public/periods.html",
        village=village.facts,
        section=section_named(address.section),
        base=address.path(village.facts.code),
        whose=address.whose,
        publications=kept[after : after + (finance_page.MORE_ROWS if after else finance_page.PAGE_ROWS)],
        everything=bool(found),
        chips=narrowing.years_of(found, chosen),
        chosen=chosen,
        more=chosen.and_after(more) if more is not None else "",
        began=first_period(found),
        notes=_notes(session, village, address),
    )


def read_filter(query: Mapping[str, str]) -> finance_page.Filter:
    """What the address asks to see; anything else in it is passed over."""
    after = query.get("after", "")
    direction = query.get("dir", "")
    return finance_page.Filter(
        direction if direction in ("in", "out") else "",
        query.get("cat", "")[:60],
        query.get("min", "") == "5000",
        int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0,
        narrowing.read_chosen(query, narrowing.WHO).value,
    )


def _finance_page(
    session: Session,
    village: Village,
    publication: Publication,
    found: Sequence[Publication],
    query: Mapping[str, str],
) -> str:
    section = publication.section
    items = village.items(session, publication.id)
    chosen = read_filter(query)
    kept = [one for one in items if finance_page.wanted(section, one, chosen)]
    if chosen.who:
        kept = narrowing.narrowed(section, kept, narrowing.Chosen(narrowing.WHO, chosen.who))
    with_whom = narrowing.Chosen(narrowing.WHO, chosen.who) if chosen.who else narrowing.Chosen()
    at_first = finance_page.FOLDED_ROWS if folded() else finance_page.PAGE_ROWS
    shown, more = finance_page.page_of(kept, chosen.after, at_first)
    former = village.former(publication)
    before = {one.thing_id: one for one in village.items(session, former.id)} if former else {}
    label = next(
        (
            one.label
            for direction in ("in", "out")
            for one in finance_page.shares_of(section, items, direction)
            if one.key == chosen.category
        ),
        "",
    )
    base = publication.address.path(village.facts.code)
    closing, proofs = publication.closing_fen, proofs_of(session, village.facts.code, publication)
    cards = []
    for one in shown:
        proof = proofs.get(one.thing_id, NOTHING)
        card = _card(section, one, before, former, publication)
        cards.append(replace(card, pictures=len(proof.shots), lacks=proof.lacks))
    return render_template(
        "public/finance.html",
        village=village.facts,
        p=publication,
        corrected=village.corrections(publication),
        base=base,
        item_base=Address(publication.address.entity, publication.address.group_no, section.name).path(
            village.facts.code
        ),
        totals=finance_page.total_lines(publication),
        gap=finance_page.opening_words(publication, found),
        closing=finance_page.closing_words(closing) if closing is not None else "",
        income=finance_page.shares_of(section, items, "in"),
        expense=finance_page.shares_of(section, items, "out"),
        chips=finance_page.chips_of(section, items),
        chosen=chosen,
        category_label=label,
        whom=[one for one in narrowing.rows_of_chips(section, items, with_whom) if one.label == narrowing.WITH_WHOM],
        who_words=finance_page.both_ways(kept) if chosen.who and kept else "",
        sum_found=yuan(sum(finance_page.amount_of(one) for one in kept)),
        found=len(kept),
        cards=cards,
        receipts=summed_up(session, village.facts.id, items, proofs),
        removed=_removed(section, items, before) if not chosen.active and not chosen.after else [],
        more=_more(chosen, more),
        next=min(finance_page.MORE_ROWS, sum(1 for one in kept if more and one.position > more)),
        others=[one for one in found if one.id != publication.id][:OTHERS],
        began=first_period(found) if len(found) <= OTHERS + 1 else None,
        said=()
        if chosen.active or chosen.after
        else summary.sentences(publication, items, found, village.facts.code, _projects(session, village, publication)),
        beside=summary.beside(publication, found, village.facts.code),
        sizes=twins.sizes_of(publication, items, village.facts.name),
    )


def _projects(session: Session, village: Village, publication: Publication) -> Projects:
    return projects_beside(
        publication,
        newest(village.publications),
        lambda version_id: village.items(session, version_id),
        village.facts.code,
    )


def _card(
    section: Section, item: Item, before: Mapping[int, Item], former: Publication | None, publication: Publication
) -> finance_page.Card:
    card = finance_page.card_of(section, item, beside=publication.period.first)
    if former is None:
        return card
    old = before.get(item.thing_id)
    if old is None:
        return finance_page.with_changes(card, (), added=True)
    return finance_page.with_changes(card, finance_page.changes_between(section, old, item), added=False)


def _removed(section: Section, items: Sequence[Item], before: Mapping[int, Item]) -> list[str]:
    kept = {one.thing_id for one in items}
    return [changes.name_of(section, one) for thing_id, one in before.items() if thing_id not in kept][:50]


def _more(chosen: finance_page.Filter, after: int | None) -> str:
    if after is None:
        return ""
    parts = [f"dir={chosen.direction}" if chosen.direction else "", "min=5000" if chosen.large else ""]
    if chosen.category:
        parts.append(f"cat={quote(chosen.category)}")
    if chosen.who:
        parts.append(f"{narrowing.WHO}={quote(chosen.who)}")
    return "&".join([*(part for part in parts if part), f"after={after}"])


def _batch_page(session: Session, village: Village, publication: Publication, query: Mapping[str, str]) -> str:
    items = [] if publication.aggregate or publication.expired else village.items(session, publication.id)
    group, surname = query.get("zu", "")[:40], query.get("xing", "")[:10]
    return render_template(
        "public/batch.html",
        village=village.facts,
        p=publication,
        corrected=village.corrections(publication),
        base=publication.address.path(village.facts.code),
        sizes=twins.sizes_of(publication, [], village.facts.name),
        standard=people.standard_words(publication.section, items),
        groups=people.groups_in(items),
        sums=people.group_sums(publication.section, items),
        group=group,
        surnames=people.surnames_in(items, group) if group else [],
        surname=surname,
        names=people.under(items, group, surname) if group and surname else [],
        found=people.tapped(publication.section, items, group, surname, query.get("no", "")),
        noindex=True,
    )


def _register_page(
    session: Session, village: Village, address: Address, publication: Publication | None, query: Mapping[str, str]
) -> str:
    section = section_named(address.section)
    items = village.items(session, publication.id) if publication else []
    after = read_filter(query).after
    own_page = section.page != _COMMON
    chosen = (
        narrowing.Chosen() if own_page else narrowing.read_chosen(query, *narrowing.fields_of(section), narrowing.WHO)
    )
    kept = narrowing.narrowed(section, items, chosen)
    shown, more = finance_page.page_of(kept, after)
    base = publication.address.path(village.facts.code) if publication else ""
    return render_template(
        section.page,
        village=village.facts,
        section=section,
        titled=publication.title if publication and address.period else section.title,
        p=publication,
        corrected=village.corrections(publication) if publication else 0,
        notes=_notes(session, village, address),
        all=items,
        shown=shown,
        holders=registers.holders,
        by_body=registers.by_body,
        parts=registers.divided(section, shown, today=village.today),
        totals=registers.sum_lines(
            narrowing.with_totals(publication, kept) if chosen else publication, kept, whole=not chosen
        )
        if publication
        else [],
        chips=[] if own_page else narrowing.rows_of_chips(section, items, chosen),
        chosen=chosen,
        chosen_words=narrowing.words_of(section, chosen),
        found=len(kept),
        more=chosen.and_after(more) if more is not None else "",
        base=base,
        sizes=twins.sizes_of(publication, items, village.facts.name) if publication else None,
        item_base=Address(address.entity, address.group_no, section.name).path(village.facts.code),
    )


def _happened(first: bool, older: Item | None, found: Sequence[finance_page.Change]) -> str:
    if first:
        return "首次公开"
    if older is None:
        return "改好后重新公开"
    return "有改动" if found else "没变"


def _cards(session: Session, village: Village, section: Section) -> Mapping[str, str]:
    """Where the cards of post holders stand, for whoever is named as answering for something; none beside a card itself."""
    return {} if section.name == "duties" else cards_of(holders_of(session, village))


@dataclass(frozen=True, slots=True)
class History:
    """One publication in the story of a row."""

    publication: Publication
    words: str
    changes: tuple[finance_page.Change, ...]


def _item_page(session: Session, village: Village, address: Address) -> str:
    section = section_named(address.section)
    if section.persons:
        raise NoSuchPage(what="个人的补贴不能从网址直接打开")
    story: list[tuple[Publication, Item | None]] = []
    mine = [
        one
        for one in village.publications
        if one.section.name == section.name
        and one.address.entity == address.entity
        and one.address.group_no == address.group_no
    ]
    register = section.shape in LASTING
    if register:  # the newest period is what holds, however late an older one was corrected
        mine.sort(key=lambda one: (one.period, one.number), reverse=True)
    for publication in mine:
        if publication.hidden:
            if address.item in numbers_of(session, publication.id):
                if not story:
                    return hidden_page(village, publication, f"{section.title}编号 {address.item}")
                story.append((publication, None))
            continue
        held = next((one for one in village.items(session, publication.id) if one.number == address.item), None)
        if held is not None:
            story.append((publication, held))
    if not story:
        raise NoSuchPage(what=f"{section.title}里没有编号 {address.item}")
    publication, item = story[0]
    assert item is not None  # noqa: S101 - a hidden first one has been answered above
    current = {one.id for one in (village.of(address)[:1] if register else newest(village.publications))}
    gone = ""
    if publication.id not in current:
        gone = "最新一期的登记里没有这一项了" if register else "这一项在后来的更正中去掉了"
    tables, history = registers.part_tables(section, item, on=publication.day), []
    for place, (one, held) in enumerate(story):
        if held is None:
            history.append(History(one, one.counted, ()))
            continue
        last = place + 1 == len(story)
        older = None if last else story[place + 1][1]
        found = finance_page.changes_between(section, older, held) if older else ()
        if older:
            two = (proofs_by_number(session, story[place + 1][0].id), proofs_by_number(session, one.id))
            found = (*found, *changes.receipt_changes(held.number, two))
        history.append(History(one, _happened(last, older, found), found))
    return render_template(
        "public/item.html",
        village=village.facts,
        p=publication,
        corrected=village.corrections(publication),
        name=changes.name_of(section, item),
        number=item.number,
        said=registers.said_in_one(section, item),
        lines=registers.item_lines(
            section, item, _cards(session, village, section), Numbered(session, village).beside(publication, item)
        ),
        tables=[(one, draw_flow(one.columns, one.rows) if one.drawn else None) for one in tables],
        course=section.course(item.values),
        follows=section.notes(item.values, village.today),
        down=publication.expired,
        proof=proof_of(session, village.facts.code, village.facts.id, publication, item),
        history=history[:50],
        gone=gone,
        back=publication.address.path(village.facts.code),
    )
