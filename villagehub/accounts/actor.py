"""Who acts, as a value: it is handed to rules and actions, which never look at the request."""

from dataclasses import dataclass
from typing import Final

from villagehub.accounts.roles import Role

WEB: Final = "web"
"""The channel of a person signed in at the pages."""


@dataclass(frozen=True, slots=True)
class Post:
    """One appointment that is in force: a role at a place, perhaps for one entity of the village only."""

    role: Role
    place_id: int | None
    """None: the whole installation (administrators)."""
    entity: str = ""
    """Empty for the village as a whole, else committee, collective or group."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person with the posts held today, and the way they came in."""

    person_id: int
    name: str
    appointments: tuple[Post, ...] = ()
    channel: str = WEB
    """``web``; on the command line ``cli:<system user>`` (decision 25)."""

    @property
    def on_behalf(self) -> bool:
        """Somebody at the keyboard acts for this person; pages then say 代为操作."""
        return self.channel != WEB
