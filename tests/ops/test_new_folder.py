"""A new folder: its database is closed to others from birth, and ``init`` without a screen says how to go on."""

import os
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine
from world import settings_for

from villagehub.ops.installing import prepare
from villagehub.storage.work import files_of, prepare_engine


def test_nobody_else_may_ever_read_the_database(tmp_path: Path) -> None:
    path = tmp_path / "new" / "villagehub.db"
    settings = settings_for(path.parent, f"sqlite:///{path}")
    prepare(settings)
    engine = create_engine(settings.database_url)
    prepare_engine(engine)
    with closing(engine.connect()) as connection:
        connection.exec_driver_sql("INSERT INTO generation (village_id, number) VALUES (1, 1)")
        connection.commit()
        files = files_of(path)
        assert len(files) == 3
        assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    engine.dispose()
    path.chmod(0o644)  # as earlier versions made it
    prepare(settings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_init_without_a_screen_says_in_chinese_how_to_hand_in_the_password(tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "villagehub", "init", "--login", "admin"],
        env={**os.environ, "VILLAGEHUB_INSTANCE": str(tmp_path / "new")},
        input="a long phrase 42\na long phrase 42\n",
        capture_output=True,
        text=True,
        timeout=60,
        start_new_session=True,  # so that there is no /dev/tty either
        check=False,
    )
    assert (done.returncode, "--password-stdin" in done.stderr) == (4, True)
    assert "Warning" not in done.stderr
    assert "getpass" not in done.stderr
