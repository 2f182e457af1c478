"""Programs get what villagers see: the same numbers, no list of persons, nothing that is hidden, and errors they can read."""

import csv
import io
import json
import os
import zipfile
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import road
from examples import BATCH, BUILDING, PUMP, SECRETARY
from flask import Flask
from hypothesis import HealthCheck, given, settings
from werkzeug.test import TestResponse
from world import COUNTY, County

from villagehub.api import pace
from villagehub.disclosures.hiding import hide_now
from villagehub.kernel import clock
from villagehub.public.open_data import row_schema
from villagehub.sections import SECTIONS
from villagehub.storage import unit_of_work

API = "/api/v1"
VILLAGE = f"{API}/villages/{COUNTY.village}"
HOME = f"/v/{COUNTY.village}"
MANY = tuple(road.entry("2026-08-03", f"=路灯维修{one:02}", 10_000 + one, voucher_no=str(one)) for one in range(7))


@pytest.fixture(autouse=True)
def fresh_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins as an address that has asked nothing yet."""
    monkeypatch.setattr(pace, "_pace", pace.Pace())


@pytest.fixture
def village(app: Flask, county: County) -> Flask:
    assert county
    with app.app_context():
        road.published(MANY)
        road.published((BUILDING, PUMP), of=road.account("assets", "2025"), opening=None)
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        road.published(BATCH, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
    return app


@pytest.fixture
def ask(village: Flask) -> Callable[..., TestResponse]:
    def get(path: str, **more: Any) -> TestResponse:
        return village.test_client().get(path, **more)

    return get


def walk(ask: Callable[..., TestResponse], path: str, limit: int) -> list[Any]:
    """All items of a list, page by page."""
    found, after = [], ""
    while True:
        answer = ask(f"{path}?limit={limit}{after}").json
        found += answer["items"]
        if answer["next"] is None:
            return found
        after = f"&after={answer['next']}"


def test_every_list_is_walked_by_its_key_without_loss_or_repeat(ask: Callable[..., TestResponse]) -> None:
    assert [one["code"] for one in walk(ask, f"{API}/villages", 2)] == [
        COUNTY.village,
        COUNTY.other_village,
        COUNTY.far_village,
    ]
    assert [one["number"] for one in walk(ask, f"{VILLAGE}/publications", 3)] == [4, 3, 2, 1]
    rows = walk(ask, f"{VILLAGE}/publications/1/rows", 3)
    assert [one["amount_fen"] for one in rows] == [10_000 + one for one in range(7)]
    assert rows == ask(f"{HOME}/finance/2026Q3.json").json["rows"]


def test_a_part_of_the_rows_says_how_many_of_how_many_it_is(ask: Callable[..., TestResponse]) -> None:
    rows = f"{VILLAGE}/publications/1/rows"
    said = [ask(f"{rows}?limit={limit}").json for limit in (3, 7, 50)]
    assert [(one["count"], one["total"], one["complete"]) for one in said] == [
        (3, 7, False),
        (7, 7, True),
        (7, 7, True),
    ]
    last = ask(f"{rows}?limit=5&after={ask(f'{rows}?limit=5').json['next']}").json
    assert (last["count"], last["total"], last["complete"]) == (2, 7, False)
    withheld = ask(f"{VILLAGE}/publications/4/rows").json
    assert (withheld["count"], withheld["complete"]) == (0, False)


def test_the_totals_are_the_sums_of_the_rows_in_fen(ask: Callable[..., TestResponse]) -> None:
    told = ask(f"{VILLAGE}/publications/1").json
    assert told["totals"]["expense_fen"] == sum(10_000 + one for one in range(7))
    assert told["totals"]["rows"] == 7
    assert told["seal"] in ask(f"{HOME}/n/1").text


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_the_schema_of_each_section_is_one_and_its_rows_follow_it(ask: Callable[..., TestResponse], name: str) -> None:
    schema = ask(f"{API}/sections/{name}/schema").json
    assert schema == json.loads(json.dumps(row_schema(SECTIONS[name])))
    jsonschema.Draft202012Validator.check_schema(schema)
    check = jsonschema.Draft202012Validator(schema)
    for one in ask(f"{VILLAGE}/publications").json["items"]:
        if one["section"] == name:
            for row in ask(f"{VILLAGE}/publications/{one['number']}/rows").json["items"]:
                check.validate(row)


def test_no_list_of_persons_leaves_by_any_door(ask: Callable[..., TestResponse]) -> None:
    answers = [
        ask(path).data
        for path in (
            f"{VILLAGE}/publications/4",
            f"{VILLAGE}/publications/4/rows",
            f"{HOME}/funds/2026-09/耕地地力保护补贴.json",
            f"{HOME}/feed.atom",
        )
    ]
    with zipfile.ZipFile(io.BytesIO(ask(f"{HOME}/data.zip").data)) as archive:
        answers += [archive.read(name) for name in archive.namelist()]
    for row in BATCH:
        assert not any(str(row["recipient"]).encode() in one for one in answers)
    assert ask(f"{VILLAGE}/publications/4/rows").json["note"]
    assert ask(f"{VILLAGE}/publications/4").json["totals"]["amount_fen"] == sum(int(one["amount"]) for one in BATCH)


def test_what_is_hidden_is_gone_from_api_feed_and_bundle_at_once(
    village: Flask, ask: Callable[..., TestResponse]
) -> None:
    with village.app_context(), unit_of_work() as session:
        hide_now(session, 1, cause="privacy", words="", actor=road.person(COUNTY.head), now=clock.now())
    told = ask(f"{VILLAGE}/publications/1").json
    assert told["hidden"]
    assert told["totals"] == {}
    assert ask(f"{VILLAGE}/publications/1/rows").json["items"] == []
    with zipfile.ZipFile(io.BytesIO(ask(f"{HOME}/data.zip").data)) as archive:
        assert not any("finance" in name for name in archive.namelist())
        assert not any("路灯维修".encode() in archive.read(name) for name in archive.namelist())
    assert "路灯维修" not in ask(f"{HOME}/feed.atom").text


def test_the_bundle_is_a_data_package_that_the_stock_validator_accepts(
    ask: Callable[..., TestResponse], tmp_path: Path
) -> None:
    from frictionless import Package, system

    raw = ask(f"{HOME}/data.zip").data
    assert raw == ask(f"{HOME}/data.zip").data
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        archive.extractall(tmp_path)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["resource", "rowNumber", "fieldName", "message"])
    described = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert len(described["resources"]) == 4
    assert [(one["number"], bool(one["why"])) for one in described["withheld"]] == [(4, True)]
    assert "3 份账表，10 行；另有 1 份" in (tmp_path / "README.txt").read_text(encoding="utf-8-sig")
    for one in described["resources"]:
        assert one["rows"] == len(list(csv.reader((tmp_path / one["path"]).open(encoding="utf-8")))) - 1
        assert one["hash"] == "sha256:" + sha256((tmp_path / one["path"]).read_bytes()).hexdigest()
    lines = list(csv.DictReader((tmp_path / "n1-finance.csv").open(encoding="utf-8")))
    assert [int(one["amount_fen"]) for one in lines] == [10_000 + one for one in range(7)]
    assert lines[0]["summary"] == "'=路灯维修00", "a spreadsheet would take it for a formula"


def test_the_feed_is_atom_with_lasting_names(ask: Callable[..., TestResponse]) -> None:
    answer = ask(f"{HOME}/feed.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert [one.findtext(f"{atom}id") for one in entries] == [
        f"tag:localhost,2026:village:{COUNTY.village}:{number}" for number in (4, 3, 2, 1)
    ]
    for name in ("id", "title", "updated"):
        assert all(one.findtext(f"{atom}{name}") for one in (feed, *entries))


def test_one_topic_can_be_followed_from_its_own_page(ask: Callable[..., TestResponse]) -> None:
    every = entries_of(ask(f"{HOME}/feed.atom"))
    page = ask(f"{HOME}/finance/2026Q3").text
    assert f'href="{HOME}/finance/feed.atom"' in page
    followed = entries_of(ask(f"{HOME}/finance/feed.atom"))
    other = entries_of(ask(f"{HOME}/duties/feed.atom"))
    assert followed
    assert all("财务收支" in title for title in followed.values())
    assert not followed.keys() & other.keys()
    assert followed.items() <= every.items(), "the same names in both, so that a reader shows an entry once"
    assert [title for title in every.values() if "财务收支" in title] == list(followed.values())
    assert ask(f"{HOME}/nothing/feed.atom").status_code == 404


def entries_of(answer: TestResponse) -> dict[str, str]:
    """Each entry's lasting name and title."""
    atom = "{http://www.w3.org/2005/Atom}"
    found = ElementTree.fromstring(answer.data).findall(f"{atom}entry")
    return {one.findtext(f"{atom}id", ""): one.findtext(f"{atom}title", "") for one in found}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (f"{API}/villages/999", 404, "没有找到"),
        (f"{API}/villages/青石沟", 404, "没有找到"),
        (f"{VILLAGE}/publications/99", 404, "第 99 号"),
        (f"{VILLAGE}/publications?limit=0", 422, "1 到 200"),
        (f"{VILLAGE}/publications?after=x", 422, "整数"),
        (f"{API}/sections/nothing", 404, "没有找到"),
        (f"{API}/sections/nothing/schema", 404, "这一类公开内容"),
    ],
)
def test_errors_are_problems_in_plain_chinese(
    ask: Callable[..., TestResponse], path: str, status: int, words: str
) -> None:
    answer = ask(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    told = answer.json
    assert words in told["title"] + told["detail"]
    assert told["status"] == status
    assert told["reference"]


def test_nothing_can_be_sent_to_the_api(village: Flask) -> None:
    answer = village.test_client().post(f"{API}/villages")
    assert answer.status_code in (400, 405)
    assert answer.content_type == "application/problem+json"


def test_an_answer_that_is_known_is_not_sent_again(ask: Callable[..., TestResponse]) -> None:
    for path in (f"{VILLAGE}/publications", f"{HOME}/feed.atom", f"{HOME}/data.zip"):
        tag = ask(path).headers["ETag"]
        assert ask(path, headers={"If-None-Match": tag}).status_code == 304


def test_whoever_asks_too_fast_is_told_when_to_come_back(
    ask: Callable[..., TestResponse], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_pace", pace.Pace(most=2))
    assert [ask(f"{API}/sections").status_code for _ in range(3)] == [200, 200, 429]
    answer = ask(f"{API}/sections")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert ask(HOME).status_code == 200, "pages are not counted"


CASES = int(os.environ.get("VILLAGEHUB_TEST_API_CASES", "150"))
"""Requests that Schemathesis makes up: a few in each run, 5,000 by the long command."""
REAL = {"code": COUNTY.village, "number": 1, "name": "finance"}
"""What stands in every third address instead of what was made up, so that good answers are compared with the document too."""


def test_as_many_requests_as_asked_for_made_up_from_the_document_never_find_a_fault(
    village: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every operation: what it answers is what the document says, and never a fault of ours."""
    import schemathesis

    good, bad = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    monkeypatch.setattr(pace, "_pace", pace.Pace(most=10**9))
    api = schemathesis.openapi.from_wsgi(f"{API}/openapi.json", village)
    operations = [one.ok() for one in api.get_all_operations()]
    assert len(operations) == 7
    sent: Counter[str] = Counter()
    answered: Counter[int] = Counter()
    well: set[str] = set()

    def ask(operation: Any, mode: Any, count: int) -> None:
        @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy(generation_mode=mode))
        def try_it(case: Any) -> None:
            if mode is good and sent.total() % 3 == 0:
                case.path_parameters = {name: REAL[name] for name in case.path_parameters or {}}
            answer = case.call()
            assert answer.status_code < 500
            case.validate_response(answer)
            sent[operation.label] += 1
            answered[answer.status_code] += 1
            if answer.status_code == 200:
                well.add(operation.label)

        try_it()

    varied = [one for one in operations if one.path_parameters or one.query]
    ways = [(one, good) for one in operations] + [(one, bad) for one in varied]
    for operation, mode in ways:
        ask(operation, mode, -(-CASES // len(ways)))
    while (missing := CASES - sent.total()) > 0:  # without parameters there is but one request to make up
        for operation in varied:
            ask(operation, good, -(-missing // len(varied)))
    with capsys.disabled():
        told = "，".join(f"{label} {count}" for label, count in sent.items())
        print(f"\n  {sent.total()} requests of {CASES} asked for: {dict(sorted(answered.items()))}；{told}")
    assert sent.total() >= CASES
    assert well == set(sent) == {one.label for one in operations}
