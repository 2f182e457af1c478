"""Where on the disk a word still lies after it was erased, in what a database shows and in what it does not."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from villagehub.storage import db


def places_with(word: str, *, gaps: bool = False) -> list[str]:
    """The files of an SQLite database, or the tables of a PostgreSQL one, in which these bytes lie: in living rows, in dead
    ones, in the write-ahead log. PostgreSQL's clearing moves the rows of a page together and does not empty the gap that it
    makes, until new rows come: with ``gaps`` it is looked through too. Needs an application context.
    """
    if db.engine.dialect.name == "sqlite":
        base = Path(str(db.engine.url.database))
        return [one.name for one in sorted(base.parent.glob(f"{base.name}*")) if word.encode() in one.read_bytes()]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pageinspect")
        tables = connection.exec_driver_sql(
            "SELECT c.oid::regclass::text, pg_relation_size(c.oid) / 8192 FROM pg_class c"
            " WHERE relkind IN ('r', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)"
        ).all()
        return [
            table
            for table, pages in tables
            if any(word.encode() in held for page in range(pages) for held in _held_by(connection, table, page, gaps))
        ]


def _held_by(connection: Connection, table: str, page: int, gaps: bool) -> Iterator[bytes]:
    if gaps:
        yield bytes(connection.exec_driver_sql("SELECT get_raw_page(%s, %s)", (table, page)).scalar() or b"")
        return
    rows = "SELECT t_data FROM heap_page_items(get_raw_page(%s, %s)) WHERE t_data IS NOT NULL"
    yield from map(bytes, connection.exec_driver_sql(rows, (table, page)).scalars())
