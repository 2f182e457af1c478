"""What is published cannot be changed quietly: plain SQL, on a fresh connection, on both engines (decision 10)."""

import pytest

from villagehub.disclosures.stages import NEXT_STAGES, Stage
from villagehub.storage.triggers_guards import PUBLISHED_WITH, STEPS

STANDS_AT = {"draft": 2, "submitted": 3, "returned": 4, "reviewed": 5, "published": 1, "abandoned": 6}
"""A version of conftest's village at each stage."""

PUBLISH = {"number": "2", "leaf_id": "2", "rows_root": "rows", "published_at": "created_at", "published_by": "4"}
"""What version 5 needs to be published, as SQL; ``rows`` stands for a root of 32 bytes."""


def publish_sql(kind: str, **instead: str) -> str:
    values = PUBLISH | instead
    root = f"X'{'61' * 32}'" if kind == "sqlite" else f"'\\x{'61' * 32}'::bytea"
    parts = [f"{name} = {value.replace('rows', root)}" for name, value in values.items()]
    return f"UPDATE version SET stage = 'published', {', '.join(parts)} WHERE id = 5"


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM version WHERE id = 1",
        "DELETE FROM version",
        "UPDATE version SET stage = 'abandoned' WHERE id = 1",
        "UPDATE version SET stage = 'draft', number = NULL WHERE id = 1",
        "UPDATE version SET number = 2 WHERE id = 1",
        "UPDATE version SET published_at = created_at WHERE id = 1",
        "UPDATE version SET published_by = 1 WHERE id = 1",
        "UPDATE version SET disclosure_id = 2 WHERE id = 1",
        "UPDATE version SET village_id = 4 WHERE id = 1",
        "UPDATE version SET reason = '另一个原因' WHERE id = 1",
        "UPDATE version SET closing_fen = 1 WHERE id = 1",
        "UPDATE version SET totals = '{}' WHERE id = 1",
        "UPDATE version SET rows_root = NULL WHERE id = 1",
        "UPDATE version SET leaf_id = 2 WHERE id = 1",
        "UPDATE version SET expires_on = NULL WHERE id = 1",
        "UPDATE version SET supersedes_id = NULL WHERE id = 1",
        "UPDATE version SET id = 90 WHERE id = 1",
    ],
)
def test_a_published_version_is_neither_changed_nor_deleted(raw, sql):
    raw.refusal(sql)


@pytest.mark.parametrize("stage", [one.value for one in Stage if one is not Stage.DRAFT])
def test_a_version_is_born_a_draft_always(raw, stage):
    number = "77" if stage == "published" else "NULL"
    raw.refusal(
        "INSERT INTO version (id, village_id, disclosure_id, stage, kind, number, reason_code, reason, return_reason,"
        f" created_at, drafted_by, revision, totals) SELECT 77, village_id, 5, '{stage}', kind, {number}, reason_code,"
        " reason, return_reason, created_at, drafted_by, revision, totals FROM version WHERE id = 1"
    )


@pytest.mark.parametrize("held", [one.value for one in Stage])
@pytest.mark.parametrize("wanted", [one.value for one in Stage])
def test_a_version_takes_no_step_that_the_table_of_stages_does_not_know(site, raw, held, wanted):
    if held == wanted:
        return
    sql = f"UPDATE version SET stage = '{wanted}' WHERE id = {STANDS_AT[held]}"
    if wanted == "published" and held == "reviewed":
        raw.run(publish_sql(site.kind))
    elif Stage(wanted) in NEXT_STAGES[Stage(held)]:
        raw.run(sql)
    else:
        raw.refusal(sql)


def test_storage_and_disclosures_know_the_same_steps():
    assert set(STEPS) == {(held.value, one.value) for held, wanted in NEXT_STAGES.items() for one in wanted}


@pytest.mark.parametrize("lacking", PUBLISHED_WITH)
def test_a_version_is_not_published_half(site, raw, lacking):
    raw.refusal(publish_sql(site.kind, **{lacking: "NULL"}))


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO version_row (version_id, position, row_id) VALUES (1, 3, 3)",
        "UPDATE version_row SET version_id = 1, position = 3 WHERE version_id = 2 AND row_id = 3",
        "UPDATE version_row SET version_id = 2, position = 9 WHERE version_id = 1 AND row_id = 2",
        "UPDATE version_row SET row_id = 3 WHERE version_id = 1 AND row_id = 1",
        "UPDATE version_row SET row_face_id = 3 WHERE version_id = 1 AND row_id = 1",
        "UPDATE version_row SET row_face_id = NULL WHERE version_id = 1 AND row_id = 1",
        "UPDATE version_row SET position = 9 WHERE version_id = 1 AND row_id = 1",
        "UPDATE version_row SET source_row = 9 WHERE version_id = 1",
        "DELETE FROM version_row WHERE version_id = 1 AND row_id = 1",
        "DELETE FROM version_row",
    ],
)
def test_no_link_enters_leaves_or_changes_in_a_published_version(raw, sql):
    raw.refusal(sql)


@pytest.mark.parametrize(
    "sql",
    [
        """UPDATE "row" SET amount_fen = 1 WHERE id = 1""",
        """UPDATE "row" SET facts = '{"summary":"别的"}' WHERE id = 1""",
        """UPDATE "row" SET counterparty = '别人' WHERE id = 1""",
        """UPDATE "row" SET counterparty = NULL WHERE id = 1""",
        """UPDATE "row" SET thing_id = 3 WHERE id = 1""",
        """UPDATE "row" SET village_id = 4 WHERE id = 1""",
        """UPDATE "row" SET id = 90 WHERE id = 1""",
        """UPDATE "row" SET erasure_id = 1 WHERE id = 2""",
        """DELETE FROM "row" WHERE id = 1""",
        """DELETE FROM "row" """,
    ],
)
def test_a_published_row_is_neither_changed_nor_deleted(raw, sql):
    raw.refusal(sql)


def test_a_row_is_not_rewritten_before_it_is_published_either(raw):
    raw.refusal("""UPDATE "row" SET amount_fen = 1 WHERE id = 3""")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE row_face SET clear = '{}' WHERE id = 1",
        "UPDATE row_face SET fields = '{}' WHERE id = 1",
        "UPDATE row_face SET rules_version = 9 WHERE id = 1",
        "UPDATE row_face SET row_id = 3 WHERE id = 1",
        "UPDATE row_face SET leaf_hash = commitment FROM version_fact WHERE row_face.id = 1 AND version_fact.id = 1",
        "UPDATE row_face SET clear = '{}' WHERE id = 3",
        "DELETE FROM row_face WHERE id = 1",
        "DELETE FROM row_face",
    ],
)
def test_a_public_face_is_never_rewritten_and_not_deleted_once_public(raw, sql):
    raw.refusal(sql)


@pytest.mark.parametrize(
    "sql",
    [
        (
            "INSERT INTO version_fact (version_id, name, value, salt, commitment)"
            " SELECT 1, 'another', value, salt, commitment FROM version_fact WHERE id = 3"
        ),
        """UPDATE version_fact SET value = '{"text":"别的"}' WHERE id = 1""",
        "UPDATE version_fact SET value = NULL WHERE id = 1",
        "UPDATE version_fact SET salt = NULL WHERE id = 1",
        "UPDATE version_fact SET name = 'another' WHERE id = 1",
        "UPDATE version_fact SET version_id = 2 WHERE id = 1",
        "UPDATE version_fact SET version_id = 1, name = 'another' WHERE id = 3",
        "DELETE FROM version_fact WHERE id = 1",
    ],
)
def test_reasons_and_reviews_of_a_published_version_stay(raw, sql):
    raw.refusal(sql)


@pytest.mark.parametrize(
    "sql",
    [
        (
            "INSERT INTO vote (version_id, village_id, digest, person_id, post, agrees, objection, on_paper, cast_at)"
            " SELECT 1, village_id, digest, 4, post, agrees, objection, on_paper, cast_at FROM vote WHERE id = 1"
        ),
        "UPDATE vote SET agrees = NOT agrees WHERE id = 1",
        "UPDATE vote SET objection = '不同意' WHERE id = 1",
        "UPDATE vote SET person_id = 4 WHERE id = 1",
        "UPDATE vote SET version_id = 3 WHERE id = 2",
        "UPDATE vote SET version_id = 1, person_id = 4 WHERE id = 3",
        "DELETE FROM vote WHERE id = 1",
        (
            "INSERT INTO recusal (version_id, thing_id, person_id, reason, declared_at)"
            " SELECT 1, 1, person_id, reason, declared_at FROM recusal WHERE id = 1"
        ),
        "UPDATE recusal SET person_id = 2 WHERE id = 1",
        "UPDATE recusal SET version_id = 1 WHERE id = 2",
        "DELETE FROM recusal WHERE id = 1",
        "INSERT INTO version_author (version_id, person_id) VALUES (1, 2)",
        "UPDATE version_author SET person_id = 2 WHERE version_id = 1",
        "UPDATE version_author SET version_id = 1, person_id = 2 WHERE version_id = 2",
        "DELETE FROM version_author WHERE version_id = 1",
    ],
)
def test_who_wrote_reviewed_and_stood_aside_stays_as_it_was_published(raw, sql):
    raw.refusal(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM disclosure WHERE id = 1",
        "UPDATE disclosure SET village_id = 4 WHERE id = 1",
        "UPDATE disclosure SET period = '2024Q1' WHERE id = 1",
        "UPDATE disclosure SET section = 'assets' WHERE id = 1",
        "UPDATE disclosure SET subject = '别的' WHERE id = 1",
        "DELETE FROM thing WHERE id = 1",
        "UPDATE thing SET number = 99 WHERE id = 1",
        "UPDATE thing SET natural_key = 'n:99#1' WHERE id = 1",
        "UPDATE thing SET village_id = 4 WHERE id = 1",
        "DELETE FROM place WHERE id = 3",
        "UPDATE place SET id = 90 WHERE id = 3",
    ],
)
def test_what_published_things_hang_on_is_neither_taken_away_nor_pointed_elsewhere(raw, sql):
    raw.refusal(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE version_receipt SET mask_id = NULL WHERE id = 1",
        "UPDATE version_receipt SET thing_id = 2 WHERE id = 1",
        "UPDATE version_receipt SET version_id = 2, page_id = 1 WHERE id = 1",
        "UPDATE version_receipt SET version_id = 1 WHERE id = 2",
        "DELETE FROM version_receipt WHERE id = 1",
        "INSERT INTO version_receipt (village_id, version_id, page_id, thing_id, mask_id) VALUES (3, 1, 2, 1, 1)",
        "UPDATE version_voucher SET state = 'none' WHERE version_id = 1",
        "UPDATE version_voucher SET number = '119' WHERE version_id = 1",
        "UPDATE version_voucher SET version_id = 1 WHERE version_id = 2",
        "DELETE FROM version_voucher WHERE version_id = 1",
        "INSERT INTO version_voucher (version_id, thing_id, state, number) VALUES (1, 1, 'none', '')",
        "UPDATE receipt_mask SET sha256 = 'x' WHERE id = 1",
        "DELETE FROM receipt_mask WHERE id = 1",
        "UPDATE receipt_page SET sha256 = 'x' WHERE id = 1",
        "DELETE FROM receipt_file WHERE id = 1",
        "DELETE FROM late_receipt WHERE id = 1",
    ],
)
def test_receipts_stay_as_they_were_published(raw, sql):
    raw.refusal(sql)


NUMBERED = {"vault_replacement": "erasure_id", "log_entry": "leaf_id", "log_tree": "size"}


@pytest.mark.parametrize(
    "table", ["leaf", "journal", "erasure", "erasure_target", "vault_replacement", "log_entry", "log_tree"]
)
def test_records_are_only_ever_added_to(raw, table):
    column = raw.run(f"SELECT * FROM {table}") and NUMBERED.get(table, "id")
    assert column
    raw.refusal(f"DELETE FROM {table}")
    raw.refusal(f"UPDATE {table} SET {column} = {column}")
    raw.refusal(f"UPDATE {table} SET {column} = 90 WHERE {column} = (SELECT min({column}) FROM {table})")


def test_every_refusal_says_what_and_what_to_do_next(raw):
    assert raw.refusal("DELETE FROM version WHERE id = 1") == (
        "已公开的内容不能改动：这个版本已经公开封存（version）。要改请在系统里起草更正，审核后重新公开。"
    )


ALLOWED = [
    (
        "INSERT INTO journal (village_id, seq, at, event, actor_name, channel, subject_kind, detail, prev_hash, hash)"
        " SELECT village_id, 3, at, event, actor_name, channel, subject_kind, detail, prev_hash, hash FROM journal"
        " WHERE id = 1"
    ),
    (
        'INSERT INTO "row" (village_id, thing_id, section, facts, created_at)'
        ' SELECT village_id, thing_id, section, facts, created_at FROM "row" WHERE id = 1'
    ),
    "INSERT INTO version_row (version_id, position, row_id) VALUES (2, 3, 4)",
    "UPDATE version_row SET row_id = 4 WHERE version_id = 2 AND row_id = 3",
    "UPDATE version_row SET row_face_id = 3 WHERE version_id = 2 AND row_id = 1",
    "DELETE FROM version_row WHERE version_id = 2",
    'DELETE FROM "row" WHERE id = 4',
    "DELETE FROM row_face WHERE id = 3",
    "UPDATE version SET revision = revision + 1, reason = '发票金额抄错，已查对' WHERE id = 2",
    "INSERT INTO version_author (version_id, person_id) VALUES (2, 2)",
    "UPDATE vote SET objection = '丙' WHERE id = 3",
    "DELETE FROM vote WHERE id = 3",
    "DELETE FROM recusal WHERE id = 2",
    "UPDATE version_receipt SET mask_id = NULL WHERE id = 2",
    "DELETE FROM version_receipt WHERE id = 2",
    "UPDATE version_voucher SET state = 'unsent' WHERE version_id = 2",
    "DELETE FROM version_voucher WHERE version_id = 2",
    "UPDATE version_fact SET value = NULL WHERE id = 3",
    "DELETE FROM version_fact WHERE id = 3",
    "UPDATE place SET name = '青石沟新村村民委员会', code = '990101001299' WHERE id = 3",
    "DELETE FROM place WHERE id = 4",
    (
        "INSERT INTO disclosure (village_id, entity, group_no, section, period, subject, created_at)"
        " SELECT village_id, entity, group_no, section, '2024Q4', subject, created_at FROM disclosure WHERE id = 1"
    ),
    (
        "INSERT INTO leaf (kind, body, hash, created_at) SELECT kind, body, prev_hash, created_at FROM leaf, journal"
        " WHERE leaf.id = 1 AND journal.id = 1"
    ),
    "INSERT INTO erasure_target (erasure_id, what, target_id) VALUES (2, 'row', 2)",
]


@pytest.mark.parametrize("sql", ALLOWED)
def test_what_is_not_published_can_be_worked_on(raw, sql):
    raw.run(sql)


def test_a_reviewed_version_can_be_published(site, raw):
    raw.run(publish_sql(site.kind))
    raw.refusal("UPDATE version SET reason = '丁' WHERE id = 5")
    raw.refusal('DELETE FROM "row" WHERE id = 3')
