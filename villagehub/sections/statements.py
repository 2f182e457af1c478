"""财务报表: 资产负债表 and 收益及收益分配表 with their own arithmetic (domain §3.4; 财会〔2023〕14号)."""

from collections.abc import Mapping, Sequence
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    Extra,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Role,
    Section,
    Shape,
    words,
)

BALANCE: Final = "资产负债表"
INCOME: Final = "收益及收益分配表"
_KINDS: Final = (
    Choice("balance", BALANCE, ("资产负债",)),
    Choice("income", INCOME, ("收益分配表", "收益表")),
)
_FIELDS: Final = (
    Field(
        "statement",
        "报表",
        Kind.CHOICE,
        required=True,
        clear=True,
        choices=_KINDS,
        synonyms=words("报表名称 表名 报表类型"),
    ),
    Field("line_no", "行次", identifier=True, synonyms=("行号", "序号")),
    Field(
        "item",
        "项目",
        required=True,
        synonyms=words(
            "报表项目 项目名称 资产 科目名称 科目 负债及所有者权益 负债和所有者权益 负债及所有者权益合计 负债及净资产 权益"
        ),
    ),
    Field(
        "amount",
        "期末数",
        Kind.MONEY,
        unit="元",
        clear=True,
        synonyms=words("期末余额 本年金额 本年数 期末 年末余额 本年累计数 金额"),
    ),
    Field(
        "before",
        "上年数",
        Kind.MONEY,
        unit="元",
        clear=True,
        synonyms=words("年初余额 年初数 上年金额 上年同期数 期初余额 上年末余额"),
    ),
)
_EXAMPLE: Final = tuple(
    {"statement": BALANCE, "line_no": str(number), "item": item, "amount": amount, "before": before}
    for number, (item, amount, before) in enumerate(
        (
            ("货币资金", 86000, 72000),
            ("应收款项", 12000, 0),
            ("流动资产合计", 98000, 72000),
            ("固定资产净值", 773000, 810000),
            ("非流动资产合计", 773000, 810000),
            ("资产总计", 871000, 882000),
            ("应付款项", 11000, 20000),
            ("长期借款及应付款", 60000, 80000),
            ("负债合计", 71000, 100000),
            ("公积公益金", 760000, 752000),
            ("未分配收益", 40000, 30000),
            ("所有者权益合计", 800000, 782000),
        ),
        start=1,
    )
)
_SUMS: Final[dict[str, tuple[tuple[str, tuple[tuple[int, str], ...]], ...]]] = {
    "balance": (
        ("资产总计", ((1, "流动资产合计"), (1, "非流动资产合计"))),
        ("资产总计", ((1, "负债合计"), (1, "所有者权益合计"))),
    ),
    "income": (
        (
            "经营收益",
            ((1, "经营收入"), (1, "投资收益"), (1, "补助收入"), (-1, "经营支出"), (-1, "税金及附加"), (-1, "管理费用")),
        ),
        ("收益总额", ((1, "经营收益"), (1, "其他收入"), (-1, "公益支出"), (-1, "其他支出"))),
        ("净收益", ((1, "收益总额"), (-1, "所得税费用"))),
        ("可分配收益", ((1, "净收益"), (1, "年初未分配收益"), (1, "其他转入"))),
        ("年末未分配收益", ((1, "可分配收益"), (-1, "提取公积公益金"), (-1, "向成员分配"), (-1, "其他分配"))),
    ),
}
"""Which line is made of which others. A line that the sheet does not have counts as nothing, as long as some are there."""


def _plain(name: str) -> str:
    """A line's name without its number, colons and 减, 加, 其中."""
    text = "".join(name.split()).lstrip("一二三四五六七八九十、（）()0123456789.")
    for word in ("加：", "减：", "加:", "减:", "其中：", "其中:"):
        text = text.removeprefix(word)
    return text.replace("(或股东权益)", "").replace("（或股东权益）", "")


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Assets = liabilities + equity, and income less expense = earnings, in both columns."""
    faults = []
    for kind in ("balance", "income"):
        mine = {
            _plain(str(one.get("item") or "")): (index, one)
            for index, one in enumerate(rows)
            if one.get("statement") == kind
        }
        for field, heading in (("amount", "期末（本年）"), ("before", "年初（上年）")):
            for whole, parts in _SUMS[kind]:
                faults += _differs(mine, whole, parts, field, heading)
    return faults


def _differs(
    lines: Mapping[str, tuple[int, Facts]], whole: str, parts: Sequence[tuple[int, str]], field: str, heading: str
) -> list[Fault]:
    known = [(sign, name, lines[name][1].get(field)) for sign, name in parts if name in lines]
    stated = lines[whole][1].get(field) if whole in lines else None
    # Totals of a sheet that has only one of them prove nothing.
    if stated is None or len(known) < 2:
        return []
    reckoned = sum(sign * int(value or 0) for sign, _, value in known)
    if reckoned == stated:
        return []
    words_ = " ".join(("加" if sign > 0 else "减") + name for sign, name, _ in known).removeprefix("加")
    return [
        Fault(
            Severity.MUST_FIX,
            "statement_mismatch",
            f"{heading}对不上：{words_}应是 {yuan(reckoned)}，“{whole}”写 {yuan(int(stated))}，"
            f"差 {yuan(abs(reckoned - int(stated)))}。",
            "请核对这几行。",
            field,
            lines[whole][0],
        )
    ]


def subject_of(facts: Facts) -> str:
    """The two statements of one period are two publications."""
    return BALANCE if facts.get("statement") == "balance" else INCOME if facts.get("statement") == "income" else ""


def title_facts(title: str) -> Facts:
    """Which statement a title or a sheet's name says."""
    plain = "".join(title.split())
    if "负债表" in plain:
        return {"statement": "balance"}
    return {"statement": "income"} if "收益" in plain and "表" in plain else {}


def natural_key(facts: Facts) -> str:
    """The statement and the line's name."""
    return "|".join(str(facts.get(name) or "") for name in ("statement", "item"))


STATEMENTS: Final = Section(
    name="statements",
    title="财务报表",
    shape=Shape.BATCH,
    cadences=(Cadence.YEAR, Cadence.QUARTER, Cadence.MONTH),
    fields=_FIELDS,
    extras=(Extra(Role.IGNORED, words("签字 签名 盖章 制表人 附件")),),
    what="一年下来，村集体有多少家底、欠多少、挣了多少、怎么分。",
    promoted={"amount_fen": "amount", "category": "statement"},
    natural_key=natural_key,
    check_table=check_table,
    headline="item",
    subject_field="statement",
    subject_of=subject_of,
    title_facts=title_facts,
    board=(BoardColumn("line_no", 16), BoardColumn("item"), BoardColumn("amount", 40), BoardColumn("before", 40)),
    tile="statements",
    order=12,
    family=Family.MONEY,
    unit="行",
    example=_EXAMPLE,
    page="public/statement.html",
    keeps_sums=True,
)
