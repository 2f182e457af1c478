"""While a publication does not fit its seal and nobody has looked, its pages stay as they last checked clean (decision 32)."""

from urllib.parse import unquote

from sqlalchemy.orm import Session

from villagehub.disclosures.checking import list_broken
from villagehub.kernel.refused import Refused
from villagehub.public.address import Address
from villagehub.public.models import StoredPage
from villagehub.public.published import Publication
from villagehub.public.village import Village


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


class BeingChecked(Refused):
    """What was asked for is not among the bytes that last checked clean, and must not be made from what no longer fits."""

    code = "being_checked"
    message = "{what}正在重新核对，这一页先不给看。"
    fix = "请从村首页看这一期的全文，或者看公开栏的纸。过一会儿再打开试试。"
    status = 409


def last_clean_page(session: Session, village: Village, path: str) -> StoredPage | None:
    """The kept bytes of such a page, None for a page that need not be kept; raises BeingChecked where none were kept."""
    if not LastClean(session, village).holds(path):
        return None
    kept = session.get(StoredPage, path)
    if kept is None:
        raise BeingChecked(what="这一期")
    return kept


def must_fit(session: Session, village: Village, publication: Publication) -> None:
    """For what is made anew each time (files, one version's page): raises BeingChecked while the publication does not fit its
    seal and nobody has looked.
    """
    if publication.id in list_broken(session, village.facts.id):
        raise BeingChecked(what=f"第 {publication.number} 号公开")
