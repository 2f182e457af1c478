"""Jinja filters: money and days as ux.md §8 writes them, in one place."""

from datetime import date, datetime

from flask import Flask

from villagehub.kernel.clock import local_day
from villagehub.kernel.money import signed_yuan, wan, yuan


def day(value: date | datetime, *, year: bool = True) -> str:
    """``2026年9月18日``, without the year ``9月18日``; a moment counts as its day in Asia/Shanghai."""
    found = local_day(value) if isinstance(value, datetime) else value
    return f"{found.year}年{found.month}月{found.day}日" if year else f"{found.month}月{found.day}日"


def register(app: Flask) -> None:
    """``|yuan`` exact, ``|wan`` for sentences, ``|signed(direction)`` for entries, ``|day`` for dates and moments."""
    app.jinja_env.filters.update(yuan=yuan, wan=wan, signed=signed_yuan, day=day)
