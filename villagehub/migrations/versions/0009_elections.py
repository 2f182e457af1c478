"""Reviewing bodies that are being elected, and who reviews meanwhile."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "elections"
down_revision: str | None = "timed_jobs"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "election",
        sa.Column("id", BIG, nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("until_date", sa.Date(), nullable=False),
        sa.Column("named_by", BIG, nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("entity IN ('committee', 'collective')", name=op.f("ck_election_entity")),
        sa.CheckConstraint("from_date <= until_date", name=op.f("ck_election_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_election_place_id")),
        sa.ForeignKeyConstraint(["named_by"], ["person.id"], name=op.f("fk_election_named_by")),
    )
    op.create_index("ix_election_place_id", "election", ["place_id"])
    op.create_table(
        "election_substitute",
        sa.Column("appointment_id", BIG, autoincrement=False, nullable=False),
        sa.Column("election_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_election_substitute")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_election_substitute_appointment_id")
        ),
        sa.ForeignKeyConstraint(["election_id"], ["election.id"], name=op.f("fk_election_substitute_election_id")),
    )
    op.create_index(op.f("ix_election_substitute_election_id"), "election_substitute", ["election_id"])


def downgrade() -> None:
    op.drop_table("election_substitute")
    op.drop_table("election")
