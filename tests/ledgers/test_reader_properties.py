"""Whatever the bytes are, the reader answers; what it accepts is exactly what was written; every row is accounted for."""

import csv
import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ledger_files import GOOD_CSV, HEAD, codes, read, xlsx

from villagehub.kernel.money import yuan
from villagehub.ledgers.result import Checked
from villagehub.sections import SECTIONS

DAYS: list[Callable[[date], Any]] = [
    lambda day: day.isoformat(),
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day:%Y%m%d}",
    lambda day: f"{day.month}月{day.day}日",
    lambda day: f"{day.year}/{day.month}/{day.day} 08:30",
]
AMOUNTS: list[Callable[[int], str]] = [
    yuan,
    lambda fen: f"￥{yuan(fen)}",
    lambda fen: f"{fen // 100}.{fen % 100:02d}",
    lambda fen: f"{yuan(fen)}元",
    lambda fen: f" {yuan(fen)} ",
    lambda fen: yuan(fen).translate(str.maketrans("0123456789,.", "０１２３４５６７８９，．")),
]
ENTRY = st.tuples(
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.sampled_from(["租金", "水泥", "电费", "路灯", "慰问", "误工"]),
    st.sampled_from(["in", "out"]),
    st.integers(1, 10**9),
    st.sampled_from(DAYS),
    st.sampled_from(AMOUNTS),
)
CELL = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 1, 1)),  # noqa: DTZ001 - spreadsheets know no zones
    st.sampled_from(
        [
            "合计",
            "小计",
            "收入",
            "支出",
            "日期",
            "摘要",
            "期初余额",
            "单位：万元",
            "制表人：张三",
            "2026-03-05",
            "1,200.00",
        ]
    ),
)
TABLE = st.lists(st.lists(CELL, max_size=7), max_size=12)


def complete(checked: Checked) -> None:
    """What every answer promises."""
    assert checked.outcome in ("accept", "review", "reject")
    assert (checked.outcome == "reject") is any(one.severity == "must_fix" for one in checked.problems)
    assert (checked.outcome == "accept") <= (not checked.open_questions())
    assert all(one.message and (one.fix or one.severity == "info") for one in checked.problems)
    assert checked.rows_read == len(checked.rows) + len(checked.set_aside) + checked.rows_held
    assert Checked.from_plain(checked.as_plain()) == checked


def as_csv(rows: list[list[Any]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue().encode("utf-8", "replace")


@settings(max_examples=150, deadline=None)
@given(
    entries=st.lists(ENTRY, min_size=1, max_size=8),
    titled=st.booleans(),
    total=st.booleans(),
    footer=st.booleans(),
    gaps=st.booleans(),
    repeated=st.booleans(),
    workbook=st.booleans(),
    slip=st.integers(-1, 1),
)
def test_a_ledger_is_exact_or_asked_about(
    entries: list[Any],
    *,
    titled: bool,
    total: bool,
    footer: bool,
    gaps: bool,
    repeated: bool,
    workbook: bool,
    slip: int,
) -> None:
    """However the clerk lays it out: what is taken has the right rows, and a total that slipped by a fen never passes."""
    rows: list[list[Any]] = [["青石沟村2026年第一季度收支表"], ["单位：元"]] if titled else []
    rows.append(list(HEAD))
    truth: list[tuple[int, str, int, str]] = []
    for number, (day, summary, direction, fen, write_day, write_amount) in enumerate(entries):
        written = write_amount(fen)
        rows.append(
            [write_day(day), f"{summary}{number}", *((written, None) if direction == "in" else (None, written))]
        )
        truth.append((len(rows), direction, fen, day.isoformat()))
        if gaps and number % 2:
            rows.append([])
        if repeated and number == 1:
            rows.append(list(HEAD))
    sums = {side: sum(fen for _, direction, fen, _ in truth if direction == side) for side in ("in", "out")}
    if total:
        rows.append(["合计", None, yuan(sums["in"] + slip), yuan(sums["out"])])
    if footer:
        rows.append(["制表人：赵庆", None, "审核人：王桂芳"])
    checked = read(xlsx(rows) if workbook else as_csv(rows), period="2026Q1")
    complete(checked)
    if total and slip:
        assert [code for code, _ in codes(checked, "must_fix")] == ["total_mismatch"]
    else:
        assert {code for code, _ in codes(checked)} <= {"unit_doubt"}  # three amounts of a few fen may be 万元
    if checked.outcome != "reject":
        found = [
            (one.source_row, one.facts["direction"], one.facts["amount"], one.facts["occurred_on"])
            for one in checked.rows
        ]
        assert found == truth


@settings(max_examples=150, deadline=None)
@given(TABLE, st.sampled_from(list(SECTIONS)), st.booleans())
def test_no_table_makes_the_reader_crash(rows: list[list[Any]], section: str, headed: bool) -> None:
    head = [one.heading for one in SECTIONS[section].fields if one.required]
    complete(read(as_csv([head, *rows] if headed else rows), section, period="2026Q1"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(CELL.filter(lambda raw: not isinstance(raw, str) or raw.isprintable()), max_size=7), max_size=8),
    st.sampled_from(list(SECTIONS)),
)
def test_no_workbook_makes_the_reader_crash(rows: list[list[Any]], section: str) -> None:
    head = [one.heading for one in SECTIONS[section].fields if one.required]
    complete(read(xlsx([head, *rows]), section))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_crash(data: bytes) -> None:
    complete(read(data))
    complete(read(b"PK\x03\x04" + data))
    complete(read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data))
    complete(read(b"<html><table>" + data))


GOOD = xlsx([HEAD, [date(2026, 3, 1), "租金", 1, None]])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_damaged_workbook_is_refused_or_read_right(damage: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in damage:
        data[place] = value
    checked = read(bytes(data))
    complete(checked)
    if checked.outcome != "reject":
        assert checked.rows == read(GOOD).rows


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 200), st.binary(min_size=1, max_size=6))
def test_stray_bytes_in_a_text_are_never_taken_for_characters(place: int, stray: bytes) -> None:
    data = GOOD_CSV.encode()
    checked = read(data[:place] + stray + data[place:])
    complete(checked)
    assert "\ufffd" not in str(checked.as_plain())
