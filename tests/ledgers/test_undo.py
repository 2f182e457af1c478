"""Undoing an upload: what it did is taken back exactly, what people did since stays and is named, and the public waits for a
correction. Every promise on both engines, over the real pages.
"""

import re
from collections.abc import Callable

import pytest
import road
from flask import Flask
from sending import accept, counts, missing, press, send, snapshot, tick, undo
from sqlalchemy import delete, func, select
from world import COUNTY, Browser, County

from villagehub.disclosures.models import Row
from villagehub.disclosures.trace_models import UploadTrace
from villagehub.journal.models import JournalEntry
from villagehub.ledgers.models import Upload
from villagehub.storage import reading, unit_of_work

AsSignedIn = Callable[[str], Browser]
HEAD = "日期,凭证号,摘要,收入,支出,余额\n"
OPENING = ",,期初余额,,,5000\n"
RENT = "2026-07-05,101,鱼塘租金,12000,,\n"
CANAL = "2026-07-12,107,水渠清淤,,11600,\n"
LAMPS = "2026-09-12,112,购路灯配件,,840,\n"
FIRST = HEAD + OPENING + RENT + CANAL
SECOND = HEAD + ",,期初余额,,,6000\n" + RENT + CANAL.replace("11600", "10600") + LAMPS
REASON = {"reason_code": "clerical", "reason": "传错了表格，这一期要恢复成以前的"}


def rows_held() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Row)) or 0


def upload(upload_id: int) -> Upload:
    with reading() as session:
        return session.get_one(Upload, upload_id)


def events(upload_id: int) -> list[str]:
    with reading() as session:
        found = select(JournalEntry.event).where(
            JournalEntry.subject_kind == "upload", JournalEntry.subject_id == upload_id
        )
        return list(session.scalars(found.order_by(JournalEntry.id)))


@pytest.fixture
def clerk(app: Flask, county: County, sign_in: AsSignedIn) -> Browser:
    return sign_in(county.clerk)


def test_undoing_a_second_upload_restores_the_identical_snapshot(app: Flask, clerk: Browser) -> None:
    first = accept(clerk, send(clerk, FIRST))
    with app.app_context():
        before, held = snapshot(), rows_held()
    second = send(clerk, SECOND)
    assert accept(clerk, second) == first
    with app.app_context():
        assert snapshot() != before
    assert undo(clerk, second).status_code == 303
    with app.app_context():
        assert snapshot() == before
        assert rows_held() == held
        assert upload(second).state == "undone"
        assert events(second)[-1] == "upload_undone"
    text = clerk.get(f"/desk/u/{second}/record").text
    assert "已经撤销：去掉 1 行，恢复成以前的 1 行" in text
    assert "撤销了一次导入：去掉 1 行，恢复 1 行" in clerk.get(f"/desk/d/{first}").text


def test_undoing_brings_back_rows_that_were_ticked_to_go_in_their_place(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, HEAD + OPENING + RENT + CANAL + LAMPS))
    with app.app_context():
        before = snapshot()
    second = send(clerk, HEAD + OPENING + LAMPS + RENT)
    tick(clerk, second, *missing(clerk, second))
    accept(clerk, second)
    with app.app_context():
        now = snapshot()
        assert now
        assert before
        assert len(now["rows"]) == 2
    undo(clerk, second)
    with app.app_context():
        assert snapshot() == before


def test_undoing_the_upload_that_opened_the_draft_leaves_nothing(app: Flask, clerk: Browser) -> None:
    first = send(clerk, FIRST)
    accept(clerk, first)
    undo(clerk, first)
    with app.app_context():
        assert snapshot() is None
        assert rows_held() == 0
    assert "草稿是这次上传开的，也一起作废了" in clerk.get(f"/desk/u/{first}/record").text
    again = send(clerk, FIRST)
    assert again != first
    accept(clerk, again)
    with app.app_context():
        assert snapshot() is not None


def test_uploads_are_undone_from_the_last_one_backwards(app: Flask, clerk: Browser) -> None:
    first = send(clerk, FIRST)
    accept(clerk, first)
    second = send(clerk, SECOND, name="改过的账.csv")
    accept(clerk, second)
    refused = undo(clerk, first)
    assert refused.status_code == 409
    assert "后来又传过“改过的账.csv”" in refused.text
    undo(clerk, second)
    assert undo(clerk, first).status_code == 303
    with app.app_context():
        assert snapshot() is None


def test_a_row_that_somebody_changed_since_stays_and_is_named(app: Flask, clerk: Browser) -> None:
    draft = accept(clerk, send(clerk, FIRST))
    second = send(clerk, SECOND)
    accept(clerk, second)
    with app.app_context():
        road.change_row(draft, 3, summary="购路灯配件十套")
        undo(clerk, second)
        now = snapshot()
        assert now
        assert [one["summary"] for one in now["rows"]] == ["鱼塘租金", "水渠清淤", "购路灯配件十套"]
        assert [one["amount"] for one in now["rows"]] == [1_200_000, 1_160_000, 84_000]
        assert now["balances"][:2] == [500_000, 500_000 + 1_200_000 - 1_160_000 - 84_000]
    text = clerk.get(f"/desk/u/{second}/record").text
    assert "这 1 行在上传以后有人改过，没有动" in text
    assert "编号 3　购路灯配件十套" in text
    assert "后来改过的没有动：编号 3" in clerk.get(f"/desk/d/{draft}").text


def test_balances_that_somebody_typed_since_stay(app: Flask, clerk: Browser) -> None:
    draft = accept(clerk, send(clerk, FIRST))
    second = send(clerk, SECOND)
    accept(clerk, second)
    page = f"/desk/d/{draft}"
    clerk.send(f"{page}/balances", {"opening": "7000", "bank": "100", "cash": ""}, page=page)
    undo(clerk, second)
    with app.app_context():
        now = snapshot()
        assert now
        assert now["balances"] == [700_000, 700_000 + 1_200_000 - 1_160_000, 10_000, None]
    assert "期初、存款这些数在上传以后有人改过，没有动" in clerk.get(f"/desk/u/{second}/record").text


def test_what_is_submitted_is_not_undone_until_it_is_taken_back(app: Flask, clerk: Browser) -> None:
    first = send(clerk, FIRST)
    draft = accept(clerk, first)
    with app.app_context():
        road.submit(draft)
        before = snapshot()
    refused = undo(clerk, first)
    assert refused.status_code == 409
    assert "已经送审，不能撤销" in refused.text
    with app.app_context():
        assert snapshot() == before


def test_after_publication_undoing_proposes_a_correction_with_a_reason(app: Flask, clerk: Browser) -> None:
    first = send(clerk, FIRST)
    draft = accept(clerk, first)
    with app.app_context():
        road.publish(road.agree(road.submit(draft)))
        published = snapshot()
    second = send(clerk, SECOND)
    correction = accept(clerk, second)
    with app.app_context(), unit_of_work() as session:
        from villagehub.disclosures import actions

        actions.give_reason(
            session,
            session.get_one(type(road.version(correction)), correction),
            code="amount",
            reason="清淤的发票金额抄错了，补上路灯",
            actor=road.person(COUNTY.clerk),
            now=road.NOW,
        )
    with app.app_context():
        road.publish(road.agree(road.submit(correction)))
        wrong = snapshot()
    refused = undo(clerk, second, reason_code="clerical", reason="错了")
    assert refused.status_code == 422
    assert "错了</textarea>" in refused.text
    with app.app_context():
        assert snapshot() == wrong
    assert undo(clerk, second, **REASON).status_code == 303
    with app.app_context():
        proposed = snapshot()
        assert proposed
        assert published
        assert wrong
        assert (proposed["kind"], proposed["rows"]) == ("correction", published["rows"])
        assert proposed["balances"] == published["balances"]
        assert road.version(correction).number == 2, "the publication itself stays"
        assert road.version(proposed["version"]).reason == REASON["reason"]
        assert upload(second).state == "accepted"
    assert "已开好更正草稿" in clerk.get(f"/desk/u/{second}/record").text
    again = undo(clerk, second, **REASON)
    assert again.status_code == 409
    assert "更正草稿已经开好了" in again.text


def advice(clerk: Browser, upload_id: int) -> str:
    """What the record's page says under 撤销这次上传, in one line."""
    block = clerk.get(f"/desk/u/{upload_id}/record").text.partition("<summary>撤销这次上传</summary>")[2]
    return re.sub(r"<[^>]+>|\s+", "", block.partition("</details>")[0])


def test_of_what_is_public_the_advice_is_a_correction_and_never_what_cannot_be_done(app: Flask, clerk: Browser) -> None:
    """公开以后不能一次一次往回撤，也没有草稿可作废：只告诉他打开那一号，点“更正”。"""
    first = send(clerk, FIRST)
    accept(clerk, first)
    second = send(clerk, SECOND, name="改过的账.csv")
    draft = accept(clerk, second)
    with app.app_context():
        road.publish(road.agree(road.submit(draft)))
    told = advice(clerk, first)
    assert "后来又传过“改过的账.csv”" in told
    assert "先撤销" not in told
    assert "请打开第1号公开，点“更正”，写明原因" in told
    record = clerk.get(f"/desk/u/{first}/record").text
    assert f'href="/desk/d/{draft}#correct">打开第 1 号公开' in record
    assert 'id="correct"' in clerk.get(f"/desk/d/{draft}").text
    refused = undo(clerk, first, **REASON)
    assert refused.status_code == 409
    assert "请打开第 1 号公开，点“更正”" in refused.text

    with app.app_context(), unit_of_work() as session:
        session.execute(delete(UploadTrace).where(UploadTrace.upload_id == second))
    told = advice(clerk, second)
    assert "以前的内容没有留下来" in told
    assert "作废" not in told
    assert "请打开第1号公开，点“更正”，写明原因" in told


def test_what_was_corrected_since_is_corrected_where_it_stands_now(app: Flask, clerk: Browser) -> None:
    first = send(clerk, FIRST)
    draft = accept(clerk, first)
    with app.app_context():
        road.publish(road.agree(road.submit(draft)))
        correction = road.correct(1)
        road.change_row(correction, 1, summary="鱼塘租金（一年）")
        road.publish(road.agree(road.submit(correction)))
    told = advice(clerk, first)
    assert "现在有效的是第2号" in told
    assert "请打开第2号，在那里更正" in told
    assert "为什么更正" not in told, "no form that would be refused"
    assert f'href="/desk/d/{correction}#correct">打开第 2 号公开' in clerk.get(f"/desk/u/{first}/record").text


def test_a_proposed_correction_that_was_given_up_may_be_proposed_again(app: Flask, clerk: Browser) -> None:
    first = send(clerk, FIRST)
    draft = accept(clerk, first)
    with app.app_context():
        road.publish(road.agree(road.submit(draft)))
    assert undo(clerk, first, **REASON).status_code == 303
    proposed = upload_in(app, first).changes["correction"]
    clerk.send(f"/desk/d/{proposed}/abandon", page=f"/desk/d/{proposed}")
    page = clerk.get(f"/desk/u/{first}/record").text
    assert "已开好更正草稿" not in page
    assert "为什么更正" in page
    assert undo(clerk, first, **REASON).status_code == 303
    assert upload_in(app, first).changes["correction"] != proposed
    assert "已开好更正草稿" in clerk.get(f"/desk/u/{first}/record").text


def upload_in(app: Flask, upload_id: int) -> Upload:
    with app.app_context():
        return upload(upload_id)


def test_a_draft_that_is_given_up_keeps_no_trace(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, FIRST))
    second = send(clerk, SECOND)
    draft = accept(clerk, second)
    clerk.send(f"/desk/d/{draft}/abandon", page=f"/desk/d/{draft}")
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(UploadTrace)) == 0
        assert session.scalar(select(func.count()).select_from(Row)) == 0
    assert "已经作废，没有要撤销的" in undo(clerk, second).text


def test_an_asset_register_is_put_back_as_it_was_published(app: Flask, clerk: Browser) -> None:
    head = "资产编号,资产名称,类别,数量,坐落位置,原值\n"
    of = {"section": "assets", "period": "2026"}
    with app.app_context():
        account = road.account("assets", "2025")
        place = {"location": "二组", "original_value": 900_000}
        house = {**place, "asset_no": "ZC-1", "name": "办公楼", "category": "building", "quantity": "1"}
        pump = {**place, "asset_no": "ZC-2", "name": "水泵", "category": "machine", "quantity": "1"}
        road.published([house, pump], of=account, opening=None)
        published = snapshot(account)
    first = send(clerk, head + "ZC-2,水泵,机器设备,1,二组,9500\nZC-3,磨面机,机器设备,1,三组,3000\n", **of)
    assert counts(clerk, first) == {"new": 1, "changed": 1, "unchanged": 0, "missing": 1}
    accept(clerk, first)
    with app.app_context():
        now = snapshot(road.account("assets", "2026"))
        assert now
        assert [one["asset_no"] for one in now["rows"]] == ["ZC-2", "ZC-3", "ZC-1"], "what nobody ticked stays"
    undo(clerk, first)
    with app.app_context():
        assert snapshot(road.account("assets", "2026")) is None
        assert snapshot(account) == published


def test_a_second_click_does_nothing(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, FIRST))
    second = send(clerk, SECOND)
    accept(clerk, second)
    undo(clerk, second)
    with app.app_context():
        before = snapshot()
    assert undo(clerk, second).status_code == 303
    with app.app_context():
        assert snapshot() == before
        assert events(second).count("upload_undone") == 1
    late = clerk.send(f"/desk/u/{second}/accept", {"token": "x"}, page=f"/desk/u/{second}/record")
    assert late.status_code == 409
    with app.app_context():
        assert snapshot() == before


def test_the_preview_is_taken_back_as_a_whole(app: Flask, clerk: Browser) -> None:
    accept(clerk, send(clerk, FIRST))
    with app.app_context():
        before, held = snapshot(), rows_held()
    second = send(clerk, SECOND)
    for which in ("new", "changed", "unchanged", "missing"):
        assert clerk.get(f"/desk/u/{second}?list={which}").status_code == 200
    with app.app_context(), reading() as session:
        assert snapshot() == before
        assert rows_held() == held
        assert session.scalars(select(UploadTrace.upload_id).distinct()).all() == [second - 1]
    assert press(clerk, second).status_code == 303


def test_the_record_pages_through_all_rows_that_were_set_aside(app: Flask, clerk: Browser) -> None:
    running = "2026-07-31,,本年累计,12000,,\n" * 250
    upload_id = send(clerk, HEAD + RENT + running)
    record = f"/desk/u/{upload_id}/record"
    first, second = clerk.get(record).text, clerk.get(f"{record}?aside=2").text
    assert [len(re.findall(r"第 \d+ 行：累计", one)) for one in (first, second)] == [200, 50]
    assert f'href="{record}?aside=2#aside">下一页' in first
    assert f'href="{record}?aside=1#aside">上一页' in second
    assert "后面的 50 行" in clerk.get(f"/desk/u/{upload_id}").text
    assert clerk.get(f"{record}?aside={10**30}").status_code == 200
