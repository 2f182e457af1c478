"""The site answers only to its own names."""

from typing import Final

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from villagehub.config import Settings
from villagehub.kernel.refused import Refused

_THIS_MACHINE: Final = ("localhost", "127.0.0.1", "[::1]")


class ForeignHost(Refused):
    """The Host header names no host of ours."""

    code = "foreign_host"
    message = "这个网址不是本站的。"
    fix = "请从公开栏的二维码，或村里告诉您的网址打开。管理员可以把主机名加进设置 trusted_hosts。"
    status = 400


def hostname(netloc: str) -> str:
    """Host name without port, in lower case (codes on paper are in upper case)."""
    name = netloc.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def is_ours(netloc: str, trusted: tuple[str, ...]) -> bool:
    """Whether the host is one of the trusted names; ``.example.cn`` stands for every host below it."""
    name = hostname(netloc)
    return any(name == one or (one.startswith(".") and name.endswith(one)) for one in trusted)


def trusted_names(settings: Settings) -> tuple[str, ...]:
    """All host names that the site answers to."""
    own = hostname(settings.base_url.partition("://")[2])
    named = f"[{settings.host}]" if ":" in settings.host else settings.host
    return (own, named.lower(), *_THIS_MACHINE, *settings.trusted_hosts)


def register(app: Flask, settings: Settings) -> None:
    """Refuses requests for other hosts, and believes as many proxies as the settings say."""
    trusted = trusted_names(settings)

    def refuse_foreign_hosts() -> None:
        if not is_ours(request.headers.get("Host", ""), trusted):
            raise ForeignHost()

    app.before_request(refuse_foreign_hosts)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
