"""Chinese numerals: capital amounts (叁拾元伍角整) and days (二〇二六年三月五日)."""

import re
from typing import Final

from villagehub.kernel.spoken import written

_FORMS: Final = (
    "零〇○",
    "一壹",
    "二贰貳两",
    "三叁參",
    "四肆",
    "五伍",
    "六陆陸",
    "七柒",
    "八捌",
    "九玖",
)
_PLAIN: Final = str.maketrans(
    {mark: "零一二三四五六七八九"[value] for value, marks in enumerate(_FORMS) for mark in marks}
    | {"拾": "十", "佰": "百", "仟": "千", "萬": "万", "億": "亿", "圆": "元", "圓": "元"}
)
_DIGIT: Final = {mark: value for value, mark in enumerate("零一二三四五六七八九")}
_STEP: Final = {"十": 10, "百": 100, "千": 1000}
_NUMBER: Final = "[零一二三四五六七八九十百千万亿]+"
_CAPITAL: Final = re.compile(
    rf"(?P<sign>负)?(?:(?P<yuan>{_NUMBER})元)?零?(?:(?P<jiao>[一二三四五六七八九])角)?零?(?:(?P<fen>[一二三四五六七八九])分)?[整正]?"
)


def _loosely(text: str) -> int:
    total = section = digit = 0
    for mark in text:
        if mark in _DIGIT:
            digit = _DIGIT[mark]
        elif mark in _STEP:
            section += (digit or 1) * _STEP[mark]
            digit = 0
        else:
            section += digit
            total = (total + section) * 10**8 if mark == "亿" else total + section * 10**4
            section = digit = 0
    return total + section + digit


def whole_number(text: str) -> int | None:
    """A number in Chinese numerals, capitals too; None where it is not written properly.

    一千二 is said for 1200 and read as 1002: so what does not read back the same is refused, never guessed.
    """
    plain = text.translate(_PLAIN)
    if not re.fullmatch(_NUMBER, plain) or len(plain) > 30:
        return None
    value = _loosely(plain)
    if value >= 10**12:
        return None
    proper = written(value)
    same = {proper, proper.removeprefix("一") if proper.startswith("一十") else proper}
    return value if plain in same else None


def capital_amount(text: str) -> int | None:
    """An amount in Chinese numerals with 元, 角 or 分, in fen; None where the text is none."""
    plain = "".join(text.split()).translate(_PLAIN)
    match = _CAPITAL.fullmatch(plain.removeprefix("人民币"))
    if match is None or not (match["yuan"] or match["jiao"] or match["fen"]):
        return None
    yuan = whole_number(match["yuan"]) if match["yuan"] else 0
    if yuan is None:
        return None
    fen = yuan * 100 + _DIGIT[match["jiao"] or "零"] * 10 + _DIGIT[match["fen"] or "零"]
    return -fen if match["sign"] else fen


def plain_day(text: str) -> str:
    """A day with Chinese numerals as one with digits: ``二〇二六年三月十五日`` → ``2026年3月15日``; others unchanged."""

    def digits(match: re.Match[str]) -> str:
        marks = match.group().translate(_PLAIN)
        if not set(marks) & set("十百千"):
            return "".join(str(_DIGIT[mark]) for mark in marks)
        value = whole_number(marks)
        return match.group() if value is None else str(value)

    return re.sub(r"[〇○零一二三四五六七八九十]+(?=[年月日号])", digits, text)
