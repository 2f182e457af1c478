"""Errands of villagers, and their lines."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "errands"
down_revision: str | None = "questions"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
STATES = "'received', 'working', 'waiting', 'done', 'handed_over', 'failed'"


def upgrade() -> None:
    op.create_table(
        "errand",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("guide_number", BIG, nullable=True),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("days", BIG, nullable=False),
        sa.Column("person_name", sa.String(40), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("code_key", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", BIG, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("late_on", sa.Date(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_errand_village_id_number")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_errand_village_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_errand_opened_by")),
    )
    op.create_index("ix_errand_code_key", "errand", ["code_key"])
    op.create_index("ix_errand_village_id_closed_at", "errand", ["village_id", "closed_at"])
    op.create_table(
        "errand_line",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("errand_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("office_phone", sa.String(30), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("person_name", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_errand_line_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_errand_line")),
        sa.UniqueConstraint("errand_id", "seq", name=op.f("uq_errand_line_errand_id_seq")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_errand_line_errand_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_errand_line_person_id")),
    )


def downgrade() -> None:
    op.drop_table("errand_line")
    op.drop_table("errand")
