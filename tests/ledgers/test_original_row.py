"""The row of the clerk's own file beside what was made of it, for offices only and without what is never stored."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from test_upload_pages import accept, upload
from world import Browser, County

from villagehub.ledgers.original_row_child import WITHHELD

SignIn = Callable[[str], Browser]
BATCH = (
    "2026年耕地地力保护补贴发放表,,,,,,,\n组别,姓名,身份证号,一卡通号,联系电话,金额,备注,家里情况\n"
    "三组,王桂芳,11010519491231002X,6222021234567890128,13812345678,612,问13812345678 做手术,长期患病\n"
    "三组,李成,,,,68,,\n"
)
SECRETS = ("11010519491231002X", "6222021234567890128", "13812345678", "长期患病", "手术")


@pytest.fixture
def sent(county: County, sign_in: SignIn) -> str:
    """The address of an accepted upload of a list of persons."""
    clerk = sign_in(county.clerk)
    address = upload(clerk, BATCH, section="funds", period="2026-03").headers["Location"].split("?")[0]
    assert accept(clerk, address).status_code == 303
    return str(address)


def test_the_township_reads_the_row_as_the_clerk_wrote_it(
    app: Flask, county: County, sign_in: SignIn, sent: str
) -> None:
    town = sign_in(county.supervisor)
    page = town.get(f"{sent}/row/3").text
    for words in ("王桂芳", "612", "家里情况", "姓名", "没有用", WITHHELD):
        assert words in page, words
    assert "李成" not in page
    assert not [one for one in SECRETS if one in page]
    assert "李成" in town.get(f"{sent}/row/4").text
    draft = re.search(r'href="/desk/d/(\d+)"', town.get(sent).text)
    assert draft
    row = town.get(f"/town/d/{draft[1]}/row/1").text
    assert f'href="{sent}/row/3' in row
    assert "看原表第 3 行怎么写的" in row


@pytest.mark.parametrize("tail", ["row/0", "row/99", "row/3?sheet=没有这张", f"row/{10**30}"])
def test_a_row_that_the_file_does_not_have_is_said(sign_in: SignIn, county: County, sent: str, tail: str) -> None:
    answer = sign_in(county.supervisor).get(f"{sent}/{tail}")
    assert answer.status_code == 404
    assert "下载原表" in answer.text or "没有找到" in answer.text


def test_nobody_else_reads_it(client: Browser, sign_in: SignIn, county: County, sent: str) -> None:
    assert sign_in(county.clerk).get(f"{sent}/row/3").status_code == 200
    assert client.get(f"{sent}/row/3").status_code in (302, 303, 401)
    assert "王桂芳" not in client.get(f"{sent}/row/3").text
