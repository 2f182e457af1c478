"""What is taken off the public pages for a time, and what the township was told of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "hides"
down_revision: str | None = "reading_and_signed_sheets"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "hide",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("disclosure_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("upto_number", BIG, nullable=False),
        sa.Column("cause", sa.String(12), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("hidden_by", BIG, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("hidden_at", MOMENT, nullable=False),
        sa.CheckConstraint("cause IN ('privacy', 'other')", name=op.f("ck_hide_cause")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_hide_village_id")),
        sa.ForeignKeyConstraint(["disclosure_id"], ["disclosure.id"], name=op.f("fk_hide_disclosure_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_hide_version_id")),
        sa.ForeignKeyConstraint(["hidden_by"], ["person.id"], name=op.f("fk_hide_hidden_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hide")),
    )
    op.create_index(op.f("ix_hide_village_id"), "hide", ["village_id"])
    op.create_index(op.f("ix_hide_disclosure_id"), "hide", ["disclosure_id"])
    op.create_table(
        "hide_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("hide_id", BIG, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('confirmed', 'kept', 'lifted', 'lapsed')", name=op.f("ck_hide_event_kind")),
        sa.ForeignKeyConstraint(["hide_id"], ["hide.id"], name=op.f("fk_hide_event_hide_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_hide_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hide_event")),
        sa.UniqueConstraint("hide_id", "kind", name=op.f("uq_hide_event_hide_id_kind")),
    )
    op.create_table(
        "review_notice",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_review_notice_village_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_review_notice_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_notice")),
        sa.UniqueConstraint("version_id", "submitted_at", name=op.f("uq_review_notice_version_id_submitted_at")),
    )
    op.create_index(op.f("ix_review_notice_village_id"), "review_notice", ["village_id"])


def downgrade() -> None:
    op.drop_table("review_notice")
    op.drop_table("hide_event")
    op.drop_table("hide")
