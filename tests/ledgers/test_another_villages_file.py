"""A file that names another village is not taken without a question, and one's own file is taken without one."""

from collections.abc import Callable

import pytest
from flask import Flask
from ledger_files import CANAL, HEAD, LEASE, Rows, xlsx
from sending import accept, press, send
from world import Browser, County

from villagehub.ledgers.findings import Findings
from villagehub.ledgers.models import Upload
from villagehub.ledgers.other_village import Names, ask_about_village
from villagehub.ledgers.reading import read_workbook
from villagehub.places.queries import names_beside, read_village
from villagehub.sections import section_named
from villagehub.storage import reading, unit_of_work

AsSignedIn = Callable[[str], Browser]
NAMES = Names(["青石沟村", "老青村"], ["桐子湾村", "石桥村", "大石桥村", "新村", "柳树坪社区"])


def ledger(*above: str) -> bytes:
    """A small ledger of the first quarter with these lines above its heading."""
    rows: Rows = [*([line] for line in above), HEAD, LEASE, CANAL]
    return xlsx(rows)


@pytest.fixture
def clerk(app: Flask, county: County, sign_in: AsSignedIn) -> Browser:
    assert app
    return sign_in(county.clerk)


@pytest.mark.parametrize(
    ("above", "name"),
    [
        (("柳树坪村2026年第一季度财务收支明细表", "填报单位：柳树坪村"), "账.xlsx"),
        (("2026年第一季度财务收支明细表", "填报单位：柳河镇柳树坪村股份经济合作社"), "账.xlsx"),
        ((), "柳树坪村2026年一季度.xlsx"),
    ],
)
def test_another_villages_file_is_no_draft_before_the_clerk_has_answered(
    app: Flask, clerk: Browser, above: tuple[str, ...], name: str
) -> None:
    upload = send(clerk, ledger(*above), period="2026Q1", name=name)
    page = clerk.get(f"/desk/u/{upload}").text
    assert "柳树坪村”，您要传给的是“青石沟村”。是这个村的账吗？" in page
    assert 'name="token"' not in page, "there is nothing to press yet"
    refused = clerk.send(f"/desk/u/{upload}/accept", {"token": "x"}, page=f"/desk/u/{upload}")
    assert refused.status_code != 303
    with app.app_context(), reading() as session:
        assert session.get_one(Upload, upload).version_id is None
    assert accept(clerk, upload), "the clerk knows better, and the answer is kept"
    with app.app_context(), reading() as session:
        assert list(session.get_one(Upload, upload).confirmations) == ["other_village"]


@pytest.mark.parametrize(
    ("above", "name"),
    [
        (("青石沟村2026年第一季度财务收支明细表",), "账.xlsx"),
        (("填报单位：青石沟村股份经济合作社",), "账.xlsx"),
        (("青石沟至柳树坪村道路收支",), "柳树坪村.xlsx"),
        (("柳河镇2026年财务收支表",), "账.xlsx"),
        ((), "柳树坪村、石桥村和青石沟村.xlsx"),
    ],
)
def test_ones_own_file_is_taken_without_that_question(clerk: Browser, above: tuple[str, ...], name: str) -> None:
    upload = send(clerk, ledger(*above), period="2026Q1", name=name)
    assert "您要传给的是" not in clerk.get(f"/desk/u/{upload}").text
    assert press(clerk, upload).status_code == 303


@pytest.mark.parametrize(
    ("words", "filename", "asked"),
    [
        ("桐子湾村 2026年收支表", "账.csv", True),
        ("双河镇桐子湾村民委员会", "账.csv", True),
        ("单位 柳树坪社区", "账.csv", True),
        ("大石桥村收支表", "账.csv", True),
        ("小石桥村收支表", "账.csv", False),
        ("新村建设收支表", "账.csv", False),
        ("青石沟（桐子湾村并入前）", "桐子湾村.csv", False),
        ("老青村收支表", "账.csv", False),
        ("Sheet1", "桐子湾村", True),
        ("桐子湾村收支表", "青石沟村.csv", True),
        ("", "账.csv", False),
    ],
)
def test_a_name_counts_where_it_is_a_village_and_not_a_part_of_other_words(
    words: str, filename: str, asked: bool
) -> None:
    findings = Findings()
    ask_about_village([words], filename, NAMES, findings)
    assert [one.code for one in findings.shown()] == ["other_village"] * asked


def test_without_a_village_nothing_is_asked() -> None:
    checked = read_workbook(ledger("桐子湾村收支表"), "桐子湾村.xlsx", section_named("finance"))
    assert [one.code for one in checked.problems if one.code == "other_village"] == []


def test_a_village_that_was_merged_into_this_one_is_no_other(app: Flask, county: County) -> None:
    with app.app_context(), reading() as session:
        here, other = read_village(session, county.village), read_village(session, county.other_village)
        assert names_beside(session, here.id)[0] == ["青石沟村"]
        assert "柳树坪村" in names_beside(session, here.id)[1]
    with app.app_context(), unit_of_work() as session:
        from villagehub.places.models import Place

        session.get_one(Place, other.id).merged_into_id = here.id
    with app.app_context(), reading() as session:
        names, others = names_beside(session, here.id)
        assert names == ["青石沟村", "柳树坪村"]
        assert "柳树坪村" not in others
