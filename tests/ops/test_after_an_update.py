"""After an update of the program ``doctor`` speaks of the upgrade that waits, not of tampering."""

from flask import Flask

from villagehub.ops.doctor import examine
from villagehub.storage import db, migrate


def findings(app: Flask) -> dict[str, list[str]]:
    settings = app.extensions["villagehub"]
    return {name: [one.message for one in found] for name, found in examine(app, settings)}


def test_guards_of_an_earlier_version_are_not_called_changed_until_the_database_is_upgraded(app: Flask) -> None:
    with app.app_context():
        engine = db.engine
        table = "version" if engine.dialect.name == "postgresql" else None
        gone = f"DROP TRIGGER vh_{table} ON {table}" if table else "DROP TRIGGER vh_version_update"
        with engine.begin() as connection:
            connection.exec_driver_sql(gone)
        assert "不见了" in findings(app)["防改保护"][0]
        with engine.begin() as connection:  # as a database stands that an earlier version of the program has made
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'checks'")
        told = findings(app)
        assert told["防改保护"] == []
        assert "villagehub init" in told["数据库版本"][0]
        with engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{migrate.head()}'")
        migrate.upgrade(engine)
        assert findings(app)["防改保护"] == []
