"""查询单: each household's paper for a list of persons, and the 查询码 on it that opens this household's line alone."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from paper import codes_in
from road import account, agree, correct, fill, person, publish, published, submit
from test_sheet import pages_of
from werkzeug.test import TestResponse
from world import COUNTY, NOW, Browser, County, Visitor

from villagehub.disclosures.expiring import expire_names, forget_rows, list_expired, list_forgotten
from villagehub.disclosures.hiding import hide_now
from villagehub.disclosures.models import Erasure, ErasureTarget, Row, Version, VersionRow
from villagehub.journal.models import JournalEntry
from villagehub.kernel.clock import local_day
from villagehub.sections.base import Facts
from villagehub.storage import reading, unit_of_work

SignIn = Callable[[str], Browser]
V = f"/v/{COUNTY.village}"
NAMES = ("何秀英", "李大山", "王喜", "周翠", "郑福", "冯玉兰", "陈石头", "褚小妹", "卫老三")


def person_row(name: str, fen: int = 50_000, **more: object) -> Facts:
    return {"programme": "农村低保", "recipient": name, "group_name": "一组", "amount": fen, "state": "paid", **more}


@pytest.fixture
def batch(app: Flask, county: County) -> Iterator[int]:
    """A sensitive list of nine, two pages of slips; the version's id."""
    app.test_client_class = Visitor
    rows = [person_row(name, 50_000 + place) for place, name in enumerate(NAMES)]
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield published(rows, of=account("funds", "2026-09", subject="农村低保"), opening=None)


def printed(browser: Browser, version_id: int) -> bytes:
    answer = browser.send(f"/print/slips/{version_id}", {"part": "1"}, page=f"/desk/d/{version_id}")
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "application/pdf"
    return answer.data


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [str(page.get_textpage().get_text_range()) for page in document]
    document.close()
    return found


def codes_on(pdf: bytes) -> list[str]:
    return re.findall(r"查询码 ((?:[0-9A-Z]{3} ){2}[0-9A-Z]{3})", "".join(texts(pdf)))


def opened(browser: Browser, code: str, village: str = COUNTY.village) -> TestResponse:
    return browser.post(f"/v/{village}/funds/slip", data={"code": code}, headers={"Origin": "http://localhost"})


def test_each_household_gets_its_slip_and_its_code_opens_its_own_line(
    batch: int, sign_in: SignIn, client: Browser
) -> None:
    head = sign_in(COUNTY.head)
    assert "打印查询单" in head.get(f"/desk/d/{batch}").text
    pdf = printed(head, batch)
    pages = texts(pdf)
    assert len(pages) == 2
    assert all(name in "".join(pages) for name in NAMES)
    for words in ("农村低保", "2026年9月", "500.00 元（已发）", "五百元零八分", "用到 2028年"):
        assert words in "".join(pages), words
    payloads = [payload for picture in pages_of(pdf) for payload in codes_in(picture)]
    assert len(payloads) == len(NAMES)
    assert len(set(payloads)) == 1, "the symbol says nothing of the household"
    led = client.get(payloads[0].removeprefix("HTTP://LOCALHOST"))
    assert led.headers["Location"] == f"{V}/funds"
    assert "用查询单上的查询码查" in client.get(f"{V}/funds").text
    codes = codes_on(pdf)
    assert len(set(codes)) == len(NAMES)
    mine = opened(client, codes[1].lower())
    assert mine.status_code == 200
    assert "李大山" in mine.text
    assert "500.01 元" in mine.text
    assert not any(name in mine.text for name in NAMES if name != "李大山")
    assert mine.headers["Cache-Control"] == "no-store"
    assert "noindex" in mine.text
    with reading() as session:
        (entry,) = session.query(JournalEntry).filter_by(event="slips_made")
        assert "李大山" not in str(entry.detail)
        assert entry.detail["slips"] == len(NAMES)


def test_nothing_opens_without_the_code_nor_in_another_village_nor_in_haste(
    batch: int, sign_in: SignIn, client: Browser
) -> None:
    code = codes_on(printed(sign_in(COUNTY.clerk), batch))[0]
    for text in ("", "0", "ABCDEFGHJ", "何秀英", f"{code[:-1]}{'1' if code[-1] != '1' else '2'}"):
        answer = opened(client, text)
        assert answer.status_code == 422, text
        assert "没有找到这个查询码" in answer.text
    assert opened(client, code, COUNTY.other_village).status_code == 422
    assert client.get(f"{V}/funds/slip?code={code}").headers["Location"] == f"{V}/funds"
    foreign = client.post(f"{V}/funds/slip", data={"code": code}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert [opened(client, "ABCDEFGHJ").status_code for _ in range(20)][-1] == 429


def test_the_paper_of_before_a_correction_opens_the_corrected_line_until_it_is_erased_or_hidden(
    batch: int, sign_in: SignIn, client: Browser
) -> None:
    clerk = sign_in(COUNTY.clerk)
    code, second = codes_on(printed(clerk, batch))[:2]
    with reading() as session:
        number = session.get_one(Version, batch).number
    assert number is not None
    newer = correct(number)
    rows = [person_row(name, 70_000) for name in NAMES]
    fill(rows, of=account("funds", "2026-09", subject="农村低保"), opening=None, sha="b" * 64)
    publish(agree(submit(newer)))
    assert "700.00 元" in opened(client, code).text
    old = clerk.send(f"/print/slips/{batch}", {"part": "1"}, page="/account")
    assert old.status_code == 409
    assert "打开最新的一份" in old.text
    with unit_of_work() as session:
        kept = sa.select(Row).join(VersionRow, VersionRow.row_id == Row.id).where(VersionRow.version_id == newer)
        row = session.scalars(kept.order_by(VersionRow.position)).all()[1]
        erasure = Erasure(village_id=row.village_id, kind="redaction", basis="个人信息保护法第四十七条", created_at=NOW)
        session.add(erasure)
        session.flush()
        session.add(ErasureTarget(erasure_id=erasure.id, what="row", target_id=row.id))
        session.flush()
        row.facts, row.erasure_id = {**row.facts, "recipient": None}, erasure.id
    assert opened(client, second).status_code == 422
    with unit_of_work() as session:
        hide_now(session, newer, cause="privacy", words="", actor=person(COUNTY.head), now=NOW)
    assert opened(client, code).status_code == 422
    assert clerk.send(f"/print/slips/{newer}", {"part": "1"}, page="/account").status_code == 409


def test_a_slip_outlives_the_list_on_the_web_and_ends_after_two_years(
    batch: int, sign_in: SignIn, client: Browser
) -> None:
    code = codes_on(printed(sign_in(COUNTY.clerk), batch))[0]
    for days, status in ((100, 200), (729, 200), (731, 422)):
        then = NOW + timedelta(days=days)
        with time_machine.travel(then, tick=True):
            with unit_of_work() as session:
                for one in list_expired(session, today=local_day(then)):
                    expire_names(session, one, now=then)
            answer = opened(client, code)
        assert answer.status_code == status, days
        assert ("何秀英" in answer.text) == (status == 200)
    with unit_of_work() as session:
        for one in list_forgotten(session, today=local_day(then)):
            forget_rows(session, one, now=then)
    assert opened(client, code).status_code == 422, "even with a clock that goes wrong, nothing is left to show"


def test_there_are_no_slips_of_books_nor_for_those_who_may_not_print_them(batch: int, sign_in: SignIn) -> None:
    books = published()
    clerk = sign_in(COUNTY.clerk)
    assert "打印查询单" not in clerk.get(f"/desk/d/{books}").text
    assert clerk.send(f"/print/slips/{books}", {"part": "1"}, page="/account").status_code == 409
    assert clerk.send(f"/print/slips/{batch}", {"part": "99"}, page="/account").status_code == 200
    assert "打印查询单" not in sign_in(COUNTY.chair).get(f"/desk/d/{batch}").text


def test_a_slip_says_of_how_many_months_the_amount_is_where_that_is_exactly_it(batch: int, sign_in: SignIn) -> None:
    months = {"basis": "3", "basis_unit": "个月", "rate": "50"}
    rows = [
        person_row("何秀英", 15_000, **months),
        person_row("李大山", 5_000, **{**months, "basis": "1"}),
        person_row("王喜", 15_050, **months),
        person_row("周翠", 15_000),
    ]
    of = account("funds", "2026-08", subject="高龄津贴")
    text = "".join(texts(printed(sign_in(COUNTY.head), published(rows, of=of, opening=None))))
    assert text.count("一百五十元（3 个月 × 50 元）") == 1
    assert text.count("×") == 1
