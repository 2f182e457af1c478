"""Questions of villagers, and the calendar of working days."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "questions"
down_revision: str | None = "log"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOVES = "'ask', 'decline', 'hand_on', 'answer', 'raise', 'not_solved', 'solved', 'settle'"


def upgrade() -> None:
    op.create_table(
        "question",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=True),
        sa.Column("thing_id", BIG, nullable=True),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("code_key", sa.LargeBinary(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("entered_by", BIG, nullable=True),
        sa.CheckConstraint("source IN ('web', 'paper', 'phone', 'spoken')", name=op.f("ck_question_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_question_village_id_number")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_question_village_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_question_version_id")),
        sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name=op.f("fk_question_thing_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_question_entered_by")),
    )
    op.create_index("ix_question_code_key", "question", ["code_key"])
    op.create_index("ix_question_thing_id", "question", ["thing_id"])
    op.create_index(op.f("ix_question_version_id"), "question", ["version_id"])
    op.create_table(
        "question_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("question_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("move", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("correction_id", BIG, nullable=True),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("person_name", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"move IN ({MOVES})", name=op.f("ck_question_event_move")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_event")),
        sa.UniqueConstraint("question_id", "seq", name=op.f("uq_question_event_question_id_seq")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_event_question_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["version.id"], name=op.f("fk_question_event_correction_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_question_event_person_id")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.CheckConstraint("kind IN ('off', 'work')", name=op.f("ck_calendar_day_kind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )


def downgrade() -> None:
    op.drop_table("calendar_day")
    op.drop_table("question_event")
    op.drop_table("question")
