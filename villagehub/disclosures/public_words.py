"""What people write of a publication as a whole — why it is corrected, why they object — as it may be public.

A list's rows lose their names by their faces; a sentence about the list must not give them back (decisions 9, 11).
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.face import people_in
from villagehub.disclosures.models import Row, Version, VersionRow
from villagehub.disclosures.scope import section_of
from villagehub.disclosures.stages import Stage
from villagehub.kernel.canonical import one_line
from villagehub.kernel.illness import hide_illness
from villagehub.kernel.masking import hide_numbers, mask_names_in, names_in, replace_names
from villagehub.sections import SECTIONS
from villagehub.sections.base import Section

NAME_HIDDEN: Final = "（姓名已隐去）"


def officers_of(session: Session, village_id: int) -> set[str]:
    """Names of the village's published office holders, which stay readable in other sections (domain §6.3)."""
    duties = SECTIONS.get("duties")
    if duties is None:
        return set()
    names = session.scalars(
        select(Row.facts["name"].as_string())
        .join(VersionRow, VersionRow.row_id == Row.id)
        .join(Version, Version.id == VersionRow.version_id)
        .where(Row.village_id == village_id, Row.section == duties.name, Version.stage == Stage.PUBLISHED)
        .distinct()
    )
    return {name for name in names if name}


def discreet(section: Section, text: str, people: Iterable[str], *, officers: Collection[str] = ()) -> str:
    """One line without anybody's number; private persons of the rows are masked as in the rows themselves. Of a list of
    persons none of these names stays, not even in part, and no known word for an illness: the sentence is read when the names
    have long gone. A name that stands on no row cannot be known; who writes is told not to write any.
    """
    said = hide_numbers(one_line(text))
    if not section.persons:
        return mask_names_in(said, people, keep=officers)
    said = hide_illness(said)
    said = replace_names(said, names_in(people), lambda _: NAME_HIDDEN)
    return mask_names_in(said, (), keep=officers)


class Discretion:
    """What is known of the people of one version: its own rows' and those of every version before it, who may have left the
    list since. The rows are read once, when the first words ask for it, however many sentences follow in the same step.
    """

    def __init__(self, session: Session, version: Version) -> None:
        self._session, self._version = session, version

    def said(self, text: str) -> str:
        """The words as they may be public; nothing is read for empty ones."""
        if not text.strip():
            return ""
        return discreet(section_of(self._version), text, self._people, officers=self._officers)

    @cached_property
    def _people(self) -> set[str]:
        section = section_of(self._version)
        linked = select(VersionRow.row_id).join(Version, Version.id == VersionRow.version_id)
        rows = self._session.scalars(
            select(Row.facts).where(Row.id.in_(linked.where(Version.disclosure_id == self._version.disclosure_id)))
        )
        return {name for facts in rows for name in people_in(section, facts)}

    @cached_property
    def _officers(self) -> set[str]:
        return officers_of(self._session, self._version.village_id)


def said_of(session: Session, version: Version, text: str) -> str:
    """One sentence of a version as it may be public; whoever has several takes a ``Discretion``."""
    return Discretion(session, version).said(text)
