"""``doctor`` sees when somebody has taken the guards away, changed them, or put something beside them."""

import pytest

from villagehub.storage.triggers import compare_triggers, drop_triggers, expected_triggers, install_triggers


def faults(site):
    with site.engine() as engine, engine.connect() as connection:
        return compare_triggers(connection)


def change(site, *statements):
    raw = site.connect()
    for sql in statements:
        raw.run(sql)
    raw.commit()
    raw.close()


def test_nothing_is_said_of_a_sound_database(site):
    assert faults(site) == []


def test_a_guard_that_was_taken_away_is_named(own_site):
    if own_site.kind == "sqlite":
        change(own_site, "DROP TRIGGER vh_version_row_insert")
        name = "vh_version_row_insert"
    else:
        change(own_site, "DROP TRIGGER vh_version_row ON version_row")
        name = "vh_version_row"
    (said,) = faults(own_site)
    assert said == f"防改保护 {name} 不见了。请先查清是谁动过数据库，再运行 villagehub init 重新装上。"


def test_a_guard_that_was_weakened_is_named(own_site):
    if own_site.kind == "sqlite":
        weak = "CREATE TRIGGER vh_journal_delete BEFORE DELETE ON journal BEGIN SELECT 1; END"
        change(own_site, "DROP TRIGGER vh_journal_delete", weak)
        changed = ["vh_journal_delete"]
    else:
        weak = (
            "CREATE OR REPLACE FUNCTION vh_guard_journal() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
        change(
            own_site, weak, "ALTER TABLE version DISABLE TRIGGER vh_version", "ALTER TABLE leaf ENABLE TRIGGER vh_leaf"
        )
        changed = ["vh_guard_journal()", "vh_version", "vh_leaf"]
    said = faults(own_site)
    assert len(said) == len(changed)
    assert all(any(f"防改保护 {name} 被改过" in one for one in said) for name in changed)


def test_a_stranger_on_a_guarded_table_is_named(own_site):
    if own_site.kind == "sqlite":
        change(own_site, "CREATE TRIGGER quiet AFTER INSERT ON journal BEGIN SELECT 1; END")
        expected = ["journal.quiet"]
    else:
        function = "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
        trigger = "CREATE TRIGGER aaa BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION quiet()"
        change(own_site, function, trigger, "CREATE RULE lost AS ON INSERT TO vote DO INSTEAD NOTHING")
        expected = ["journal.aaa", "vote.lost"]
    said = faults(own_site)
    assert len(said) == len(expected)
    assert all(name in one for name, one in zip(expected, said, strict=True))


def test_a_guarded_table_that_is_gone_is_named(own_site):
    change(own_site, "DROP TABLE vault_replacement")
    assert "缺少数据表 vault_replacement，防改保护装不上" in faults(own_site)[0]


def test_installing_again_mends_whatever_was_done(own_site):
    if own_site.kind == "sqlite":
        change(own_site, "DROP TRIGGER vh_version_update", "DROP TRIGGER vh_row_delete")
    else:
        change(own_site, "DROP TRIGGER vh_version ON version", 'ALTER TABLE "row" DISABLE TRIGGER vh_row')
    assert len(faults(own_site)) == 2
    with own_site.engine() as engine, engine.begin() as connection:
        install_triggers(connection)
    assert faults(own_site) == []
    raw = own_site.connect()
    raw.refusal("DELETE FROM version WHERE id = 1")
    raw.close()


def test_a_unique_key_that_is_added_later_is_guarded_without_anybody_remembering(own_site):
    if own_site.kind != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    change(own_site, "DELETE FROM vote WHERE id = 3", "CREATE UNIQUE INDEX later ON vote (person_id, post)")
    assert len(faults(own_site)) == 2
    with own_site.engine() as engine, engine.begin() as connection:
        install_triggers(connection)
    raw = own_site.connect()
    raw.refusal(
        "REPLACE INTO vote (id, version_id, village_id, digest, person_id, post, agrees, objection, on_paper, cast_at)"
        " SELECT 99, 3, village_id, 'x', person_id, post, agrees, objection, on_paper, cast_at FROM vote WHERE id = 1"
    )
    raw.close()


def test_dropping_leaves_nothing_of_ours(own_site):
    with own_site.engine() as engine, engine.begin() as connection:
        wanted = expected_triggers(connection)
        drop_triggers(connection)
        assert len([one for one in compare_triggers(connection) if "不见了" in one]) == len(wanted)
