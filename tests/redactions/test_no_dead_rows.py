"""隐去的话，PostgreSQL 作废的旧行里也没有：硬盘上哪一页都找不到。

剧本：公开的一季里有更正原因、有不同意的意见，有人照着问过。两个人依法隐去，旧行随即清掉。
"""

import os

import pytest
from flask import Flask
from leftovers import places_with
from test_redacted_opinions import SAID, SignIn, objected, redact, review_of

pytestmark = pytest.mark.postgres
assert objected, "a fixture"


@pytest.fixture
def engine_kind() -> str:
    if not os.environ.get("VILLAGEHUB_TEST_POSTGRES"):
        pytest.skip("VILLAGEHUB_TEST_POSTGRES names no server")
    return "postgres"


def test_what_was_redacted_lies_in_no_dead_row(app: Flask, objected: int, sign_in: SignIn) -> None:
    fact = review_of(objected)
    assert fact.salt
    assert {"version_fact", "vote", "question_event"} <= set(places_with(SAID, gaps=True))
    redact(sign_in, objected, fact.name)
    assert places_with(SAID, gaps=True) == []
    assert places_with("透析", gaps=True) == []
