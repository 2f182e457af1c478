"""PostgreSQL's own ways around a trigger: upserts, TRUNCATE, switched-off triggers, tables that pose, and races."""

import threading
import time

import pytest

from villagehub.models import metadata
from villagehub.storage.triggers_guards import FAMILY, GUARDS

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("site", ["postgres"], indirect=True, scope="session"),
]


@pytest.mark.parametrize("table", [guard.table for guard in GUARDS if guard.table in metadata.tables])
def test_an_upsert_does_not_change_a_sealed_row(raw, table):
    found = metadata.tables[table]
    key = ", ".join(f'"{name}"' for name in found.primary_key.columns.keys())  # noqa: SIM118
    columns = ", ".join(f'"{name}"' for name in found.columns.keys())  # noqa: SIM118
    changed = "name" if table == "place" else found.columns.keys()[-1]
    where = {"place": "id = 3", "version_row": "version_id = 1", "version_author": "version_id = 1"}.get(table, "true")
    sets = "id = 90" if table in ("place", "code") else f'"{changed}" = excluded."{changed}"'
    born = columns.replace('"stage"', "'draft'").replace('"number"', "NULL") if table == "version" else columns
    raw.refusal(
        f'INSERT INTO "{table}" ({columns}) SELECT {born} FROM "{table}" WHERE {where} ORDER BY 1 LIMIT 1'
        f" ON CONFLICT ({key}) DO UPDATE SET {sets}"
    )


@pytest.mark.parametrize("table", [guard.table for guard in GUARDS if guard.table in metadata.tables])
@pytest.mark.parametrize("how", ["", " CASCADE", " RESTART IDENTITY CASCADE"])
def test_no_guarded_table_can_be_truncated(raw, table, how):
    if how:
        raw.refusal(f'TRUNCATE "{table}"{how}')
    else:
        raw.refusal(f'TRUNCATE "{table}", {", ".join(_all_others(table))}')


def _all_others(table):
    return [f'"{one}"' for one in metadata.tables if one != table]


@pytest.mark.parametrize("table", ["place", "person", "disclosure", "thing"])
def test_no_table_above_can_be_truncated_with_all_that_hangs_on_it(raw, table):
    raw.refusal(f'TRUNCATE "{table}" CASCADE')


def test_a_merge_does_not_change_a_sealed_row(raw):
    raw.refusal(
        "MERGE INTO vote USING (VALUES (1)) AS given (id) ON vote.id = given.id WHEN MATCHED THEN UPDATE SET post = ''"
    )
    raw.refusal("MERGE INTO journal USING (VALUES (1)) AS given (id) ON journal.id = given.id WHEN MATCHED THEN DELETE")


def test_switching_triggers_off_for_the_session_does_not_help(raw):
    raw.run("SET LOCAL session_replication_role = replica")
    raw.refusal("DELETE FROM journal")
    raw.refusal("UPDATE version SET reason = '' WHERE id = 1")
    raw.refusal("TRUNCATE journal")


def test_a_temporary_table_cannot_pose_as_the_versions(raw):
    raw.run("CREATE TEMPORARY TABLE version AS SELECT * FROM public.version")
    raw.run("UPDATE pg_temp.version SET stage = 'draft'")
    raw.refusal("DELETE FROM public.version_row WHERE version_id = 1")
    raw.refusal('DELETE FROM public."row" WHERE id = 1')


PUBLISH = (
    "UPDATE version SET stage = 'published', number = 2, leaf_id = 2, rows_root = '\\x61'::bytea,"
    " published_at = created_at, published_by = 4 WHERE id = 5"
)
WHILE_PUBLISHING = [
    "INSERT INTO version_row (version_id, position, row_id) VALUES (5, 2, 4)",
    "UPDATE version_row SET version_id = 5, position = 2 WHERE version_id = 2 AND row_id = 3",
    "UPDATE version_row SET row_id = 4 WHERE version_id = 5",
    "DELETE FROM version_row WHERE version_id = 5",
    "UPDATE version_fact SET value = NULL WHERE id = 3",
    "INSERT INTO version_author (version_id, person_id) VALUES (5, 2)",
    "UPDATE vote SET version_id = 5 WHERE id = 3",
    "UPDATE version SET reason = '又改' WHERE id = 5",
]


@pytest.fixture
def own_postgres(own_site):
    """One's own database; two connections commit into it."""
    return own_site


@pytest.mark.parametrize("empty_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("sql", WHILE_PUBLISHING)
def test_what_is_changed_while_its_version_is_being_published_waits_and_fails(site, own_postgres, sql):
    publisher, intruder = own_postgres.connect(), own_postgres.connect()
    publisher.run(PUBLISH)
    said: list[str] = []
    attempt = threading.Thread(target=lambda: said.append(intruder.refusal(sql)))
    attempt.start()
    time.sleep(0.3)
    assert attempt.is_alive(), "it did not wait for the publication to end"
    publisher.commit()
    attempt.join(10)
    assert said
    assert said[0].startswith(FAMILY)
    publisher.close()
    intruder.close()


@pytest.mark.parametrize("empty_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_link_goes_in_when_the_publication_is_called_off(site, own_postgres):
    publisher, clerk = own_postgres.connect(), own_postgres.connect()
    publisher.run(PUBLISH)
    attempt = threading.Thread(target=lambda: clerk.run(WHILE_PUBLISHING[0]))
    attempt.start()
    time.sleep(0.3)
    publisher.close()
    attempt.join(10)
    assert clerk.run("SELECT count(*) FROM version_row WHERE version_id = 5") == [(2,)]
    clerk.close()


@pytest.mark.parametrize("empty_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_link_that_came_first_holds_the_publication_up(site, own_postgres):
    publisher, clerk = own_postgres.connect(), own_postgres.connect()
    clerk.run(WHILE_PUBLISHING[0])
    attempt = threading.Thread(target=lambda: publisher.run(PUBLISH))
    attempt.start()
    time.sleep(0.3)
    assert attempt.is_alive()
    clerk.commit()
    attempt.join(10)
    assert not attempt.is_alive()
    publisher.close()
    clerk.close()
