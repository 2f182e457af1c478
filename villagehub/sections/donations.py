"""捐赠: what was given to the village, in money or kind, and what it was used for (domain §3.4; 村委会组织法 第三十条)."""

from collections.abc import Sequence
from typing import Final

from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    BoardColumn,
    Choice,
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
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE

_SIDES: Final = (
    Choice("in", "收到", words("收入 接收 收 捐入")),
    Choice("out", "用出", words("支出 使用 发放 支 付")),
)
KINDS: Final = (
    Choice("money", "钱", words("现金 资金 捐款 货币")),
    Choice("goods", "东西", words("物资 实物 捐物 物品")),
    Choice("labour", "出力", words("劳务 义务工")),
)
_FIELDS: Final = (
    Field(
        "occurred_on",
        "日期",
        Kind.DATE,
        required=True,
        clear=True,
        synonyms=words("时间 捐赠日期 接收日期 捐赠时间 使用日期"),
    ),
    Field(
        "summary",
        "内容",
        required=True,
        names=Names.SCAN,
        illness=True,
        synonyms=words("捐赠内容 物资名称 摘要 捐赠项目 事项 用途"),
    ),
    Field(
        "direction",
        "收到还是用出",
        Kind.CHOICE,
        required=True,
        clear=True,
        choices=_SIDES,
        synonyms=words("收支 收/支 收发"),
    ),
    Field(
        "amount",
        "折合金额",
        Kind.MONEY,
        required=True,
        clear=True,
        unit="元",
        synonyms=words("金额 价值 捐赠金额 折价 折合价值"),
    ),
    Field(
        "category", "捐的是什么", Kind.CHOICE, clear=True, choices=KINDS, synonyms=words("类别 捐赠类型 类型 捐赠方式")
    ),
    Field(
        "counterparty",
        "捐赠人或受益人",
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words("捐赠人 捐赠单位 捐赠单位或个人 捐赠方 受益人 领取人 捐赠者"),
    ),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "occurred_on": "2026-08-02",
        "summary": "抗旱水泵三台",
        "in": 5400,
        "category": "东西",
        "counterparty": "青禾农机公司",
    },
    {
        "occurred_on": "2026-08-10",
        "summary": "修老年活动室",
        "in": 2000,
        "category": "钱",
        "counterparty": "不愿留名的村民",
    },
    {"occurred_on": "2026-08-20", "summary": "水泵分给二组、四组、五组", "out": 5400, "category": "东西"},
)


def check_row(facts: Facts) -> list[Fault]:
    """A gift has a value; kind without one is worth asking for."""
    if isinstance(facts.get("amount"), int) and facts["amount"] <= 0:
        return [
            Fault(
                Severity.CONFIRM,
                "gift_without_value",
                "折合金额不是正数。对吗？",
                "东西请估一个价；写错了就改。",
                "amount",
            )
        ]
    return []


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many gifts and uses; received and used, in fen."""
    return {
        "rows": len(rows),
        "income_fen": sum(int(one["amount"]) for one in rows if one.get("direction") == "in"),
        "expense_fen": sum(int(one["amount"]) for one in rows if one.get("direction") == "out"),
    }


DONATIONS: Final = Section(
    name="donations",
    title="捐赠款物",
    shape=Shape.FLOW,
    cadences=(Cadence.QUARTER, Cadence.YEAR, Cadence.MONTH),
    fields=_FIELDS,
    extras=(
        IGNORED,
        Extra(Role.IN_AMOUNT, words("收到金额 收入 捐入金额")),
        Extra(Role.OUT_AMOUNT, words("用出金额 支出 使用金额")),
    ),
    what="谁给村里捐了什么，用到哪里去了。",
    promoted={
        "occurred_on": "occurred_on",
        "direction": "direction",
        "amount_fen": "amount",
        "category": "category",
        "counterparty": "counterparty",
    },
    check_row=check_row,
    totals=totals,
    headline="summary",
    board=(
        BoardColumn("occurred_on", 19),
        BoardColumn("summary"),
        BoardColumn("counterparty", 36),
        BoardColumn("amount", 28, "收到（元）", "income_fen", "in"),
        BoardColumn("amount", 28, "用出（元）", "expense_fen", "out"),
    ),
    tile="donations",
    order=36,
    family=Family.MONEY,
    unit="笔",
    example=_EXAMPLE,
    line=("occurred_on", "category"),
)
