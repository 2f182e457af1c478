"""A village with all that it has published, and what of it stands at an address."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from villagehub.disclosures.expected import list_expected
from villagehub.kernel.period import Period
from villagehub.kernel.segments import segment_of
from villagehub.places.queries import VillageFacts
from villagehub.public.address import Address, BeforeTheFirst, NoSuchPage
from villagehub.public.published import Item, Publication, corrections_of, items_of, items_of_all, newest
from villagehub.sections import section_named


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

    def items_of_all(self, session: Session, publications: Collection[Publication]) -> dict[int, list[Item]]:
        """The rows of several publications by the version's id, read together."""
        unread = [one for one in publications if one.id not in self._items]
        self._items.update(items_of_all(session, unread))
        return {one.id: self._items[one.id] for one in publications}

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
        return corrections_of(publication, self.publications)

    def superseded_by(self, publication: Publication) -> Publication | None:
        """The version that took this one's place, if any."""
        return next((one for one in self.publications if one.supersedes_id == publication.id), None)

    def former(self, publication: Publication) -> Publication | None:
        """The version that this one took the place of; None also while that one is hidden, so that nothing compares with it."""
        return next((one for one in self.publications if one.id == publication.supersedes_id and not one.hidden), None)


def find(session: Session, village: Village, address: Address) -> Publication:
    """The newest publication at this address; raises NoSuchPage with what is not there, and BeforeTheFirst."""
    for one in village.of(address):
        if one.period == address.period and segment_of(address.subject) in (
            one.segment,
            segment_of(one.address.subject),
        ):
            return one
    section = section_named(address.section)
    label = address.period.label if address.period else ""
    first = first_period(village.of(address))
    if address.period and first and address.period.last < first.first and not _owed(session, village, address):
        raise BeforeTheFirst(
            village=village.facts.name, first=first.label, section=f"{address.whose}{section.title}", period=label
        )
    raise NoSuchPage(what=f"{label}{section.title}还没有公开")


def first_period(found: Sequence[Publication]) -> Period | None:
    """The period with which publishing began here."""
    return min((one.period for one in found), key=lambda one: one.first, default=None)


def _owed(session: Session, village: Village, address: Address) -> bool:
    """Whether it is the very period that the village owes now; that it began later excuses nobody."""
    return address.entity == "committee" and any(
        one.account.section == address.section and address.period is not None and one.account.period == address.period
        for one in list_expected(session, [village.facts.id], today=village.today)
    )
