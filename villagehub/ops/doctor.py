"""What ``villagehub doctor`` looks at; each check yields findings in words and changes nothing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from villagehub.config import Settings
from villagehub.disclosures.proving import list_faults
from villagehub.journal import first_break
from villagehub.journal.models import JournalHead
from villagehub.kernel import clock
from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.refused import Refused
from villagehub.labels.fonts import load_fonts
from villagehub.ledgers.models import Upload
from villagehub.notices.examining import find_faults
from villagehub.ops.copying import damage
from villagehub.ops.jobs import JOBS
from villagehub.ops.models import TimedJob
from villagehub.ops.moments import is_overdue
from villagehub.ops.originals import expected_files
from villagehub.ops.postgres_pages import blind_spots, damaged_tables
from villagehub.places.models import Place
from villagehub.storage import db, migrate, reading
from villagehub.storage.keys import key_path, load_key
from villagehub.storage.tables import PageDirty
from villagehub.storage.triggers import compare_triggers
from villagehub.storage.vault import LEAST_FREE_PERCENT, Vault
from villagehub.storage.work import files_of
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.own_audit import audit_own
from villagehub.transparency.witnesses import Known, recall, witnesses_of
from villagehub.transparency.writing import NEXT_KEY

SETTLING: Final = timedelta(hours=1)
"""So long after an installation or a restore nobody is told that timed work has not been done."""
SILENT: Final = timedelta(days=1)
"""A witness that has not answered for so long is named."""
KEYS = ("secret", "vault", "match", "log")


def keys_in(folder: Path) -> tuple[str, ...]:
    """The names of an installation's keys; one that is to follow the log's is among them while both sign."""
    return (*KEYS, *([NEXT_KEY] if key_path(folder, NEXT_KEY).exists() else []))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what it is about, what is the matter, what to do."""

    about: str
    message: str


def examine(app: Flask, settings: Settings) -> Iterator[tuple[str, list[Finding]]]:
    """Yields each check's name with its findings (none: all is well). Needs no running server."""
    checks: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
        ("数据库版本", _migrations),
        ("数据库文件", _database),
        ("防改保护", _triggers),
        ("密钥", _keys),
        ("字体", _fonts),
        ("磁盘", _disk),
        ("时钟", _clock),
        ("操作记录", _journal),
        ("原始文件", _vault),
        ("公开的内容", _publications),
        ("防改日志", _log),
        ("见证", _witnesses),
        ("待更新的页面", _pages),
        ("到时间的事", _jobs),
        ("提醒", _notices),
    )
    with app.app_context():
        for name, check in checks:
            try:
                yield name, list(check(settings))
            except Refused as refusal:
                yield name, [Finding(name, f"{refusal.sentence}{refusal.next_step}")]
            except DBAPIError as fault:
                yield name, [Finding(name, f"数据库读不下去（{fault.orig}），这一项没有查成。")]


def unseen(app: Flask, settings: Settings) -> list[str]:
    """What the checks cannot see on this database, and what has yet to come; nothing that is wrong."""
    with app.app_context():
        told = list(blind_spots(db.engine)) if db.engine.dialect.name == "postgresql" else []
        with reading() as session:
            done = [one.done_at for one in session.scalars(select(TimedJob)) if one.done_at is not None]
        if _is_new(settings, max(done, default=None)):
            told.append("到时间的事在这里还没办过，打开网站后一分钟内办。")
        return told


def _migrations(_settings: Settings) -> Iterator[Finding]:
    held, wanted = migrate.current(db.engine), migrate.head()
    if held != wanted:
        yield Finding("数据库版本", f"数据库是 {held or '空的'}，程序要 {wanted}。请运行 villagehub init 升级。")


def _database(_settings: Settings) -> Iterator[Finding]:
    """Every page of SQLite's file is read, on PostgreSQL every table to its end."""
    if db.engine.dialect.name == "postgresql":
        for sentence in damaged_tables(db.engine):
            yield Finding("数据库文件", f"{sentence}请停下网站，用最近的备份恢复到一个新的数据库。")
    if db.engine.dialect.name == "sqlite":
        path = Path(db.engine.url.database or "")
        for file in files_of(path):
            if file.stat().st_mode & 0o077:
                yield Finding("数据库文件", f"数据库文件 {file} 别人也能读。请运行 chmod 600 {file}")
        for sentence in damage(path):
            yield Finding("数据库文件", f"{sentence}请停下网站，用最近的备份恢复到一个新的文件夹。")


def _triggers(_settings: Settings) -> Iterator[Finding]:
    """Only where the database is of this program's version: another version's guards are not changed ones."""
    if migrate.current(db.engine) != migrate.head():
        return
    with db.engine.connect() as connection:
        for sentence in compare_triggers(connection):
            yield Finding("防改保护", sentence)


def missing_keys(settings: Settings) -> list[Finding]:
    """Keys that an installation with a database should have and has not; looked at before the program makes new ones."""
    gone = [name for name in KEYS if not key_path(settings.keys, name).exists()]
    return [Finding("密钥", f"缺少密钥文件 {key_path(settings.keys, one)}。{_way_out(settings, one)}") for one in gone]


def _way_out(settings: Settings, key: str) -> str:
    """An installation of an earlier version, and a backup of one, has no key of a log in any backup."""
    if key == "log" and LogFolder(settings.log).checkpoint() is None:
        return "刚升级的、从没有防改日志的旧备份恢复的，请运行 villagehub init；备份里有它的，请取回。"
    return "请从备份里取回，不要让程序另做一个。"


def _keys(settings: Settings) -> Iterator[Finding]:
    for name in keys_in(settings.keys):
        path = key_path(settings.keys, name)
        if not path.exists():
            yield Finding(
                "密钥", f"缺少密钥文件 {path}。如果以前用过，请从备份里取回；全新的系统请运行 villagehub init。"
            )
        elif path.stat().st_mode & 0o077:
            yield Finding("密钥", f"密钥文件 {path} 别人也能读。请运行 chmod 600 {path}")


def _fonts(_settings: Settings) -> Iterator[Finding]:
    """Raises FontsMissing, whose sentence says which one and where it belongs."""
    load_fonts(Path(current_app.static_folder or "") / "fonts")
    yield from ()


def _disk(settings: Settings) -> Iterator[Finding]:
    usage = shutil.disk_usage(settings.instance)
    if usage.free * 100 < usage.total * LEAST_FREE_PERCENT:
        yield Finding(
            "磁盘", f"磁盘只剩 {usage.free // 2**20} MB，不到 {LEAST_FREE_PERCENT}%，已经不收新文件。请清理。"
        )


def _clock(_settings: Settings) -> Iterator[Finding]:
    if clock.today() < date(2026, 1, 1):
        yield Finding("时钟", f"服务器的日期是 {clock.today().isoformat()}，显然不对。请先校准时间。")


def _journal(_settings: Settings) -> Iterator[Finding]:
    with reading() as session:
        for village_id in session.scalars(select(JournalHead.village_id)):
            broken = first_break(session, village_id)
            if broken is not None:
                yield Finding(
                    "操作记录", f"地方 {village_id} 的操作记录在第 {broken} 条断开，有人绕过系统改过。请查清。"
                )


def _vault(settings: Settings) -> Iterator[Finding]:
    if not key_path(settings.keys, "vault").exists():
        return
    with reading() as session:
        expected = expected_files(session)
    if not settings.vault.exists() and not expected:
        return
    for found in Vault(settings.vault, load_key(settings.keys, "vault")).scrub(expected):
        yield Finding("原始文件", f"{found.message}{_belonging(found.name)}")


def _belonging(digest: str) -> str:
    """What the clerk called the file and where it belongs, as far as an upload names it."""
    with reading() as session:
        wanted = select(Upload.filename, Upload.section, Upload.period, Place.name)
        row = session.execute(wanted.join(Place, Place.id == Upload.village_id).where(Upload.sha256 == digest)).first()
    return f"它是 {row.name} {row.section} {row.period} 的“{row.filename}”。" if row else ""


def _pages(_settings: Settings) -> Iterator[Finding]:
    with reading() as session:
        waiting = session.scalar(select(func.count()).select_from(PageDirty)) or 0
    if waiting:
        yield Finding("待更新的页面", f"有 {waiting} 处改动的页面还没有重新生成。启动 villagehub serve 会自动补上。")


def _publications(_settings: Settings) -> Iterator[Finding]:
    """Every publication against its seal; the same that the clock does each day."""
    for fault in list_faults():
        yield Finding(
            "公开的内容",
            f"{fault}。有人绕过系统改过数据库。请停下网站，用备份对照查清，再请村里核对公开栏的纸质版。",
        )


def _log(settings: Settings) -> Iterator[Finding]:
    """Every entry, tile and signature of the public log, and the database that it comes from."""
    for sentence in audit_own(settings):
        yield Finding("防改日志", f"{sentence}。")


def _witnesses(settings: Settings) -> Iterator[Finding]:
    """One that has seen another history, and one that has been silent for a day."""
    now, remembered = clock.now(), recall(LogFolder(settings.log))
    for one in witnesses_of(settings):
        known = remembered.get(one.verifier.vkey, Known())
        silent = known.first_failed_at and now - datetime.fromtimestamp(known.first_failed_at, UTC) >= SILENT
        if known.against:
            yield Finding(
                "见证",
                f"{one.verifier.name}：{known.fault}。日志可能退回过旧的，或者被改写过，已经停签，村里也不能再公开。请和镇里一起"
                "查清，用公开栏的纸和留下的凭据对照：退回过旧的，运行 villagehub log catch-up；确实是见证弄错了，"
                "从设置 witnesses 里去掉它那一行。",
            )
        elif silent:
            since = datetime.fromtimestamp(known.first_failed_at, UTC).astimezone(SHANGHAI)
            yield Finding(
                "见证", f"{one.verifier.name} 从 {since:%Y-%m-%d %H:%M} 起没有签过：{known.fault}。请打电话问那家单位。"
            )


def _notices(settings: Settings) -> Iterator[Finding]:
    """Reminders that did not reach whom they were for."""
    for sentence in find_faults(settings, now=clock.now()):
        yield Finding("提醒", sentence)


def _is_new(settings: Settings, last: datetime | None) -> bool:
    """Installed or restored a short while ago, and no timed work done since: nothing is late yet. The keys' files tell when;
    they are written once, by ``init`` or by ``restore``.
    """
    made = [key_path(settings.keys, name).stat().st_mtime for name in KEYS if key_path(settings.keys, name).exists()]
    since = datetime.fromtimestamp(max(made, default=0), UTC)
    return timedelta() <= clock.now() - since < SETTLING and (last is None or last < since)


def _jobs(settings: Settings) -> Iterator[Finding]:
    """Overdue: not run for three times its interval, or never."""
    now = clock.now()
    with reading() as session:
        held = {one.name: one for one in session.scalars(select(TimedJob))}
    late = [job for job in JOBS if is_overdue(job.every, held[job.name].done_at if job.name in held else None, now)]
    moments = [one.done_at for one in held.values() if one.done_at is not None]
    if late and not _is_new(settings, max(moments, default=None)):
        last = f"上一次办事是 {max(moments).astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moments else "还一次都没有办过"
        yield Finding(
            "到时间的事",
            f"有 {len(late)} 件到时间没有办：{'；'.join(job.title for job in late)}。{last}。"
            "请看网站开着没有（villagehub serve 开着就会自己办）；不用 serve 的，装上 villagehub ops timer 的定时器。"
            "也可以现在就运行 villagehub tick。",
        )
