"""The marked workbook over HTTP: downloaded by staff only, mended, sent back, recognised; the earlier upload is at an end."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from ledger_files import HEAD, LEASE, xlsx
from openpyxl import load_workbook
from sqlalchemy import select
from test_marked_workbook import coloured
from test_mending_on_the_page import OUT, inputs, mend, refused
from test_upload_pages import accept, rows_of, upload
from world import Browser, County

from villagehub.ledgers.models import Upload
from villagehub.ledgers.workbook_writer import RED
from villagehub.storage import reading

SignIn = Callable[[str], Browser]
BAD = xlsx([["三月收支表"], HEAD, LEASE, ["2026-09-31", "电费", None, "一千二"], ["2026-03-09", "水费", None, -8]])


def mended(data: bytes, right: dict[tuple[int, int], Any]) -> bytes:
    """The workbook with what is right written into its red cells."""
    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    assert set(coloured(sheet, RED)) == set(right)
    for (row, column), value in right.items():
        sheet.cell(row, column).value = value
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def uploads(app: Flask) -> list[Upload]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(Upload).order_by(Upload.id)))


def test_the_round_of_the_marked_workbook(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk, BAD)
    assert "下载标好错的表格（xlsx），改完重传" in clerk.get(address).text
    got = clerk.get(f"{address}/marked.xlsx")
    assert got.status_code == 200
    assert "no-store" in got.headers["Cache-Control"]
    assert "%EF%BC%88%E6%A0%87%E5%A5%BD%E9%94%99%EF%BC%89.xlsx" in got.headers["Content-Disposition"]
    back = upload(clerk, mended(got.data, {(4, 1): "2026-03-31", (4, 4): 1200}), "三月（标好错）.xlsx")
    assert back.status_code == 303
    newer = back.headers["Location"]
    page = clerk.get(newer).text
    assert "这是“三月.xlsx”改好以后传回来的，接着上次的办" in page
    assert "有 1 处要您确认" in page
    earlier = clerk.get(address).text
    assert "这张表后来又传了改好的" in earlier
    assert f'href="{newer}"' in earlier
    assert inputs(earlier) == {}
    assert mend(clerk, address, **{OUT: "1200"}).status_code == 409
    clerk.send(f"{newer}/confirm", {"place": "negative_amount@Sheet1!5"}, page=newer)
    assert accept(clerk, newer).status_code == 303
    assert rows_of(app) == [(1_200_000, "in"), (120_000, "out"), (-800, "out")]
    assert [(one.state, one.superseded_by) for one in uploads(app)] == [("checked", 2), ("accepted", None)]
    assert clerk.get(f"{address}/original").data == BAD


def test_what_was_mended_on_the_page_stands_in_the_marked_workbook(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk, BAD)
    mend(clerk, address, **{"fix@Sheet1!A4": "2026-03-31"})
    data = clerk.get(f"{address}/marked.xlsx").data
    sheet = load_workbook(BytesIO(data)).worksheets[0]
    assert sheet["A4"].value == "2026-03-31"
    assert "在网页上改过，原来是：2026-09-31" in sheet["A4"].comment.text
    assert upload(clerk, mended(data, {(4, 4): 1200})).status_code == 303
    assert uploads(app)[1].fixes == {}


def test_answers_that_were_given_go_along(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    data = xlsx([HEAD, LEASE, ["2026-03-09", "水费", None, -8], ["2026-03-10", "电费", None, -9]])
    address = upload(clerk, data).headers["Location"]
    clerk.send(f"{address}/confirm", {"place": "negative_amount@Sheet1!3"}, page=address)
    book = load_workbook(BytesIO(clerk.get(f"{address}/marked.xlsx").data))
    book.worksheets[0]["D4"].value = 9
    written = BytesIO()
    book.save(written)
    newer = upload(clerk, written.getvalue()).headers["Location"]
    assert accept(clerk, newer).status_code == 303
    assert uploads(app)[1].confirmations["negative_amount@Sheet1!3"]["name"] == "赵庆"


def test_a_mark_of_other_books_or_of_another_file_means_nothing(app: Flask, county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    address = refused(clerk, BAD)
    data = clerk.get(f"{address}/marked.xlsx").data
    upload(clerk, data, period="2026Q2")
    upload(clerk, data, entity="collective")
    book = load_workbook(BytesIO(data))
    for mark in (
        "核对编号 1-000000000000",
        "核对编号 99999-abcdefabcdef",
        "核对编号 1",
        "核对编号 999999999999999999-abcdefabcdef",
    ):
        book.worksheets[-1]["A2"].value = mark
        written = BytesIO()
        book.save(written)
        assert upload(clerk, written.getvalue()).status_code == 422
    assert all(one.superseded_by is None for one in uploads(app))
    assert upload(clerk, data).status_code == 422
    assert uploads(app)[0].superseded_by == len(uploads(app))


def test_the_marked_workbook_is_for_staff_and_its_notes_hold_no_numbers(
    county: County, sign_in: SignIn, client: Browser
) -> None:
    clerk = sign_in(county.clerk)
    text = (
        "2026年耕地地力保护补贴发放表,,,\n组别,姓名,身份证号,金额\n三组,王桂芳,11010519491231002X,六百 13812345678\n"
        "三组,李成,1.10105E+17,68\n"
    )
    address = refused(clerk, text.encode(), "补贴.csv", section="funds", period="2026-03")
    data = clerk.get(f"{address}/marked.xlsx").data
    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    assert sheet["C3"].value == "11010519491231002X"  # the clerk's own table stays whole
    assert set(coloured(sheet, RED)) == {(3, 4), (4, 3)}
    said = [cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment]
    said += [str(cell.value) for cell in sheet["E"]]
    said += [str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row]
    assert not any(number in words for words in said for number in ("11010519491231002X", "13812345678"))
    assert client.get(f"{address}/marked.xlsx").status_code in (302, 303, 401, 403)


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_what_could_not_be_opened_cannot_be_marked(county: County, sign_in: SignIn, data: bytes) -> None:
    clerk = sign_in(county.clerk)
    assert upload(clerk, data).status_code == 422
    page = clerk.get("/desk/u/1").text
    assert "下载标好错的表格" not in page
    got = clerk.get("/desk/u/1/marked.xlsx")
    assert got.status_code == 422
    assert "没法在上面标" in got.text


def test_a_file_of_the_largest_allowed_size_can_be_marked_and_sent_back(county: County, sign_in: SignIn) -> None:
    clerk = sign_in(county.clerk)
    lines = [f"2026-03-{at % 28 + 1:02d},同样的摘要写得比较长一些,,1{at}" for at in range(19_000)]
    data = ("\n".join([",".join(HEAD), *lines, "2026-03-05,最后一行,,六块"])).encode()
    address = refused(clerk, data, "大.csv")
    got = clerk.get(f"{address}/marked.xlsx")
    assert got.status_code == 200
    back = upload(clerk, got.data)
    assert back.status_code == 422
    assert "有 1 处要改" in back.text
    assert "第 19002 行「支出」" in back.text
