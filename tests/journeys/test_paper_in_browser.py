"""有人用手机扫了公开榜上“供核验用”的小码：网页马上说这张纸和网上的日志一不一样；数字不离开手机。

剧本：印出公开榜，读出小码，打开它的网址：和网上日志里的一样，点开这一号的核对页。日志被人重写，再扫：不一样。
没有脚本的手机，网页写着怎么用眼睛比。所有真的、假的小码，浏览器和 verify.py 说的一样。
"""

import sys
from pathlib import Path
from typing import Any

import pytest
import showcase
from axe import violations
from test_pages_in_browser import SIDEWAYS, SMALL, measured
from test_verify_in_browser import LOOK, packed
from world import NOW

sys.path += [str(Path(__file__).parents[1] / one) for one in ("transparency", "labels")]
import cheats
import paper_vectors as vectors
from paper import codes_in
from test_sheet import pages_of
from test_square_on_paper import looked_at

from villagehub.disclosures.scope import publication_of
from villagehub.labels.making import make_sheet
from villagehub.labels.sheet_facts import read_sheet
from villagehub.places.queries import read_village
from villagehub.storage import db, reading
from villagehub.transparency.ours import bring_up_to_date, seal
from villagehub.transparency.verifying import verify_html
from villagehub.transparency.verifying.paper import PAPER, is_paper

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_square_on_a_printed_sheet_is_compared_with_the_site_by_the_phone_that_read_it(
    chromium: Any, serve_in: Any, tmp_path: Path
) -> None:
    server = serve_in(tmp_path)
    app, _, _ = showcase.settle(server.instance, server.url)
    settings = app.extensions["villagehub"]
    with app.app_context():
        seal(settings)
        bring_up_to_date(settings, wait=True)
        with reading() as session:
            village = read_village(session, showcase.HOME.rpartition("/")[2])
            version = publication_of(session, village.id, 5)
            assert version is not None
            facts = read_sheet(session, version.id, today=NOW.date())
        made = make_sheet(facts, settings=settings, now=NOW)
        db.engine.dispose()
    [square] = [one for sheet in pages_of(made.pdf, 330) for one in codes_in(sheet) if is_paper(one)]
    server.start()
    try:
        asked: list[str] = []
        context = chromium.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(square)
        page.wait_for_selector("#seen strong", timeout=60_000)
        assert page.inner_text("#seen strong") == "这张纸是第 5 号公开，和网上日志里的一样"
        assert made.facts.seal in page.inner_text("#seen")
        assert all(one.startswith(server.url) for one in asked)
        digits = square.partition("#")[2]
        assert not any(digits in one for one in asked if not one.endswith(f"#{digits}"))
        assert violations(page) == []
        page.screenshot(path=tmp_path / "y.png", full_page=True)
        page.click("#seen a")
        page.wait_for_url("**/n/5/check")
        assert made.facts.seal in page.inner_text("main")
        for said in (f"{digits[:-3]}999", "%E0"):
            page.goto(f"{server.url}/y#{said}")
            page.reload()
            page.wait_for_selector("#seen.bad", timeout=60_000)
            assert page.inner_text("#seen strong") == "没有核对成"
        for size in ("m", "l", "x"):
            for theme in ("light", "dark"):
                narrow = chromium.new_context(viewport={"width": 320, "height": 700})
                narrow.add_cookies(
                    [{"name": n, "value": v, "url": server.url} for n, v in (("size", size), ("theme", theme))]
                )
                page = narrow.new_page()
                page.goto(square)
                page.wait_for_selector("#seen strong", timeout=60_000)
                assert measured(page, SIDEWAYS) <= 0, (size, theme)
                assert measured(page, SMALL) == [], (size, theme)
                assert violations(page) == [], (size, theme)
                narrow.close()
        without = chromium.new_context(java_script_enabled=False)
        page = without.new_page()
        page.goto(square)
        told = page.inner_text("main")
        assert "用眼睛比" in told
        assert "您的浏览器关掉了脚本" in told
        without.close()
        context.close()
    finally:
        server.stop()


def test_the_browser_says_of_every_square_what_verify_py_says(chromium: Any, tmp_path: Path) -> None:
    program = tmp_path / "verify.html"
    program.write_bytes(verify_html())
    cases = [({PAPER: said.encode()}, known) for _, said, known in (*vectors.honest(), *vectors.dishonest())]
    cases += [(files, {"saved": [{PAPER: said.encode()}]}) for _, files, said, _ in vectors.bundles()]
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.goto(program.as_uri())
    asked = [packed(files, cheats.KEY, known) | {"code": known.get("code", "")} for files, known in cases]
    found = page.evaluate(LOOK, asked)
    assert found == [looked_at(files, **known).faults for files, known in cases]
    said = vectors.SITE + vectors.digits(vectors.square(cheats.head(cheats.D)))
    page.fill("#paper", said)
    page.fill("#key", cheats.KEY)
    page.click("#go")
    page.wait_for_selector("#result strong")
    assert page.inner_text("#result strong") == "存 · 纸上的小码是真的，日志签过这一条"
    context.close()
