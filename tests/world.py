"""The invented county that tests stand on, and the browser they use. Data and one client; no fixtures here."""

import re
import threading
from contextvars import Context
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.config import Settings
from villagehub.places.actions import take_over_list
from villagehub.places.official_list import read_list
from villagehub.storage import unit_of_work

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PASSWORD = "柳河 青石 correct 42"
BASE_URL = "http://localhost"

PLACES = """code,name
990101,青禾县
990101100,柳河镇
990101100201,青石沟村村民委员会
990101100202,柳树坪村村民委员会
990101200,白杨乡
990101200201,石桥村村民委员会
"""


@dataclass(frozen=True)
class County:
    """Codes of the invented county, and who holds which office (login names)."""

    code: str = "990101"
    township: str = "990101100"
    village: str = "990101100201"
    other_village: str = "990101100202"
    """In the same township."""
    far_village: str = "990101200201"
    """In the other township."""
    clerk: str = "clerk"
    member: str = "member"
    second_member: str = "member2"
    chair: str = "chair"
    head: str = "head"
    supervisor: str = "supervisor"
    auditor: str = "auditor"
    county: str = "county"
    administrator: str = "admin"


COUNTY = County()

OFFICES: tuple[tuple[str, str, Role, str | None], ...] = (
    (COUNTY.clerk, "赵庆", Role.CLERK, COUNTY.village),
    (COUNTY.member, "王桂芳", Role.COMMITTEE_MEMBER, COUNTY.village),
    (COUNTY.second_member, "李成", Role.COMMITTEE_MEMBER, COUNTY.village),
    (COUNTY.chair, "孙立", Role.COMMITTEE_CHAIR, COUNTY.village),
    (COUNTY.head, "周强", Role.VILLAGE_HEAD, COUNTY.village),
    (COUNTY.supervisor, "吴敏", Role.TOWNSHIP_SUPERVISOR, COUNTY.township),
    (COUNTY.auditor, "郑洁", Role.AUDITOR, COUNTY.township),
    (COUNTY.county, "何远", Role.COUNTY, COUNTY.code),
    (COUNTY.administrator, "管理员", Role.ADMINISTRATOR, None),
)


def settings_for(instance: Path, database_url: str, **changes: object) -> Settings:
    """Settings of a test's installation; the site is http://localhost unless ``changes`` say otherwise."""
    return Settings(
        **{
            "instance": instance,
            "database_url": database_url,
            "base_url": BASE_URL,
            "totp_required": "nobody",
            "upload_wait": 60,  # however busy the machine is, what a test sends is answered with its result
        }
        | changes
    )  # type: ignore[arg-type]


def settle_county() -> None:
    """Takes the invented county over and fills its offices; needs an application context."""
    listed, problems = read_list(PLACES.encode())
    assert not problems
    with unit_of_work() as session:
        take_over_list(session, listed, now=NOW)
        for login, name, role, code in OFFICES:
            person = add_person(session, login, name=name, password=PASSWORD, actor=None, channel="test", now=NOW)
            place = place_with_code(session, code) if code else None
            appoint(session, person, role, place=place, actor=None, channel="test", now=NOW)


class Browser(FlaskClient):
    """Flask's test client with the two things that a person does: send a form, and sign in."""

    def send(self, address: str, fields: dict[str, Any] | None = None, *, page: str = "/account") -> TestResponse:
        """Posts a form with the token that stands in the first form of ``page``."""
        return self.post(address, data={"csrf_token": token_in(self.get(page).text), **(fields or {})})

    def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """Fills in the sign-in page and sends it."""
        return self.send("/login", {"login": login, "password": password, **fields}, page="/login")


class Visitor(Browser):
    """A browser whose requests share nothing with the test's own application context."""

    def open(self, *words: Any, **named: Any) -> Any:
        return Context().run(super().open, *words, **named)


def token_in(page: str) -> str:
    """The CSRF token of a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page has no form with a token"
    return found[1]


def at_once(*forms: tuple[Browser, str, str, dict[str, Any]]) -> list[TestResponse]:
    """Sends forms (browser, page they stand on, address, fields) at the same moment."""
    start = threading.Barrier(len(forms))
    tokens = [token_in(browser.get(page).text) for browser, page, _, _ in forms]
    answers: list[TestResponse] = []

    def press(browser: Browser, address: str, fields: dict[str, Any]) -> None:
        start.wait()
        answers.append(browser.post(address, data=fields))

    threads = [
        threading.Thread(target=press, args=(browser, address, {**fields, "csrf_token": token}))
        for (browser, _, address, fields), token in zip(forms, tokens, strict=True)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers
