"""债权债务: who owes the collective, and whom it owes (domain §3.4; 农经发〔2011〕13号 class 6)."""

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
    DueDay,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Note,
    Section,
    Shape,
    Sum,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, once
from villagehub.sections.terms import last_day

KINDS: Final = (
    Choice("owed_to_us", "别人欠村里", words("应收 应收款 债权 应收款项 单位和个人欠款 应收单位和个人欠款")),
    Choice("loan", "村里欠银行", words("银行贷款 贷款 信用社贷款 银行(信用社)贷款 借款")),
    Choice("we_owe", "村里欠别人", words("应付 应付款 债务 应付款项 欠款 欠单位和个人款")),
)
_FIELDS: Final = (
    Field("debt_no", "编号", required=True, identifier=True, synonyms=words("债权债务编号 台账编号 账号编号")),
    Field(
        "kind",
        "类型",
        Kind.CHOICE,
        required=True,
        clear=True,
        choices=KINDS,
        synonyms=words("类别 性质 债权债务类型 债权债务类别 款项性质"),
    ),
    Field(
        "counterparty",
        "对方",
        required=True,
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words("单位或个人 对方名称 欠款人 债权人 债务人 单位(个人)名称 债权人或债务人 欠款单位或个人"),
        weak=words("名称 姓名 单位"),
    ),
    Field(
        "cause",
        "原因",
        required=True,
        names=Names.SCAN,
        illness=True,
        synonyms=words("形成原因 事由 摘要 用途 欠款原因 债务原因"),
    ),
    Field(
        "original",
        "原来多少",
        Kind.MONEY,
        required=True,
        clear=True,
        unit="元",
        synonyms=words("原始金额 原金额 本金 发生额 期初金额 借款金额 欠款金额"),
    ),
    Field(
        "settled",
        "已还",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("已偿还 已收回 已还金额 本期偿还 归还金额 已收"),
    ),
    Field(
        "balance",
        "还欠多少",
        Kind.MONEY,
        required=True,
        clear=True,
        unit="元",
        synonyms=words("余额 期末余额 现余额 未还金额 尚欠金额 欠款余额"),
    ),
    Field(
        "since",
        "哪天起",
        Kind.PARTIAL_DATE,
        clear=True,
        synonyms=words("形成时间 发生时间 借款日期 发生日期 形成日期 时间"),
    ),
    Field(
        "due_on", "该哪天还", Kind.PARTIAL_DATE, clear=True, synonyms=words("到期日期 还款日期 到期时间 约定还款时间")
    ),
    Field("interest_rate", "利率", synonyms=words("年利率 利息 月利率")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "debt_no": "ZQ-01",
        "kind": "别人欠村里",
        "counterparty": "孙长林",
        "cause": "鱼塘承包费",
        "original": 24000,
        "settled": 12000,
        "balance": 12000,
        "since": "2025-04",
        "due_on": "2026-03-31",
    },
    {
        "debt_no": "ZW-01",
        "kind": "村里欠银行",
        "counterparty": "青禾农村商业银行",
        "cause": "修通组路贷款",
        "original": 100000,
        "balance": 60000,
        "settled": 40000,
        "due_on": "2028-12-31",
        "interest_rate": "年利率3.45%",
    },
)


def check_row(facts: Facts) -> list[Fault]:
    """What was, less what has been paid back, is what is left."""
    original, settled, balance = (facts.get(name) for name in ("original", "settled", "balance"))
    if not (isinstance(original, int) and isinstance(settled, int) and isinstance(balance, int)):
        return []
    if original - settled == balance:
        return []
    return [
        Fault(
            Severity.CONFIRM,
            "balance_mismatch",
            f"原来 {yuan(original)} 减已还 {yuan(settled)} 应是 {yuan(original - settled)}，表里写还欠 {yuan(balance)}。对吗？",
            "有利息、核销就在备注里写明再确认；写错了就改。",
            "balance",
            also=("original", "settled"),
        )
    ]


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each number names one debt."""
    return once(rows, "debt_no", "一笔债")


def natural_key(facts: Facts) -> str | None:
    """The debt's own number."""
    return str(facts["debt_no"]) if facts.get("debt_no") else None


def notes(facts: Facts, today: date) -> list[Note]:
    """Past its day, or paid."""
    due, balance = last_day(facts.get("due_on")), int(facts.get("balance") or 0)
    if balance == 0 and facts.get("balance") is not None:
        return [Note("还清了")]
    return [Note(f"{day_words(due)}该还，过期了", warn=True)] if due is not None and due < today and balance > 0 else []


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many debts; what is owed to the collective and what it owes, in fen."""
    mine = sum(int(one.get("balance") or 0) for one in rows if one.get("kind") == "owed_to_us")
    return {
        "rows": len(rows),
        "owed_to_us_fen": mine,
        "we_owe_fen": sum(int(one.get("balance") or 0) for one in rows) - mine,
    }


DEBTS: Final = Section(
    name="debts",
    title="债权债务",
    shape=Shape.REGISTER,
    cadences=(Cadence.QUARTER, Cadence.YEAR, Cadence.MONTH),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="谁欠村里的钱，村里欠谁的钱。",
    promoted={"amount_fen": "balance", "category": "kind", "counterparty": "counterparty"},
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    totals=totals,
    headline="cause",
    board=(
        BoardColumn("debt_no", 18),
        BoardColumn("kind", 24),
        BoardColumn("counterparty", 30),
        BoardColumn("cause"),
        BoardColumn("original", 25),
        BoardColumn("balance", 25),
    ),
    tile="debts",
    order=26,
    family=Family.MONEY,
    unit="笔",
    example=_EXAMPLE,
    line=("counterparty", "since"),
    listed_by="kind",
    sums=(Sum("owed_to_us_fen", "别人欠村里", "balance"), Sum("we_owe_fen", "村里欠别人", "balance")),
    notes=notes,
    due=(
        DueDay(Cadence.QUARTER, 15, "农村集体经济组织财务公开规定（农经发〔2011〕13号）：债权债务至少每季度公开一次"),
    ),
)
