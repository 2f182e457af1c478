"""``villagehub backup``: database, vault and settings in one folder with a manifest; keys in a folder of their own.

The log is copied first, then the database, then the vault: a leaf is in the database before the log signs it, and an original
in the vault before a row names it. What marks the log as signed here stays here: whoever restores must first catch up. The
folder gets its name when everything is on the disk: what an interrupted backup leaves behind has no manifest and no name.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from villagehub.config import SETTINGS_FILE, Settings
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.notices.channels import channel_files
from villagehub.ops.copying import SQLITE_COPY, copy_database, damage, name_of_copy
from villagehub.ops.doctor import keys_in
from villagehub.ops.originals import expected_files
from villagehub.storage import migrate
from villagehub.storage.backup_record import note_backup
from villagehub.storage.keys import key_path, load_key
from villagehub.storage.vault import Vault
from villagehub.transparency.folder import LogFolder

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_CHUNK: Final = 1 << 20
_UNFIT: Final = "这样的备份恢复时会被拒绝，请留好更早的备份。"

Progress = Callable[[list[Path]], Iterator[Path]]


class NotEmpty(Refused):
    """The folder for the backup holds something already."""

    code = "backup_not_empty"
    message = "文件夹 {folder} 里已经有东西，没有备份。"
    fix = "请写一个还没有的文件夹名，例如带上日期。"


class KeysInside(Refused):
    """Whoever takes the backup away would take its keys away with it."""

    code = "backup_keys_inside"
    message = "密钥不能放在备份的文件夹里，备份也不能放在密钥的文件夹里，没有备份。"
    fix = "请给密钥写另一个文件夹，最好在另一个盘上；不写 --keys，就放在备份旁边的“名字.keys”。"


class InsideTheInstance(Refused):
    """The vault, the log and the keys' folder hold what the site wrote there itself, and nothing else."""

    code = "backup_inside_the_instance"
    message = "备份不能放进 {folder}：那里只放网站自己的原始文件、日志和密钥，没有备份。"
    fix = "请写网站数据以外的一个文件夹，最好在另一个盘上。"


class KeyNotThere(Refused):
    """A key is missing; a backup without it could never be used."""

    code = "key_not_there"
    message = "缺少密钥文件 {path}，没有备份：少了它，备份恢复不了。"
    fix = "请先从以前的密钥备份里取回这个文件。"
    status = 500


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup: where it lies, how much it is, which originals and pages of the database were broken before."""

    folder: Path
    keys: Path
    files: int
    size: int
    faults: tuple[str, ...]


def keys_beside(folder: Path) -> Path:
    """Where a backup's keys lie when nobody says otherwise: ``NAME.keys`` beside it, never inside."""
    return folder.with_name(f"{folder.name}.keys")


def make_backup(settings: Settings, folder: Path, keys: Path | None = None, *, progress: Progress = iter) -> Made:
    """Copies the instance. Raises NotEmpty, KeysInside, InsideTheInstance, KeyNotThere, NoDatabaseYet, NoTool, ToolFailed;
    whatever goes wrong, nothing is left behind, least of all keys.
    """
    folder = folder.expanduser().resolve()
    keys = keys.expanduser().resolve() if keys else keys_beside(folder)
    _must_be_free(settings, folder, keys)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = folder.with_name(f".{folder.name}.half-{secrets.token_hex(4)}")
    half.mkdir(mode=0o700)
    fresh: list[Path] = []
    try:
        manifest = _fill(settings, half, progress)
        _write(half / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        close_folders(half)
        _copy_keys(settings, keys, fresh)
        half.replace(folder)
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        _take_back(fresh)
        raise
    sync_folder(folder.parent)
    with suppress(OSError):  # a full disk makes no backup undone
        note_backup(settings.instance, folder, now=datetime.fromisoformat(manifest["made_at"]))
    files = manifest["files"]
    told = (*manifest["faults"].values(), *(f"{one}{_UNFIT}" for one in manifest["damage"]))
    return Made(folder, keys, len(files), sum(one["size"] for one in files), told)


def hash_of(path: Path) -> str:
    """The file's SHA-256."""
    digest = sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()


def copy_file(source: Path, target: Path) -> None:
    """Copies a file for its owner only, on the disk before this returns."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as read, os.fdopen(handle, "wb") as written:
        shutil.copyfileobj(read, written, _CHUNK)
        written.flush()
        os.fsync(written.fileno())


def sync_folder(folder: Path) -> None:
    """Puts the folder's names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def close_folders(folder: Path) -> None:
    """Lets only the owner into the folder and those inside, and puts their names on the disk."""
    for inner in (*(path for path in folder.rglob("*") if path.is_dir()), folder):
        inner.chmod(0o700)
        sync_folder(inner)


def _must_be_free(settings: Settings, folder: Path, keys: Path) -> None:
    if folder.is_relative_to(keys) or keys.is_relative_to(folder):
        raise KeysInside()
    for own in (settings.vault.resolve(), settings.keys.resolve(), settings.log.resolve()):
        if any(one.is_relative_to(own) for one in (folder, keys)):
            raise InsideTheInstance(folder=own)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise NotEmpty(folder=folder)
    for name in keys_in(settings.keys):
        path = key_path(settings.keys, name)
        if not path.is_file():
            raise KeyNotThere(path=path)
        load_key(settings.keys, name)
        kept = key_path(keys, name)
        if kept.exists() and kept.read_bytes() != path.read_bytes():
            raise NotEmpty(folder=keys)  # another instance's keys are never overwritten


def _fill(settings: Settings, half: Path, progress: Progress) -> dict[str, Any]:
    public = LogFolder(settings.log)
    for name in public.files():
        with suppress(FileNotFoundError):  # a partial tile whose full one came meanwhile
            copy_file(public.path / name, half / "log" / name)
    database = half / name_of_copy(settings.database_url)
    of_sqlite = database.name == SQLITE_COPY
    before = None if of_sqlite else _state(settings.database_url)
    copy_database(settings.database_url, database)
    expected, revision = before or _state(f"sqlite:///{database}")
    handle = os.open(database, os.O_RDWR)
    os.fchmod(handle, 0o600)
    os.fsync(handle)
    os.close(handle)
    originals = [one for one in sorted(settings.vault.glob("??/*")) if one.is_file()]
    for path in progress(originals):
        with suppress(FileNotFoundError):  # dropped meanwhile; an original that is named and gone is told below
            copy_file(path, half / "vault" / path.relative_to(settings.vault))
    if (settings.instance / SETTINGS_FILE).is_file():
        copy_file(settings.instance / SETTINGS_FILE, half / SETTINGS_FILE)
    (half / "vault").mkdir(mode=0o700, exist_ok=True)
    scrubbed = Vault(half / "vault", load_key(settings.keys, "vault")).scrub(expected)
    faults = {found.name: found.message for found in scrubbed}
    files = [
        asdict(Listed(str(path.relative_to(half)), path.stat().st_size, hash_of(path)))
        for path in sorted(half.rglob("*"))
        if path.is_file()
    ]
    return {
        "format": FORMAT,
        "made_at": clock.now().isoformat(),
        "revision": revision,
        "database": database.name,
        "keys": {name: hash_of(key_path(settings.keys, name)) for name in keys_in(settings.keys)},
        "faults": faults,
        "damage": damage(database) if of_sqlite else [],  # pg_dump refuses what it cannot read
        "files": files,
    }


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a backup as its manifest names it."""

    path: str
    size: int
    sha256: str


def _state(url: str) -> tuple[set[str], str | None]:
    """Which originals must be in the vault, and the database's revision."""
    engine = create_engine(url)
    try:
        with Session(engine) as session:
            return expected_files(session), migrate.current(engine)
    finally:
        engine.dispose()


def _copy_keys(settings: Settings, keys: Path, fresh: list[Path]) -> None:
    """Copies the keys that are not there yet; what it makes stands in ``fresh``, to be taken back if the backup fails."""
    if not keys.exists():
        keys.mkdir(mode=0o700, parents=True)
        fresh.append(keys)
    for name in keys_in(settings.keys):
        if not key_path(keys, name).exists():
            fresh.append(key_path(keys, name))
            copy_file(key_path(settings.keys, name), key_path(keys, name))
    # No key of this backup: a restored copy must not speak to anybody by itself.
    for path in channel_files(settings.keys):
        if not (keys / path.name).exists():
            fresh.append(keys / path.name)
            with suppress(FileNotFoundError):
                copy_file(path, keys / path.name)
    sync_folder(keys)


def _take_back(fresh: list[Path]) -> None:
    for path in reversed(fresh):
        with suppress(OSError):
            path.rmdir() if path.is_dir() else path.unlink()


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
