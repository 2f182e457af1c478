"""导入和公开的半路上断电（kill -9），一笔不丢，一半也不留。

剧本：村里第二季度的账已经公开。报账员导入第三季度的账，或村委会主任公开它，进程在某一处被 kill -9。
1. 已经公开的第二季度一个字节也没有变；表与表之间对得上，办理记录的链没有断，保管库里的原件都打得开。
2. 事务没有提交的，库里和动手以前一模一样；提交了的，全部都在。
3. 重新运行同一个命令，就办成了，结果和没有断过电的一样；网站重新打开，页面是对的。
4. 读表格的子进程单独被杀，报账员看到一句人话，再传一次就好了，网站不出错页。
"""

import io
import multiprocessing
import os
import random
import re
import signal
import subprocess
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import road
from flask import Flask
from launching import launch
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.models import Row, RowFace, Thing, Version, VersionRow, VillageCounter
from villagehub.journal.queries import first_break
from villagehub.ledgers.models import Upload
from villagehub.models import metadata
from villagehub.public.build import build_dirty
from villagehub.public.models import StoredPage
from villagehub.storage import db, reading
from villagehub.storage.keys import load_key
from villagehub.storage.tables import PageDirty, VaultFile
from villagehub.storage.vault import Vault
from villagehub.transparency.models import Leaf
from villagehub.transparency.ours import bring_up_to_date

ROWS = 40
SEED = random.Random(20261123)
AMID = SEED.randrange(2, ROWS)

IMPORT = ("before_the_original_is_kept", "before_the_original_has_its_name", "after_the_original_is_kept")
IMPORT += ("after_the_upload_is_recorded", "amid_the_rows", "between_rows_and_links")
IMPORT += ("before_the_draft_is_committed", "after_the_draft_is_committed")
PUBLISH = ("before_anything_is_sealed", "amid_the_faces", "between_leaf_and_stage")
PUBLISH += ("before_the_publication_is_committed", "before_the_pages_are_built", "amid_the_pages")
NTH = {"amid_the_faces": AMID, "amid_the_pages": 3}

Counts = dict[str, int]


class Installation:
    """The application under test as its operator has it: an instance folder, a database, and the command line."""

    def __init__(self, app: Flask, environ: dict[str, str], folder: Path) -> None:
        self.app = app
        self.settings = app.extensions["villagehub"]
        self.environ = environ
        self.folder = folder

    def run(self, point: str, *command: str) -> subprocess.CompletedProcess[str]:
        """The command in a process of its own, which dies at the point, or in the nth call of it (``point:nth``)."""
        name, _, nth = point.partition(":")
        dying, times = str(Path(__file__).with_name("dying.py")), nth or str(NTH.get(name, 1))
        return launch([dying, name, times, NOW.isoformat(), *command], self.environ)

    def killed(self, point: str, *command: str) -> str:
        """The same, and it did die there; what it had said by then."""
        done = self.run(point, *command)
        assert done.returncode == -signal.SIGKILL, f"{point}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def completed(self, *command: str) -> str:
        """The command is repeated and succeeds."""
        done = self.run("nowhere", *command)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def counts(self) -> Counts:
        """How many rows each table holds."""
        with self.app.app_context(), reading() as session:
            return {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in metadata.sorted_tables
            }

    def published_bytes(self) -> list[object]:
        """Everything of the publications that may never change: leaves, faces, stored pages of the record."""
        with self.app.app_context(), reading() as session:
            leaves = session.execute(select(Leaf.body, Leaf.hash).order_by(Leaf.id)).all()
            faces = session.execute(select(RowFace.fields, RowFace.leaf_hash).order_by(RowFace.id)).all()
            return [tuple(one) for one in (*leaves, *faces)]

    def must_hang_together(self) -> None:
        """References hold, the journal's chains are whole, every recorded original can be read, no row lies about."""
        with self.app.app_context(), reading() as session:
            if db.engine.dialect.name == "sqlite":
                assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
                assert session.execute(text("PRAGMA foreign_key_check")).all() == []
            for village_id in session.scalars(select(VillageCounter.village_id)):
                assert first_break(session, village_id) is None
            loose = select(Row.id).where(Row.id.not_in(select(VersionRow.row_id)))
            assert session.scalars(loose).all() == []
            kept = session.scalars(select(VaultFile.sha256)).all()
            assert set(session.scalars(select(Upload.sha256))) <= set(kept)
            vault = Vault(self.settings.vault, load_key(self.settings.keys, "vault"))
            assert list(vault.scrub(kept)) == []
            for version in session.scalars(select(Version)):
                sealed = version.stage == "published"
                faces = session.scalars(select(VersionRow.row_face_id).where(VersionRow.version_id == version.id)).all()
                assert sealed == (version.leaf_id is not None) == (version.number is not None)
                assert all((one is not None) == sealed for one in faces)
            numbers = session.scalars(select(Version.number).where(Version.number.is_not(None))).all()
            counter = session.scalars(select(VillageCounter)).one()
            assert sorted(numbers) == list(range(1, counter.publication + 1))
            assert counter.thing == session.scalar(select(func.count()).select_from(Thing))


@pytest.fixture
def place(app: Flask, county: County, server, tmp_path: Path) -> Installation:
    """A village whose second quarter is public; ``server`` serves the same instance when it is started."""
    assert county
    made = Installation(app, server.environ, tmp_path)
    (server.instance / "settings.toml").write_text(f'database_url = "{made.settings.database_url}"\n', "utf-8")
    with app.app_context():
        road.published([road.entry("2026-04-05", "鱼塘租金", 100, "in")], of=road.account(period="2026Q2"), opening=0)
        assert build_dirty() > 5
        assert bring_up_to_date(made.settings) == 2
    return made


def ledger(folder: Path) -> Path:
    """The third quarter as a clerk's csv: forty entries."""
    lines = ["青石沟村2026年第三季度财务收支明细表", "单位：元", "日期,凭证号,摘要,收入,支出"]
    lines += [f"2026-07-{day % 28 + 1:02d},{day + 1},第 {day + 1} 笔支出,,{day + 1}.50" for day in range(ROWS)]
    file = folder / "三季度.csv"
    file.write_bytes("\n".join(lines).encode("gb18030"))
    return file


def import_command(folder: Path) -> tuple[str, ...]:
    where = ("--village", COUNTY.village, "--section", "finance", "--period", "2026Q3")
    return ("import", str(ledger(folder)), *where, "--as", COUNTY.clerk)


def version_in(said: str) -> int:
    """The draft's id, as a script reads it."""
    found = re.search(r"^版本 (\d+)", said, re.MULTILINE)
    assert found, said
    return int(found[1])


def differences(before: Counts, after: Counts) -> Counts:
    """Tables that grew or shrank, and by how much."""
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


RECEIVED: Counts = {"upload": 1, "vault_file": 1, "journal": 1}
ACCEPTED: Counts = {
    "upload": 1,
    "vault_file": 1,
    "disclosure": 1,
    "version": 1,
    "version_author": 1,
    "row": ROWS,
    "thing": ROWS,
    "version_row": ROWS,
    "upload_trace": ROWS,
    "journal": 4,
}
"""What an import adds: journal events are received, drafted, filled, accepted."""


@pytest.mark.slow
@pytest.mark.parametrize("point", IMPORT)
def test_an_import_that_dies_leaves_nothing_half_there_and_is_completed_by_repeating_it(
    place: Installation, point: str
) -> None:
    before, sealed = place.counts(), place.published_bytes()
    said = place.killed(point, *import_command(place.folder))
    assert "已存成草稿" not in said or point == "after_the_draft_is_committed"
    place.must_hang_together()
    left = differences(before, place.counts())
    if point in IMPORT[:3]:
        assert left == {}
    elif point == "after_the_draft_is_committed":
        assert left == ACCEPTED
    else:
        assert left == RECEIVED
    version_id = version_in(place.completed(*import_command(place.folder)))
    place.must_hang_together()
    assert differences(before, place.counts()) == ACCEPTED
    assert place.published_bytes() == sealed
    with place.app.app_context(), reading() as session:
        assert session.scalars(select(Upload.state)).all() == ["accepted"]
        assert session.get_one(Version, version_id).totals["expense_fen"] == sum(
            (n + 1) * 100 + 50 for n in range(ROWS)
        )


MANY = 19_990
"""As many entries as a file through the web may hold, with its heading."""

_PLACES = [f"amid_the_rows:{nth}" for nth in range(1, 11)] + [one for one in IMPORT if one != "amid_the_rows"]
_PLACES += ["between_things_and_rows"]
"""Ten batches of rows, and the other places of an import; things and links are one statement each."""

DRAWN = int(os.environ.get("VILLAGEHUB_TEST_DEATHS") or 4)
LONG_SEED = random.Random(20261125)
DEATHS = [LONG_SEED.choice(_PLACES) for _ in range(DRAWN)]


@pytest.mark.slow
@pytest.mark.parametrize("death", range(DRAWN))
def test_a_long_import_that_dies_anywhere_is_absent_or_resumed_and_no_row_is_missing_or_double(
    place: Installation, death: int
) -> None:
    before, sealed = place.counts(), place.published_bytes()
    lines = ["日期,凭证号,摘要,收入,支出"]
    lines += [f"2026-{7 + no % 3:02d}-{no % 28 + 1:02d},{no},第 {no} 笔支出,,{no}.25" for no in range(1, MANY + 1)]
    file = place.folder / "三季度很多笔.csv"
    file.write_text("\n".join(lines), "utf-8")
    command = ("import", str(file), *import_command(place.folder)[2:])
    point = DEATHS[death]
    place.killed(point, *command)
    place.must_hang_together()
    accepted = {name: MANY if count == ROWS else count for name, count in ACCEPTED.items()}
    assert differences(before, place.counts()) in ({}, RECEIVED, accepted), point
    version_id = version_in(place.completed(*command))
    place.must_hang_together()
    assert differences(before, place.counts()) == accepted, point
    assert place.published_bytes() == sealed
    with place.app.app_context(), reading() as session:
        whole = session.get_one(Version, version_id).totals["expense_fen"]
        linked = select(Row.amount_fen).join(VersionRow, VersionRow.row_id == Row.id)
        amounts = session.scalars(linked.where(VersionRow.version_id == version_id).order_by(VersionRow.position)).all()
    assert amounts == [no * 100 + 25 for no in range(1, MANY + 1)]
    assert whole == sum(amounts)


PUBLISHED: Counts = {"row_face": ROWS, "leaf": 1, "log_entry": 1, "log_tree": 1, "journal": 1, "version_fact": 2}
"""What a publication adds beside pages: faces, the leaf, its place in the log, the tree that is signed, the event, and one
sealed fact per reviewer.
"""
PAGES = {"page_dirty", "stored_page"}


def reviewed(place: Installation) -> int:
    """The third quarter, imported and signed twice."""
    version_id = version_in(place.completed(*import_command(place.folder)))
    with place.app.app_context():
        return road.agree(road.submit(version_id))


@pytest.mark.slow
@pytest.mark.parametrize("point", PUBLISH)
def test_a_publication_that_dies_is_either_whole_or_not_there_and_is_completed_by_repeating_it(
    place: Installation, point: str
) -> None:
    version_id = reviewed(place)
    before, sealed = place.counts(), place.published_bytes()
    command = ("disclosures", "publish", str(version_id), "--as", COUNTY.head)
    assert place.killed(point, *command) == ""
    place.must_hang_together()
    left = differences(before, place.counts())
    if point in PUBLISH[:4]:
        assert left == {}
    else:
        left.pop("publication_check", None)  # before the pages are built, or amid them
        assert left == {**PUBLISHED, "page_dirty": 1}
        assert "第 1 笔支出" in place.app.test_client().get(f"/v/{COUNTY.village}/finance/2026Q3").text
    assert "第 2 号公开" in place.completed(*command)
    assert "第 2 号公开" in place.completed(*command)
    place.must_hang_together()
    left = differences(before, place.counts())
    assert left.pop("stored_page") > 0
    assert left.pop("publication_check") > 0, "what is built was checked"
    assert left == {**PUBLISHED, "search_entry": ROWS}
    assert [one for one in place.published_bytes() if one in sealed] == sealed
    with place.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(PageDirty)) == 0
        page = session.scalar(select(StoredPage).where(StoredPage.path == f"/v/{COUNTY.village}/finance/2026Q3"))
        assert page is not None


@pytest.mark.slow
def test_the_site_comes_up_again_after_dying_amid_its_pages(place: Installation, server) -> None:
    version_id = reviewed(place)
    place.killed("amid_the_pages", "disclosures", "publish", str(version_id), "--as", COUNTY.head)
    server.start()
    with urllib.request.urlopen(f"{server.url}/readyz", timeout=60) as answer:
        assert answer.read().decode().startswith("database: ok")
    with urllib.request.urlopen(f"{server.url}/v/{COUNTY.village}/finance/2026Q3", timeout=60) as answer:
        assert "第 1 笔支出" in answer.read().decode()


class Reaper(threading.Thread):
    """Kills the reading child as soon as there is one, and nothing else."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.killed = 0
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.001):
            for child in multiprocessing.active_children():
                if child.pid is not None:
                    os.kill(child.pid, signal.SIGKILL)
                    self.killed += 1
                    return


def test_a_reading_child_that_is_killed_gives_a_plain_sentence_and_the_next_try_works(
    app: Flask, county: County, sign_in: Callable[[str], Browser], tmp_path: Path
) -> None:
    clerk = sign_in(county.clerk)
    raw = ledger(tmp_path).read_bytes()

    def send() -> TestResponse:
        fields = {"village": county.village, "section": "finance", "period": "2026Q3", "entity": "committee"}
        return clerk.send("/desk/upload", {**fields, "file": (io.BytesIO(raw), "三季度.csv")}, page="/desk/upload")

    reaper = Reaper()
    reaper.start()
    answer = send()
    reaper.enough.set()
    assert reaper.killed == 1
    assert answer.status_code == 422
    assert "没能读完" in answer.text
    with app.app_context(), reading() as session:
        assert session.scalars(select(Upload.outcome)).all() == ["reject"]
        assert session.scalar(select(func.count()).select_from(Row)) == 0
    again = send()
    assert again.status_code == 303, again.text
    page = clerk.get(again.location)
    assert page.status_code == 200
    assert "没能读完" not in page.text
    with app.app_context(), reading() as session:
        assert session.scalars(select(Upload.outcome)).all() == ["accept"]
