"""What the last check of each publication found."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "checks"
down_revision: str | None = "errands"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "publication_check",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", BIG, nullable=True),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_publication_check")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_publication_check_version_id")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_publication_check_village_id")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_publication_check_confirmed_by")),
    )
    op.create_index(op.f("ix_publication_check_village_id"), "publication_check", ["village_id"])


def downgrade() -> None:
    op.drop_table("publication_check")
