"""How a table came in: as a file, pasted, or typed row by row."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "ways_in"
down_revision: str | None = "receipts"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    # Made anew on SQLite, so that the table reads as the model says it.
    with op.batch_alter_table("upload", recreate="always" if _on_sqlite() else "never") as batch:
        batch.add_column(sa.Column("way", sa.String(8), nullable=False, server_default="file"))


def downgrade() -> None:
    with op.batch_alter_table("upload") as batch:
        batch.drop_column("way")
