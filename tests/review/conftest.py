"""The village has its due dates, as ``villagehub init`` gives them."""

import pytest
from flask import Flask
from world import County

from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.storage import unit_of_work


@pytest.fixture(autouse=True)
def due_dates(app: Flask, county: County) -> None:
    """The default rules."""
    assert county
    with app.app_context(), unit_of_work() as session:
        ensure_default_rules(session, since=LONG_AGO, of=PAST)
