"""Whether there is an installation at all, found out without making one: connecting to SQLite would make an empty file."""

from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from villagehub.config import Settings
from villagehub.kernel.refused import Refused
from villagehub.ops.copying import is_empty
from villagehub.storage import migrate


class NotInstalled(Refused):
    """The database is missing or belongs to another version of the program."""

    code = "not_installed"
    message = "数据库还没有建好，或者不是这个版本的（{instance}）。"
    fix = "请先运行 villagehub init；只想试试看，请运行 villagehub demo。"
    status = 503


class NoDatabase(Refused):
    """The database server does not answer, or does not let us in."""

    code = "no_database"
    message = "连不上数据库。"
    fix = "请看设置 database_url 写得对不对，数据库服务开了没有，磁盘和文件夹有没有权限写。"
    status = 503


class NothingHereYet(Refused):
    """The instance's folder holds no database, no keys and no originals."""

    code = "nothing_here_yet"
    message = "{instance} 里还什么都没有。"
    fix = "新装请运行 villagehub init；有备份请运行 villagehub restore 备份的文件夹。"
    status = 503


class DatabaseGone(Refused):
    """There are keys or originals, but the database that belongs to them is not there."""

    code = "database_gone"
    message = "密钥或原始文件还在，可是数据库 {database} 不见了。"
    fix = (
        "请不要运行 villagehub init：用 VILLAGEHUB_INSTANCE 指一个新文件夹，从备份恢复（villagehub restore）。"
        "只有刚才装到一半、还没有用过的，才再运行一次 villagehub init。"
    )
    status = 503


def must_hold_something(settings: Settings) -> None:
    """Raises NothingHereYet, DatabaseGone, NoDatabase; never makes anything."""
    used = settings.keys.is_dir() or settings.vault.is_dir()
    try:
        empty = is_empty(settings.database_url)
    except OperationalError as fault:
        raise NoDatabase() from fault
    if empty and used:
        raise DatabaseGone(database=make_url(settings.database_url).database)
    if empty:
        raise NothingHereYet(instance=settings.instance)


def must_be_installed(settings: Settings) -> None:
    """Raises NotInstalled, NoDatabase; never makes a database."""
    engine = create_engine(settings.database_url)
    try:
        _look(engine, settings)
    finally:
        engine.dispose()


def _look(engine: Engine, settings: Settings) -> None:
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file).is_file():
        raise NotInstalled(instance=settings.instance)
    try:
        held = migrate.current(engine)
    except OperationalError as fault:
        raise NoDatabase() from fault
    if held != migrate.head():
        raise NotInstalled(instance=settings.instance)
