"""Forms of office pages: shape and wording of what is typed. A section's fields make its row's form."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from villagehub.disclosures.stages import REASON_WORDS
from villagehub.kernel.canonical import one_line
from villagehub.kernel.masking import find_private_numbers, hide_numbers
from villagehub.kernel.money import LARGEST_FEN
from villagehub.kernel.private_numbers import PrivateKind
from villagehub.kernel.refused import Refused
from villagehub.sections.base import Facts, Field, Kind, Section

LONGEST_TEXT: Final = 500
_MONEY: Final = re.compile(r"-?\d{1,14}(\.\d{1,2})?", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})[-./年](\d{1,2})(?:[-./月](\d{1,2})日?|月)?|(\d{4})年?", re.ASCII)


class BadForm(Refused):
    """Some fields are wrong. ``errors`` gives the sentence of each by name."""

    code = "bad_form"
    message = "有 {count} 处要改：{first}"
    fix = "改好后再保存一次；别的内容都还在。"
    status = 422


def _flat(text: str) -> str:
    """Half-width, without commas and spaces: how figures are compared."""
    return re.sub(r"[\s,，￥¥元]", "", unicodedata.normalize("NFKC", text)).replace("−", "-")


def read_money(text: str) -> int:
    """Whole fen from 元 with at most two decimals; raises ValidationError."""
    flat = _flat(text)
    if not _MONEY.fullmatch(flat):
        raise ValidationError(f"“{text[:20]}”不是金额。请写 1200 或 1,200.00。")
    fen = int(Decimal(flat) * 100)
    if abs(fen) > LARGEST_FEN:
        raise ValidationError("金额太大了，请核对单位是不是元。")
    return fen


def _read_date(text: str, *, partial: bool) -> str:
    found = _DATE.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    parts = [int(one) for one in (found.groups() if found else ()) if one]
    if not parts or (len(parts) < 3 and not partial):
        raise ValidationError(f"“{text[:20]}”不是日期。请写成 2026年9月18日 或 2026-09-18。")
    try:
        day = date(*[*parts, 1, 1][:3])
    except ValueError:
        raise ValidationError(f"{text[:20]} 没有这一天。请对照票据改成真实的日期。") from None
    return day.isoformat()[: (4, 7, 10)[len(parts) - 1]]


def _read_decimal(text: str) -> str:
    flat = _flat(text)
    if not _DECIMAL.fullmatch(flat):
        raise ValidationError(f"“{text[:20]}”不是数字。请写 12 或 12.40。")
    return f"{Decimal(flat):f}"


def _read_whole(text: str) -> int:
    flat = _flat(text)
    if not re.fullmatch(r"-?\d{1,15}", flat, re.ASCII):
        raise ValidationError(f"“{text[:20]}”不是整数。请写 12 这样的数。")
    return int(flat)


def _read_choice(field: Field, text: str) -> str:
    said = one_line(text)
    for one in field.choices:
        if said in (one.key, one.label, *one.synonyms):
            return one.key
    if field.open_choice:
        return _read_text(field, text)
    raise ValidationError(f"“{text[:20]}”不在可选的里面。请选：{'、'.join(one.label for one in field.choices)}。")


def _read_yes_no(text: str) -> bool:
    found = {"yes": True, "是": True, "no": False, "否": False}.get(text.strip())
    if found is None:
        raise ValidationError("请选“是”或“否”。")
    return found


def _read_text(field: Field, text: str) -> str:
    """One line; personal numbers are taken out before anything is stored (decision 9)."""
    line = one_line(unicodedata.normalize("NFKC", text) if field.identifier else text)
    if len(line) > LONGEST_TEXT:
        raise ValidationError(f"写得太长了，最多 {LONGEST_TEXT} 个字。")
    if field.contact and {one.kind for one in find_private_numbers(line)} <= {PrivateKind.PHONE}:
        return line
    return hide_numbers(line)


def _reader(field: Field) -> Callable[[str], Any]:
    match field.kind:
        case Kind.MONEY:
            return read_money
        case Kind.DATE | Kind.PARTIAL_DATE:
            return lambda text: _read_date(text, partial=field.kind is Kind.PARTIAL_DATE)
        case Kind.DECIMAL:
            return _read_decimal
        case Kind.WHOLE:
            return _read_whole
        case Kind.CHOICE:
            return lambda text: _read_choice(field, text)
        case Kind.YES_NO:
            return _read_yes_no
    return lambda text: _read_text(field, text)


class Typed(fields.Field[Any]):
    """What a person typed for one field of a section; an empty field takes the value out."""

    def __init__(self, field: Field) -> None:
        super().__init__(allow_none=True)
        self._field, self._read = field, _reader(field)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> Any:
        text = str(value)
        if text.strip():
            return self._read(text)
        if self._field.required:
            raise ValidationError(f"“{self._field.heading}”没填。请补上。")
        return None


class Form(Schema):
    """The base of all forms: what is not ours (token, buttons) is left out."""

    class Meta:
        """Unknown fields are dropped."""

        unknown = EXCLUDE


def row_form(section: Section, names: Sequence[str] | None = None) -> Schema:
    """The form of one row: a field for each that may be stored (or for those named), read as its kind asks."""
    wanted = [one for one in section.stored_fields if names is None or one.name in names]
    return Form.from_dict({one.name: Typed(one) for one in wanted}, name=f"{section.name}_row")()


def read_row_form(section: Section, typed: Mapping[str, str]) -> Facts:
    """The facts that were typed (None where a field was emptied); raises BadForm with a sentence for each bad field."""
    try:
        loaded: Facts = row_form(section, list(typed)).load(dict(typed))
    except ValidationError as fault:
        raise bad_form(fault.messages_dict) from None
    return loaded


def bad_form(messages: Mapping[str, Any]) -> BadForm:
    """marshmallow's messages as a refusal: the first sentence of each field."""
    errors = {name: str(found[0] if isinstance(found, list) else found) for name, found in messages.items()}
    return BadForm(count=len(errors), first=next(iter(errors.values())), errors=errors)


class Money(fields.Field[Any]):
    """An amount in 元; empty is None."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int | None:
        return read_money(str(value)) if str(value).strip() else None


class BalancesForm(Form):
    """Opening, bank and cash as the clerk types them; the closing follows from the rows."""

    opening = Money(load_default=None)
    bank = Money(load_default=None)
    cash = Money(load_default=None)


def read_balances(typed: Mapping[str, str]) -> dict[str, int | None]:
    """``opening_fen``, ``bank_fen``, ``cash_fen``; raises BadForm."""
    try:
        loaded = BalancesForm().load(dict(typed))
    except ValidationError as fault:
        raise bad_form(fault.messages_dict) from None
    return {f"{name}_fen": value for name, value in loaded.items()}


REASON_CHOICES: Final = tuple(REASON_WORDS.items())
"""(code, words) of the reasons for a correction, for forms."""
