"""The small demo as tests hold it, and the browsers of its people. No fixtures here."""

import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from world import Browser

from villagehub.ops.demo.making import Tale
from villagehub.ops.demo.people import login_of
from villagehub.ops.demo.villages import DemoVillage


@dataclass
class SmallDemo:
    """The application with the county in it, and what was to be made."""

    app: Flask
    tale: Tale
    instance: Path

    @property
    def villages(self) -> list[DemoVillage]:
        return self.tale.villages

    def browser(self, place: int | None = None, who: str = "") -> Browser:
        """Nobody's browser, or the one of a village's officer, signed in with the password of accounts.txt."""
        client = self.app.test_client()
        assert isinstance(client, Browser)
        if place is not None:
            login = login_of(self.villages[place], who)
            text = (self.instance / "accounts.txt").read_text("utf-8")
            found = re.search(rf"\t{re.escape(login)}\t(\S+)$", text, re.MULTILINE)
            assert found, login
            assert client.sign_in(login, found[1]).status_code in (200, 302, 303)
        return client
