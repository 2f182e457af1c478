"""Alembic's entry. The connection comes from ``storage.migrate``; there is no configuration file and no offline mode."""

from alembic import context

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations run through villagehub.storage.migrate, which drops and reinstalls the triggers")

# Imported here and not by storage, which may not know the rooms above it.
from villagehub.models import metadata  # noqa: E402

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
