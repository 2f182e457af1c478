"""Until when a one-time password opens anything."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision: str = "one_time_passwords"
down_revision: str | None = "village_profiles"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("person", sa.Column("one_time_until", MOMENT, nullable=True))
    # Slips that are out already get the same time as new ones, from today on.
    person = sa.table("person", sa.column("must_change", sa.Boolean()), sa.column("one_time_until", MOMENT))
    until = datetime.now(UTC) + timedelta(days=14)
    op.execute(person.update().where(person.c.must_change.is_(True)).values(one_time_until=until))


def downgrade() -> None:
    op.drop_column("person", "one_time_until")
