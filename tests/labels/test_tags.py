"""Labels for things: who gets one, what stands on it and what never does, and where its code leads."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from paper import codes_in
from road import account, published
from test_sheet import pages_of, texts_of
from world import COUNTY, Browser, County

from villagehub.cli import cli, run
from villagehub.journal.models import JournalEntry
from villagehub.sections.base import Facts
from villagehub.storage import reading

SignIn = Callable[[str], Browser]


def thing(number: int, name: str, **more: object) -> Facts:
    return {
        "asset_no": f"ZC-{number:03d}",
        "name": name,
        "category": "building",
        "operating": True,
        "quantity": "1",
        "location": "村东",
        "original_value": 68_000_000,
        "net_value": 60_000_000,
        "state": "own_use",
        **more,
    }


THINGS = (
    thing(1, "村委会办公楼"),
    thing(2, "䶮口鱼塘边上的老粮库和晒场（东侧三间带院子）", state="let", keeper="孙长林", contract_no="HT-7"),
    thing(3, "文化广场健身器材", category="public", operating=False),
    thing(4, "旧抽水机", state="idle"),
)


def labelled(sign_in: SignIn, *numbers: int, login: str = COUNTY.clerk, paper: str = "single") -> bytes:
    fields = {"village": COUNTY.village, "number": [str(one) for one in numbers], "paper": paper}
    answer = sign_in(login).send("/print/labels", fields, page="/print/labels")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    return answer.data


def test_let_and_public_things_are_offered_and_no_others(app: Flask, county: County, sign_in: SignIn) -> None:
    browser = sign_in(COUNTY.clerk)
    assert "没有标签可做" in browser.get("/print/labels").text
    with app.app_context():
        published(THINGS, of=account("assets", "2025"), opening=None)
    page = browser.get("/print/labels").text
    assert "老粮库" in page
    assert "健身器材" in page
    assert "办公楼" not in page
    assert "抽水机" not in page
    assert 'href="/print/labels?village=' in browser.get("/print/poster").text


def test_a_label_is_90_by_50_mm_and_its_code_leads_to_the_thing(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    with app.app_context():
        published(THINGS, of=account("assets", "2025"), opening=None)
    pdf = labelled(sign_in, 2, 3)
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        assert [round(one / 72 * 25.4, 1) for one in page.get_size()] == [90.0, 50.0]
    document.close()
    for number, picture, name in zip((2, 3), pages_of(pdf), ("老粮库", "健身器材"), strict=True):
        (payload,) = codes_in(picture)
        led = client.get(payload.removeprefix("HTTP://LOCALHOST"))
        assert led.headers["Location"] == f"/v/{COUNTY.village}/assets/i/{number}"
        assert name in client.get(led.headers["Location"]).text
    with app.app_context(), reading() as session:
        assert session.query(JournalEntry).filter_by(event="label_made").count() == 2


def test_let_land_and_every_project_are_offered_too(app: Flask, county: County, sign_in: SignIn) -> None:
    land: Facts = {
        "resource_no": "ZY-1",
        "name": "河边鱼塘",
        "kind": "pond",
        "location": "河边",
        "area": "12",
        "lessee": "孙长林",
    }
    road: Facts = {
        "project_no": "XM-1",
        "name": "通组路扩宽",
        "stage": "approved",
        "approved_on": "2026-01",
        "budget": 100,
    }
    with app.app_context():
        rows = [{**land, "use_mode": "contract"}, {**land, "resource_no": "ZY-2", "name": "机动地", "use_mode": "own"}]
        published(rows, of=account("resources", "2025"), opening=None)
        published([road], of=account("projects", "2025"), opening=None)
    offered = sign_in(COUNTY.clerk).get("/print/labels").text
    assert '河边鱼塘</b><span class="sub">资源编号 ZY-1 · 发包' in offered
    assert '通组路扩宽</b><span class="sub">项目编号 XM-1 · 工程项目' in offered
    assert "机动地" not in offered
    text = "".join("".join(texts_of(labelled(sign_in, 1, 3))).split())
    assert "资源编号ZY-1" in text
    assert "项目编号XM-1" in text
    assert "孙" not in text


def test_a_label_says_what_it_is_and_neither_who_uses_it_nor_for_how_much(
    app: Flask, county: County, sign_in: SignIn
) -> None:
    with app.app_context():
        published(THINGS, of=account("assets", "2025"), opening=None)
    text = "".join("".join(texts_of(labelled(sign_in, 2))).split())
    for words in ("柳河镇青石沟村", "䶮口鱼塘边上的老粮库和晒场（东侧三间带院子）", "资产编号ZC-002", "办事咨询12345"):
        assert words in text, words
    for never in ("孙", "680,000", "600,000", "出租", "HT-7"):
        assert never not in text, never


def test_ten_labels_stand_on_one_a4_sheet_each_whole_after_cutting_along_the_marks(
    app: Flask, county: County, sign_in: SignIn, client: Browser
) -> None:
    things = [thing(one, f"{'一二三四五六七八九十甲乙'[one - 1]}号鱼塘", state="let") for one in range(1, 13)]
    with app.app_context():
        published(things, of=account("assets", "2025"), opening=None)
    pdf = labelled(sign_in, *range(1, 13), paper="sheet")
    first, second = pages_of(pdf, 254)  # ten dots a millimetre
    assert first.size == second.size == (2100, 2971)
    assert (len(codes_in(first)), len(codes_in(second))) == (10, 2)
    for number in range(1, 13):
        page, place = (first, number - 1) if number <= 10 else (second, number - 11)
        left, top = 150 + place % 2 * 900, 235 + place // 2 * 500
        cut = page.crop((left + 2, top + 2, left + 898, top + 498))
        (payload,) = codes_in(cut)
        led = client.get(payload.removeprefix("HTTP://LOCALHOST"))
        assert led.headers["Location"] == f"/v/{COUNTY.village}/assets/i/{number}"
        assert f"{things[number - 1]['name']}" in "".join(texts_of(pdf)[(number - 1) // 10].split())
    grey = first.convert("L")
    for at in (150, 1050, 1950):  # a line where the knife begins, white right beside it
        assert grey.crop((at - 2, 175, at + 3, 215)).getextrema()[0] < 200, at
        assert grey.crop((at + 6, 175, at + 20, 215)).getextrema() == (255, 255), at
    for row in range(6):
        assert grey.crop((95, 233 + 500 * row, 130, 238 + 500 * row)).getextrema()[0] < 200, row


def test_what_was_ticked_and_the_paper_chosen_stay_after_a_refusal(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        published(THINGS, of=account("assets", "2025"), opening=None)
    fields = {"village": COUNTY.village, "number": ["2", "99"], "paper": "single"}
    answer = sign_in(COUNTY.clerk).send("/print/labels", fields, page="/print/labels")
    assert answer.status_code == 422
    assert 'value="2" checked' in answer.text
    assert 'value="single" checked' in answer.text
    assert 'value="sheet" checked' not in answer.text


@pytest.mark.parametrize(("numbers", "said"), [((), "还没有选"), ((1,), "编号 1 没有标签可做"), ((99,), "编号 99")])
def test_what_gets_no_label_is_said(
    app: Flask, county: County, sign_in: SignIn, numbers: tuple[int, ...], said: str
) -> None:
    with app.app_context():
        published(THINGS, of=account("assets", "2025"), opening=None)
    fields = {"village": COUNTY.village, "number": [str(one) for one in numbers]}
    answer = sign_in(COUNTY.clerk).send("/print/labels", fields, page="/print/labels")
    assert answer.status_code == 422
    assert said in answer.text


def test_labels_are_made_from_a_terminal(
    app: Flask, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(*words: str) -> int:
        return run(lambda: cli.main(list(words), obj=lambda: app, standalone_mode=False))

    file = tmp_path / "x.pdf"
    where = ("--village", COUNTY.village, "-o", str(file))
    assert typed("label", *where) == 4
    assert not file.exists()
    with app.app_context():
        published(THINGS, of=account("assets", "2025"), opening=None)
    assert typed("label", *where) == 0
    assert "2 张" in capsys.readouterr().out
    assert len(pages_of(file.read_bytes())) == 2
    assert typed("label", "--a4", *where) == 0
    assert len(pages_of(file.read_bytes())) == 1
    assert len(codes_in(pages_of(file.read_bytes())[0])) == 2
    assert typed("label", "--number", "3", *where) == 0
    assert len(pages_of(file.read_bytes())) == 1
