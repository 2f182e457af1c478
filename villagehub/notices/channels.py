"""Where reminders go: one file for each address among the keys, written once and never changed."""

import json
import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from villagehub.kernel.refused import Refused
from villagehub.storage.keys import keep_secret, key_path

_MARKS: Final = "23456789abcdefghjkmnpqrstuvwxyz"
_FILE: Final = re.compile(r"notify-([2-9a-z]{6})\.key")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}(?=://)", re.ASCII)
LONGEST: Final = 2000
NAME_LENGTH: Final = 40


class Audience(StrEnum):
    """Who reads what is sent to an address."""

    CLERK = "clerk"
    TOWNSHIP = "township"
    OPERATOR = "operator"


AUDIENCE_WORDS: Final = {Audience.CLERK: "报账员", Audience.TOWNSHIP: "镇里", Audience.OPERATOR: "系统管理员"}


class NoSuchChannel(Refused):
    """No address has this number."""

    code = "no_such_channel"
    message = "没有编号是“{id}”的提醒地址。"
    fix = "请用 villagehub notify list 查编号。"
    status = 404


@dataclass(frozen=True, slots=True)
class Channel:
    """One address. What it is stands in no ``repr``, because it holds a token or a password."""

    id: str
    place: str
    """Code of a village or a township; empty for the whole site."""
    audience: Audience
    name: str
    """What the operator calls it."""
    url: str = field(repr=False)

    @property
    def masked(self) -> str:
        """The kind of address and nothing else of it."""
        found = _SCHEME.match(self.url)
        return f"{found[0].lower() if found else '?'}://******"


def keep_channel(keys: Path, *, place: str, audience: Audience, name: str, url: str) -> Channel:
    """Writes a new address into the keys' folder, for its owner only; returns it with its number."""
    made = Channel("".join(secrets.choice(_MARKS) for _ in range(6)), place, audience, name[:NAME_LENGTH], url)
    text = json.dumps(
        {"place": place, "for": audience.value, "name": made.name, "url": url}, ensure_ascii=False, sort_keys=True
    )
    keep_secret(channel_path(keys, made.id), text)
    return made


def channel_path(keys: Path, channel_id: str) -> Path:
    """Where the address with this number lies."""
    return key_path(keys, f"notify-{channel_id}")


def channel_files(keys: Path) -> list[Path]:
    """All addresses' files, readable or not."""
    return sorted(one for one in keys.glob("notify-*.key") if _FILE.fullmatch(one.name))


def read_channels(keys: Path) -> list[Channel]:
    """All addresses that can be read, by number; ``unreadable_channels`` names the others."""
    found = [_read(one) for one in channel_files(keys)]
    return [one for one in found if one is not None]


def unreadable_channels(keys: Path) -> list[Path]:
    """Files that hold no address."""
    return [one for one in channel_files(keys) if _read(one) is None]


def channel_with_id(keys: Path, channel_id: str) -> Channel:
    """The address with this number; raises NoSuchChannel."""
    found = next((one for one in read_channels(keys) if one.id == channel_id.strip().lower()), None)
    if found is None:
        raise NoSuchChannel(id=channel_id[:20])
    return found


def drop_channel(keys: Path, channel_id: str) -> None:
    """Removes the file, readable or not; raises NoSuchChannel."""
    wanted = channel_id.strip().lower()
    for one in channel_files(keys):
        if one.name == channel_path(keys, wanted).name:
            one.unlink(missing_ok=True)
            return
    raise NoSuchChannel(id=channel_id[:20])


def _read(path: Path) -> Channel | None:
    named = _FILE.fullmatch(path.name)
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        made = Channel(named[1] if named else "", held["place"], Audience(held["for"]), held["name"], held["url"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = all(isinstance(one, str) for one in (made.place, made.name, made.url))
    return made if whole and made.id and made.url else None
