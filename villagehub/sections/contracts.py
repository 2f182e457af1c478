"""合同台账: what the collective has let, bought or ordered, for how long, and what is paid (domain §3.3)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence, day_words
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Note,
    Section,
    Shape,
    Stage,
    Sum,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, once, total
from villagehub.sections.terms import BadInstalment, last_day, read_instalments, read_term

SOON: Final = 90
"""Days before its end from which a contract is marked."""
LONGEST_LEASE: Final = 20
"""Years; what is longer is void in a lease (民法典 第七百零五条)."""
KINDS: Final = (
    Choice("contract_out", "发包", words("承包 对外发包")),
    Choice("lease", "租赁", words("出租 租出 房屋租赁 土地租赁")),
    Choice("transfer", "转让", words("流转 出让")),
    Choice("share", "入股"),
    Choice("works", "工程", words("施工 建设工程 工程施工")),
    Choice("purchase", "采购", ("购买",)),
    Choice("loan", "借款", ("贷款",)),
    Choice("service", "服务", words("劳务 委托 用工")),
)

_FIELDS: Final = (
    Field("contract_no", "合同编号", required=True, identifier=True, synonyms=words("合同号 编号 合同编码")),
    Field(
        "title", "合同名称", required=True, names=Names.SCAN, synonyms=words("合同标题 名称"), weak=("项目", "项目名称")
    ),
    Field(
        "kind",
        "合同类型",
        Kind.CHOICE,
        required=True,
        choices=KINDS,
        open_choice=True,
        synonyms=words("类型 合同类别 类别 合同性质"),
    ),
    Field("object_no", "标的编号", identifier=True, synonyms=words("资产编号 资源编号 标的物编号 资产资源编号")),
    Field(
        "party_a",
        "发包方",
        required=True,
        names=Names.MASK_PERSON,
        synonyms=words("甲方 出租方 委托方 发包单位 出租单位"),
    ),
    Field(
        "party_b",
        "承包方",
        required=True,
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words("乙方 承租方 承包人 承租人 中标人 受让方 承包单位 承租单位 对方 对方单位"),
    ),
    Field("area", "面积", Kind.DECIMAL, unit="亩", synonyms=words("承包面积 租赁面积 出租面积")),
    Field("signed_on", "签订日期", Kind.PARTIAL_DATE, clear=True, synonyms=words("签订时间 签约日期 合同签订日期")),
    Field(
        "starts_on",
        "起始日期",
        Kind.PARTIAL_DATE,
        clear=True,
        synonyms=words("开始日期 开始时间 起始时间 起租日期 合同起始日期"),
    ),
    Field(
        "ends_on",
        "终止日期",
        Kind.PARTIAL_DATE,
        clear=True,
        synonyms=words("到期日期 结束日期 到期时间 终止时间 截止日期 合同到期日 合同终止日期"),
    ),
    Field("term", "合同期限", synonyms=words("期限 租期 承包期限 承包期 租赁期限 合同期 起止时间 起止日期")),
    Field(
        "whole", "合同总额", Kind.MONEY, clear=True, unit="元", synonyms=words("合同金额 总金额 合同价款 总价 合同价")
    ),
    Field(
        "rent",
        "年租金",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("承包费 年承包金 租金 年承包费 每年租金 年租金额 年上交款"),
    ),
    Field("rate", "单价", Kind.DECIMAL, synonyms=words("租金单价 每亩单价 亩单价")),
    Field("pay_cycle", "缴款方式", synonyms=words("付款方式 交款方式 缴费方式 支付方式 收款方式")),
    Field(
        "due",
        "应收",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("应缴 应收金额 应收租金 应付 应交 应收款 本年应收"),
    ),
    Field(
        "paid",
        "已收",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("已缴 已收金额 实收 已付 已交 已收款 实缴 本年已收"),
    ),
    Field(
        "arrears",
        "欠收",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("拖欠 尾款 未收 欠缴 未缴 欠款 未付 欠收金额"),
    ),
    Field(
        "schedule",
        "缴款计划",
        parts=("哪天该缴", "该缴多少（元）", "缴了多少（元）"),
        synonyms=words("收款计划 付款计划 分期缴款"),
    ),
    Field("decision", "民主程序", names=Names.SCAN, synonyms=words("决议 会议决议 民主决策 决议编号 表决情况")),
    Field("bid_mode", "招标方式", synonyms=words("发包方式 交易方式 出租方式 采购方式 竞价方式")),
    Field("change", "变更情况", names=Names.SCAN, synonyms=words("变更 合同变更 变动原因 变更说明")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "contract_no": "HT-2024-03",
        "title": "河边鱼塘承包合同",
        "kind": "发包",
        "object_no": "ZY-001",
        "party_a": "村民委员会",
        "party_b": "孙长林",
        "area": 12.5,
        "signed_on": "2024-03-20",
        "starts_on": "2024-04-01",
        "ends_on": "2029-03-31",
        "rent": 24000,
        "pay_cycle": "每年3月底前缴清",
        "due": 48000,
        "paid": 36000,
        "arrears": 12000,
        "schedule": "2025-03-31｜24000｜24000；2026-03-31｜24000｜12000；2027-03-31｜24000",
        "decision": "2024年3月村民代表会议",
        "bid_mode": "公开竞价",
    },
    {
        "contract_no": "HT-2025-07",
        "title": "老砖厂厂房租赁合同",
        "kind": "租赁",
        "object_no": "ZC-0002",
        "party_a": "村民委员会",
        "party_b": "青禾农机修理厂",
        "term": "2025.7.1-2030.6.30",
        "rent": 9600,
        "due": 9600,
        "paid": 9600,
        "arrears": 0,
    },
)


def _ends(facts: Facts) -> date | None:
    """The last day, from its own column, else from the term."""
    return last_day(facts.get("ends_on")) or (read_term(str(facts.get("term") or "")) or (None, None))[1]


def _starts(facts: Facts) -> date | None:
    return last_day(facts.get("starts_on"), first=True) or (read_term(str(facts.get("term") or "")) or (None, None))[0]


def _too_long(starts: date, ends: date) -> bool:
    """By whole months: ``2024.4-2044.4`` means twenty years."""
    return (ends.year - starts.year, ends.month) > (LONGEST_LEASE, starts.month)


def check_row(facts: Facts) -> list[Fault]:
    """Due − paid = arrears; the plan can be read and agrees with what is paid; it begins before it ends, and a lease is not too
    long.
    """
    faults = []
    due, paid, arrears = (facts.get(name) for name in ("due", "paid", "arrears"))
    if isinstance(due, int) and isinstance(paid, int) and isinstance(arrears, int) and due - paid != arrears:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "arrears_mismatch",
                f"应收 {yuan(due)} 减已收 {yuan(paid)} 应是 {yuan(due - paid)}，表里写欠收 {yuan(arrears)}。",
                "请核对应收、已收和欠收。",
                "arrears",
                also=("due", "paid"),
            )
        )
    starts, ends = _starts(facts), _ends(facts)
    if starts and ends and ends < starts:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "ends_before_start",
                f"合同到{day_words(ends)}止，比起始的{day_words(starts)}还早。",
                "请核对起止日期。",
                "ends_on" if facts.get("ends_on") else "term",
            )
        )
    elif facts.get("kind") == "lease" and starts and ends and _too_long(starts, ends):
        faults.append(
            Fault(
                Severity.CONFIRM,
                "lease_too_long",
                f"租期超过 {LONGEST_LEASE} 年，超过的部分不算数（民法典第七百零五条）。日期对吗？",
                "没写错就确认；写错了就改。",
                "ends_on" if facts.get("ends_on") else "term",
            )
        )
    elif ends is None:
        faults.append(Fault(Severity.INFO, "no_end", "没写合同哪天到期，页面上不能提醒。", "加一列“终止日期”就有了。"))
    return [*faults, *_check_schedule(facts)]


def _check_schedule(facts: Facts) -> list[Fault]:
    try:
        plan = read_instalments(str(facts.get("schedule") or ""))
    except BadInstalment as slip:
        return [
            Fault(
                Severity.MUST_FIX,
                "instalment_unreadable",
                f"缴款计划里“{slip}”认不出来。",
                "请写成：2026-03-31｜24000｜24000；2027-03-31｜24000。一笔一个分号，日期、该缴、已缴用竖线隔开。",
                "schedule",
            )
        ]
    paid = sum(one.paid_fen for one in plan)
    if plan and isinstance(facts.get("paid"), int) and paid != facts["paid"]:
        return [
            Fault(
                Severity.CONFIRM,
                "schedule_differs",
                f"缴款计划里缴了的一共 {yuan(paid)}，“已收”写的是 {yuan(int(facts['paid']))}。对吗？",
                "两处各算各的（例如已收只写本年）就确认；写错了就改。",
                "schedule",
                also=("paid",),
            )
        ]
    return []


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each number names one contract."""
    return once(rows, "contract_no", "一份合同")


def natural_key(facts: Facts) -> str | None:
    """The contract's own number."""
    return str(facts["contract_no"]) if facts.get("contract_no") else None


def notes(facts: Facts, today: date) -> list[Note]:
    """In arrears, ended, ending soon, and what is due next."""
    found = []
    if int(facts.get("arrears") or 0) > 0:
        found.append(Note(f"还欠 {yuan(int(facts['arrears']))} 元", warn=True))
    ends = _ends(facts)
    if ends is not None and ends < today:
        found.append(Note(f"{day_words(ends)}已到期", warn=True))
    elif ends is not None and (ends - today).days <= SOON:
        found.append(Note(f"还有 {(ends - today).days} 天到期", warn=True))
    elif ends is not None:
        found.append(Note(f"到{day_words(ends)}为止"))
    try:
        plan = read_instalments(str(facts.get("schedule") or ""))
    except BadInstalment:
        plan = []
    coming = [one for one in plan if one.day >= today and one.paid_fen < one.due_fen]
    if coming:
        first = min(coming, key=lambda one: one.day)
        found.append(Note(f"下一笔：{day_words(first.day)}前该缴 {yuan(first.due_fen - first.paid_fen)} 元"))
    return found


DUE_IN: Final = 30
"""Days before its day from which an instalment counts as due."""
_WE_PAY: Final = ("works", "purchase", "service")


def part_state(facts: Facts, _field: str, entry: Sequence[str], on: date) -> Stage | None:
    """Whether an instalment was paid on that day, in whole or in part, was overdue or due, or had time; None where the plan
    cannot be read. The words alone tell them apart.
    """
    try:
        (one,) = read_instalments("｜".join(entry))
    except (BadInstalment, ValueError):
        return None
    verb = "付" if facts.get("kind") in _WE_PAY else "缴"
    left = one.due_fen - one.paid_fen
    if left <= 0:
        return Stage(f"{verb}清了", state="done")
    some, lacks = f"{verb}了一部分，" if one.paid_fen > 0 else "", f"还差 {yuan(left)} 元"
    if one.day < on:
        return Stage(f"{some}过期了" if some else f"过期没{verb}", lacks, "now")
    days = (one.day - on).days
    if days <= DUE_IN:
        when = f"还有 {days} 天到期" if days else "当天到期"
        return Stage(f"{some}{when}" if some else f"该{verb}了，{when}", lacks, "now")
    return Stage(f"{some}没到期", lacks if some else "")


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many contracts, and what is due, paid and in arrears, in fen."""
    return {
        "rows": len(rows),
        "rent_fen": total(rows, "rent"),
        "due_fen": total(rows, "due"),
        "paid_fen": total(rows, "paid"),
        "arrears_fen": total(rows, "arrears"),
    }


CONTRACTS: Final = Section(
    name="contracts",
    title="合同台账",
    shape=Shape.REGISTER,
    cadences=(Cadence.YEAR, Cadence.MONTH, Cadence.QUARTER),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="村里租出去、包出去、请人干的，签给了谁，哪天到期，钱缴了没有。",
    promoted={"amount_fen": "rent", "category": "kind", "counterparty": "party_b"},
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    totals=totals,
    headline="title",
    board=(
        BoardColumn("contract_no", 28),
        BoardColumn("title"),
        BoardColumn("party_b", 34),
        BoardColumn("starts_on", 29),
        BoardColumn("ends_on", 30),
        BoardColumn("rent", 26, total="rent_fen"),
        BoardColumn("due", 26, total="due_fen"),
        BoardColumn("paid", 26, total="paid_fen"),
        BoardColumn("arrears", 24, total="arrears_fen"),
    ),
    board_wide=True,
    tile="contracts",
    order=24,
    family=Family.MONEY,
    unit="份",
    example=_EXAMPLE,
    line=("contract_no", "party_b"),
    state="kind",
    sums=(
        Sum("rent_fen", "年租金合计", "rent"),
        Sum("due_fen", "应收合计", "due"),
        Sum("paid_fen", "已收合计", "paid"),
        Sum("arrears_fen", "欠收合计", "arrears"),
    ),
    notes=notes,
    part_state=part_state,
)
