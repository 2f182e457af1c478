"""The box for any code on a phone without script: read by axe, narrow, by thumb, and in letters that an old person copies."""

import re

import pytest
from axe import violations
from browsing import main_text
from showcase import HOME
from test_pages_in_browser import SIDEWAYS, SMALL, Site, measured, site  # noqa: F401

from villagehub.kernel.codes import check_character

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NINE = "7K3M9P2Q" + check_character("7K3M9P2Q")
LETTERS = "parseFloat(getComputedStyle(document.querySelector('p.code')).fontSize)"
LINES = """(() => {
  const range = document.createRange();
  range.selectNodeContents(document.querySelector('p.code'));
  return new Set([...range.getClientRects()].map(one => Math.round(one.top))).size;
})()"""
BODY = "parseFloat(getComputedStyle(document.body).fontSize)"


@pytest.mark.parametrize("size", ["m", "l", "x"])
def test_a_question_s_code_is_copied_in_large_letters_and_typed_on_the_front_page(
    site: Site,  # noqa: F811
    size: str,
) -> None:
    wrong: list[str] = []
    context = site.context(320, size=size)
    phone = context.new_page()

    def look(where: str) -> None:
        wrong.extend(f"{where}: {one}" for one in violations(phone))
        wrong.extend(f"{where}: small {one}" for one in measured(phone, SMALL))
        if measured(phone, SIDEWAYS) > 0:
            wrong.append(f"{where}: sideways")

    phone.goto(f"{HOME}/ask")
    phone.get_by_label("您想问什么（一次问一件事）").fill("村口的路灯什么时候修好")
    phone.get_by_role("button", name="问一问").click()
    look("asked")
    code = phone.locator("p.code").inner_text()
    assert re.fullmatch(r"(?:[0-9A-Z]{3} ){2}[0-9A-Z]{3}", code)
    # As large as stands on one line of this narrow phone, and never smaller than the text.
    assert phone.evaluate(LETTERS) >= max(32, phone.evaluate(BODY))
    assert phone.evaluate(LINES) == 1

    phone.goto("/")
    phone.get_by_label("输入纸上的码").fill(code)
    phone.get_by_role("button", name="打开").click()
    assert "村口的路灯什么时候修好" in main_text(phone)
    assert code.replace(" ", "") not in phone.url.replace("%20", "")
    look("question")

    phone.goto("/c")
    phone.get_by_label("输入纸上的码").fill(NINE)
    phone.get_by_role("button", name="打开").click()
    look("which village")
    phone.get_by_role("button", name="青石沟村").click()
    assert "没有找到这个查询码" in main_text(phone)
    look("no slip")

    phone.goto("/c")
    phone.get_by_label("输入纸上的码").fill("7K3M9P2QQ1")
    phone.get_by_role("button", name="打开").click()
    look("missed")
    phone.goto(f"/C/{NINE}")
    look("scanned")
    context.close()
    assert wrong == []
