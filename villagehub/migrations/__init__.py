"""Alembic's migrations. They are run by ``villagehub.storage.migrate`` only, which keeps the triggers whole."""
