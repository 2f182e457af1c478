"""很长的表：网页上看得到核对到哪里；正核对着停了电，再打开，还是核对得完。

剧本：报账员赵庆传一张很多行的表，页面说核对了多少行、一共多少行，不用脚本，自己会更新。这时服务器被 kill -9。
服务器重新起来，他再打开刚才那一页，还在核对；核对完，就是结果，一行也不少。
"""

import os
import re
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import main_text
from flask import Flask
from test_mending_in_browser import send
from test_pages_in_browser import sign_in
from test_review_on_phones import Eyes
from world import COUNTY, settings_for, settle_county

from villagehub.app import create_app
from villagehub.storage import db, migrate

if TYPE_CHECKING:
    from conftest import Server
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROWS = 195_000
"""So many that no machine has read them by the second sign of life."""


def settled(server: "Server") -> "Server":
    """A served village that takes long files."""
    server.instance.mkdir(mode=0o700, parents=True)
    app: Flask = create_app(settings_for(server.instance, f"sqlite:///{server.instance / 'villagehub.db'}"))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        db.engine.dispose()
    server.more |= {"VILLAGEHUB_WEB_MAX_ROWS": "200000", "VILLAGEHUB_UPLOAD_WAIT": "0"}
    server.start()
    return server


def until_silent(server: "Server") -> None:
    """Waits until the worker of the killed server has ended too: it answers no more at the port."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", int(server.url.rpartition(":")[2]))) != 0:
                return
        time.sleep(0.1)
    raise AssertionError("a worker outlives its server")


def without_its_own_turn(route: "Route") -> None:
    """Answers as the server does, but for the header that has the page look again by itself."""
    answer = route.fetch()
    route.fulfill(response=answer, headers={name: value for name, value in answer.headers.items() if name != "refresh"})


def opened_anew(page: "Page", address: str, *, still: bool) -> "Page":
    """He shuts the page and opens it again. A page on its way to look again by itself has no part in that. ``still``: it is
    to stand still while it is looked at.
    """
    anew = page.context.new_page()
    page.close()
    if still:
        anew.route(address, without_its_own_turn)
    anew.goto(address)
    return anew


def until_some_are_read(page: "Page") -> None:
    """Asks for the page as the browser does, again and again, until it says how many rows were read."""
    while True:
        answer = page.request.get(page.url)
        text = answer.text()
        assert "正在核对" in text, text
        if re.search(r"核对了 [\d,]+ 行，一共 195,001 行", text):
            return


def test_a_long_upload_tells_how_far_it_is_and_outlives_its_server(
    chromium: "Browser", server: "Server", tmp_path: Path
) -> None:
    folder = os.environ.get("VILLAGEHUB_TEST_PICTURES")
    eyes = Eyes(Path(folder) if folder else None)
    village = settled(server)
    file = tmp_path / "三季度.csv"
    # one cell in the last row is wrong, so that the page of the upload needs no trial of so many rows
    lines = ["日期,凭证号,摘要,收入,支出"]
    lines += [f"2026-{7 + no % 3:02d}-{no % 28 + 1:02d},{no},第 {no} 笔支出,,{no}.25" for no in range(1, ROWS)]
    file.write_text("\n".join([*lines, "2026-09-31,,电费,,1"]), "utf-8")
    clerk = chromium.new_context(base_url=village.url, viewport={"width": 390, "height": 844})
    page = sign_in(clerk, COUNTY.clerk)
    send(page, file)
    until_some_are_read(page)
    address = page.url
    assert village.process
    village.process.send_signal(signal.SIGKILL)
    village.process.wait(60)
    until_silent(village)
    village.start()
    page = opened_anew(page, address, still=True)
    page.get_by_role("heading", name="正在核对").wait_for()
    eyes.look(page, "long-upload")
    page = opened_anew(page, address, still=False)
    page.get_by_role("link", name="第 195001 行「日期」").wait_for(timeout=120_000)  # the page brings it by itself
    assert re.search(r"读到\s+195000 行", main_text(page))
    assert eyes.wrong == []
    clerk.close()
