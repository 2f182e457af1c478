"""``villagehub ops unit|timer|nginx``: what this instance's server needs to know, to be looked over; nothing is installed."""

import os
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import click

from villagehub.config import Settings, load_settings
from villagehub.kernel.refused import Refused
from villagehub.ops.serving import FAREWELL, GRACE
from villagehub.web.headers import LARGEST_PICTURES

_CONFINED: Final = """UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes
CapabilityBoundingSet="""
"""What no service of ours may do; each unit adds its sockets and the folders that it writes."""

_UNIT: Final = """# /etc/systemd/system/villagehub.service
# 先建一个只跑网站的系统用户：useradd --system --home-dir / --shell /usr/sbin/nologin villagehub
# 再把数据文件夹交给它：chown -R villagehub: {folder}
# 然后：systemctl daemon-reload && systemctl enable --now villagehub
# 到时间的事（撤下到期、名单到期、夜里核对等）serve 每分钟自己办，不用另装定时器
# 日志：journalctl -u villagehub（systemd 自己轮换；要限大小，写 /etc/systemd/journald.conf 的 SystemMaxUse=500M）

[Unit]
Description=villagehub
After=network-online.target
Wants=network-online.target

[Service]
User=villagehub
Environment={environment}
ExecStart={program} serve
Restart=on-failure
RestartSec=2
KillMode=mixed
KillSignal=SIGTERM
TimeoutStopSec={patience}
{confined}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
ReadWritePaths={writable}

[Install]
WantedBy=multi-user.target
"""

_WITNESS: Final = """# /etc/systemd/system/villagehub-witness.service
# 见证是另一台机器上的小程序，不要和网站放在一台机器上。先建好：villagehub witness init {folder} 名称
# 再建一个只跑见证的系统用户：useradd --system --home-dir / --shell /usr/sbin/nologin villagehub-witness
# 把文件夹交给它：chown -R villagehub-witness: {folder}
# 然后：systemctl daemon-reload && systemctl enable --now villagehub-witness
# 前面放 nginx，给它 https 的网址，再把公钥和网址发给网站（设置 witnesses）

[Unit]
Description=villagehub witness
After=network-online.target
Wants=network-online.target

[Service]
User=villagehub-witness
ExecStart={program} witness serve {quoted} --host 127.0.0.1 --port {port}
Restart=on-failure
RestartSec=2
{confined}
RestrictAddressFamilies=AF_INET AF_INET6
ReadWritePaths={quoted}

[Install]
WantedBy=multi-user.target
"""

_TIMER: Final = """# 用 villagehub serve 开网站的，不用装这个：serve 每分钟自己办。只有用别的 WSGI 服务程序时才装。
# 分成两个文件，放在 /etc/systemd/system/，然后：systemctl daemon-reload && systemctl enable --now villagehub-tick.timer

# /etc/systemd/system/villagehub-tick.service
[Unit]
Description=villagehub tick

[Service]
Type=oneshot
User=villagehub
Environment={environment}
ExecStart={program} tick
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}

# /etc/systemd/system/villagehub-tick.timer
[Unit]
Description=villagehub tick, every minute

[Timer]
OnCalendar=*-*-* *:*:00
AccuracySec=5
Persistent=no

[Install]
WantedBy=timers.target
"""

_NGINX: Final = """# /etc/nginx/conf.d/villagehub.conf
# settings.toml 里要写 proxies = 1，不然所有来访者都像是同一个人。现在写的是 proxies = {proxies}。
{advice}{server}
    client_max_body_size {body}m;
    access_log off;  # 谁看了什么，不记

    location ~ ^/(readyz|metrics)$ {{
        allow 127.0.0.1;
        allow ::1;
        deny all;
        proxy_pass http://{upstream};
        proxy_set_header Host $http_host;
    }}

    # 图片和样式也由程序自己给，安全的响应头才不会少
    location / {{
        proxy_pass http://{upstream};
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_read_timeout 60s;
    }}
}}
"""

_OWN_PORT: Final = """# base_url 现在是 {base_url}，{port} 是网站程序自己的端口，nginx 不能再占，所以下面用 {usual} 端口。
# 请在 settings.toml 里写 base_url = "{scheme}://村民打开的主机名"（不带端口），重启 villagehub serve，再打印一次；
# 码里印的就是 base_url，改好以前不要印海报。
"""

_TLS: Final = """server {{
    listen 80;
    listen [::]:80;
    server_name {name};
    return 301 https://$host$request_uri;
}}

server {{
    listen {port} ssl;
    listen [::]:{port} ssl;
    server_name {name};

    # 换成您自己的证书
    ssl_certificate     /etc/ssl/villagehub/fullchain.pem;
    ssl_certificate_key /etc/ssl/villagehub/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
"""

_PLAIN: Final = """server {{
    listen {port};
    listen [::]:{port};
    server_name {name};
    # base_url 不是 https：密码会明着传。正式用之前请换成 https。
"""


def unit_for(settings: Settings, program: Path) -> str:
    """The systemd unit that serves this instance with no more rights than it needs."""
    return _UNIT.format(
        confined=_CONFINED,
        folder=settings.instance,
        environment=_quoted(f"VILLAGEHUB_INSTANCE={settings.instance}"),
        program=_quoted(str(program)),
        patience=int(GRACE + FAREWELL) + 8,
        writable=_quoted(str(settings.instance)),
    )


def witness_unit_for(folder: Path, port: int, program: Path) -> str:
    """The systemd unit of a witness in this folder, which needs nothing else of its machine."""
    return _WITNESS.format(
        confined=_CONFINED, folder=folder, quoted=_quoted(str(folder)), port=port, program=_quoted(str(program))
    )


def timer_for(settings: Settings, program: Path) -> str:
    """The service and the timer that tick each minute where another server than ``villagehub serve`` is used."""
    return _TIMER.format(
        environment=_quoted(f"VILLAGEHUB_INSTANCE={settings.instance}"),
        program=_quoted(str(program)),
        writable=_quoted(str(settings.instance)),
    )


class PortIsTaken(Refused):
    """nginx would have to listen where the program itself listens."""

    code = "port_is_taken"
    message = "网站程序自己用着 {port} 端口（设置 port），nginx 也要用它，没有打印配置。"
    fix = "请在 settings.toml 里把 port 改成别的，例如 port = 8000，重启 villagehub serve，再打印一次。"
    status = 409


def nginx_for(settings: Settings) -> str:
    """The nginx configuration that stands in front of this instance, after the host name of ``base_url``.

    Where ``base_url`` names the program's own port, nginx listens on the usual one and the text says what to change. Raises
    PortIsTaken where even that is the program's own.
    """
    parts = urlsplit(settings.base_url)
    frame = _TLS if settings.https else _PLAIN
    usual = 443 if settings.https else 80
    wanted = parts.port or usual
    port, advice = wanted, ""
    if wanted == settings.port:
        port, advice = (
            usual,
            _OWN_PORT.format(base_url=settings.base_url, port=wanted, usual=usual, scheme=parts.scheme),
        )
    if settings.port in ({port, 80} if settings.https else {port}):
        raise PortIsTaken(port=settings.port)
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - where it listens
    return _NGINX.format(
        proxies=settings.proxies,
        advice=advice,
        server=frame.format(name=name, port=port),
        body=-(-LARGEST_PICTURES // 2**20),
        upstream=f"[{host}]:{settings.port}" if ":" in host else f"{host}:{settings.port}",
    )


def _quoted(word: str) -> str:
    """As systemd reads it: percent signs doubled, the whole in quotes where there are spaces."""
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{safe}"' if any(mark.isspace() for mark in safe) or safe != word else safe


@click.group("ops", help="给管服务器的人：打印 systemd（服务和定时器）和 nginx 的配置，照着看过再用。")
def ops_group() -> None:
    """The group of what the server needs."""


@ops_group.command("unit", help="打印 systemd 服务文件。")
def unit_command() -> None:
    """Prints the unit with this instance's folder and this program's place."""
    click.echo(unit_for(load_settings(), Path(os.path.abspath(sys.argv[0]))), nl=False)


@ops_group.command("witness-unit", help="打印见证的 systemd 服务文件，给做见证的那台机器用。")
@click.argument("folder", metavar="文件夹", type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", default=8100, show_default=True, type=click.IntRange(1, 65535), help="见证在哪个端口上等。")
def witness_unit_command(folder: Path, port: int) -> None:
    """Prints the unit of a witness; needs no instance."""
    click.echo(witness_unit_for(folder.absolute(), port, Path(os.path.abspath(sys.argv[0]))), nl=False)


@ops_group.command("timer", help="打印 systemd 定时器；不用 villagehub serve 开网站的才要。")
def timer_command() -> None:
    """Prints the timer for the clock's work, with its service."""
    click.echo(timer_for(load_settings(), Path(os.path.abspath(sys.argv[0]))), nl=False)


@ops_group.command("nginx", help="打印 nginx 配置。")
def nginx_command() -> None:
    """Prints the configuration for this instance's address and port."""
    click.echo(nginx_for(load_settings()), nl=False)
