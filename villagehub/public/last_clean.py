"""While a publication does not fit its seal and nobody has looked, its pages stay as they last checked clean (decision 32)."""

from urllib.parse import unquote

from sqlalchemy.orm import Session

from villagehub.disclosures.checking import list_broken
from villagehub.public.address import Address
from villagehub.public.models import StoredPage
from villagehub.public.sections_pages import Village


class LastClean:
    """Which pages of a village are to stay as they are."""

    def __init__(self, session: Session, village: Village) -> None:
        broken = list_broken(session, village.facts.id)
        code = village.facts.code
        shown = [one for one in village.publications if one.id in broken and not one.hidden]
        shown = [one for one in shown if village.superseded_by(one) is None]
        self._pages = {unquote(one.address.path(code)) for one in shown}
        self._items = tuple(
            f"{Address(one.address.entity, one.address.group_no, one.section.name).path(code)}/i/" for one in shown
        )

    def holds(self, path: str) -> bool:
        """Whether this page must not be made from what the database now has."""
        return path in self._pages or path.startswith(self._items)


def last_clean_page(session: Session, village: Village, path: str) -> StoredPage | None:
    """The kept bytes of such a page, None where there is nothing to keep."""
    return session.get(StoredPage, path) if LastClean(session, village).holds(path) else None
