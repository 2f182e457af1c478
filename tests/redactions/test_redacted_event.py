"""通知公告里依法隐去的标题：几期合在一页上的列表，也写“已依法隐去”，不是空着。"""

from typing import Any

import road
import time_machine
from flask import Flask
from sqlalchemy import select
from test_redaction import SignIn, Visitor, confirm
from world import COUNTY, NOW, County

from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.models import Row, Thing, VersionRow
from villagehub.disclosures.redacted import STUB
from villagehub.ops.doctor import KEYS
from villagehub.public.published import items_of, items_of_all, publications_of
from villagehub.storage import reading
from villagehub.storage.keys import load_key

NOTICES = f"/v/{COUNTY.village}/notices"
NAMED, OTHER = "关于孙长林的处理决定", "上半年党费收缴"


def notice(title: str, month: str) -> dict[str, Any]:
    return {"title": title, "kind": "party", "issued_on": f"{month}-05", "content": "已经贴在公开栏"}


def test_a_list_of_events_says_that_a_title_was_redacted(app: Flask, county: County, sign_in: SignIn) -> None:
    assert county
    app.test_client_class = Visitor
    for name in KEYS:
        load_key(app.extensions["villagehub"].keys, name)
    with time_machine.travel(NOW, tick=True), app.app_context():
        version_id, _ = (
            road.published((notice(title, month),), of=road.account("notices", month), opening=None)
            for title, month in ((NAMED, "2026-08"), (OTHER, "2026-09"))
        )
        run_after_publish()
        assert NAMED in app.test_client().get(NOTICES).text
        with reading() as session:
            wanted = select(Row.id, Thing.number).join(Thing, Thing.id == Row.thing_id)
            row_id, number = session.execute(
                wanted.join(VersionRow, VersionRow.row_id == Row.id).where(VersionRow.version_id == version_id)
            ).one()
        fields = {"row": number, "field": f"{row_id}:title", "basis": "pipl47", "words": "本人要求删除姓名"}
        address = f"/desk/d/{version_id}/redact"
        answer = sign_in(COUNTY.head).send(address, fields, page=f"{address}?row={number}")
        assert answer.status_code == 303, answer.text
        assert confirm(sign_in(COUNTY.supervisor)).status_code == 303
        run_after_publish()
        page = app.test_client().get(NOTICES).text
        assert NAMED not in page
        assert f"<b>{STUB}</b>" in page
        assert OTHER in page
        with reading() as session:
            found = publications_of(session, road.version(version_id).village_id)
            assert items_of_all(session, found) == {one.id: items_of(session, one.id) for one in found}
