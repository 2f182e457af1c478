"""What a message says. Pure, and the same for the same facts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from villagehub.kernel.period import day_words

TITLE: Final = "码上公开提醒"
ROOM: Final = 1500
"""Bytes of the lines: a group's robot takes 2,048 in all."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that an address may be told. ``keys`` name it: it is said while one of them has not been told yet."""

    keys: tuple[str, ...]
    village: str
    """Its name; empty for the site."""
    words: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message, and the keys that are told once it has arrived."""

    body: str
    told: tuple[str, ...]


def still_told(items: Sequence[Item], told: Collection[str]) -> tuple[str, ...]:
    """Of what was told the part that still holds; what ended and comes back is said anew."""
    held = set(told)
    return tuple(key for item in items for key in item.keys if key in held)


def compose(items: Sequence[Item], told: Collection[str], *, head: str, address: str, today: date) -> Message | None:
    """The message of what was not told yet; None where there is nothing new."""
    held = set(told)
    fresh = [one for one in items if not held.issuperset(one.keys)]
    if not fresh:
        return None
    lines: list[str] = []
    shown, last, several = 0, "", len({one.village for one in fresh}) > 1
    for item in fresh:
        more = [f"{item.village}："] if several and item.village and item.village != last else []
        more.append(f"· {item.words}")
        if sum(len(line.encode()) + 1 for line in (*lines, *more)) > ROOM:
            break
        lines += more
        shown, last = shown + 1, item.village
    if shown < len(fresh):
        lines.append(f"还有 {len(fresh) - shown} 件，写不下了。")
    if len(items) > len(fresh):
        lines.append(f"以前提醒过、还没办完的有 {len(items) - len(fresh)} 件。")
    lines.append(f"请打开 {address} 办理。")
    body = "\n".join([f"{head}，{day_words(today)}", *lines])
    return Message(body, tuple(key for item in items for key in item.keys))
