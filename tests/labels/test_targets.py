"""What is stored of a code means the same for ever: a period and a thing are read back as they were written, or refused."""

import pytest
from flask import Flask
from paper import minted
from road import account, published
from test_sheet import ORDINARY
from world import COUNTY, Browser, County

from villagehub.labels.targets import HOME, Target, TargetKind, UnknownTarget, read_target

PERIOD, ITEM = TargetKind.PERIOD, TargetKind.ITEM


@pytest.mark.parametrize(
    ("target", "ref", "path"),
    [
        (HOME, "", "/v/1"),
        (Target(TargetKind.SECTION, "assets", "collective"), "collective/assets", "/v/1/jt/assets"),
        (Target(PERIOD, "finance", period="2026Q3"), "committee/finance/2026Q3", "/v/1/finance/2026Q3"),
        (Target(PERIOD, "finance", "group", "3", "2026-07"), "group:3/finance/2026-07", "/v/1/z3/finance/2026-07"),
        (
            Target(PERIOD, "funds", period="2026", subject="农机/购置 补贴.2"),
            "committee/funds/2026/农机/购置 补贴.2",
            "/v/1/funds/2026/%E5%86%9C%E6%9C%BA%EF%BC%8F%E8%B4%AD%E7%BD%AE%20%E8%A1%A5%E8%B4%B4%EF%BC%8E2",
        ),
        (Target(ITEM, "assets", item=12), "committee/assets/i/12", "/v/1/assets/i/12"),
        (Target(ITEM, "assets", "collective", item=7), "collective/assets/i/7", "/v/1/jt/assets/i/7"),
    ],
)
def test_a_target_is_read_back_as_it_was_stored(target: Target, ref: str, path: str) -> None:
    assert target.ref == ref
    assert read_target(target.kind, ref) == target
    assert target.path("1") == path


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("section", "committee"),
        ("section", "committee/money"),
        ("section", "committee/finance/2026Q3"),
        ("period", "committee/finance"),
        ("period", "committee/finance/2026Q9"),
        ("period", "mayor/finance/2026Q3"),
        ("item", "committee/assets/i/0"),
        ("item", "committee/assets/12"),
        ("item", "committee/assets/i/12/3"),
        ("contract", "committee/assets/i/12"),
    ],
)
def test_what_this_program_does_not_understand_is_refused_and_never_guessed(kind: str, ref: str) -> None:
    with pytest.raises(UnknownTarget):
        read_target(kind, ref)


def test_the_code_of_a_batch_leads_to_its_page(app: Flask, county: County, client: Browser) -> None:
    with app.app_context():
        published(ORDINARY, of=account("funds", "2026Q3", subject="耕地地力保护补贴"), opening=None)
        code = minted(Target(PERIOD, "funds", period="2026Q3", subject="耕地地力保护补贴"), base_url="http://localhost")
    page = client.get(f"/C/{code}", follow_redirects=True)
    assert page.status_code == 200
    assert "耕地地力保护补贴" in page.text
    assert page.request.path.startswith(f"/v/{COUNTY.village}/funds/2026Q3/")
