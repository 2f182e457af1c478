"""几个村合成一份传上来的账：一个村依法隐去的名字，整份文件里也没有了，别的村的行不动。"""

import sys
from io import BytesIO
from pathlib import Path

import road
import time_machine
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from test_redaction import SHOP, SignIn, Visitor, redact
from world import COUNTY, NOW, County

from villagehub.disclosures.after import run_after_publish
from villagehub.ledgers.models import Bundle
from villagehub.ops.doctor import KEYS
from villagehub.storage import reading
from villagehub.storage.keys import load_key
from villagehub.storage.originals import read_original
from villagehub.storage.vault import vault_of

sys.path += [str(Path(__file__).parents[1] / "ledgers")]
import sending
from test_many_villages import NEXT, OURS, address_of, appoint_clerks, give, send, shares, xlsx

HEAD = ["村名", "日期", "凭证号", "摘要", "收入", "支出", "往来单位"]
BOTH = [
    ["柳河镇2026年三季度收支表"],
    HEAD,
    ["青石沟村", "2026-07-05", "101", "鱼塘租金", 12000, None, None],
    ["柳树坪村", "2026-07-06", "201", "砖厂租金", 3000, None, None],
    ["青石沟村", "2026-07-12", "107", f"{SHOP}补路面", None, 840, SHOP],
    ["柳树坪村", "2026-07-13", "202", "买办公纸", None, 77, "大河五金店"],
]


def test_what_is_redacted_leaves_the_whole_file_too(app: Flask, county: County, sign_in: SignIn) -> None:
    assert county
    app.test_client_class = Visitor
    settings = app.extensions["villagehub"]
    for name in KEYS:
        load_key(settings.keys, name)
    appoint_clerks(app)
    with time_machine.travel(NOW, tick=True):
        books = sign_in("books")
        address = address_of(send(books, xlsx(BOTH), f"含{SHOP}的总账.xlsx"))
        assert give(books, address).status_code == 303
        found = shares(app)
        assert set(found) == {OURS, NEXT}
        clerk = sign_in(COUNTY.clerk)
        sending.confirm(clerk, found[OURS].id)
        assert sending.press(clerk, found[OURS].id).status_code == 303
        with app.app_context():
            version_id = shares(app)[OURS].version_id
            assert version_id
            road.publish(road.agree(road.submit(version_id)))
            run_after_publish()
            redact(sign_in, version_id)
    with app.app_context():
        with reading() as session:
            whole = session.scalars(select(Bundle)).one()
        raw = read_original(vault_of(settings), whole.sha256)
    words = [str(cell) for one in load_workbook(BytesIO(raw)) for row in one.values for cell in row if cell is not None]
    assert {"砖厂租金", "买办公纸", "大河五金店", "鱼塘租金"} <= set(words)
    assert not [one for one in words if SHOP in one]
    assert SHOP not in whole.filename
    assert not vault_of(settings).holds(whole.sha256)
