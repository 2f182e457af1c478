"""What reviewers have read so far, and photographs of signed sheets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "reading_and_signed_sheets"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reading_mark",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("person_id", BIG, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("page", BIG, autoincrement=False, nullable=False),
        sa.Column("ticked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("version_id", "person_id", "digest", "page", name=op.f("pk_reading_mark")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_reading_mark_version_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reading_mark_person_id")),
    )
    op.create_table(
        "signed_sheet",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.Column("entered_by", BIG, nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_sheet")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_signed_sheet_village_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_signed_sheet_entered_by")),
    )
    op.create_index(op.f("ix_signed_sheet_village_id"), "signed_sheet", ["village_id"])
    op.create_table(
        "signed_sheet_vote",
        sa.Column("vote_id", BIG, autoincrement=False, nullable=False),
        sa.Column("sheet_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("vote_id", name=op.f("pk_signed_sheet_vote")),
        sa.ForeignKeyConstraint(["vote_id"], ["vote.id"], name=op.f("fk_signed_sheet_vote_vote_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["signed_sheet.id"], name=op.f("fk_signed_sheet_vote_sheet_id")),
    )
    op.create_index(op.f("ix_signed_sheet_vote_sheet_id"), "signed_sheet_vote", ["sheet_id"])


def downgrade() -> None:
    op.drop_table("signed_sheet_vote")
    op.drop_table("signed_sheet")
    op.drop_table("reading_mark")
