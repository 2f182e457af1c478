"""名单公开期满，原始文件换成减去个人信息的一份；满两年，姓名也没有了。同一个文件再传，系统还认得。"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import road
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sending import accept
from sqlalchemy import select
from test_upload_pages import upload
from world import NOW, Browser, County

from villagehub.config import Settings
from villagehub.disclosures.models import Erasure
from villagehub.ledgers.models import Upload
from villagehub.ops.doctor import examine
from villagehub.ops.jobs import JOBS
from villagehub.ops.originals import expected_files
from villagehub.ops.ticking import tick
from villagehub.storage import reading
from villagehub.storage.tables import VaultReplacement
from villagehub.storage.vault import vault_of

SignIn = Callable[[str], Browser]
LIST = {"section": "funds", "period": "2026-03"}
FILE = (
    "2026年耕地地力保护补贴发放表（联系人陈福生）,,,,,\n组别,姓名,金额,一卡通账号,联系电话,家里情况\n"
    "三组,王秀兰,612,6217001234567890123,13900001111,儿子在外\n三组,李成,68.5,6217001234567890131,13900002222,\n"
).encode()
NUMBERS = ("6217001234567890123", "13900001111", "儿子在外", "陈福生")

OF_LISTS = [one for one in JOBS if one.name in ("names", "uploads", "memory", "copies")]


def ticked(settings: Settings, moment: datetime) -> str:
    with time_machine.travel(moment, tick=True):
        return "；".join(one.said for one in tick(settings, jobs=OF_LISTS) if one.job.name == "copies")


def grow_old(settings: Settings) -> None:
    """As if every file had lain in the vault since the tests' day."""
    for path in settings.vault.glob("??/*"):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))


def rows_in(raw: bytes) -> list[list[object]]:
    return [list(one) for one in load_workbook(BytesIO(raw)).worksheets[0].iter_rows(values_only=True)]


def test_a_reduced_copy_takes_the_place_of_the_original_when_the_list_is_over(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    settings: Settings = app.extensions["villagehub"]
    vault = vault_of(settings)
    with time_machine.travel(NOW, tick=True):
        clerk = sign_in(county.clerk)
        first = int(upload(clerk, FILE, "补贴.csv", **LIST).headers["Location"].rpartition("/")[2])
        version = accept(clerk, first)
        with app.app_context():
            road.publish(road.agree(road.submit(version)))
    with app.app_context():
        with reading() as session:
            old = session.get_one(Upload, first).sha256
        later = NOW + timedelta(days=91)
        assert ticked(settings, NOW + timedelta(days=89)) == ""
        # Just sent, so a day must pass before its bytes may go: a run that dies after the commit leaves the same behind.
        os.utime(Path(settings.vault, old[:2], old[2:]), (later.timestamp(), later.timestamp()))
        assert ticked(settings, later) == "1 份名单的原始文件换成减去个人信息的"
        assert vault.read(old) == FILE
        grow_old(settings)
        assert ticked(settings, later + timedelta(days=1)) == "删去 1 份换下的"
        assert ticked(settings, later + timedelta(days=2)) == ""
        assert not vault.holds(old)
        with reading() as session:
            (held,) = session.scalars(select(VaultReplacement))
            assert (held.old_sha256, session.get_one(Erasure, held.erasure_id).kind) == (old, "expiry")
            assert held.new_sha256 in expected_files(session)
            assert old not in expected_files(session)
        assert dict(examine(app, settings))["原始文件"] == []

    with time_machine.travel(later + timedelta(days=2), tick=True):
        clerk = sign_in(county.clerk)
        copy = clerk.get(f"/desk/u/{first}/original")
        assert ".xlsx" in copy.headers["Content-Disposition"]
        rows = rows_in(copy.data)
        assert rows[1][:3] == ["组别", "姓名", "金额"]
        assert [[str(cell) for cell in one[:3]] for one in rows[2:]] == [
            ["三组", "王秀兰", "612"],
            ["三组", "李成", "68.5"],
        ]
        assert not [one for one in NUMBERS if any(one in str(cell) for row in rows for cell in row)]
        assert "王秀兰" in clerk.get(f"/desk/u/{first}/row/3").text, "the row stands where it stood"
        again = upload(clerk, FILE, "补贴.csv", **LIST)
        assert f"/desk/u/{first}" in again.headers["Location"], "the same file is known again"
        for address in (f"/desk/u/{first}", f"/desk/u/{first}/record", f"/desk/u/{first}/marked.xlsx"):
            assert clerk.get(address).status_code < 500, address

    with app.app_context():
        grow_old(settings)
        said = ticked(settings, NOW + timedelta(days=800))
        assert said == "1 份名单的原始文件换成减去个人信息的；删去 2 份换下的"
        with time_machine.travel(NOW + timedelta(days=800), tick=True):
            last = sign_in(county.clerk).get(f"/desk/u/{first}/original").data
        words = [str(cell) for sheet in load_workbook(BytesIO(last)).worksheets for row in sheet.values for cell in row]
        assert "612" in words
        assert not [one for one in ("王秀兰", "李成", *NUMBERS) if any(one in cell for cell in words)]
        assert ticked(settings, NOW + timedelta(days=801)) == ""
        assert dict(examine(app, settings))["原始文件"] == []
