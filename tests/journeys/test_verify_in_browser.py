"""从网站存下来的 verify.html，断了网，从文件里打开，也核对得出来。

剧本：核对包和 verify.html 存下来，浏览器离线，打开文件，选核对包，填防改码：没有改过；防改码抄错一个字：不一样。
十二种 SQL 改法、三十多种日志作假，都认得出来，和 verify.py 说的一样；浏览器没有自己的 Ed25519，也一样。
"""

import base64
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from world import NOW, Browser, County

sys.path.append(str(Path(__file__).parents[1] / "transparency"))
import cheats
import hostile
import road
import tampering

from villagehub.disclosures import office
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Version
from villagehub.disclosures.proof_bundle import make_proof_bundle
from villagehub.disclosures.redaction_models import Redaction
from villagehub.redactions import actions
from villagehub.redactions.said import said_of
from villagehub.storage import reading, unit_of_work
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying.asking import open_file
from villagehub.transparency.verifying.content import Trust, check_bundle
from villagehub.transparency.verifying.sums import Wrong

pytestmark = pytest.mark.browser
EACH = int(os.environ.get("VILLAGEHUB_TEST_TAMPERINGS", "1"))
LOOK = """async vectors => {
  const un = files => Object.fromEntries(Object.entries(files).map(([name, raw]) => [name, unb64(raw)])), found = [];
  for (const one of vectors) {
    try {
      const trust = {key: one.key, code: one.code || "", witnesses: one.witnesses, saved: one.saved.map(un)};
      found.push((await checkBundle(un(one.files), trust)).faults);
    } catch (fault) { found.push([fault.message]); }
  }
  return found;
}"""


LOOK_AT_FILES = """async ({key, files}) => {
  const found = [];
  for (const raw of files) {
    try { found.push((await checkBundle(openFile(unb64(raw)), {key, code: "", witnesses: [], saved: []})).faults); }
    catch (fault) { found.push(fault instanceof Wrong ? [fault.message] : null); }
  }
  return found;
}"""
"""A list of faults for each file; null where the page fell over something that it did not look for."""


def packed(files: dict[str, bytes], key: str, known: dict[str, Any]) -> dict[str, Any]:
    def one(held: dict[str, bytes]) -> dict[str, str]:
        return {name: base64.b64encode(raw).decode() for name, raw in held.items()}

    saved = [one(held) for held in known.get("saved", [])]
    return {"files": one(files), "key": key, "witnesses": known.get("witnesses", []), "saved": saved}


def said(files: dict[str, bytes], key: str, known: dict[str, Any]) -> list[str]:
    try:
        return check_bundle(files, Trust(key, check=holds_ed25519, **known)).faults
    except Wrong as fault:
        return [str(fault)]


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_saved_from_the_site_it_works_from_a_file_without_network(
    app: Flask, county: County, client: Browser, chromium: Any, tmp_path: Path
) -> None:
    assert county
    program, bundle = tmp_path / "verify.html", tmp_path / "核对包.zip"
    with app.app_context():
        versions = [tampering.publish_with_a_receipt(quarter) for quarter in (1, 2)]
        run_after_publish()
        program.write_bytes(client.get("/log/verify.html").data)
        bundle.write_bytes(client.get("/v/990101100201/n/1/proof.zip").data)
        seal = client.get("/v/990101100201/n/1").text.split('<td class="num">')[1][:19]
        key, folder, made = own_vkey(app.extensions["villagehub"]), LogFolder(app.extensions["villagehub"].log), []
        for kind, (act, word) in tampering.KINDS.items():
            for number in range(EACH):
                with tampering.behind_its_back() as session:
                    act(session, versions[0], random.Random(f"{kind}{number}"))
                    session.expire_all()
                    made.append((make_proof_bundle(session, session.get_one(Version, versions[0]), folder, ""), word))
    vectors = [(open_file(raw), key, {}) for raw, _ in made]
    vectors += [(files, cheats.KEY, known) for _, files, known in (*cheats.receipts(), *cheats.honest())]
    handed = [*hostile.honest(), *hostile.refused()]
    context = chromium.new_context(offline=True, viewport={"width": 360, "height": 780})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(program.as_uri())
    page.set_input_files("#file", str(bundle))
    page.fill("#code", seal)
    page.click("#go")
    page.wait_for_selector("#result strong")
    assert page.inner_text("#result strong") == "存 · 和公开时一样，没有改过"
    if "VILLAGEHUB_TEST_PICTURES" in os.environ:
        page.screenshot(path=Path(os.environ["VILLAGEHUB_TEST_PICTURES"]) / "verify.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.fill("#code", "0000 0000 0000 0000")
    page.click("#go")
    page.wait_for_selector("#result.bad")
    assert "防改码和纸上的不一样" in page.inner_text("#result")
    expected = [said(*one) for one in vectors]
    found = page.evaluate(LOOK, [packed(*one) for one in vectors])
    # The words are the same where the two languages read bytes the same; that something is wrong must always be the same.
    assert [bool(one) for one in found] == [bool(one) for one in expected]
    assert found[: len(made)] == expected[: len(made)]
    assert all(any(word in one for one in told) for told, (_, word) in zip(found, made, strict=False))
    raws = [base64.b64encode(raw).decode() for _, raw in handed]
    opened = page.evaluate(LOOK_AT_FILES, {"key": cheats.KEY, "files": raws})
    assert [name for (name, _), told in zip(handed, opened, strict=True) if told is None] == []
    count = len(list(hostile.honest()))
    assert [name for (name, _), told in zip(handed[:count], opened, strict=False) if told] == []
    assert [
        name
        for (name, _), told in zip(handed[count:], opened[count:], strict=True)
        if not told and name not in hostile.EITHER
    ] == []
    page.evaluate("() => { crypto.subtle.importKey = () => Promise.reject(new Error('as in an older browser')); }")
    some = vectors[len(made) :: 3]
    again = page.evaluate(LOOK, [packed(*one) for one in some])
    assert [bool(one) for one in again] == [bool(said(*one)) for one in some]
    assert faults == []
    context.close()


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_reviewers_redacted_words_are_accepted_with_the_logs_record_and_missed_without_it(
    app: Flask, county: County, client: Browser, chromium: Any, tmp_path: Path
) -> None:
    assert county
    program, settings = tmp_path / "verify.html", app.extensions["villagehub"]
    with app.app_context():
        version_id = road.submit(road.fill())
        with unit_of_work() as session:
            chair = road.hand(county.chair)
            office.cast_vote(session, version_id, chair, agrees=False, objection="这里写了别人的病，不该公开")
        road.publish(road.agree(version_id))
        run_after_publish()
        two = [road.person(one) for one in (county.head, county.supervisor)]
        with unit_of_work() as session:
            asked: dict[str, Any] = {"said": {"review:1"}, "words": "写了别人的病情", "basis": "pipl28"}
            actions.propose(session, version_id, {}, **asked, actor=two[0], now=NOW)
        with reading() as session:
            seen = actions.digest_of([], said_of(session, session.get_one(Redaction, 1)))
        given: dict[str, Any] = {"actor": two[1], "settings": settings, "now": NOW}
        ready = actions.prepare(1, seen=seen, **given)
        with unit_of_work() as session:
            actions.confirm(session, 1, ready, **given, sign=lambda _village: None)
        run_after_publish()
        program.write_bytes(client.get("/log/verify.html").data)
        raw, key = client.get(f"/v/{county.village}/n/1/proof.zip").data, own_vkey(settings)
    files = open_file(raw)
    content = json.loads(files["publication.json"])
    assert "别人的病" not in raw.decode("utf-8", "replace")
    without = {**files, "publication.json": json.dumps({**content, "redactions": []}).encode()}
    page = chromium.new_context(offline=True).new_page()
    page.goto(program.as_uri())
    kept, missed = page.evaluate(LOOK, [packed(one, key, {}) for one in (files, without)])
    assert kept == []
    assert [one for one in missed if "不见了" in one]
    assert [said(one, key, {}) for one in (files, without)] == [kept, missed]
    (told,) = page.evaluate(LOOK.replace(").faults", ").said"), [packed(files, key, {})])
    (of_review,) = [one for one in told if "审核意见" in one]
    assert "证明不了这个人是谁、同意不同意" in of_review
    assert of_review in check_bundle(files, Trust(key, check=holds_ed25519)).said
