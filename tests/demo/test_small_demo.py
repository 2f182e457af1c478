"""A small demo as villagers and the office see it: everything marked, no dead end, totals as in the workbooks."""

import io
import re
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from small_county import SmallDemo
from sqlalchemy import func, select
from world import Browser, settings_for

from villagehub.app import create_app
from villagehub.disclosures.models import Version
from villagehub.disclosures.stages import Stage, VersionKind
from villagehub.journal import first_break
from villagehub.journal.models import JournalHead
from villagehub.kernel.money import yuan
from villagehub.ops.demo.command import what_to_try
from villagehub.ops.demo.diary import Paperwork, Verb
from villagehub.ops.demo.making import make_county, tell
from villagehub.ops.demo.people import login_of
from villagehub.ops.installing import prepare
from villagehub.storage import db, reading
from villagehub.storage.tables import PageDirty

MARK = "演示数据"
OFFICE = ("/desk", "/review", "/account")


def links_in(page: str) -> set[str]:
    return {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"#]*|\?[^"#]*)', page)}


def crawl(client: Browser, starts: Iterable[str], *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Every page that can be reached by links, with its text; each must answer with 200 and be marked."""
    waiting, seen = list(starts), dict[str, str]()
    while waiting:
        path = waiting.pop()
        if path in seen or re.search(r"[?&](size|theme|print)=", path) or path.startswith(("/static", "/log/", *but)):
            continue
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        is_page = (answer.content_type or "").startswith("text/html")
        seen[path] = answer.text if is_page else ""
        if is_page:
            assert MARK in answer.text, path
            base = path.partition("?")[0]
            waiting += [one if one.startswith("/") else base + one for one in links_in(answer.text)]
    return seen


def paper_of(small: SmallDemo, place: int, period: str, entity: str = "committee") -> Paperwork:
    village = small.villages[place]
    return next(
        one
        for one in small.tale.diary.paperwork
        if (one.village, one.section, str(one.period), one.entity) == (village, "finance", period, entity)
    )


def quarters(small: SmallDemo) -> list[str]:
    return sorted({str(one.period) for one in small.tale.diary.paperwork if one.section == "finance"})


def test_every_page_for_villagers_is_marked_and_leads_on(small_demo: SmallDemo) -> None:
    pages = crawl(small_demo.browser(), ["/"], but=("/login", "/log/"))  # files of the log are the same on every site
    for village in small_demo.villages:
        assert f"/v/{village.code}" in pages
        assert f"/v/{village.code}/finance/{quarters(small_demo)[0]}" in pages
        assert f"/v/{village.code}/assets" in pages
        assert f"/v/{village.code}/duties" in pages
    text = "".join(pages.values())
    assert not re.search(r"(?<!\d)0000\d{12}(?!\d)", text), "a card number of a list is on a page"
    assert "9901*" not in text
    assert not re.search(r"第\d+组", text), "a group has one name: 一组"
    for poor in (one.head for one in small_demo.villages[0].households if one.poor and not one.aged):
        assert poor not in "".join(
            page for path, page in pages.items() if "%E4%BD%8E%E4%BF%9D" in path or "低保" in path
        )


def test_every_page_of_the_office_is_marked_and_leads_on(small_demo: SmallDemo) -> None:
    for place, who in ((0, "clerk"), (1, "clerk"), (2, "chair"), (3, "member2"), (4, "head"), (4, "board")):
        client = small_demo.browser(place, who)
        pages = crawl(
            client, [page for page in OFFICE if client.get(page).status_code == 200], but=("/v/", "/t/", "/logout")
        )
        assert len(pages) > 2, (place, who)


def test_pages_that_are_refused_are_marked_too(small_demo: SmallDemo) -> None:
    client = small_demo.browser()
    for path, status in (("/v/990101100999", 404), ("/nowhere", 404), ("/desk", 401)):
        answer = client.get(path)
        assert answer.status_code == status or answer.status_code in (302, 303)
        if answer.status_code == status:
            assert MARK in answer.text


def test_the_totals_on_the_page_are_those_of_the_clerks_workbook(small_demo: SmallDemo) -> None:
    client, village = small_demo.browser(), small_demo.villages[0]
    for period in (quarters(small_demo)[0], quarters(small_demo)[1], quarters(small_demo)[3]):
        sheet = openpyxl.load_workbook(io.BytesIO(paper_of(small_demo, 0, period).raw)).worksheets[0]
        rows = list(sheet.iter_rows(values_only=True))
        total = next(row for row in rows if row[2] == "合计")
        closing = next(row for row in rows if row[2] == "本季结余")
        page = client.get(f"/v/{village.code}/finance/{period}").text
        for value in (total[3], total[4], closing[5]):
            assert yuan(round(value * 100)) in page, (period, value)


def test_a_village_with_many_sections_says_the_quarter_before_its_tiles(small_demo: SmallDemo) -> None:
    page = small_demo.app.test_client().get(f"/v/{small_demo.villages[0].code}").text
    assert page.count('class="tiles"') == 3
    assert page.count('class="say"') == 1
    assert page.index('class="say"') < page.index('class="tiles"') < page.index('class="chart"')


def test_the_correction_shows_old_and_new_side_by_side_and_the_next_quarter_joins(small_demo: SmallDemo) -> None:
    client, village = small_demo.browser(), small_demo.villages[0]
    page = client.get(f"/v/{village.code}/finance/{quarters(small_demo)[2]}").text
    assert "更正过" in page
    assert "村民看公开栏时发现" in page
    record = next(path for path in links_in(page) if path.endswith("/changes"))
    assert "金额" in client.get(record).text
    left = re.search(r"本季结余[^0-9-]*([\d,]+\.\d\d)", page)
    following = client.get(f"/v/{village.code}/finance/{quarters(small_demo)[3]}").text
    opened = re.search(r"上季结余[^0-9-]*([\d,]+\.\d\d)", following)
    assert left
    assert opened
    assert left[1] == opened[1]


def test_the_objection_stands_beside_the_account(small_demo: SmallDemo) -> None:
    village = small_demo.villages[3]
    pages = crawl(
        small_demo.browser(),
        [f"/v/{village.code}/n"],
        but=("/login", "/t/", *(f"/v/{one.code}" for one in small_demo.villages if one is not village)),
    )
    assert any("用工天数我没法核对" in page for page in pages.values())


def test_returned_waiting_and_nil_accounts_are_there(small_demo: SmallDemo) -> None:
    assert "没有写领款人" in "".join(
        crawl(small_demo.browser(1, "clerk"), ["/desk"], but=("/v/", "/t/", "/logout")).values()
    )
    with small_demo.app.app_context(), reading() as session:
        stages = dict(session.execute(select(Version.stage, func.count()).group_by(Version.stage)).all())
        assert stages[Stage.RETURNED] == 2
        assert stages[Stage.SUBMITTED] == 2
        assert (
            session.scalar(
                select(func.count()).where(Version.kind == VersionKind.NIL, Version.stage == Stage.PUBLISHED)
            )
            == 1
        )
        assert session.scalar(select(func.count()).where(Version.kind == VersionKind.CORRECTION)) == 1


def test_whoever_tries_the_first_village_finds_something_to_do(small_demo: SmallDemo) -> None:
    clerk = small_demo.browser(0, "clerk").get("/desk").text
    assert "没有写领款人" in clerk
    assert "镇里在问" in clerk
    assert "一组" in clerk
    assert "晚 " not in clerk, "what the township put off is not late"
    assert "等您签" in small_demo.browser(0, "member1").get("/review").text
    assert "等您公开" in small_demo.browser(0, "head").get("/desk").text
    town = small_demo.browser(0, "township")
    assert "已批准延期" in town.get(f"/town/v/{small_demo.villages[0].code}").text
    assert "等村里说明" in town.get("/desk/audits").text
    said = "\n".join(what_to_try(small_demo.instance))
    for who in ("clerk", "chair", "member1", "head", "township"):
        assert f"{login_of(small_demo.villages[0], who)}" in said


def test_journals_are_whole_no_page_waits_and_nothing_was_published_today(small_demo: SmallDemo) -> None:
    with small_demo.app.app_context(), reading() as session:
        for village_id in session.scalars(select(JournalHead.village_id)).all():
            assert first_break(session, village_id) is None
        assert session.scalar(select(func.count()).select_from(PageDirty)) == 0
        days = {one.date() for one in session.scalars(select(Version.published_at)) if one is not None}
        assert len(days) > 10
        numbers = session.execute(
            select(Version.village_id, Version.number, Version.published_at)
            .where(Version.stage == Stage.PUBLISHED)
            .order_by(Version.village_id, Version.number)
        ).all()
    for (village, _, at), (other, _, later) in pairwise(numbers):
        assert village != other or at < later


def test_accounts_can_be_read_by_their_owner_only_and_all_passwords_differ(small_demo: SmallDemo) -> None:
    path = small_demo.instance / "accounts.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    passwords = re.findall(r"\t(\S+-\S+-\S+-\d\d)$", path.read_text("utf-8"), re.MULTILINE)
    assert len(passwords) == len(set(passwords)) > 25


@pytest.mark.slow
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2024, 2, 29)], ids=str)
def test_the_road_is_open_on_odd_days_too(today: date, tmp_path: Path) -> None:
    """On the first days of a quarter all of its road lies in one evening; no rule may say no."""
    settings = settings_for(tmp_path, f"sqlite:///{tmp_path / 'villagehub.db'}", demo=True)
    prepare(settings)
    app, tale = create_app(settings), tell(today, villages=8)
    make_county(app, settings, tale, lambda _: None)
    with app.app_context(), reading() as session:
        published = session.scalar(select(func.count()).where(Version.stage == Stage.PUBLISHED))
        assert published == sum(1 for step in tale.diary.steps if step.verb is Verb.PUBLISH)
        assert session.scalar(select(func.count()).select_from(PageDirty)) == 0
        db.engine.dispose()


def test_one_quarter_shows_masked_receipts_and_all_three_ways_of_having_none(small_demo: SmallDemo) -> None:
    client, village = small_demo.browser(), small_demo.villages[0]
    page = client.get(f"/v/{village.code}/finance/{quarters(small_demo)[-1]}").text
    assert "缺票据" in page
    linked = [path for path in links_in(page) if "/finance/i/" in path]
    rows = {path: client.get(path).text for path in linked}
    shown = [re.search(r'src="(/v/[^"]+/p/\d+\.jpg)"', text) for text in rows.values()]
    pictures = [client.get(one[1]) for one in shown if one]
    assert pictures
    assert all(one.status_code == 200 and b"DemoPhone" not in one.data for one in pictures)
    told = "".join(rows.values())
    assert "原始凭证在镇代理中心（第1" in told
    assert "这笔没有票据" in told
