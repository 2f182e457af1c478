"""没有空格的长号码、长网址、外文单位名，在最窄的手机上也只往下换行，不把页面撑宽。"""

import pytest
import road
from flask import Flask
from playwright.sync_api import Browser as Chromium
from world import COUNTY, County

from villagehub.public.build import build_dirty
from villagehub.sections import SECTIONS

pytestmark = pytest.mark.browser

HOME = f"/v/{COUNTY.village}"
INVOICE = "26442000000012345678"
ADDRESS = "详见 https://example.cn/jyxx/jsgcZbgg/detail?guid=3f2a8c1e77b94d5f"
COMPANY = "QingheAgriculturalComprehensiveServiceCenterCo.Ltd公司"
PAGES = (
    "",
    "/finance/2026Q3",
    "/n/1",
    "/finance/i/1",
    "/search?q=化肥",
    "/notices",
    "/notices/2026-04",
    "/notices/i/4",
    "/notices/i/5",
    "/notices/i/6",
    "/n/2",
)


def notice(**more: str) -> dict[str, str]:
    kind = SECTIONS["notices"].field_named("kind").choices[0].key
    return {"title": "招标公告", "kind": kind, "issued_on": "2026-04-11", "content": "内容", **more}


@pytest.mark.parametrize("size", ["m", "l", "x"])
def test_a_word_longer_than_the_page_is_broken_and_nothing_scrolls_sideways(
    app: Flask, county: County, chromium: Chromium, size: str
) -> None:
    assert county
    with app.app_context():
        road.published(
            (
                road.entry("2026-07-06", f"购化肥，发票号{INVOICE}", 84_000, voucher_no=INVOICE, counterparty=COMPANY),
                road.entry("2026-07-07", "卖茶叶", 90_000, "in", counterparty=COMPANY),
                road.entry("2026-07-08", "购电线", 9_000),
            )
        )
        road.published(
            (notice(title="招标公告" + ADDRESS), notice(content=ADDRESS), notice(doc_no="GC-2026-0411-SG-001-ZB-0001")),
            of=road.account("notices", "2026-04"),
            opening=None,
        )
        build_dirty()
    client = app.test_client()
    client.set_cookie("size", size)
    page = chromium.new_page(viewport={"width": 320, "height": 844})
    for path in PAGES:
        answer = client.get(HOME + path)
        assert answer.status_code == 200, path
        page.set_content(answer.text)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    page.close()
