"""What villages say of themselves."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "village_profiles"
down_revision: str | None = "ways_in"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "village_profile",
        sa.Column("village_id", BIG, autoincrement=False, nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("updated_by", BIG, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_village_profile")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_village_profile_village_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["person.id"], name=op.f("fk_village_profile_updated_by")),
    )


def downgrade() -> None:
    op.drop_table("village_profile")
