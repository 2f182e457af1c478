"""The one door in what is sealed: under its record, texts and salts become null, key by key, and nothing else changes."""

import copy

import pytest

from villagehub.models import metadata
from villagehub.storage.triggers_guards import GUARDS

FACTS = {
    "summary": "付修水渠材料款",
    "payee": "某某建材店",
    "amount_fen": 120000,
    "with_invoice": True,
    "voucher": "12",
}
REVIEW = {"name": "吴委员", "post": "村务监督委员会委员", "agrees": True, "objection": ""}


def emptied(held, *names):
    return {**held, **dict.fromkeys(names)}


@pytest.fixture
def fields(raw):
    """The kept fields of face 1, as the database has them."""
    import json

    (found,) = raw.run("SELECT fields FROM row_face WHERE id = 1")[0]
    return json.loads(found) if isinstance(found, str) else found


def faced(fields, **changes):
    """The fields with ``name__part=value`` changed."""
    made = copy.deepcopy(fields)
    for place, value in changes.items():
        name, part = place.split("__")
        made[name][part] = value
    return made


SET_FACTS = 'UPDATE "row" SET facts = ?, erasure_id = 1 WHERE id = 1'
SET_FIELDS = "UPDATE row_face SET fields = ?, erasure_id = 1 WHERE id = 1"
SET_VALUE = "UPDATE version_fact SET value = ?, erasure_id = 1 WHERE id = 2"


def test_texts_of_a_row_become_null_under_the_record(raw):
    raw.run(
        'UPDATE "row" SET facts = ?, counterparty = NULL, erasure_id = 1 WHERE id = 1',
        emptied(FACTS, "summary", "payee"),
    )
    raw.refusal(SET_FACTS, FACTS)
    raw.run(SET_FACTS, emptied(FACTS, "summary", "payee", "voucher"))


def test_values_and_salts_of_a_face_become_null_under_the_record(raw, fields):
    first = faced(fields, summary__value=None, summary__salt=None, original__salt=None)
    raw.run(SET_FIELDS, first)
    raw.refusal(SET_FIELDS, fields)
    raw.refusal(SET_FIELDS, faced(first, summary__value="别的"))
    raw.run(SET_FIELDS, faced(first, amount_fen__salt=None))


def test_facts_of_a_version_become_null_under_the_record(raw):
    raw.run(SET_VALUE, emptied(REVIEW, "objection"))
    raw.run("UPDATE version_fact SET salt = NULL WHERE id = 2")
    raw.refusal("UPDATE version_fact SET salt = commitment WHERE id = 2")
    raw.refusal(SET_VALUE, REVIEW)
    raw.run("UPDATE version_fact SET value = NULL, salt = NULL, erasure_id = 1 WHERE id = 1")
    raw.refusal("UPDATE version_fact SET value = ? WHERE id = 1", {"text": "抄错了"})


@pytest.mark.parametrize("redacted", [False, True])
def test_of_a_review_only_the_words_go_and_never_who_voted_or_how(raw, redacted):
    """Before its words went, and after."""
    if redacted:
        raw.run(
            "UPDATE version_fact SET value = ?, salt = NULL, erasure_id = 1 WHERE id = 2", emptied(REVIEW, "objection")
        )
    raw.refusal("UPDATE version_fact SET value = NULL WHERE id = 2")
    raw.refusal("UPDATE version_fact SET value = NULL, salt = NULL, erasure_id = 1 WHERE id = 2")
    for names in (("name",), ("post",), ("name", "objection"), ("post", "objection")):
        raw.refusal(SET_VALUE, emptied(REVIEW, *names))


def test_a_row_that_only_drafts_link_goes_through_the_same_door(raw):
    raw.run('UPDATE "row" SET facts = ?, erasure_id = 2 WHERE id = 3', emptied(FACTS, "payee"))
    raw.refusal('UPDATE "row" SET facts = ?, erasure_id = 1 WHERE id = 3', emptied(FACTS, "payee", "summary"))


@pytest.mark.parametrize("erasure", ["NULL", "2", "99", "-1"])
def test_the_door_stays_shut_without_a_record_for_just_this(raw, fields, erasure):
    """No record, a record of another row, or none with this number."""
    raw.refusal(f'UPDATE "row" SET facts = ?, erasure_id = {erasure} WHERE id = 1', emptied(FACTS, "payee"))
    raw.refusal(f'UPDATE "row" SET counterparty = NULL, erasure_id = {erasure} WHERE id = 1')
    raw.refusal(
        f"UPDATE row_face SET fields = ?, erasure_id = {erasure} WHERE id = 1", faced(fields, summary__value=None)
    )
    raw.refusal(f"UPDATE version_fact SET value = NULL, erasure_id = {erasure} WHERE id = 1")


def test_a_record_that_lies_only_in_its_targets_opens_nothing(site):
    """On a plain SQLite connection a target may name a record that does not exist."""
    raw = site.connect()
    if site.kind == "sqlite":
        raw.run("INSERT INTO erasure_target (id, erasure_id, what, target_id) VALUES (50, 99, 'row', 1)")
        raw.refusal('UPDATE "row" SET counterparty = NULL, erasure_id = 99 WHERE id = 1')
    raw.run("INSERT INTO erasure_target (id, erasure_id, what, target_id) VALUES (51, 2, 'version', 1)")
    raw.refusal('UPDATE "row" SET counterparty = NULL, erasure_id = 2 WHERE id = 1')
    raw.close()


@pytest.mark.parametrize(
    "facts",
    [
        {**FACTS, "payee": "别人"},
        {**FACTS, "payee": ""},
        {**FACTS, "payee": 0},
        {**FACTS, "amount_fen": None},
        {**FACTS, "amount_fen": 1},
        {**FACTS, "amount_fen": "120000"},
        {**FACTS, "with_invoice": None},
        {**FACTS, "with_invoice": 1},
        {**FACTS, "with_invoice": False},
        {**FACTS, "more": None},
        {name: value for name, value in FACTS.items() if name != "payee"},
        {**{name: value for name, value in FACTS.items() if name != "payee"}, "other": None},
        {},
        [],
        ["summary"],
    ],
    ids=str,
)
def test_in_a_row_only_texts_become_null_and_no_key_comes_or_goes(raw, facts):
    raw.refusal(SET_FACTS, facts)


@pytest.mark.parametrize(
    "changes",
    [
        {"summary__value": "别的"},
        {"summary__salt": "eHh4"},
        {"summary__commitment": None},
        {"summary__commitment": "eHh4"},
        {"amount_fen__value": None},
        {"amount_fen__value": 1},
        {"original__commitment": None},
        {"original__value": None},
        {"summary__more": None},
    ],
    ids=str,
)
def test_in_a_face_only_text_values_and_salts_become_null(raw, fields, changes):
    raw.refusal(SET_FIELDS, faced(fields, **changes))


def test_no_field_of_a_face_comes_or_goes(raw, fields):
    raw.refusal(SET_FIELDS, {**fields, "more": {"value": None, "salt": None, "commitment": "eHh4"}})
    raw.refusal(SET_FIELDS, {name: one for name, one in fields.items() if name != "summary"})
    raw.refusal(SET_FIELDS, {**fields, "summary": None})
    raw.refusal(SET_FIELDS, {**fields, "summary": "付"})
    raw.refusal(SET_FIELDS, {**fields, "summary": {"commitment": fields["summary"]["commitment"]}})
    raw.refusal(SET_FIELDS, {**fields, "summary": []})
    raw.refusal(SET_FIELDS, {})
    raw.refusal(SET_FIELDS, [])


@pytest.mark.parametrize(
    "value",
    [{**REVIEW, "name": "郑委员"}, {**REVIEW, "agrees": None}, {**REVIEW, "agrees": False}, {}, {"name": None}, []],
)
def test_in_a_fact_of_a_version_only_texts_become_null(raw, value):
    raw.refusal(SET_VALUE, value)


@pytest.mark.parametrize(
    "sql", ["value = NULL, commitment = salt", "salt = commitment", "name = 'x'", "version_id = 2"]
)
def test_the_commitment_and_name_of_a_fact_stay(raw, sql):
    raw.refusal(f"UPDATE version_fact SET {sql}, erasure_id = 1 WHERE id = 2")


HELD = [
    (guard.table, column.name)
    for guard in GUARDS
    if guard.door
    for column in metadata.tables[guard.table].columns
    if column.name not in guard.door.opened
]
WHERE = {"row": "id = 1", "row_face": "id = 1", "version_fact": "id = 2", "version": "id = 1", "vote": "id = 2"}


@pytest.mark.parametrize(("table", "column"), HELD, ids=str)
def test_every_other_column_stays_equal_while_the_door_is_open(site, raw, table, column):
    kind = str(metadata.tables[table].columns[column].type).upper()
    if "JSON" in kind or column == "clear":
        other = "'{\"other\":1}'"
    elif "BOOL" in kind:
        other = f'NOT "{column}"'
    elif "INT" in kind:
        other = "4711"
    elif "BLOB" in kind:
        other = "X'00'" if site.kind == "sqlite" else "'\\x00'::bytea"
    elif "DATE" in kind:
        other = "'2020-01-01'"
    else:
        other = "'in'" if column == "direction" else "'别的'"
    raw.refusal(f'UPDATE "{table}" SET "{column}" = {other}, erasure_id = 1 WHERE {WHERE[table]}')


def test_the_door_reaches_these_columns_and_no_others():
    assert {guard.table: set(guard.door.opened) for guard in GUARDS if guard.door} == {
        "row": {"facts", "counterparty", "erasure_id"},
        "row_face": {"fields", "erasure_id"},
        "version_fact": {"value", "salt", "erasure_id"},
        "version": {"reason", "erasure_id"},
        "vote": {"objection", "erasure_id"},
    }


def test_the_reason_of_a_version_becomes_empty_under_the_record_and_never_another_one(raw):
    raw.refusal("UPDATE version SET reason = '别的', erasure_id = 1 WHERE id = 1")
    raw.refusal("UPDATE version SET reason = '', erasure_id = 2 WHERE id = 1")
    raw.run("UPDATE version SET reason = '', erasure_id = 1 WHERE id = 1")
    raw.refusal("UPDATE version SET reason = '别的', erasure_id = 1 WHERE id = 1")


def test_the_words_of_an_objection_become_empty_under_the_record_and_the_vote_stays(raw):
    raw.refusal("UPDATE vote SET objection = '' WHERE id = 2")
    raw.refusal("UPDATE vote SET objection = '', erasure_id = 2 WHERE id = 2")
    raw.refusal("UPDATE vote SET objection = '别的', erasure_id = 1 WHERE id = 2")
    raw.refusal("UPDATE vote SET objection = '', agrees = NOT agrees, erasure_id = 1 WHERE id = 2")
    raw.run("UPDATE vote SET objection = '', erasure_id = 1 WHERE id = 2")
    raw.refusal("UPDATE vote SET objection = '没有开会', erasure_id = 1 WHERE id = 2")
    raw.refusal("DELETE FROM vote WHERE id = 2")


def test_a_record_that_names_the_version_or_another_vote_opens_no_vote(raw):
    """Erasure 1 names version 1 and vote 2, but not vote 1."""
    raw.refusal("UPDATE vote SET objection = '', erasure_id = 1 WHERE id = 1")
    raw.refusal("UPDATE vote SET erasure_id = 1 WHERE id = 1")


def test_an_emptied_row_cannot_be_deleted_or_relinked_either(raw, fields):
    raw.run(SET_FACTS, emptied(FACTS, "payee"))
    raw.run(SET_FIELDS, faced(fields, summary__value=None))
    raw.refusal('DELETE FROM "row" WHERE id = 1')
    raw.refusal("DELETE FROM row_face WHERE id = 1")
    raw.refusal("UPDATE version_row SET row_id = 4 WHERE version_id = 1 AND row_id = 1")


def test_the_door_does_not_open_for_the_version_itself_or_its_links(raw):
    raw.refusal("UPDATE version SET reason = '' WHERE id = 1")
    raw.refusal("UPDATE version_row SET row_face_id = NULL WHERE version_id = 1 AND row_id = 1")


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"x"', "not json"])
def test_text_that_is_no_object_is_refused_on_sqlite(site, raw, text):
    """PostgreSQL's own type refuses most of these before a trigger is asked."""
    if site.kind == "sqlite":
        raw.refusal(f"UPDATE row_face SET fields = '{text}', erasure_id = 1 WHERE id = 1")
        raw.refusal(f"""UPDATE "row" SET facts = '{text}', erasure_id = 1 WHERE id = 1""")
        raw.refusal(f"UPDATE version_fact SET value = '{text}', erasure_id = 1 WHERE id = 1")


def test_a_doubled_key_does_not_smuggle_a_value_in(site, raw):
    """SQLite keeps JSON as text, so a key may stand in it twice; PostgreSQL folds them."""
    if site.kind == "sqlite":
        whole = '{"amount_fen":120000,"payee":null,"payee":"别人","summary":null,"with_invoice":true}'
        raw.refusal(f"UPDATE \"row\" SET facts = '{whole}', erasure_id = 1 WHERE id = 1")
