"""SQLite's REPLACE pushes a row out without firing its delete trigger: every unique key is tried, as the models have it."""

import pytest
from sqlalchemy import UniqueConstraint

from villagehub.models import metadata
from villagehub.storage.triggers_guards import GUARDS

pytestmark = pytest.mark.parametrize("site", ["sqlite"], indirect=True, scope="session")

SEALED = {
    "version": "id = 1",
    "version_row": "version_id = 1 AND position = 1",
    "version_fact": "id = 1",
    "version_author": "version_id = 1",
    "vote": "id = 1",
    "recusal": "id = 1",
    "row": "id = 1",
    "row_face": "id = 1",
    "disclosure": "id = 1",
    "thing": "id = 1",
    "place": "id = 3",
    "leaf": "id = 1",
    "log_entry": '"index" = 0',
    "log_tree": "size = 1",
    "key_change": "id = 1",
    "key_change_event": "id = 1",
    "journal": "id = 1",
    "erasure": "id = 1",
    "erasure_target": "id = 1",
    "vault_replacement": "erasure_id = 1",
    "waiver": "id = 1",
    "hide": "id = 1",
    "hide_event": "id = 1",
    "redaction": "id = 1",
    "redaction_item": "id = 1",
    "redaction_event": "id = 1",
    "audit": "id = 1",
    "audit_event": "id = 1",
    "code": "id = 1",
    "signed_sheet": "id = 1",
    "signed_sheet_vote": "vote_id = 1",
    "version_receipt": "id = 1",
    "version_voucher": "version_id = 1",
    "receipt_file": "id = 1",
    "receipt_page": "id = 1",
    "receipt_mask": "id = 1",
    "late_receipt": "id = 1",
}
"""A sealed row of each guarded table."""

OPEN = {
    "version": "id = 5",
    "version_row": "version_id = 2 AND row_id = 3",
    "version_fact": "id = 3",
    "version_author": "version_id = 2",
    "vote": "id = 3",
    "recusal": "id = 2",
    "version_receipt": "id = 2",
    "version_voucher": "version_id = 2",
    "row": "id = 4",
    "row_face": "id = 3",
    "disclosure": "id = 5",
    "thing": "id = 4",
    "place": "id = 4",
}
"""A row that is not sealed, where the table has such rows."""


def unique_keys(table: str) -> list[tuple[str, ...]]:
    found = metadata.tables[table]
    keys = [tuple(found.primary_key.columns.keys())]
    # Constraints and indexes are sets: sorted, so that every worker of a parallel run collects the same tests.
    keys += sorted(tuple(one.columns.keys()) for one in found.constraints if isinstance(one, UniqueConstraint))
    # A partial index over open versions holds no sealed one.
    keys += sorted(
        tuple(one.columns.keys())
        for one in found.indexes
        if one.unique and one.dialect_options["sqlite"]["where"] is None
    )
    if found.dialect_options["sqlite"]["with_rowid"] is not False:
        keys.append(("rowid",))
    return keys


KEYS = [(table, key) for table in SEALED for key in unique_keys(table)]


def fresh(table: str, name: str) -> str:
    """SQL for a value that collides with nothing."""
    column = metadata.tables[table].columns[name]
    return {"INTEGER": "7777", "BLOB": "randomblob(32)"}.get(
        "INTEGER" if "INT" in str(column.type).upper() else "BLOB" if "BLOB" in str(column.type).upper() else "",
        "'7777'",
    )


def test_every_guarded_table_is_tried(site):
    assert set(SEALED) | {"code"} >= {guard.table for guard in GUARDS}


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
@pytest.mark.parametrize(("table", "key"), KEYS, ids=str)
def test_nothing_sealed_is_pushed_out_by_an_insert(raw, table, key, verb):
    """The new row equals the sealed one in this key, and in no other."""
    columns = metadata.tables[table].columns.keys()
    keyed = {name for other in unique_keys(table) for name in other}
    values = {name: f'"{name}"' if name in key or name not in keyed else fresh(table, name) for name in columns}
    if table == "version":
        values |= {"stage": "'draft'"} | ({} if "number" in key else {"number": "NULL"})
    if key == ("rowid",):
        values["rowid"] = "rowid"
    names = ", ".join(f'"{name}"' if name != "rowid" else name for name in values)
    raw.refusal(
        f'{verb} INTO "{table}" ({names}) SELECT {", ".join(values.values())} FROM "{table}" WHERE {SEALED[table]}'
    )


@pytest.mark.parametrize(("table", "key"), [(table, key) for table, key in KEYS if table in OPEN], ids=str)
def test_nothing_sealed_is_pushed_out_by_an_update(raw, table, key):
    sets = ", ".join(
        f'"{name}" = (SELECT "{name}" FROM "{table}" WHERE {SEALED[table]})'
        if name != "rowid"
        else f'rowid = (SELECT rowid FROM "{table}" WHERE {SEALED[table]})'
        for name in key
    )
    raw.refusal(f'UPDATE OR REPLACE "{table}" SET {sets} WHERE {OPEN[table]}')


@pytest.mark.parametrize(("table", "key"), KEYS, ids=str)
def test_an_upsert_does_not_reach_a_sealed_row(raw, table, key):
    if key == ("rowid",):
        return
    columns = ", ".join(f'"{name}"' for name in metadata.tables[table].columns.keys())  # noqa: SIM118
    target = ", ".join(f'"{name}"' for name in key)
    first = next(iter(metadata.tables[table].columns.keys()))
    raw.refusal(
        f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{table}" WHERE {SEALED[table]}'
        f' ON CONFLICT ({target}) DO UPDATE SET "{first}" = "{first}"'
    )


@pytest.mark.parametrize("written", ["'1'", "1.0", "'1.0'"])
def test_another_way_of_writing_the_key_does_not_help(raw, written):
    columns = [name for name in metadata.tables["row"].columns.keys() if name != "id"]  # noqa: SIM118
    names = ", ".join(f'"{name}"' for name in columns)
    raw.refusal(f'REPLACE INTO "row" (id, {names}) SELECT {written}, {names} FROM "row" WHERE id = 1')
    raw.refusal(f"REPLACE INTO version_row (version_id, position, row_id) VALUES ({written}, 1, 3)")


@pytest.mark.parametrize("pragma", ["foreign_keys=ON", "recursive_triggers=ON", "ignore_check_constraints=ON"])
def test_no_setting_of_the_connection_opens_a_way(site, pragma):
    raw = site.connect(pragmas=(pragma,))
    raw.refusal("REPLACE INTO version SELECT * FROM version WHERE id = 1")
    raw.refusal('REPLACE INTO "row" SELECT * FROM "row" WHERE id = 1')
    raw.refusal("DELETE FROM journal")
    raw.close()


def test_a_stage_outside_the_table_is_refused_even_with_checks_switched_off(site):
    raw = site.connect(pragmas=("ignore_check_constraints=ON",))
    raw.refusal("UPDATE version SET stage = 'Published' WHERE id = 2")
    raw.refusal("UPDATE version SET stage = X'7075626C6973686564' WHERE id = 2")
    raw.close()


def test_a_version_is_not_published_with_a_leaf_that_does_not_exist(raw):
    """A plain connection does not check foreign keys."""
    raw.refusal(
        "UPDATE version SET stage = 'published', number = 2, leaf_id = 12345, rows_root = X'61',"
        " published_at = created_at, published_by = 4 WHERE id = 5"
    )


def test_a_draft_may_still_be_replaced(raw):
    raw.run("REPLACE INTO version_row (version_id, position, row_id) VALUES (2, 2, 4)")
    assert raw.run("SELECT row_id FROM version_row WHERE version_id = 2 ORDER BY position") == [(1,), (4,)]
