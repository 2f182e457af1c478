"""Forms of the room, read once at the rim."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.kernel.refused import Refused
from villagehub.supervision.stages import VILLAGE_MOVES, Move


class NoSuchDay(Refused):
    """The date field holds no day."""

    code = "no_such_day"
    message = "没有看懂日期“{text}”。"
    fix = "请写成 2026-11-25 这样。"
    status = 422


class NoDay(Refused):
    """The date field is empty."""

    code = "no_day"
    message = "还没有写日期。"
    fix = "请选一个日期。"
    status = 422


def read_day(text: str) -> date:
    """A day as a date field sends it, or as people type it with dots or slashes; raises NoDay, NoSuchDay."""
    if not text.strip():
        raise NoDay()
    flat = text.strip().replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-").rstrip("日")
    try:
        year, month, day = (int(one) for one in flat.split("-"))
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise NoSuchDay(text=text[:20]) from None


@dataclass(frozen=True, slots=True)
class WaiverForm:
    """What the township typed to put a day off."""

    section: str
    period: Period
    entity: str
    group_no: str
    until: date
    reason: str


def read_waiver_form(typed: Mapping[str, str]) -> WaiverForm:
    """Raises BadPeriod, NoDay, NoSuchDay; the action judges the rest."""
    section, period, entity, group_no = (*typed.get("account", "").split("/", 3), "", "", "")[:4]
    return WaiverForm(
        section,
        Period.read(period, today=clock.today()),
        entity or "committee",
        group_no,
        read_day(typed.get("until", "")),
        typed.get("reason", ""),
    )


class NoMove(Refused):
    """Nothing was chosen, or what the other side does."""

    code = "no_move"
    message = "还没有选怎么处理。"
    fix = "请在下面选一项，再交一次。"
    status = 422


def read_move(text: str, *, of_village: bool) -> Move:
    """The move that a form names, if it belongs to this side; raises NoMove."""
    if text not in list(Move) or text == Move.ASK or (Move(text) in VILLAGE_MOVES) is not of_village:
        raise NoMove()
    return Move(text)


def read_number(text: str) -> int | None:
    """A whole number as people type it, also 第 3 号; None where there is none."""
    digits = "".join(one for one in text if one.isascii() and one.isdigit())
    return int(digits[:12]) if digits else None
