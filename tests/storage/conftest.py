"""Databases on both engines with published things in them, and raw connections that try to change them.

The content is written by plain SQL along the legal road: a version is born a draft, is submitted, reviewed and published.
The village is invented. Ids are fixed, so that a test can say which row it attacks:

- version 1 is published: rows 1 and 2 with faces 1 and 2, facts 1 and 2, votes 1 and 2, recusal 1, author 1, leaf 1
- version 2 is the open draft of its correction: rows 1 and 3; row 4 is linked by nothing; face 3 by nothing
- versions 3, 4, 5, 6 stand at submitted, returned, reviewed, abandoned; version 5 links row 3 and could use leaf 2
- erasure 1 names row 1, version 1 and vote 2; erasure 2 names row 3 only
"""

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Date, Engine, Integer, LargeBinary, String, create_engine
from sqlalchemy.engine import make_url

from villagehub.models import metadata
from villagehub.storage.base import UtcDateTime
from villagehub.storage.migrate import upgrade
from villagehub.storage.triggers_guards import FAMILY
from villagehub.storage.work import engine_options

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
POSTGRES = os.environ.get("VILLAGEHUB_TEST_POSTGRES", "")
ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


class Raw:
    """A fresh connection of the plain driver, in a transaction of its own. SQL carries ``?`` for its values."""

    def __init__(self, kind: str, connection: Any) -> None:
        self.kind = kind
        self._connection = connection
        self.run("BEGIN")

    def _adapt(self, value: Any) -> Any:
        if isinstance(value, dict | list):
            if self.kind == "sqlite":
                return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            from psycopg.types.json import Jsonb

            return Jsonb(value)
        if self.kind == "sqlite" and isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return value.isoformat() if self.kind == "sqlite" and isinstance(value, date) else value

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Runs one statement; returns its rows, if it has any."""
        adapted = [self._adapt(one) for one in values]
        if self.kind == "sqlite":
            return self._connection.execute(sql, adapted).fetchall()
        cursor = self._connection.execute(sql.replace("?", "%s"), adapted or None)
        return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, **values: Any) -> None:
        """Adds a row; columns that must have a value and get none here are filled with something harmless."""
        filled = {column.name: _harmless(column) for column in metadata.tables[table].columns if _needs_value(column)}
        filled |= values
        names = ", ".join(f'"{name}"' for name in filled)
        marks = ", ".join("?" for _ in filled)
        self.run(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *filled.values())

    def refusal(self, sql: str, *values: Any) -> str:
        """Runs a statement that must be refused with our message, and returns it; what went before stays."""
        self.run("SAVEPOINT attack")
        try:
            self.run(sql, *values)
        except sqlite3.IntegrityError as fault:
            said = str(fault)
        except Exception as fault:
            if getattr(fault, "sqlstate", None) != "23000":
                raise
            said = str(fault)
        else:
            pytest.fail(f"went through: {sql}")
        self.run("ROLLBACK TO attack")
        assert said.startswith(FAMILY), said
        return said.splitlines()[0]

    def commit(self) -> None:
        """Commits, and begins anew."""
        self.run("COMMIT")
        self.run("BEGIN")

    def close(self) -> None:
        """Rolls back what was not committed."""
        self._connection.rollback()
        self._connection.close()


def _needs_value(column: Column[Any]) -> bool:
    counted = column.primary_key and column.table.autoincrement_column is column
    return not column.nullable and not counted


def _harmless(column: Column[Any]) -> Any:
    match column.type:
        case JSON():
            return {}
        case Boolean():
            return False
        case Integer():
            return 1
        case LargeBinary():
            return secrets.token_bytes(32)
        case UtcDateTime():
            return NOW
        case Date():
            return NOW.date()
        case String():
            return ""
    return ""


@dataclass(frozen=True)
class Site:
    """One database."""

    kind: str
    url: str

    def connect(self, *, pragmas: tuple[str, ...] = ()) -> Raw:
        """A fresh raw connection; on SQLite it knows nothing of our pragmas, as anybody's would."""
        if self.kind == "sqlite":
            connection: Any = sqlite3.connect(make_url(self.url).database or "", isolation_level=None, timeout=5)
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}")
            return Raw(self.kind, connection)
        import psycopg

        plain = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        return Raw(self.kind, psycopg.connect(plain, autocommit=True))

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine as the application makes it."""
        engine = create_engine(self.url, **engine_options(self.url))
        try:
            yield engine
        finally:
            engine.dispose()


@contextmanager
def _new_site(kind: str, folder: Path) -> Iterator[Site]:
    if kind == "sqlite":
        yield Site(kind, f"sqlite:///{folder / 'village.db'}")
        return
    if not POSTGRES:
        pytest.skip("VILLAGEHUB_TEST_POSTGRES names no server")
    import psycopg

    name = f"vh_test_{secrets.token_hex(6)}"
    server = make_url(POSTGRES).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            url = make_url(POSTGRES).set(drivername="postgresql+psycopg", database=name)
            yield Site(kind, url.render_as_string(hide_password=False))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=ENGINES)
def empty_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A database without tables, for one test."""
    with _new_site(request.param, tmp_path) as site:
        yield site


@pytest.fixture
def own_site(empty_site: Site) -> Site:
    """A database with published things that a test may change for good."""
    _fill(empty_site)
    return empty_site


@pytest.fixture(scope="session", params=ENGINES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A database with published things, shared by tests that leave nothing behind."""
    with _new_site(request.param, tmp_path_factory.mktemp("site")) as made:
        _fill(made)
        yield made


@pytest.fixture
def raw(site: Site) -> Iterator[Raw]:
    """A raw connection to it; rolled back at the end."""
    connection = site.connect()
    yield connection
    connection.close()


def _fill(site: Site) -> None:
    """Migrates the database and writes the village's content into it."""
    with site.engine() as engine:
        upgrade(engine)
    raw = site.connect(pragmas=("foreign_keys=ON",))
    _places_and_people(raw)
    _records(raw)
    _versions(raw)
    raw.insert("hide", id=1, village_id=3, disclosure_id=1, version_id=1, upto_number=1, cause="other", hidden_by=1)
    raw.insert("hide_event", id=1, hide_id=1, kind="confirmed", person_id=1)
    raw.insert("redaction", id=1, village_id=3, version_id=1, basis="personal", proposed_by=1, role="village_head")
    raw.insert("redaction_item", id=1, redaction_id=1, row_id=1, field="summary")
    raw.insert("redaction_event", id=1, redaction_id=1, kind="withdrawn", person_id=2, role="township_supervisor")
    raw.insert("key_change", id=1, action="add")
    raw.insert("key_change_event", id=1, change_id=1, kind="refused", person_id=2, role="township_supervisor")
    if site.kind == "postgres":
        for table in metadata.sorted_tables:
            if table.autoincrement_column is not None:
                key = table.autoincrement_column.name
                raw.run(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{key}'),"
                    f' (SELECT coalesce(max("{key}"), 0) + 100 FROM "{table.name}"))'
                )
    raw.commit()
    raw.close()


def _places_and_people(raw: Raw) -> None:
    raw.insert("place", id=1, code="990101", level="county", name="青川县")
    raw.insert("place", id=2, code="990101001", level="township", name="柳河镇", parent_id=1)
    raw.insert("place", id=3, code="990101001201", level="village", name="青石沟村村民委员会", parent_id=2)
    raw.insert("place", id=4, code="990101001202", level="village", name="白杨坪村村民委员会", parent_id=2)
    for number, name in enumerate(("周会计", "吴委员", "郑委员", "王主任"), start=1):
        raw.insert("person", id=number, login=f"p{number}", name=name)


def _records(raw: Raw) -> None:
    for number in (1, 2):
        raw.insert("leaf", id=number, kind="publication", body=b'{"v":1}', hash=bytes([number]) * 32)
        raw.insert("log_entry", index=number - 1, leaf_id=number)
        raw.insert("log_tree", size=number, root=bytes([number]) * 32, previous=number - 1)
        raw.insert("journal", id=number, village_id=3, seq=number, event="version_drafted", detail={"title": "甲"})
        raw.insert("erasure", id=number, village_id=3, kind="redaction", basis="个人信息保护法第四十七条")
    raw.insert("erasure_target", id=1, erasure_id=1, what="row", target_id=1)
    raw.insert("erasure_target", id=2, erasure_id=1, what="version", target_id=1)
    raw.insert("erasure_target", id=3, erasure_id=2, what="row", target_id=3)
    raw.insert("erasure_target", id=4, erasure_id=1, what="vote", target_id=2)
    raw.insert("waiver", id=1, village_id=3, section="finance", period="2026Q3", until="2026-10-25", granted_by=1)
    raw.insert("code", id=1, code="7K3M9P2Q8", village_id=3, target_kind="village", edition=1, level="Q")
    raw.insert("vault_replacement", old_sha256="a" * 64, new_sha256="b" * 64, erasure_id=1)
    raw.insert("receipt_file", id=1, village_id=3, sha256="e" * 64, name="112.jpg", sent_by=1)
    raw.insert("receipt_page", id=1, village_id=3, file_id=1, page=1, sha256="f" * 64)
    raw.insert("receipt_mask", id=1, village_id=3, page_id=1, boxes=[[1, 2, 3, 4]], sha256="0" * 64, made_by=1)


PERIODS = ("2026Q2", "2026Q1", "2025Q4", "2025Q3", "2025Q2")
FACTS = {
    "summary": "付修水渠材料款",
    "payee": "某某建材店",
    "amount_fen": 120000,
    "with_invoice": True,
    "voucher": "12",
}
FIELDS = {
    "summary": {"value": "付修水渠材料款", "salt": "c2FsdC0x", "commitment": "Y29tbWl0LTE="},
    "amount_fen": {"value": 120000, "salt": "c2FsdC0y", "commitment": "Y29tbWl0LTI="},
    "original": {"salt": "c2FsdC0z", "commitment": "Y29tbWl0LTM="},
}


def _versions(raw: Raw) -> None:
    for number, period in enumerate(PERIODS, start=1):
        raw.insert("disclosure", id=number, village_id=3, entity="committee", section="finance", period=period)
    for number in range(1, 5):
        raw.insert("thing", id=number, village_id=3, entity="committee", natural_key=f"n:{number}#1", number=number)
        raw.insert(
            "row", id=number, village_id=3, thing_id=number, section="finance", direction="out", amount_fen=120000,
            counterparty="某某建材店", category="工程", facts=FACTS,
        )  # fmt: skip
    for number, row in ((1, 1), (2, 2), (3, 1)):
        raw.insert("row_face", id=number, village_id=3, row_id=row, clear={"direction": "out"}, fields=FIELDS)
    _version(raw, 1, disclosure=1, rows=(1, 2))
    _seal_of_first(raw)
    _move(raw, 1, "submitted", "reviewed")
    raw.run(
        "UPDATE version SET stage = 'published', number = 1, leaf_id = 1, rows_root = ?, facts_root = ?,"
        " published_at = ?, published_by = 4 WHERE id = 1",
        b"r" * 32,
        b"f" * 32,
        NOW,
    )
    _version(raw, 2, disclosure=1, rows=(1, 3), kind="correction", supersedes_id=1)
    for number, stages in ((3, ["submitted"]), (4, ["submitted", "returned"]), (5, ["submitted", "reviewed"]), (6, [])):
        _version(raw, number, disclosure=number - 1, rows=(3,) if number == 5 else ())
        _move(raw, number, *stages)
    raw.insert("version_fact", id=3, version_id=5, name="reason", value={"text": "乙"}, salt=b"s" * 16)
    raw.insert("vote", id=3, version_id=3, village_id=3, digest="d" * 64, person_id=2, post="委员", agrees=True)
    raw.insert("recusal", id=2, version_id=3, thing_id=3, person_id=3)
    raw.insert("version_receipt", id=2, village_id=3, version_id=2, page_id=1, thing_id=1, mask_id=1)
    raw.insert("version_voucher", version_id=2, thing_id=3, state="none")
    _move(raw, 6, "abandoned")


def _version(raw: Raw, number: int, *, disclosure: int, rows: tuple[int, ...], **more: Any) -> None:
    raw.insert(
        "version", id=number, village_id=3, disclosure_id=disclosure, drafted_by=1,
        **{"stage": "draft", "kind": "full", **more},
    )  # fmt: skip
    raw.insert("version_author", version_id=number, person_id=1)
    for position, row in enumerate(rows, start=1):
        raw.insert("version_row", version_id=number, position=position, row_id=row)


def _move(raw: Raw, number: int, *stages: str) -> None:
    for stage in stages:
        raw.run("UPDATE version SET stage = ? WHERE id = ?", stage, number)


def _seal_of_first(raw: Raw) -> None:
    for row in (1, 2):
        raw.run("UPDATE version_row SET row_face_id = ? WHERE version_id = 1 AND row_id = ?", row, row)
    raw.insert("version_fact", id=1, version_id=1, name="reason", value={"text": "抄错了"}, salt=b"s" * 16)
    review = {"name": "吴委员", "post": "村务监督委员会委员", "agrees": True, "objection": ""}
    raw.insert("version_fact", id=2, version_id=1, name="review:1", value=review, salt=b"t" * 16)
    for number, person in ((1, 2), (2, 3)):
        raw.insert(
            "vote",
            id=number,
            version_id=1,
            village_id=3,
            digest="d" * 64,
            person_id=person,
            post="委员",
            agrees=number == 1,
            objection="" if number == 1 else "没有开会",
        )
    raw.insert("recusal", id=1, version_id=1, thing_id=2, person_id=3)
    raw.insert("version_receipt", id=1, village_id=3, version_id=1, page_id=1, thing_id=1, mask_id=1)
    raw.insert("version_voucher", version_id=1, thing_id=2, state="agency", number="118")
    raw.insert("late_receipt", id=1, village_id=3, version_id=1, page_id=1, thing_id=1)
    raw.insert("signed_sheet", id=1, village_id=3, sha256="c" * 64, width=3, height=4, entered_by=1)
    raw.insert("signed_sheet_vote", vote_id=1, sheet_id=1)
    raw.insert("audit", id=1, village_id=3, version_id=1, thing_id=1, opened_by=1)
    raw.insert("audit_event", id=1, audit_id=1, seq=1, move="ask", text="请说明", person_id=1, person_name="吴敏")
