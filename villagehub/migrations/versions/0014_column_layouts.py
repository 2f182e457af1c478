"""Columns that people matched by hand."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "column_layouts"
down_revision: str | None = "one_time_passwords"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    # Made anew on SQLite, so that the table reads as the model says it.
    with op.batch_alter_table("upload", recreate="always" if _on_sqlite() else "never") as batch:
        batch.add_column(sa.Column("layouts", JSON, server_default="{}", nullable=False))
    op.create_table(
        "column_layout",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("upload_id", BIG, nullable=False),
        sa.Column("kept_by", BIG, nullable=False),
        sa.Column("kept_by_name", sa.String(40), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_layout")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_column_layout_village_id")),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name=op.f("fk_column_layout_upload_id")),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_column_layout_kept_by")),
        sa.UniqueConstraint("village_id", "section", "mark", name=op.f("uq_column_layout_village_id_section_mark")),
    )


def downgrade() -> None:
    op.drop_table("column_layout")
    with op.batch_alter_table("upload") as batch:
        batch.drop_column("layouts")
