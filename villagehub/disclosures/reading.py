"""What a reviewer has read so far: one tick 我看过 per page of rows, kept while they read on (a phone may go to sleep)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.models import Version
from villagehub.disclosures.review_models import ReadingMark
from villagehub.disclosures.row_lines import ROWS_A_PAGE, count_rows


def pages_of(session: Session, version: Version) -> int:
    """How many pages the version's rows take; a nil return is one page too."""
    return max(1, -(-count_rows(session, version.id) // ROWS_A_PAGE))


def ticked_pages(session: Session, version: Version, person_id: int) -> set[int]:
    """The pages of the present content that the person ticked; ticks of former content do not count."""
    return set(
        session.scalars(
            select(ReadingMark.page).where(
                ReadingMark.version_id == version.id,
                ReadingMark.person_id == person_id,
                ReadingMark.digest == (version.digest or ""),
            )
        )
    )


def tick(session: Session, version: Version, page: int, *, person_id: int, now: datetime) -> None:
    """Notes that the person has read this page; a second tick changes nothing."""
    digest = version.digest or ""
    if 1 <= page <= pages_of(session, version) and not session.get(ReadingMark, (version.id, person_id, digest, page)):
        session.add(ReadingMark(version_id=version.id, person_id=person_id, digest=digest, page=page, ticked_at=now))
        session.flush()
