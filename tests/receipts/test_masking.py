"""A picture is masked by a person before anybody outside sees it: what is under a box is in no byte that is handed out."""

import json
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import road
import sent_pictures as paper
from cryptography.hazmat.primitives import hashes
from flask import Flask
from PIL import Image
from sqlalchemy import select
from test_taking_in import send
from world import COUNTY, NOW, Browser, County

from villagehub.disclosures.models import Version, VersionFact
from villagehub.disclosures.receipt_models import ReceiptMask, ReceiptPage, VersionReceipt
from villagehub.journal.models import JournalEntry
from villagehub.labels.making import make_sheet
from villagehub.labels.sheet_facts import read_sheet
from villagehub.public.build import build_dirty
from villagehub.receipts.masking import BadBox, Box, burn, read_boxes
from villagehub.storage import reading
from villagehub.transparency.models import Leaf

SignIn = Callable[[str], Browser]
V = f"/v/{COUNTY.village}"
COVER = {"x": "28", "y": "39", "w": "54", "h": "10.5"}
"""A box in percent that covers what the paper hides."""
CANAL, LAMPS = 2, 3
"""Permanent numbers of the rows with vouchers 107 and 112."""


def red_pixels(jpeg: bytes) -> int:
    """How much of the secret field's colour is left."""
    sheet = Image.open(BytesIO(jpeg)).convert("RGB")
    return sum(
        count
        for count, (red, green, blue) in sheet.getcolors(sheet.width * sheet.height) or ()
        if red > 120 and green < 110 and blue < 130
    )


@pytest.fixture
def draft(app: Flask, county: County) -> int:
    assert county
    with app.app_context():
        return road.fill()


def links(app: Flask) -> list[VersionReceipt]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(VersionReceipt).order_by(VersionReceipt.id)))


def submit(clerk: Browser, draft: int) -> Any:
    page = f"/desk/d/{draft}"
    return clerk.send(f"{page}/submit", page=page)


def masked_and_submitted(app: Flask, draft: int, clerk: Browser) -> None:
    """Two pictures for row 107, one of them without anything to hide; row 112's paper is at the township."""
    assert (
        send(clerk, draft, (paper.photograph(), "107-1.jpg"), (paper.photograph(mark=9), "107-2.jpg")).status_code
        == 303
    )
    first, second = links(app)
    assert clerk.send(f"/desk/receipts/{first.id}/mask", {**COVER, "do": "save"}).status_code == 303
    assert clerk.send(f"/desk/receipts/{second.id}/mask", {**COVER, "do": "save"}).status_code == 303
    said = {f"state-{LAMPS}": "agency", f"no-{LAMPS}": "118"}
    assert clerk.send(f"/desk/d/{draft}/vouchers", said).status_code == 303
    assert submit(clerk, draft).status_code == 303


def test_the_secret_is_in_no_byte_that_the_public_gets(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    masked_and_submitted(app, draft, clerk)
    link = links(app)[0]
    unmasked = clerk.get(f"/desk/receipts/page/{link.page_id}.jpg").data
    assert red_pixels(unmasked) > 10_000

    reviewer = sign_in(COUNTY.member)
    seen = reviewer.get(f"/review/{draft}").text
    assert "看票据（2 张）" in seen
    assert f"/desk/receipts/mask/{link.mask_id}.jpg" in seen
    assert "原始凭证在镇代理中心（第118号）" in seen
    stranger: Any = app.test_client()
    assert stranger.get(f"{V}/n/1/p/1.jpg").status_code == 404
    with app.app_context():
        road.publish(road.agree(draft))
        build_dirty()

    page = stranger.get(f"{V}/finance/i/{CANAL}").text
    assert f'<a class="shot" href="{V}/n/1/p/1.jpg"><img src="{V}/n/1/p/1.jpg"' in page, (
        "a tap on it shows it by itself, as large as it is"
    )
    assert "票据第 2 张，共 2 张" in page
    assert "看票据（2 张）" in stranger.get(f"{V}/finance/2026Q3").text
    assert "原始凭证在镇代理中心（第118号）" in stranger.get(f"{V}/finance/i/{LAMPS}").text
    for place in (1, 2):
        shown = stranger.get(f"{V}/n/1/p/{place}.jpg")
        assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
        assert shown.headers["Cache-Control"] == "public, no-cache"
        assert len(shown.data) <= 100 * 1024
        assert red_pixels(shown.data) == 0
        assert [words for words in (paper.PLACE, b"Exif", b"MyPhone") if words in shown.data] == []
        again = stranger.get(f"{V}/n/1/p/{place}.jpg", headers={"If-None-Match": shown.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    for place in (0, 3, 10**11):
        assert stranger.get(f"{V}/n/1/p/{place}.jpg").status_code == 404
    # Whoever holds no office gets neither the unmasked page nor the masked one by the office's address.
    for address in (f"/desk/receipts/page/{link.page_id}.jpg", f"/desk/receipts/mask/{link.mask_id}.jpg"):
        assert stranger.get(address).status_code == 302


def test_both_papers_say_how_many_receipts_there_are_and_where_the_others_lie(
    app: Flask, draft: int, sign_in: SignIn
) -> None:
    masked_and_submitted(app, draft, sign_in(COUNTY.clerk))
    with app.app_context():
        waits = paper_of(app, draft)
        road.publish(road.agree(draft))
        public = paper_of(app, draft)
    for flat, where in ((waits, "在网页上看"), (public, "扫码看")):
        assert f"票据：图片2张；原始凭证在镇代理中心1笔。图片{where}。" in flat
        assert flat.count("票据：2张图") == 1
        assert flat.count("票据：原始凭证在镇代理中心（第118号）") == 1


def paper_of(app: Flask, version_id: int) -> str:
    """The text of the version's sheet, without gaps."""
    with reading() as session:
        facts = read_sheet(session, version_id, today=NOW.date())
    pdf = pypdfium2.PdfDocument(make_sheet(facts, settings=app.extensions["villagehub"], now=NOW).pdf)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pdf)


def test_both_digests_of_what_is_public_are_kept_and_sealed(app: Flask, draft: int, sign_in: SignIn) -> None:
    masked_and_submitted(app, draft, sign_in(COUNTY.clerk))
    with app.app_context():
        road.publish(road.agree(draft))
        with reading() as session:
            mask = session.get_one(ReceiptMask, links(app)[0].mask_id)
            version = session.get_one(Version, draft)
            leaf = json.loads(session.get_one(Leaf, version.leaf_id).body)
            fact = session.scalars(select(VersionFact).where(VersionFact.name == f"voucher:{LAMPS}")).one()
    shown = app.test_client().get(f"{V}/n/1/p/1.jpg").data
    digest = hashes.Hash(hashes.SM3())
    digest.update(shown)
    assert (mask.sha256, mask.sm3, mask.size) == (sha256(shown).hexdigest(), digest.finalize().hex(), len(shown))
    assert mask.boxes == [[280, 390, 540, 105]]
    empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert leaf["attachments_root"] != empty
    assert fact.value == {"state": "agency", "number": "118"}


def test_nothing_unmasked_or_unmatched_is_submitted(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    send(clerk, draft, (paper.photograph(), "IMG_1.jpg"))
    (link,) = links(app)
    answer = submit(clerk, draft)
    assert answer.status_code == 422
    assert "1 张票据还没有对上是哪一行" in answer.text
    clerk.send(f"/desk/receipts/{link.id}/row", {"row": str(CANAL)})
    answer = submit(clerk, draft)
    assert answer.status_code == 422
    assert "1 张票据还没有遮个人信息" in answer.text
    assert clerk.send(f"/desk/receipts/{link.id}/mask", {"do": "none"}).status_code == 303
    assert submit(clerk, draft).status_code == 303


def test_a_wrong_picture_is_taken_out_and_then_does_not_hinder(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    send(clerk, draft, (paper.photograph(), "107.jpg"))
    (link,) = links(app)
    assert clerk.send(f"/desk/receipts/{link.id}/remove").status_code == 303
    assert links(app) == []
    assert clerk.get(f"/desk/receipts/{link.id}").status_code == 404
    assert submit(clerk, draft).status_code == 303


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"x": "一半", "y": "1", "w": "1", "h": "1"}, "“左”要写 0 到 100 的数"),
        ({"x": "10", "y": "", "w": "1", "h": "1"}, "“上”要写 0 到 100 的数"),
        ({"x": "10", "y": "10", "w": "0", "h": "5"}, "宽和高要大于 0"),
        ({"x": "10", "y": "101", "w": "5", "h": "5"}, "“上”要写 0 到 100 的数"),
        ({"x": "100", "y": "10", "w": "5", "h": "5"}, "框在图的外面"),
        ({"x": "", "y": "", "w": "", "h": ""}, "还没有画框"),
        ({"x": ["1"] * 61, "y": ["1"] * 61, "w": ["1"] * 61, "h": ["1"] * 61}, "框太多了"),
    ],
)
def test_boxes_that_make_no_sense_are_refused_and_what_was_typed_stays(
    app: Flask, draft: int, sign_in: SignIn, typed: dict[str, Any], words: str
) -> None:
    clerk = sign_in(COUNTY.clerk)
    send(clerk, draft, (paper.photograph(), "107.jpg"))
    (link,) = links(app)
    answer = clerk.send(f"/desk/receipts/{link.id}/mask", {**typed, "do": "save"})
    assert answer.status_code == 422
    assert words in answer.text
    for value in typed.values():
        assert not value or f'value="{value if isinstance(value, str) else value[0]}"' in answer.text
    assert links(app)[0].mask_id is None


def test_nothing_to_hide_is_not_taken_from_somebody_who_has_drawn_boxes(
    app: Flask, draft: int, sign_in: SignIn
) -> None:
    clerk = sign_in(COUNTY.clerk)
    send(clerk, draft, (paper.photograph(), "107.jpg"))
    (link,) = links(app)
    answer = clerk.send(f"/desk/receipts/{link.id}/mask", {**COVER, "do": "none"})
    assert answer.status_code == 422
    assert "图上画着 1 个框" in answer.text
    assert 'value="10.5"' in answer.text
    assert links(app)[0].mask_id is None


def test_looking_first_stores_nothing_and_shows_where_the_boxes_are(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    send(clerk, draft, (paper.photograph(), "107.jpg"))
    (link,) = links(app)
    answer = clerk.send(f"/desk/receipts/{link.id}/mask", {**COVER, "do": "look"})
    assert answer.status_code == 200
    assert "还没有存" in answer.text
    assert '<rect x="280" y="519.9" width="540" height="140' in answer.text
    assert links(app)[0].mask_id is None


def test_a_box_covers_no_less_than_it_shows_and_a_second_mask_replaces_the_first(
    app: Flask, draft: int, sign_in: SignIn
) -> None:
    clerk = sign_in(COUNTY.clerk)
    send(clerk, draft, (paper.photograph(), "107.jpg"))
    (link,) = links(app)
    address = f"/desk/receipts/{link.id}/mask"
    assert clerk.send(address, {"do": "none"}).status_code == 303
    first = links(app)[0].mask_id
    assert red_pixels(clerk.get(f"/desk/receipts/mask/{first}.jpg").data) > 5_000
    assert clerk.send(address, {**COVER, "do": "save"}).status_code == 303
    second = links(app)[0].mask_id
    assert second != first
    assert red_pixels(clerk.get(f"/desk/receipts/mask/{second}.jpg").data) == 0
    assert clerk.send(address, {**COVER, "do": "save"}).status_code == 303
    assert links(app)[0].mask_id == second


def test_a_hide_takes_the_pictures_off_with_the_page(app: Flask, draft: int, sign_in: SignIn) -> None:
    masked_and_submitted(app, draft, sign_in(COUNTY.clerk))
    with app.app_context():
        road.publish(road.agree(draft))
        build_dirty()
    stranger: Any = app.test_client()
    kept = stranger.get(f"{V}/n/1/p/1.jpg")
    assert kept.status_code == 200
    head = sign_in(COUNTY.head)
    assert head.send(f"/desk/d/{draft}/hide", {"cause": "privacy"}).status_code == 303
    assert stranger.get(f"{V}/n/1/p/1.jpg").status_code == 404
    assert stranger.get(f"{V}/n/1/p/1.jpg", headers={"If-None-Match": kept.headers["ETag"]}).status_code == 404
    for address in (f"{V}/finance/i/{CANAL}", f"{V}/finance/2026Q3", f"{V}/finance/i/{LAMPS}"):
        page = stranger.get(address).text
        assert "/p/1.jpg" not in page
        assert "第118号" not in page


def test_a_correction_begins_with_the_same_pictures_and_can_mask_them_better(
    app: Flask, draft: int, sign_in: SignIn
) -> None:
    clerk = sign_in(COUNTY.clerk)
    masked_and_submitted(app, draft, clerk)
    with app.app_context():
        road.publish(road.agree(draft))
        again = road.correct(1)
    first = links(app)[2]
    assert (first.version_id, first.mask_id) == (again, links(app)[0].mask_id)
    better = {"x": "0", "y": "0", "w": "100", "h": "50", "do": "save"}
    assert clerk.send(f"/desk/receipts/{first.id}/mask", better).status_code == 303
    assert submit(clerk, again).status_code == 303
    with app.app_context():
        road.publish(road.agree(again))
    stranger: Any = app.test_client()
    top = Image.open(BytesIO(stranger.get(f"{V}/n/2/p/1.jpg").data)).convert("RGB").getpixel((10, 10))
    assert max(top) < 20  # type: ignore[type-var, arg-type]
    assert f"{V}/n/2/p/1.jpg" in stranger.get(f"{V}/finance/i/{CANAL}").text
    assert "原始凭证在镇代理中心（第118号）" in stranger.get(f"{V}/finance/i/{LAMPS}").text


def test_three_ways_of_having_no_picture_of_which_one_is_a_fault(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    page = f"/desk/d/{draft}/receipts"
    wrong = clerk.send(f"/desk/d/{draft}/vouchers", {"state-1": "lost"}, page=page)
    assert wrong.status_code == 422
    assert "编号 1" in wrong.text
    said = {"state-1": "unsent", "state-2": "none", "state-3": "agency", "no-3": "记-118"}
    assert clerk.send(f"/desk/d/{draft}/vouchers", said, page=page).status_code == 303
    assert submit(clerk, draft).status_code == 303
    with app.app_context():
        road.publish(road.agree(draft))
        build_dirty()
    stranger: Any = app.test_client()
    rows = {number: stranger.get(f"{V}/finance/i/{number}").text for number in (1, 2, 3)}
    assert "票据图片没传" in rows[1]
    assert "这笔没有票据" in rows[2]
    assert "原始凭证在镇代理中心（凭证号 记-118）" in rows[3]
    assert ["缺票据" in rows[one] for one in (1, 2, 3)] == [False, True, False]
    listed = stranger.get(f"{V}/finance/2026Q3").text
    assert listed.count("缺票据") == 1
    said = (
        "票据：1 笔支出的原始凭证在镇代理中心，点进那一笔看是第几号；1 笔收入图片没传；1 笔支出没有票据。"
        "想看原件，请到村委会问。"
    )
    assert listed.partition('class="card ent"')[0].count(said) == 1, "once, above all entries"


def test_what_the_ledger_itself_says_of_the_papers_is_said_above_the_list(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        road.published((*road.THREE[:2], {**road.LAMPS, "invoice_kind": "at_agency"}))
    assert "票据：1 笔支出的原始凭证在镇代理中心。想看原件" in app.test_client().get(f"{V}/finance/2026Q3").text


def test_the_village_says_whether_every_payment_needs_a_picture(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk, head = sign_in(COUNTY.clerk), sign_in(COUNTY.head)
    assert submit(clerk, draft).status_code == 303
    with app.app_context():
        road.publish(road.agree(draft))
        build_dirty()
    stranger: Any = app.test_client()
    assert "票据" not in stranger.get(f"{V}/finance/i/{CANAL}").text.partition("来龙去脉")[0]
    assert "票据" not in stranger.get(f"{V}/finance/2026Q3").text, "where the village says nothing, nothing is made up"
    assert clerk.send(f"/desk/v/{COUNTY.village}/receipts", {"wanted": "yes"}).status_code == 403
    assert head.send(f"/desk/v/{COUNTY.village}/receipts", {"wanted": "yes", "version": str(draft)}).status_code == 303
    assert "票据图片没传" in stranger.get(f"{V}/finance/i/{CANAL}").text
    assert "票据图片没传" not in stranger.get(f"{V}/finance/i/1").text  # money that came in
    assert "票据：2 笔支出图片没传。" in stranger.get(f"{V}/finance/2026Q3").text
    assert "2 笔" in clerk.get(f"/desk/d/{draft}/receipts").text
    assert head.send(f"/desk/v/{COUNTY.village}/receipts", {"wanted": "no"}).status_code == 303
    assert "票据图片没传" not in stranger.get(f"{V}/finance/i/{CANAL}").text


def test_every_step_stands_in_the_journal_and_makes_an_author(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    masked_and_submitted(app, draft, clerk)
    with app.app_context(), reading() as session:
        events = [
            one.event
            for one in session.scalars(select(JournalEntry).where(JournalEntry.subject_id == draft))
            if "receipt" in one.event or "voucher" in one.event
        ]
        pages = session.scalars(select(ReceiptPage)).all()
    assert events == ["receipts_added", "receipt_masked", "receipt_masked", "vouchers_stated"]
    assert len(pages) == 2
    page = clerk.get(f"/desk/d/{draft}").text
    assert "传了票据 2 张" in page
    assert "遮好一张票据" in page


def test_a_mask_after_the_vote_asks_for_new_votes(app: Flask, draft: int, sign_in: SignIn) -> None:
    """What was signed is what is published: receipts are in the digest that votes bind to."""
    clerk = sign_in(COUNTY.clerk)
    masked_and_submitted(app, draft, clerk)
    with app.app_context(), reading() as session:
        before = session.get_one(Version, draft).digest
    with app.app_context():
        road.agree(draft, COUNTY.member)
    assert clerk.send(f"/desk/receipts/{links(app)[0].id}/mask", {"do": "none"}).status_code == 409
    page = f"/desk/d/{draft}"
    assert clerk.send(f"{page}/take-back", page=page).status_code == 303
    assert clerk.send(f"/desk/receipts/{links(app)[0].id}/mask", {"do": "none"}).status_code == 303
    assert submit(clerk, draft).status_code == 303
    with app.app_context(), reading() as session:
        assert session.get_one(Version, draft).digest != before
    assert "还差 2 人签字" in clerk.get(page).text


def test_boxes_are_read_as_people_type_them() -> None:
    assert read_boxes([["12.5", "0", "30％", " 4 "], ["", "", "", ""]]) == (Box(125, 0, 300, 40),)
    assert read_boxes([["90", "90", "50", "50"]]) == (Box(900, 900, 100, 100),)
    with pytest.raises(BadBox):
        read_boxes([["1e1", "0", "3", "4"]])


def test_under_a_box_nothing_is_left_even_at_its_very_edge() -> None:
    sheet = Image.new("RGB", (997, 1409), "white")
    sheet.paste(paper.INK, (333, 444, 666, 555))
    raw = BytesIO()
    sheet.save(raw, "JPEG", quality=95)
    # The smallest box in tenths of a percent that holds the field.
    box = Box(334 * 1000 // 997 - 2, 444 * 1000 // 1409 - 7, 340, 92)
    made = burn(raw.getvalue(), [box])
    assert red_pixels(made.jpeg) == 0
    assert made.width <= 1080


def test_a_correction_of_receipts_alone_says_so_to_everybody(app: Flask, draft: int, sign_in: SignIn) -> None:
    clerk = sign_in(COUNTY.clerk)
    masked_and_submitted(app, draft, clerk)
    with app.app_context():
        road.publish(road.agree(draft))
        again = road.correct(1)
    assert "还没有改任何一行" in clerk.get(f"/desk/d/{again}").text
    assert clerk.send(f"/desk/receipts/{links(app)[2].id}/remove").status_code == 303
    assert clerk.send(f"/desk/d/{again}/vouchers", {f"state-{LAMPS}": "none"}).status_code == 303
    page = clerk.get(f"/desk/d/{again}").text
    assert "还没有改任何一行" not in page
    assert "2 张图" in page
    assert submit(clerk, again).status_code == 303
    with app.app_context():
        road.publish(road.agree(again))
        build_dirty()
    stranger: Any = app.test_client()
    told = stranger.get(f"{V}/n/2/changes").text
    assert "2 行不一样" in told
    for words in ("2 张图", "1 张图", "原始凭证在镇代理中心（第118号）", "确无票据"):
        assert words in told
    assert "有改动" in stranger.get(f"{V}/finance/i/{CANAL}").text
    assert "没变" in stranger.get(f"{V}/finance/i/1").text


def test_the_township_sees_a_rows_receipts_when_it_asks_about_it(app: Flask, draft: int, sign_in: SignIn) -> None:
    masked_and_submitted(app, draft, sign_in(COUNTY.clerk))
    with app.app_context():
        road.publish(road.agree(draft))
    wu = sign_in(COUNTY.supervisor)
    page = wu.get(f"/town/d/{draft}/row/{CANAL}").text
    assert "107-1.jpg" in page
    link = links(app)[0]
    for address in (f"/desk/receipts/mask/{link.mask_id}.jpg", f"/desk/receipts/page/{link.page_id}.jpg"):
        assert address in page
        assert wu.get(address).status_code == 200
    assert "原始凭证在镇代理中心（第118号）" in wu.get(f"/town/d/{draft}/row/{LAMPS}").text


def test_the_offices_one_script_stays_small_and_speaks_to_nobody(app: Flask) -> None:
    folder = Path(str(app.static_folder))
    (script,) = folder.rglob("*.js")
    text = script.read_text("utf-8")
    assert script.stat().st_size <= 6 * 1024
    assert [
        one
        for one in ("fetch(", "XMLHttp", "http:", "https:", "eval(", "innerHTML")
        if one in text.replace("http://www.w3.org/2000/svg", "")
    ] == []
