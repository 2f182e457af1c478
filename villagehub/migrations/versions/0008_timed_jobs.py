"""Timed work and its leases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "timed_jobs"
down_revision: str | None = "waivers_by_books"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "timed_job",
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("held_by", sa.String(60), nullable=False),
        sa.Column("held_until", MOMENT, nullable=True),
        sa.Column("done_for", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_timed_job")),
    )


def downgrade() -> None:
    op.drop_table("timed_job")
