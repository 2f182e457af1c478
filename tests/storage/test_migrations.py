"""Migrations run alike on both engines, agree with the models, and bring the guards through, with data."""

import re
import shutil

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect

from villagehub.models import metadata
from villagehub.storage import migrate
from villagehub.storage.text_index import TOKENS
from villagehub.storage.triggers import compare_triggers
from villagehub.storage.work import engine_options, prepare_engine

LATER = """
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "0002", "BEFORE", None, None


def rebuilt(table):
    # On SQLite the table is made anew, as most changes need it there; that is what loses triggers.
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    return op.batch_alter_table(table, recreate=recreate, table_kwargs={"sqlite_with_rowid": table != "version_row"})


def upgrade() -> None:
    for table in ("version", "row", "version_row", "disclosure", "journal"):
        with rebuilt(table) as batch:
            batch.add_column(sa.Column("later", sa.String(10), nullable=True))
            if table == "version":
                batch.alter_column("reason_code", type_=sa.String(30), existing_type=sa.String(24))
    MORE


def downgrade() -> None:
    for table in ("version", "row", "version_row", "disclosure", "journal"):
        with rebuilt(table) as batch:
            batch.drop_column("later")
"""


@pytest.fixture
def later(tmp_path, monkeypatch):
    """A newer program, whose second migration changes guarded tables; ``more`` is added to its upgrade."""

    def write(more="pass"):
        scripts = tmp_path / "scripts"
        shutil.copytree(migrate.SCRIPTS, scripts)
        text = LATER.replace("BEFORE", migrate.head()).replace("MORE", more)
        (scripts / "versions" / "0002_later.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)

    return write


def content(raw):
    names = ("version", "row", "row_face", "version_row", "vote", "thing", "disclosure", "journal", "leaf")
    held = {}
    for name in names:
        columns = ", ".join(f'"{one}"' for one in metadata.tables[name].columns.keys())  # noqa: SIM118
        held[name] = raw.run(f'SELECT {columns} FROM "{name}" ORDER BY 1, 2')
    return held


def assert_guarded(site):
    with site.engine() as engine, engine.connect() as connection:
        assert compare_triggers(connection) == []
    raw = site.connect()
    raw.refusal("DELETE FROM version WHERE id = 1")
    raw.refusal("INSERT INTO version_row (version_id, position, row_id) VALUES (1, 3, 3)")
    raw.refusal("DELETE FROM journal")
    raw.close()


def test_the_migrations_make_what_the_models_say(empty_site):
    with empty_site.engine() as engine:
        migrate.upgrade(engine)
        assert migrate.current(engine) == migrate.head()
        with engine.connect() as connection:
            ours = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith(TOKENS)}
            context = MigrationContext.configure(connection, opts=ours)
            assert compare_metadata(context, metadata) == []


def test_the_migrations_make_the_same_checks_and_table_kinds(tmp_path):
    """Alembic's comparison does not see CHECK constraints, partial indexes or WITHOUT ROWID."""
    shown = []
    for way in ("migrated", "declared"):
        url = f"sqlite:///{tmp_path / way}.db"
        engine = create_engine(url, **engine_options(url))
        prepare_engine(engine)
        if way == "migrated":
            migrate.upgrade(engine)
        else:
            metadata.create_all(engine)
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')")
            # A column that was added later stands in the last column's line, not in one of its own.
            lines = {
                name: sorted(part.strip(" ,") for part in re.split(r"\s*\n\s*|, (?=\w+ [A-Z])", sql.replace('"', "")))
                for name, sql in found
                if sql and name != "alembic_version"
            }
        shown.append(lines)
        engine.dispose()
    assert shown[0] == shown[1]


def test_upgrading_again_changes_nothing(own_site):
    raw = own_site.connect()
    before = content(raw)
    raw.close()
    with own_site.engine() as engine:
        migrate.upgrade(engine)
    raw = own_site.connect()
    assert content(raw) == before
    raw.close()
    assert_guarded(own_site)


def test_a_new_database_comes_up_goes_down_and_comes_up_again(empty_site):
    with empty_site.engine() as engine:
        assert migrate.current(engine) is None
        migrate.upgrade(engine)
        migrate.downgrade(engine, "base")
        assert migrate.current(engine) is None
        assert set(inspect(engine).get_table_names()) == {"alembic_version"}
        migrate.upgrade(engine)
        with engine.connect() as connection:
            assert compare_triggers(connection) == []


def test_up_and_down_with_published_content_keeps_every_row_and_every_guard(own_site, later):
    first = migrate.head()
    raw = own_site.connect()
    before = content(raw)
    raw.close()
    later()
    with own_site.engine() as engine:
        for way, revision in ((migrate.upgrade, "head"), (migrate.downgrade, first), (migrate.upgrade, "head")):
            way(engine, revision)
            raw = own_site.connect()
            assert content(raw) == before
            raw.close()
            assert_guarded(own_site)
        assert migrate.current(engine) == "0002"
        assert "later" in {one["name"] for one in inspect(engine).get_columns("version")}
    if own_site.kind == "sqlite":
        raw = own_site.connect()
        assert raw.run(
            "SELECT count(*) FROM sqlite_master WHERE name = 'version_row' AND sql LIKE '%WITHOUT ROWID%'"
        ) == [(1,)]
        raw.close()


def test_a_migration_that_fails_leaves_data_and_guards_as_they_were(own_site, later):
    raw = own_site.connect()
    before = content(raw)
    raw.close()
    present = migrate.head()
    later("raise RuntimeError('half way')")
    with own_site.engine() as engine:
        with pytest.raises(RuntimeError, match="half way"):
            migrate.upgrade(engine)
        assert migrate.current(engine) == present
        assert "later" not in {one["name"] for one in inspect(engine).get_columns("version")}
    raw = own_site.connect()
    assert content(raw) == before
    raw.close()
    assert_guarded(own_site)


def test_a_migration_that_breaks_references_is_undone_and_says_so(own_site, later):
    if own_site.kind != "sqlite":
        pytest.skip("PostgreSQL checks references at every statement")
    later('op.execute("DELETE FROM row_face WHERE id = 1")')
    with own_site.engine() as engine, pytest.raises(migrate.BrokenReferences) as refused:
        migrate.upgrade(engine)
    assert "有 1 处引用对不上（例如表 version_row）" in refused.value.sentence
    assert_guarded(own_site)


def test_foreign_keys_are_on_again_afterwards(own_site):
    if own_site.kind != "sqlite":
        pytest.skip("only SQLite switches them off")
    with own_site.engine() as engine:
        migrate.upgrade(engine)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
