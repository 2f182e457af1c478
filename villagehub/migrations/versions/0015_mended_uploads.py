"""Uploads: cells mended on the page, and which later upload continues an earlier one."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "mended_uploads"
down_revision: str | None = "column_layouts"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("upload") as upload:
        upload.add_column(sa.Column("fixes", JSON, nullable=False, server_default="{}"))
        upload.add_column(sa.Column("superseded_by", BIG, nullable=True))
        upload.create_foreign_key(op.f("fk_upload_superseded_by"), "upload", ["superseded_by"], ["id"])
    with op.batch_alter_table("upload") as upload:
        upload.alter_column("fixes", server_default=None, existing_type=JSON, existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("upload") as upload:
        upload.drop_constraint(op.f("fk_upload_superseded_by"), type_="foreignkey")
        upload.drop_column("superseded_by")
        upload.drop_column("fixes")
