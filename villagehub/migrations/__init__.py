"""Alembic's migrations. They are run by ``villagehub.storage.migrate`` only, which keeps the triggers whole.

Writing one: types are written out, not taken from the models. On SQLite ``op.batch_alter_table`` builds the table anew and
forgets its CHECK constraints and WITHOUT ROWID: hand them in again (``table_args``, ``table_kwargs={"sqlite_with_rowid":
False}`` for ``version_row``); a test compares the result with the models and fails when one is lost.
"""
