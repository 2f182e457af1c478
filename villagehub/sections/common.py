"""What several sections say alike: columns that never become a row, remarks, numbers that name one thing only. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from villagehub.kernel.problem import Severity
from villagehub.sections.base import Extra, Facts, Fault, Field, Names, Role, Section, Visible, words

PHONE: Final = Field(
    "private_phone",
    "手机",
    visible=Visible.NEVER,
    match="phone",
    synonyms=words("手机号 手机号码 联系电话 电话 联系方式 电话号码"),
)
ID_NUMBER: Final = Field(
    "private_id",
    "证件号码",
    visible=Visible.NEVER,
    match="id",
    synonyms=words("身份证号 身份证号码 身份证 证件号 公民身份号码"),
)
NOTE: Final = Field("note", "备注", names=Names.SCAN, illness=True, synonyms=("附注", "说明"))
IGNORED: Final = Extra(Role.IGNORED, words("序号 行号 签字 签名 盖章 附件 登记人 登记日期"))


def once(rows: Sequence[Facts], field: str, what: str, *, heading: str = "", named: str = "编号") -> list[Fault]:
    """A number that names one thing stands in one row only; ``what`` is the thing in people's words, ``named`` by what it is
    called. ``heading`` may say first which number is meant.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.get(field):
            places[str(row[field])].append(index)
    return [
        Fault(
            Severity.MUST_FIX,
            f"{field}_repeated",
            f"{heading}“{number}”和{{others}}一样。",
            f"一个{named}只能是{what}，请改成不同的{named}。",
            field,
            found[-1],
            tuple(found[:-1]),
        )
        for number, found in places.items()
        if len(found) > 1
    ]


def total(rows: Sequence[Facts], field: str) -> int:
    """The sum of a field of money, in fen; rows that say nothing add nothing."""
    return sum(int(row.get(field) or 0) for row in rows)


def hundredths(value: Any) -> int:
    """A quantity in hundredths, so that areas add up in whole numbers; nothing is 0."""
    return int((Decimal(str(value or 0)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def quantity(value: Any, unit: str) -> str:
    """A quantity without its unit, as people read it: 亩 with two decimals, more where there are more; all else as written."""
    if unit != "亩":
        return str(value)
    try:
        area = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    exponent = area.as_tuple().exponent
    return f"{area:.2f}" if isinstance(exponent, int) and exponent > -2 else str(value)


def rate_words(rate: Any) -> str:
    """A rate as people read it: 38,000."""
    return f"{Decimal(str(rate)):,f}"


def reckoned_from(section: Section, values: Facts) -> str:
    """What a person's amount comes from, as 3 个月 × 50 元; empty where the row does not say it."""
    if not values.get("basis") or not values.get("rate"):
        return ""
    unit = str(values.get("basis_unit") or section.field_named("basis").unit)
    parts = (quantity(values["basis"], unit), unit, "×", rate_words(values["rate"]), "元")
    return " ".join(one for one in parts if one)


def times(many: Any, rate: Any) -> int:
    """Quantity × rate (yuan) in fen, half a fen upwards."""
    return int((Decimal(str(many)) * Decimal(str(rate)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
