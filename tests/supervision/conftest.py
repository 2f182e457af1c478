"""The day on which the tests of this room happen, for pages too."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from world import NOW, County, Visitor

from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import unit_of_work


@pytest.fixture
def due_county(app: Flask, county: County) -> Iterator[County]:
    """The invented county on its day, with the default due days, inside an application context."""
    app.test_client_class = Visitor
    with time_machine.travel(NOW, tick=True), app.app_context():
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        yield county
