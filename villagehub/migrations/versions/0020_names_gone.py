"""When the names of a list of persons left the record of its upload."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "names_gone"
down_revision: str | None = "upload_readings"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    # Made anew on SQLite, so that the table reads as the model says it.
    with op.batch_alter_table("upload", recreate="always" if _on_sqlite() else "never") as batch:
        batch.add_column(sa.Column("names_gone_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("upload") as batch:
        batch.drop_column("names_gone_at")
