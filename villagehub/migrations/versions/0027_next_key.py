"""The key that the log is about to change to."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "next_key"
down_revision: str | None = "redactions"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("log_head", sa.Column("next_vkey", sa.String(300), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("log_head", "next_vkey")
