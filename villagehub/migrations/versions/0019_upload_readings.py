"""How far the reading of a long upload is."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "upload_readings"
down_revision: str | None = "search"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "upload_reading",
        sa.Column("upload_id", BIG, nullable=False),
        sa.Column("held_by", sa.String(32), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("done", BIG, nullable=False),
        sa.Column("whole", BIG, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", name=op.f("pk_upload_reading")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_upload_reading_upload_id")),
    )


def downgrade() -> None:
    op.drop_table("upload_reading")
