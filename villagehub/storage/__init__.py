"""Storage: the database's base class and types, the one committer, append-only triggers, the vault of original files.

Decisions: SQLite in ``instance/`` by default (WAL, ``synchronous=FULL``, foreign keys on), PostgreSQL by setting, the same
models and tests on both. Only ``unit_of_work`` commits; on SQLite it begins with BEGIN IMMEDIATE, because a transaction
that reads first and writes later fails under several writers. ``page_dirty`` and ``generation`` live here, so that a room
below ``public`` can mark a page without importing it.
"""

from villagehub.storage.base import Base, db
from villagehub.storage.work import reading, unit_of_work, wipe_freed

__all__ = ["Base", "db", "reading", "unit_of_work", "wipe_freed"]
