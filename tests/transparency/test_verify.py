"""不信网站的人，拿一个文件自己核对：没改过就说没改过，改过就说出改了哪里。

剧本：村里公开几个季度，核对包下载下来，verify.py 在没有网络的机器上、villagehub verify 都说“没有改过”。
有人绕过网站用 SQL 改了一处（十二种改法），核对包、每天的核对都说得出哪里不对；改回去，又都对。
名单的核对包里没有名字；撤下来的没有核对包。
"""

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cheats
import naive_log as naive
import pytest
import road
import tampering
from click.testing import CliRunner
from flask import Flask
from world import Browser, County

from villagehub.cli import cli
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Version
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.proving import read_faults
from villagehub.storage import reading
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying import verify_py
from villagehub.transparency.verifying.asking import check, open_file
from villagehub.transparency.verifying.content import Report, Trust, check_bundle
from villagehub.transparency.verifying.sums import Wrong, ed25519

EACH = int(os.environ.get("VILLAGEHUB_TEST_TAMPERINGS", "2"))
"""How often each kind is tried; ten by the long campaign."""


@pytest.fixture
def versions(app: Flask, county: County) -> Iterator[list[int]]:
    """Two quarters of the village, in the log; inside the application's context."""
    assert county
    with app.app_context():
        found = [tampering.publish_with_a_receipt(quarter) for quarter in (1, 2)]
        run_after_publish()
        yield found


def bundle_of(app: Flask, version_id: int) -> bytes:
    with reading() as session:
        folder = LogFolder(app.extensions["villagehub"].log)
        return make_proof_bundle(session, session.get_one(Version, version_id), folder, "http://localhost")


def looked_at(raw: bytes, trust: Trust) -> Report:
    return looked_at_files(open_file(raw), trust)


def looked_at_files(files: dict[str, bytes], trust: Trust) -> Report:
    try:
        return check_bundle(files, trust)
    except Wrong as fault:
        return Report([str(fault)])


def test_a_saved_bundle_is_found_whole_by_verify_py_alone_and_by_the_command(
    app: Flask, versions: list[int], client: Browser, tmp_path: Path
) -> None:
    answer = client.get("/v/990101100201/n/2/proof.zip")
    assert answer.status_code == 200
    bundle, program = tmp_path / "核对包.zip", tmp_path / "verify.py"
    bundle.write_bytes(answer.data)
    program.write_bytes(client.get("/log/verify.py").data)
    key = own_vkey(app.extensions["villagehub"])
    seal = client.get("/v/990101100201/n/2").text.split('<td class="num">')[1][:19]
    for more, ended, words in (
        ([], 0, "没有改过"),
        (["--key", key, "--code", seal.replace(" ", "").lower(), "--with", str(bundle)], 0, "没有改过"),
        (["--code", "0000 0000 0000 0000"], 1, "防改码和纸上的不一样"),
        (["--key", naive.vkey("localhost/log/instance", bytes(32))], 2, "签的名"),
    ):
        # -I: nothing of this machine but Python itself; the program is all there is
        run = subprocess.run(
            [sys.executable, "-I", str(program), str(bundle), *more],
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
        assert (run.returncode, words in run.stdout) == (ended, True), run.stdout + run.stderr
        told = CliRunner().invoke(cli, ["verify", str(bundle), *more], standalone_mode=False)
        assert told.return_value == ended if ended < 2 else told.exception is not None
    folder = check(str(app.extensions["villagehub"].log), key=key, saved=(str(bundle),))
    assert folder.faults == []
    receipt = tmp_path / "1.tlog-proof"
    receipt.write_bytes(client.get("/log/proof/0.tlog-proof").data)
    assert check(str(receipt), key=key).faults == []


def test_what_is_changed_by_sql_is_found_and_named(app: Flask, versions: list[int]) -> None:
    trust = Trust(own_vkey(app.extensions["villagehub"]), saved=[open_file(bundle_of(app, versions[0]))])
    folder = LogFolder(app.extensions["villagehub"].log)
    for kind, (act, word) in tampering.KINDS.items():
        for number in range(EACH):
            with tampering.behind_its_back() as session:
                act(session, versions[0], random.Random(f"{kind}{number}"))
                session.expire_all()
                raw = make_proof_bundle(session, session.get_one(Version, versions[0]), folder, "")
                daily = read_faults(session, versions[0])
            found = looked_at(raw, trust).faults
            assert any(word in one for one in found), (kind, found)
            assert daily, kind
    assert looked_at(bundle_of(app, versions[0]), trust).faults == []
    with reading() as session:
        assert [read_faults(session, one) for one in versions] == [[], []]


def test_a_value_that_is_gone_without_a_record_is_tampering(app: Flask, versions: list[int]) -> None:
    files = open_file(bundle_of(app, versions[0]))
    content = json.loads(files["publication.json"])
    for spoil in (
        lambda row: row["fields"].update(summary={"commitment": row["fields"]["summary"]["commitment"]}),
        lambda row: [row.pop("clear"), row.pop("fields")],
    ):
        fresh = json.loads(json.dumps(content))
        spoil(fresh["rows"][1])
        found = check_bundle({**files, "publication.json": json.dumps(fresh).encode()}, Trust()).faults
        assert any("第 2 行" in one and "不见了" in one for one in found)


def test_a_list_of_persons_leaves_no_name_in_its_bundle(app: Flask, county: County, client: Browser) -> None:
    assert county
    with app.app_context():
        version = road.published(
            [{"name": "李秀英", "amount": 12_000}],
            of=road.account("funds", "2026", subject="耕地地力保护补贴"),
            opening=None,
        )
        run_after_publish()
        raw = bundle_of(app, version)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        whole = b"".join(archive.read(one) for one in archive.namelist()).decode("utf-8-sig")
    assert "李秀英" not in whole
    assert "salt" not in json.dumps(json.loads(open_file(raw)["publication.json"])["rows"])
    assert check_bundle(open_file(raw), Trust()).faults == []
    assert client.get("/v/990101100201/n/9/proof.zip").status_code == 404


def test_signatures_are_checked_in_plain_python_as_by_the_naive_program() -> None:
    for number in range(4):
        secret, message = bytes([number]) * 32, bytes(range(number * 7))
        signature = naive.sign(secret, message)
        assert ed25519(naive.public(secret), message, signature)
        assert not ed25519(naive.public(secret), message + b"x", signature)
        assert not ed25519(naive.public(bytes([9]) * 32), message, signature)
        high = (int.from_bytes(signature[32:], "little") + naive.L).to_bytes(32, "little")
        assert not ed25519(naive.public(secret), message, signature[:32] + high)
    assert not ed25519(b"\xff" * 32, b"", bytes(64))


def test_cheats_of_a_log_are_refused_and_honest_receipts_are_not() -> None:
    def refused(files: dict[str, bytes], known: dict[str, Any]) -> bool:
        return bool(looked_at_files(files, Trust(cheats.KEY, check=holds_ed25519, **known)).faults)

    assert [name for name, files, known in cheats.honest() if refused(files, known)] == []
    vectors = list(cheats.receipts())
    assert len(vectors) >= 30
    assert [name for name, files, known in vectors if not refused(files, known)] == []


def test_the_file_needs_nothing_of_ours() -> None:
    source = verify_py().decode()
    assert "villagehub.transparency" not in source
    assert "cryptography" not in source
    compile(source, "verify.py", "exec")
