"""What two people take out of a publication for good."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "redactions"
down_revision: str | None = "guards"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("version", sa.Column("erasure_id", BIG, nullable=True))
    op.create_table(
        "redaction",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("basis", sa.String(24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_redaction_village_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_redaction_version_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_redaction_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    op.create_index(op.f("ix_redaction_village_id"), "redaction", ["village_id"])
    op.create_index(op.f("ix_redaction_version_id"), "redaction", ["version_id"])
    op.create_table(
        "redaction_item",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("redaction_id", BIG, nullable=False),
        sa.Column("row_id", BIG, nullable=True),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["redaction_id"], ["redaction.id"], name=op.f("fk_redaction_item_redaction_id")),
        sa.ForeignKeyConstraint(["row_id"], ["row.id"], name=op.f("fk_redaction_item_row_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_item")),
        sa.UniqueConstraint(
            "redaction_id", "row_id", "field", name=op.f("uq_redaction_item_redaction_id_row_id_field")
        ),
    )
    op.create_index(op.f("ix_redaction_item_row_id"), "redaction_item", ["row_id"])
    op.create_table(
        "redaction_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("redaction_id", BIG, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("erasure_id", BIG, nullable=True),
        sa.Column("leaf_id", BIG, nullable=True),
        sa.CheckConstraint("kind IN ('confirmed', 'withdrawn', 'lapsed')", name=op.f("ck_redaction_event_kind")),
        sa.ForeignKeyConstraint(["redaction_id"], ["redaction.id"], name=op.f("fk_redaction_event_redaction_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_redaction_event_person_id")),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], name=op.f("fk_redaction_event_erasure_id")),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_redaction_event_leaf_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_event")),
        sa.UniqueConstraint("redaction_id", name=op.f("uq_redaction_event_redaction_id")),
    )


def downgrade() -> None:
    op.drop_table("redaction_event")
    op.drop_table("redaction_item")
    op.drop_table("redaction")
    op.drop_column("version", "erasure_id")
