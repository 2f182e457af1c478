"""While a publication does not fit its seal and nobody has looked, its pages stay as they last checked clean (decision 32)."""

from urllib.parse import unquote

from sqlalchemy.orm import Session

from villagehub.disclosures.hidden import BeingChecked
from villagehub.public.address import Address
from villagehub.public.models import StoredPage
from villagehub.public.published import Publication
from villagehub.public.village import Village


class LastClean:
    """Which pages of a village are to stay as they are."""

    def __init__(self, village: Village) -> None:
        code = village.facts.code
        shown = [one for one in village.publications if one.checking and village.superseded_by(one) is None]
        self._pages = {unquote(one.address.path(code)) for one in shown}
        self._items = tuple(
            f"{Address(one.address.entity, one.address.group_no, one.section.name).path(code)}/i/" for one in shown
        )

    def holds(self, path: str) -> bool:
        """Whether this page must not be made from what the database now has."""
        return path in self._pages or path.startswith(self._items)


def last_clean_page(session: Session, village: Village, path: str) -> StoredPage | None:
    """The kept bytes of such a page, None for a page that need not be kept; raises BeingChecked where none were kept."""
    if not LastClean(village).holds(path):
        return None
    kept = session.get(StoredPage, path)
    if kept is None:
        raise BeingChecked(what="这一期")
    return kept


def must_fit(publication: Publication) -> None:
    """For what is made anew each time (files, one version's page): raises BeingChecked while the publication does not fit its
    seal and nobody has looked.
    """
    if publication.checking:
        raise BeingChecked(what=f"第 {publication.number} 号公开")
