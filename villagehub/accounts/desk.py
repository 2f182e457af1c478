"""The top bar of office pages: rooms offer their entries, each person sees those they may use."""

from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app, g, request, url_for

from villagehub.accounts.guard import current_actor, table
from villagehub.accounts.rules import Permission, why_not_anywhere

_KEY: Final = "villagehub.desk"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the top bar."""

    label: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as the template shows it."""

    label: str
    url: str
    current: bool


def offer(app: Flask, label: str, endpoint: str, permission: Permission) -> None:
    """Adds an entry for those who hold the permission somewhere; called from a room's ``register``."""
    app.extensions.setdefault(_KEY, []).append(Entry(label, endpoint, permission))


def links() -> list[Link]:
    """The entries of the person signed in, in the order in which they were offered."""
    actor = current_actor()
    entries: list[Entry] = current_app.extensions.get(_KEY, [])
    return [
        Link(one.label, url_for(one.endpoint), request.endpoint == one.endpoint)
        for one in entries
        if why_not_anywhere(actor, one.permission, table=table()) is None
    ]


def home_url() -> str:
    """Where a person lands after signing in: the first entry that is theirs, else the page about their account."""
    mine = links()
    return mine[0].url if mine else url_for("accounts.account")


def _words() -> dict[str, Any]:
    """What layouts/desk.html needs; nothing is looked up before a template asks."""
    return {"current_actor": current_actor, "desk_links": links, "desk_village": lambda: g.get("village")}


def register(app: Flask) -> None:
    """Gives templates ``current_actor()``, ``desk_links()`` and ``desk_village()``."""
    app.context_processor(_words)
