"""公开一件，日志就多一条，别人的程序核对得过。

剧本：村里公开、更正；每次公开以后，日志头、条目、校验块都跟上，路径、类型、缓存都照规范；每一条都有凭据。
日志文件夹丢了，从数据库能一个字节不差地写回来；数据库里有人改过一条，日志就不再签名。
从前公开、还没进日志的，villagehub log seal 补进去，再运行一遍什么也不变。
"""

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import naive_log as naive
import pytest
import road
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import delete, event, select, text
from world import Browser, County

from villagehub.cli import cli
from villagehub.disclosures.after import run_after_publish
from villagehub.kernel.refused import Refused
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.transparency.checkpoints import open_checkpoint, read_receipt
from villagehub.transparency.log import LogBehind
from villagehub.transparency.models import Leaf, LogEntry, LogHead, LogTree
from villagehub.transparency.notes import Verifier, read_vkey
from villagehub.transparency.ours import bring_up_to_date, own_vkey, seal
from villagehub.transparency.writing import KeyChanged, KeyGone, LogBroken

ORIGIN = "localhost/log/instance"


def publish_quarter(number: int) -> None:
    """One entry of rent; the opening follows from the quarter before."""
    rent = road.entry(f"2026-{number * 3:02}-05", "鱼塘租金", 100, "in")
    road.published([rent], of=road.account(period=f"2026Q{number}"), opening=None)


@pytest.fixture
def log(app: Flask, county: County) -> Iterator[Path]:
    """The folder of the log of a village that has published twice."""
    assert county
    with app.app_context():
        for quarter in (2, 3):
            publish_quarter(quarter)
            run_after_publish()
        yield app.extensions["villagehub"].log


def verifier(app: Flask) -> Verifier:
    return read_vkey(own_vkey(app.extensions["villagehub"]))


def bodies() -> list[bytes]:
    with reading() as session:
        rows = session.execute(select(Leaf.body).join(LogEntry, LogEntry.leaf_id == Leaf.id).order_by(LogEntry.index))
        return [body for (body,) in rows]


def files(folder: Path) -> dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: raw for name, raw in found.items() if name not in ("signer", ".lock")}


def must_be_the_log_of(D: list[bytes], folder: Path, secret: bytes) -> None:
    held = files(folder)
    assert held["checkpoint"] == naive.checkpoint(ORIGIN, secret, D)
    assert naive.files(D).items() <= held.items()


def test_every_publication_is_in_the_log_as_the_naive_program_writes_it(app: Flask, log: Path) -> None:
    secret = load_key(app.extensions["villagehub"].keys, "log")
    D = bodies()
    kinds = [json.loads(one)["type"] for one in D]
    assert kinds == ["publication", "key", "publication"]
    assert json.loads(D[1])["key"] == naive.vkey(ORIGIN, secret) == own_vkey(app.extensions["villagehub"])
    must_be_the_log_of(D, log, secret)
    with reading() as session:
        trees = session.execute(select(LogTree.size, LogTree.root, LogTree.previous).order_by(LogTree.size)).all()
    assert [tuple(one) for one in trees] == [(2, naive.MTH(D[:2]), 0), (3, naive.MTH(D), 2)]
    assert (log.parent / "keys" / "log.key").stat().st_mode & 0o777 == 0o600
    with db.engine.connect() as connection:
        for table in ("log_head", "log_tree", "log_entry"):
            assert secret not in str(connection.execute(text(f"SELECT * FROM {table}")).all()).encode()


def test_the_log_is_served_with_the_types_and_the_caching_of_the_specification(
    app: Flask, log: Path, client: Browser
) -> None:
    D = bodies()
    head = client.get("/log/checkpoint")
    assert (head.status_code, head.content_type) == (200, "text/plain; charset=utf-8")
    assert head.headers["Cache-Control"] == "public, max-age=3"
    assert head.headers["Access-Control-Allow-Origin"] == "*"
    assert open_checkpoint(head.data, verifier(app))[0].size == len(D)
    assert client.get("/log/vkey").text.strip() == own_vkey(app.extensions["villagehub"])
    for name, raw in naive.files(D).items():
        answer = client.get(f"/log/{name}")
        assert (answer.status_code, answer.content_type) == (200, "application/octet-stream"), name
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.data == raw
        packed = client.get(f"/log/{name}", headers={"Accept-Encoding": "gzip"})
        plain = gzip.decompress(packed.data) if packed.headers.get("Content-Encoding") == "gzip" else packed.data
        assert plain == raw
        assert ("Content-Encoding" in packed.headers) == name.startswith("tile/entries")
    assert client.get("/log/tile/entries/000.p/2").data == naive.files(D[:2])["tile/entries/000.p/2"]
    for name in (
        "tile/0/000",
        "tile/0/000.p/4",
        "tile/0/000.p/0",
        "tile/1/000.p/1",
        "tile/0/0",
        "tile/entries/001.p/1",
    ):
        assert client.get(f"/log/{name}").status_code == 404, name
    for name in ("signer", ".lock", "tile/../signer", "tile/%2e%2e/signer", "tile/..%2fsigner"):
        assert client.get(f"/log/{name}").status_code in (400, 404), name


def test_every_entry_has_a_receipt_that_anybody_can_check(app: Flask, log: Path, client: Browser) -> None:
    D, note = bodies(), (log / "checkpoint").read_bytes()
    for index, leaf in enumerate(D):
        answer = client.get(f"/log/proof/{index}.tlog-proof")
        assert answer.data == naive.proof(index, D, note, leaf)
        assert read_receipt(answer.data).check(verifier(app), leaf)[0].size == len(D)
    assert client.get(f"/log/proof/{len(D)}.tlog-proof").status_code == 404


def test_a_lost_log_is_written_again_from_the_database_byte_by_byte(app: Flask, log: Path) -> None:
    settings, before = app.extensions["villagehub"], files(log)
    shutil.rmtree(log / "tile")
    (log / "checkpoint").unlink()
    assert bring_up_to_date(settings) == 3
    assert files(log) == {name: raw for name, raw in before.items() if not name.endswith(".p/2")}


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["log", "seal"], "新写进 3 条，日志一共 4 条，已签名。"),
        (["init"], "从前公开的 3 件，已经写进防改日志，签了名。"),
    ],
    ids=["seal", "upgrade"],
)
def test_what_was_published_before_there_was_a_log_is_sealed_later_and_once(
    app: Flask, county: County, command: list[str], said: str
) -> None:
    settings = app.extensions["villagehub"]
    with app.app_context():
        for quarter in (1, 2, 3):
            publish_quarter(quarter)
        with db.engine.begin() as connection:  # as an installation of before the log has it
            drop_triggers(connection)
            connection.execute(delete(LogEntry))
            connection.execute(delete(LogHead))
            install_triggers(connection)
    where = {"VILLAGEHUB_INSTANCE": str(settings.instance)} | env(app)
    first, again = (CliRunner().invoke(cli, command, obj=lambda: app, env=where) for _ in range(2))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert said in first.output
    assert said not in again.output
    with app.app_context():
        must_be_the_log_of(bodies(), settings.log, load_key(settings.keys, "log"))
        assert seal(settings) == 0


def env(app: Flask) -> dict[str, str]:
    settings = app.extensions["villagehub"]
    return {"VILLAGEHUB_DATABASE_URL": settings.database_url, "VILLAGEHUB_BASE_URL": settings.base_url}


def test_an_exported_log_is_the_whole_log_and_nothing_else(app: Flask, log: Path, tmp_path: Path) -> None:
    run, where = CliRunner(), {"VILLAGEHUB_INSTANCE": str(log.parent)} | env(app)
    done = run.invoke(cli, ["log", "export", str(tmp_path / "copy")], obj=lambda: app, env=where)
    assert done.exit_code == 0, done.output
    held = files(tmp_path / "copy")
    assert held == files(log)
    assert not (tmp_path / "copy" / "signer").exists()
    again = run.invoke(cli, ["log", "export", str(tmp_path / "copy")], obj=lambda: app, env=where)
    assert isinstance(again.exception, Refused)
    assert (
        run.invoke(cli, ["log", "key"], obj=lambda: app, env=where).output
        == f"{own_vkey(app.extensions['villagehub'])}\n"
    )


def tampered(sql: str) -> None:
    with db.engine.begin() as connection:
        drop_triggers(connection)
        connection.exec_driver_sql(sql)
        install_triggers(connection)


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE leaf SET body = hash WHERE id = 1", "第 1 条的内容被改过"),
        ("UPDATE leaf SET hash = edge FROM log_head WHERE leaf.id = 1", "第 1 条的内容被改过"),
        ("DELETE FROM log_entry WHERE leaf_id = 2", "有缺"),
        ("UPDATE log_tree SET root = (SELECT hash FROM leaf WHERE id = 1) WHERE size = 3", "和那时不一样"),
    ],
    ids=["body", "hash", "missing", "signed root"],
)
def test_a_changed_database_is_not_signed(app: Flask, log: Path, sql: str, why: str) -> None:
    settings, before = app.extensions["villagehub"], (log / "checkpoint").read_bytes()
    tampered(sql)
    publish_quarter(4)
    with pytest.raises(LogBroken, match=why):
        bring_up_to_date(settings)
    assert (log / "checkpoint").read_bytes() == before


def test_another_key_does_not_go_on_with_the_log(app: Flask, log: Path) -> None:
    settings, key = app.extensions["villagehub"], log.parent / "keys" / "log.key"
    publish_quarter(4)
    held = key.read_text()
    key.write_text("ab" * 32)
    with pytest.raises(KeyChanged):
        bring_up_to_date(settings)
    key.unlink()
    with pytest.raises(KeyGone):
        bring_up_to_date(settings)
    assert not key.exists()
    key.write_text(held)
    assert bring_up_to_date(settings) == 4


def test_an_older_database_publishes_nothing_and_signs_nothing(app: Flask, log: Path) -> None:
    """The log's folder knows more than the database, or was brought from elsewhere."""
    settings, before = app.extensions["villagehub"], files(log)
    version_id = road.agree(
        road.submit(road.fill([road.entry("2026-12-05", "修渠", 1)], of=road.account(period="2026Q4"), opening=None))
    )
    mark = (log / "signer").read_text()
    for wrong in ("", "0" * 32):
        (log / "signer").write_text(wrong)
        with pytest.raises(LogBehind):
            road.publish(version_id)
        with pytest.raises(LogBehind):
            bring_up_to_date(settings)
    (log / "signer").write_text(mark)
    tampered("UPDATE log_head SET size = 2, edge = (SELECT root FROM log_tree WHERE size = 2)")
    with pytest.raises(LogBehind):
        road.publish(version_id)
    with pytest.raises(LogBehind):
        bring_up_to_date(settings)
    assert files(log) == before


def test_a_publication_of_a_quarter_is_acknowledged_after_one_commit(app: Flask, county: County) -> None:
    with app.app_context():
        version_id = road.agree(
            road.submit(road.fill([road.entry("2026-07-05", f"第 {one} 笔", one) for one in range(1, 48)]))
        )
        commits = []
        event.listen(db.engine, "commit", lambda _connection: commits.append(1))
        me = road.hand(county.head)
        with unit_of_work() as session:
            road.office.publish_version(session, version_id, me)
        assert len(commits) == 1
