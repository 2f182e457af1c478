"""``villagehub restore``: everything is checked before anything is put in place, and only where nothing is yet."""

import json
import os
import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import make_url

from villagehub.config import SETTINGS_FILE, Settings, load_settings
from villagehub.kernel.refused import Refused
from villagehub.ops.backup import FORMAT, MANIFEST, close_folders, copy_file, hash_of, keys_beside, sync_folder
from villagehub.ops.copying import SQLITE_COPY, damage, fill_postgres, is_empty, name_of_copy
from villagehub.ops.doctor import KEYS
from villagehub.storage.keys import BadKey, key_path, load_key
from villagehub.storage.vault import Vault
from villagehub.transparency.writing import NEXT_KEY

_MAY_STAND: Final = {SETTINGS_FILE, "settings.example.toml", "villagehub.log", ".gitignore"}
_MOST_SAID: Final = 40
OLDEST_KEYS: Final = ("secret", "vault", "match")
"""The keys of backups that were made before there was a log."""


class NoBackup(Refused):
    """The folder holds no finished backup."""

    code = "no_backup"
    message = "{folder} 不是一份完整的备份：{why}。"
    fix = "请用 villagehub backup 做好的文件夹；没做完的备份不能用。"
    status = 404


class NotANewInstance(Refused):
    """Something is there already; a restore never overwrites."""

    code = "not_a_new_instance"
    message = "{place} 里已经有{what}，没有恢复，什么也没有改动。"
    fix = "恢复只能放进空的地方：请用环境变量 VILLAGEHUB_INSTANCE 指一个新文件夹（PostgreSQL 请建一个空的数据库）。"
    status = 409


class BackupDamaged(Refused):
    """Something in the backup is not as it was made."""

    code = "backup_damaged"
    message = "这份备份有 {count} 处不对，没有恢复，什么也没有改动：\n{list}"
    fix = "请换一份备份，或者从别的备份里取回上面这些文件。"
    status = 422


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place, and which originals were broken already when the backup was made."""

    instance: Path
    made_at: str
    files: int
    faults: tuple[str, ...]


def restore_backup(instance: Path, folder: Path, keys: Path | None = None) -> Restored:
    """Puts the backup into the empty instance. Raises NoBackup, NotANewInstance, BackupDamaged, NoTool, ToolFailed; then
    nothing has been put in place.
    """
    folder = folder.expanduser().resolve()
    keys = keys.expanduser().resolve() if keys else keys_beside(folder)
    manifest = _read_manifest(folder)
    settings = _settings_for(instance, folder, manifest)
    _must_be_new(settings)
    faults = [*_broken_files(folder, manifest), *_broken_keys(keys, manifest)]
    if not faults:
        faults = [*_broken_database(folder, manifest), *_broken_originals(folder, keys, manifest)]
    if faults:
        shown = faults[:_MOST_SAID] + ([f"……还有 {len(faults) - _MOST_SAID} 处"] if len(faults) > _MOST_SAID else [])
        raise BackupDamaged(count=len(faults), list="\n".join(f"  · {one}" for one in shown))
    _put_in_place(settings, folder, keys, manifest)
    return Restored(settings.instance, manifest["made_at"], len(manifest["files"]), tuple(manifest["faults"].values()))


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT and set(OLDEST_KEYS) <= set(manifest["keys"]) <= {*KEYS, NEXT_KEY}
        for one in manifest["files"]:
            path = Path(one["path"])
            known = known and not path.is_absolute() and ".." not in path.parts
        known = known and manifest["database"] in {one["path"] for one in manifest["files"]}
        known = known and isinstance(manifest["faults"], dict) and isinstance(manifest["made_at"], str)
    except FileNotFoundError:
        raise NoBackup(folder=folder, why=f"没有清单 {MANIFEST}") from None
    except (ValueError, KeyError, TypeError):
        raise NoBackup(folder=folder, why=f"清单 {MANIFEST} 读不懂，可能损坏了") from None
    if not known:
        raise NoBackup(folder=folder, why=f"清单 {MANIFEST} 是别的版本的程序写的")
    return manifest


def _settings_for(instance: Path, folder: Path, manifest: dict[str, Any]) -> Settings:
    """The instance's own settings where somebody wrote them beforehand, else those of the backup."""
    source = instance if (instance / SETTINGS_FILE).is_file() else folder
    found = load_settings(source)
    own = f"sqlite:///{source.resolve() / 'villagehub.db'}"
    url = f"sqlite:///{instance / 'villagehub.db'}" if found.database_url == own else found.database_url
    if name_of_copy(url) != manifest["database"]:
        raise NoBackup(folder=folder, why="备份里的数据库和设置 database_url 不是同一种，不能从一种恢复到另一种")
    return replace(found, instance=instance, database_url=url)


def _must_be_new(settings: Settings) -> None:
    if settings.instance.exists():
        for path in sorted(settings.instance.iterdir()):
            if path.name not in _MAY_STAND and not path.name.startswith(".restoring-"):
                raise NotANewInstance(place=settings.instance, what=f"“{path.name}”")
    if not is_empty(settings.database_url):
        shown = make_url(settings.database_url).database
        raise NotANewInstance(place=f"数据库 {shown}", what="数据")


def _broken_files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    found = []
    for one in manifest["files"]:
        path = folder / one["path"]
        what = _belongs(one["path"], manifest)
        if not path.is_file():
            found.append(f"{one['path']}（{what}）不见了。")
        elif path.stat().st_size != one["size"] or hash_of(path) != one["sha256"]:
            found.append(f"{one['path']}（{what}）和备份时不一样。")
            if path.name == SQLITE_COPY:
                found += damage(path)
    return found


def _belongs(path: str, manifest: dict[str, Any]) -> str:
    if path == manifest["database"]:
        return "数据库"
    if path.startswith("log/"):
        return "防改日志"
    return f"保管库里的原始文件 {path[6:].replace('/', '')[:12]}" if path.startswith("vault/") else "设置"


def _broken_keys(keys: Path, manifest: dict[str, Any]) -> list[str]:
    found = []
    for name in manifest["keys"]:
        path = key_path(keys, name)
        if not path.is_file():
            found.append(f"缺少密钥文件 {path}。密钥放在别处，请用 --keys 指出它的文件夹。")
        elif hash_of(path) != manifest["keys"][name]:
            found.append(f"密钥文件 {path} 不是这份备份的，或者坏了。")
    return found


def _broken_database(folder: Path, manifest: dict[str, Any]) -> list[str]:
    return damage(folder / SQLITE_COPY) if manifest["database"] == SQLITE_COPY else []


def _broken_originals(folder: Path, keys: Path, manifest: dict[str, Any]) -> list[str]:
    """Originals that do not open with the key; what was broken before the backup is told, but does not bar the way."""
    listed = {one["path"][6:].replace("/", "") for one in manifest["files"] if one["path"].startswith("vault/")}
    try:
        vault = Vault(folder / "vault", load_key(keys, "vault"))
    except BadKey as fault:
        return [fault.sentence]
    return [one.message for one in vault.scrub(listed) if one.name not in manifest["faults"]]


def _put_in_place(settings: Settings, folder: Path, keys: Path, manifest: dict[str, Any]) -> None:
    """Copies beside, checks the copies, then gives names; the database last, so that half a restore is no installation."""
    instance = settings.instance
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in instance.glob(".restoring-*"):
        shutil.rmtree(old)
    stage = instance / f".restoring-{secrets.token_hex(4)}"
    placed: list[Path] = []
    try:
        for one in manifest["files"]:
            copy_file(folder / one["path"], stage / one["path"])
            if hash_of(stage / one["path"]) != one["sha256"]:
                raise NoBackup(folder=folder, why=f"{one['path']} 在复制时变了")
        for name in manifest["keys"]:
            copy_file(key_path(keys, name), key_path(stage / "keys", name))
        (stage / "vault").mkdir(mode=0o700, exist_ok=True)
        close_folders(stage)
        names = ["vault", "keys", *(["log"] if (stage / "log").is_dir() else [])]
        if (stage / SETTINGS_FILE).exists() and not (instance / SETTINGS_FILE).exists():
            names.append(SETTINGS_FILE)
        for name in names:
            os.rename(stage / name, instance / name)
            placed.append(instance / name)
        _place_database(settings, stage / manifest["database"])
    except BaseException:
        for path in placed:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    sync_folder(instance)


def _place_database(settings: Settings, copy: Path) -> None:
    if copy.name != SQLITE_COPY:
        fill_postgres(settings.database_url, copy)
        return
    target = Path(make_url(settings.database_url).database or "")
    fresh = target.with_name(f".{target.name}.restoring-{secrets.token_hex(4)}")
    try:
        copy_file(copy, fresh)  # perhaps onto another disk, where renaming would not do
        fresh.replace(target)
        sync_folder(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
