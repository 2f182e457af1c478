"""日志换钥匙：登记新的，两把都签，再停用旧的。

剧本：
1. 公开过几件以后登记新钥匙：从这一条起，日志头有两把钥匙的签名；拿旧公钥的、拿新公钥的都核对得过。
2. 停用旧的：以后只有新的签。旧公钥核对不过新的日志头，但凭“换钥匙的凭据”用旧公钥看得出新公钥是哪一把。
3. 偷了旧钥匙的人签的日志头，拿新公钥的人一概不认。
4. 每一步在哪里被 kill -9，重新来一遍就接上；备份里有新钥匙；丢了几条的数据库，跨过换钥匙也追得上。
"""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import naive_log as naive
import pytest
from click.testing import CliRunner
from flask import Flask
from launching import launch
from second_person import add_by_two, agree_on, retire_by_two
from test_cosigning import ORIGIN, asks, book, leaves, log, publish_quarter, url  # noqa: F401

from villagehub.cli import cli
from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.kernel.period import day_words
from villagehub.ops.backup import make_backup
from villagehub.ops.catching_up import catch_up
from villagehub.ops.doctor import KEYS, examine, keys_in
from villagehub.storage import db, reading
from villagehub.storage.keys import key_path, load_key
from villagehub.supervision.check_views import log_key_change
from villagehub.transparency.auditing import Audit, Saved
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.key_terms import Term, own_terms, read_steps, told_of_terms
from villagehub.transparency.log import read_head
from villagehub.transparency.notes import read_note, read_vkey
from villagehub.transparency.ours import bring_up_to_date, own_vkey
from villagehub.transparency.own_audit import audit_own
from villagehub.transparency.rotating import NothingToRetire, add_key, retire_key
from villagehub.transparency.sources import source_of
from villagehub.transparency.verifying import verify_py
from villagehub.transparency.verifying.asking import check
from villagehub.transparency.verifying.sums import Wrong
from villagehub.transparency.witnessing.book import Book

DYING = Path(__file__).parents[1] / "journeys" / "dying.py"
ONE, STATED, ENDED = [True], [True, True], [False, True]
ADD = (
    ("before_a_key_is_stated", (ONE, 1, True)),
    ("after_a_key_is_stated", (ONE, 1, True)),  # before its commit
    ("before_the_log_follows:2", (STATED, 1, True)),  # after it
    ("before_the_tree_is_kept", (STATED, 1, True)),
    ("before_names_are_on_the_disk:2", (STATED, 2, True)),
)
"""Where the step is killed, from its beginning to its end, and how the log stands then."""
RETIRE = (
    ("before_a_tile_has_its_name", (STATED, 2, True)),  # the new key's receipt
    ("before_a_key_is_stated", (STATED, 2, True)),
    ("after_a_key_is_stated", (STATED, 2, True)),
    ("before_the_log_follows:2", (ENDED, 2, True)),
    ("after_a_tile_has_its_name", (ENDED, 2, False)),  # the new secret takes the old one's place
    ("before_the_tree_is_kept", (ENDED, 2, False)),
    ("before_names_are_on_the_disk:2", (ENDED, 1, False)),
)


@pytest.fixture
def settings(app: Flask, log: Path) -> Settings:  # noqa: F811
    assert log
    found: Settings = app.extensions["villagehub"]
    return found


def proves(app: Flask, address: str, folder: Path, key: str) -> list[str]:
    """The faults that the verifier finds in what the site gives under this address, by this key."""
    file = folder / f"{len(list(folder.iterdir()))}{Path(address).suffix}"
    file.write_bytes(app.test_client().get(address).data)
    return check(str(file), key=key).faults


def test_both_keys_sign_between_the_steps_and_the_new_one_alone_afterwards(
    app: Flask,
    settings: Settings,
    tmp_path: Path,
) -> None:
    folder, kept = LogFolder(settings.log), tmp_path / "kept"
    kept.mkdir()
    old = own_vkey(settings)
    (kept / "old.tlog-proof").write_bytes(app.test_client().get("/log/proof/1.tlog-proof").data)
    bundle = "/v/990101100201/n/1/proof.zip"
    assert "给这本日志签名的钥匙" not in app.test_client().get("/v/990101100201/n/1/check").get_data(as_text=True)
    new = add_by_two(settings)
    assert add_key(settings, now=clock.now()) == new, "said twice, it is one key"
    assert own_vkey(settings) == old
    D = leaves()
    stated = {"v": 1, "type": "key", "action": "add", "key": new, "roles": ["administrator", "township_supervisor"]}
    assert json.loads(D[-1]) == stated
    assert "新旧两把一起签" in app.test_client().get("/v/990101100201/n/1/check").get_data(as_text=True)
    secrets = [load_key(settings.keys, name) for name in ("log", "log-next")]
    text = naive.body(ORIGIN, D)
    lines = b"".join(naive.checkpoint(ORIGIN, secret, D)[len(text) + 1 :] for secret in secrets)
    assert folder.checkpoint() == text + b"\n" + lines, "as the specification writes it, byte for byte"
    assert key_path(settings.keys, "log-next").stat().st_mode & 0o777 == 0o600
    publish_quarter(4)
    for key in (old, new):
        assert proves(app, bundle, kept, key) == []
        assert check(str(settings.log), key=key).faults == []

    assert retire_by_two(settings) == (old, new)
    today = day_words(clock.today(), beside=clock.today())
    shown = app.test_client().get("/v/990101100201/n/1/check").get_data(as_text=True)
    assert f"钥匙换过：{today}登记新的，{today}停用旧的" in shown
    assert f"{today}停用旧的" in log_key_change(), "the township's first page tells of it"
    publish_quarter(1)
    then = (
        f"旧的那把，后来停用了（编号 {read_vkey(old).id.hex()}",
        "新旧两把一起签",
        f"新的这把（编号 {read_vkey(new).id.hex()}",
    )
    for number, words in enumerate(then, start=2):
        answer = app.test_client().get(f"/v/990101100201/n/{number}/check")
        assert f"这一号公开时，{words}" in answer.text.replace("签名的是", ""), "which key signed when it was published"
        assert len(gzip.compress(answer.data)) <= 14_336
    assert own_vkey(settings) == new == (folder.vkey() or b"").decode().strip()
    assert load_key(settings.keys, "log") == secrets[1]
    assert not key_path(settings.keys, "log-next").exists(), "the old secret is gone, the new one has its place"
    (only,) = read_note(folder.checkpoint() or b"").signatures
    assert only.id == read_vkey(new).id
    assert proves(app, bundle, kept, new) == []
    with pytest.raises(Wrong, match="用已知公钥签的名"):
        proves(app, bundle, kept, old)
    assert check(str(kept / "old.tlog-proof"), key=old).faults == [], "what was saved under the old key still holds"
    assert list(audit_own(settings)) == []
    with pytest.raises(NothingToRetire):
        retire_key(settings, now=clock.now())
    assert [(one.vkey, one.since, one.until) for one in own_terms()] == [(old, 2, 6), (new, 4, None)]
    listed = CliRunner().invoke(cli, ["log", "key", "list"], obj=lambda: app)
    assert isinstance(own_terms()[0], Term)
    with reading() as session:
        said = told_of_terms(read_steps(session), today=clock.today())
    assert [one.partition(" ")[0] for one in said] == [read_vkey(one).id.hex() for one in (old, new)]
    assert ("已停用" in said[0], "现在还在用" in said[1]) == (True, True)
    assert "到第 6 条停用" in listed.output
    assert CliRunner().invoke(cli, ["log", "key"], obj=lambda: app).output.strip() == new


def test_whoever_holds_the_old_key_learns_the_new_one_under_its_signature(
    app: Flask,
    settings: Settings,
    tmp_path: Path,
) -> None:
    old, new = own_vkey(settings), add_by_two(settings)
    retire_by_two(settings)
    address = f"/log/key/{read_vkey(new).id.hex()}.tlog-proof"
    file = tmp_path / "key.tlog-proof"
    file.write_bytes(app.test_client().get(address).data)
    for key in (old, new):
        report = check(str(file), key=key)
        assert report.faults == []
        assert any(new in one for one in report.said)
        assert report.proved.startswith("换钥匙的凭据是真的")
    (tmp_path / "verify.py").write_bytes(verify_py())
    command = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), "--key", old, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, new in done.stdout) == (0, True)
    forged = file.read_bytes().replace(b"extra ", b"extra A", 1)
    file.write_bytes(forged)
    with pytest.raises(Wrong):
        check(str(file), key=old)
    for wrong in ("/log/key/00000000.tlog-proof", "/log/key/..%2Fsigner.tlog-proof", "/log/key/x.tlog-proof"):
        assert app.test_client().get(wrong).status_code == 404


def test_a_stolen_old_key_signs_nothing_that_the_new_key_would_believe(settings: Settings, tmp_path: Path) -> None:
    old, stolen, new = own_vkey(settings), load_key(settings.keys, "log"), add_by_two(settings)
    retire_by_two(settings)
    shutil.copytree(settings.log, tmp_path / "copy")
    (tmp_path / "copy" / "checkpoint").write_bytes(naive.checkpoint(ORIGIN, stolen, leaves()))
    with pytest.raises(Wrong, match="用已知公钥签的名"):
        check(str(tmp_path / "copy"), key=new)
    over = "签日志头的公钥从第 5 条起已经停用"
    assert check(str(tmp_path / "copy"), key=old).faults == [over], (
        "and who holds the old one reads that its time is over"
    )
    assert faults_of_fsck(tmp_path / "copy", old) == [over]
    stranger = bytes(range(32))
    (tmp_path / "copy" / "checkpoint").write_bytes(naive.checkpoint(ORIGIN, stranger, leaves()))
    (tmp_path / "copy" / "vkey").write_text(naive.vkey(ORIGIN, stranger))
    said = ["签日志头的公钥没有登记在这个日志里"]
    assert check(str(tmp_path / "copy")).faults == said, "a key that came along and that no leaf states"
    assert faults_of_fsck(tmp_path / "copy", naive.vkey(ORIGIN, stranger)) == said


def faults_of_fsck(folder: Path, key: str, saved: bytes | None = None) -> list[str]:
    held = LogFolder(folder)
    return list(Audit(read_vkey(key), held.tile).run(held.checkpoint(), Saved(saved) if saved else None))


def test_what_was_saved_before_the_change_still_speaks_for_the_log(settings: Settings, tmp_path: Path) -> None:
    folder = LogFolder(settings.log)
    (tmp_path / "saved").write_bytes(folder.checkpoint() or b"")
    new = add_by_two(settings)
    retire_by_two(settings)
    publish_quarter(4)
    report = check(str(settings.log), key=new, saved=(str(tmp_path / "saved"),))
    assert report.faults == []
    assert "前 3 条和以前存的一样" in report.said
    assert faults_of_fsck(settings.log, new, (tmp_path / "saved").read_bytes()) == []
    (tmp_path / "saved").write_bytes(naive.checkpoint(ORIGIN, bytes(range(32)), leaves()[:3]))
    with pytest.raises(Wrong, match="不是同一个日志"):
        check(str(settings.log), key=new, saved=(str(tmp_path / "saved"),))
    assert len(faults_of_fsck(settings.log, new, (tmp_path / "saved").read_bytes())) == 1


def test_the_witness_goes_on_once_it_trusts_the_second_key(
    app: Flask,
    settings: Settings,
    book: Book,  # noqa: F811
    url: str,  # noqa: F811
) -> None:
    ask = asks(app, book.signer.verifier.vkey, url)
    assert ask() == "1 家见证签了日志头"
    new = add_by_two(settings)
    assert ask() == "1 家见证签了日志头"
    retire_by_two(settings)
    assert "它不认这个日志的签名" in ask()
    book.trust(read_vkey(new))
    folder = LogFolder(settings.log)
    (folder.path / ".witnesses").unlink()  # else it would be asked again in a minute
    assert ask() == "1 家见证签了日志头"


def killed(settings: Settings, step: str, point: str) -> None:
    """``log key STEP`` in a process of its own, killed at the point, or in the nth call of it (``point:nth``)."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VILLAGEHUB_")},
        "VILLAGEHUB_INSTANCE": str(settings.instance),
        "VILLAGEHUB_DATABASE_URL": settings.database_url,
        "VILLAGEHUB_BASE_URL": settings.base_url,
    }
    name, _, nth = point.partition(":")
    done = launch([DYING, name, nth or "1", clock.now().isoformat(), "log", "key", step], environ)
    assert done.returncode == -signal.SIGKILL, f"{step}, {point}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert done.stdout == "", f"{step}, {point}: it said that it was done"


def standing(settings: Settings) -> tuple[list[bool], int, bool]:
    """Of each key that the log has stated whether it still signs, how many signed the newest checkpoint, and whether the next
    key's file is there.
    """
    signed = read_note(LogFolder(settings.log).checkpoint() or b"").signatures
    following = key_path(settings.keys, "log-next").exists()
    return [one.until is None for one in own_terms()], len(signed), following


@pytest.mark.slow
def test_killed_at_any_boundary_a_step_is_done_by_doing_it_again(settings: Settings) -> None:
    """Each process takes the step up where the one before it was killed."""
    old = own_vkey(settings)
    agree_on(settings, "add")
    for point, held in ADD:
        killed(settings, "add", point)
        assert standing(settings) == held, point
        assert list(audit_own(settings)) == [], point
        if point == "after_a_key_is_stated":
            publish_quarter(4)
    new = add_key(settings, now=clock.now())
    assert standing(settings) == ([True, True], 2, True)
    agree_on(settings, "retire")
    for point, held in RETIRE:
        killed(settings, "retire", point)
        assert standing(settings) == held, point
        assert list(audit_own(settings)) == [], point
        if point == "after_a_key_is_stated":
            publish_quarter(1)
    with pytest.raises(NothingToRetire):
        retire_key(settings, now=clock.now())
    assert standing(settings) == ([False, True], 1, False)
    assert own_vkey(settings) == new != old
    assert [read_vkey(new).id] == [one.id for one in read_note(LogFolder(settings.log).checkpoint() or b"").signatures]
    assert list(audit_own(settings)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("step", "signing"), [("add", 2), ("retire", 1)])
def test_a_publication_brings_a_step_to_its_end_that_was_killed_after_its_commit(
    settings: Settings, step: str, signing: int
) -> None:
    if step == "retire":
        add_by_two(settings)
    agree_on(settings, step)
    killed(settings, step, "before_the_log_follows:2")
    publish_quarter(4)
    assert standing(settings) == ([step == "add", True], signing, step == "add")
    assert list(audit_own(settings)) == []


def test_a_backup_between_the_steps_holds_both_keys_and_doctor_looks_at_them(
    app: Flask,
    settings: Settings,
    tmp_path: Path,
) -> None:
    for name in KEYS:
        load_key(settings.keys, name)
    add_by_two(settings)
    assert keys_in(settings.keys) == (*KEYS, "log-next")
    make_backup(settings, tmp_path / "backup", tmp_path / "keys")
    assert key_path(tmp_path / "keys", "log-next").read_bytes() == key_path(settings.keys, "log-next").read_bytes()
    key_path(settings.keys, "log-next").chmod(0o644)
    assert any("别人也能读" in one.message for one in dict(examine(app, settings))["密钥"])


def test_a_database_that_lost_the_change_catches_up_over_it(settings: Settings, tmp_path: Path) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the database is set back as a file")
    new = add_by_two(settings)
    db.session.remove()
    db.engine.dispose()
    shutil.copytree(settings.log, tmp_path / "old-log")
    shutil.copytree(settings.keys, tmp_path / "old-keys")
    shutil.copy(settings.instance / "villagehub.db", tmp_path / "old.db")
    retire_by_two(settings)
    publish_quarter(4)
    shutil.copytree(settings.log, tmp_path / "newest")
    db.session.remove()
    db.engine.dispose()
    for held, name in ((settings.log, "old-log"), (settings.keys, "old-keys")):
        shutil.rmtree(held)
        shutil.copytree(tmp_path / name, held)
    for name in ("villagehub.db-wal", "villagehub.db-shm"):
        (settings.instance / name).unlink(missing_ok=True)
    shutil.copy(tmp_path / "old.db", settings.instance / "villagehub.db")
    assert catch_up(settings, source_of(str(tmp_path / "newest")), nothing_newer=False).size == 6
    with reading() as session:
        head = read_head(session)
    assert head is not None
    assert (head.vkey, head.next_vkey) == (new, "")
    assert bring_up_to_date(settings) == 6
    assert own_vkey(settings) == new
    assert list(audit_own(settings)) == []
