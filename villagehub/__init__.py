"""villagehub: a village's books, opened to its villagers.

The rooms and the walls between them are drawn in README.md; ``create_app`` is the one door in.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["__version__", "create_app"]

if TYPE_CHECKING:
    from villagehub.app import create_app


def __getattr__(name: str) -> Any:
    # Imported on first use, so that `villagehub check` need not load Flask and the database.
    if name == "create_app":
        from villagehub.app import create_app

        return create_app
    raise AttributeError(name)
