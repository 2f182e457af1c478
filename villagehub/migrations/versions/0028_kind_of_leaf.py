"""The few leaves that state keys are found without reading the whole log."""

from collections.abc import Sequence

from alembic import op

revision: str = "kind_of_leaf"
down_revision: str | None = "next_key"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_index(op.f("ix_leaf_kind"), "leaf", ["kind"])


def downgrade() -> None:
    op.drop_index(op.f("ix_leaf_kind"), table_name="leaf")
