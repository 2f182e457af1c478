"""Rows that are no entries: totals, page headers, opening and closing balances, footers, labels (domain §4). Pure."""

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Mark(StrEnum):
    """What a row is, by the words in it."""

    TOTAL = "total"
    RUNNING = "running"
    """Sums over more than this sheet (本年累计, 承前页): set aside, not compared."""
    OPENING = "opening"
    CLOSING = "closing"
    BANK = "bank"
    CASH = "cash"
    FOOTER = "footer"
    INCOME_LABEL = "income_label"
    EXPENSE_LABEL = "expense_label"


WHY: Final = {
    Mark.TOTAL: "合计行，只用来核对",
    Mark.RUNNING: "累计或转页的行，不是一笔账",
    Mark.OPENING: "期初余额",
    Mark.CLOSING: "期末余额",
    Mark.BANK: "银行存款余额",
    Mark.CASH: "现金余额",
    Mark.FOOTER: "表尾（制表、审核等）",
    Mark.INCOME_LABEL: "收入部分的标题",
    Mark.EXPENSE_LABEL: "支出部分的标题",
}

_SPAN: Final = (
    r"(?:本|当|全|上|下)?(?:[页月季年期日]度?|半年)|[一二三四]季度|\d{1,2}月份?|20\d\d年度?|[一二三四五六七八九十]+组"
)
_TOTAL: Final = re.compile(
    rf"(?:{_SPAN})*(?:收入|支出|收支|发生额|资产|金额|补贴|人数|.{{1,10}}类|.{{1,8}}组|.{{1,8}}村)?"
    r"(?:小计|合计|总计|共计|总合计|合计数|总额)(?:金额|数|额)?"
    r"(?:\(?(?:人民币|大写|小写)+\)?)?(?:[:]?(?:人民币|[¥￥])?[零〇一二三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟元圆角分整正\d,.]+)?"
)
_RUNNING: Final = re.compile(
    rf"(?:{_SPAN})*(?:收入|支出|收支|发生额)?(?:累计|累计数|累计发生额)|承前页|承上页|过次页|转次页|转下页|接上页|上页结转|"
    r"结转下[页年期月]"
)
_OPENING: Final = re.compile(
    r"(?:期初|年初|月初|季初|上期|上月|上季度?|上年度?|去年|承前|以前年度)(?:末)?(?:账面)?"
    r"(?:余额|结余|结转|结存|数|余款|结转余额|结余数|转入|资金结余)"
)
_CLOSING: Final = re.compile(
    r"(?:期末|年末|月末|季末|本期|本月|本季度?|本年度?|账面|现有|累计)?(?:末)?(?:账面)?(?:余额|结余|结存|结余数|资金结余|结余金额|余额合计)"
)
_BANK: Final = re.compile(r"(?:其中)?[:：]?(?:期末|账面)?银行(?:存款)?(?:余额|结余|账户余额)?")
_CASH: Final = re.compile(r"(?:其中)?[:：]?(?:期末|账面)?(?:库存)?现金(?:余额|结余)?")
_FOOTER: Final = re.compile(
    r"(?:制表|编制|填表|填报|复核|审核|审批|签批|监督|监委|村监委|监事|理财|民主理财|财务负责|单位负责|负责人|村.{0,8}(?:主任|书记|签字|盖章|支书)|"
    r"支部书记|书记|主任|会计|出纳|报账员|报账|记账|经办|经手人签|公开时间|公示时间|公开日期|公示日期|公示期|公示单位|举报电话|监督电话|"
    r"咨询电话|联系电话|盖章|签字|日期|注|说明|备注|附注|附件|填表日期|年月日).{0,12}?[:：].*|"
    r"(?:注|说明|备注)[:：.、].*|(?:\(?(?:公章|盖章|签章)\)?)|第\d+页.*|\d+/\d+页?|20\d\d年\d{1,2}月\d{1,2}日|以下(?:空白|无正文)"
)
_LABEL: Final = re.compile(
    r"(?:[一二三四五六七八九十]+[、.]|[(][一二三四五六七八九十]+[)]|\d+[、.])?(?:本[月季年期]度?|本季度)?(?:财务|各项|村级)?"
    r"(?P<side>收入|支出)(?:部分|类|项目|情况|明细|方面)?[:]?"
)


_ANY: Final = re.compile(
    "|".join(f"(?:{one.pattern})" for one in (_RUNNING, _TOTAL, _OPENING, _BANK, _CASH, _CLOSING, _LABEL))
)


def squeezed(text: str) -> str:
    """A text for comparing with the words above: half-width, without spaces and end punctuation."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return plain.strip("*·.。:,，;；—-_")


def total_mark(text: str) -> Mark | None:
    """Whether a text says that its row is a sum."""
    plain = squeezed(text).strip("()")
    if _RUNNING.fullmatch(plain):
        return Mark.RUNNING
    return Mark.TOTAL if _TOTAL.fullmatch(plain) else None


def balance_mark(text: str) -> Mark | None:
    """Whether a text says that its row is an opening or closing balance, or bank and cash."""
    plain = squeezed(text).strip("()")
    for mark, words in ((Mark.OPENING, _OPENING), (Mark.BANK, _BANK), (Mark.CASH, _CASH), (Mark.CLOSING, _CLOSING)):
        if words.fullmatch(plain):
            return mark
    return None


def label_mark(text: str) -> Mark | None:
    """Whether a text is the label of the income or the expense part of a table."""
    match = _LABEL.fullmatch(squeezed(text))
    if match is None:
        return None
    return Mark.INCOME_LABEL if match["side"] == "收入" else Mark.EXPENSE_LABEL


def is_mark(text: str) -> bool:
    """Whether a text says that its row is a sum, a balance or a label: one of the three above."""
    plain = squeezed(text)
    return _ANY.fullmatch(plain) is not None or _ANY.fullmatch(plain.strip("()")) is not None


def is_footer(text: str) -> bool:
    """Whether a row that begins with this text stands under the table: signatures, dates, notes."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return _FOOTER.fullmatch(plain) is not None
