"""名单公开期满，传表格留下的记录里也没有姓名了：核对结果、网页上改的格、被换掉的行；没办完的那一次，系统当作不要了。"""

from collections.abc import Callable
from datetime import timedelta

import road
import time_machine
from flask import Flask
from sending import accept
from sqlalchemy import func, select
from test_mending_on_the_page import mend, refused
from test_upload_pages import upload
from world import NOW, Browser, County

from villagehub.disclosures.models import Row
from villagehub.disclosures.trace_models import UploadTrace
from villagehub.ledgers.models import Upload
from villagehub.ops.ticking import tick
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
HEAD = "2026年耕地地力保护补贴发放表,,,,\n组别,姓名,金额,备注,家里\n"
FIRST = HEAD + "三组,王秀兰,612,好,1\n三组,王秀兰,612,好,2\n三组,李成,李成的六十八,,3\n"
THEN = HEAD + "三组,王秀兰,612,好,1\n三组,周春生,68,,3\n"
LIST = {"section": "funds", "period": "2026-03"}
NAMES = ("王秀兰", "李成的", "周春生", "赵长河")


def kept(app: Flask) -> str:
    """All that is stored about uploads, and every row that no version holds."""
    with app.app_context(), reading() as session:
        words = [
            str((one.id, one.report, one.fixes, one.changes, one.past, one.confirmations))
            for one in session.scalars(select(Upload).order_by(Upload.id))
        ]
        traced = select(Row.facts).join(UploadTrace, UploadTrace.row_id == Row.id)
        return "\n".join([*words, *map(str, session.scalars(traced))])


def test_names_of_a_list_that_is_over_leave_the_records_of_its_uploads(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with time_machine.travel(NOW, tick=True):
        clerk = sign_in(county.clerk)
        address = refused(clerk, FIRST.encode(), "补贴.csv", **LIST)
        assert mend(clerk, address, **{"fix@!C5": "68"}).status_code == 303
        first = int(address.rpartition("/")[2])
        accept(clerk, first)
        second = int(upload(clerk, THEN, **LIST).headers["Location"].rpartition("/")[2])
        version = accept(clerk, second)
        never = int(refused(clerk, (HEAD + "三组,赵长河,赵长河的六百,,\n").encode(), **LIST).rpartition("/")[2])
        with app.app_context():
            road.publish(road.agree(road.submit(version)))
    settings = app.extensions["villagehub"]
    with app.app_context(), time_machine.travel(NOW + timedelta(days=89), tick=True):
        assert "uploads" not in {one.job.name for one in tick(settings) if one.said}
    assert [name for name in NAMES if name not in kept(app)] == []
    with app.app_context(), time_machine.travel(NOW + timedelta(days=91), tick=True):
        said = {one.job.name: one.said for one in tick(settings) if one.said}
        assert said["uploads"] == "3 次名单的上传，记录里的姓名也去掉了"
        assert [name for name in NAMES if name in kept(app)] == []
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(UploadTrace)) == 0
            assert session.get_one(Upload, never).state == "abandoned"
            assert session.get_one(Upload, first).report["counts"]["kept"] == 3
        reviewer = sign_in(county.member)
        for address in (f"/desk/u/{first}/record", f"/desk/u/{second}", f"/desk/u/{never}"):
            page = reviewer.get(address)
            assert page.status_code == 200
            assert "名单公开期满，这份记录里引用的姓名" in page.text
            assert [name for name in NAMES if name in page.text] == []
        assert "uploads" not in {one.job.name for one in tick(settings) if one.said}
