"""The guards ask less of SQLite for each row; every upgrade installs them anew, so nothing else is to be done here."""

from collections.abc import Sequence

revision: str = "guards"
down_revision: str | None = "checks"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
