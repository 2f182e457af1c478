"""Amounts of money as clerks write them, made exact fen; never through float arithmetic."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from villagehub.kernel.money import LARGEST_FEN, yuan
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.ledgers.cells import Raw, Read, Trouble, bare, exact, fault, is_nothing, narrow, plain_number
from villagehub.ledgers.numerals import capital_amount
from villagehub.ledgers.quick import plain_fen

UNITS: Final = {
    "元": 100,
    "百元": 10_000,
    "千元": 100_000,
    "万元": 1_000_000,
    "百万元": 100_000_000,
    "亿元": 10_000_000_000,
}
"""How many fen one of each unit is."""
_NAMES: Final = {fen: name for name, fen in UNITS.items()}


def in_unit(fen: int, unit_fen: int) -> str:
    """An amount as the column holds it, with yuan in brackets where the column is in another unit."""
    if unit_fen == UNITS["元"]:
        return yuan(fen)
    return f"{bare_in_unit(fen, unit_fen)} {_NAMES[unit_fen]}（{yuan(fen)} 元）"


def bare_in_unit(fen: int, unit_fen: int) -> str:
    """An amount as it is typed into a column of this unit."""
    return yuan(fen) if unit_fen == UNITS["元"] else plain_number(Decimal(fen) / unit_fen)


_FACTORS: Final = {"": 1, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000}
_PREFIX: Final = re.compile(r"^(?:人民币|rmb|cny|[¥$元])[:：]?\s*", re.IGNORECASE)
_NUMBER: Final = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+|(?=\.\d))(?:\.(?P<decimals>\d*))?\s*"
    r"(?P<unit>百万|千万|千|万|亿)?(?:元|圆|块)?(?:整|正)?",
    re.ASCII,
)
_YUAN_JIAO: Final = re.compile(r"(\d{1,9})元(?:(\d)角)?(?:(\d)分)?(?:整|正)?", re.ASCII)
_REFUNDED: Final = re.compile(r"([\d.,]+元?)\s*\(\s*(?:已|含|其中)?(?:全额)?退款?[^()]*\)")
_EXPONENT: Final = re.compile(r"[+-]?\d*\.?\d+e[+-]?\d+", re.ASCII | re.IGNORECASE)
_QUANTITY: Final = re.compile(
    r"(-?(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,12})(?:\.\d{1,8})?)\s*[\u4e00-\u9fff/²㎡]{0,6}", re.ASCII
)
"""A comma stands before three digits or nowhere: ``12,5`` is no 125."""
_NOT_A_NUMBER: Final = "请写 1200 或 1,200.00 这样的数字。"


def _of_decimal(value: Decimal, unit_fen: int, *, repaired: bool) -> Read:
    if not value.is_finite() or value.adjusted() > 20:
        return fault("amount_too_large", "不是一个合理的金额。", "请核对这一格，写成 1200.00 这样的数字。")
    fen = value * unit_fen
    if abs(fen) > LARGEST_FEN:
        return fault("amount_too_large", "比 1000 亿元还大。", "请核对金额和单位（元还是万元）。")
    whole = fen.quantize(Decimal(1), ROUND_HALF_UP)
    if whole == fen:
        return Read(int(whole), repaired=repaired)
    if whole == 0:
        return fault("below_one_fen", f"{plain_number(fen / 100)} 元不到一分钱。", "请核对金额。")
    return Read(
        int(whole),
        doubt=Trouble(
            "more_than_two_decimals",
            f"{value:f} 比“分”还细。要按 {yuan(int(whole))} 元记吗？",
            f"是就确认；不是就{_decimals_in(unit_fen)}。",
        ),
    )


def _decimals_in(unit_fen: int) -> str:
    """How finely an amount may be written: in 万元, two decimals would be whole hundreds of yuan."""
    if unit_fen == UNITS["元"]:
        return "改成两位小数"
    return f"改，最多写{'零一二三四五六七八九十'[len(str(unit_fen)) - 1]}位小数"


def _of_day(raw: date, unit_fen: int, epoch_1904: bool) -> Read:
    day = raw.date() if isinstance(raw, datetime) else raw
    serial = (day - (date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30))).days
    return Read(
        serial * unit_fen,
        doubt=Trouble(
            "amount_shown_as_day",
            f"这一格在 Excel 里显示成日期 {day.isoformat()}，里面的数是 {serial}。金额是 {yuan(serial * unit_fen)} 元吗？",
            "是就确认，并把这一格改成“数值”格式；不是就改成真的金额。",
        ),
    )


def _of_text(raw: str, unit_fen: int) -> Read:
    text = narrow(raw).lower().replace("，", ",").strip()
    text = re.sub(r"[\u2010-\u2015\u2212\ufe63]", "-", text)
    shown = mask_for_problem(raw)
    sign = 1
    in_brackets = re.fullmatch(r"\((.+)\)", text)
    if in_brackets:
        text, sign = in_brackets.group(1).strip(), -1
    text = _PREFIX.sub("", text)
    if text[:1] in ("-", "负", "△", "▲", "+") or text.endswith("-"):
        if sign < 0:
            return fault("not_a_number", f"“{shown}”写了两个负号。", _NOT_A_NUMBER)
        sign = 1 if text.startswith("+") else -1
        text = (text[:-1] if text.endswith("-") else text[1:]).strip()
        text = _PREFIX.sub("", text)
    if _EXPONENT.fullmatch(text):
        return fault(
            "scientific_notation", f"“{shown}”是科学记数法，看不出原来的数。", "请把这一格设成“数值”格式，写全数字。"
        )
    capital = capital_amount(raw)
    if capital is not None:
        return Read(capital, repaired=True)
    parts = _YUAN_JIAO.fullmatch(text)
    if parts and (parts[2] or parts[3]):
        return Read(sign * (int(parts[1]) * 100 + int(parts[2] or 0) * 10 + int(parts[3] or 0)), repaired=True)
    match = _NUMBER.fullmatch(text)
    if match is None:
        paid = _REFUNDED.fullmatch(text)
        return _refunded(paid[1], shown, unit_fen) if paid and sign > 0 else _no_number(text, shown)
    digits = re.sub(r"[, ]", "", match["digits"] or "0") or "0"
    if len(digits) > 20 or len(match["decimals"] or "") > 20:
        return fault("amount_too_large", "不是一个合理的金额。", "请核对这一格，写成 1200.00 这样的数字。")
    value = sign * Decimal(f"{digits}.{match['decimals'] or '0'}")
    if match["unit"] is not None:
        return _of_decimal(value, UNITS["元"] * _FACTORS[match["unit"]], repaired=True)
    says_yuan = any(mark in text for mark in "元圆块")
    plain = re.fullmatch(r"-?\d+(\.\d+)?", bare(raw), re.ASCII) is not None
    return _of_decimal(value, 100 if says_yuan else unit_fen, repaired=not plain)


def _in_dollars(raw: str, fen: int) -> Trouble:
    """Spreadsheets that were set up for America write the sign before any money; nobody can tell which is meant."""
    return Trouble(
        "dollar_sign",
        f"“{mask_for_problem(raw)}”写着美元的符号。按人民币 {yuan(fen)} 元记吗？",
        "是就确认；真是美元就折成人民币，备注里写上汇率。",
    )


def _refunded(paid: str, shown: str, unit_fen: int) -> Read:
    """100.00(已退款20.00): the amount that was paid, and the question what became of the refund."""
    read = _of_text(paid, unit_fen)
    if not isinstance(read.value, int):
        return read
    return Read(
        read.value,
        doubt=Trouble(
            "refund_inside",
            f"“{shown}”里写着退款。这里按 {yuan(read.value)} 元记，退款要另有一笔。对吗？",
            "另有一笔就确认；没有就补上退款那一笔，或把这一格改成实际的数。",
        ),
    )


def _no_number(text: str, shown: str) -> Read:
    if re.fullmatch(r"[\d.,' ]+", text, re.ASCII):
        return fault(
            "unclear_separator",
            f"“{shown}”里的逗号、点或撇号看不出是千分位还是小数点。",
            "请写 1234.56 或 1,234.56。",
        )
    if re.match(r"[\d.,]+[(（]", text):
        return fault("not_a_number", f"“{shown}”里数字后面还写了字。", "这一格只写数字，说明写到备注里。")
    return fault("not_a_number", f"“{shown}”不是数字。", _NOT_A_NUMBER)


def read_money(raw: Raw, *, unit_fen: int = 100, epoch_1904: bool = False) -> Read:
    """An amount in fen; ``unit_fen`` is the column's unit. More than two decimals and odd shapes are questions or faults.

    A zero is a zero; ``-``, ``/`` and 无 are nothing.
    """
    read = _read_money(raw, unit_fen, epoch_1904)
    if unit_fen != UNITS["元"] and read.fault is not None and read.fault.fix == _NOT_A_NUMBER:
        return replace(read, fault=replace(read.fault, fix=_example_in(unit_fen)))
    return read


def _example_in(unit_fen: int) -> str:
    """In a column of another unit, whoever follows an example in yuan is wrong by a factor."""
    unit = next(name for name, fen in UNITS.items() if fen == unit_fen)
    number = Decimal(1_200 * UNITS["元"]) / unit_fen
    return f"这一列的单位是{unit}：1,200 元请写 {number.normalize():f}，或者连单位写成 1200元。"


def _read_money(raw: Raw, unit_fen: int, epoch_1904: bool) -> Read:
    if unit_fen == UNITS["元"] and (fen := plain_fen(raw)) is not None:
        return Read(fen)
    if isinstance(raw, str):
        if is_nothing(bare(raw)):
            return Read()
        if raw.lstrip().startswith("#"):
            return fault("formula_error", f"“{mask_for_problem(raw)}”是公式出错的结果。", "请改好公式，或直接写数字。")
        read = _of_text(raw, unit_fen)
        dollars = "$" in narrow(raw) and read.doubt is None and isinstance(read.value, int)
        return replace(read, doubt=_in_dollars(raw, int(read.value or 0))) if dollars else read
    if raw is None:
        return Read()
    if isinstance(raw, bool | time | timedelta):
        return fault("not_a_number", f"“{raw}”不是数字。", _NOT_A_NUMBER)
    if isinstance(raw, date):
        return _of_day(raw, unit_fen, epoch_1904)
    if isinstance(raw, int):
        return _of_decimal(Decimal(raw), unit_fen, repaired=False)
    return _of_decimal(exact(raw), unit_fen, repaired=False)


def read_decimal(raw: Raw) -> Read:
    """A quantity, an area, a rate: plain decimal text. More than six decimals are rounded, and that is told as a repair."""
    if is_nothing(raw):
        return Read()
    if isinstance(raw, bool | date | time | timedelta):
        return fault("not_a_number", f"“{raw}”不是数字。", _NOT_A_NUMBER)
    if isinstance(raw, int | float):
        value = exact(float(raw)) if isinstance(raw, float) else Decimal(raw)
        text = ""
    else:
        text = narrow(str(raw)).replace("，", ",")
        match = _QUANTITY.fullmatch(text)
        if match is None:
            return fault("not_a_number", f"“{mask_for_problem(raw)}”不是数字。", "这一格只写数字，例如 12.5。")
        value = Decimal(match.group(1).replace(",", ""))
    if not value.is_finite() or abs(value) >= 10**12:
        return fault("number_too_large", "数字太大。", "请核对这一格。")
    rounded = value.quantize(Decimal("0.000001"), ROUND_HALF_UP)
    written = f"{rounded:f}".rstrip("0").rstrip(".") or "0"
    return Read(written, repaired=(bool(text) and text != written) or rounded != value)


def read_whole(raw: Raw) -> Read:
    """A whole number, such as a count."""
    read = read_decimal(raw)
    if read.fault or read.value is None:
        return read
    if "." in read.value:
        return fault("not_whole", f"{read.value} 不是整数。", "这一格只写整数。")
    return Read(int(read.value), repaired=read.repaired)
