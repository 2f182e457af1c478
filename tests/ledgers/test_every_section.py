"""Show 2 and 3 of the sections: each one goes from its filled template to the public page, to files and back without a change,
and a new one needs one file to do the same.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import road
from flask import Flask
from ledger_files import read
from openpyxl import load_workbook
from world import COUNTY, NOW, Browser, County

from villagehub import sections
from villagehub.disclosures import actions
from villagehub.disclosures.scope import Account
from villagehub.kernel.segments import page_path
from villagehub.ledgers.exporting import version_table
from villagehub.ledgers.result import Checked
from villagehub.ledgers.templates import example_rows, section_template
from villagehub.sections import SECTIONS
from villagehub.sections.base import LASTING, Section
from villagehub.storage import reading, unit_of_work

PERIODS = {"day": "2026-10-20", "month": "2026-09", "quarter": "2026Q3", "year": "2025"}
TOY = """
from villagehub.kernel.period import Cadence
from villagehub.sections.base import Field, Kind, Section, Shape

WELLS = Section(
    name="wells",
    title="水井台账",
    shape=Shape.REGISTER,
    cadences=(Cadence.YEAR,),
    fields=(
        Field("well_no", "井号", required=True, identifier=True),
        Field("name", "名称", required=True),
        Field("depth", "井深", Kind.DECIMAL, unit="米"),
        Field("cost", "打井花费", Kind.MONEY),
        Field("care", "怎么管护", parts=("做什么", "谁来做", "多久一次")),
    ),
    what="村里的水井，多深，谁管。",
    promoted={"amount_fen": "cost"},
    natural_key=lambda facts: facts.get("well_no"),
    headline="name",
    unit="口",
    line=("well_no", "depth"),
    flow="care",
    example=(
        {"well_no": "J-1", "name": "老井", "depth": 12.5, "cost": 8000,
         "care": "清淤｜三组｜每年；换水泵｜村委会｜坏了就换"},
        {"well_no": "J-2", "name": "新井", "depth": 40},
    ),
)
"""


@dataclass(frozen=True)
class Walked:
    """A section that was published: where it stands and what was read."""

    version: int
    address: str
    home: str
    rows: int


def take(section: Section, checked: Checked, account: Account) -> tuple[int, actions.Changes]:
    """Puts what was read into the account's draft."""
    me = road.hand(COUNTY.clerk)
    assert [one.code for one in checked.problems if one.severity == "must_fix"] == []
    with unit_of_work() as session:
        draft = actions.open_draft(session, account, actor=me.actor, now=NOW)
        rows = [actions.NewRow(one.facts, one.sheet, one.source_row, one.matches) for one in checked.rows]
        more: dict[str, Any] = {"actor": me.actor, "policy": me.policy, "now": NOW}
        return draft.id, actions.put_rows(session, draft, rows, balances=checked.balances, **more)


def filled_template(section: Section) -> bytes:
    """The section's own template with its example typed in."""
    book = load_workbook(BytesIO(section_template(section)))
    for row, values in enumerate(example_rows(section), start=2):
        for column, value in enumerate(values, start=1):
            book.worksheets[0].cell(row, column, value)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def publish(section: Section) -> Walked:
    """Template → check → draft → submitted, signed, public."""
    assert section.example, f"{section.name} has no example: without one nobody sees how to fill in its template"
    assert not set().union(*section.example) - {one.name for one in section.fields} - {"in", "out"}
    period = PERIODS[section.cadences[0]]
    checked = read(filled_template(section), section.name, period=period)
    assert [(one.code, one.message) for one in checked.problems if one.severity != "info"] == []
    subject = section.subject_of(checked.rows[0].facts)
    account = replace(road.account(section.name, period), subject=subject)
    draft, changes = take(section, checked, account)
    assert changes.new == len(section.example)
    road.publish(road.agree(road.submit(draft)))
    place = page_path(COUNTY.village, "committee", "", section.name, period, subject).rstrip("/")
    return Walked(draft, place, f"/v/{COUNTY.village}/{section.name}", len(section.example))


def pages(client: Browser, section: Section, walked: Walked) -> Sequence[str]:
    """Every page of what was published, each small enough for a slow line."""
    found = [walked.home, walked.address]
    if not section.persons:
        with reading() as session:
            from villagehub.public.published import items_of

            found += [f"{walked.home}/i/{one.number}" for one in items_of(session, walked.version)]
    read_pages = []
    for address in found:
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200, address
        assert len(answer.data) <= 14_336, address
        read_pages.append(client.get(address).text)
    return read_pages


def check_road(app: Flask, section: Section) -> None:
    """The whole promise for one section."""
    client = app.test_client()
    assert isinstance(client, Browser)
    with app.app_context():
        walked = publish(section)
        shown = pages(client, section, walked)
        assert all(section.title in page for page in shown[:1])
        names = [str(one.get(section.headline) or "") for one in section.example]
        if not section.persons:
            for name, page in zip(names, shown[2:], strict=True):
                assert name in page, f"{name} is not on its own page"
        for ending in ("csv", "xlsx"):
            twin = client.get(f"{walked.address}.{ending}")
            assert twin.status_code == 200
            words = twin.data.decode("utf-8-sig") if ending == "csv" else cells_of(twin.data)
            assert all((name in words) is not section.persons for name in names), ending
        data = client.get(f"{walked.address}.json")
        assert data.status_code == 200
        told = json.dumps(data.get_json()["rows"], ensure_ascii=False)
        assert all((name in told) is not section.persons for name in names), "json"
        account = replace(
            road.account(section.name, PERIODS[section.cadences[0]]),
            subject=road.version(walked.version).disclosure.subject,
        )
        for ending in ("csv", "xlsx"):
            with reading() as session:
                table = version_table(session, walked.version, ending)
            again = read(table.raw, section.name, filename=table.name, period=str(account.period))
            _, changes = take(section, again, account)
            assert (changes.new, changes.changed, changes.missing) == (0, 0, 0), ending
            assert changes.unchanged == walked.rows


def cells_of(raw: bytes) -> str:
    with ZipFile(BytesIO(raw)) as parts:
        return parts.read("xl/worksheets/sheet1.xml").decode() + (
            parts.read("xl/sharedStrings.xml").decode() if "xl/sharedStrings.xml" in parts.namelist() else ""
        )


@pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
def test_a_filled_template_becomes_public_and_comes_back_without_a_change(
    app: Flask, county: County, section: Section
) -> None:
    check_road(app, section)


def test_a_new_section_is_one_file(app: Flask, county: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "wells.py").write_text(TOY, encoding="utf-8")
    monkeypatch.setattr(sections, "__path__", [*sections.__path__, str(tmp_path)])
    try:
        found = sections.discover()
        assert list(found)[-1] == "wells"
        monkeypatch.setitem(SECTIONS, "wells", found["wells"])
        check_road(app, found["wells"])
        page = app.test_client().get(f"/v/{COUNTY.village}/wells").text
        home = app.test_client().get(f"/v/{COUNTY.village}").text
        item = app.test_client().get(f"/v/{COUNTY.village}/wells/i/1").text
    finally:
        sys.modules.pop("villagehub.sections.wells", None)
    assert "2 口" in page
    assert "打井花费 8,000.00 元" in page
    assert "水井台账" in home
    assert '<ol class="flow"' in item
    assert "谁来做：三组" in item
    assert found["wells"].shape in LASTING
