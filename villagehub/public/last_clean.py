"""While a publication does not fit its seal and nobody has looked, its pages stay as they last checked clean (decision 32)."""

from urllib.parse import unquote

from sqlalchemy.orm import Session

from villagehub.disclosures.hidden import BeingChecked
from villagehub.public.address import Address
from villagehub.public.models import StoredPage
from villagehub.public.published import Publication, numbers_of
from villagehub.public.village import Village


class LastClean:
    """Which pages of a village are to stay as they are."""

    def __init__(self, session: Session, village: Village) -> None:
        code = village.facts.code
        older = {one.supersedes_id for one in village.publications}
        newest = [one for one in village.publications if one.id not in older]
        shown = [one for one in newest if one.checking]
        self._pages = {unquote(one.address.path(code)) for one in shown}
        # A row taken out of what is in alarm stands in no list any more: so not its numbers are held, but all save those that
        # only publications that fit have.
        self._items: dict[str, set[str]] = {}
        for account in {_account(one) for one in shown}:
            own = [one for one in newest if _account(one) == account]
            broken, sound = (
                {number for one in own if one.checking is checking for number in numbers_of(session, one.id)}
                for checking in (True, False)
            )
            self._items[f"{account.path(code)}/i/"] = {str(number) for number in sound - broken}

    def holds(self, path: str) -> bool:
        """Whether this page must not be made from what the database now has."""
        if path in self._pages:
            return True
        before, mark, number = path.rpartition("/i/")
        sound = self._items.get(before + mark)
        return sound is not None and number not in sound


def _account(one: Publication) -> Address:
    """Under which all periods of an account number their entries."""
    return Address(one.address.entity, one.address.group_no, one.section.name)


def last_clean_page(session: Session, village: Village, path: str) -> StoredPage | None:
    """The kept bytes of such a page, None for a page that need not be kept; raises BeingChecked where none were kept."""
    if not LastClean(session, village).holds(path):
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
