"""Receipts: files, pages, masks, and what versions show of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "receipts"
down_revision: str | None = "elections"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "receipt_file",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sent_by", BIG, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_file")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_receipt_file_village_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_receipt_file_sent_by")),
    )
    op.create_table(
        "receipt_page",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("file_id", BIG, nullable=False),
        sa.Column("page", BIG, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_page")),
        sa.UniqueConstraint("file_id", "page", name=op.f("uq_receipt_page_file_id_page")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_receipt_page_village_id")),
        sa.ForeignKeyConstraint(["file_id"], ["receipt_file.id"], name=op.f("fk_receipt_page_file_id")),
    )
    op.create_table(
        "receipt_mask",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("page_id", BIG, nullable=False),
        sa.Column("boxes", JSON, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("sm3", sa.String(64), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("width", BIG, nullable=False),
        sa.Column("height", BIG, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_mask")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_receipt_mask_village_id")),
        sa.ForeignKeyConstraint(["page_id"], ["receipt_page.id"], name=op.f("fk_receipt_mask_page_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_receipt_mask_made_by")),
    )
    op.create_index(op.f("ix_receipt_mask_page_id"), "receipt_mask", ["page_id"])
    for table, mask in (("version_receipt", True), ("late_receipt", False)):
        op.create_table(
            table,
            sa.Column("id", BIG, autoincrement=True, nullable=False),
            sa.Column("village_id", BIG, nullable=False),
            sa.Column("version_id", BIG, nullable=False),
            sa.Column("page_id", BIG, nullable=False),
            sa.Column("thing_id", BIG, nullable=True),
            *((sa.Column("mask_id", BIG, nullable=True),) if mask else ()),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("version_id", "page_id", name=op.f(f"uq_{table}_version_id_page_id")),
            sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f(f"fk_{table}_village_id")),
            sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f(f"fk_{table}_version_id")),
            sa.ForeignKeyConstraint(["page_id"], ["receipt_page.id"], name=op.f(f"fk_{table}_page_id")),
            sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name=op.f(f"fk_{table}_thing_id")),
            *(
                (sa.ForeignKeyConstraint(["mask_id"], ["receipt_mask.id"], name=op.f(f"fk_{table}_mask_id")),)
                if mask
                else ()
            ),
        )
    for table in ("receipt_file", "receipt_page", "receipt_mask", "version_receipt", "late_receipt"):
        op.create_index(op.f(f"ix_{table}_village_id"), table, ["village_id"])
    op.create_table(
        "version_voucher",
        sa.Column("version_id", BIG, autoincrement=False, nullable=False),
        sa.Column("thing_id", BIG, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.CheckConstraint("state IN ('agency', 'unsent', 'none')", name=op.f("ck_version_voucher_state")),
        sa.PrimaryKeyConstraint("version_id", "thing_id", name=op.f("pk_version_voucher")),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_version_voucher_version_id")),
        sa.ForeignKeyConstraint(["thing_id"], ["thing.id"], name=op.f("fk_version_voucher_thing_id")),
    )
    op.create_table(
        "receipt_choice",
        sa.Column("village_id", BIG, autoincrement=False, nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("set_by", BIG, nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("village_id", name=op.f("pk_receipt_choice")),
        sa.ForeignKeyConstraint(["village_id"], ["place.id"], name=op.f("fk_receipt_choice_village_id")),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_receipt_choice_set_by")),
    )


def downgrade() -> None:
    for table in (
        *("receipt_choice", "version_voucher", "late_receipt", "version_receipt"),
        *("receipt_mask", "receipt_page", "receipt_file"),
    ):
        op.drop_table(table)
