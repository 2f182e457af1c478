"""What the database refuses is not repeated: a fault's text goes into the log."""

import traceback

import pytest
from flask import Flask
from world import County

from villagehub.storage import Base, unit_of_work
from villagehub.storage.bulk import insert_many


def test_rows_that_are_refused_are_not_quoted(app: Flask, county: County) -> None:
    table = Base.metadata.tables["row"]
    given = {"village_id": county.code, "facts": {"summary": "付" + "马兰英"}}
    with app.app_context(), pytest.raises(Exception, match=r"(?i)not.null") as refused, unit_of_work() as session:
        insert_many(session, table, {"id": [1], "thing_id": [1]}, shared=given)
    told = "".join(traceback.format_exception(refused.value))
    assert "马兰英" not in told
