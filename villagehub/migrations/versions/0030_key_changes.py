"""A change of the log's key is proposed by one person and confirmed by another. What the journal says of one subject, or of one
kind of event, is found without reading all of it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "key_changes"
down_revision: str | None = "redacted_votes"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "key_change",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("key", sa.String(300), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.CheckConstraint("action IN ('add', 'retire')", name=op.f("ck_key_change_action")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_change")),
    )
    op.create_table(
        "key_change_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("change_id", BIG, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("role", sa.String(24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("kind IN ('confirmed', 'refused')", name=op.f("ck_key_change_event_kind")),
        sa.ForeignKeyConstraint(["change_id"], ["key_change.id"], name=op.f("fk_key_change_event_change_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_key_change_event_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_change_event")),
        sa.UniqueConstraint("change_id", name=op.f("uq_key_change_event_change_id")),
    )
    op.create_index("ix_journal_village_subject", "journal", ["village_id", "subject_kind", "subject_id"])
    op.create_index("ix_journal_village_event", "journal", ["village_id", "event", "at"])


def downgrade() -> None:
    op.drop_index("ix_journal_village_event", "journal")
    op.drop_index("ix_journal_village_subject", "journal")
    op.drop_table("key_change_event")
    op.drop_table("key_change")
