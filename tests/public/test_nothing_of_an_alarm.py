"""有人绕过系统改了数，系统核对出来了：改过的数，村民在哪一页都看不到，搜不到，名单里也查不到。

剧本：村里公开了收支、资产、惠民名单。有人在数据库里把一笔支出、一期的合计、一件资产、一户的补贴都改成 43,219.87 元。
核对以后，把村里每一个网址走一遍，凡是能点到的、能下载的、给程序用的，都没有这个数；首页写着哪几件正在核对，怎么核对。
查自家补贴的人读到的是“正在核对”，不是“没有您”。
"""

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import road
import time_machine
from examples import BATCH, BUILDING, PUMP, SECRETARY
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse
from world import COUNTY, NOW, Browser, County

from villagehub.accounts.guard import app_secret
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Disclosure, Row, RowFace, Thing, Version, VersionRow
from villagehub.disclosures.slips import read_slips
from villagehub.kernel import clock
from villagehub.ops.rechecking import recheck_publications
from villagehub.ops.turn import Turn
from villagehub.public.build import build_dirty
from villagehub.public.published import numbers_of
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.triggers import drop_triggers, install_triggers

HOME = f"/v/{COUNTY.village}"
API = f"/api/v1/villages/{COUNTY.village}"
OURS = {"Origin": "http://localhost"}
FORGED = 4_321_987
AS_READ = ("43,219.87", "43219.87", "4321987", "四万三千二百一十九", "4.32 万")
PATHS = (
    HOME,
    f"{HOME}/n?on=2026-11-23",
    f"{HOME}/feed.atom",
    f"{HOME}/data.zip",
    f"{API}/publications",
    f"{HOME}/search?q=43219.87",
    f"{HOME}/search?q=水渠",
    f"{HOME}/finance/2026Q2",
    *(f"{HOME}/n/{number}{rest}" for number in range(1, 7) for rest in ("", "/read", "/check", "/proof.zip")),
    *(f"{API}/publications/{number}{rest}" for number in range(1, 7) for rest in ("", "/rows")),
    *(f"{HOME}/finance/2026Q3.{ending}" for ending in ("csv", "json", "xlsx", "png")),
    *(f"{HOME}/{section}/i/{item}" for section in ("finance", "assets") for item in range(1, 9)),
)
"""Where the walk begins; it goes on wherever a link leads within the village."""


@pytest.fixture
def village(app: Flask, county: County) -> Iterator[dict[str, int]]:
    """The newest version of each account that is going to be forged, by its section."""
    assert county
    with time_machine.travel(NOW, tick=False), app.app_context():
        road.published(
            of=road.account(period="2026Q2"), rows=[road.entry("2026-05-05", "修路", 100_000)], opening=600_000
        )
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        made = {
            "finance": road.published(),
            "assets": road.published((BUILDING, PUMP), of=road.account("assets", "2025"), opening=None),
            "funds": road.published(
                BATCH, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None
            ),
        }
        run_after_publish()
        yield made


def forge(changed: dict[str, int]) -> None:
    """Behind the program, and without it noticing: a money fact of the first row, and the sums."""
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        for section, version_id in changed.items():
            wanted = select(VersionRow).where(VersionRow.version_id == version_id).order_by(VersionRow.position)
            first = session.scalars(wanted).first()
            assert first is not None
            face, row = session.get_one(RowFace, first.row_face_id), session.get_one(Row, first.row_id)
            name = "original_value" if section == "assets" else "amount"
            session.execute(
                update(RowFace).where(RowFace.id == face.id).values(clear=_with(face.clear, name, FORGED, None))
            )
            session.execute(
                update(RowFace).where(RowFace.id == face.id).values(fields=_with(face.fields, name, FORGED, "value"))
            )
            session.execute(update(Row).where(Row.id == row.id).values(facts={**row.facts, name: FORGED}))
            version = session.get_one(Version, version_id)
            sums = {key: FORGED if key.endswith("_fen") else value for key, value in version.totals.items()}
            session.execute(update(Version).where(Version.id == version_id).values(totals=sums, closing_fen=FORGED))
    with db.engine.begin() as connection:
        install_triggers(connection)


def _with(held: dict[str, Any], name: str, value: int, inner: str | None) -> dict[str, Any]:
    if name not in held:
        return held
    return {**held, name: value if inner is None else {**held[name], inner: value}}


def check_all(app: Flask) -> str:
    return recheck_publications(Turn(clock.now(), app.extensions["villagehub"], lambda _words: None))


def told(answer: TestResponse) -> str:
    """All that is in an answer, also inside a zip; pictures tell nothing here."""
    if answer.data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            return "".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist())
    raw = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") == "gzip" else answer.data
    return raw.decode("utf-8", "replace")


def walk(client: Browser) -> Iterator[tuple[str, TestResponse]]:
    """Every address of the village that can be reached."""
    waiting, seen = list(PATHS), set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith((HOME, API)) or re.search(r"[?&](size|theme|print)=", path):
            continue
        seen.add(path)
        # An address of its own: how often one may ask is counted for the whole process.
        answer = client.get(path, follow_redirects=True, environ_overrides={"REMOTE_ADDR": "198.51.100.77"})
        yield path, answer
        if answer.mimetype == "text/html":
            base = path.partition("?")[0]
            links = re.findall(r'href="(/[^"#]*|\?[^"#]*)', answer.text)
            waiting += [(one if one.startswith("/") else base + one).replace("&amp;", "&") for one in links]


def test_a_forged_number_stands_on_no_public_address_once_the_check_has_run(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    forge(village)
    assert "3 份和封存时不一样" in check_all(app)
    build_dirty()
    for size in ("m", "x"):  # the first are stored pages, the others are made when they are asked for
        client.set_cookie("size", size)
        seen = 0
        for path, answer in walk(client):
            seen += 1
            assert answer.status_code in (200, 404, 409), path
            said = (
                told(answer).replace("43219.87", "") if "?q=" in path else told(answer)
            )  # the box keeps what was typed
            assert not [one for one in AS_READ if one in said], path
            if path.endswith("2026Q3.png"):
                assert answer.status_code == 409, "a drawn picture cannot be read here"
        assert seen > len(PATHS)


def test_the_home_page_says_what_is_being_checked_and_the_search_finds_only_the_rest(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    assert "水渠清淤" in client.get(f"{HOME}/search?q=水渠").text
    forge({"finance": village["finance"]})
    check_all(app)
    build_dirty()
    home = client.get(HOME).text
    assert "2026年第三季度财务收支正在重新核对" in home.replace(" ", "")
    number = road.number_of(village["finance"])
    assert f'href="{HOME}/n/{number}/check"' in home
    assert "<i>正在核对</i>" in home
    check = client.get(f"{HOME}/n/{number}/check").text
    assert "这一份正在重新核对" in check
    assert "数字仍可以看" not in check
    assert "水渠清淤" not in client.get(f"{HOME}/search?q=水渠").text
    assert "修路" in client.get(f"{HOME}/search?q=修路").text
    assert "水渠清淤" in client.get(f"{HOME}/finance/2026Q3").text, "the page that last checked clean stays"


def test_whoever_looks_for_their_own_is_told_that_the_list_is_being_checked(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    name, version_id = str(BATCH[0]["recipient"]), village["funds"]
    with reading() as session:
        version = session.get_one(Version, version_id)
        code = read_slips(session, version, today=clock.today(), secret=app_secret())[1][0].code
    asked: tuple[Callable[[], TestResponse], ...] = (
        lambda: client.post(f"{HOME}/funds/find", data={"name": name}, headers=OURS),
        lambda: client.post(f"{HOME}/funds/slip", data={"code": code}, headers=OURS),
    )
    for ask in asked:
        assert name in ask().text
    forge({"funds": version_id})
    check_all(app)
    build_dirty()
    for ask, words in zip(asked, ("不是名单里没有您", "不是名单里没有您家"), strict=True):
        said = ask().text
        assert "正在重新核对" in said
        assert words in said
        assert "没有查到" not in said
        assert not [one for one in AS_READ if one in said]


def test_a_list_that_nobody_can_search_by_name_is_not_told_as_if_one_could(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    assert village
    relief = road.published(BATCH, of=road.account("funds", "2026-08", subject="农村低保"), opening=None)
    run_after_publish()
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        held = session.get_one(Version, relief).totals
        session.execute(update(Version).where(Version.id == relief).values(totals={**held, "amount_fen": FORGED}))
    with db.engine.begin() as connection:
        install_triggers(connection)
    assert "1 份和封存时不一样" in check_all(app)
    said = client.post(f"{HOME}/funds/find", data={"name": "没有这人"}, headers=OURS).text
    assert "没有查到" in said
    assert "不是名单里没有您" not in said


def test_the_register_in_alarm_leads_to_the_page_that_last_checked_clean(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    forge({"assets": village["assets"]})
    check_all(app)
    build_dirty()
    stub = client.get(f"{HOME}/assets").text
    kept = re.search(r'href="([^"]+)">看上次核对一致时存下的那一页<', stub)
    assert kept
    answer = client.get(kept[1])
    assert answer.status_code == 200
    assert str(BUILDING["name"]) in answer.text
    assert not [one for one in AS_READ if one in answer.text]


def test_posts_that_are_being_checked_are_not_told_as_never_published(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    assert village
    with reading() as session:
        wanted = select(Version.id).join(Disclosure, Disclosure.id == Version.disclosure_id)
        version_id = session.scalars(wanted.where(Disclosure.section == "duties")).one()
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        session.execute(update(Version).where(Version.id == version_id).values(closing_fen=FORGED))
    with db.engine.begin() as connection:
        install_triggers(connection)
    assert "1 份和封存时不一样" in check_all(app)
    build_dirty()
    assert re.search(r"<b>组织架构</b><i[^>]*>正在核对</i>", client.get(HOME).text)


def test_an_alarm_in_one_quarter_closes_no_entry_of_another(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    with reading() as session:
        held = numbers_of(session, village["finance"])
        before = session.scalars(select(Version.id).where(Version.number == 1)).one()
        others = numbers_of(session, before)
    assert held
    assert others
    forge({"finance": village["finance"]})
    check_all(app)
    build_dirty()
    for number in others:
        client.set_cookie("size", "x")
        answer = client.get(f"{HOME}/finance/i/{number}")
        assert (answer.status_code, "修路" in answer.text) == (200, True)
        assert "正在重新核对" not in answer.text
    client.delete_cookie("size")
    for number in held:
        answer = client.get(f"{HOME}/finance/i/{number}")
        assert not [one for one in AS_READ if one in answer.text]


def test_the_page_of_a_thing_taken_out_of_the_register_by_sql_stays_as_it_last_checked_clean(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    version_id = village["assets"]
    with reading() as session:
        number = min(numbers_of(session, version_id))
    whole = client.get(f"{HOME}/assets/i/{number}").text
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        wanted = select(VersionRow).join(Row, Row.id == VersionRow.row_id).join(Thing, Thing.id == Row.thing_id)
        session.delete(session.scalars(wanted.where(VersionRow.version_id == version_id, Thing.number == number)).one())
    with db.engine.begin() as connection:
        install_triggers(connection)
    assert "1 份和封存时不一样" in check_all(app)
    build_dirty()
    answer = client.get(f"{HOME}/assets/i/{number}")
    assert answer.status_code == 200
    assert _facts(answer.text) == _facts(whole) != ""


def _facts(page: str) -> str:
    """Without the line that the build of the pages writes of when it checked."""
    return page.partition("<main")[2].partition('class="seal')[0]


def test_whoever_holds_a_slip_of_a_list_in_alarm_reads_a_plain_sentence_and_nothing_forged(
    app: Flask, village: dict[str, int], client: Browser
) -> None:
    with reading() as session:
        version = session.get_one(Version, village["funds"])
        code = read_slips(session, version, today=clock.today(), secret=app_secret())[1][0].code
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        wanted = update(Disclosure).where(Disclosure.id == version.disclosure_id)
        session.execute(wanted.values(subject="伪造的补贴"))
    with db.engine.begin() as connection:
        install_triggers(connection)
    check_all(app)
    for answer in (
        client.post(f"{HOME}/funds/slip", data={"code": code}, headers=OURS),
        client.post("/c", data={"code": code, "at": COUNTY.village}, headers=OURS),
    ):
        (said,) = re.findall(r'role="alert">(.*?)</p>', answer.text)
        assert said == (
            "您家所在的惠民资金名单正在重新核对，暂时不给看，不是名单里没有您家。"
            "过一会儿再查；急着用，请到村委会看纸质的名单。"
        )
        assert "伪造" not in answer.text
