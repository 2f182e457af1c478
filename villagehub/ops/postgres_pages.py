"""What can be seen of damaged pages on PostgreSQL: every table is read to the end, long values too; indexes where amcheck is.

A page whose head is broken, and a value that cannot be unpacked, make PostgreSQL refuse to read. A changed letter inside a page
is seen by data checksums only; what is published is compared with its seal besides (``disclosures.proving``).
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

_TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
_INDEXES = """
SELECT c.relname, t.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_am a ON a.oid = c.relam
WHERE c.relnamespace = current_schema()::regnamespace AND a.amname = 'btree' AND i.indisvalid ORDER BY c.relname
"""


def damaged_tables(engine: Engine) -> Iterator[str]:
    """A sentence for each table that cannot be read to its end, and for each index that does not fit its table."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for (table,) in connection.exec_driver_sql(_TABLES).all():
            # The text of a whole row needs every value, those too that are kept apart; only a number is sent.
            why = _refusal(connection, f'SELECT sum(length(t::text)) FROM "{table}" t')
            if why:
                yield f"数据库文件有损坏，表 {table} 读不完（{why}）。"
        if _has_amcheck(connection):
            for index, table in connection.exec_driver_sql(_INDEXES).all():
                why = _refusal(connection, f"SELECT bt_index_check('\"{index}\"'::regclass, true)")
                if why:
                    yield f"数据库文件有损坏，表 {table} 的索引 {index} 不对（{why}）。"


def blind_spots(engine: Engine) -> Iterator[str]:
    """What ``damaged_tables`` cannot see on this server, and what would help."""
    with engine.connect() as connection:
        if connection.exec_driver_sql("SHOW data_checksums").scalar_one() != "on":
            yield (
                "这台 PostgreSQL 没有开数据校验（data_checksums）：页头坏了、读不出来的查得到，页里悄悄变了几个字节的查不到；"
                "公开的内容另外和封存核对过。要开：停下数据库，运行 pg_checksums --enable。"
            )
        if not _has_amcheck(connection):
            yield "索引没有查：要查，请在这个数据库里运行 CREATE EXTENSION amcheck，再体检一次。"


def _has_amcheck(connection: Connection) -> bool:
    return bool(connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'").scalar())


def _refusal(connection: Connection, statement: str) -> str:
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as fault:
        if fault.connection_invalidated:
            raise
        return str(fault.orig).splitlines()[0][:300]
    return ""
