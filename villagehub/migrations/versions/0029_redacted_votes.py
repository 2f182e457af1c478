"""A reviewer's words can be taken out for good, and the vote says by which redaction."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "redacted_votes"
down_revision: str | None = "kind_of_leaf"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("vote", sa.Column("erasure_id", BIG, nullable=True))


def downgrade() -> None:
    op.drop_column("vote", "erasure_id")
