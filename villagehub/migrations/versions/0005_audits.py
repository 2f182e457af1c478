"""Audits of the township: the question, and every line that follows it.

Types are written out, not taken from the models: a migration must do the same thing in ten years.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "audits"
down_revision: str | None = "stand_ins"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MOVES = "'ask', 'answer', 'ask_again', 'clear', 'rectify', 'report', 'confirm', 'corrected', 'hand_over'"


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("thing_id", BIG, nullable=True),
        sa.Column("opened_by", BIG, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_audit_village_id")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_audit_version_id")),
        sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name=op.f("fk_audit_thing_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_audit_opened_by")),
    )
    for column in ("village_id", "version_id", "thing_id"):
        op.create_index(op.f(f"ix_audit_{column}"), "audit", [column], unique=False)
    op.create_table(
        "audit_event",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("audit_id", BIG, nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("move", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("correction_id", BIG, nullable=True),
        sa.Column("file_sha256", sa.String(64), nullable=True),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("person_name", sa.String(40), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(f"move IN ({MOVES})", name=op.f("ck_audit_event_move")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("audit_id", "seq", name=op.f("uq_audit_event_audit_id_seq")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_audit_event_audit_id")),
        sa.ForeignKeyConstraint(["correction_id"], ["version.id"], name=op.f("fk_audit_event_correction_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_audit_event_person_id")),
    )


def downgrade() -> None:
    op.drop_table("audit_event")
    op.drop_table("audit")
