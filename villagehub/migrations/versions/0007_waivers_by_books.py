"""Whose books a later due day is about: the village committee's, the collective's or a group's."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "waivers_by_books"
down_revision: str | None = "second_factors"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("waiver") as waiver:
        waiver.add_column(sa.Column("entity", sa.String(12), nullable=False, server_default="committee"))
        waiver.add_column(sa.Column("group_no", sa.String(8), nullable=False, server_default=""))
    with op.batch_alter_table("waiver") as waiver:
        waiver.alter_column("entity", server_default=None, existing_type=sa.String(12), existing_nullable=False)
        waiver.alter_column("group_no", server_default=None, existing_type=sa.String(8), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("waiver") as waiver:
        waiver.drop_column("group_no")
        waiver.drop_column("entity")
