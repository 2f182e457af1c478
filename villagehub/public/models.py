"""The table of built pages."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base


class StoredPage(Base):
    """One public page as bytes: the plain variant, compressed. Valid for one generation of its village."""

    __tablename__ = "stored_page"

    path: Mapped[str] = mapped_column(String(400), primary_key=True)
    village_id: Mapped[int] = mapped_column(index=True)
    generation: Mapped[int]
    etag: Mapped[str] = mapped_column(String(80))
    content_type: Mapped[str] = mapped_column(String(80))
    policy: Mapped[str]
    """The content security policy, with the hash of the page's style sheet."""
    body: Mapped[bytes]
    """gzip."""
    built_on: Mapped[date]
    """In Asia/Shanghai; valid on this day only."""
