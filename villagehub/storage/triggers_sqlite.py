"""The guards as SQLite triggers.

With ``recursive_triggers`` off (the default of every plain connection) REPLACE deletes without firing delete triggers, so
INSERT and UPDATE look for a sealed row under every unique key, the hidden rowid included. Tables and keys are read from
the database itself: a unique key that a later migration adds is guarded without anybody remembering it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from villagehub.storage import triggers_guards as guards
from villagehub.storage.triggers_guards import Guard

_ROWID = "rowid"
_WHERE = re.compile(r"\sWHERE\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Key:
    columns: tuple[str, ...]
    only: str = ""
    """The condition of a partial index."""


@dataclass(frozen=True, slots=True)
class _Table:
    columns: tuple[str, ...]
    keys: tuple[_Key, ...]


def _read_table(connection: Connection, name: str) -> _Table | None:
    sql = connection.exec_driver_sql(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)
    ).scalar_one_or_none()
    if sql is None:
        return None
    columns = connection.exec_driver_sql("SELECT name FROM pragma_table_info(?)", (name,)).scalars().all()
    keys = [] if "WITHOUT ROWID" in sql.upper() else [_Key((_ROWID,))]
    indexes = connection.exec_driver_sql(
        "SELECT l.name, l.partial, m.sql FROM pragma_index_list(?) AS l LEFT JOIN sqlite_master AS m"
        " ON m.type = 'index' AND m.name = l.name WHERE l.\"unique\" = 1 ORDER BY l.name",
        (name,),
    ).all()
    for index, is_partial, text in indexes:
        names = connection.exec_driver_sql("SELECT name FROM pragma_index_info(?) ORDER BY seqno", (index,)).scalars()
        parts = tuple(names)
        if None in parts:
            raise ValueError(f"a unique index over an expression cannot be guarded: {index}")
        keys.append(_Key(parts, _WHERE.split(text, maxsplit=1)[1] if is_partial else ""))
    return _Table(tuple(columns), tuple(keys))


def _sealed(guard: Guard, x: str) -> str:
    """EXISTS ends at the first such version; IN would make a table of all stages first, for every row that is written."""
    stages = guard.seal.stages
    if stages is None:
        return "1"
    if " v " not in stages:
        return f"{stages.removeprefix('SELECT ').format(x=x)} IS 'published'"
    return f"EXISTS ({stages.format(x=x)} AND v.stage = 'published')"


def _pushed_out(guard: Guard, table: _Table, *, moving: bool) -> list[str]:
    """Conditions under which the new row would take the place of a sealed one."""
    found = []
    for key in table.keys:
        if guard.belongs and "version_id" in key.columns:
            continue  # whatever it collides with is of the same version, and that one is looked at anyway
        match = [f'x."{column}" = NEW."{column}"' for column in key.columns]
        if key.only:
            match.append(f"({key.only})")
        if moving:
            match.append("x.rowid <> OLD.rowid")
        match.append(_sealed(guard, "x"))
        found.append(f'EXISTS (SELECT 1 FROM "{guard.table}" AS x WHERE {" AND ".join(match)})')
    return found


def _key_by_key(old: str, new: str, *, o: str, n: str, may_empty: str) -> str:
    """Both JSON objects have the same keys, and each value is equal or changed as ``may_empty`` allows.

    ``o`` and ``n`` are the aliases under which ``may_empty`` sees the old and the new member.
    """
    return (
        f"((SELECT count(*) FROM json_each({old})) = (SELECT count(*) FROM json_each({new})) AND NOT EXISTS ("
        f"SELECT 1 FROM json_each({old}) AS {o} LEFT JOIN json_each({new}) AS {n} ON {n}.key IS {o}.key"
        f" WHERE CASE WHEN {n}.type IS {o}.type AND {n}.value IS {o}.value THEN 0 ELSE NOT ({may_empty}) END))"
    )


def _texts_emptied(keys: Sequence[str]) -> Callable[[str, str], str]:
    only = f" AND o.key IN ({', '.join(repr(key) for key in keys)})" if keys else ""
    return partial(_key_by_key, o="o", n="n", may_empty=f"o.type = 'text' AND n.type IS 'null'{only}")


def _fields_emptied(old: str, new: str) -> str:
    part = "p.key IN ('value', 'salt') AND p.type = 'text' AND q.type IS 'null'"
    inner = _key_by_key("o.value", "n.value", o="p", n="q", may_empty=part)
    both = "o.type = 'object' AND n.type IS 'object'"
    return _key_by_key(old, new, o="o", n="n", may_empty=f"CASE WHEN {both} THEN {inner} ELSE 0 END")


def _emptied(column: str, rule: Callable[[str, str], str], *, whole: str) -> str:
    """``whole``: under which condition the column may become null; empty: never."""
    old, new = f'OLD."{column}"', f'NEW."{column}"'
    null = f"WHEN {new} IS NULL THEN {whole} " if whole else ""
    return (
        f"CASE WHEN {new} IS {old} THEN 1 {null}WHEN typeof({new}) <> 'text' OR NOT json_valid({new}) THEN 0 "
        f"WHEN json_type({new}) IS NOT 'object' OR json_type({old}) IS NOT 'object' THEN 0 "
        f"ELSE {rule(old, new)} END"
    )


def _through_door(guard: Guard, table: _Table) -> str:
    door = guard.door
    if door is None:
        return "0"
    held = [f'NEW."{column}" IS OLD."{column}"' for column in table.columns if column not in door.opened]
    whole = f"(OLD.\"name\" IS '{door.whole_named}')" if door.whole_named else "1"
    for column in door.texts:
        held.append(_emptied(column, _texts_emptied(door.keys), whole=whole if column in door.whole else ""))
    for column in door.sealed_fields:
        held.append(_emptied(column, _fields_emptied, whole="1" if column in door.whole else ""))
    for column in door.whole:
        if column not in door.texts and column not in door.sealed_fields:
            held.append(f'(NEW."{column}" IS NULL OR NEW."{column}" IS OLD."{column}")')
    held.extend(f'(NEW."{column}" IS \'\' OR NEW."{column}" IS OLD."{column}")' for column in door.blank)
    held.append(
        'EXISTS (SELECT 1 FROM "erasure" AS e JOIN "erasure_target" AS t ON t.erasure_id = e.id'
        f" WHERE e.id = NEW.erasure_id AND t.what = '{door.what}' AND t.target_id = OLD.\"{door.target}\")"
    )
    return f"({' AND '.join(held)})"


def _refused_updates(guard: Guard, table: _Table) -> str:
    if guard.frozen == guards.ALL_COLUMNS:
        return f"NOT {_through_door(guard, table)}"
    pushed = _pushed_out(guard, table, moving=True)
    if guard.frozen:
        return " OR ".join([*(f'NEW."{column}" IS NOT OLD."{column}"' for column in guard.frozen), *pushed])
    sealed = _sealed(guard, "OLD")
    if guard.belongs:
        sealed = f"({sealed} OR {_sealed(guard, 'NEW')})"
    door = f" AND NOT {_through_door(guard, table)}" if guard.door else ""
    return " OR ".join([f"({sealed}{door})", *pushed])


def _refused_inserts(guard: Guard, table: _Table) -> str:
    entering = [_sealed(guard, "NEW")] if guard.belongs else []
    return " OR ".join([*entering, *_pushed_out(guard, table, moving=False)])


def _steps() -> list[tuple[str, str]]:
    pairs = ", ".join(f"('{held}', '{wanted}')" for held, wanted in guards.STEPS)
    lacking = " OR ".join(f"NEW.{column} IS NULL" for column in guards.PUBLISHED_WITH)
    no_leaf = 'NOT EXISTS (SELECT 1 FROM "leaf" AS f WHERE f.id = NEW.leaf_id)'
    return [
        (
            f"NEW.stage IS NOT OLD.stage AND NOT coalesce((OLD.stage, NEW.stage) IN (VALUES {pairs}), 0)",
            guards.STEP_SKIPPED,
        ),
        (f"NEW.stage = 'published' AND ({lacking} OR {no_leaf})", guards.UNFINISHED),
    ]


def _trigger(guard: Guard, event: str, refusals: list[tuple[str, str]]) -> tuple[str, str]:
    name = f"{guards.PREFIX}{guard.table}_{event.lower()}"
    body = "\n".join(f"  SELECT RAISE(ABORT, '{message}') WHERE {condition};" for condition, message in refusals)
    return name, f'CREATE TRIGGER {name} BEFORE {event} ON "{guard.table}" FOR EACH ROW BEGIN\n{body}\nEND'


def expected(connection: Connection) -> dict[str, str]:
    """The triggers that belong into this database, by name; for tables that are not there (yet), none."""
    wanted: dict[str, str] = {}
    for guard in guards.GUARDS:
        table = _read_table(connection, guard.table)
        if table is None:
            continue
        inserts = _refused_inserts(guard, table)
        entering = [(inserts, guard.refusal)] if inserts else []
        updates = [(_refused_updates(guard, table), guard.refusal)]
        if guard.staged:
            entering.append(("NEW.stage IS NOT 'draft'", guards.BORN_DRAFT))
            updates.extend(_steps())
        if entering:
            wanted.update([_trigger(guard, "INSERT", entering)])
        wanted.update([_trigger(guard, "UPDATE", updates)])
        wanted.update([_trigger(guard, "DELETE", [(_sealed(guard, "OLD"), guard.refusal)])])
    return wanted


def present(connection: Connection) -> dict[str, str]:
    """The triggers of ours that the database holds."""
    found = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, ?) = ?",
        (len(guards.PREFIX), guards.PREFIX),
    )
    return {str(name): str(sql) for name, sql in found}


def strangers(connection: Connection) -> list[str]:
    """Triggers on guarded tables that are not ours, as ``table.name``."""
    names = [guard.table for guard in guards.GUARDS]
    found = connection.exec_driver_sql("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
    return [f"{table}.{name}" for table, name in found if table in names and not name.startswith(guards.PREFIX)]


def tables(connection: Connection) -> set[str]:
    """The names of all tables."""
    return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())


def install(connection: Connection) -> None:
    """Creates every expected trigger; none of ours may be there."""
    for sql in expected(connection).values():
        connection.exec_driver_sql(sql)


def drop(connection: Connection) -> None:
    """Drops every trigger of ours."""
    for name in present(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
