"""惠民资金: subsidies and relief, batch by batch (domain §3.6; decisions 11, 12, 27)."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    BoardColumn,
    Choice,
    DueDay,
    Extra,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Role,
    Section,
    Shape,
    Sum,
    Visible,
    words,
)

ORDINARY: Final = (
    "耕地地力保护",
    "地力保护",
    "种粮",
    "农机购置",
    "退耕还林",
    "公益林",
    "高龄",
    "危房改造",
    "移民",
    "良种",
    "农资综合",
    "大豆",
    "玉米",
    "稻谷",
    "油菜",
    "草原",
    "棉花",
    "农业支持保护",
    "生态护林",
    "天然林",
)
"""Programmes whose lists show full names and groups (ux.md §12); everything else counts as sensitive (decision 11)."""

_SENSITIVE: Final = re.compile(
    r"低保|最低生活保障|低收入|特困|五保|残疾|护理|医疗|救助|救济|孤儿|儿童|困境|未成年|学生|助学|重病|大病|精神|优抚|抚恤|遗属|临时|失能|失独|"
    r"计生|计划生育|艾滋|防贫|脱贫|贫困|困难"
)
STATES: Final = (
    Choice("paid", "已发", words("已发放 发放成功 成功 已支付")),
    Choice("bounced", "退回", words("发放失败 失败 退汇")),
    Choice("stopped", "停发", ("暂停", "取消")),
)
_METHODS: Final = (
    Choice("card", "一卡通", words("社保卡 打卡 转账 银行卡 打卡发放 一折通")),
    Choice("cash", "现金", ("现款", "现金发放")),
)

FIELDS: Final = (
    Field(
        "programme",
        "补贴项目",
        required=True,
        synonyms=words("资金名称 补贴类别 政策名称 补贴名称 补助项目 补贴项目名称 补贴种类 资金类别 补助名称"),
        weak=words("项目名称 项目 类别"),
    ),
    Field("policy_ref", "文号", identifier=True, synonyms=words("政策文号 依据 政策依据 文件号")),
    Field("batch", "批次", synonyms=words("发放批次 发放年月 发放月份 批次号 年度批次")),
    Field("group_name", "组别", synonyms=words("小组 村民小组 所在组 组名 村组 所属组 组"), weak=("组号",)),
    Field(
        "recipient",
        "姓名",
        required=True,
        synonyms=words(
            "户主 补贴对象 农户姓名 领款人 户主姓名 农户 "
            "收款人 对象姓名 农户名称 享受人 受益人 补助对象 姓名(户主) 持卡人 发放对象"
        ),
    ),
    Field(
        "basis",
        "计补数量",
        Kind.DECIMAL,
        synonyms=words("面积 补贴面积 人数 头数 月数 计税面积 种植面积 确权面积 补助面积 计补面积 亩数 享受面积"),
        weak=("数量",),
    ),
    Field("basis_unit", "计补单位", synonyms=("计量单位",), weak=("单位",)),
    Field("rate", "补贴标准", Kind.DECIMAL, synonyms=words("标准 单价 发放标准 补助标准 每亩标准 补贴单价")),
    Field("due", "应发金额", Kind.MONEY, unit="元", synonyms=words("应发 应补金额 应发补贴")),
    Field("deducted", "扣减金额", Kind.MONEY, unit="元", synonyms=words("扣减 扣款 应扣 抵扣金额")),
    Field(
        "amount",
        "金额",
        Kind.MONEY,
        required=True,
        unit="元",
        synonyms=words("补贴金额 发放金额 实发金额 补助金额 实发 补贴资金 实发补贴 补助资金 发放资金 享受金额 资金"),
    ),
    Field("paid_on", "发放日期", Kind.DATE, synonyms=words("发放时间 打卡日期 支付日期"), weak=("日期", "时间")),
    Field(
        "pay_method",
        "发放方式",
        Kind.CHOICE,
        choices=_METHODS,
        open_choice=True,
        synonyms=words("支付方式 领取方式 发放形式"),
    ),
    Field("state", "状态", Kind.CHOICE, choices=STATES, synonyms=words("发放状态 结果 发放结果")),
    Field("note", "备注", visible=Visible.STAFF, illness=True, synonyms=("附注", "说明")),
    Field(
        "recipient_id",
        "身份证号",
        visible=Visible.NEVER,
        match="id",
        synonyms=words(
            "证件号码 身份证号码 身份证 证件号 户主身份证号 公民身份号码 户主身份证号码 身份证件号码 身份号码"
        ),
    ),
    Field(
        "recipient_card",
        "一卡通号",
        visible=Visible.NEVER,
        match="card",
        synonyms=words(
            "银行账号 卡号 社保卡号 存折账号 一卡通账号 银行卡号 账号 账户 银行帐号 帐号 一卡通卡号 社会保障卡号 开户账号 存折号"
        ),
    ),
    Field("bank", "开户行", visible=Visible.NEVER, synonyms=("开户银行", "银行名称")),
    Field(
        "recipient_phone",
        "电话",
        visible=Visible.NEVER,
        match="phone",
        synonyms=words("联系电话 手机 手机号 手机号码 联系方式 电话号码"),
    ),
    Field("address", "住址", visible=Visible.NEVER, synonyms=words("家庭住址 地址 详细地址 家庭地址 户籍地址")),
    Field("relation", "与户主关系", visible=Visible.NEVER, synonyms=("关系", "家庭关系")),
    Field("birth", "出生日期", visible=Visible.NEVER, synonyms=words("出生年月 年龄 生日")),
    Field("sex", "性别", visible=Visible.NEVER, synonyms=("民族",)),
    Field(
        "illness",
        "病情",
        visible=Visible.NEVER,
        synonyms=words("疾病名称 病种 残疾类别 残疾等级 残疾证号 致贫原因 健康状况 疾病 残疾类型 患病情况"),
    ),
)
_EXTRAS: Final = (Extra(Role.IGNORED, words("序号 编号 行号 签字 签名 领款人签字 盖章 手印 领取人签字")),)

_BATCH: Final = re.compile(r"(?:20\d\d年)?(?:第[一二三四五六七八九十\d]+批次?|第?[一二三四]季度|1?\d月份?|[上下]半年)")
_TIMES: Final = re.compile(
    r"20\d\d年度?|第[一二三四五六七八九十\d]+批次?|第?[一二三四]季度|1?\d月份?|[上下]半年|关于|农户|[A-Za-z0-9_.]+"
)
_PROGRAMME: Final = re.compile(
    r"[\u4e00-\u9fff（）()]{2,24}?(?:补贴|补助|津贴|救助|低保|供养|保障金|奖补|补偿|直补|扶持|救济)(?:资金|款|金)?"
)
_PLACE: Final = re.compile(r"^.*?(?:(?<!农)村|(?<!城)[镇乡]|[县市区]|发放)(?=[\u4e00-\u9fff]{2})")


def is_sensitive(subject: str) -> bool:
    """Whether nobody's name may be online: the named kinds, and any programme that nobody has classified yet."""
    if _SENSITIVE.search(subject):
        return True
    return not any(word in subject for word in ORDINARY)


def subject_of(facts: Facts) -> str:
    """Programme and batch: what keeps two lists of one period apart (decision 1)."""
    return " ".join(str(facts[name]) for name in ("programme", "batch") if facts.get(name))


def title_facts(title: str) -> Facts:
    """Programme and batch as a title says them: ``2026年青石沟村耕地地力保护补贴第一批发放表``."""
    title = "".join(title.split())
    found: Facts = {}
    programme = _PROGRAMME.search(_TIMES.sub(" ", title))
    if programme:
        name = programme.group()
        while (shorter := _PLACE.sub("", name)) != name and len(shorter) > 3:
            name = shorter
        found["programme"] = name
    batch = _BATCH.search(title)
    if batch:
        found["batch"] = batch.group()
    return found


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """Recipients and the sum in fen; money that came back or was stopped is not counted as paid."""
    return {
        "rows": len(rows),
        "amount_fen": sum(
            int(row.get("amount") or 0) for row in rows if row.get("state") not in ("bounced", "stopped")
        ),
    }


def _wanted(facts: Facts) -> tuple[int, int] | None:
    """Basis × rate in fen, and the tolerance: one fen, or half a yuan where the clerk pays whole yuan."""
    basis, rate = facts.get("basis"), facts.get("rate")
    stated: Any = facts["due"] if facts.get("due") is not None else facts.get("amount")
    if not basis or not rate or not isinstance(stated, int):
        return None
    wanted = int((Decimal(str(basis)) * Decimal(str(rate)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return wanted, 50 if stated % 100 == 0 else 5 if stated % 10 == 0 else 1


def check_row(facts: Facts) -> list[Fault]:
    """Basis × rate = amount (due − deducted = paid); nothing paid; cash in the hand is worth knowing."""
    faults: list[Fault] = []
    due, deducted, amount = (facts.get(name) for name in ("due", "deducted", "amount"))
    stated = due if due is not None else amount
    wanted = _wanted(facts)
    if wanted and isinstance(stated, int) and abs(wanted[0] - stated) > wanted[1]:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "basis_times_rate",
                f"{facts['basis']} × {facts['rate']} 应是 {yuan(wanted[0])}，"
                f"表里写 {yuan(stated)}，差 {yuan(abs(wanted[0] - stated))}。",
                "请核对面积（数量）、标准和金额；有扣减就加一列“扣减金额”和“应发金额”。",
                "amount" if due is None else "due",
                also=("basis", "rate"),
            )
        )
    if isinstance(due, int) and isinstance(deducted, int) and isinstance(amount, int) and due - deducted != amount:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "due_less_deducted",
                f"应发 {yuan(due)} 减扣减 {yuan(deducted)} 应是 {yuan(due - deducted)}，表里写 {yuan(amount)}。",
                "请核对应发、扣减和实发。",
                "amount",
                also=("due", "deducted"),
            )
        )
    if isinstance(amount, int) and amount <= 0:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "nothing_paid",
                f"金额是 {yuan(amount)}。对吗？",
                "退回的请在“状态”里写“退回”。",
                "amount",
            )
        )
    if facts.get("pay_method") == "cash":
        faults.append(
            Fault(
                Severity.CONFIRM,
                "paid_in_cash",
                "这一笔是发现金。对吗？",
                "惠民资金一般打到一卡通；写错了就改。",
                "pay_method",
            )
        )
    return faults


def natural_key(facts: Facts) -> str:
    """Programme, batch, group and name; the room of disclosures keeps only an HMAC of it (decision 4)."""
    return "|".join(str(facts.get(name) or "") for name in ("programme", "batch", "group_name", "recipient"))


_EXAMPLE: Final = (
    {
        "programme": "耕地地力保护补贴",
        "batch": "2026年第一批",
        "group_name": "三组",
        "recipient": "王桂芳",
        "basis": 9,
        "rate": 68,
        "amount": 612,
        "paid_on": "2026-09-10",
    },
    {
        "programme": "耕地地力保护补贴",
        "batch": "2026年第一批",
        "group_name": "三组",
        "recipient": "王守本",
        "basis": 7.2,
        "rate": 68,
        "amount": 489.6,
        "paid_on": "2026-09-10",
    },
)

FUNDS: Final = Section(
    name="funds",
    title="惠民资金",
    shape=Shape.BATCH,
    cadences=(Cadence.MONTH, Cadence.QUARTER, Cadence.YEAR, Cadence.DAY),
    fields=FIELDS,
    extras=_EXTRAS,
    what="上级发给村民的各项补贴，发了多少，您家的能不能查到。",
    persons=True,
    promoted={"occurred_on": "paid_on", "amount_fen": "amount", "category": "programme", "counterparty": "recipient"},
    natural_key=natural_key,
    check_row=check_row,
    totals=totals,
    headline="recipient",
    subject_field="programme",
    subject_of=subject_of,
    title_facts=title_facts,
    sensitive=is_sensitive,
    board=(
        BoardColumn("group_name", 22),
        BoardColumn("recipient"),
        BoardColumn("basis", 22),
        BoardColumn("rate", 22),
        BoardColumn("amount", 28, total="amount_fen"),
        BoardColumn("paid_on", 24),
        BoardColumn("state", 16),
    ),
    tile="funds",
    order=30,
    family=Family.MONEY,
    unit="人",
    example=_EXAMPLE,
    sums=(Sum("amount_fen", "金额合计", "amount"),),
    due=(
        DueDay(Cadence.DAY, 10, "村民委员会组织法：补贴补助的发放情况及时公开"),
        DueDay(Cadence.MONTH, 10, "村民委员会组织法：补贴补助的发放情况及时公开"),
        DueDay(Cadence.QUARTER, 15, "村民委员会组织法：补贴补助的发放情况及时公开"),
    ),
)
