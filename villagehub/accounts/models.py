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
    one_time_until: Mapped[datetime | None]
    """Until when the one-time password opens anything; None for a password of one's own."""
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


class StandIn(Base):
    """An appointment that fills in for somebody for a while (临时代办): for whom, and why. Written once, with the post."""

    __tablename__ = "stand_in"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True, autoincrement=False)
    for_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(80))


class Election(Base):
    """A reviewing body that is being elected (改选), named by the township with its dates. Ending early is written down."""

    __tablename__ = "election"
    __table_args__ = (
        CheckConstraint("entity IN ('committee', 'collective')", name="entity"),
        CheckConstraint("from_date <= until_date", name="dates"),
        Index("ix_election_place_id", "place_id"),
    )

    id: Mapped[PrimaryKey]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    entity: Mapped[str] = mapped_column(String(12))
    """Whose reviewing body: committee (村务监督委员会) or collective (监事会)."""
    from_date: Mapped[date]
    until_date: Mapped[date]
    """The last day, Asia/Shanghai."""
    named_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Ended before its last day."""


class ElectionSubstitute(Base):
    """An appointment to review while the body is being elected; it ends with the election at the latest."""

    __tablename__ = "election_substitute"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointment.id"), primary_key=True, autoincrement=False)
    election_id: Mapped[int] = mapped_column(ForeignKey("election.id"), index=True)


class SignInSession(Base):
    """One browser that is signed in. The table holds a hash of the token only; deleting the row signs it out."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    """12 hours after sign-in at the latest; 30 minutes after ``seen_at`` it is over too."""


class SecondFactor(Base):
    """A person's authenticator (RFC 6238). The secret is encrypted under a key that lies outside the database."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[bytes]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """None until a first code was right; before that sign-in does not ask."""
    last_step: Mapped[int] = mapped_column(default=0)
    """The 30-second step of the last code that was taken; neither it nor an earlier one is taken again."""


class RecoveryCode(Base):
    """A code for one time, in place of a lost authenticator; kept as a keyed hash."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    used_at: Mapped[datetime | None]


class SignInThrottle(Base):
    """How often sign-in failed lately, by a keyed hash of the account, the address or the known device."""

    __tablename__ = "sign_in_throttle"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    open_at: Mapped[datetime]
    """Tries before this moment are not even checked."""
