"""Many rows at once, without an object for each: ids reserved beforehand, plain tuples, statements of many rows on SQLite and
COPY on PostgreSQL. Part of the caller's transaction like every other statement; triggers and constraints hold as always.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Connection,
    Dialect,
    Table,
    Text,
    column,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Session

from villagehub.kernel.disk import DiskFull, is_full
from villagehub.storage.faults import keep_first_sentence

BATCH: Final = 2000
_REMEMBERED: Final = 1000
_TEXTS_AT_ONCE: Final = 20_000
_MOST_VALUES: Final = 900
"""Bound values of a statement on SQLite. One statement of many rows copies the pages that it may have to restore once; one
for each row copies them for each row.
"""

_write_json: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False
).encode
_write_apart: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",\n", ":"), sort_keys=True, check_circular=False
).encode


def as_json(value: Any) -> str:
    """JSON as the database holds it: readable, without spaces, names sorted."""
    return _write_json(value)


def each_as_json(values: Sequence[Any]) -> list[str]:
    """``as_json`` of each of some values; objects are written in one go. JSON holds no line break but the ones set between its
    parts, so that a brace, a break and a brace part two objects; where there are more of them, objects stand within the values.
    """
    if values and set(map(type, values)) == {dict}:
        parts = _write_apart(values)[2:-2].split("},\n{")
        if len(parts) == len(values):
            return [f"{{{part}}}".replace("\n", "") for part in parts]
    return list(map(as_json, values))


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """So many ids of a table with a running ``id`` (one at least), which nobody else will be given; mostly a range.

    On SQLite the writer's lock keeps others out until the transaction ends; on PostgreSQL the sequence is drawn from.
    """
    if session.get_bind().dialect.name == "postgresql":
        named = session.scalar(select(func.pg_get_serial_sequence(f'"{table.name}"', "id")))
        drawn = text("SELECT nextval(CAST(:name AS regclass)) FROM generate_series(1, :count)")
        ids = session.scalars(drawn, {"name": named, "count": count}).all()
        run = range(ids[0], ids[0] + count)
        return run if ids == list(run) else ids
    first = (session.scalar(select(func.max(table.c.id))) or 0) + 1
    return range(first, first + count)


def insert_many(
    session: Session,
    table: Table,
    columns: Mapping[str, Sequence[Any]],
    *,
    shared: Mapping[str, Any] | None = None,
) -> None:
    """Writes rows that lie column by column, with ``shared`` values by name, the same for all; other columns stay null.

    Raises DiskFull, and what the database raises where a constraint or a trigger refuses.
    """
    session.flush()
    connection = session.connection()
    given = shared or {}
    makers = [_maker(table, name, connection.dialect) for name in columns]
    same = [_maker(table, name, connection.dialect)([value])[0] for name, value in given.items()]
    named = ", ".join(f'"{name}"' for name in (*columns, *given))
    for start in range(0, len(next(iter(columns.values()))), BATCH):
        parts = [column[start : start + BATCH] for column in columns.values()]
        made = [make(part) for part, make in zip(parts, makers, strict=True)]
        rows = zip(*made, *(repeat(value, len(parts[0])) for value in same), strict=True)
        _send(connection, table.name, named, list(rows))


def insert_counted(
    session: Session,
    table: Table,
    name: str,
    texts: Sequence[str],
    *,
    counted: Mapping[str, int],
    shared: Mapping[str, Any],
) -> None:
    """Writes a row for each text into the column ``name``; the columns of ``counted`` count up from their first number, and
    ``shared`` values are the same for all. The database takes the texts as one value and works them off by itself.
    """
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        part = list(texts[start : start + _TEXTS_AT_ONCE])
        if session.get_bind().dialect.name == "postgresql":
            listed = func.unnest(literal(part, ARRAY(Text)))
            given = listed.table_valued(column("value", Text), with_ordinality="place").render_derived()
            place = given.c.place - 1
        else:
            given = func.json_each(as_json(part)).table_valued("key", column("value", Text))
            place = given.c.key
        numbers = [literal(first + start, BigInteger) + place for first in counted.values()]
        same = [literal(value, table.c[other].type) for other, value in shared.items()]
        told = select(given.c.value, *numbers, *same).order_by(place)
        session.execute(insert(table).from_select([name, *counted, *shared], told))


def _maker(table: Table, name: str, dialect: Dialect) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What turns values of the column into the driver's; moments and days are few and kept."""
    if isinstance(table.c[name].type, JSON):
        return _json_texts
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    if process is None:
        return lambda values: values
    kept = dict[Any, Any]()

    def remembered(value: Any) -> Any:
        if value not in kept:
            if len(kept) >= _REMEMBERED:
                kept.clear()
            kept[value] = process(value)
        return kept[value]

    return lambda values: list(map(remembered, values))


def _json_texts(values: Sequence[Any]) -> Sequence[Any]:
    """Values of a JSON column; a text is JSON already, and None stays null."""
    if any(value is None or isinstance(value, str) for value in values):
        return [value if value is None or isinstance(value, str) else as_json(value) for value in values]
    return each_as_json(values)


def _send(connection: Connection, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
    """Writes one batch."""
    if connection.dialect.name != "postgresql":
        marks = f"({', '.join('?' * len(rows[0]))})"
        at_once = max(1, _MOST_VALUES // len(rows[0]))
        for start in range(0, len(rows), at_once):
            part = rows[start : start + at_once]
            statement = f'INSERT INTO "{table}" ({columns}) VALUES {", ".join([marks] * len(part))}'
            connection.exec_driver_sql(statement, tuple(chain.from_iterable(part)))
        return
    try:
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copied:
            for row in rows:
                copied.write_row(row)
    except Exception as fault:
        if is_full(fault):
            raise DiskFull() from fault
        keep_first_sentence(fault)  # this statement goes past the engine, which would have seen to it
        raise
