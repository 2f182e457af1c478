"""网页说“没有改过”，是真的算过；改过了，先告诉管的人，有人看过才写在网页上。

剧本：公开以后网页写“存 · 和11月23日公开时一样，没有改过”；点“现在再核对”再算一遍。更正以后，写更正过几次。
有人绕过系统改了数据：村民看到的还是原样，镇里的首页有提醒；镇里的人比过纸、点了，网页才写不一致；改回来，又写没有改过。
核对没有做，网页就说现在没法核对，不编。
"""

import gzip
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import road
import time_machine
from flask import Flask
from sqlalchemy import delete, select, text, update
from world import NOW, Browser, County

from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.check_models import PublicationCheck
from villagehub.disclosures.models import RowFace, Version, VersionRow
from villagehub.journal.models import JournalEntry
from villagehub.ops.rechecking import recheck_publications
from villagehub.ops.turn import Turn
from villagehub.public.build import build_dirty
from villagehub.public.models import StoredPage
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.tables import mark_dirty
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.transparency.models import Leaf

HOME = "/v/990101100201"
PAGE = f"{HOME}/finance/2026Q3"
OURS = {"Origin": "http://localhost"}
AWAY = (
    f"{HOME}/finance/i/1",
    f"{HOME}/n/1",
    f"{HOME}/n/1/read",
    *(f"{PAGE}.{ending}" for ending in ("csv", "json", "xlsx", "png")),
    f"{HOME}/data.zip",
    "/api/v1/villages/990101100201/publications/1/rows",
)
"""Made anew each time, so nothing is kept of them that last checked clean."""
CLEAN = "和11月23日公开时一样，没有改过"


@pytest.fixture
def published(app: Flask, county: County) -> Iterator[int]:
    assert county
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            version_id = road.published()
            run_after_publish()
        yield version_id


def set_summary(version_id: int, words: str) -> None:
    """Behind the site's back: the first row's text."""
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        wanted = select(VersionRow).where(VersionRow.version_id == version_id).order_by(VersionRow.position)
        first = session.scalars(wanted).first()
        assert first is not None
        face = session.get_one(RowFace, first.row_face_id)
        fields = {**face.fields, "summary": {**face.fields["summary"], "value": words}}
        session.execute(update(RowFace).where(RowFace.id == face.id).values(fields=fields))
    with db.engine.begin() as connection:
        install_triggers(connection)


def turn(app: Flask) -> Turn:
    return Turn(NOW, app.extensions["villagehub"], lambda _words: None)


def test_the_line_is_computed_and_can_be_asked_for_again(app: Flask, published: int, client: Browser) -> None:
    assert published
    for path in (PAGE, f"{HOME}/n/1", f"{HOME}/n/1/check"):
        answer = client.get(path)
        assert CLEAN in answer.text, path
        assert len(gzip.compress(answer.data)) <= 14_336
        assert "<script" not in answer.text
    assert "下载核对包（压缩包）" in answer.text
    assert "这把钥匙从11月23日起用，现在还在用。" in answer.text
    size = -(-len(client.get("/log/verify.py").data) // 1024)
    for path in (f"{HOME}/n/1/check", "/y"):
        assert f"下载核对工具（Python，{size} KB）" in client.get(path).text, path
    with app.app_context(), unit_of_work() as session:
        session.execute(delete(PublicationCheck))
    assert "现在没法核对" in client.get(f"{HOME}/n/1/check").text
    assert client.post(f"{HOME}/n/1/check", headers={"Origin": "http://elsewhere.example"}).status_code == 403
    answer = client.post(f"{HOME}/n/1/check", headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{HOME}/n/1/check")
    assert CLEAN in client.get(f"{HOME}/n/1/check").text
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        assert "现在没法核对" in client.get(PAGE).text
    codes = [client.post(f"{HOME}/n/1/check", headers=OURS).status_code for _ in range(20)]
    assert codes[-1] == 429


def test_a_correction_is_named_beside_it(app: Flask, published: int, client: Browser) -> None:
    assert published
    with app.app_context():
        draft = road.correct(1)
        road.change_row(draft, 1, amount="1")
        road.publish(road.agree(road.submit(draft)))
        run_after_publish()
    assert "除 1 次更正外，和11月23日公开时一样" in client.get(PAGE).text
    old = client.get(f"{HOME}/n/1/check").text
    assert "这是旧的一版" in old


def test_a_mismatch_goes_to_the_township_first_and_the_page_stays_as_it_was(
    app: Flask, published: int, client: Browser, sign_in: Callable[[str], Browser]
) -> None:
    before = client.get(PAGE).text
    town = sign_in("supervisor")
    assert "和存档不一致" not in town.get("/town").text
    with app.app_context():
        set_summary(published, "买了别的")
        assert "1 份和封存时不一样" in recheck_publications(turn(app))
        build_dirty()
    assert client.get(f"{PAGE}?dir=in", follow_redirects=True).text == before, "a part of it is the whole as it was"
    for path in AWAY:
        answer = client.get(path)
        assert answer.status_code == 409, path
        assert "买了别的" not in answer.text, path
        said = answer.get_json()["title"] if path.startswith("/api") else answer.text
        assert "正在重新核对" in said, path
    for _ in range(2):  # built again for whatever reason, the page stays
        assert client.get(PAGE).text == before
        with app.app_context():
            with unit_of_work() as session:
                session.execute(text("UPDATE generation SET number = number + 1"))
            build_dirty()
    assert "1 份公开的内容和存档不一致" in town.get("/town").text
    assert "第 1 行和封存时不一样" in town.get("/town/checks").text
    assert town.send(f"/town/checks/{published}/confirm", page="/town/checks").status_code == 303
    with app.app_context():
        build_dirty()
    assert "内容和存档不一致，正在查。请以公开栏纸质版为准。" in client.get(PAGE).text
    with app.app_context():
        set_summary(published, road.RENT["summary"])
        assert recheck_publications(turn(app)) == "核对了 1 份公开，都和封存时一样"
        build_dirty()
    assert CLEAN in client.get(PAGE).text
    with app.app_context(), reading() as session:
        held = session.get_one(PublicationCheck, published)
        assert (held.fault, held.confirmed_at) == ("", None)


def spoil_the_leaf(version_id: int) -> None:
    """Behind the site's back: what was sealed, so that nothing of the publication need be read to see it."""
    with db.engine.begin() as connection:
        drop_triggers(connection)
    with unit_of_work() as session:
        leaf = session.get_one(Version, version_id).leaf_id
        session.execute(update(Leaf).where(Leaf.id == leaf).values(hash=bytes(32)))
    with db.engine.begin() as connection:
        install_triggers(connection)


@pytest.mark.parametrize("who", ["a build", "a villager"])
def test_a_seal_that_is_spoilt_itself_is_kept_and_noted_whoever_sees_it_first(
    app: Flask, published: int, client: Browser, who: str
) -> None:
    with app.app_context():
        spoil_the_leaf(published)
        if who == "a build":
            with unit_of_work() as session:
                mark_dirty(session, session.get_one(Version, published).village_id, "village", now=NOW)
            build_dirty()
    if who == "a villager":
        assert client.post(f"{HOME}/n/1/check", headers=OURS).status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(PublicationCheck, published).fault == "封存记录不见了，或者被改过"
        noted = select(JournalEntry.detail).where(JournalEntry.event == "proof_broken")
        assert [one["why"] for one in session.scalars(noted)] == ["封存记录不见了，或者被改过"]


def test_a_page_made_before_the_first_check_says_what_was_found_once_somebody_has_asked(
    app: Flask, published: int, client: Browser
) -> None:
    assert published
    with app.app_context():
        with unit_of_work() as session:
            session.execute(delete(PublicationCheck))
            session.execute(update(StoredPage).values(body=gzip.compress("现在没法核对".encode())))
        assert client.post(f"{HOME}/n/1/check", headers=OURS).status_code == 303
        build_dirty()
    assert CLEAN in client.get(PAGE).text


@pytest.mark.parametrize("damage", [b"", b"\xff\xff broken"], ids=["empty", "broken"])
def test_a_damaged_file_of_the_log_is_found_and_told(
    app: Flask, published: int, client: Browser, damage: bytes
) -> None:
    folder = app.extensions["villagehub"].log
    for path in folder.glob("tile/entries/**/*"):
        if path.is_file():
            path.write_bytes(damage)
    assert client.post(f"{HOME}/n/1/check", headers=OURS).status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(PublicationCheck, published).fault == "日志的文件缺了一块，或者坏了"
    for path in ("/log/proof/0.tlog-proof", f"{HOME}/n/1/proof.zip"):
        answer = client.get(path)
        assert (answer.status_code, "villagehub log fsck" in answer.text) == (503, True), path
