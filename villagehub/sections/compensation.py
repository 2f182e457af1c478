"""征地补偿: what was paid to which household for land that was taken (domain §3.4; decisions 11, 27).

A list of persons: names are masked on their faces, nobody can list them, and they go after their time like subsidies.
"""

from collections.abc import Sequence
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    BoardColumn,
    Choice,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Section,
    Shape,
    Sum,
    Visible,
    words,
)
from villagehub.sections.common import IGNORED, times

STATES: Final = (
    Choice("paid", "已付", words("已发 已支付 已兑付 付清")),
    Choice("partly", "付了一部分", words("部分支付 部分兑付")),
    Choice("open", "还没付", words("未付 未支付 未兑付")),
)
_METHODS: Final = (
    Choice("card", "打卡", words("一卡通 转账 银行卡 银行转账")),
    Choice("cash", "现金", ("现款",)),
)
_FIELDS: Final = (
    Field("project", "征地项目", required=True, synonyms=words("征收项目 项目名称 补偿项目 工程名称"), weak=("项目",)),
    Field("batch", "批次", synonyms=words("补偿批次 发放批次")),
    Field("group_name", "组别", synonyms=words("小组 村民小组 组 所在组 组名")),
    Field(
        "recipient",
        "户主",
        required=True,
        names=Names.MASK_PERSON,
        synonyms=words("姓名 户主姓名 被征地农户 农户姓名 领款人 农户 被征收人"),
    ),
    Field("parcel", "地块", synonyms=words("地块名称 地块位置 地块编号 小地名")),
    Field("items", "补偿内容", synonyms=words("补偿项 补偿类别 附着物 补偿种类 地上附着物")),
    Field("basis", "面积", Kind.DECIMAL, unit="亩", synonyms=words("征收面积 征地面积 补偿面积 被征面积")),
    Field("rate", "补偿标准", Kind.DECIMAL, synonyms=words("标准 单价 每亩标准 标准(元/亩)")),
    Field("due", "应补", Kind.MONEY, unit="元", synonyms=words("应补金额 应付 应补偿金额 补偿总额 应得金额")),
    Field(
        "amount",
        "实付",
        Kind.MONEY,
        required=True,
        unit="元",
        synonyms=words("实付金额 已付金额 实发金额 补偿金额 金额 实补金额 补偿款"),
    ),
    Field("paid_on", "付款日期", Kind.DATE, synonyms=words("发放日期 支付日期 兑付日期 付款时间")),
    Field(
        "pay_method", "付款方式", Kind.CHOICE, choices=_METHODS, open_choice=True, synonyms=words("发放方式 支付方式")
    ),
    Field("state", "付款情况", Kind.CHOICE, choices=STATES, synonyms=words("状态 兑付情况 支付情况")),
    Field("note", "备注", visible=Visible.STAFF, illness=True, synonyms=("附注", "说明")),
    Field(
        "recipient_id",
        "身份证号",
        visible=Visible.NEVER,
        match="id",
        synonyms=words("证件号码 身份证号码 身份证 证件号"),
    ),
    Field(
        "recipient_card",
        "银行账号",
        visible=Visible.NEVER,
        match="card",
        synonyms=words("卡号 银行卡号 账号 一卡通号 社保卡号 账户"),
    ),
    Field("bank", "开户行", visible=Visible.NEVER, synonyms=("开户银行",)),
    Field(
        "recipient_phone",
        "电话",
        visible=Visible.NEVER,
        match="phone",
        synonyms=words("联系电话 手机 手机号 手机号码 联系方式"),
    ),
    Field("address", "住址", visible=Visible.NEVER, synonyms=words("家庭住址 地址")),
)
_EXAMPLE: Final = (
    {
        "project": "通村公路扩宽",
        "batch": "第一批",
        "group_name": "二组",
        "recipient": "王桂芳",
        "parcel": "河边田",
        "items": "土地和青苗",
        "basis": 1.2,
        "rate": 38000,
        "amount": 45600,
        "paid_on": "2026-09-12",
        "pay_method": "打卡",
        "state": "已付",
    },
    {
        "project": "通村公路扩宽",
        "batch": "第一批",
        "group_name": "二组",
        "recipient": "李大山",
        "parcel": "路口菜地",
        "basis": 0.35,
        "rate": 38000,
        "amount": 13300,
        "state": "已付",
    },
)


def subject_of(facts: Facts) -> str:
    """Project and batch keep two lists of one period apart."""
    return " ".join(str(facts[name]) for name in ("project", "batch") if facts.get(name))


def check_row(facts: Facts) -> list[Fault]:
    """Area × rate is what is to be paid; nobody gets more than that; cash is asked about."""
    due, amount = facts.get("due"), facts.get("amount")
    stated, faults = due if isinstance(due, int) else amount, []
    if facts.get("basis") and facts.get("rate") and isinstance(stated, int):
        wanted = times(facts["basis"], facts["rate"])
        if abs(wanted - stated) > (50 if stated % 100 == 0 else 1) and not facts.get("items"):
            faults.append(
                Fault(
                    Severity.MUST_FIX,
                    "basis_times_rate",
                    f"{facts['basis']} 亩 × {facts['rate']} 应是 {yuan(wanted)}，表里写 {yuan(stated)}。",
                    "请核对面积、标准和金额；还有别的补偿，就在“补偿内容”里写明。",
                    "amount" if due is None else "due",
                    also=("basis", "rate"),
                )
            )
    if isinstance(due, int) and isinstance(amount, int) and amount > due:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "paid_over_due",
                f"实付 {yuan(amount)}，比应补 {yuan(due)} 还多。",
                "请核对应补和实付。",
                "amount",
                also=("due",),
            )
        )
    if facts.get("pay_method") == "cash":
        faults.append(
            Fault(
                Severity.CONFIRM,
                "paid_in_cash",
                "这一笔是发现金。对吗？",
                "补偿款一般打到卡上；写错了就改。",
                "pay_method",
            )
        )
    return faults


def natural_key(facts: Facts) -> str:
    """Project, batch, group, household and parcel; only an HMAC of it is kept."""
    return "|".join(str(facts.get(name) or "") for name in ("project", "batch", "group_name", "recipient", "parcel"))


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many lines, and what was paid in fen."""
    return {"rows": len(rows), "amount_fen": sum(int(one.get("amount") or 0) for one in rows)}


COMPENSATION: Final = Section(
    name="compensation",
    title="征地补偿",
    shape=Shape.BATCH,
    cadences=(Cadence.MONTH, Cadence.QUARTER, Cadence.YEAR, Cadence.DAY),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="征了哪里的地，补了多少钱，您家的能不能查到。",
    persons=True,
    promoted={"occurred_on": "paid_on", "amount_fen": "amount", "category": "project", "counterparty": "recipient"},
    natural_key=natural_key,
    check_row=check_row,
    totals=totals,
    headline="recipient",
    subject_field="project",
    subject_of=subject_of,
    board=(
        BoardColumn("group_name", 20),
        BoardColumn("recipient"),
        BoardColumn("parcel", 32),
        BoardColumn("basis", 20),
        BoardColumn("rate", 24),
        BoardColumn("amount", 28, total="amount_fen"),
        BoardColumn("state", 24),
    ),
    tile="compensation",
    order=32,
    family=Family.MONEY,
    unit="户",
    example=_EXAMPLE,
    line=("parcel",),
    sums=(Sum("amount_fen", "金额合计", "amount"),),
)
