"""The database's copy: taken while others write, put back where nothing is. SQLite copies itself, PostgreSQL by its tools."""

import os
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import URL, make_url

from villagehub.kernel.refused import Refused

SQLITE_COPY: Final = "database.sqlite"
POSTGRES_COPY: Final = "database.pgdump"
_TREE: Final = re.compile(r"[Tt]ree (\d+)")


class NoDatabaseYet(Refused):
    """There is nothing to copy."""

    code = "no_database_yet"
    message = "没有找到数据库 {path}。"
    fix = "请看环境变量 VILLAGEHUB_INSTANCE 指的是不是要备份的文件夹。"
    status = 503


class NoTool(Refused):
    """PostgreSQL's own tool is not on this machine."""

    code = "no_tool"
    message = "这台机器上没有 {tool}，PostgreSQL 的数据库要用它来备份和恢复。"
    fix = "请安装 PostgreSQL 的客户端工具（Debian：apt install postgresql-client），版本不低于数据库服务，再试一次。"
    status = 503


class ToolFailed(Refused):
    """PostgreSQL's tool did not do its work."""

    code = "tool_failed"
    message = "{tool} 没有做成：{why}"
    fix = "请看数据库服务开了没有、账号有没有权限、{tool} 的版本是不是不低于数据库服务。"
    status = 503


def name_of_copy(url: str) -> str:
    """The file name that this database's copy has in a backup."""
    return SQLITE_COPY if make_url(url).get_backend_name() == "sqlite" else POSTGRES_COPY


def copy_database(url: str, target: Path) -> None:
    """One moment of the database as a file; writers are not stopped. Raises NoDatabaseYet, NoTool, ToolFailed."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        _run("pg_dump", parsed, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
        return
    path = Path(parsed.database or "")
    if not path.is_file():
        raise NoDatabaseYet(path=path)
    target.touch(mode=0o600)
    with closing(sqlite3.connect(path, timeout=30)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)  # in one step: in several, a busy writer would make it begin again and again
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, that needs no second one beside it


def is_empty(url: str) -> bool:
    """Whether a copy may be put there: no file yet, or a database without tables."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return not Path(parsed.database or "").exists()
    engine = create_engine(url)
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def fill_postgres(url: str, copy: Path) -> None:
    """Fills an empty database from its copy, in one transaction. Raises NoTool, ToolFailed."""
    _run("pg_restore", make_url(url), "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", copy)


def damage(path: Path) -> list[str]:
    """What SQLite finds wrong with its file: broken pages with the table they belong to, rows that point to nothing."""
    found: list[str] = []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)) as held:
            held.text_factory = bytes  # damaged text must not stop the search
            roots = {
                str(root): name.decode() for name, root in held.execute("SELECT name, rootpage FROM sqlite_master")
            }
            tables = [one.decode() for (one,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            try:
                for (line,) in held.execute("PRAGMA integrity_check(20)"):
                    if line != b"ok":
                        found.append(_in_words(line.decode(errors="replace"), roots))
                for table, row, *_ in held.execute("PRAGMA foreign_key_check").fetchmany(20):
                    found.append(f"数据库的表 {table.decode()} 第 {row} 行指向不存在的数据。")
            except sqlite3.DatabaseError as fault:
                found += [_unreadable(held, table) for table in tables if _unreadable(held, table)]
                found = found or [f"数据库文件 {path.name} 有损坏（{fault}）。"]
    except sqlite3.DatabaseError as fault:
        found.append(f"数据库文件 {path.name} 坏了，读不下去（{fault}）。")
    return found


def _unreadable(held: sqlite3.Connection, table: str) -> str:
    """The check itself gave up: each table is read for itself, to name the one that is hurt."""
    name = table.replace('"', '""')
    try:
        for _ in held.execute(f'SELECT * FROM "{name}"'):
            pass
    except sqlite3.DatabaseError as fault:
        return f"数据库文件有损坏，在 {table} 里（{fault}）。"
    return ""


def _in_words(line: str, roots: dict[str, str]) -> str:
    tree = _TREE.search(line)
    table = roots.get(tree[1]) if tree else None
    where = f"，在 {table} 里" if table else ""
    return f"数据库文件有损坏{where}（{line.strip().splitlines()[-1]}）。"


def _run(tool: str, address: URL, *words: str | Path) -> None:
    """Runs the tool; the password goes by environment, because a command line can be read by others."""
    program = shutil.which(tool)
    if program is None:
        raise NoTool(tool=tool)
    password = {"PGPASSWORD": str(address.password)} if address.password else {}
    plain = address.set(drivername="postgresql", password=None).render_as_string()
    done = subprocess.run(  # noqa: S603 - the tool's own path, words of ours
        [program, f"--dbname={plain}", *map(str, words)],
        env={**os.environ, **password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        why = (done.stderr.strip().splitlines() or ["没有说原因"])[0][:300]
        raise ToolFailed(tool=tool, why=why)
