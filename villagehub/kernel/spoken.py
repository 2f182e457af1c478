"""Numbers in Chinese numerals, and amounts as they are said aloud: 三十五万五千七百三十三元六角六分. Pure."""

from typing import Final

_DIGITS: Final = "零一二三四五六七八九"


def _below_ten_thousand(value: int) -> str:
    written, gap = "", False
    for step, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, step)
        if digit:
            written += ("零" if gap else "") + _DIGITS[digit] + mark
            gap = False
        elif written:
            gap = True
    return written


def written(value: int) -> str:
    """A whole number from 0 to 10^12 as it is written properly: ``1002`` → ``一千零二``."""
    text = ""
    for unit, mark in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, value = divmod(value, unit)
        if part:
            text += ("零" if text and part < 1000 else "") + _below_ten_thousand(part) + mark
        elif text and value and not text.endswith("零"):
            text += "零"
    return text.replace("零零", "零") or "零"


def spoken_number(number: int) -> str:
    """A whole number as it is said: 一十 at its beginning is only 十, and below zero it begins with 负."""
    if number < 0:
        return f"负{spoken_number(-number)}"
    said = written(number)
    return said[1:] if said.startswith("一十") else said


def group_words(number: str) -> str:
    """What a group of villagers is called by its local number, everywhere alike: ``3`` → ``三组``, ``12`` → ``十二组``. A
    number that is none in figures keeps its words and is a 组 all the same.
    """
    if number.isascii() and number.isdigit() and len(number) < 5:
        return f"{spoken_number(int(number))}组"
    return number if number.endswith("组") else f"{number}组"


def spoken_yuan(fen: int) -> str:
    """An amount in fen: 一千零五元, 八角, 三元零五分, 零元."""
    if fen < 0:
        return f"负{spoken_yuan(-fen)}"
    whole, cents = divmod(fen, 100)
    tens, ones = divmod(cents, 10)
    said = f"{spoken_number(whole)}元" if whole or not cents else ""
    if tens:
        said += f"{_DIGITS[tens]}角"
    elif ones and said:
        said += "零"
    return said + (f"{_DIGITS[ones]}分" if ones else "")
