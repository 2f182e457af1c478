"""给别的数据标准对照: which of our columns are what in Fiscal Data Package and OCDS, and what has no place there.

Notes for whoever joins these data with others'; nothing here is exported in either format.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Pair:
    """One of our fields beside the other standard's name."""

    field: str
    other: str
    """Empty: it has no place there."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """One section beside one standard."""

    section: str
    standard: str
    address: str
    what: str
    pairs: tuple[Pair, ...]
    apart: tuple[str, ...]
    """What whoever converts has to know."""


MAPPINGS: Final = (
    Mapping(
        "finance",
        "Fiscal Data Package（财政数据包）",
        "https://specs.frictionlessdata.io/fiscal-data-package/",
        "右边是它的列类型（columnType），照 OpenSpending 的列类型表写。",
        (
            Pair("occurred_on", "date:generic"),
            Pair("amount", "value", "我们写的是分，除以 100 才是元；币种是人民币（CNY）。"),
            Pair("direction", "direction", "我们写 in、out；它说的是 revenue（收入）、expenditure（支出）。"),
            Pair("category", "economic-classification:generic:code:full", "村里的收支类别，不是 GFSM，也不是 COFOG。"),
            Pair("account_code", "economic-classification:generic:code:full", "要按会计科目分，就用它，不用类别。"),
            Pair("account_name", "economic-classification:generic:label"),
            Pair("counterparty", "recipient:generic:name", "只在支出时是收款人。个人只有姓，写成“孙**”。"),
            Pair("voucher_no", "", "凭证号每月从头编，不能单独当编号用；编号请用 no。"),
            Pair("summary", ""),
        ),
        (
            "我们记的是已经收了、付了的钱，不是预算。",
            "金额是负数的，是冲减（红字），不要丢掉，否则合计对不上。",
            "期初、期末结余不在行里，在每一号公开的 totals 里。",
        ),
    ),
    Mapping(
        "contracts",
        "OCDS 1.1（开放合同数据标准）",
        "https://standard.open-contracting.org/1.1/en/",
        "右边是一份 release 里的位置。",
        (
            Pair("contract_no", "contracts/id"),
            Pair("title", "contracts/title"),
            Pair("signed_on", "contracts/dateSigned", "我们可以只写到年或月；它要写全日期和时间。"),
            Pair("starts_on", "contracts/period/startDate", "同上。"),
            Pair("ends_on", "contracts/period/endDate", "同上。"),
            Pair("whole", "contracts/value/amount", "我们写的是分，除以 100 才是元；currency 写 CNY。"),
            Pair("party_a", "parties/name", "发包方。它是买方（buyer）还是卖方，要看合同类型。"),
            Pair("party_b", "parties/name", "承包方。工程、采购、服务类的是 supplier。个人只有姓。"),
            Pair("kind", "", "只有工程、采购、服务是买东西、请人做事；发包、租赁、转让是村里收钱。"),
            Pair("rent", "", "一年的租金。它没有按年收的金额这一项。"),
            Pair("arrears", ""),
        ),
        (
            "OCDS 的每一份要有 ocid、id、date、tag、initiationType，我们没有申请 ocid 前缀，所以不直接出 OCDS 文件。",
            "它要求每份合同写明依据哪一次中标（awardID），我们的台账里没有。",
            "我们这里的合同多数是村里收钱的，按买东西的样子去合计会弄反方向。",
        ),
    ),
)
