"""What keeps the database from being changed quietly (decision 10): installing, dropping and comparing the triggers.

Which table is guarded how stands in ``triggers_guards``; the two engines' SQL is made from it.
"""

from types import ModuleType

from sqlalchemy import Connection

from villagehub.storage import triggers_postgres, triggers_sqlite
from villagehub.storage.triggers_guards import GUARDS

_NEXT_STEP = "请先查清是谁动过数据库，再运行 villagehub init 重新装上。"


def _engine(connection: Connection) -> ModuleType:
    return triggers_sqlite if connection.dialect.name == "sqlite" else triggers_postgres


def install_triggers(connection: Connection) -> None:
    """Drops every trigger of ours and installs all of them anew, for the tables that are there; does not commit."""
    engine = _engine(connection)
    engine.drop(connection)
    engine.install(connection)


def drop_triggers(connection: Connection) -> None:
    """Drops every trigger (and, on PostgreSQL, function) of ours, as a migration needs it; does not commit."""
    _engine(connection).drop(connection)


def expected_triggers(connection: Connection) -> dict[str, str]:
    """What should be installed in this database, by name: made from the table of guards and the keys that it has."""
    wanted: dict[str, str] = _engine(connection).expected(connection)
    return wanted


def compare_triggers(connection: Connection) -> list[str]:
    """What ``doctor`` says of the triggers: one Chinese sentence per fault, none when all is as installed."""
    engine = _engine(connection)
    wanted, held = engine.expected(connection), engine.present(connection)
    tables = engine.tables(connection)
    faults = [f"缺少数据表 {one.table}，防改保护装不上。{_NEXT_STEP}" for one in GUARDS if one.table not in tables]
    faults += [f"防改保护 {name} 不见了。{_NEXT_STEP}" for name in wanted if name not in held]
    faults += [f"防改保护 {name} 被改过。{_NEXT_STEP}" for name, sql in wanted.items() if held.get(name, sql) != sql]
    faults += [f"多出一个不认识的防改保护 {name}。{_NEXT_STEP}" for name in held if name not in wanted]
    faults += [f"数据表上多出一个不是本系统装的触发器 {name}。{_NEXT_STEP}" for name in engine.strangers(connection)]
    return faults
