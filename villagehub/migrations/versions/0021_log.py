"""The public log: places of leaves, its edge, and the trees that were signed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "log"
down_revision: str | None = "names_gone"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "log_entry",
        sa.Column("index", BIG, autoincrement=False, nullable=False),
        sa.Column("leaf_id", BIG, nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_entry")),
        sa.ForeignKeyConstraint(["leaf_id"], ["leaf.id"], name=op.f("fk_log_entry_leaf_id")),
        sa.UniqueConstraint("leaf_id", name=op.f("uq_log_entry_leaf_id")),
    )
    op.create_table(
        "log_head",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("edge", sa.LargeBinary(), nullable=False),
        sa.Column("signer", sa.String(32), nullable=False),
        sa.Column("vkey", sa.String(300), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_tree",
        sa.Column("size", BIG, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("previous", BIG, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_tree")),
        sa.UniqueConstraint("previous", name=op.f("uq_log_tree_previous")),
    )


def downgrade() -> None:
    for table in ("log_tree", "log_head", "log_entry"):
        op.drop_table(table)
