"""Paper out of the same data: the 公开榜 and the 审核表 of a 47-row quarter, in numbers, codes and words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from paper import FONTS, codes_in
from PIL import Image, ImageDraw, ImageFont
from road import (
    THREE,
    account,
    agree,
    change_row,
    correct,
    entry,
    fill,
    hand,
    number_of,
    publish,
    published,
    submit,
)
from test_fonts import FILES, likeness
from world import COUNTY, NOW, Browser, County

from villagehub.cli import cli, run
from villagehub.disclosures.office import cast_vote
from villagehub.disclosures.rules import LONGEST_REASON
from villagehub.journal.models import JournalEntry
from villagehub.kernel.money import yuan
from villagehub.labels.fonts import REGULAR, MissingGlyphs
from villagehub.labels.making import PrintedSheet, make_sheet
from villagehub.labels.sheet_facts import NothingToPrint, read_sheet
from villagehub.labels.sheet_words import DoesNotAdd
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
RARE = "䶮㛃𬱖〇喆"


def a_quarter(rows: int = 47) -> list[dict[str, object]]:
    """So many invented entries, among them rare names, a reversal, and one long text."""
    made = []
    for place in range(rows):
        income = place % 5 == 0
        made.append(
            entry(
                f"2026-{7 + place * 3 // rows:02d}-{place % 28 + 1:02d}",
                "鱼塘租金" if income else f"第 {place} 次修村东水渠、清淤，人工和机械费",
                1_200_000 + place * 137 if income else 84_000 + place * 991,
                "in" if income else "out",
                voucher_no=str(100 + place),
                category="in_lease" if income else "out_public",
                counterparty=f"{RARE[place % 5]}家庄建材店",
                handler="王强",
                approver="周强",
            )
        )
    made[7]["amount"] = -50_000
    made[11]["summary"] = "买" + "水泥、黄沙、砖头、钢筋，" * 12 + "修路用"
    return made


def sheet_of(app: Flask, version_id: int) -> PrintedSheet:
    with reading() as session:
        facts = read_sheet(session, version_id, today=NOW.date())
    return make_sheet(facts, settings=app.extensions["villagehub"], now=NOW)


def pages_of(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]
    document.close()
    return found


def outside(pdf: bytes) -> int:
    """How many characters stand below or beside the paper, or over its foot."""
    document, found = pypdfium2.PdfDocument(pdf), 0
    for page in document:
        wide, _ = page.get_size()
        words = page.get_textpage()
        for place in range(words.count_chars()):
            left, bottom, right, _top = words.get_charbox(place)
            if words.get_text_range(place, 1).strip():
                found += int(bottom < 0 or left < 0 or right > wide)
    document.close()
    return found


def texts_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [str(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return found


def test_the_board_sheet_of_47_rows_holds_every_row_and_its_totals_are_the_published_ones(
    app: Flask, county: County
) -> None:
    rows = a_quarter()
    with app.app_context():
        first = published(of=account(period="2026Q2"))
        version_id = published(rows, opening=None)
        made = sheet_of(app, version_id)
        before = sheet_of(app, first)
    texts = texts_of(made.pdf)
    assert made.pages == len(texts) >= 3
    whole = "".join(texts)
    flat = "".join(whole.split())
    income = sum(int(row["amount"]) for row in rows if row["direction"] == "in")
    expense = sum(int(row["amount"]) for row in rows if row["direction"] == "out")
    assert (made.facts.totals["income_fen"], made.facts.totals["expense_fen"]) == (income, expense)
    for row in rows:
        assert yuan(int(row["amount"])) in whole
        assert "".join(str(row["summary"]).split()) in flat
        assert str(row["counterparty"]) in flat
    assert f"合计{yuan(income)}{yuan(expense)}" in flat
    closing = made.facts.balances["closing_fen"]
    assert closing is not None
    assert f"期末结余{yuan(closing)}元" in flat
    for words in ("第2号公开", "制表：", "审核：", "负责人：", "盖章处", "王桂芳：同意（网上签字）", "2026年11月印"):
        assert words in flat, words
    assert made.facts.seal in whole
    assert before.facts.seal in whole
    assert made.facts.previous == (1, before.facts.seal)
    assert "这是第一次公开" in "".join(texts_of(before.pdf))


def test_sums_are_carried_from_page_to_page(app: Flask, county: County) -> None:
    rows = a_quarter()
    with app.app_context():
        made = sheet_of(app, published(rows))
    texts = texts_of(made.pdf)
    carried = [re.search(r"过次页\s+([\d,.-]+)\s+([\d,.-]+)", text) for text in texts[:-1]]
    taken = [re.search(r"承前页\s+([\d,.-]+)\s+([\d,.-]+)", text) for text in texts[1:]]
    done = 0
    for number, (gone, come) in enumerate(zip(carried, taken, strict=True)):
        if gone is None:
            break  # the last page has only signatures
        assert come is not None
        assert gone.groups() == come.groups()
        done = sum(1 for row in rows if any(str(row["voucher_no"]) in text.split() for text in texts[: number + 1]))
        for direction, found in zip(("in", "out"), gone.groups(), strict=True):
            assert found == yuan(sum(int(one["amount"]) for one in rows[:done] if one["direction"] == direction))
    assert done
    for number, text in enumerate(texts, start=1):
        assert f"第 {number} 页，共 {len(texts)} 页" in text


def test_the_code_of_every_sheet_leads_to_the_period_s_page(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        waiting = submit(fill(a_quarter()))
        review = sheet_of(app, waiting)
        publish(agree(waiting))
        board = sheet_of(app, waiting)
    assert review.code.code == board.code.code
    for made in (review, board):
        found = [text for page in pages_of(made.pdf) for text in codes_in(page)]
        assert found == [made.code.payload]
        assert made.margins
    answer = client.get(f"/C/{board.code.code}")
    assert answer.headers["Location"] == f"/v/{COUNTY.village}/finance/2026Q3"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_the_review_sheet_has_all_rows_a_line_for_every_member_and_says_that_it_is_not_for_the_board(
    app: Flask, county: County
) -> None:
    rows = a_quarter()
    with app.app_context():
        version_id = submit(fill(rows))
        made = sheet_of(app, version_id)
    whole = "".join(texts_of(made.pdf))
    flat = "".join(whole.split())
    for row in rows:
        assert yuan(int(row["amount"])) in whole
    for words in ("审核表", "审核用，不要张贴", "王桂芳", "李成", "孙立", "不同意的原因：", "本表内容码"):
        assert words in flat, words
    assert flat.count("签名：") == 4
    assert made.facts.seal in whole
    assert "防改码" not in flat
    assert made.name == "审核表"


def test_an_edit_gives_the_review_sheet_another_content_code(app: Flask, county: County) -> None:
    with app.app_context():
        version_id = submit(fill())
        before = sheet_of(app, version_id).facts.seal
        from road import hand

        from villagehub.disclosures import office
        from villagehub.storage import unit_of_work

        with unit_of_work() as session:
            office.take_back(session, version_id, hand(COUNTY.clerk))
        change_row(version_id, 1, summary="鱼塘租金（更正）")
        submit(version_id)
        assert sheet_of(app, version_id).facts.seal != before


def test_a_draft_has_no_paper_yet(app: Flask, county: County) -> None:
    with app.app_context(), pytest.raises(NothingToPrint) as refused:
        sheet_of(app, fill())
    assert "草稿" in refused.value.sentence


def test_a_correction_s_sheet_says_what_it_corrects_and_why(app: Flask, county: County) -> None:
    with app.app_context():
        first = published()
        draft = correct(1)
        change_row(draft, 2, amount="11500.00")
        publish(agree(submit(draft)))
        made, old = sheet_of(app, draft), sheet_of(app, first)
        assert number_of(draft) == 2
    flat = "".join("".join(texts_of(made.pdf)).split())
    assert "更正第1号公开" in flat
    assert "更正原因：发票金额抄错，村民提问后查对" in flat
    assert "11,500.00" in flat
    assert "不要再张贴" not in flat
    assert "这一份已由第2号公开更正，不要再张贴。" in "".join("".join(texts_of(old.pdf)).split())


def test_names_on_the_board_are_those_of_the_public_page(app: Flask, county: County) -> None:
    with app.app_context():
        waiting = submit(fill())
        review = "".join(texts_of(sheet_of(app, waiting).pdf))
        publish(agree(waiting))
        board = "".join(texts_of(sheet_of(app, waiting).pdf))
    assert "孙长林" in review
    assert "孙长林" not in board
    assert "孙**" in board
    assert "何山" not in board + review


def before_the_words(pdf: bytes, words: str, nth: int, dpi: int = 1200) -> Image.Image:
    """The character that stands before these words where the first page has them for the nth time."""
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    text = page.get_textpage()
    search = text.search(words)
    found = [search.get_next() for _ in range(nth + 1)][-1]
    assert found
    left, bottom, right, top = text.get_charbox(found[0] - 1, loose=True)
    crop = (left - 0.3, bottom - 0.3, page.get_width() - right - 0.3, page.get_height() - top - 0.3)
    image: Image.Image = page.render(scale=dpi / 72, crop=crop).to_pil().convert("L")
    document.close()
    return image


def as_the_font_draws_it(mark: str) -> Image.Image:
    picture = Image.new("L", (400, 400), 255)
    ImageDraw.Draw(picture).text((80, 80), mark, font=ImageFont.truetype(str(FONTS / FILES[REGULAR]), 160), fill=0)
    return picture


def test_rare_names_on_the_sheet_are_the_font_s_own_glyphs(app: Flask, county: County) -> None:
    """Compared by pixels: copied text would look right even where a wrong character is drawn."""
    with app.app_context():
        pdf = sheet_of(app, published(a_quarter())).pdf
    for place, mark in enumerate(RARE):
        seen = before_the_words(pdf, "家庄建材店", place)
        assert likeness(seen, as_the_font_draws_it(mark)) > 0.8, mark
        assert max(likeness(seen, as_the_font_draws_it(other)) for other in RARE if other != mark) < 0.65


@pytest.mark.parametrize("mark", ["😀", "\ue000"])
def test_a_character_in_no_font_is_reported_with_its_row_before_anything_is_printed(
    app: Flask, county: County, mark: str
) -> None:
    rows = [*THREE, entry("2026-08-01", f"买{mark}", 100)]
    with app.app_context(), pytest.raises(MissingGlyphs) as refused:
        sheet_of(app, published(rows))
    assert "编号 4 那一行" in refused.value.sentence
    assert f"U+{ord(mark):04X}" in refused.value.sentence


def test_rows_that_do_not_add_up_to_the_published_totals_are_not_printed(app: Flask, county: County) -> None:
    with app.app_context():
        version_id = published()
        with reading() as session:
            facts = read_sheet(session, version_id, today=NOW.date())
        wrong = replace(facts, totals={**facts.totals, "expense_fen": 1})
        with pytest.raises(DoesNotAdd):
            make_sheet(wrong, settings=app.extensions["villagehub"], now=NOW)


def test_the_desk_prints_the_sheet_and_the_journal_keeps_who_did(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        version_id = submit(fill())
    member = sign_in(COUNTY.member)
    assert "打印审核表（PDF）" in member.get(f"/review/{version_id}").text
    answer = member.send(f"/print/sheet/{version_id}", page=f"/review/{version_id}")
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    with app.app_context():
        publish(agree(version_id))
    clerk = sign_in(COUNTY.clerk)
    assert "打印公开榜（PDF）" in clerk.get(f"/desk/d/{version_id}").text
    answer = clerk.send(f"/print/sheet/{version_id}", page=f"/desk/d/{version_id}")
    assert "".join(texts_of(answer.data)).count("盖章处") == 1
    with app.app_context(), reading() as session:
        made = session.query(JournalEntry).filter_by(event="sheet_made").order_by(JournalEntry.id).all()
        assert [one.detail["sheet"] for one in made] == ["审核表", "公开榜"]


def test_the_desk_says_which_characters_cannot_be_printed(app: Flask, county: County, sign_in: SignIn) -> None:
    with app.app_context():
        version_id = published([entry("2026-08-01", "买😀", 100)])
    answer = sign_in(COUNTY.clerk).send(f"/print/sheet/{version_id}", page=f"/desk/d/{version_id}")
    assert answer.status_code == 422
    assert "😀（U+1F600）" in answer.text


def test_the_sheet_is_made_from_a_terminal(
    app: Flask, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def typed(*words: str) -> int:
        return run(lambda: cli.main(list(words), obj=lambda: app, standalone_mode=False))

    with app.app_context():
        version_id = submit(fill())
    file = tmp_path / "x.pdf"
    where = ("--village", COUNTY.village, "-o", str(file))
    assert typed("sheet", "--version", str(version_id), *where) == 0
    assert "审核表做好了" in capsys.readouterr().out
    assert typed("sheet", "--publication", "1", *where) == 4
    assert typed("sheet", *where) == 2
    with app.app_context():
        publish(agree(version_id))
    assert typed("sheet", "--publication", "1", *where) == 0
    assert "公开榜做好了" in capsys.readouterr().out
    assert "盖章处" in "".join(texts_of(file.read_bytes()))


def test_the_terminal_says_which_characters_cannot_be_printed_and_writes_no_file(
    app: Flask, county: County, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        published([entry("2026-08-01", "买😀", 100)])
    file = tmp_path / "x.pdf"
    words = ["sheet", "--village", COUNTY.village, "--publication", "1", "-o", str(file)]
    assert run(lambda: cli.main(words, obj=lambda: app, standalone_mode=False)) == 4
    assert "😀（U+1F600）" in capsys.readouterr().err
    assert list(tmp_path.glob("*.pdf*")) == []


SENSITIVE = [
    {"programme": "农村低保", "recipient": f"{name}某", "amount": 30_000 + place}
    for place, name in enumerate("赵钱孙李周吴")
]
ORDINARY = [{**one, "programme": "耕地地力保护补贴", "group_name": "一组"} for one in SENSITIVE]


def test_of_a_sensitive_list_only_count_and_sum_hang_on_the_board(app: Flask, county: County) -> None:
    with app.app_context():
        of = account("funds", "2026Q3", subject="农村低保")
        board = "".join("".join(texts_of(sheet_of(app, published(SENSITIVE, of=of, opening=None)).pdf)).split())
        few = account("funds", "2026Q2", subject="农村低保")
        none = "".join("".join(texts_of(sheet_of(app, published(SENSITIVE[:3], of=few, opening=None)).pdf)).split())
    assert "人数6人" in board
    assert "1,800.15元" in board
    assert "人数少于5人，合计也不写" in none
    assert "900.03" not in none
    assert not [one for one in SENSITIVE if str(one["recipient"]) in board + none]


def test_names_of_an_ordinary_list_hang_on_the_board_until_their_day_and_not_after(app: Flask, county: County) -> None:
    with app.app_context():
        of = account("funds", "2026Q3", subject="耕地地力保护补贴")
        version_id = published(ORDINARY, of=of, opening=None)
        board = "".join("".join(texts_of(sheet_of(app, version_id).pdf)).split())
        with reading() as session:
            facts = read_sheet(session, version_id, today=NOW.date() + timedelta(days=200))
        late = make_sheet(facts, settings=app.extensions["villagehub"], now=NOW)
        after = "".join("".join(texts_of(late.pdf)).split())
    assert all(str(one["recipient"]) in board for one in ORDINARY)
    assert "合计1,800.15" in board
    assert "名单公开期已满" in after
    assert not [one for one in ORDINARY if str(one["recipient"]) in after]
    assert "1,800.15元" in after


def test_what_is_not_for_the_web_hangs_on_the_board(app: Flask, county: County) -> None:
    row = {
        "subject": "新申请低保的人家",
        "content": "两户申请，评议同意",
        "starts_on": "2026-11-20",
        "ends_on": "2026-11-28",
    }
    row |= {"paper_only": True, "board_place": "村部公开栏"}
    with app.app_context():
        version_id = published([row], of=account("announcements", "2026-11-20"), opening=None)
        board = "".join("".join(texts_of(sheet_of(app, version_id).pdf)).split())
        web = app.test_client().get(f"/v/{COUNTY.village}/announcements/2026-11-20.csv").text
    assert "两户申请，评议同意" in board
    assert "两户申请" not in web


OBJECTION = ("这一笔的金额和发票对不上，请村里把经过说清楚。" * 9)[:195] + "到此为止。"


@pytest.mark.parametrize(("rows", "times"), [(3, 3), (47, 3), (3, 27)])
def test_long_objections_stand_on_the_sheet_to_their_last_word(
    app: Flask, county: County, rows: int, times: int
) -> None:
    """Three objections of as many characters as may be; and those of a large board, whose words fill pages of their own."""
    assert len(OBJECTION) == LONGEST_REASON
    with app.app_context():
        version_id = submit(fill(a_quarter(rows) if rows > 20 else THREE))
        with unit_of_work() as session:
            cast_vote(session, version_id, hand(county.member), agrees=False, objection=OBJECTION)
        publish(agree(version_id, county.second_member, county.chair))
        with reading() as session:
            facts = read_sheet(session, version_id, today=NOW.date())
        (said,) = [one for one in facts.signed if not one.agrees]
        long = replace(facts, signed=(*facts.signed, *[said] * (times - 1)))
        made = make_sheet(long, settings=app.extensions["villagehub"], now=NOW)
    assert outside(made.pdf) == 0
    pages = texts_of(made.pdf)
    text = re.sub(r"\s", "", "".join(pages))
    for one in "票止":  # a page may end between any two characters
        assert text.count(one) == times * OBJECTION.count(one)
    assert "盖章处" in pages[-1]
    assert all(f"第{place}页，共{len(pages)}页" in re.sub(r"\s", "", one) for place, one in enumerate(pages, start=1))
