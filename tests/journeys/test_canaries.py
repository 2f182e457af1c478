"""五十个假号码和私事，写进每一类账的每一格能随便写字的地方，再从正门走一遍：公开以后，哪里也找不到。

剧本：
1. 十七类账，每类一个工作簿：照范例填好，每个能写字的格后面加一个身份证号、电话、银行卡号；标题、制表人那一行、工作表名、
   文件名里也有；旁边多出身份证号、住址和一列谁也不认识的“备用”。补贴的备注里写着病情。照样上传、确认、送审、签字、公开。
2. 低保名单里的几个名字，公开的地方一个也不出现。
3. 村民提问、镇里回答、更正的原因、延期的原因里也写了号码。低保名单有人不同意，又更正过一次，意见和原因里写着名字、病和号码，
   都照样公开。一份草稿填满了号码，又改报“本期无此类事项”公开，再写明原因撤下来。办事走了一步又转走，写的话里也有。
4. 村民能走到的每一页、下载的表、接口、订阅、整村数据包、核对包、查询用的词表、日志、运行数据：一个也没有。
"""

import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import road
import time_machine
from crawl import bare, pages_from, texts_of
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select
from test_private_numbers import log_file  # noqa: F401
from world import COUNTY, NOW, Browser, County

from villagehub.app import create_app
from villagehub.disclosures import office
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.disclosures.hiding import hide_now
from villagehub.disclosures.models import Row, Thing, VersionRow
from villagehub.disclosures.scope import find_disclosure
from villagehub.kernel.private_numbers import id_check_character, passes_luhn
from villagehub.models import metadata
from villagehub.ops import metrics
from villagehub.sections import SECTIONS
from villagehub.sections.base import Field, Kind, Section, Visible
from villagehub.storage import reading, unit_of_work

sys.path += [str(Path(__file__).parents[1] / "ledgers")]
import sending
from ledger_files import read
from test_every_section import PERIODS, filled_template

SignIn = Callable[[str], Browser]
HOME = f"/v/{COUNTY.village}"


def _id(place: int) -> str:
    bare_number = f"420399{1950 + place}0{place % 9 + 1}1{place % 9}0{place % 10}{place % 7}"
    return bare_number + id_check_character(bare_number)


def _card(place: int) -> str:
    start = f"621700281{place:02d}{place * 7919 % 10_000_000:07d}"
    return next(start + last for last in "0123456789" if passes_luhn(start + last))


IDS = tuple(map(_id, range(15)))
PHONES = tuple(f"139000{place:02d}{place * 37 % 1000:03d}" for place in range(15))
CARDS = tuple(map(_card, range(10)))
ADDRESSES = tuple(f"回龙巷{place}号{place}单元" for place in (31, 32, 33, 34, 35))
ILLNESSES = ("尿毒症", "肝硬化", "白血病", "癫痫", "艾滋病")
CANARIES = (*IDS, *PHONES, *CARDS, *ADDRESSES, *ILLNESSES)
NUMBERS = cycle((*IDS, *PHONES, *CARDS))
NAMES = ("令狐秋菱", "欧阳石竹", "司徒雁回", "慕容听泉", "上官栖云")
"""On a list of 农村低保: nobody's name of such a list is public (decision 11)."""


def test_there_are_fifty_and_each_is_what_it_is_taken_for() -> None:
    assert len(set(CANARIES)) == 50
    assert all(len(one) == 18 and id_check_character(one[:17]) == one[17] for one in IDS)
    assert all(len(one) == 11 for one in PHONES)
    assert all(map(passes_luhn, CARDS))


def is_free(one: Field) -> bool:
    """Whether people may type what they like there; a number in a voucher's or an asset's number is refused (privacy gate)."""
    return not one.identifier and (one.kind is Kind.TEXT or (one.kind is Kind.CHOICE and one.open_choice))


def with_canaries(section: Section) -> bytes:
    """The section's filled template with something private in every cell that takes words, and around the table."""
    filled = filled_template(section)
    columns = {
        one.column: one.target for one in read(filled, section.name, period=PERIODS[section.cadences[0]]).columns
    }
    fields = {one.name: one for one in section.fields}
    book = load_workbook(io.BytesIO(filled))
    sheet = book.worksheets[0]
    width, last = sheet.max_column, 1 + len(section.example)
    for cells in sheet.iter_cols(max_col=width, min_row=2, max_row=last):
        number = next(NUMBERS)  # one a column: rows of one batch name one batch
        for cell in cells:
            one = fields.get(columns.get(cell.column_letter, ""))
            if one is not None and one.contact:
                number = IDS[4]  # a work phone is public there, as its holder agreed by the question
            if one is not None and is_free(one) and cell.value and not (one.parts and str(cell.value)[:1].isdigit()):
                first, mark, rest = str(cell.value).partition("｜" if one.parts else "\0")
                cell.value = f"{first}，{number}{mark}{rest}"
                if one.illness:
                    cell.value += f"，{ILLNESSES[cell.row % 5]}"
    more = [one.heading for one in section.fields if one.visible is Visible.NEVER] + ["备用", "住哪里"]
    for place, heading in enumerate(more, start=width + 1):
        sheet.cell(1, place, heading)
        for row in range(2, last + 1):
            kinds = {"身份证号": IDS, "住址": ADDRESSES, "住哪里": ADDRESSES}
            sheet.cell(row, place, kinds[heading][row % 5] if heading in kinds else next(NUMBERS))
    sheet.insert_rows(1)
    sheet.cell(1, 1, f"{section.title}（联系人{next(NUMBERS)}，住{ADDRESSES[0]}）")
    sheet.cell(last + 2, 1, f"制表人：赵庆 {next(NUMBERS)}")
    sheet.title = f"表{PHONES[3]}"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


LOW_INCOME = "补贴项目,姓名,组别,金额,身份证号,备注\n" + "".join(
    f"农村低保,{name},三组,{300 + place},{IDS[place]},{ILLNESSES[place]}\n" for place, name in enumerate(NAMES)
)


def leaks(places: dict[str, str], wanted: tuple[str, ...] = CANARIES) -> list[str]:
    """Where which of them stands, with what stands around it."""
    found = []
    for place, text in places.items():
        flat = bare(text)
        found += [
            f"{place}: …{flat[max(0, flat.index(one) - 40) : flat.index(one) + 30]}…" for one in wanted if one in flat
        ]
    return found


def tables() -> Iterator[tuple[str, str]]:
    """Every value of every table, the index of the search among them; a list's names stand in rows, for the office."""
    with reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                yield table.name, " | ".join(text for value in row for text in texts_of(value))


@pytest.fixture
def full_village(app: Flask, county: County, sign_in: SignIn, log_file: Path) -> Flask:  # noqa: F811
    """Every section of 青石沟村 public, brought in by its clerk's own files; a question answered, a correction made."""
    assert county
    with app.app_context(), unit_of_work() as session:
        ensure_default_rules(session, since=LONG_AGO, of=PAST)
    with time_machine.travel(NOW, tick=True):
        clerk = sign_in(COUNTY.clerk)
        for section in SECTIONS.values():
            name = f"{section.title}_{PHONES[1]}_{IDS[2]}.xlsx"
            publish(app, clerk, section.name, with_canaries(section), PERIODS[section.cadences[0]], name)
        publish(app, clerk, "funds", LOW_INCOME.encode("gb18030"), "2026Q2", "低保.csv", objection=TOLD.format(0))
        with app.app_context():
            draft = road.correct(LOW, code="privacy", reason=TOLD.format(1))
            road.change_row(draft, road_number(draft), amount="310", confirmed=True)
            road.publish(object_to(road.agree(road.submit(draft), COUNTY.member), TOLD.format(2)))
        levies = SECTIONS["levies"]
        nothing = draft_of(clerk, levies.name, with_canaries(levies), "2024", "本季无.xlsx")
        with app.app_context():
            with unit_of_work() as session:
                office.make_nil(session, nothing, road.hand(COUNTY.clerk), rows_may_go=True)
            road.publish(object_to(road.agree(road.submit(nothing), COUNTY.member), f"说没有，可{WHO}交过钱"))
            with unit_of_work() as session:
                hide_now(session, nothing, cause="other", words=f"{WHO}来闹", actor=road.person(COUNTY.head), now=NOW)
            run_after_publish()
    return app


WHO = f"{PHONES[11]}（{IDS[11]}，卡{CARDS[5]}）"
TOLD = "".join(f"{name}家写错了，他得了{sick}；" for name, sick in zip(NAMES, ILLNESSES, strict=True)) + WHO + "说的{}"
"""What a reviewer objects to, or a clerk gives as reason, about the low-income list."""
LOW, NOTHING = len(SECTIONS) + 1, len(SECTIONS) + 3
"""Numbers of the publications of the low-income list and of the nil return; between them stands the list's correction."""


def road_number(version_id: int) -> int:
    """The permanent number of the draft's first row."""
    with reading() as session:
        linked = select(Thing.number).join(Row, Row.thing_id == Thing.id).join(VersionRow, VersionRow.row_id == Row.id)
        return session.scalars(linked.where(VersionRow.version_id == version_id).order_by(VersionRow.position)).all()[0]


def draft_of(clerk: Browser, section: str, raw: bytes, period: str, name: str) -> int:
    """Uploaded, every question answered with 就是这样."""
    return sending.accept(clerk, sending.send(clerk, raw, section=section, period=period, name=name))


def object_to(version_id: int, words: str) -> int:
    """One member does not agree and says why; another signs, so that the quorum is there."""
    with unit_of_work() as session:
        office.cast_vote(session, version_id, road.hand(COUNTY.chair), agrees=False, objection=words)
    return road.agree(version_id, COUNTY.second_member)


def publish(
    app: Flask, clerk: Browser, section: str, raw: bytes, period: str, name: str, *, objection: str = ""
) -> None:
    """A draft of the file, signed and public."""
    version_id = draft_of(clerk, section, raw, period, name)
    with app.app_context():
        road.agree(road.submit(version_id), COUNTY.member)
        if objection:
            object_to(version_id, objection)
        else:
            road.agree(version_id, COUNTY.second_member)
        road.publish(version_id)
        run_after_publish()


def typed_words(app: Flask, sign_in: SignIn) -> None:
    """Where villagers, the clerk and the township write freely, with a number in each text; every form is taken."""
    clerk, town = sign_in(COUNTY.clerk), sign_in(COUNTY.supervisor)
    asked = app.test_client().post(
        f"{HOME}/ask",
        data={
            "text": f"路灯什么时候修，我的号{IDS[0]}，住{ADDRESSES[1]}",
            "phone": PHONES[0],
            "n": "1",
            "i": "1",
            "sure": "1",
        },
        headers={"Origin": "http://localhost"},
    )
    assert asked.status_code < 400
    here = "/desk/questions/1"

    def taken(browser: Browser, address: str, page: str, **fields: Any) -> None:
        seen = re.search(r'name="(seen|revision)" value="(\d+)"', browser.get(page).text)
        answer = browser.send(address, {**({seen[1]: seen[2]} if seen else {}), **fields}, page=page)
        assert answer.status_code == 303, re.sub(r"<[^>]+>|\s+", " ", answer.text.partition("<main")[2])

    taken(town, f"{here}/decide", here, move="hand_on", shown=f"路灯什么时候修（{PHONES[2]}）")
    taken(clerk, f"{here}/answer", here, text=f"月底前修好，找电工 {PHONES[5]}，卡号{CARDS[1]}")
    taken(
        clerk,
        "/desk/errands/new",
        "/desk/errands/new?free=1",
        village=COUNTY.village,
        title=f"开居住证明{IDS[1]}",
        name=NAMES[0],
        phone=PHONES[6],
        days="3",
    )
    step, way = "/desk/errands/1/step", "/desk/errands/1"
    taken(clerk, step, way, state="working", text=f"{NAMES[0]}的号{IDS[5]}报上去了，回话打{PHONES[12]}")
    handed = {"office": f"镇民政办{PHONES[13]}", "office_phone": "0719-3221234", "text": f"卡号{CARDS[6]}，{NAMES[0]}"}
    taken(clerk, step, way, state="handed_over", **handed)
    waive = {
        "account": "assets/2026",
        "until": "2027-02-15",
        "reason": f"县系统未关账，问{PHONES[7]}",
        "q": "2026Q3",
    }
    taken(town, f"/town/v/{COUNTY.village}/waivers", f"/town/v/{COUNTY.village}", **waive)
    with app.app_context(), reading() as session:
        of = find_disclosure(session, road.account("finance", "2026Q3"))
        assert of is not None
        version_id = of.versions[-1].id
    ask = {"text": f"这笔请说明，{IDS[3]}", "due_on": "2026-12-01", "row": "1"}
    taken(town, f"/town/d/{version_id}/ask", f"/town/d/{version_id}/ask?row=1", **ask)
    taken(clerk, "/desk/audits/1/answer", "/desk/audits/1", move="answer", text=f"会计写错，电话{PHONES[8]}")
    taken(
        clerk,
        f"/desk/v/{COUNTY.village}/correct/1",
        f"/desk/d/{version_id}",
        reason_code="privacy",
        reason=f"去掉电话 {PHONES[9]}",
    )
    with app.app_context():
        run_after_publish()


def test_a_planted_one_is_found_however_it_is_written() -> None:
    planted = {"a": f"电话 {PHONES[0][:3]}-{PHONES[0][3:7]} {PHONES[0][7:]}", "b": "癫 痫", "c": IDS[0].lower()}
    assert [one[0] for one in leaks(planted)] == ["a", "b", "c"]


def metrics_after(app: Flask) -> str:
    """/metrics of a worker that was asked for some of each kind in every part of an address."""
    made = create_app(replace(app.extensions["villagehub"], metrics=True))
    metrics.count(made)
    browser = made.test_client()
    for one in (*CANARIES[::8], NAMES[0]):
        for address in (f"{HOME}/search?q={one}", f"/v/{one}", f"/{one}", f"{HOME}/n/{one}", f"{HOME}/funds/{one}"):
            browser.get(address)
        browser.post(f"{HOME}/funds/find", data={"name": one}, headers={"Origin": "http://localhost"})
        browser.open("/", method=one if one.isascii() else "GET", headers={"User-Agent": one.encode().hex()})
    told = browser.get("/metrics")
    assert told.status_code == 200
    assert 'route="/v/<code>"' in told.text
    return told.text


@pytest.mark.slow
def test_nothing_private_leaves_by_any_door(
    full_village: Flask,
    client: Browser,
    sign_in: SignIn,
    log_file: Path,  # noqa: F811
) -> None:
    with time_machine.travel(NOW + timedelta(hours=1), tick=True):
        typed_words(full_village, sign_in)
        api = f"/api/v1/villages/{COUNTY.village}"
        publications = [
            f"{api}/publications/{number}{rest}" for number in range(1, NOTHING + 1) for rest in ("", "/rows")
        ]
        slip = re.search(r'class="code num"><b>([0-9A-Z ]+)</b>', sign_in(COUNTY.clerk).get("/desk/errands/1").text)
        assert slip
        opened = client.post(f"{HOME}/errand", data={"code": slip[1]}, headers={"Origin": "http://localhost"}).text
        starts = ["/", HOME, f"{HOME}/data.zip", f"{HOME}/feed.atom", api, f"{api}/publications", *publications]
        pages = pages_from(client, starts, leave_out=r"^/(desk|login)")
        searched = {one: client.get(f"{HOME}/search", query_string={"q": one}).text for one in (*CANARIES, *NAMES)}
    endings = (
        ".csv",
        ".xlsx",
        ".json",
        ".atom",
        "data.zip",
        ".tlog-proof",
        ".zip",
        "/ask",
        "/ask/1",
        "/rows",
        "/check",
    )
    assert [one for one in endings if not any(page.partition("?")[0].endswith(one) for page in pages)] == []
    public = {place: f"{place} {raw.decode('utf-8', 'replace')}" for place, raw in pages.items()}
    public["the errand"] = opened
    assert all(words in opened for words in ("本人", "镇民政办", "（证件号已隐去）", "（卡号已隐去）"))
    for number in (LOW, LOW + 1):
        assert "家写错了" in public[f"{HOME}/n/{number}"], "the objection is public with its list"
    assert "更正原因" in public[f"{HOME}/n/{LOW + 1}"]
    assert "来闹" in public[f"{HOME}/n/{NOTHING}"], "the stub says why"
    assert all(any(section in place for place in public) for section in SECTIONS)
    assert leaks(public, (*CANARIES, *NAMES)) == []
    assert all("没有找到" in page for page in searched.values())
    assert leaks({"log": log_file.read_text(encoding="utf-8")}, (*CANARIES, *NAMES)) == []
    assert leaks({"metrics": metrics_after(full_village)}, (*CANARIES, *NAMES)) == []
    with full_village.app_context():
        held = list(tables())
    assert len(held) > 500
    # What a villager left for the office alone: a phone to be called back by, where they live.
    kept = {PHONES[0]: "question", PHONES[6]: "errand", ADDRESSES[1]: "question_event"}
    found = leaks({f"{name} {text}": text for name, text in held})
    assert [
        one for one in found if not any(number in one and one.startswith(name) for number, name in kept.items())
    ] == []
    searchable = {text: text for name, text in held if name == "stored_page" or name.startswith("search_")}
    assert len(searchable) > 50
    assert leaks(searchable, NAMES) == []
