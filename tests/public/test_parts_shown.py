"""The small table that one cell holds is shown as people read days and money."""

from villagehub.public.published import Item
from villagehub.public.registers import part_tables
from villagehub.sections import SECTIONS


def test_instalments_are_shown_as_days_and_as_money() -> None:
    plan = "2026-03-31｜24000｜12000.5；2027-03-31｜24,000；明年再定｜看收成"
    (table,) = part_tables(SECTIONS["contracts"], Item(1, 1, 1, {"schedule": plan}))
    assert table.rows == (
        ("2026年3月31日", "24,000.00", "12,000.50"),
        ("2027年3月31日", "24,000.00", ""),
        ("明年再定", "看收成", ""),
    )
