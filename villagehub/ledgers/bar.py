"""The command line's bar for long files."""

import sys
from contextlib import ExitStack
from typing import Any, Self

import click


class Bar:
    """A bar of the rows that are checked, on standard error. It appears with the first news, so that a short file, which
    tells none, shows no bar.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def show(self, done: int, whole: int) -> None:
        """Moves the bar: so many rows, of how many."""
        if self._bar is None:
            bar = click.progressbar(length=whole, label="正在核对", file=sys.stderr, show_pos=True, show_eta=False)
            self._bar = self._stack.enter_context(bar)
        self._bar.length = whole
        self._bar.update(max(0, done - self._bar.pos))
