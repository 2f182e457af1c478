"""身份证号、电话、银行卡号，除了加密保管的原件，哪里也没有。

剧本：
1. 报账员上传一张惠民资金的 csv：证件号、卡号、电话各有一列；标题、表头、姓名、备注、组别、制表人那一行和文件名里也写着号码，
   有 18 位的、15 位的、小写 x 的、全角的、汉字的、中间有空格和横线的。照样收下、送审、签字、公开。
2. 再传一张财务收支，摘要、收款人、类别里写着号码；退回的原因、不同意的意见、更正的原因里也写了号码。照样公开。
3. 再传两张写错的表，号码写在金额、日期、状态那几列里，一张的工作表名字就是一个手机号；被退回。
4. 把数据库每张表的每一格、村民能走到的每一页、下载的表格、办公的每一页、日志都读一遍：一个号码也没有。
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from crawl import bare, pages_from, texts_of
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.test import TestResponse
from world import PASSWORD, Browser, County

from villagehub.disclosures.models import RowMatch
from villagehub.journal.models import JournalEntry
from villagehub.ledgers.models import Upload
from villagehub.models import metadata
from villagehub.storage import reading
from villagehub.storage.keys import load_key
from villagehub.storage.vault import Vault
from villagehub.web.logs import configure_logging

IDS = (
    "42039919650923009X",
    "420399780412001",
    "420399199001010014",
    "42039919851130005X",
    "420399197206070011",
    "42039919830218008X",
    "420399197804120015",
)
CARDS = ("6217002810000123459", "6228480012345678903", "6210987654321098766", "6222021701001122334", "4367421234567896")
PHONES = tuple(f"1380011{last}" for last in range(2230, 2250))
"""Invented numbers: the district 420399 does not exist."""

FUNDS_NAME = "补贴表_李大山_420399197206070011_13800112249.csv"
FUNDS = """\
青石沟村2026年耕地地力保护补贴第一批发放表（联系人13800112230）
单位：元,填表人电话：138.0011.2231
序号,组别,户主姓名,身份证号,一卡通号,联系电话,备用电话13800112232,面积,标准,金额,备注
1,一组,李大山,42039919650923009x,6217002810000123459,13800112233,13800112234,3.5,100,350.00,代领人电话 138 - 0011 - 2235
2,一组,王桂枝（420399780412001）,420399780412001,6228 4800 1234 5678 903,１３８００１１２２３６,,2,100,200.00,身份证４２０３９９１９９００１０１００１４
3,二组,孙小梅13800112237,420399 19851130 005X,6210-9876-5432-1098-766,138 0011 2238,,1,100,100.00,卡号6222 0217 0110 0112 2334，打错退回
4,二组（13800112239）,赵铁柱,420399197804120015,4367421234567896,13800112240,,4,100,400.00,电话一三八零零一一二二四一，母亲证号42039919830218008x
,,合计,,,,,,,1050.00,
制表人：赵庆 13800112242,审核人：42039919830218008X
"""  # noqa: E501 - full-width digits count two columns

FINANCE = """\
青石沟村2026年第三季度财务收支
单位：元
日期,凭证号,摘要,类别,收入,支出,收款人
2026-07-05,101,鱼塘租金（孙长林(138)0011 2243）,,12000,,孙长林
2026-07-12,107,付李大山 42039919650923009x 清淤人工费,公益支出13800112244,,11600,李大山6217002810000123459
"""

REJECTED_NAME = "错表 13800112245.csv"
REJECTED = """2026年耕地地力保护补贴
户主姓名,身份证号,面积,标准,金额,发放日期,状态,电话13800112246
李大山,1.2E+17,420399780412001,100,13800112247,４２０３９９１９９００１０１００１４,6228480012345678903,13800112248
孙小梅,42039919851130005x,2,100,６２１０９８７６５４３２１０９８７６６,2026-13-01,已发,
"""


class Walk:
    """The clerk, the reviewers and the head at their pages; no step is skipped."""

    def __init__(self, sign_in: Callable[[str], Browser], county: County) -> None:
        self.county = county
        self.browsers = {
            login: sign_in(login)
            for login in (county.clerk, county.member, county.second_member, county.chair, county.head)
        }
        self.clerk = self.browsers[county.clerk]
        self.seen: list[str] = []

    def upload(self, name: str, raw: bytes, *, section: str, period: str, expect: int = 303) -> int:
        """Sends the file; the upload's number."""
        fields = {"village": self.county.village, "section": section, "period": period, "entity": "committee"}
        answer = self.clerk.send("/desk/upload", {**fields, "file": (io.BytesIO(raw), name)}, page="/desk/upload")
        self.seen.append(answer.text)
        assert answer.status_code == expect, text_of(answer)
        found = re.search(r"/desk/u/(\d+)", answer.headers.get("Location", "") + answer.text)
        assert found
        return int(found[1])

    def accept(self, upload_id: int) -> int:
        """Answers every question with 就是这样, and takes the rows; the version's id."""
        address = f"/desk/u/{upload_id}"
        page = self.clerk.get(address)
        places = re.findall(r'name="place" value="([^"]+)"', page.text)
        if places:
            assert self.clerk.send(f"{address}/confirm", {"place": places}, page=address).status_code == 303
        page = self.clerk.get(address)
        self.seen.append(page.text)
        token = re.search(r'name="token" value="([^"]+)"', page.text)
        assert token, text_of(page)
        answer = self.clerk.send(f"{address}/accept", {"token": token[1]}, page=address)
        assert answer.status_code == 303, text_of(answer)
        version = re.search(r"/desk/d/(\d+)", self.clerk.get(address).text)
        assert version
        return int(version[1])

    def step(self, login: str, address: str, version_id: int, **fields: str) -> None:
        """One button of the version's page."""
        page = f"/review/{version_id}" if address.startswith("/review") else f"/desk/d/{version_id}"
        browser = self.browsers[login]
        revision = re.search(r'name="revision" value="(\d+)"', browser.get(page).text)
        seen = {"revision": revision[1]} if revision else {}
        answer = browser.send(address, {**seen, "password": PASSWORD, **fields}, page=page)
        assert answer.status_code == 303, text_of(answer)

    def sign(self, login: str, version_id: int, objection: str) -> None:
        """Reads the version, ticks it, and signs its package."""
        browser = self.browsers[login]
        package = re.search(r'href="(/review/p/[^"#]+)#v', browser.get(f"/review/{version_id}").text)
        assert package
        self.step(login, f"/review/{version_id}/seen", version_id)
        revision = re.search(rf'name="revision-{version_id}" value="(\d+)"', browser.get(package[1]).text)
        assert revision
        fields = {"v": version_id, f"revision-{version_id}": revision[1], f"objection-{version_id}": objection}
        answer = browser.send(f"{package[1]}/sign", {**fields, "password": PASSWORD}, page=package[1])
        assert answer.status_code == 303, text_of(answer)

    def publish(self, version_id: int) -> None:
        """Submitted, signed twice, objected to once, published."""
        county = self.county
        self.step(county.clerk, f"/desk/d/{version_id}/submit", version_id)
        objection = "李大山的电话 13800112233 不该写在表上，请以后删掉"
        self.sign(county.chair, version_id, objection)
        for login in (county.member, county.second_member):
            self.sign(login, version_id, "")
        self.step(county.head, f"/desk/d/{version_id}/publish", version_id)


def text_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def leaks(texts: Iterable[str]) -> list[str]:
    """Every number that stands anywhere in these texts, with what stands around it."""
    found = []
    for text in texts:
        flat = bare(text)
        found += [
            f"{number}: …{flat[max(0, flat.index(number) - 60) : flat.index(number) + 40]}…"
            for number in (*IDS, *CARDS, *PHONES)
            if number in flat
        ]
    return found


def must_be_clean(texts: Iterable[str]) -> None:
    """None of the numbers stands in any of these texts."""
    found = leaks(texts)
    assert not found, "\n".join(found)


def dump() -> Iterator[str]:
    """Every value of every table."""
    with reading() as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                yield f"{table.name}: " + " | ".join(text for value in row for text in texts_of(value))


@pytest.fixture
def log_file(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """Everything that is logged while the journey runs, at its most talkative."""
    assert app
    file = tmp_path / "villagehub.log"
    configure_logging("DEBUG", file=file)
    yield file
    configure_logging("INFO")


def rejected_workbook() -> bytes:
    """A workbook whose sheet is named by a phone number and whose cells are wrong."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "13800112245 李大山"
    for line in REJECTED.splitlines():
        sheet.append(line.split(","))
    file = io.BytesIO()
    book.create_sheet("第二张13800112245").append(["户主姓名", "金额", "420399780412001"])
    book.save(file)
    return file.getvalue()


@pytest.mark.slow
def test_no_private_number_is_anywhere_outside_the_vault(
    app: Flask, county: County, client: Browser, sign_in: Callable[[str], Browser], log_file: Path
) -> None:
    walk = Walk(sign_in, county)
    funds = walk.accept(walk.upload(FUNDS_NAME, FUNDS.encode("gb18030"), section="funds", period="2026Q3"))
    walk.publish(funds)
    finance = walk.accept(walk.upload("三季度 138 0011 2245.csv", FINANCE.encode(), section="finance", period="2026Q3"))
    walk.step(county.clerk, f"/desk/d/{finance}/submit", finance)
    reason = "李大山的证号 42039919650923009x 请删掉再送"
    walk.step(county.member, f"/review/{finance}/return", finance, reason=reason)
    walk.publish(finance)
    correction = walk.clerk.send(
        f"/desk/v/{county.village}/correct/2",
        {"reason_code": "privacy", "reason": "李大山 138-0011-2235 要求去掉电话"},
        page=f"/desk/d/{finance}",
    )
    assert correction.status_code == 303, text_of(correction)
    draft = int(re.search(r"/desk/d/(\d+)", correction.location)[1])  # type: ignore[index]
    row = re.search(rf"/desk/d/{draft}/row/(\d+)", walk.clerk.get(f"/desk/d/{draft}").text)
    assert row
    walk.step(
        county.clerk, f"/desk/d/{draft}/row/{row[1]}", draft, summary="鱼塘租金 13800112243 孙长林", confirmed="yes"
    )
    walk.publish(draft)
    wrong = [
        walk.upload(name, raw, section="funds", period="2026Q2", expect=422)
        for name, raw in ((REJECTED_NAME, REJECTED.encode("utf-8-sig")), ("13800112245.xlsx", rejected_workbook()))
    ]

    with app.app_context():
        tables = list(dump())
        assert len(tables) > 100
        must_be_clean(tables)
        with reading() as session:
            journal = session.scalars(select(JournalEntry)).all()
            reports = session.execute(select(Upload.id, Upload.report, Upload.sha256)).all()
            kinds = set(session.scalars(select(RowMatch.kind)))
        must_be_clean(text for one in journal for text in texts_of(one.detail))
        problems = {one.id: one.report["problems"] for one in reports}
        assert all(len(problems[one]) > 2 for one in wrong)
        assert kinds == {"id", "phone", "card"}
        settings = app.extensions["villagehub"]
        vault = Vault(settings.vault, load_key(settings.keys, "vault"))
        assert FUNDS.encode("gb18030") in [vault.read(one.sha256) for one in reports]
    instance = app.extensions["villagehub"].instance
    files = [one.read_bytes() for one in instance.rglob("*") if one.is_file()]
    plain = [number.encode() for number in (*IDS, *CARDS, *PHONES)]
    assert [number for number in plain for raw in files if number in raw] == []

    must_be_clean(walk.seen)
    public = pages_from(client, ["/", f"/v/{county.village}"], leave_out=r"^/(desk|login)")
    names = "".join(public)
    assert all(part in names for part in (".csv", ".xlsx", "/n/2", "/n/3", "/changes", "/funds/"))
    assert "李大山" in "".join(page.decode("utf-8", "replace") for page in public.values())
    must_be_clean(page.decode("utf-8", "replace") for page in public.values())
    must_be_clean(public)
    found = client.post(
        f"/v/{county.village}/funds/find", data={"name": "李大山"}, headers={"Origin": "http://localhost"}
    )
    assert "350.00" in found.text
    must_be_clean([found.text])
    for login, browser in walk.browsers.items():
        office = pages_from(
            browser, ["/desk", "/review", "/account"], leave_out=r"/original$|/marked\.xlsx$|^/v/|^/t/|^/$"
        )
        assert login != county.clerk or any(one.startswith("/desk/u/") for one in office)
        must_be_clean(page.decode("utf-8", "replace") for page in office.values())
    assert log_file.stat().st_size > 1000
    must_be_clean([log_file.read_text(encoding="utf-8")])
