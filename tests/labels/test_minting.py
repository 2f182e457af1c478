"""A code is minted once for its target and site, stays what it is for ever, and the database sees to it."""

import sqlite3
import threading
from contextlib import closing

import pytest
from flask import Flask
from paper import minted, retired
from sqlalchemy import text
from sqlalchemy.engine import make_url
from world import County

from villagehub.journal.models import JournalEntry
from villagehub.kernel.codes import read_code
from villagehub.labels.models import Code
from villagehub.labels.queries import facts_of, find_code
from villagehub.labels.rules import AlreadyRetired, NoReason
from villagehub.labels.symbol import make_symbol
from villagehub.labels.targets import section_target
from villagehub.storage import db, reading
from villagehub.storage.triggers_guards import FAMILY


def test_a_second_poster_has_the_same_code_and_another_target_another(app: Flask, county: County) -> None:
    with app.app_context():
        first = minted()
        assert read_code(first) == first
        assert minted() == first
        assert minted(case="lower") == first, "the setting concerns new codes only"
        others = {
            minted(section_target("finance")),
            minted(section_target("funds")),
            minted(base_url="https://new.example.cn"),
            minted(village=county.other_village),
        }
        assert len(others | {first}) == 5
        with reading() as session:
            kept = facts_of(session, find_code(session, first))
    assert kept.payload == f"HTTPS://CUN.EXAMPLE.CN/C/{first}"
    assert kept.symbol == make_symbol(kept.payload)
    assert (kept.level, kept.symbol.version, kept.edition) == ("Q", 3, 1)


def test_a_retired_code_is_replaced_by_a_new_one_and_stays_where_it_was(app: Flask, county: County) -> None:
    with app.app_context():
        old = minted()
        retired(old)
        new = minted()
        assert new != old
        with reading() as session:
            assert facts_of(session, find_code(session, old)).became == "公开栏搬到了村部"
            assert facts_of(session, find_code(session, new)).edition == 2
            entry = session.query(JournalEntry).filter_by(event="code_retired").one()
            assert (entry.detail["code"], entry.detail["reason"]) == (old, "公开栏搬到了村部")
        with pytest.raises(AlreadyRetired):
            retired(old, "再停用一次看看")


@pytest.mark.parametrize("reason", ["", "   ", "坏了", "长" * 201])
def test_a_code_is_not_retired_without_a_reason_for_whoever_scans_it(app: Flask, county: County, reason: str) -> None:
    with app.app_context():
        code = minted()
        with pytest.raises(NoReason):
            retired(code, reason)
        assert minted() == code


def test_two_who_mint_at_once_get_one_code(app: Flask, county: County) -> None:
    made: list[str] = []
    start = threading.Barrier(4)

    def one() -> None:
        with app.app_context():
            start.wait()
            made.append(minted())

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(made) == 4
    assert len(set(made)) == 1


ATTACKS = [
    "DELETE FROM code",
    "DELETE FROM code WHERE code = '{code}'",
    "UPDATE code SET village_id = (SELECT id FROM place WHERE code = '{other}')",
    "UPDATE code SET target_kind = 'section', target_ref = 'committee/finance'",
    "UPDATE code SET code = '000000000'",
    "UPDATE code SET base_url = 'https://evil.example'",
    "UPDATE code SET payload = 'HTTPS://EVIL.EXAMPLE/C/000000000'",
    "UPDATE code SET matrix = 'x'",
    "UPDATE code SET edition = 2",
    "UPDATE code SET id = 90",
]
ON_SQLITE = [
    (
        "INSERT OR REPLACE INTO code SELECT id, code, village_id + 1, target_kind, target_ref, base_url, edition, payload,"
        " level, version, matrix, minted_at, batch, printed_at, retired_at, became FROM code"
    )
]
ON_POSTGRES = [
    "TRUNCATE code",
    "TRUNCATE place CASCADE",
    "INSERT INTO code SELECT * FROM code ON CONFLICT (code) DO UPDATE SET village_id = excluded.village_id + 1",
]


def test_plain_sql_can_neither_delete_a_code_nor_point_it_elsewhere(
    app: Flask, county: County, engine_kind: str
) -> None:
    with app.app_context():
        code = minted()
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        attacks = [*ATTACKS, *(ON_SQLITE if engine_kind == "sqlite" else ON_POSTGRES)]
        for attack in attacks:
            sql = attack.format(code=code, other=county.other_village)
            if engine_kind == "postgres":
                sql = sql.replace("matrix = 'x'", "matrix = 'x'::bytea")
            assert FAMILY in refusal_of(url, sql), sql
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE code SET batch = '2026-11', became = ''"))
        with reading() as session:
            assert [one.code for one in session.query(Code)] == [code]


def refusal_of(url: str, sql: str) -> str:
    """What the database says to a fresh connection that knows nothing of us."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as connection, pytest.raises(sqlite3.Error) as said:
            connection.execute(sql)
        return str(said.value)
    import psycopg

    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection, pytest.raises(psycopg.Error) as said:
        connection.execute(sql)
    return str(said.value)
