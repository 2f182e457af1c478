"""A cell becomes the value of a field: the right reader for its kind, private numbers taken out (decision 9)."""

import difflib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from villagehub.kernel.illness import HIDDEN_ILLNESS, hide_illness, mentions_illness
from villagehub.kernel.masking import names_mentioned
from villagehub.kernel.period import Period
from villagehub.kernel.private_numbers import (
    HIDDEN,
    PrivateKind,
    find_private_numbers,
    hide_numbers,
    is_id_number,
    mask_for_problem,
    normal_id,
)
from villagehub.ledgers.amounts import read_decimal, read_money, read_whole
from villagehub.ledgers.cells import (
    NOTHING,
    Raw,
    Read,
    Trouble,
    as_text,
    fault,
    is_nothing,
    narrow,
    read_name,
    read_text,
)
from villagehub.ledgers.dates import read_day
from villagehub.ledgers.vocabulary import normal
from villagehub.sections.base import Choice, Field, Kind, Names
from villagehub.sections.parts import entries_on_one_line

_YES: Final = frozenset(("是", "有", "√", "✓", "☑", "y", "yes", "1", "true", "对"))
_NO: Final = frozenset(("否", "无", "没有", "×", "✗", "x", "n", "no", "0", "false", "不是"))
_LONGEST_CHOICE: Final = 60


@dataclass(slots=True)
class Seen:
    """What was noticed beside the value: numbers for comparing, and things that were taken out of the text."""

    matches: list[tuple[str, str]] = field(default_factory=list)
    notes: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a reader must know about the sheet and the task."""

    period: Period | None = None
    year: int | None = None
    epoch_1904: bool = False


def read_value(one: Field, raw: Raw, setting: Setting, seen: Seen, *, unit_fen: int = 100) -> Read:
    """Reads a cell for a field that may be stored. Never called for NEVER-class fields."""
    match one.kind:
        case Kind.MONEY:
            return read_money(raw, unit_fen=unit_fen, epoch_1904=setting.epoch_1904)
        case Kind.DATE | Kind.PARTIAL_DATE:
            return read_day(
                raw,
                period=setting.period,
                year=setting.year,
                epoch_1904=setting.epoch_1904,
                partial=one.kind is Kind.PARTIAL_DATE,
            )
        case Kind.DECIMAL:
            return _quantity(one, raw)
        case Kind.WHOLE:
            return read_whole(raw)
        case Kind.YES_NO:
            return _yes_or_no(one, raw)
        case Kind.CHOICE:
            return _choice(one, raw, seen)
        case Kind.TEXT:
            return _text(one, raw, seen)


_OTHER_AREA: Final = re.compile(r"(?:平方米|平米|㎡|m²|m2|公顷|ha|平方公里)$", re.I)


def _quantity(one: Field, raw: Raw) -> Read:
    """A number; one of 亩 that says another measure behind it is not taken for 亩."""
    found = _OTHER_AREA.search(as_text(raw).strip()) if one.unit == "亩" and isinstance(raw, str) else None
    if found:
        return fault(
            "other_unit",
            f"“{mask_for_problem(as_text(raw))}”写的是{found.group()}，这一栏要写亩。",
            "请换算成亩：1 公顷是 15 亩，667 平方米约 1 亩。",
        )
    return read_decimal(raw)


def _text(one: Field, raw: Raw, seen: Seen) -> Read:
    if one.parts and isinstance(raw, str) and len(raw.splitlines()) > 1:
        raw = entries_on_one_line(raw)
    is_name = one.names is Names.MASK_PERSON or one.name in ("recipient", "name")
    read = read_name(raw) if is_name else read_text(raw, identifier=one.identifier)
    if not isinstance(read.value, str):
        return read
    found = find_private_numbers(read.value)
    if one.identifier and found:
        return fault(
            "number_like_private",
            f"“{mask_for_problem(read.value)}”像一个人的证件号、手机号或卡号。",
            "编号请在前面加字母，例如 ZC-0001；真是个人号码就删掉。",
        )
    value, doubt = read.value, read.doubt
    if one.contact and found and all(number.kind is PrivateKind.PHONE for number in found):
        doubt = Trouble(
            "work_mobile", "这是手机号。本人同意公开这个工作号码吗？", "同意就确认；不同意就换成办公室电话。"
        )
    elif found:
        for number in found:
            seen.matches.append((number.kind.value, _for_matching(number.kind.value, number.plain)))
        value = hide_numbers(value)
        kinds = "、".join(dict.fromkeys(HIDDEN[number.kind] for number in found))
        what = {PrivateKind.ID: "证件号", PrivateKind.PHONE: "手机号", PrivateKind.CARD: "卡号"}
        names = "、".join(dict.fromkeys(what[number.kind] for number in found))
        seen.notes.append(
            Trouble("private_number_hidden", f"里有{names}，存下和公开时写成“{kinds}”。", "最好在表里也删掉。")
        )
    if one.illness and mentions_illness(value):
        value = hide_illness(value)
        seen.notes.append(
            Trouble("illness_hidden", f"里写了病情，存下时写成“{HIDDEN_ILLNESS}”。", "最好在表里也删掉。")
        )
    elif one.names is Names.SCAN and mentions_illness(value) and names_mentioned(value) and doubt is None:
        doubt = Trouble("illness_and_name", "里既有人名又有病情。公开合适吗？", "请改成“困难慰问”这样的写法。")
    return Read(value, doubt=doubt, repaired=read.repaired and value == read.value)


def _for_matching(kind: str, plain: str) -> str:
    if kind == PrivateKind.ID:
        return normal_id(plain)
    return plain[-11:] if kind == PrivateKind.PHONE else plain


@lru_cache(maxsize=1024)
def _spellings(choice: Choice) -> frozenset[str]:
    return frozenset((*(normal(text) for text in (choice.label, *choice.synonyms)), choice.key))


def _choice(one: Field, raw: Raw, seen: Seen) -> Read:
    if is_nothing(raw) and not any("无" in choice.synonyms or "-" in choice.synonyms for choice in one.choices):
        return Read()
    read = read_text(raw)
    if not isinstance(read.value, str):
        text = as_text(raw).strip()
        if not text:
            return read
    else:
        text = read.value
    wanted = normal(text) or text
    for choice in one.choices:
        if wanted in _spellings(choice) or text in choice.synonyms:
            return Read(choice.key, doubt=read.doubt)
    if text in NOTHING:
        return Read()
    shown = mask_for_problem(text)
    labels = [choice.label for choice in one.choices]
    near = difflib.get_close_matches(text, labels, 1, 0.5)
    hint = f"是不是“{near[0]}”？" if near else ""
    if not one.open_choice:
        listed = "、".join(labels)
        return fault("unknown_choice", f"“{shown}”认不出来。{hint}", f"请写其中一个：{listed}。")
    if len(text) > _LONGEST_CHOICE:
        return fault(
            "choice_too_long",
            f"写了 {len(text)} 个字，不像{one.heading}。",
            f"{one.heading}请写短一些，说明写到备注里。",
        )
    value = hide_numbers(text)
    if value != text:
        seen.notes.append(Trouble("private_number_hidden", "里有个人号码，存下时已隐去。", "最好在表里也删掉。"))
    listed = "、".join(labels[:6]) + ("等" if len(labels) > 6 else "")
    return Read(
        value,
        doubt=Trouble(
            "unknown_choice",
            f"“{shown}”不在{one.heading}表里。{hint}要照原样写吗？",
            f"照原样就确认；也可以改成{listed}。",
        ),
    )


def _yes_or_no(one: Field, raw: Raw) -> Read:
    if raw is None or isinstance(raw, bool):
        return Read(raw)
    text = normal(as_text(raw))
    if not text or (text in NOTHING and text not in _NO):
        return Read()
    known = next((choice.key for choice in one.choices if text in _spellings(choice)), None)
    if known is not None or text in _YES or text in _NO:
        return Read(known == "yes" if known is not None else text in _YES)
    said = "、".join(choice.label for choice in one.choices) or "是、否"
    return fault("not_yes_or_no", f"“{mask_for_problem(as_text(raw))}”看不出是还是否。", f"请写：{said}。")


def read_never(one: Field, raw: Raw, seen: Seen) -> Read:
    """A column that is dropped. Its number, if it is compared, goes into ``seen.matches``; nothing is kept or quoted."""
    if is_nothing(raw) or not one.match:
        return Read()
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) >= 1e15:
        return _lost(one)
    text = re.sub(r"[\s\-‐–—·]", "", narrow(as_text(raw))).upper()
    if re.fullmatch(r"\d+(?:\.\d+)?E\+?\d+", text, re.ASCII):
        return _lost(one)
    if one.match == PrivateKind.ID and re.fullmatch(r"\d{15}|\d{17}[\dX]", text, re.ASCII):
        seen.matches.append((one.match, normal_id(text)))
        if not is_id_number(text):
            return Read(
                doubt=Trouble("id_checksum", "号码的最后一位对不上，可能抄错了。", "请对照证件核对；没错就确认。")
            )
    elif one.match == PrivateKind.CARD and re.fullmatch(r"\d{8,30}", text, re.ASCII):
        seen.matches.append((one.match, text))
    elif one.match == PrivateKind.PHONE and re.fullmatch(r"(?:86)?1[3-9]\d{9}", text, re.ASCII):
        seen.matches.append((one.match, text[-11:]))
    return Read()


def _lost(one: Field) -> Read:
    return fault(
        "lost_digits",
        "号码被 Excel 当成了数字，后几位已经变成 0，补不回来。",
        f"请把“{one.heading}”一列设成“文本”格式，照原件重新填。",
    )
