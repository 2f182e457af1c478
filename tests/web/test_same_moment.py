"""A button pressed twice, or two people at one form for the first time: both get an answer, and there is one thing afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from world import Browser, County, at_once

from villagehub.accounts.models import Election
from villagehub.kernel import clock
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
PROFILE = {"phone": "0719-1234567", "revision": "0"}


@pytest.mark.parametrize(
    ("page", "address", "fields"),
    [
        ("/desk/profile", "/desk/v/{code}/receipts", {"wanted": "yes"}),
        ("/desk/profile", "/desk/profile", {**PROFILE, "village": "{code}"}),
        ("/account/second-step", "/account/second-step/begin", {}),
    ],
    ids=["receipts", "profile", "second step"],
)
def test_the_same_form_at_the_same_moment(
    app: Flask, county: County, sign_in: SignIn, page: str, address: str, fields: dict[str, str]
) -> None:
    given = {name: value.format(code=county.village) for name, value in fields.items()}
    browsers = [sign_in(county.head) for _ in range(3)]
    answers = at_once(*((one, page, address.format(code=county.village), given) for one in browsers))
    assert {one.status_code for one in answers} <= {303, 409}, [one.status_code for one in answers]
    assert 303 in {one.status_code for one in answers}


def test_an_election_is_named_once(app: Flask, county: County, sign_in: SignIn) -> None:
    today = clock.today()
    given = {"village": county.village, "entity": "committee", "from": f"{today}", "until": f"{today + timedelta(30)}"}
    address = "/town/people/elections"
    browsers = [sign_in(county.supervisor) for _ in range(3)]
    answers = at_once(*((one, address, address, given) for one in browsers))
    assert {one.status_code for one in answers} <= {303, 409}
    with app.app_context(), reading() as session:
        assert len(session.scalars(select(Election)).all()) == 1
