"""公开了多少条、多少人，也是封存的：有人在数据库里改了条数，核对得出来；有人把数写成读不懂的样子，别的公开照样核对。

剧本：村里公开一个季度的收支和一批农村低保（只公开人数和总额）。有人绕过系统把条数、人数改大，或者把合计写坏。
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import road
from examples import BATCH
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Version, VersionRow
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.proving import list_faults, read_faults
from villagehub.ops.rechecking import recheck_publications
from villagehub.ops.turn import Turn
from villagehub.public.build import build_dirty
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.tables import mark_dirty
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.transparency.models import Leaf
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.ours import folder_of, own_vkey
from villagehub.transparency.tree import leaf_hash
from villagehub.transparency.verifying.asking import open_file
from villagehub.transparency.verifying.content import Trust, check_bundle

HOME = f"/v/{COUNTY.village}"
MANY = [{**BATCH[0], "recipient": f"张某{number}"} for number in range(6)]


@pytest.fixture
def made(app: Flask, county: County) -> Iterator[dict[str, int]]:
    """A quarter, and a list of which only count and sum are public."""
    assert county
    with app.app_context():
        found = {
            "finance": road.published(),
            "relief": road.published(MANY, of=road.account("funds", "2026-08", subject="农村低保"), opening=None),
        }
        run_after_publish()
        yield found


@contextmanager
def by_sql() -> Iterator[Session]:
    """What is done in here no trigger stops."""
    with db.engine.begin() as connection:
        drop_triggers(connection)
    try:
        with unit_of_work() as session:
            yield session
    finally:
        with db.engine.begin() as connection:
            install_triggers(connection)


def write_totals(version_id: int, totals: Any) -> None:
    with by_sql() as session:
        session.execute(update(Version).where(Version.id == version_id).values(totals=totals))


def faults_of(version_id: int) -> list[str]:
    with reading() as session:
        return read_faults(session, version_id)


def totals_of(version_id: int) -> dict[str, int]:
    return dict(road.version(version_id).totals)


def check_all(app: Flask) -> str:
    return recheck_publications(Turn(NOW, app.extensions["villagehub"], lambda _words: None))


@pytest.mark.parametrize("which", ["finance", "relief"])
def test_a_count_that_was_changed_by_sql_is_found(app: Flask, made: dict[str, int], which: str) -> None:
    assert faults_of(made[which]) == []
    write_totals(made[which], {**totals_of(made[which]), "rows": 88})
    assert any("条数不一样" in one for one in faults_of(made[which]))
    assert check_all(app).startswith("核对了 2 份公开，1 份和封存时不一样")


def test_people_invented_in_a_list_without_names_are_found_by_its_seal_and_by_its_bundle(
    app: Flask, made: dict[str, int]
) -> None:
    relief = made["relief"]
    folder, trust = folder_of(app.extensions["villagehub"]), Trust(own_vkey(app.extensions["villagehub"]))
    trust.check = holds_ed25519

    def bundle_faults() -> list[str]:
        with reading() as session:
            files = open_file(make_proof_bundle(session, session.get_one(Version, relief), folder, ""))
        return check_bundle(files, trust).faults

    assert bundle_faults() == []
    with reading() as session:
        sealed = json.loads(session.scalars(select(Leaf.body).join(Version, Version.leaf_id == Leaf.id)).all()[1])
    assert sealed["totals"]["rows"] == len(MANY)
    with by_sql() as session:
        row = session.scalars(select(VersionRow.row_id).where(VersionRow.version_id == made["finance"])).first()
        session.execute(insert(VersionRow).values(version_id=relief, position=99, row_id=row, source_row=99))
    write_totals(relief, {**totals_of(relief), "rows": len(MANY) + 1})
    assert faults_of(relief) == ["合计和封存时不一样"]
    assert bundle_faults() == ["合计和公开时不一样"]


def test_a_list_sealed_before_its_people_were_counted_still_fits_and_is_still_looked_at(made: dict[str, int]) -> None:
    relief = made["relief"]
    with by_sql() as session:
        leaf = session.get_one(Leaf, session.get_one(Version, relief).leaf_id)
        sealed = json.loads(leaf.body)
        del sealed["totals"]["rows"]
        body = json.dumps(sealed, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        session.execute(update(Leaf).where(Leaf.id == leaf.id).values(body=body, hash=leaf_hash(body)))
    assert faults_of(relief) == []
    write_totals(relief, {**totals_of(relief), "rows": 88})
    assert faults_of(relief) == ["写着有多少条，和封存时的条数不一样"]


SPOILT: dict[str, Callable[[dict[str, int]], Any]] = {
    "a word for a sum": lambda held: {**held, "expense_fen": "abc"},
    "no count": lambda held: {**held, "rows": None},
    "a list": lambda _held: [],
    "a number": lambda _held: 5,
    "half a fen": lambda held: {**held, "expense_fen": held["expense_fen"] + 0.5},
    "a sum as text": lambda held: {**held, "expense_fen": str(held["expense_fen"])},
    "a truth": lambda held: {**held, "rows": True},
}


@pytest.mark.parametrize("kind", SPOILT)
def test_totals_spoilt_by_sql_are_that_publications_fault_and_end_no_check_and_no_page(
    app: Flask, made: dict[str, int], client: Browser, kind: str
) -> None:
    write_totals(made["finance"], SPOILT[kind](totals_of(made["finance"])))
    assert client.get(f"{HOME}/n/1").status_code == 200, "nobody has checked yet"
    assert check_all(app).startswith("核对了 2 份公开，1 份和封存时不一样")
    found = list(list_faults())
    assert found
    assert all("第 1 号公开" in one for one in found)
    assert faults_of(made["relief"]) == []
    with unit_of_work() as session:
        mark_dirty(session, road.version(made["finance"]).village_id, "version:1", now=NOW)
    build_dirty()
    for path in (HOME, f"{HOME}/finance", f"{HOME}/finance/2026Q3", f"{HOME}/n", f"{HOME}/n/1/check"):
        assert client.get(path).status_code in (200, 409), path


def test_a_face_spoilt_by_sql_is_that_publications_fault(app: Flask, made: dict[str, int]) -> None:
    with by_sql() as session:
        face = session.scalars(
            select(VersionRow.row_face_id).where(VersionRow.version_id == made["finance"]).order_by(VersionRow.position)
        ).first()
        session.connection().exec_driver_sql(f"UPDATE row_face SET fields = '[1]' WHERE id = {face}")
    assert check_all(app).startswith("核对了 2 份公开，1 份和封存时不一样")
    assert any("读不出来" in one for one in list_faults())
