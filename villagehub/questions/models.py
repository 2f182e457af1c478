"""Tables of the room: questions, and what was said in each; both are only added to."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from villagehub.questions.stages import Move
from villagehub.storage.base import Base, PrimaryKey

_MOVES = ", ".join(f"'{one.value}'" for one in Move)


class Question(Base):
    """What a villager asks about a village, a publication, or one thing in it (decision 4: thing + version)."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("village_id", "number"),
        Index("ix_question_code_key", "code_key"),
        Index("ix_question_thing_id", "thing_id"),
        CheckConstraint("source IN ('web', 'paper', 'phone', 'spoken')", name="source"),
    )

    id: Mapped[PrimaryKey]
    village_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    number: Mapped[int]
    """Running number within the village."""
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"), index=True)
    """The publication as it was when the question was asked; later corrections do not move it."""
    thing_id: Mapped[int | None] = mapped_column(ForeignKey("thing.id"))
    source: Mapped[str] = mapped_column(String(8))
    phone: Mapped[str] = mapped_column(String(30), default="")
    """For calling back only; never public, emptied a month after the end."""
    code_key: Mapped[bytes | None]
    """A keyed hash of the 查询码; the code itself is kept nowhere."""
    asked_at: Mapped[datetime]
    due_on: Mapped[date]
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class QuestionEvent(Base):
    """One line of a question: who moved it how, and what they wrote."""

    __tablename__ = "question_event"
    __table_args__ = (
        UniqueConstraint("question_id", "seq"),
        CheckConstraint(f"move IN ({_MOVES})", name="move"),
    )

    id: Mapped[PrimaryKey]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    seq: Mapped[int]
    move: Mapped[str] = mapped_column(String(12))
    text: Mapped[str]
    correction_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    """The published correction that the answer is."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    person_name: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]
