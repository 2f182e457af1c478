"""Files of many villages."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "bundles"
down_revision: str | None = "upload_traces"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.create_table(
        "bundle",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("section", sa.String(24), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("entity", sa.String(12), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("layouts", JSON, nullable=False),
        sa.Column("report", JSON, nullable=False),
        sa.Column("chosen", JSON, nullable=False),
        sa.Column("village_ids", JSON, nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("sent_by", BIG, nullable=False),
        sa.Column("sent_by_name", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("divided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('received', 'divided')", name=op.f("ck_bundle_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_bundle_sent_by")),
    )
    op.create_index("ix_bundle_sha256", "bundle", ["sha256"])
    op.create_index("ix_bundle_sent_by", "bundle", ["sent_by", "id"])
    # Made anew on SQLite, so that the table reads as the model says it.
    with op.batch_alter_table("upload", recreate="always" if _on_sqlite() else "never") as batch:
        batch.add_column(sa.Column("bundle_id", BIG, nullable=True))
        batch.create_foreign_key(op.f("fk_upload_bundle_id"), "bundle", ["bundle_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("upload") as batch:
        batch.drop_constraint(op.f("fk_upload_bundle_id"), type_="foreignkey")
        batch.drop_column("bundle_id")
    op.drop_table("bundle")
