"""Tables of the room: people, their appointments, signed-in sessions, and the back-off of sign-in."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.storage.base import Base, PrimaryKey


class Person(Base):
    """Somebody who can sign in. People are never deleted: versions, votes and the journal name them."""

    __tablename__ = "person"

    id: Mapped[PrimaryKey]
    login: Mapped[str] = mapped_column(String(40), unique=True)
    """Lower case, NFC."""
    name: Mapped[str] = mapped_column(String(40))
    password_hash: Mapped[str] = mapped_column(String(200))
    """argon2id."""
    must_change: Mapped[bool] = mapped_column(default=False)
    """The password is for one time only: nothing else opens before a new one is set."""
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Appointment(Base):
    """A person's role at a place for a term. Terms end by date; ending one early is written down, nothing is deleted."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("entity IN ('', 'committee', 'collective', 'group')", name="entity"),
        CheckConstraint(
            "role IN ('clerk', 'committee_member', 'committee_chair', 'village_head', 'township_supervisor',"
            " 'auditor', 'county', 'administrator')",
            name="role",
        ),
        CheckConstraint("(place_id IS NULL) = (role = 'administrator')", name="place"),
        Index("ix_appointment_person_id", "person_id"),
        Index("ix_appointment_place_role", "place_id", "role"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(24))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    """None only for administrators: the whole installation."""
    entity: Mapped[str] = mapped_column(String(12), default="")
    """Empty for the village as a whole (decision 16)."""
    from_date: Mapped[date]
    until_date: Mapped[date | None]
    """The last day of the term, Asia/Shanghai."""
    ended_at: Mapped[datetime | None]
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None: granted at the keyboard of the server."""


class SignInSession(Base):
    """One browser that is signed in. The table holds a hash of the token only; deleting the row signs it out."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """12 hours after sign-in at the latest; 30 minutes after ``seen_at`` it is over too."""


class SignInThrottle(Base):
    """How often sign-in failed lately, by a keyed hash of the account, the address or the known device."""

    __tablename__ = "sign_in_throttle"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    open_at: Mapped[datetime]
    """Tries before this moment are not even checked."""
