"""The demo's folder: whose it is, how far the last making came, and what may be swept away. Real data is never touched.

``demo.json`` says ``building`` from the first moment and ``ready`` at the very end. So whatever kills the program in
between, the next start finds ``building``, sweeps away exactly what a demo makes, and begins anew.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from villagehub.config import PREFIX, SETTINGS_FILE, Settings, default_instance
from villagehub.kernel.refused import Refused
from villagehub.ops.demo.names import COUNTY_CODE
from villagehub.places.models import Level, Place

STATE_FILE: Final = "demo.json"
LOCK_FILE: Final = "demo.lock"
ACCOUNTS_FILE: Final = "accounts.txt"
DATABASE_FILE: Final = "villagehub.db"
LEDGER_BEFORE: Final = "可以拿来传-"
"""How the name of the file begins that may be tried at 上传账表."""
CODES_FILE: Final = "查询码.txt"
SLIPS_BEFORE: Final = "村民手里的-"
"""How the names of the papers begin that villagers hold."""
BUILDING: Final = "building"
READY: Final = "ready"

_HARMLESS: Final = frozenset({"settings.example.toml", "villagehub.log", LOCK_FILE, "demo"})
"""What may lie in a folder that nobody uses yet."""
_MADE: Final = (
    DATABASE_FILE,
    f"{DATABASE_FILE}-wal",
    f"{DATABASE_FILE}-shm",
    f"{DATABASE_FILE}-journal",
    ACCOUNTS_FILE,
    CODES_FILE,
)
WITNESS_FOLDER: Final = "witness"
_MADE_FOLDERS: Final = ("vault", "keys", "log", WITNESS_FOLDER)


class NotADemo(Refused):
    """The folder or its database belongs to somebody's real installation, or may."""

    code = "not_a_demo"
    message = "{instance} 不是演示用的：{why}。演示没有动它。"
    fix = "演示要放在单独的空文件夹里：去掉 VILLAGEHUB_INSTANCE（会放进 instance/demo），或换一个空文件夹。"


class NotItsDatabase(Refused):
    """A setting points the demo at a database that is not its own file."""

    code = "not_the_demos_database"
    message = "演示只用自己文件夹里的数据库，现在的设置 {name} 指向了别处。演示没有动它。"
    fix = "请去掉 {where} 里的 {name} 再运行 villagehub demo。"


class AlreadyMaking(Refused):
    """Two starts at once in one folder."""

    code = "demo_being_made"
    message = "{instance} 里正在造演示数据，是另一个窗口开的。"
    fix = "等它造好；那个窗口已经关了的话，过几秒再试。"


def demo_instance() -> Path:
    """``VILLAGEHUB_INSTANCE`` where it is set, else ``instance/demo``."""
    named = os.environ.get(f"{PREFIX}INSTANCE", "").strip()
    return default_instance() if named else default_instance() / "demo"


@contextmanager
def alone_in(instance: Path) -> Iterator[None]:
    """Nobody else makes a demo in this folder meanwhile; a killed holder frees it. Raises AlreadyMaking."""
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(os.fdopen(os.open(instance / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600), "r+")) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise AlreadyMaking(instance=instance) from None
        yield


def must_be_free(instance: Path) -> None:
    """Raises NotADemo unless the folder is new, empty, or a demo's own."""
    if not instance.exists():
        return
    if not instance.is_dir():
        raise NotADemo(instance=instance, why="它是一个文件")
    if (instance / STATE_FILE).is_file():
        if state_of(instance) not in (BUILDING, READY):
            raise NotADemo(instance=instance, why=f"{STATE_FILE} 的内容不对")
        return
    strange = sorted(path.name for path in instance.iterdir() if path.name not in _HARMLESS)
    if strange:
        names = "、".join(strange[:4]) + ("等" if len(strange) > 4 else "")
        raise NotADemo(instance=instance, why=f"里面已经有 {names}，可能是正式的数据")


def must_be_its_own(settings: Settings) -> None:
    """Raises NotADemo or NotItsDatabase when settings or database are not the demo's."""
    own = f"sqlite:///{settings.instance / DATABASE_FILE}"
    if settings.database_url != own:
        inside = f"{PREFIX}DATABASE_URL" in os.environ
        name, where = (f"{PREFIX}DATABASE_URL", "环境变量") if inside else ("database_url", SETTINGS_FILE)
        raise NotItsDatabase(name=name, where=where)
    if not settings.demo:
        name = f"环境变量 {PREFIX}DEMO" if f"{PREFIX}DEMO" in os.environ else f"{SETTINGS_FILE} 里的 demo"
        raise NotADemo(instance=settings.instance, why=f"{name} 不是 true，页面上就不会写“演示数据”")
    strange = _strange_counties(settings)
    if strange:
        raise NotADemo(instance=settings.instance, why=f"数据库里有别的县（{'、'.join(strange[:3])}）")


def _strange_counties(settings: Settings) -> list[str]:
    """Counties in the database that the demo did not invent; none where there is no database yet."""
    if not (settings.instance / DATABASE_FILE).is_file():
        return []
    engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            found = connection.execute(select(Place.code, Place.name).where(Place.level == Level.COUNTY)).all()
    except SQLAlchemyError:
        return []  # killed before the first table stood
    finally:
        engine.dispose()
    return [name for code, name in found if code != COUNTY_CODE]


def state_of(instance: Path) -> str:
    """``building``, ``ready``, or empty where nothing can be read."""
    return _held(instance).get("state", "")


def facts_of(instance: Path) -> dict[str, str]:
    """What was written beside the state."""
    return {name: value for name, value in _held(instance).items() if name != "state"}


def _held(instance: Path) -> dict[str, str]:
    try:
        held = json.loads((instance / STATE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(value) for name, value in held.items()} if isinstance(held, dict) else {}


def is_ready(instance: Path) -> bool:
    """Whether a whole demo lies here. Without its database it is made anew."""
    return state_of(instance) == READY and (instance / DATABASE_FILE).is_file()


def write_state(instance: Path, state: str, **facts: object) -> None:
    """Writes how far the making came, so that it is there after a power cut too."""
    fresh = instance / f".{STATE_FILE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        json.dump({"state": state, **facts}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(instance / STATE_FILE)


def sweep(instance: Path) -> None:
    """Removes what an unfinished making left. Only called where ``demo.json`` says ``building``."""
    for name in _MADE:
        (instance / name).unlink(missing_ok=True)
    for name in _MADE_FOLDERS:
        shutil.rmtree(instance / name, ignore_errors=True)
    for pattern in ("海报-*.pdf", f"{LEDGER_BEFORE}*", f"{SLIPS_BEFORE}*"):
        for made in instance.glob(pattern):
            made.unlink()
