"""隐去的话，PostgreSQL 作废的旧行里也没有：硬盘上哪一页都找不到。

剧本：公开的一季里有更正原因、有不同意的意见，有人照着问过。两个人依法隐去，旧行随即清掉。
"""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from test_redacted_opinions import SAID, SignIn, objected, redact, review_of

from villagehub.storage import db

pytestmark = pytest.mark.postgres
assert objected, "a fixture"


@pytest.fixture
def engine_kind() -> str:
    if not os.environ.get("VILLAGEHUB_TEST_POSTGRES"):
        pytest.skip("VILLAGEHUB_TEST_POSTGRES names no server")
    return "postgres"


def pages_with(word: str) -> Iterator[str]:
    """The tables on whose pages these bytes lie, in living rows or dead ones."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pageinspect")
        tables = connection.exec_driver_sql(
            "SELECT c.oid::regclass::text, pg_relation_size(c.oid) / 8192 FROM pg_class c"
            " WHERE relkind IN ('r', 't') AND relnamespace IN ('public'::regnamespace, 'pg_toast'::regnamespace)"
        ).all()
        for table, pages in tables:
            for page in range(pages):
                held = connection.exec_driver_sql("SELECT get_raw_page(%s, %s)", (table, page)).scalar()
                if word.encode() in bytes(held or b""):
                    yield table
                    break


def test_what_was_redacted_lies_in_no_dead_row(app: Flask, objected: int, sign_in: SignIn) -> None:
    fact = review_of(objected)
    assert fact.salt
    assert {"version_fact", "vote", "question_event"} <= set(pages_with(SAID))
    redact(sign_in, objected, fact.name)
    assert list(pages_with(SAID)) == []
    assert list(pages_with("透析")) == []
