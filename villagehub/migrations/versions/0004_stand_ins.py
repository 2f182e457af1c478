"""Appointments that fill in for somebody for a while."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "stand_ins"
down_revision: str | None = "hides"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "stand_in",
        sa.Column("appointment_id", BIG, autoincrement=False, nullable=False),
        sa.Column("for_person_id", BIG, nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_stand_in")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_stand_in_appointment_id")),
        sa.ForeignKeyConstraint(["for_person_id"], ["person.id"], name=op.f("fk_stand_in_for_person_id")),
    )


def downgrade() -> None:
    op.drop_table("stand_in")
