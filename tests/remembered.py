"""What one test process works out once, though nearly every test builds an application of its own.

Most of a short test's time went into the same work again: the same addresses and templates compiled for each application, and
passwords hashed at the price that a thief should pay. Nothing here changes what an application answers.
"""

import gc
from collections.abc import Callable
from types import CodeType
from typing import Any, ClassVar, Final

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from villagehub.accounts import passwords

REAL_PRICE: Final = passwords._HASHER
"""How the product hashes passwords; for the tests of just that."""


class RememberedRule(Rule):
    """An address whose builder (a function of the rule's text alone) is compiled once in a process."""

    _builders: ClassVar[dict[tuple[str, str, str, bool], Callable[..., Any]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Any]:
        key = (self.rule, self.subdomain or "", repr(self.defaults), append_unknown)
        if key not in self._builders:
            self._builders[key] = super()._compile_builder(append_unknown)
        return self._builders[key]


class RememberedTemplates(BytecodeCache):
    """Compiled templates by file and content, so that a changed template is compiled again."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Gives what is held."""
        bucket.code = self._held.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Holds what was compiled."""
        assert bucket.code
        self._held[bucket.key, bucket.checksum] = bucket.code


def remember() -> None:
    """For this process: addresses and templates compiled once, cheap password hashes, fewer walks of the collector.

    A hash carries its own price, so that checking is the real code. ``tests/accounts`` checks the real price.
    """
    Flask.url_rule_class = RememberedRule
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": RememberedTemplates()}
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # type: ignore[misc]
    gc.set_threshold(20_000, 20, 20)
