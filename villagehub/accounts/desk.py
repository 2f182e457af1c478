"""The top bar of office pages: rooms offer their entries, each person sees those they may use."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app, g, request, url_for

from villagehub.accounts.guard import current_actor, signs_with_code, table
from villagehub.accounts.rules import Permission, why_not_anywhere

_KEY: Final = "villagehub.desk"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the top bar."""

    label: str
    endpoint: str
    permission: Permission
    below: tuple[str, ...]
    """Where the addresses of its pages begin that do not stand under its own."""


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the template shows it."""

    label: str
    url: str
    current: bool


def offer(app: Flask, label: str, endpoint: str, permission: Permission, *, below: tuple[str, ...] = ()) -> None:
    """Adds an entry for those who hold the permission somewhere; called from a room's ``register``."""
    app.extensions.setdefault(_KEY, []).append(Entry(label, endpoint, permission, below))


def links() -> list[Link]:
    """The entries of the person signed in, in the order in which they were offered; the one they are at is marked."""
    actor = current_actor()
    entries: list[Entry] = current_app.extensions.get(_KEY, [])
    mine = [
        (one, url_for(one.endpoint))
        for one in entries
        if why_not_anywhere(actor, one.permission, table=table()) is None
    ]
    here = _where(mine)
    return [Link(one.label, url, one.endpoint == here) for one, url in mine]


def _where(mine: list[tuple[Entry, str]]) -> str:
    """The entry that the page belongs to: itself, else the one whose pages these are, else the one above the address."""
    endpoints = {one.endpoint for one, _ in mine}
    if request.endpoint in endpoints:
        return str(request.endpoint)
    rooms = [one.endpoint for one, _ in mine if one.endpoint.rpartition(".")[0] == request.blueprint]
    above = [
        (len(start), one.endpoint)
        for one, url in mine
        for start in (url, *one.below)
        if request.path.startswith(f"{start}/")
    ]
    if len(rooms) == 1:
        return rooms[0]
    return max(above)[1] if above else ""


def home_url() -> str:
    """Where a person lands after signing in: the first entry that is theirs, else the page about their account."""
    mine = links()
    return mine[0].url if mine else url_for("accounts.account")


def office_home() -> Link | None:
    """The same with its name, for whoever is signed in and came to a page that is not theirs; None for strangers."""
    if current_actor() is None:
        return None
    mine = links()
    return mine[0] if mine else Link("我的账号", url_for("accounts.account"), current=False)


def _words() -> dict[str, Any]:
    """What layouts/desk.html needs; nothing is looked up before a template asks."""
    return {
        "current_actor": current_actor,
        "desk_links": links,
        "office_home": office_home,
        "desk_village": lambda: g.get("village"),
    }


def register(app: Flask) -> None:
    """Gives templates ``current_actor()``, ``desk_links()``, ``desk_village()`` and ``signs_with_code()``."""
    app.context_processor(_words)
    app.jinja_env.globals["signs_with_code"] = signs_with_code  # macros see no context
