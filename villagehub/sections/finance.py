"""财务收支: every entry of a period, income and expense (domain §3.4; 农经发〔2011〕13号 classes 2 and 3)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.account_charts import check_charts
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    DueDay,
    Extra,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Role,
    Section,
    Shape,
    Visible,
    words,
)
from villagehub.sections.finance_items import EXPENSE, INCOME

_FIELDS: Final = (
    Field(
        "occurred_on",
        "日期",
        Kind.DATE,
        required=True,
        clear=True,
        synonyms=words(
            "时间 记账日期 发生日期 年月日 业务日期 凭证日期 收支日期 发生时间 入账日期 记账时间 交易日期 交易日"
        ),
        weak=words("交易时间 付款时间 交易创建时间 创建时间 记账日"),
    ),
    Field(
        "voucher_no",
        "凭证号",
        identifier=True,
        synonyms=words("凭证字号 凭证编号 单据号 单据编号 记账凭证号 凭证号码 凭单号 票据号 凭证 凭证字 字号"),
    ),
    Field(
        "summary",
        "摘要",
        required=True,
        names=Names.SCAN,
        synonyms=words("事由 内容 支出事项 收入事项 收支项目 款项内容 收支内容 业务摘要 收支事项 事项 交易摘要"),
        weak=words(
            "用途 用途说明 附言 交易附言 商品 商品说明 商品名称 项目 名称 项目名称 收入来源 收支明细 明细 交易类型 交易分类"
        ),
    ),
    Field(
        "direction",
        "收支",
        Kind.CHOICE,
        required=True,
        clear=True,
        synonyms=words(
            "收支类型 收/支 收支类别 借/贷 方向 收支方向 借贷方向 类型 借或贷 收付 借贷标志 借贷标识 收支标志 收付标志 交易方向"
        ),
        choices=(
            Choice("in", "收入", words("收 进 入账 收方 + 收款 进账 存入 转入 来账")),
            Choice("out", "支出", words("支 付 出账 付方 - 付款 支付 取出 支取 转出 往账")),
        ),
    ),
    Field(
        "amount",
        "金额",
        Kind.MONEY,
        required=True,
        clear=True,
        synonyms=words("发生额 本期发生额 金额数 小写金额 合计金额 金额小写 发生金额 收支金额 交易金额 交易额"),
    ),
    Field(
        "category",
        "类别",
        Kind.CHOICE,
        choices=(*INCOME, *EXPENSE),
        open_choice=True,
        synonyms=words("公开类目 公开类别 收支分类 费用类别 支出类别 收入类别 分类 收支科目"),
        weak=("项目", "收入来源"),
    ),
    Field(
        "counterparty",
        "收付款人",
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words(
            "收款人 收款单位 领款人 交款人 对方户名 付款人 付款单位 往来单位 收付款单位 对方单位 收款方 对方 "
            "收款单位(人) 收(付)款人 收/付款人 收付款方 单位或个人 交易对方 对方名称 对方账户名称 对方户名称 商户名称"
        ),
        weak=words("单位 姓名 来源单位"),
    ),
    Field(
        "method",
        "支付方式",
        Kind.CHOICE,
        open_choice=True,
        choices=(
            Choice(
                "transfer",
                "转账",
                words(
                    "银行转账 银行 对公转账 转帐 网银 电汇 支票 微信 支付宝 微信支付 零钱 零钱通 余额 余额宝 "
                    "手机银行 网上银行 银行卡"
                ),
            ),
            Choice("cash", "现金", ("现款",)),
            Choice("card", "公务卡", ()),
            Choice("other", "其他", ()),
        ),
        synonyms=words("付款方式 结算方式 收付方式 收款方式 资金形式"),
    ),
    Field("handler", "经手人", names=Names.MASK_PERSON, synonyms=words("经办人 经办 经手")),
    Field("approver", "审批人", names=Names.MASK_PERSON, synonyms=words("签批人 批准人 审批 审核人 负责人")),
    Field("witness", "证明人", visible=Visible.STAFF, synonyms=words("验收人 见证人 证明")),
    Field("fund_source", "资金来源", synonyms=("资金渠道", "来源"), names=Names.SCAN),
    Field("account_code", "科目编码", identifier=True, synonyms=words("科目代码 会计科目编码 科目编号")),
    Field("account_name", "会计科目", synonyms=words("科目名称 科目 会计科目名称 总账科目 明细科目")),
    Field("decision_ref", "会议决议", identifier=True, synonyms=words("会议记录编号 决议 决议编号 会议记录 民主决策")),
    Field(
        "invoice_kind",
        "票据",
        Kind.CHOICE,
        open_choice=True,
        choices=(
            Choice("invoice", "发票", words("增值税发票 普通发票 税票 普票 专票")),
            Choice("fiscal", "财政票据", words("行政事业收据 往来结算票据 非税票据")),
            Choice("receipt", "收据", ("收款收据",)),
            Choice("list", "领款名册", words("工资表 花名册 领款单 发放表")),
            Choice("bank", "银行回单", words("回单 进账单 银行单据")),
            Choice("at_agency", "原件在镇代理中心", words("镇代理中心 代理中心 原始凭证在镇代理中心")),
            Choice("none", "确无票据", words("无票据 无 没有 白条")),
        ),
        synonyms=words("票据类型 票据种类 原始凭证 发票 单据类型"),
    ),
    Field("late_for", "补记月份", Kind.PARTIAL_DATE, synonyms=words("补记 补记期间 所属期间 所属月份 归属月份")),
    Field("note", "备注", names=Names.SCAN, synonyms=("说明", "备注说明", "其他说明", "附注", "备 注")),
)

_EXTRAS: Final = (
    Extra(
        Role.IN_AMOUNT,
        words(
            "收入 收入金额 收入额 收方 收方金额 本期收入 本月收入 进账 收入数 收款金额 收入小计 收入合计 "
            "存入 存入金额 转入 转入金额 入账金额 贷方(收入) 贷方(存入) 贷方发生额(收入) 贷方发生额(存入) 收入(贷) 存入(贷)"
        ),
    ),
    Extra(
        Role.OUT_AMOUNT,
        words(
            "支出 支出金额 支出额 付方 付方金额 本期支出 本月支出 出账 支出数 付款金额 支付金额 付出 "
            "取出 取出金额 支取 支取金额 转出 转出金额 出账金额 借方(支出) 借方(支取) 借方(取出) 借方发生额(支出) "
            "借方发生额(支取) 借方发生额(取出) 支出(借) 支取(借) 取出(借)"
        ),
    ),
    Extra(Role.DEBIT, words("借方 借方金额 借方发生额 借 借方发生 借记金额")),
    Extra(Role.CREDIT, words("贷方 贷方金额 贷方发生额 贷 贷方发生 贷记金额")),
    Extra(
        Role.BALANCE,
        words(
            "余额 结余 期末余额 本月结余 结存 账面余额 结余金额 余额金额 累计结余 账户余额 联机余额 可用余额 本次余额 交易后余额"
        ),
    ),
    Extra(Role.YEAR, words("年 年度 年份")),
    Extra(Role.MONTH, ("月", "月份")),
    Extra(Role.DAY, ("日",)),
    Extra(Role.STATUS, words("交易状态 当前状态 支付状态 状态")),
    Extra(Role.IN_WORDS, words("大写金额 金额大写 大写 人民币大写")),
    Extra(
        Role.IGNORED,
        words(
            "序号 编号 行号 附件张数 附件 单据张数 张数 附单据 页码 签字 签名 盖章 附单据数 附件数 发票号 "
            "交易单号 交易订单号 交易号 商户单号 商家订单号 流水号 交易流水号 核心流水号 日志号 柜员流水号 "
            "对方账号 对方账户 对方卡号 对方开户行 对方行名 对方行号 交易地点 交易渠道 渠道 币种 钞汇 柜员 柜员号 "
            "账户明细编号-交易流水号 对方银行 钞/汇 网点 交易网点 交易机构 账号 本方账号 凭证种类"
        ),
    ),
)


def natural_key(facts: Facts) -> str | None:
    """Year-month and voucher number; None without a voucher (decision 8). Lines of one voucher are told apart later."""
    voucher = str(facts.get("voucher_no") or "").strip()
    day = str(facts.get("occurred_on") or "")
    return f"{day[:7]}|{voucher}" if voucher and day else None


def check_row(facts: Facts) -> list[Fault]:
    """A category that belongs to the other direction, a red entry, an amount of zero."""
    faults: list[Fault] = []
    amount = facts.get("amount")
    category = str(facts.get("category") or "")
    direction = facts.get("direction")
    if amount == 0:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "zero_amount",
                "金额是 0.00。真有这样一笔账吗？",
                "没有就删掉这一行；漏写了就补上金额。",
                "amount",
            )
        )
    if isinstance(amount, int) and amount < 0:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "negative_amount",
                f"金额是负数 {yuan(amount)}。是冲销（红字）吗？",
                "是冲销就在摘要里写明冲哪一笔；写反了就改成正数。",
                "amount",
            )
        )
    if (category.startswith("in_") and direction == "out") or (category.startswith("out_") and direction == "in"):
        label = FINANCE.field_named("category").label_of(category)
        side = "支出" if direction == "out" else "收入"
        faults.append(
            Fault(
                Severity.CONFIRM,
                "category_other_side",
                f"这是一笔{side}，类别却写“{label}”。对吗？",
                "写错了就改类别。",
                "category",
            )
        )
    return faults


def _repeated_vouchers(rows: Sequence[Facts]) -> list[Fault]:
    keys = [natural_key(facts) for facts in rows]
    counted = Counter(keys)
    seen: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(keys):
        if key and counted[key] > 1:
            seen[key].append(index)
    repeated = [
        places for places in seen.values() if len(places) > 1 and any(rows[one] != rows[places[0]] for one in places)
    ]
    fix = "一张凭证记几笔就确认；重复了就删掉多的，号写错了就改号。"
    if len(repeated) > 5:
        first = repeated[0]
        voucher = rows[first[0]]["voucher_no"]
        message = f"有 {len(repeated)} 个凭证号出现不止一次，例如“{voucher}”在{{others}}都有：是一张凭证记了几笔吗？"
        return [Fault(Severity.CONFIRM, "voucher_repeated", message, fix, "voucher_no", first[-1], tuple(first))]
    return [
        Fault(
            Severity.CONFIRM,
            "voucher_repeated",
            f"和{{others}}凭证号都是“{rows[places[0]]['voucher_no']}”：是一张凭证记了几笔，还是重复了？",
            fix,
            "voucher_no",
            places[-1],
            tuple(places[:-1]),
        )
        for places in repeated
    ]


def check_table(rows: Sequence[Facts], balances: Balances) -> list[Fault]:
    """Opening + income − expense = closing; repeated vouchers; the edition of the chart of accounts."""
    faults = [*_repeated_vouchers(rows), *check_charts(rows)]
    without = sum(1 for facts in rows if not facts.get("category"))
    if without:
        message = f"有 {without} 笔没写类别，公开时归入“未分类”。"
        faults.append(Fault(Severity.INFO, "no_category", message, "想分清楚，就加一列“类别”。"))
    sums = totals(rows)
    if balances.opening_fen is not None and balances.closing_fen is not None:
        reckoned = balances.opening_fen + sums["income_fen"] - sums["expense_fen"]
        if reckoned != balances.closing_fen:
            faults.append(
                Fault(
                    Severity.MUST_FIX,
                    "closing_mismatch",
                    f"期末对不上：期初 {yuan(balances.opening_fen)} 加收入 {yuan(sums['income_fen'])} "
                    f"减支出 {yuan(sums['expense_fen'])} 应是 {yuan(reckoned)}，表里写 {yuan(balances.closing_fen)}，"
                    f"差 {yuan(abs(reckoned - balances.closing_fen))}。",
                    "请查漏记、多记或期初、期末写错，改好再传。",
                )
            )
    if balances.bank_fen is not None and balances.cash_fen is not None and balances.closing_fen is not None:
        both = balances.bank_fen + balances.cash_fen
        if both != balances.closing_fen:
            faults.append(
                Fault(
                    Severity.CONFIRM,
                    "bank_and_cash",
                    f"银行存款加现金是 {yuan(both)}，期末结余是 {yuan(balances.closing_fen)}，"
                    f"差 {yuan(abs(both - balances.closing_fen))}。对吗？",
                    "有在途款就在备注里写明；写错了就改。",
                )
            )
    return faults


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """Number of entries, income and expense in fen; reversals count with their sign."""
    return {
        "rows": len(rows),
        "income_fen": sum(int(facts["amount"]) for facts in rows if facts.get("direction") == "in"),
        "expense_fen": sum(int(facts["amount"]) for facts in rows if facts.get("direction") == "out"),
    }


_EXAMPLE: Final = (
    {
        "occurred_on": "2026-09-05",
        "voucher_no": "记-109",
        "summary": "鱼塘发包第二年租金",
        "in": 24000,
        "category": "发包和出租",
    },
    {
        "occurred_on": "2026-09-18",
        "voucher_no": "记-118",
        "summary": "村东水渠清淤人工费",
        "out": 11600,
        "category": "修渠、路灯等公益",
        "counterparty": "刘家湾施工队",
        "method": "转账",
        "handler": "赵庆",
    },
)

FINANCE: Final = Section(
    name="finance",
    title="财务收支",
    shape=Shape.FLOW,
    cadences=(Cadence.QUARTER, Cadence.MONTH),
    fields=_FIELDS,
    extras=_EXTRAS,
    what="村里收了什么钱、花了什么钱，一笔一笔写明。",
    promoted={
        "occurred_on": "occurred_on",
        "direction": "direction",
        "amount_fen": "amount",
        "category": "category",
        "counterparty": "counterparty",
    },
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    totals=totals,
    headline="summary",
    board=(
        BoardColumn("occurred_on", 19),
        BoardColumn("voucher_no", 15),
        BoardColumn("summary"),
        BoardColumn("counterparty", 30),
        BoardColumn("amount", 26, "收入（元）", "income_fen", "in"),
        BoardColumn("amount", 26, "支出（元）", "expense_fen", "out"),
    ),
    tile="finance",
    order=10,
    family=Family.MONEY,
    unit="笔",
    example=_EXAMPLE,
    line=("occurred_on", "category"),
    due=(
        DueDay(Cadence.MONTH, 15, "农村集体经济组织财务公开规定（农经发〔2011〕13号）：按月公开的，次月公开"),
        DueDay(Cadence.QUARTER, 15, "农村集体经济组织财务公开规定（农经发〔2011〕13号）：至少每季度公开一次"),
    ),
)
