"""Jinja filters: money and days as ux.md §8 writes them, in one place."""

from datetime import date, datetime

from flask import Flask

from villagehub.kernel.clock import SHANGHAI, local_day
from villagehub.kernel.money import signed_yuan, wan, yuan


def day(value: date | datetime, *, year: bool = True) -> str:
    """``2026年9月18日``, without the year ``9月18日``; a moment counts as its day in Asia/Shanghai."""
    found = local_day(value) if isinstance(value, datetime) else value
    return f"{found.year}年{found.month}月{found.day}日" if year else f"{found.month}月{found.day}日"


def moment(value: datetime) -> str:
    """``9月18日 14:05`` in Asia/Shanghai, for what happened just now."""
    return f"{day(value, year=False)} {value.astimezone(SHANGHAI):%H:%M}"


def size(count: int) -> str:
    """Bytes beside a download: ``7 KB`` rounded up, from 1000 KB on ``1.2 MB``."""
    kilobytes = max(1, -(-count // 1024))
    return f"{kilobytes} KB" if kilobytes < 1000 else f"{kilobytes / 1024:.1f} MB"


def tel(value: str) -> str:
    """A phone number as a link dials it: digits only."""
    return "".join(one for one in value if one.isdigit())


def register(app: Flask) -> None:
    """``|yuan`` exact, ``|wan`` for sentences, ``|signed(direction)`` for entries, ``|day``, ``|moment``, ``|size``, ``|tel``."""
    app.jinja_env.filters.update(yuan=yuan, wan=wan, signed=signed_yuan, day=day, moment=moment, size=size, tel=tel)
