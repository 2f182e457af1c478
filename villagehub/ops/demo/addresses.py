"""Where the demo can be opened: the address that is printed and put into codes must be one that a phone can reach."""

import ipaddress
import os
import re
import socket
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from villagehub.config import PREFIX, SETTINGS_FILE, Settings, load_settings
from villagehub.kernel.refused import Refused
from villagehub.ops.demo.names import COUNTY_NAME

EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - asked for by --host, to try with a phone


class PortTaken(Refused):
    """Another program listens there, or the address is not this machine's."""

    code = "port_taken"
    message = "{host} 的 {port} 端口用不了：{why}。"
    fix = "请换一个端口，例如 villagehub demo --port {other}；地址要写本机的，或 127.0.0.1、0.0.0.0。"
    status = 503


def lan_address() -> str:
    """This machine's address in its network, as a phone nearby sees it; 127.0.0.1 without any network.

    Asking the system which way it would send to a reserved address (RFC 5737) sends nothing.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def base_url_for(host: str, port: int) -> str:
    """``http://192.168.1.8:8000``; a wildcard becomes the machine's own address."""
    reached = lan_address() if host in EVERYWHERE else host
    return f"http://{f'[{reached}]' if ':' in reached else reached}:{port}"


def settle(instance: Path, host: str | None, port: int | None) -> Settings:
    """The demo's settings for these options, written to its settings.toml where they changed. Raises BadSetting.

    A base_url with a name (typed into settings.toml or VILLAGEHUB_BASE_URL) stays; one with a number follows the host.
    """
    for name, value in (("HOST", host), ("PORT", port)):
        if value is not None:
            os.environ[f"{PREFIX}{name}"] = str(value)
    file, held = instance / SETTINGS_FILE, load_settings(instance)
    wanted = base_url_for(held.host, held.port)
    named = not _is_number(urlsplit(held.base_url).hostname or "")
    if file.is_file() and named:
        wanted = held.base_url
    text = file.read_text(encoding="utf-8-sig") if file.is_file() else _FIRST
    for name, value in (("host", f'"{held.host}"'), ("port", str(held.port)), ("base_url", f'"{wanted}"')):
        text = _with_line(text, name, f"{name} = {value}")
    if not file.is_file() or file.read_text(encoding="utf-8-sig") != text:
        file.write_text(text, encoding="utf-8")
    return load_settings(instance)


def _with_line(text: str, name: str, line: str) -> str:
    """The settings' text with this line in place of the one of the same name, or at the end."""
    kept = [line if re.match(rf"{name}\s*=", one) else one for one in text.splitlines()]
    return "\n".join(kept if line in kept else [*kept, line]) + "\n"


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host in ("", "localhost")
    return True


_FIRST: Final = f"""# villagehub demo 写的设置。这个文件夹只放演示数据，不要拿来放真的账。
demo = true
cli_act_as = true
operator = "{COUNTY_NAME}（演示，虚构）"
"""


def must_be_bindable(host: str, port: int) -> None:
    """Raises PortTaken when the server could not listen there: better before the making than after it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        taken = isinstance(fault, OSError) and fault.errno == 98
        why = "已经有别的程序在用" if taken else "不是本机的地址，或没有权限"
        raise PortTaken(host=host, port=port, why=why, other=port + 1 if port < 65535 else 8001) from None
