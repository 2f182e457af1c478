"""Photographs and PDFs come in through the page: what is taken, what is refused in words, and what stays of either."""

import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sent_pictures as paper
from flask import Flask
from PIL import Image
from road import account, entry, fill, published, submit
from sqlalchemy import func, select
from world import COUNTY, Browser, County

from villagehub.disclosures.receipt_models import LateReceipt, ReceiptFile, ReceiptPage, VersionReceipt
from villagehub.storage import reading
from villagehub.storage.vault import vault_of


def send(browser: Browser, version_id: int, *files: tuple[bytes, str], row: str = "") -> Any:
    """Sends files as the page does."""
    fields = {"row": row, "file": [(BytesIO(raw), name) for raw, name in files]}
    return browser.send(f"/desk/d/{version_id}/receipts", fields, page=f"/desk/d/{version_id}/receipts")


def count(table: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def vault_files(app: Flask) -> int:
    folder: Path = app.extensions["villagehub"].vault
    return sum(1 for one in folder.rglob("*") if one.is_file())


@pytest.fixture
def draft(app: Flask, county: County) -> int:
    assert county
    with app.app_context():
        return fill()


def test_many_at_once_are_matched_by_the_voucher_number_in_their_names(app: Flask, draft: int, sign_in: Any) -> None:
    clerk = sign_in(COUNTY.clerk)
    answer = send(
        clerk,
        draft,
        (paper.photograph(mark=1), "107.jpg"),
        (paper.photograph("PNG", mark=2), "凭证112号.png"),
        (paper.photograph("WEBP", mark=3), "IMG_20260912.webp"),
        (paper.pdf(2), "101 租金.pdf"),
    )
    assert answer.status_code == 303
    page = clerk.get(answer.headers["Location"]).text
    assert "1 张没有对上是哪一行" in page
    assert "5 张还没遮个人信息" in page
    with app.app_context(), reading() as session:
        names = session.execute(
            select(ReceiptFile.name, ReceiptPage.page, VersionReceipt.thing_id.is_(None))
            .join(ReceiptPage, ReceiptPage.id == VersionReceipt.page_id)
            .join(ReceiptFile, ReceiptFile.id == ReceiptPage.file_id)
            .order_by(VersionReceipt.id)
        ).all()
    assert [tuple(one) for one in names] == [
        ("107.jpg", 1, False),
        ("凭证112号.png", 1, False),
        ("IMG_20260912.webp", 1, True),
        ("101 租金.pdf", 1, False),
        ("101 租金.pdf", 2, False),
    ]


def test_what_the_camera_wrote_is_gone_and_the_original_has_no_address(app: Flask, draft: int, sign_in: Any) -> None:
    raw = paper.photograph() + b"<script>alert(1)</script>"
    assert paper.PLACE in raw
    clerk = sign_in(COUNTY.clerk)
    assert send(clerk, draft, (raw, "107.jpg")).status_code == 303
    with app.app_context(), reading() as session:
        page = session.scalars(select(ReceiptPage)).one()
        original = session.scalars(select(ReceiptFile.sha256)).one()
    shown = clerk.get(f"/desk/receipts/page/{page.id}.jpg")
    assert shown.content_type == "image/jpeg"
    assert shown.headers["Cache-Control"] == "no-store"
    for words in (paper.PLACE, b"MyPhone", b"Exif", b"script"):
        assert words not in shown.data
    assert Image.open(BytesIO(shown.data)).size == (page.width, page.height) == (900, 1200)
    with app.app_context():
        assert vault_of(app.extensions["villagehub"]).read(original) == raw
    # Not one page of the office or of the villagers names the original or hands it out.
    for address in (f"/desk/d/{draft}/receipts", f"/desk/d/{draft}", f"/v/{COUNTY.village}"):
        assert original not in clerk.get(address).text
    for address in (f"/desk/receipts/{original}", f"/static/{original}", f"/v/{COUNTY.village}/{original}"):
        assert clerk.get(address).status_code == 404
    stranger = app.test_client()
    assert stranger.get(f"/desk/receipts/page/{page.id}.jpg").status_code == 302


REFUSED: dict[str, tuple[bytes, str, str]] = {
    "svg": (paper.SVG, "收据.svg", "wrong_kind"),
    "svg called jpg": (paper.SVG, "收据.jpg", "wrong_kind"),
    "heic called jpg": (paper.HEIC, "收据.jpg", "heic"),
    "gif": (paper.gif(), "收据.gif", "wrong_kind"),
    "moving webp": (paper.moving_webp(), "收据.webp", "wrong_kind"),
    "cut photograph": (paper.photograph()[:3000], "收据.jpg", "broken_picture"),
    "only a header": (b"\xff\xd8\xff", "收据.jpg", "broken_picture"),
    "says 2^31 pixels a side": (paper.png_that_says(2**31 - 1, 2**31 - 1), "收据.png", "too_hard"),
    "says 50 megapixels": (paper.png_that_says(8000, 6300), "收据.png", "too_many_pixels"),
    "pdf with a password": (paper.pdf_with_password(), "发票.pdf", "pdf_password"),
    "pdf without pages": (paper.pdf(0), "发票.pdf", "broken_pdf"),
    "pdf cut off": (paper.pdf()[:30], "发票.pdf", "broken_pdf"),
    "pdf of 21 pages": (paper.pdf(21), "发票.pdf", "too_many_pages"),
    "ofd": (b"PK\x03\x04" + b"\0" * 26 + b"OFD.xml" + b"\0" * 40, "发票.ofd", "ofd"),
    "workbook": (b"PK\x03\x04" + b"\0" * 60, "账.xlsx", "wrong_kind"),
    "page": (b"<!doctype html><script>alert(1)</script>", "收据.jpg", "wrong_kind"),
    "nothing in it": (b"", "收据.jpg", "wrong_kind"),
    "11 MB": (paper.photograph() + b"\0" * (10 * 2**20), "收据.jpg", "file_too_large"),
}


@pytest.mark.parametrize("kind", sorted(REFUSED))
def test_what_cannot_be_a_receipt_is_refused_by_name_and_leaves_nothing(
    app: Flask, draft: int, sign_in: Any, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, name, code = REFUSED[kind]
    clerk, temporary = sign_in(COUNTY.clerk), tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    before = vault_files(app)
    answer = send(clerk, draft, (raw, name))
    assert answer.status_code == 422
    assert f'data-code="{code}"' in answer.text
    assert f"“{name}”" in answer.text.replace("&#34;", '"')
    assert vault_files(app) == before
    assert [one.name for one in temporary.iterdir() if not one.name.startswith("pymp-")] == []
    with app.app_context():
        assert (count(ReceiptFile), count(ReceiptPage), count(VersionReceipt)) == (0, 0, 0)
    assert send(clerk, draft, (paper.photograph(), "107.jpg")).status_code == 303


def test_a_picture_of_a_few_kilobytes_that_unpacks_to_160_mb_is_refused(draft: int, sign_in: Any) -> None:
    answer = send(sign_in(COUNTY.clerk), draft, (paper.real_bomb(), "107.png"))
    assert answer.status_code == 422
    assert 'data-code="too_many_pixels"' in answer.text


def test_one_bad_file_does_not_keep_the_others_out(app: Flask, draft: int, sign_in: Any) -> None:
    answer = send(sign_in(COUNTY.clerk), draft, (paper.SVG, "坏.svg"), (paper.photograph(), "107.jpg"))
    assert answer.status_code == 422
    assert "1 个文件没有收下" in answer.text
    assert "“107.jpg”收下了，1 张，对上了编号" in answer.text
    with app.app_context():
        assert count(VersionReceipt) == 1


ACTIVE = {
    "javascript": paper.pdf(
        catalog=b"/OpenAction 4 0 R", more=b"4 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj\n"
    ),
    "embedded file": paper.pdf(
        catalog=b"/Names<</EmbeddedFiles<</Names[(a.exe)4 0 R]>>>>",
        more=b"4 0 obj<</Type/EmbeddedFile/Length 2>>stream\nMZ\nendstream endobj\n",
    ),
    "launch": paper.pdf(catalog=b"/OpenAction<</S/Launch/F(cmd.exe)>>"),
}


@pytest.mark.parametrize("kind", sorted(ACTIVE))
def test_a_pdf_with_a_program_in_it_gives_its_looks_only_and_is_marked(
    app: Flask, draft: int, sign_in: Any, kind: str
) -> None:
    clerk = sign_in(COUNTY.clerk)
    answer = send(clerk, draft, (ACTIVE[kind], "101.pdf"))
    assert answer.status_code == 200
    assert 'data-code="active_content"' in answer.text
    assert "带着程序或别的文件" in answer.text
    with app.app_context(), reading() as session:
        link = session.scalars(select(VersionReceipt)).one()
    assert "带着程序或别的文件" in clerk.get(f"/desk/receipts/{link.id}").text
    shown = clerk.get(f"/desk/receipts/page/{link.page_id}.jpg").data
    assert shown.startswith(b"\xff\xd8")
    assert b"alert" not in shown
    # A person has to look at it before it can go anywhere.
    refused = clerk.send(f"/desk/d/{draft}/submit", {"revision": "3"}, page=f"/desk/d/{draft}")
    assert refused.status_code == 422
    assert "还没有遮个人信息" in refused.text


def test_a_pdf_whose_page_is_as_large_as_a_field_becomes_a_small_picture(app: Flask, draft: int, sign_in: Any) -> None:
    assert send(sign_in(COUNTY.clerk), draft, (paper.pdf(box=b"0 0 14400 14400"), "101.pdf")).status_code == 303
    with app.app_context(), reading() as session:
        page = session.scalars(select(ReceiptPage)).one()
    assert max(page.width, page.height) <= 2400


def test_names_are_for_show_only(app: Flask, draft: int, sign_in: Any) -> None:
    names = ["../../../app/config.py.jpg", "收据\u202egpj.exe", "CON.jpg", "收据.JPG.", "13800138000 的票.jpg"]
    clerk = sign_in(COUNTY.clerk)
    files = [(paper.photograph(mark=place), name) for place, name in enumerate(names)]
    assert send(clerk, draft, *files).status_code == 303
    with app.app_context(), reading() as session:
        kept = list(session.scalars(select(ReceiptFile.name).order_by(ReceiptFile.id)))
    assert kept == ["config.py.jpg", "收据gpj.exe", "CON.jpg", "收据.JPG.", "（电话已隐去） 的票.jpg"]
    folder: Path = app.extensions["villagehub"].vault
    assert all(len(one.parent.name + one.name) == 64 for one in folder.rglob("*") if one.is_file())


def test_the_same_file_once_more_changes_nothing(app: Flask, draft: int, sign_in: Any) -> None:
    clerk, raw = sign_in(COUNTY.clerk), paper.photograph()
    assert send(clerk, draft, (raw, "107.jpg")).status_code == 303
    again = send(clerk, draft, (raw, "另一个名字.jpg"))
    assert again.status_code == 200
    assert "早就传过" in again.text
    with app.app_context():
        assert (count(ReceiptFile), count(VersionReceipt)) == (1, 1)


def test_a_file_can_be_given_its_row_by_hand(app: Flask, draft: int, sign_in: Any) -> None:
    clerk = sign_in(COUNTY.clerk)
    assert send(clerk, draft, (paper.photograph(), "IMG_1.jpg"), row="3").status_code == 303
    assert send(clerk, draft, (paper.photograph(mark=4), "IMG_2.jpg")).status_code == 303
    with app.app_context(), reading() as session:
        first, second = session.scalars(select(VersionReceipt).order_by(VersionReceipt.id))
    assert first.thing_id is not None
    assert second.thing_id is None
    address = f"/desk/receipts/{second.id}"
    assert clerk.send(f"{address}/row", {"row": "999"}, page=address).status_code == 422
    assert clerk.send(f"{address}/row", {"row": "3"}, page=address).status_code == 303
    assert "对好了" in clerk.get(f"{address}?done=match").text
    with app.app_context(), reading() as session:
        assert session.get_one(VersionReceipt, second.id).thing_id == first.thing_id


def test_nothing_too_many_and_other_sections_are_refused_in_words(app: Flask, draft: int, sign_in: Any) -> None:
    clerk = sign_in(COUNTY.clerk)
    assert "还没有选票据" in send(clerk, draft).text
    many = send(clerk, draft, *[(b"x", f"{one}.jpg") for one in range(31)])
    assert many.status_code == 422
    assert "一次最多 30 个" in many.text
    with app.app_context():
        assets = fill(
            [{"asset_no": "1", "name": "水泵", "category": "machine", "quantity": "1", "unit": "台"}],
            of=account("assets", "2026"),
            opening=None,
        )
    assert clerk.get(f"/desk/d/{assets}/receipts").status_code == 409


def test_more_than_the_page_takes_at_once_is_refused_before_it_is_read(draft: int, sign_in: Any) -> None:
    clerk = sign_in(COUNTY.clerk)
    large = send(clerk, draft, (b"\xff\xd8" + b"\0" * (61 * 2**20), "107.jpg"))
    assert large.status_code == 413
    assert "一次最多 60 MB" in large.text


def test_who_reviews_cannot_change_receipts_and_nobody_can_after_submission(
    app: Flask, draft: int, sign_in: Any
) -> None:
    reviewer = sign_in(COUNTY.member)
    page = reviewer.get(f"/desk/d/{draft}/receipts")
    assert page.status_code == 200
    assert "传票据" not in page.text
    assert (
        reviewer.send(f"/desk/d/{draft}/receipts", {"file": (BytesIO(paper.photograph()), "107.jpg")}).status_code
        == 403
    )
    with app.app_context():
        submit(draft)
    assert send(sign_in(COUNTY.clerk), draft, (paper.photograph(), "107.jpg")).status_code == 409


def test_what_comes_after_publication_stays_inside_until_a_correction_takes_it(
    app: Flask, county: County, sign_in: Any
) -> None:
    with app.app_context():
        version = published([entry("2026-07-12", "清淤", 5000, voucher_no="107")])
    clerk = sign_in(county.clerk)
    assert send(clerk, version, (paper.photograph(), "107.jpg")).status_code == 303
    assert "公开以后补传的 1 张" in clerk.get(f"/desk/d/{version}/receipts").text
    with app.app_context():
        assert (count(LateReceipt), count(VersionReceipt)) == (1, 0)
    answer = clerk.send(
        f"/desk/v/{county.village}/correct/1", {"reason_code": "other", "reason": "补上票据的图片给大家看"}
    )
    assert answer.status_code == 303
    with app.app_context(), reading() as session:
        link = session.scalars(select(VersionReceipt)).one()
        assert link.mask_id is None
        assert link.thing_id is not None
