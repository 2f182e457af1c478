"""Running migrations on either engine so that the guards survive them (decision 10).

Alembic's batch mode loses a table's triggers or stumbles over them. So every run is the same: foreign keys off (SQLite,
outside the transaction), drop all triggers, migrate, check the foreign keys, install all triggers, commit; a fault
anywhere leaves the database as it was.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select

from villagehub.kernel.refused import Refused
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.storage.work import WRITES, prepare_engine

SCRIPTS: Final = Path(__file__).parents[1] / "migrations"
_LOCK: Final = 0x76_68_6D_69_67  # "vhmig": any number, as long as every process takes the same


class BrokenReferences(Refused):
    """After the migration some rows point to nothing; nothing was changed."""

    code = "broken_references"
    message = "数据库升级没有做：有 {count} 处引用对不上（例如表 {table}）。数据没有改动。"
    fix = "请先备份，再联系系统管理员查清这些数据是怎么断开的。"
    status = 500


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the database up to ``revision`` and installs all triggers anew; does nothing else when it is there already.

    Raises BrokenReferences (SQLite) and leaves the database as it was.
    """
    _run(engine, lambda config: command.upgrade(config, revision))


def downgrade(engine: Engine, revision: str) -> None:
    """Takes the database back to ``revision`` (``base``: no tables) and installs the triggers that fit it."""
    _run(engine, lambda config: command.downgrade(config, revision))


def current(engine: Engine) -> str | None:
    """The revision that the database has, None when it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision of this program."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError(f"no migrations found in {SCRIPTS}")
    return newest


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    prepare_engine(engine)
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        _set_up(connection, foreign_keys="OFF", temp_store="FILE")  # a new index of millions of rows is sorted on disk
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
                drop_triggers(connection)
                step(_config(connection))
                _check_references(connection)
                install_triggers(connection)
        finally:
            _set_up(connection, foreign_keys="ON", temp_store="MEMORY")


def _set_up(connection: Connection, **pragmas: str) -> None:
    """SQLite ignores these pragmas inside a transaction, so they go past SQLAlchemy, which would begin one."""
    if connection.dialect.name == "sqlite":
        raw = connection.connection.driver_connection
        if raw is not None:
            for name, state in pragmas.items():
                raw.execute(f"PRAGMA {name}={state}")


def _check_references(connection: Connection) -> None:
    """PostgreSQL checked them on the way; SQLite had them switched off."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise BrokenReferences(count=len(broken), table=broken[0][0])
