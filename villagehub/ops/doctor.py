"""What ``villagehub doctor`` looks at; each check yields findings in words and changes nothing."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.journal import first_break
from villagehub.journal.models import JournalHead
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import db, migrate, reading
from villagehub.storage.keys import key_path, load_key
from villagehub.storage.tables import PageDirty, VaultFile, VaultReplacement
from villagehub.storage.triggers import compare_triggers
from villagehub.storage.vault import LEAST_FREE_PERCENT, Vault

KEYS = ("secret", "vault", "match")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what it is about, what is the matter, what to do."""

    about: str
    message: str


def examine(app: Flask, settings: Settings) -> Iterator[tuple[str, list[Finding]]]:
    """Yields each check's name with its findings (none: all is well). Needs no running server."""
    checks: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
        ("数据库版本", _migrations),
        ("防改保护", _triggers),
        ("密钥", _keys),
        ("磁盘", _disk),
        ("时钟", _clock),
        ("操作记录", _journal),
        ("原始文件", _vault),
        ("待更新的页面", _pages),
    )
    with app.app_context():
        for name, check in checks:
            try:
                yield name, list(check(settings))
            except Refused as refusal:
                yield name, [Finding(name, f"{refusal.sentence}{refusal.next_step}")]


def _migrations(_settings: Settings) -> Iterator[Finding]:
    held, wanted = migrate.current(db.engine), migrate.head()
    if held != wanted:
        yield Finding("数据库版本", f"数据库是 {held or '空的'}，程序要 {wanted}。请运行 villagehub init 升级。")


def _triggers(_settings: Settings) -> Iterator[Finding]:
    with db.engine.connect() as connection:
        for sentence in compare_triggers(connection):
            yield Finding("防改保护", sentence)


def _keys(settings: Settings) -> Iterator[Finding]:
    for name in KEYS:
        path = key_path(settings.keys, name)
        if not path.exists():
            yield Finding(
                "密钥", f"缺少密钥文件 {path}。如果以前用过，请从备份里取回；全新的系统请运行 villagehub init。"
            )
        elif path.stat().st_mode & 0o077:
            yield Finding("密钥", f"密钥文件 {path} 别人也能读。请运行 chmod 600 {path}")


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
        expected = _expected_files(session)
    if not settings.vault.exists() and not expected:
        return
    for found in Vault(settings.vault, load_key(settings.keys, "vault")).scrub(expected):
        yield Finding("原始文件", found.message)


def _expected_files(session: Session) -> set[str]:
    kept = set(session.scalars(select(VaultFile.sha256)))
    return kept - set(session.scalars(select(VaultReplacement.old_sha256)))


def _pages(_settings: Settings) -> Iterator[Finding]:
    with reading() as session:
        waiting = session.scalar(select(func.count()).select_from(PageDirty)) or 0
    if waiting:
        yield Finding("待更新的页面", f"有 {waiting} 处改动的页面还没有重新生成。启动 villagehub serve 会自动补上。")
