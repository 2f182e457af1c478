"""Traces of uploads, so that a filling can be shown row by row and undone; rows that are ticked to go; the state undone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "upload_traces"
down_revision: str | None = "mended_uploads"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
STATES = "state IN ('received', 'checked', 'accepted', 'abandoned'{})"
NAME = "ck_upload_state"


def upgrade() -> None:
    op.create_table(
        "upload_trace",
        sa.Column("upload_id", BIG, autoincrement=False, nullable=False),
        sa.Column("moment", sa.String(6), nullable=False),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("source_row", BIG, nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "moment", "position", name=op.f("pk_upload_trace")),
        sa.ForeignKeyConstraint(["row_id"], ["row.id"], name=op.f("fk_upload_trace_row_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_upload_trace_version_id")),
        sa.CheckConstraint("moment IN ('before', 'after')", name=op.f("ck_upload_trace_moment")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_upload_trace_row_id", "upload_trace", ["row_id"])
    op.create_index("ix_upload_trace_version_id", "upload_trace", ["version_id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    # Made anew on SQLite, so that the table reads as the model says it.
    with op.batch_alter_table("upload", recreate="always" if on_sqlite else "never") as batch:
        batch.add_column(sa.Column("gone", JSON, nullable=False, server_default="[]"))
        batch.add_column(sa.Column("past", JSON, nullable=False, server_default="{}"))
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), STATES.format(", 'undone'"))
    with op.batch_alter_table("upload", recreate="always" if on_sqlite else "never") as batch:
        batch.alter_column("gone", server_default=None)
        batch.alter_column("past", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("upload") as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), STATES.format(""))
        batch.drop_column("past")
        batch.drop_column("gone")
    op.drop_table("upload_trace")
