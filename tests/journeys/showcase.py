"""A village with something to see in every state, built by the real actions on a file database, for pages in a real browser.

青石沟村: four quarters of books (one corrected: changed, added, taken out), assets, duties, four batches of funds (ordinary,
sensitive, under five, expired), the collective's nil return, a group's own book, and drafts in every stage.
石桥村: one book in the red, in hundreds of millions, with a member who did not agree and a code out of use.
柳树坪村: nothing yet. All names and figures are invented.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import road
import world
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select
from world import COUNTY, settings_for, settle_county

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role
from villagehub.app import create_app
from villagehub.cases import actions as errands
from villagehub.cases.rules import Opening
from villagehub.cases.stages import State
from villagehub.disclosures import office
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.disclosures.models import Row, Thing, Version, VersionRow
from villagehub.labels.actions import mint, retire
from villagehub.labels.targets import HOME as HOME_TARGET
from villagehub.places.queries import read_village
from villagehub.public.build import build_dirty
from villagehub.questions import actions as questions
from villagehub.questions.stages import Move
from villagehub.sections.base import Facts
from villagehub.storage import db, migrate, reading, unit_of_work

HOME = f"/v/{COUNTY.village}"
INCOMES = (
    ("鱼塘租金", 1_260_000, "in_lease", "孙长林"),
    ("村部门面房租金", 2_400_000, "in_lease", "青禾县柳河镇惠民日用百货便利店（个体工商户）"),
    ("上级拨付运转经费", 8_500_000, "in_subsidy", "柳河镇财政所"),
    ("存款利息", 4_287, "in_interest", "农商行柳河支行"),
    ("光伏发电分红", 3_660_000, "in_invest", "青禾县光伏发电有限公司"),
)
EXPENSES = (
    ("村东水渠清淤人工费", 1_160_000, "out_public", "李大山"),
    ("购路灯配件", 84_000, "out_public", "鑫源建材店"),
    ("村部电费", 63_850, "out_office", "国网青禾县供电公司"),
    ("打印纸、墨盒、档案盒等办公用品一批（含 2026 年度村民代表会议材料印刷装订）", 41_600, "out_office", "文华文具店"),
    ("三季度村干部误工补贴", 2_340_000, "out_pay", "领款名册 7 人"),
    ("困难户慰问", 300_000, "out_relief", "领款名册 10 人"),
    ("保洁员工资", 540_000, "out_public", "周玉兰"),
    ("其他零星支出", 12_050, "out_other", "王小二"),
)


def quarter(year: int, number: int, count: int) -> list[Facts]:
    """``count`` entries spread over a quarter, with vouchers, handlers and every kind of line."""
    month, rows = number * 3 - 2, []
    for index in range(count):
        what, fen, category, payee = (INCOMES if index % 4 == 0 else EXPENSES)[
            index // 4 % 5 if index % 4 == 0 else index % 8
        ]
        rows.append(
            road.entry(
                f"{year}-{month + index * 3 // count:02d}-{1 + index * 3 % 27:02d}",
                what if index < 12 else f"{what}（第 {index} 笔）",
                fen + index * 1_003,
                "in" if index % 4 == 0 else "out",
                voucher_no=str(101 + index),
                category=None if index == 7 else category,
                counterparty=payee,
                handler="赵庆",
                approver="周强",
            )
        )
    return rows


ASSETS: tuple[Facts, ...] = (
    {
        "asset_no": "QSG-FW-001",
        "name": "村委会办公楼（含一楼党群服务中心、二楼会议室和三楼档案室）",
        "category": "building",
        "operating": False,
        "quantity": "1",
        "unit": "栋",
        "location": "一组村部大院",
        "acquired_on": "2015-06",
        "original_value": 12_345_678_900,
        "depreciation": 2_345_678_900,
        "net_value": 10_000_000_000,
        "state": "own_use",
    },
    {
        "asset_no": "QSG-JX-002",
        "name": "抽水机",
        "category": "machine",
        "operating": True,
        "quantity": "2",
        "unit": "台",
        "location": "东塘泵房",
        "original_value": 320_000,
        "net_value": 0,
        "state": "idle",
        "keeper": "钱有根",
    },
    *(
        {
            "asset_no": f"QSG-LD-{number:03d}",
            "name": f"太阳能路灯 {number} 号",
            "category": "machine",
            "operating": False,
            "quantity": "1",
            "unit": "盏",
            "location": f"{1 + number % 5}组主路",
            "original_value": 185_000,
            "state": "scrapped" if number % 9 == 0 else "own_use",
        }
        for number in range(3, 61)
    ),
)
DUTIES: tuple[Facts, ...] = tuple(
    {
        "name": name,
        "post": post,
        "body": body,
        "term": "2024年1月 至 2028年12月",
        "portfolio": portfolio,
        "duties": "按时公开村务财务，接受村民和村务监督委员会监督；办不了的事三天内给村民回话，并说明去哪里办。",
        "office_phone": "0719-0000000",
        "office_hours": "周一至周五 8:30 到 17:30",
        "pay_standard": 240_000,
    }
    for name, post, body, portfolio in (
        ("周强", "村委会主任", "村民委员会", "全面工作、财务审批、项目建设"),
        ("吴海燕", "村委会副主任", "村民委员会", "民政、医保、妇女儿童"),
        ("赵庆", "报账员", "村民委员会", "村级财务报账、档案"),
        ("孙立", "主任", "村务监督委员会", "监督村务公开、民主理财"),
        ("王桂芳", "委员", "村务监督委员会", "监督惠民资金发放"),
        ("李成", "委员", "村务监督委员会", "监督工程项目"),
        ("欧阳立新", "理事长", "村集体经济组织", "集体资产经营、合同管理"),
    )
)
SURNAMES = ("李", "王", "张", "赵", "欧阳", "刘", "陈", "杨")


def recipient(index: int) -> str:
    """An invented name; two of one group may share it."""
    given = ("秀英", "大山", "建国", "桂兰")[index % 4]
    return SURNAMES[index % 8] + given + ("" if index < 32 else "一二三四五六七八九十"[index % 10])


def batch(programme: str, count: int, **more: str) -> list[Facts]:
    """Recipients of a programme over five groups."""
    return [
        {
            "programme": programme,
            "recipient": recipient(index),
            "group_name": f"{1 + index % 5}组",
            "basis": f"{2 + index % 7}.{index % 10}",
            "basis_unit": "亩",
            "rate": "95.60",
            "amount": 19_120 + index * 956,
            **more,
        }
        for index in range(count)
    ]


@dataclass(frozen=True)
class Stages:
    """Versions that stand in each stage, for the office's pages."""

    draft: int
    returned: int
    submitted: int
    reviewed: int
    correction: int
    published: int


@contextmanager
def on(day: str) -> Iterator[None]:
    """The people of ``road`` act on this day (the clock is the one thing that may be set)."""
    held = road.NOW
    road.NOW = world.NOW = datetime.fromisoformat(f"{day}T10:00:00+08:00").astimezone(UTC)
    try:
        yield
    finally:
        road.NOW = world.NOW = held


def nil(of: road.Account) -> int:
    """A nil return over the whole road."""
    with unit_of_work() as session:
        version_id = office.start_nil(session, of, road.hand(COUNTY.clerk)).id
    road.publish(road.agree(road.submit(version_id)))
    return version_id


def settle(instance: Path, base_url: str) -> tuple[Flask, Stages, str]:
    """Makes the instance's database with the county and its villages' books.

    Returns the application, the open versions, and a code that is out of use.
    """
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    app = create_app(settings_for(instance, f"sqlite:///{instance / 'villagehub.db'}", base_url=base_url))
    with app.app_context():
        migrate.upgrade(db.engine)
        with on("2025-10-08"):
            settle_county()
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
        _publish_books()
        stages = _open_versions()
        _ask_and_answer()
        _in_words()
        _take_errands_in()
        retired = _far_village(base_url)
        build_dirty()
        db.engine.dispose()
    return app, stages, retired


def _publish_books() -> None:
    account = road.account
    for day, period, year, number, count in (
        ("2026-01-12", "2025Q4", 2025, 4, 9),
        ("2026-04-13", "2026Q1", 2026, 1, 13),
        ("2026-07-14", "2026Q2", 2026, 2, 21),
    ):
        with on(day):
            road.published(
                quarter(year, number, count), of=account(period=period), opening=31_280_040 if number == 4 else None
            )
    with on("2026-04-20"):
        road.published(
            batch("耕地地力保护补贴", 12), of=account("funds", "2026-03", subject="耕地地力保护补贴"), opening=None
        )
    with on("2026-10-12"):
        road.published(quarter(2026, 3, 47), opening=None)
        road.published(ASSETS, of=account("assets", "2025"), opening=None)
        road.published(DUTIES, of=account("duties", "2026"), opening=None)
        road.published(
            batch("耕地地力保护补贴", 90), of=account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None
        )
        road.published(batch("农村低保", 8), of=account("funds", "2026-09", subject="农村低保"), opening=None)
        road.published(batch("临时救助", 3), of=account("funds", "2026-09", subject="临时救助"), opening=None)
        nil(account(entity="collective"))
        road.published(quarter(2026, 3, 4), of=account(entity="group", group_no="3"), opening=10_000_000)


def _ask_and_answer() -> None:
    """A question with its answer, and one that waits for the township."""
    policy = questions.Policy(7, "12388", b"secret")
    with on("2026-10-14"), unit_of_work() as session:
        village = read_village(session, COUNTY.village)
        asked = questions.Asked("村东水渠清淤，12 个人是哪几天的工？", number=5)
        first = questions.ask(session, village.id, asked, policy=policy, actor=None, now=world.NOW).id
        questions.ask(
            session, village.id, questions.Asked("路灯什么时候修好？"), policy=policy, actor=None, now=world.NOW
        )
        for step, who, text in (
            (Move.HAND_ON, COUNTY.supervisor, ""),
            (Move.ANSWER, COUNTY.clerk, "7月1日到3日，三天，12 个人，每人每天 300 元，工单贴在村部。"),
        ):
            questions.move(session, first, step, text, seen=None, actor=road.person(who), now=world.NOW)


def _take_errands_in() -> None:
    """An errand that waits for the villager, and one that is late."""
    clerk = road.person(COUNTY.clerk)
    with on("2026-11-02"), unit_of_work() as session:
        village = read_village(session, COUNTY.village)
        for title, days in (("危房改造申请", 10), ("开居住证明", 3)):
            hand = errands.Hand(clerk, datetime.now(UTC))
            made = errands.open_errand(session, village.id, Opening(title, days, "孙桂花"), hand, secret=b"secret").id
        step = errands.Step(State.WAITING, "请补户口本复印件一份")
        errands.take_step(session, made, step, hand, seen=1)


def _open_versions() -> Stages:
    number = 5
    with on("2026-10-20"):
        draft = road.correct(number)
        rows = quarter(2026, 3, 47)
        rows[1] = {**rows[1], "amount": 1_150_000, "summary": "村东水渠清淤人工费（12 人）"}
        added = road.entry("2026-09-28", "补记：中秋慰问老党员", 120_000, category="out_relief", late_for="2026-08")
        road.fill([*rows[:9], *rows[10:], added], opening=None)
        published = road.agree(road.submit(draft))
        road.publish(published)
    with on("2026-11-18"):
        fresh = road.fill(quarter(2026, 4, 6), of=road.account(period="2026Q4"), opening=None)
        returned = road.submit(road.fill(ASSETS[:3], of=road.account("assets", "2026"), opening=None))
        with unit_of_work() as session:
            office.send_back(session, returned, road.hand(COUNTY.member), reason="路灯少写了二组的两盏，请补上再送")
        submitted = road.submit(
            road.fill(
                batch("秸秆还田补贴", 7), of=road.account("funds", "2026-10", subject="秸秆还田补贴"), opening=None
            )
        )
        reviewed = road.agree(
            road.submit(
                road.fill(quarter(2026, 2, 4), of=road.account(period="2026Q2", entity="collective"), opening=0)
            )
        )
        correction = road.correct(3, reason="电费少写了一个零，村民来问才发现")
        road.change_row(correction, number_in(3, direction="out"), amount="6385.00")
    return Stages(fresh, returned, submitted, reviewed, correction, published)


def _in_words() -> None:
    """A power with its steps drawn, a balance sheet, a contract in arrears: the pages that look unlike the others."""
    power = {
        "power_no": "QL-1",
        "power": "村级小型工程",
        "plain": "小工程先开会、再公开选施工队，验收了才付钱。",
        "category": "project",
        "body": "村民委员会",
        "responsible": "周强",
    }
    power |= {
        "steps": "提出｜村两委｜5天｜会议记录｜拆成小项目；表决｜村民代表｜当天；验收｜监委会｜10天",
        "negatives": "不许私定",
    }
    contract = {
        "contract_no": "HT-1",
        "title": "鱼塘承包合同",
        "kind": "contract_out",
        "party_a": "村委会",
        "party_b": "孙长林",
    }
    contract |= {"ends_on": "2027-03-31", "rent": 2_400_000, "due": 2_400_000, "paid": 1_200_000, "arrears": 1_200_000}
    lines = ("流动资产合计", "非流动资产合计", "资产总计")
    sheet = [
        {"statement": "balance", "item": item, "amount": (n + 1) * 100, "before": 0} for n, item in enumerate(lines)
    ]
    with on("2026-11-19"):
        road.published([power], of=road.account("powers", "2025"), opening=None)
        road.published([contract], of=road.account("contracts", "2025"), opening=None)
        road.published(sheet, of=road.account("statements", "2025", subject="资产负债表"), opening=None)


def _far_village(base_url: str) -> str:
    """石桥村 spends more than it has; returns a code of its that has been taken out of use."""
    people = (
        ("far-clerk", "钱远", Role.CLERK),
        ("far-member", "冯春", Role.COMMITTEE_MEMBER),
        ("far-member2", "卫国", Role.COMMITTEE_MEMBER),
        ("far-chair", "蒋平", Role.COMMITTEE_CHAIR),
        ("far-head", "沈立", Role.VILLAGE_HEAD),
    )
    with on("2026-10-08"), unit_of_work() as session:
        place = place_with_code(session, COUNTY.far_village)
        for login, name, role in people:
            person = add_person(
                session, login, name=name, password=world.PASSWORD, actor=None, channel="test", now=road.NOW
            )
            appoint(session, person, role, place=place, actor=None, channel="test", now=road.NOW)
    rows = (
        road.entry("2026-07-08", "征地补偿款", 12_345_678_901, "in", category="in_land", voucher_no="1"),
        road.entry("2026-08-09", "征地补偿款发放", 12_345_678_901, category="out_land", voucher_no="2"),
        road.entry("2026-09-09", "修桥垫付工程款", 125_000, category="out_project", voucher_no="3"),
    )
    with on("2026-10-12"):
        filled = road.fill(rows, of=road.account(code=COUNTY.far_village), by="far-clerk", opening=0)
        road.submit(filled, by="far-clerk")
        chair = road.hand("far-chair")
        with unit_of_work() as session:
            office.cast_vote(session, filled, chair, agrees=False, objection="垫付工程款没有开村民代表会议")
        road.agree(filled, "far-member", "far-member2")
        road.publish(filled, by="far-head")
        with unit_of_work() as session:
            village = read_village(session, COUNTY.far_village)
            code = mint(session, village.id, HOME_TARGET, base_url=base_url, case="upper", now=road.NOW)
            retire(session, code, "公开栏搬到新村部去了", actor=None, channel="test", now=road.NOW)
            return code.code


def workbook(file: Path, *, wrong: bool) -> Path:
    """A clerk's workbook for the fourth quarter; with two wrong cells if asked for."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (
        ["青石沟村2026年第四季度收支明细"],
        ["日期", "凭证号", "摘要", "收入", "支出", "类别", "收款人"],
        ["2026-10-03", "201", "鱼塘租金", 12600, None, "发包和出租", "孙长林"],
        ["2026-10-31" if not wrong else "2026年9月31日", "202", "村部电费", None, 638.5, "办公水电", "供电公司"],
        ["2026-11-02", "203", "购路灯配件", None, 840 if not wrong else "一千二左右", "公益", "鑫源建材店"],
        ["2026-11-03", "203", "购路灯灯杆", None, 1840, "公益", "鑫源建材店"],
    ):
        sheet.append(line)
    book.save(file)
    return file


def number_in(number: int, headline: str = "", *, direction: str = "") -> int:
    """The permanent number of the first row of 第 ``number`` 号公开 with this headline or direction."""
    with reading() as session:
        found = session.execute(
            select(Thing.number, Row.facts, Row.direction)
            .join(Row, Row.thing_id == Thing.id)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .join(Version, Version.id == VersionRow.version_id)
            .where(Version.number == number)
            .order_by(VersionRow.position)
        ).all()
    for thing, facts, way in found:
        if (headline and headline in facts.values()) or (direction and way == direction):
            return int(thing)
    raise LookupError(headline or direction)
