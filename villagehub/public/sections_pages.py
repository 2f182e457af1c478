"""Renders the pages of sections: lists of periods, an account of money, a batch, a register, one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from flask import render_template
from sqlalchemy.orm import Session

from villagehub.disclosures.stages import VersionKind
from villagehub.kernel.money import yuan
from villagehub.places.queries import VillageFacts
from villagehub.public import changes, finance_page, people, registers
from villagehub.public.address import Address, NoSuchPage
from villagehub.public.home import late_periods
from villagehub.public.published import Item, Publication, items_of, newest
from villagehub.sections import section_named
from villagehub.sections.base import Section, Shape


@dataclass(frozen=True, slots=True)
class Village:
    """A village with all it has published: what every page is made from."""

    facts: VillageFacts
    publications: Sequence[Publication]
    today: date
    _items: dict[int, list[Item]] = field(default_factory=dict)

    def items(self, session: Session, version_id: int) -> list[Item]:
        """The rows of a publication; read once, however many pages are made from them."""
        if version_id not in self._items:
            self._items[version_id] = items_of(session, version_id)
        return self._items[version_id]

    def of(self, address: Address) -> list[Publication]:
        """The newest publication of each disclosure of this entity and section, newest period first."""
        found = [
            one
            for one in newest(self.publications)
            if one.section.name == address.section
            and one.address.entity == address.entity
            and one.address.group_no == address.group_no
        ]
        return sorted(found, key=lambda one: (one.period, one.number), reverse=True)

    def corrections(self, publication: Publication) -> int:
        """How often the disclosure has been corrected."""
        return sum(
            1
            for one in self.publications
            if one.disclosure_id == publication.disclosure_id and one.kind is VersionKind.CORRECTION
        )

    def superseded_by(self, publication: Publication) -> Publication | None:
        """The version that took this one's place, if any."""
        return next((one for one in self.publications if one.supersedes_id == publication.id), None)

    def former(self, publication: Publication) -> Publication | None:
        """The version that this one took the place of."""
        return next((one for one in self.publications if one.id == publication.supersedes_id), None)


def section_page(session: Session, village: Village, address: Address, query: Mapping[str, str]) -> str:
    """The page of a section, a period or a row; raises NoSuchPage."""
    section = section_named(address.section)
    if address.item is not None:
        return _item_page(session, village, address)
    found = village.of(address)
    if address.period is None:
        if section.shape in (Shape.REGISTER, Shape.STANDING):
            return _register_page(session, village, section, found[0] if found else None, query)
        return _list_page(session, village, section, found)
    publication = find(village, address)
    if section.shape is Shape.FLOW:
        return _finance_page(session, village, publication, found, query)
    if section.persons:
        return _batch_page(session, village, publication, query)
    return _register_page(session, village, section, publication, query)


def find(village: Village, address: Address) -> Publication:
    """The newest publication at this address; raises NoSuchPage with what is not there."""
    for one in village.of(address):
        if one.period == address.period and one.address.subject == address.subject:
            return one
    section = section_named(address.section)
    label = address.period.label if address.period else ""
    raise NoSuchPage(what=f"{label}{section.title}还没有公开")


def _notes(session: Session, village: Village, section: Section) -> list[str]:
    late = late_periods(session, village.facts.id, newest(village.publications), today=village.today)
    return [late[section.name]] if section.name in late else []


def _list_page(session: Session, village: Village, section: Section, found: Sequence[Publication]) -> str:
    return render_template(
        "public/periods.html",
        village=village.facts,
        section=section,
        publications=found[:50],
        notes=_notes(session, village, section),
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
    shown, more = finance_page.page_of(kept, chosen.after)
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
    closing = publication.closing_fen
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
        sum_found=yuan(sum(finance_page.amount_of(one) for one in kept)),
        found=len(kept),
        cards=[_card(section, one, before, former, publication) for one in shown],
        removed=_removed(section, items, before) if not chosen.active and not chosen.after else [],
        more=_more(chosen, more),
        others=[one for one in found if one.id != publication.id][:8],
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
        from urllib.parse import quote

        parts.append(f"cat={quote(chosen.category)}")
    return "&".join([*(part for part in parts if part), f"after={after}"])


def _batch_page(session: Session, village: Village, publication: Publication, query: Mapping[str, str]) -> str:
    items = [] if publication.aggregate or publication.expired else village.items(session, publication.id)
    group, surname = query.get("zu", "")[:40], query.get("xing", "")[:10]
    rates = {str(one.values["rate"]) for one in items if one.values.get("rate")}
    units = {str(one.values["basis_unit"]) for one in items if one.values.get("basis_unit")}
    standard = ""
    if len(rates) == 1:
        standard = f"每{next(iter(units)) if len(units) == 1 else '份'} {next(iter(rates))} 元"
    return render_template(
        "public/batch.html",
        village=village.facts,
        p=publication,
        corrected=village.corrections(publication),
        base=publication.address.path(village.facts.code),
        standard=standard,
        groups=people.groups_in(items),
        group=group,
        surnames=people.surnames_in(items, group) if group else [],
        surname=surname,
        found=people.under(items, group, surname)[:50] if group and surname else [],
        noindex=True,
    )


def _register_page(
    session: Session, village: Village, section: Section, publication: Publication | None, query: Mapping[str, str]
) -> str:
    items = village.items(session, publication.id) if publication else []
    after = read_filter(query).after
    shown, more = finance_page.page_of(items, after)
    is_people = section.name == "duties"
    lines = [registers.holder_line(one) if is_people else registers.asset_line(section, one) for one in shown]
    base = publication.address.path(village.facts.code) if publication else ""
    address = publication.address if publication else Address(section=section.name)
    return render_template(
        "public/register.html",
        village=village.facts,
        section=section,
        p=publication,
        corrected=village.corrections(publication) if publication else 0,
        notes=_notes(session, village, section),
        items=lines,
        bodies=registers.by_body([registers.holder_line(one) for one in items[:50]]) if is_people and items else [],
        totals=registers.total_words(publication, items) if publication else [],
        more=more,
        base=base,
        item_base=Address(address.entity, address.group_no, section.name).path(village.facts.code),
    )


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
    story: list[tuple[Publication, Item]] = []
    mine = [
        one
        for one in village.publications
        if one.section.name == section.name
        and one.address.entity == address.entity
        and one.address.group_no == address.group_no
    ]
    for publication in mine:
        held = next((one for one in village.items(session, publication.id) if one.number == address.item), None)
        if held is not None:
            story.append((publication, held))
    if not story:
        raise NoSuchPage(what=f"{section.title}里没有编号 {address.item}")
    publication, item = story[0]
    current = {one.id for one in newest(village.publications)}
    gone = publication.id not in current
    history = []
    for place, (one, held) in enumerate(story):
        older = story[place + 1][1] if place + 1 < len(story) else None
        found = finance_page.changes_between(section, older, held) if older else ()
        history.append(History(one, "首次公开" if older is None else "有改动" if found else "没变", found))
    return render_template(
        "public/item.html",
        village=village.facts,
        p=publication,
        name=changes.name_of(section, item),
        number=item.number,
        lines=registers.item_lines(section, item),
        history=history[:50],
        gone=gone,
        back=publication.address.path(village.facts.code),
    )
