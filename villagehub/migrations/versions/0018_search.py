"""The index of what villagers may search; every village's pages are built once more, which fills it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from villagehub.kernel import clock
from villagehub.storage.base import UtcDateTime
from villagehub.storage.text_index import TOKENS, create_tokens

revision: str = "search"
down_revision: str | None = "bundles"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("village_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("rules", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index("ix_search_entry_village_version", "search_entry", ["village_id", "version_id"])
    connection = op.get_bind()
    create_tokens(connection)
    published = "SELECT DISTINCT village_id FROM version WHERE stage = 'published'"
    mark = sa.text(
        f"INSERT INTO page_dirty (village_id, what, marked_at) SELECT village_id, 'village', :now FROM ({published}) AS p"
    ).bindparams(sa.bindparam("now", clock.now(), type_=UtcDateTime))
    connection.execute(mark)
    connection.execute(sa.text(f"UPDATE generation SET number = number + 1 WHERE village_id IN ({published})"))


def downgrade() -> None:
    op.execute(f"DROP TABLE {TOKENS}")
    op.drop_table("search_entry")
