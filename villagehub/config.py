"""Settings: ``instance/settings.toml``, then ``VILLAGEHUB_*`` variables; a bad or unknown one is refused by name."""

import base64
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from villagehub.kernel.refused import Refused

PREFIX: Final = "VILLAGEHUB_"
SETTINGS_FILE: Final = "settings.toml"
_NOT_SETTINGS: Final = re.compile(r"VILLAGEHUB_(?:INSTANCE|RUN|TEST_\w+)")


class BadSetting(Refused):
    """A setting is unknown or its value cannot be used; the value itself is not repeated (it may hold a password)."""

    code = "bad_setting"
    message = "设置“{name}”不对：{why}。"
    fix = "请改 {where}；每一项的说明在 instance/settings.example.toml。"
    status = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an installation can choose. ``load_settings`` is the only maker outside the tests."""

    instance: Path
    """The folder of this installation's data: settings, database, vault, keys."""
    database_url: str
    """SQLAlchemy's form; PostgreSQL always as ``postgresql+psycopg://``."""
    base_url: str
    """Where phones reach the site, without a final slash; stands in every printed code."""
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    proxies: int = 0
    """How many proxies stand in front and may name the caller's address (X-Forwarded-For, -Proto)."""
    trusted_hosts: tuple[str, ...] = ()
    """Host names that the site answers to beside the one of ``base_url`` and this machine itself."""
    secure_cookies: bool = False
    """Set by itself from ``base_url``."""
    operator: str = ""
    icp: str = ""
    police_record: str = ""
    wechat_file: str = ""
    """Name of the file that WeChat asks for at the root before it trusts the host, and what must stand in it."""
    wechat_text: str = ""
    hotline: str = "12345"
    discipline_line: str = "12388"
    review_needed: int = 2
    review_of: int = 3
    publish_by: str = "head"
    collective_review: str = "either"
    """Who reviews the collective's books: ``either`` its board or the village's committee, or the ``board`` alone."""
    review_days: int = 5
    remind_days: int = 3
    """So many working days before its day a village is reminded; 0 on the day itself."""
    reply_days: int = 7
    """Working days within which a question of a villager is answered."""
    questions_read_by: str = "township"
    """Who reads a question before the village answers: the ``township``, or the committee's chair too (``committee``)."""
    person_rows_days: int = 90
    errand_person_days: int = 90
    """Days after the end of an errand on which the villager's name and number go."""
    decision_yuan: int = 10_000
    """From this amount on the township is reminded that a payment names no decision; 0 switches it off."""
    cash_yuan: int = 1_000
    """From this amount on it is told of payments in cash (the line of 现金管理暂行条例); 0 switches it off."""
    web_max_rows: int = 20_000
    upload_wait: int = 2
    """Seconds for which the request of an upload waits for its reading; then a page says how far it is."""
    log_origin: str = ""
    """The log's name for ever, before anything is signed; by default host and folder: ``gk.example.cn/log/instance``."""
    witnesses: tuple[str, ...] = ()
    """Who cosigns the log: for each its public key, a space, and its address without ``/add-checkpoint``."""
    totp_required: str = "office"
    """Who must use a second step at sign-in: ``office`` (township, county, administrators), ``everybody``, ``nobody``."""
    cli_act_as: bool = False
    demo: bool = False
    qr_case: str = "upper"
    metrics: bool = False
    """Whether ``/metrics`` answers: to this machine itself, and to whoever brings ``metrics_token``."""
    metrics_token: str = ""
    log_level: str = "INFO"

    @property
    def keys(self) -> Path:
        """The folder of the key files."""
        return self.instance / "keys"

    @property
    def vault(self) -> Path:
        """The folder of the original files."""
        return self.instance / "vault"

    @property
    def log(self) -> Path:
        """The folder of the public log."""
        return self.instance / "log"

    @property
    def https(self) -> bool:
        """Whether phones reach the site over TLS."""
        return self.base_url.startswith("https://")


class _Why(ValueError):
    """Why a value cannot be used, in Chinese without a full stop."""


def _text(largest: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > largest or any(ord(mark) < 32 for mark in value):
            raise _Why(f"要写一行文字，最多 {largest} 个字")
        return value.strip()

    return read


def _verification_name(value: Any) -> str:
    text = str(value).strip()
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{4,64}\.txt", text, re.ASCII):
        raise _Why("要写微信给的文件名，例如 MP_verify_abc123.txt")
    return text


def _verification_text(value: Any) -> str:
    text = str(value).strip()
    if text and not re.fullmatch(r"[A-Za-z0-9_-]{4,128}", text, re.ASCII):
        raise _Why("要写微信那个文件里的一串字母和数字")
    return text


def _token(value: Any) -> str:
    text = str(value).strip()
    if text and not re.fullmatch(r"[A-Za-z0-9_.~+/=-]{16,200}", text, re.ASCII):
        raise _Why("要写 16 到 200 个字母和数字，例如 openssl rand -hex 24 给的")
    return text


def _origin(value: Any) -> str:
    text = str(value).strip()
    if text and not re.fullmatch(r"[A-Za-z0-9._~:/-]{3,120}", text, re.ASCII):
        raise _Why("要写成 gk.example.cn/log/qinghe 这样，不写 http://，没有空格和加号")
    return text


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _Why(f"要写 {least} 到 {most} 之间的整数")
        return value

    return read


def _yes_no(value: Any) -> bool:
    found = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(str(value).lower())
    if found is None:
        raise _Why("只能写 true 或 false")
    return found


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in choices:
            raise _Why(f"只能写 {' 或 '.join(choices)}")
        return str(value)

    return read


def _level(value: Any) -> str:
    name = str(value).upper()
    if name not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise _Why("只能写 DEBUG、INFO、WARNING 或 ERROR")
    return name


def _names(value: Any) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _Why('要写成一串主机名，例如 ["gk.example.cn"]')
    cleaned = tuple(name.strip().lower() for name in names if name.strip())
    for name in cleaned:
        if not re.fullmatch(r"\.?[a-z0-9.-]+|\[[0-9a-f:]+\]", name):
            raise _Why(f"“{name[:60]}”不是主机名（不写 http:// 和端口）")
    return cleaned


def _witnesses(value: Any) -> tuple[str, ...]:
    lines = [one for one in value.split(",") if one.strip()] if isinstance(value, str) else value
    if not isinstance(lines, list) or len(lines) > 16:
        raise _Why('要写成一串，最多 16 家，例如 ["公钥 https://jianzheng.example.cn"]')
    return tuple(_witness(number, line) for number, line in enumerate(lines, start=1))


def _witness(number: int, line: Any) -> str:
    """One line, its key looked at (C2SP tlog-cosignature: type 4, and the id that follows from name and key)."""
    key, _, url = (line if isinstance(line, str) else "").strip().partition(" ")
    found = re.fullmatch(r"([!-*,-~]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", key, re.ASCII)
    raw = base64.b64decode(found[3]) if found else b""
    if found is None or raw[:1] != b"\x04" or sha256(found[1].encode() + b"\n" + raw).hexdigest()[:8] != found[2]:
        raise _Why(f"第 {number} 家的公钥不对，要用 villagehub witness key 打印的那一行，后面空一格写网址")
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise _Why(f"第 {number} 家的网址不对，要写成 https://jianzheng.example.cn 这样，跟在公钥后面")
    return f"{key} {url.strip().rstrip('/').removesuffix('/add-checkpoint')}"


def _base_url(value: Any) -> str:
    text = str(value).strip().rstrip("/")
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.path or parts.query or parts.fragment or parts.username or not text.isascii():
        raise _Why("要写成 https://gk.example.cn 这样，只有协议、主机名和端口")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _database_url(value: Any) -> str:
    text = str(value).strip()
    text = re.sub(r"^postgres(?:ql)?://", "postgresql+psycopg://", text)
    if not text.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise _Why("要以 sqlite:/// 或 postgresql:// 开头")
    if text.startswith("postgresql") and find_spec("psycopg") is None:
        raise _Why("用 PostgreSQL 要先装驱动：pip install 'villagehub[postgres]'")
    return text


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "database_url": _database_url,
    "base_url": _base_url,
    "host": _text(120),
    "port": _whole(1, 65535),
    "workers": _whole(1, 32),
    "proxies": _whole(0, 5),
    "trusted_hosts": _names,
    "secure_cookies": _yes_no,
    "operator": _text(80),
    "icp": _text(60),
    "police_record": _text(60),
    "wechat_file": _verification_name,
    "wechat_text": _verification_text,
    "hotline": _text(20),
    "discipline_line": _text(20),
    "review_needed": _whole(1, 9),
    "review_of": _whole(1, 9),
    "publish_by": _one_of("head", "chair"),
    "collective_review": _one_of("either", "board"),
    "review_days": _whole(1, 60),
    "remind_days": _whole(0, 20),
    "reply_days": _whole(1, 60),
    "questions_read_by": _one_of("township", "committee"),
    "person_rows_days": _whole(1, 730),
    "errand_person_days": _whole(1, 730),
    "decision_yuan": _whole(0, 100_000_000),
    "cash_yuan": _whole(0, 100_000_000),
    "web_max_rows": _whole(100, 200_000),
    "upload_wait": _whole(0, 60),
    "log_origin": _origin,
    "witnesses": _witnesses,
    "totp_required": _one_of("office", "everybody", "nobody"),
    "cli_act_as": _yes_no,
    "demo": _yes_no,
    "qr_case": _one_of("upper", "lower"),
    "metrics": _yes_no,
    "metrics_token": _token,
    "log_level": _level,
}


def default_instance(environ: Mapping[str, str] | None = None) -> Path:
    """``VILLAGEHUB_INSTANCE``, else ``instance/`` of the checkout, else ``instance/`` where the command was started."""
    named = (os.environ if environ is None else environ).get(f"{PREFIX}INSTANCE", "").strip()
    if named:
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent
    return (checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()) / "instance"


def load_settings(instance: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Reads file, then environment; raises BadSetting naming the setting and where it stands."""
    environ = os.environ if environ is None else environ
    folder = Path(instance).resolve() if instance else default_instance(environ)
    found: dict[str, Any] = {}
    for name, raw, where in (*_from_file(folder / SETTINGS_FILE), *_from_environ(environ)):
        reader = _READERS.get(name)
        if reader is None:
            raise BadSetting(name=name, why="没有这一项", where=where)
        try:
            found[name] = reader(raw)
        except _Why as why:
            raise BadSetting(name=name, why=why, where=where) from None
    return _completed(folder, found)


def _from_file(path: Path) -> list[tuple[str, Any, str]]:
    if not path.is_file():
        return []
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        line = re.search(r"at line (\d+)", str(fault))
        why = f"第 {line[1]} 行写法不对" if line else "文件不是 UTF-8 编码的 TOML"
        raise BadSetting(name=SETTINGS_FILE, why=why, where=str(path)) from None
    return [(name, value, str(path)) for name, value in held.items()]


def _from_environ(environ: Mapping[str, str]) -> list[tuple[str, Any, str]]:
    return [
        (name.removeprefix(PREFIX).lower(), value, f"环境变量 {name}")
        for name, value in sorted(environ.items())
        if name.startswith(PREFIX) and not _NOT_SETTINGS.fullmatch(name)
    ]


def _completed(folder: Path, found: dict[str, Any]) -> Settings:
    """Fills in what follows from other settings, and checks those that belong together."""
    defaults = {one.name: one.default for one in fields(Settings)}
    chosen = {**defaults, **found}
    if chosen["review_needed"] > chosen["review_of"]:
        raise BadSetting(
            name="review_needed",
            why=f"要签字的 {chosen['review_needed']} 人多于成员 {chosen['review_of']} 人",
            where=f"{folder / SETTINGS_FILE} 里的 review_needed 或 review_of",
        )
    found.setdefault("database_url", f"sqlite:///{folder / 'villagehub.db'}")
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(chosen["host"], chosen["host"])  # noqa: S104 - where it listens
    named = f"[{reached}]" if ":" in reached else reached
    found.setdefault("base_url", f"http://{named}:{chosen['port']}")
    found.setdefault("secure_cookies", found["base_url"].startswith("https://"))
    return Settings(instance=folder, **found)
