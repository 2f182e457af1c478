"""读长表格的时候说得出读到哪里：读的子进程每两千行报一次，命令行有进度条，网页上看得到第几行；短表格不出声。

读的进程死了，原件还在：再打开那一页，就从头读，读完是同一个结果。
"""

import re
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sending import received, send
from sqlalchemy import func, select
from world import Browser, County, settings_for

from villagehub.app import create_app
from villagehub.kernel import clock
from villagehub.ledgers import beside
from villagehub.ledgers.bar import Bar
from villagehub.ledgers.child import read_in_child
from villagehub.ledgers.models import UploadReading
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]

ROWS = 9_000


def ledger(rows: int) -> bytes:
    lines = ["日期,凭证号,摘要,收入,支出"]
    lines += [f"2026-07-{no % 28 + 1:02d},{no},第 {no} 笔支出,,{no}.25" for no in range(1, rows + 1)]
    return "\n".join(lines).encode()


def heard_from(rows: int) -> list[tuple[int, int]]:
    heard: list[tuple[int, int]] = []
    checked = read_in_child(ledger(rows), "账.csv", "finance", told=lambda done, whole: heard.append((done, whole)))
    assert checked.totals["rows"] == rows
    return heard


def test_the_reading_child_tells_how_far_it_is() -> None:
    assert heard_from(ROWS) == [(2000, ROWS + 1), (4000, ROWS + 1), (6000, ROWS + 1), (8000, ROWS + 1)]


def test_a_short_file_tells_nothing() -> None:
    assert heard_from(40) == []


def test_the_bar_is_on_standard_error_and_only_for_news(capsys) -> None:
    with Bar():
        pass
    assert capsys.readouterr() == ("", "")
    with Bar() as bar:
        bar.show(2000, 8001)
        bar.show(8000, 8001)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "正在核对" in shown.err


def opened(clerk: Browser, upload_id: int) -> tuple[str, str | None]:
    """The upload's page as it is now, and after how many seconds it asks again by itself."""
    answer = clerk.get(f"/desk/u/{upload_id}")
    assert answer.status_code == 200
    return answer.text, answer.headers.get("Refresh")


def read_to_its_end(clerk: Browser, upload_id: int) -> list[str]:
    """All that the page of waiting said until the page of the upload stood in its place."""
    said: list[str] = []
    until = time.monotonic() + 120
    while time.monotonic() < until:
        page, refresh = opened(clerk, upload_id)
        if refresh is None:
            assert f"{ROWS} 行都没问题，可以存成草稿" in page
            return list(dict.fromkeys(said))
        found = re.search(r'role="status">([^<]+)<', page)
        assert found, page
        said.append(found[1])
    raise AssertionError(f"still waiting after {said}")


def test_a_long_upload_says_how_far_it_is_until_its_page_stands_there(
    app: Flask, county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = app.extensions["villagehub"]
    impatient = create_app(settings_for(held.instance, held.database_url, upload_wait=0))
    monkeypatch.setattr(beside, "BEAT", 0.02)
    clerk = Browser(impatient)
    clerk.sign_in(county.clerk)
    said = read_to_its_end(clerk, send(clerk, ledger(ROWS)))
    assert said[0] == "文件收好了，正在打开。"
    assert any(re.fullmatch(rf"正在一行一行核对：核对了 \d,000 行，一共 {ROWS + 1:,} 行。", one) for one in said), said


def test_what_a_worker_read_when_it_died_is_read_by_whoever_opens_the_page_next(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    upload_id = received(app, ledger(ROWS))
    clerk = sign_in(county.clerk)

    def held(seconds: int) -> None:
        with app.app_context(), unit_of_work() as session:
            until = clock.now() + timedelta(seconds=seconds)
            session.merge(
                UploadReading(upload_id=upload_id, held_by="x", held_until=until, tries=1, done=4000, whole=ROWS + 1)
            )

    held(600)
    page, refresh = opened(clerk, upload_id)
    assert (refresh, f"核对了 4,000 行，一共 {ROWS + 1:,} 行" in page) == ("2", True)
    held(-1)
    read_to_its_end(clerk, upload_id)
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(UploadReading)) == 0


def test_a_file_at_which_three_workers_died_is_not_tried_again(app: Flask, county: County, sign_in: SignIn) -> None:
    upload_id = received(app, ledger(40))
    with app.app_context(), unit_of_work() as session:
        gone = clock.now() - timedelta(seconds=1)
        session.add(UploadReading(upload_id=upload_id, held_by="x", held_until=gone, tries=3, done=0, whole=0))
    page, refresh = opened(sign_in(county.clerk), upload_id)
    assert (refresh, "没能读完" in page) == (None, True)
