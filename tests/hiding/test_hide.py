"""A leak on Saturday night is hidden by one person with a phone, everywhere at once, and nothing is lost by it (decision 20)."""

import io
import re
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import road
import sqlalchemy as sa
import time_machine
from click.testing import CliRunner
from flask import Flask
from openpyxl import load_workbook
from serving import Server, free_port
from world import COUNTY, NOW, Browser, County, Visitor

from villagehub.app import create_app
from villagehub.cli import cli
from villagehub.disclosures import hiding, office
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.hidden import PRIVACY_WORDS, HiddenNow
from villagehub.disclosures.hiding_models import Hide
from villagehub.journal.models import JournalEntry
from villagehub.labels.models import Code
from villagehub.labels.sheet_facts import read_sheet
from villagehub.public.build import build_dirty
from villagehub.public.models import StoredPage
from villagehub.storage import db, reading, unit_of_work

SignIn = Callable[[str], Browser]
V = f"/v/{COUNTY.village}"
SECRETS = ("鱼塘租金", "村东水渠清淤", "鑫源建材", "12,000", "1.2 万", "11,600", "840.00", "孙长林", "12000.00")
PATHS = (
    V,
    f"{V}/n",
    f"{V}/n/1",
    f"{V}/finance",
    f"{V}/finance/2026Q3",
    f"{V}/finance/2026Q3?dir=out",
    f"{V}/finance/2026Q3?after=1",
    f"{V}/finance/i/1",
    f"{V}/finance/i/2",
    f"{V}/finance/i/3",
    f"{V}/finance/2026Q3.csv",
    f"{V}/finance/2026Q3.xlsx",
)


LISTS = (V, f"{V}/n", f"{V}/finance")
"""Pages that name the publication among others."""


@pytest.fixture
def day(app: Flask, county: County) -> Iterator[int]:
    """A published quarter with its pages built; the version's id."""
    assert county
    app.test_client_class = Visitor
    with time_machine.travel(NOW, tick=True), app.app_context():
        version_id = road.published()
        run_after_publish()
        yield version_id


def words_of(answer: Any) -> str:
    if answer.content_type.endswith("sheet"):
        sheet = load_workbook(io.BytesIO(answer.data)).active
        return " ".join(str(cell) for row in sheet.values for cell in row)
    return str(answer.data.decode())


def shown(app: Flask, *, cookie: bool = False) -> dict[str, str]:
    browser = app.test_client()
    if cookie:
        browser.set_cookie("theme", "dark")
    return {path: words_of(browser.get(path)) for path in PATHS}


def leaks(pages: dict[str, str]) -> list[str]:
    return [f"{path}: {word}" for path, text in pages.items() for word in SECRETS if word in text]


def hide(browser: Browser, version_id: int, cause: str = "privacy", words: str = "") -> Any:
    page = f"/desk/d/{version_id}/hide"
    return browser.send(page, {"cause": cause, "words": words}, page=page)


def lift(browser: Browser, action: str = "lift", hide_id: int = 1) -> Any:
    return browser.send(f"/desk/hide/{hide_id}/{action}", page="/desk/hide")


def bodies(app: Flask) -> dict[str, bytes]:
    browser = app.test_client()
    return {path: browser.get(path).data for path in PATHS if not path.endswith("xlsx")}


def test_hidden_text_is_found_nowhere_and_comes_back_byte_for_byte(app: Flask, day: int, sign_in: SignIn) -> None:
    other = create_app(app.extensions["villagehub"])  # the second worker, with a memory of its own
    other.test_client_class = Visitor
    for one in (app, other):
        assert len(leaks(shown(one))) > 20
        assert len(leaks(shown(one, cookie=True))) > 20
    before = bodies(app), bodies(other)
    assert hide(sign_in(COUNTY.head), day).status_code == 303
    for one in (app, other):
        for cookie in (False, True):
            pages = shown(one, cookie=cookie)
            assert leaks(pages) == []
            assert [path for path, text in pages.items() if path not in LISTS and PRIVACY_WORDS not in text] == []
    with reading() as session:
        import gzip

        stored = {one.path: gzip.decompress(one.body).decode() for one in session.scalars(sa.select(StoredPage))}
        assert len(stored) > 5
        assert leaks(stored) == []
        with pytest.raises(HiddenNow):
            read_sheet(session, day, today=NOW.date())
    picture = app.test_client().get(f"{V}/finance/2026Q3.png")
    assert picture.content_type.startswith("text/html")
    assert PRIVACY_WORDS in picture.text
    assert lift(sign_in(COUNTY.supervisor)).status_code == 303
    assert (bodies(app), bodies(other)) == before
    with other.app_context():
        db.engine.dispose()


def test_what_is_to_be_hidden_is_found_by_village_and_words(app: Flask, day: int, sign_in: SignIn) -> None:
    township = sign_in(COUNTY.supervisor)
    link = f'href="/desk/d/{day}/hide"'
    for asked, found in (("青石沟", True), ("青石沟 第三季度", True), ("财务收支", True), ("青石沟 补贴", False)):
        page = township.get("/desk/hide", query_string={"q": asked}).text
        assert (link in page) is found, asked


def test_two_publications_of_the_same_name_are_told_apart_before_one_is_taken_down(
    app: Flask, day: int, sign_in: SignIn
) -> None:
    """同一期公开过、又更正过，“要撤下哪一份”里两行名字一样：每一行先写第几号，更正的写明更正。"""
    draft = road.correct(1)
    road.change_row(draft, 1, summary="出租收入")
    road.publish(road.agree(road.submit(draft)))
    page = sign_in(COUNTY.head).get("/desk/hide").text
    first, second = (
        after(page, f'href="/desk/d/{one}/hide">').partition("</a>")[0].partition("<br>")[0] for one in (day, draft)
    )
    assert first == "<b>2026年第三季度财务收支（第 1 号）</b>"
    assert second == '<b>2026年第三季度财务收支（第 2 号）</b> <span class="tag plain">更正</span>'


def test_a_kept_copy_in_a_reader_s_browser_is_not_confirmed(app: Flask, day: int, sign_in: SignIn) -> None:
    browser = app.test_client()
    tag = browser.get(f"{V}/finance/2026Q3").headers["ETag"]
    hide(sign_in(COUNTY.chair), day)
    again = browser.get(f"{V}/finance/2026Q3", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert PRIVACY_WORDS in again.text


def test_personal_information_comes_back_only_by_the_township(app: Flask, day: int, sign_in: SignIn) -> None:
    head = sign_in(COUNTY.head)
    hide(head, day)
    refused = lift(head)
    assert refused.status_code == 403
    assert "由镇里决定" in refused.text
    assert "等镇里决定" in head.get("/desk/hide").text
    township = sign_in(COUNTY.supervisor)
    assert "已撤下" in township.get("/town").text
    assert lift(township, "keep").status_code == 303
    assert "不恢复" in head.get("/desk").text


def test_offices_read_of_what_is_taken_down_that_it_is_and_not_that_it_is_public(
    app: Flask, day: int, sign_in: SignIn
) -> None:
    """撤下的那一份，在“要办的事”和它自己的页面上都写着已撤下、村民看到什么；恢复了，又写已公开。"""
    clerk, head = sign_in(COUNTY.clerk), sign_in(COUNTY.head)
    listed = f'href="/desk/d/{day}"><b>2026年第三季度财务收支</b>'
    assert '<span class="sub">已公开 · 3 行 · 第 1 号 · 2026年11月23日公开<' in after(clerk.get("/desk").text, listed)
    hide(head, day, "other", "金额单位写错，正在核对")

    line = after(clerk.get("/desk").text, 'id="published"').partition("</li>")[0]
    assert '<span class="tag bad">已撤下</span>' in line
    assert "村民现在看到：“暂时撤下：金额单位写错，正在核对”" in line
    assert "第 1 号 · 2026年11月23日公开过" in line
    assert "已公开" not in line.replace("<h2>已公开</h2>", "")
    for browser in (clerk, head):
        page = browser.get(f"/desk/d/{day}").text
        assert "已撤下 · 第 1 号" in page
        assert "4 已撤下" in page
        assert "村民现在看到：“暂时撤下：金额单位写错，正在核对”" in page
        assert "马上撤下" not in page, "it is down already"
        assert "打印公开榜" not in page, "and nothing of it is printed"
        kept_open = browser.send(f"/print/sheet/{day}", page="/account")
        assert kept_open.status_code == 409
        assert "撤下期间不能打印" in kept_open.text
    page = head.get(f"/desk/d/{day}").text
    assert 'href="/desk/hide"' in after(page, "村民现在看到")
    assert f'href="/desk/d/{day}/hide">还露了个人信息：按个人信息再撤一次' in page
    hide(head, day)
    assert "再撤一次" not in head.get(f"/desk/d/{day}").text
    lift(sign_in(COUNTY.supervisor), hide_id=2)

    lift(head)
    assert "已撤下" not in after(clerk.get("/desk").text, 'id="published"')


def after(page: str, words: str) -> str:
    assert words in page
    return page.partition(words)[2]


def test_another_cause_needs_a_second_post_and_the_one_who_hid_is_not_it(app: Flask, day: int, sign_in: SignIn) -> None:
    head = sign_in(COUNTY.head)
    assert hide(head, day, "other", "金额单位写错，正在核对").status_code == 303
    assert "金额单位写错" in app.test_client().get(f"{V}/n/1").text
    assert lift(head, "confirm").status_code == 403
    assert lift(sign_in(COUNTY.chair), "confirm").status_code == 303
    with unit_of_work() as session:
        assert hiding.lapse_hides(session, now=NOW + timedelta(days=3)) == []
    assert lift(head).status_code == 403
    assert lift(sign_in(COUNTY.supervisor)).status_code == 303
    assert leaks(shown(app))


def test_whoever_hid_for_another_cause_may_take_it_back(app: Flask, day: int, sign_in: SignIn) -> None:
    head = sign_in(COUNTY.head)
    hide(head, day, "other", "金额单位写错")
    assert lift(head).status_code == 303
    assert leaks(shown(app))


def test_a_correction_replaces_the_stub_and_the_old_version_stays_hidden(app: Flask, day: int, sign_in: SignIn) -> None:
    hide(sign_in(COUNTY.head), day)
    draft = road.correct(1, code="privacy", reason="摘要里写了不该公开的人名，已经改掉")
    road.change_row(draft, 1, summary="出租收入")
    road.publish(road.agree(road.submit(draft)))
    build_dirty()
    browser = app.test_client()
    page = browser.get(f"{V}/finance/2026Q3").text
    assert "出租收入" in page
    assert "鱼塘租金" not in page
    for path in (
        V,
        f"{V}/n",
        f"{V}/n/1",
        f"{V}/n/2",
        f"{V}/n/2/changes",
        f"{V}/finance/i/1",
        f"{V}/finance/2026Q3.csv",
    ):
        assert "鱼塘租金" not in browser.get(path).data.decode(), path
    assert "第 2 号公开" in browser.get(f"{V}/n/1").text
    assert "已撤下" in browser.get(f"{V}/finance/i/1").text


def test_a_double_click_hides_once_and_the_journal_knows_who(day: int, sign_in: SignIn) -> None:
    head = sign_in(COUNTY.head)
    assert [hide(head, day).status_code, hide(head, day).status_code] == [303, 303]
    with reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Hide)) == 1
        noted = session.scalars(sa.select(JournalEntry).where(JournalEntry.event == "page_hidden")).one()
        assert (noted.actor_name, noted.detail["number"]) == ("周强", 1)


def after_lifting(browser: Browser, hide_id: int) -> str:
    return str(browser.get(lift(browser, hide_id=hide_id).headers["Location"]).text)


def hides_kept() -> int:
    with reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Hide)) or 0


def test_no_cause_is_chosen_for_anybody_and_words_beside_personal_information_are_not_thrown_away(
    app: Flask, day: int, sign_in: SignIn
) -> None:
    head, typed = sign_in(COUNTY.head), "第 7 行金额写错了"
    page = head.get(f"/desk/d/{day}/hide").text
    form = page[page.index("<fieldset>") : page.index("</fieldset>")]
    assert "checked" not in form
    assert form.count("required") == 2
    refused = hide(head, day, "privacy", typed)
    assert refused.status_code == 422
    assert "村民看不到您写的这句话" in refused.text
    assert f'value="{typed}"' in refused.text
    assert hides_kept() == 0
    assert leaks(shown(app))
    assert hide(head, day, "privacy", "  ").status_code == 303


@pytest.mark.parametrize("first", ["privacy", "other"])
def test_what_is_hidden_is_not_hidden_again_for_another_cause_by_somebody_else(
    app: Flask, day: int, sign_in: SignIn, first: str
) -> None:
    township = sign_in(COUNTY.supervisor)
    assert hide(sign_in(COUNTY.head), day, first, "" if first == "privacy" else "金额单位写错").status_code == 303
    again = hide(sign_in(COUNTY.chair), day, "other", "名单也写错了")
    assert again.status_code == 409
    assert "已经撤下了" in again.text
    assert 'value="名单也写错了"' in again.text
    assert hides_kept() == 1
    told = after_lifting(township, 1)
    assert "已恢复公开，和撤下以前一样" in told
    assert leaks(shown(app))


def test_whoever_hid_is_told_that_other_words_were_not_taken(app: Flask, day: int, sign_in: SignIn) -> None:
    head = sign_in(COUNTY.head)
    assert hide(head, day, "other", "金额单位写错").status_code == 303
    assert hide(head, day, "other", "金额单位写错").status_code == 303, "a double click"
    assert hide(head, day, "other", "名单也写错了").status_code == 409
    assert "金额单位写错" in app.test_client().get(f"{V}/n/1").text
    assert hides_kept() == 1


def test_personal_information_is_hidden_above_another_cause_and_lifting_one_does_not_say_that_all_is_public(
    app: Flask, day: int, sign_in: SignIn
) -> None:
    head, township = sign_in(COUNTY.head), sign_in(COUNTY.supervisor)
    hide(head, day, "other", "金额单位写错")
    assert hide(sign_in(COUNTY.chair), day, "privacy").status_code == 303
    told = after_lifting(head, 1)
    assert "村民仍然看不到" in told
    assert "已恢复公开" not in told
    assert leaks(shown(app)) == []
    assert "已恢复公开" in after_lifting(township, 2)
    assert leaks(shown(app))


@pytest.mark.parametrize(("cause", "words", "said"), [("", "", "没有选为什么"), ("other", "错", "写清原因")])
def test_what_lacks_is_said_and_nothing_is_hidden(
    app: Flask, day: int, sign_in: SignIn, cause: str, words: str, said: str
) -> None:
    answer = hide(sign_in(COUNTY.head), day, cause, words)
    assert answer.status_code == 422
    assert said in answer.text
    assert leaks(shown(app))


def test_numbers_of_people_in_the_reason_are_taken_out(app: Flask, day: int, sign_in: SignIn) -> None:
    hide(sign_in(COUNTY.head), day, "other", "有问题请打13907190000")
    assert "139" not in app.test_client().get(f"{V}/n/1").text


def test_a_draft_needs_no_hiding(day: int, sign_in: SignIn) -> None:
    draft = road.fill(of=road.account(period="2026Q2"), opening=None)
    assert "不用撤下" in sign_in(COUNTY.head).get(f"/desk/d/{draft}/hide").text
    assert hide(sign_in(COUNTY.chair), draft).status_code == 409


BATCH = {"recipient": "何秀英", "group_name": "一组", "amount": 50_000}


def test_a_batch_s_subject_and_its_people_are_gone_too(app: Flask, day: int, sign_in: SignIn) -> None:
    of = road.account("funds", "2026Q3", subject="何秀英家修房补助")
    version_id = road.published([BATCH], of=of, opening=None)
    build_dirty()
    browser = app.test_client()
    address = f"{V}/funds/2026Q3/何秀英家修房补助"
    assert browser.get(address).status_code == 200
    hide(sign_in(COUNTY.head), version_id)
    for path in (V, f"{V}/n", f"{V}/n/2", f"{V}/funds", f"{V}/funds/2026Q3", address, f"{address}.csv"):
        text = browser.get(path).data.decode()
        assert "何秀英" not in text, path
        assert "%E4%BD%95" not in text, path


FARMERS = [
    {"recipient": name, "group_name": "一组", "amount": 50_000} for name in ("何秀英", "李大山", "王喜", "周翠", "郑福")
]


def tile(app: Flask, path: str) -> str:
    """What the tile that leads to this address says on the village's home page."""
    build_dirty()
    found = re.search(rf'href="{V}/{path}"><svg.*?<i[^>]*>([^<]*)</i>', app.test_client().get(V).text, re.DOTALL)
    assert found, path
    return found[1]


TOLD = {
    "subject": "水渠清淤选施工队",
    "content": "拟由村里统一请施工队，请大家看",
    "starts_on": "2026-11-01",
    "ends_on": "2026-11-08",
}


def test_a_tile_speaks_of_what_is_still_public_when_the_newest_of_several_is_taken_down(
    app: Flask, day: int, sign_in: SignIn
) -> None:
    """几份公示、几批补贴、几个季度，最新的一份撤下了，村首页说还公开着的；都撤下了，才说已撤下。"""
    head = sign_in(COUNTY.head)
    told = [
        road.published([TOLD] * many, of=road.account("announcements", "2026-11", subject=subject), opening=None)
        for many, subject in ((2, "低保公示"), (1, "宅基地公示"))
    ]
    paid = [
        road.published(FARMERS, of=road.account("funds", "2026Q3", subject=subject), opening=None)
        for subject in ("耕地地力保护补贴", "种粮补贴")
    ]
    newer = road.published(road.THREE[:1], of=road.account(period="2026Q4"), opening=None)
    assert [tile(app, one) for one in ("announcements", "funds", "finance")] == ["3 件", "2 批", "四季度已公开"]

    for version_id in (told[1], paid[1], newer):
        hide(head, version_id)
    assert [tile(app, one) for one in ("announcements", "funds", "finance")] == ["2 件", "1 批", "三季度已公开"]

    for version_id in (told[0], paid[0], day):
        hide(head, version_id)
    assert [tile(app, one) for one in ("announcements", "funds", "finance")] == ["已撤下"] * 3


def test_one_s_own_subsidy_is_not_found_while_its_batch_is_hidden(app: Flask, day: int, sign_in: SignIn) -> None:
    of = road.account("funds", "2026Q3", subject="耕地地力保护补贴")
    version_id = road.published(FARMERS, of=of, opening=None)

    def find() -> str:
        who = {"name": "何秀英"}
        return str(app.test_client().post(f"{V}/funds/find", data=who, headers={"Origin": "http://localhost"}).text)

    assert "500.00" in find()
    hide(sign_in(COUNTY.head), version_id)
    assert "500.00" not in find()
    lift(sign_in(COUNTY.supervisor))
    assert "500.00" in find()


def test_a_printed_code_of_a_hidden_batch_leads_to_the_stub_and_tells_no_subject(
    app: Flask, day: int, sign_in: SignIn
) -> None:
    of = road.account("funds", "2026Q3", subject="何秀英家修房补助")
    version_id, head = road.published([BATCH], of=of, opening=None), sign_in(COUNTY.head)
    assert head.send(f"/print/sheet/{version_id}").status_code == 200
    with reading() as session:
        code = session.scalars(sa.select(Code.code).where(Code.target_kind == "period")).one()
    browser, runner = app.test_client(), CliRunner()

    def told() -> list[str]:
        show = runner.invoke(cli, ["codes", "show", code], obj=lambda: app).output
        return [unquote(browser.get(f"/C/{code}").headers["Location"]), head.get("/print/poster").text, show]

    assert all("何秀英" in text for text in told())
    hide(head, version_id)
    assert told()[0] == f"{V}/n/2"
    assert PRIVACY_WORDS in browser.get(f"/C/{code}", follow_redirects=True).text
    assert not any("何秀英" in text for text in told())
    assert runner.invoke(cli, ["codes", "retire", code, "--reason", "换了新码"], obj=lambda: app).exit_code == 0
    gone = browser.get(f"/C/{code}")
    assert gone.status_code == 410
    assert "何秀英" not in unquote(gone.text)
    lift(sign_in(COUNTY.supervisor))
    assert "何秀英" in unquote(browser.get(f"/C/{code}").text)


def test_what_came_back_because_nobody_confirmed_is_not_hidden_again_by_the_same_post(day: int) -> None:
    head, chair, later = road.person(COUNTY.head), road.person(COUNTY.chair), NOW + timedelta(days=1, minutes=1)
    with unit_of_work() as session:
        hiding.hide_now(session, day, cause="other", words="金额单位写错", actor=head, now=NOW)
    with unit_of_work() as session:
        assert len(hiding.lapse_hides(session, now=later)) == 1
    with pytest.raises(hiding.LapsedBefore), unit_of_work() as session:
        hiding.hide_now(session, day, cause="other", words="金额单位写错", actor=head, now=later)
    with unit_of_work() as session:
        assert hiding.hide_now(session, day, cause="other", words="金额单位写错", actor=chair, now=later).id
    with unit_of_work() as session:
        assert hiding.hide_now(session, day, cause="privacy", words="", actor=head, now=later).id


def test_a_hide_beside_a_publication_covers_the_publication_too(app: Flask, day: int) -> None:
    draft = road.correct(1)
    road.change_row(draft, 1, summary="鱼塘租金 孙长林的病情", confirmed=True)
    road.agree(road.submit(draft))
    head, chair = road.hand(COUNTY.head), road.person(COUNTY.chair)
    under_way, covered = threading.Event(), []

    def publish() -> None:
        with app.app_context(), unit_of_work() as session:
            office.publish_version(session, draft, head)
            under_way.set()
            time.sleep(0.5)

    def hide() -> None:
        under_way.wait(60)
        with app.app_context(), unit_of_work() as session:
            covered.append(hiding.hide_now(session, day, cause="privacy", words="", actor=chair, now=NOW).upto_number)

    both = [threading.Thread(target=one) for one in (publish, hide)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert covered == [road.number_of(draft)]
    assert "病情" not in app.test_client().get(f"{V}/finance/2026Q3").text


@pytest.fixture
def today(app: Flask, county: County) -> Iterator[int]:
    """The same quarter by the real clock: other processes know no other, and to them an old check says nothing any more."""
    assert county
    app.test_client_class = Visitor
    with app.app_context():
        version_id = road.published()
        run_after_publish()
        yield version_id


@pytest.fixture
def two_workers(app: Flask, today: int, tmp_path: Path) -> Iterator[Server]:
    """Two real worker processes that serve the same installation."""
    assert today
    settings = app.extensions["villagehub"]
    made = Server(settings.instance, f"http://127.0.0.1:{free_port()}", workers=2)
    made.more["VILLAGEHUB_DATABASE_URL"] = settings.database_url
    made.start()
    yield made
    made.stop()


def seen_by_both(server: Server, path: str) -> set[bytes]:
    """What the workers answer on connections of their own: so many that both have their turn, with either look."""
    seen = set()
    for turn in range(24):
        asked = urllib.request.Request(f"{server.url}{path}", headers={"Cookie": "theme=dark"} if turn % 2 else {})
        with urllib.request.urlopen(asked, timeout=60) as answer:
            seen.add(answer.read())
    return seen


def what_differs(earlier: set[bytes], now: set[bytes]) -> list[str]:
    """The lines that only one of the two has: a whole page would bury them."""
    before, after = ({line for body in one for line in body.split(b"\n")} for one in (earlier, now))
    return [str(line[:300]) for line in before ^ after]


def leaked_by(server: Server) -> list[str]:
    return [
        f"{path}: {word}"
        for path in PATHS
        if not path.endswith("xlsx")
        for body in seen_by_both(server, path)
        for word in SECRETS
        if word.encode() in body
    ]


@pytest.mark.slow
def test_two_worker_processes_forget_it_at_once_and_know_it_again(
    today: int, two_workers: Server, sign_in: SignIn
) -> None:
    picture = f"{V}/finance/2026Q3.png"
    assert len(leaked_by(two_workers)) > 20
    assert all("没有改过".encode() in body for body in seen_by_both(two_workers, V))
    before = {path: seen_by_both(two_workers, path) for path in (V, f"{V}/n/1", f"{V}/finance/2026Q3", picture)}
    assert all(body.startswith(b"\x89PNG") for body in before[picture])
    assert hide(sign_in(COUNTY.head), today).status_code == 303
    assert leaked_by(two_workers) == []
    assert all(PRIVACY_WORDS.encode() in body for body in seen_by_both(two_workers, picture))
    sheet = sign_in(COUNTY.clerk).send(f"/print/sheet/{today}", page="/desk")
    assert sheet.content_type.startswith("text/html")
    assert lift(sign_in(COUNTY.supervisor)).status_code == 303
    for path, earlier in before.items():
        now = seen_by_both(two_workers, path)
        assert not (what := what_differs(earlier, now)), f"{path} is not what it was: {what}"
