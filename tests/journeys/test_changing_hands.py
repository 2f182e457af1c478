"""换人和忘密码：报账员季度当中换人，账接着做；审核的人忘了密码，镇里重设。

剧本一（换报账员）：
1. 三季度的账，赵庆传了一半，还是草稿。他调走了，由钱进接手。
2. 镇里吴敏打开村的页面，打印交接清单：没办完的草稿、村里的人、移交人和接收人签字的地方都在纸上。
3. 吴敏在“人员”页给钱进建账号，得到一次性密码；再结束赵庆的任职。
4. 赵庆开着的页面马上退出。他再登录，这个村的账一页也打不开。
5. 钱进用一次性密码登录，先换成自己的密码；接着改赵庆的草稿，送审。页面写着登记的人：赵庆、钱进，两个人都不能签字。

剧本二（忘了密码）：
1. 镇里吴敏登录，职务要求动态码：她用手机上的身份验证器扫码，开好，收下备用码。
2. 王桂芳忘了密码。吴敏确认是本人，在“人员”页重设。王桂芳手机上原来登录的马上退出，旧密码不能用了。
3. 王桂芳用一次性密码登录，别的页面都打不开，只能先换密码。换好后用新密码登录，村里的人不问动态码。一次性密码不能再用。
4. 吴敏手机不在身边，再登录时输密码还不够，输一个备用码才进得去；同一个备用码第二次不行。

剧本三（正在改选）：
1. 村务监督委员会任期满了，吴敏登记改选的日子，指定郭琴、何山代为审核。
2. 报账员的页面、要审的这一批、村民的首页都写着正在改选。郭琴在手机上看完、签字，职务写明是镇里指定的。
"""

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
import road
from browsing import main_text
from flask import Flask
from test_review_on_phones import Eyes, eyes, read_and_tick, sign_here  # noqa: F401
from world import COUNTY, NOW, PASSWORD, settings_for, settle_county

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.app import create_app
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.kernel import clock
from villagehub.storage import db, migrate, unit_of_work

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FINANCE = "2026年第三季度财务收支"
OWN = "自己想的 一句 长话 7"


@pytest.fixture
def village(server: "Server") -> tuple["Server", Flask, int]:
    """An instance, not yet served, in which the third quarter is half done: a draft of 赵庆."""
    server.instance.mkdir(mode=0o700, parents=True)
    database = f"sqlite:///{server.instance / 'villagehub.db'}"
    app = create_app(settings_for(server.instance, database, base_url=server.url))
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        draft = road.fill()
        db.engine.dispose()
    return server, app, draft


def browser_of(chromium: "Browser", server: "Server") -> "BrowserContext":
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=server.url)
    context.set_default_timeout(60_000)
    return context


def give_password(page: "Page", login: str, password: str) -> None:
    """Fills in the sign-in page and sends it."""
    page.goto("/login")
    page.get_by_label("登录名").fill(login)
    page.get_by_label("密码", exact=True).fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()


def signed_in(chromium: "Browser", server: "Server", login: str, password: str = PASSWORD) -> "Page":
    page = browser_of(chromium, server).new_page()
    give_password(page, login, password)
    assert "/login" not in page.url
    return page


def change_password(page: "Page", old: str, new: str = OWN) -> None:
    page.get_by_label("现在的密码").fill(old)
    page.get_by_label("新密码（至少").fill(new)
    page.get_by_label("新密码再输一遍").fill(new)
    page.get_by_role("button", name="改密码").click()
    page.wait_for_url("**/login**")


def words_on_paper(pdf: bytes) -> str:
    """What a printed page says."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    words = "".join(sheet.get_textpage().get_text_range() for sheet in document)
    document.close()
    return words


def test_a_new_clerk_carries_on_what_the_old_one_began(
    chromium: "Browser",
    village: tuple["Server", Flask, int],
    eyes: Eyes,  # noqa: F811
) -> None:
    server, _, draft = village
    server.start()
    zhao = signed_in(chromium, server, COUNTY.clerk)
    zhao.goto(f"/desk/d/{draft}")
    wu = signed_in(chromium, server, COUNTY.supervisor)

    wu.goto(f"/town/v/{COUNTY.village}?q=2026Q3")
    wu.get_by_role("link", name="换人时打印交接清单").click()
    eyes.look(wu, "handover")
    paper = words_on_paper(wu.pdf())
    for words in ("交接清单", FINANCE, "草稿", "赵庆", "移交人：", "接收人：", "监交人："):
        assert words in paper, words

    wu.goto("/town/people")
    wu.get_by_role("link", name="建一个账号").click()
    wu.get_by_label("姓名").fill("钱进")
    wu.get_by_label("登录名").first.fill("qianjin")
    wu.get_by_label("职务").select_option(label="报账员")
    wu.get_by_label("在哪里").select_option(COUNTY.village)
    wu.get_by_role("button", name="建账号").click()
    once = wu.locator("b.code").inner_text()
    wu.goto("/town/people")
    wu.get_by_role("link", name="赵庆").click()
    wu.get_by_role("button", name="结束这个任职").click()
    wu.get_by_text("任职已结束").wait_for()
    eyes.look(wu, "post-ended")

    zhao.reload()
    assert "/login" in zhao.url, "the page that was open is signed out"
    give_password(zhao, COUNTY.clerk, PASSWORD)
    for address in (f"/desk/d/{draft}", f"/desk/v/{COUNTY.village}/handover", "/desk", "/desk/upload"):
        answer = zhao.goto(address)
        assert answer
        assert answer.status in (403, 404), address
        assert "鱼塘租金" not in zhao.content()

    qian = signed_in(chromium, server, "qianjin", once)
    assert "您用的是一次性密码" in main_text(qian)
    change_password(qian, once)
    give_password(qian, "qianjin", OWN)
    qian.goto("/desk")
    qian.get_by_role("link", name=FINANCE).first.click()
    qian.locator("tr").filter(has_text="村东水渠清淤人工费").get_by_role("link", name="改编号").click()
    qian.get_by_label("金额").fill("11500")
    qian.get_by_role("button", name="保存这一行").click()
    qian.get_by_role("button", name="送村务监督委员会审核").click()
    qian.get_by_text("等人看过签字").first.wait_for()
    assert "登记：赵庆、钱进。登记的人不能签字" in main_text(qian)
    assert "11,500.00" in main_text(qian)
    eyes.look(qian, "carried-on")
    assert eyes.wrong == []


def test_a_lost_password_is_reset_by_the_township_and_changed_at_once(
    chromium: "Browser",
    village: tuple["Server", Flask, int],
    eyes: Eyes,  # noqa: F811
) -> None:
    server, _, _ = village
    server.more["VILLAGEHUB_TOTP_REQUIRED"] = "office"
    server.start()
    wang = signed_in(chromium, server, COUNTY.member)
    wu = signed_in(chromium, server, COUNTY.supervisor)
    assert "您的职务要求登录时再输一个动态码" in main_text(wu)
    wu.get_by_role("button", name="开动态码").click()
    secret = wu.locator("b.code").inner_text().replace(" ", "")
    wu.get_by_label("2 把手机上的六位数填在这里").fill(pyotp.TOTP(secret).now())
    wu.get_by_label("您登录用的密码").fill(PASSWORD)
    wu.get_by_role("button", name="开好").click()
    wu.get_by_text("动态码开好了").wait_for()
    spare = wu.locator("b.code").first.inner_text()

    wu.goto("/town/people")
    eyes.look(wu, "people")
    wu.get_by_role("link", name="王桂芳").click()
    wu.get_by_role("button", name="重设密码").click()
    once = wu.locator("b.code").inner_text()
    eyes.look(wu, "slip")

    wang.goto("/review")
    assert "/login" in wang.url, "signed out at once"
    give_password(wang, COUNTY.member, PASSWORD)
    assert "/login" in wang.url
    assert wang.get_by_role("alert").count() == 1
    give_password(wang, COUNTY.member, once)
    wang.goto("/review")
    assert wang.url.endswith("/account/password"), "nothing else opens before the password is changed"
    eyes.look(wang, "must-change")
    change_password(wang, once)
    give_password(wang, COUNTY.member, once)
    assert "/login" in wang.url, "once is once"
    give_password(wang, COUNTY.member, OWN)
    assert "/login" not in wang.url, "the village is not asked for a second step"
    wang.goto("/review")
    assert "等您签字" in main_text(wang)

    for let_in in (True, False):
        again = browser_of(chromium, server).new_page()
        give_password(again, COUNTY.supervisor, PASSWORD)
        again.get_by_label("身份验证器上的六位数").fill(spare)
        again.get_by_role("button", name="登录").click()
        again.wait_for_load_state()
        again.goto("/town")
        assert ("/login" not in again.url) is let_in
    assert eyes.wrong == []


def test_while_the_committee_is_being_elected_others_named_by_the_township_review(
    chromium: "Browser",
    village: tuple["Server", Flask, int],
    eyes: Eyes,  # noqa: F811
) -> None:
    server, app, draft = village
    with app.app_context():
        road.submit(draft)
        with unit_of_work() as session:
            for login, name in (("guoqin", "郭琴"), ("heshan", "何山")):
                made: dict[str, Any] = {"actor": None, "channel": "test", "now": NOW}
                one = add_person(session, login, name=name, password=PASSWORD, **made)
                place = place_with_code(session, COUNTY.other_village)
                appoint(session, one, Role.COMMITTEE_MEMBER, place=place, **made)
        db.engine.dispose()
    server.start()
    wu = signed_in(chromium, server, COUNTY.supervisor)
    for name in ("王桂芳", "李成", "孙立"):
        wu.goto("/town/people")
        wu.get_by_role("link", name=name).click()
        wu.get_by_role("button", name="结束这个任职").click()
        wu.get_by_text("任职已结束").wait_for()
    wu.goto("/town/people")
    wu.get_by_role("link", name="村务监督委员会改选").click()
    wu.get_by_label("哪个村").select_option(COUNTY.village)
    wu.get_by_label("从哪天起").fill(clock.today().isoformat())
    wu.get_by_label("预计到哪天为止").fill((clock.today() + timedelta(days=40)).isoformat())
    eyes.look(wu, "election-form")
    wu.get_by_role("button", name="登记改选").click()
    wu.get_by_text("改选已登记").wait_for()
    eyes.look(wu, "election")
    for name in ("郭琴", "何山"):
        wu.goto("/town/people")
        wu.get_by_role("link", name=name).click()
        wu.get_by_label("职务").select_option(label="村务监督委员会成员")
        wu.get_by_label("在哪里").select_option(COUNTY.village)
        wu.get_by_label("改选期间代为审核").check()
        eyes.look(wu, "substitute-form")
        wu.get_by_role("button", name="记下任职").click()
        wu.get_by_text("任职已记下").wait_for()

    zhao = signed_in(chromium, server, COUNTY.clerk)
    zhao.goto("/desk")
    told = re.compile("村务监督委员会正在改选.*镇里指定代为审核的人：郭琴、何山")
    assert told.search(main_text(zhao))
    eyes.look(zhao, "desk-election")
    villager = browser_of(chromium, server).new_page()
    villager.goto(f"/v/{COUNTY.village}")
    assert "村务监督委员会正在改选" in main_text(villager)
    eyes.look(villager, "home-election")

    guo = signed_in(chromium, server, "guoqin")
    guo.goto("/review")
    guo.get_by_role("link", name=FINANCE).click()
    assert told.search(main_text(guo))
    read_and_tick(guo)
    sign_here(guo)
    assert "郭琴（村务监督委员会成员（改选期间由镇里指定））" in main_text(guo)
    assert "何山 还没签，差 1 人" in main_text(guo)
    eyes.look(guo, "package-election")
    assert eyes.wrong == []
