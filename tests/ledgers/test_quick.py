"""读得快的近路，和慢慢读的结果一模一样：近路只在完全有把握的时候走，走了就一分不差、一字不差。

规则：近路说“就是这样”的金额，等于按规矩读出来的金额；说“照写的存”的文字，按规矩读也是照写的存，没有一句提醒；
说“不是合计、结余、标题、表尾”的文字，按规矩看也都不是。一列一列读的表，和一行一行读的一样：行、数、提醒都不差。
"""

import io
import string
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from villagehub.kernel.illness import mentions_illness
from villagehub.kernel.period import Period
from villagehub.kernel.private_numbers import find_private_numbers, may_hold_number
from villagehub.ledgers.amounts import read_money
from villagehub.ledgers.cells import Read
from villagehub.ledgers.marks import balance_mark, is_footer, label_mark, total_mark
from villagehub.ledgers.quick import (
    all_taken_as_written,
    feet_among,
    is_foot,
    is_marked,
    marked_among,
    plain_fen,
    plain_fens,
    taken_as_written,
)
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.values import Seen, Setting, read_value
from villagehub.sections import SECTIONS

WORDS = [
    "合计",
    "小计",
    "本月合计",
    "累计",
    "承前页",
    "过次页",
    "期初余额",
    "上年结转",
    "本期结余",
    "银行存款",
    "现金",
    "收入",
    "收入部分",
    "支出",
    "制表人：张三",
    "注：见附件",
    "日期",
    "公章",
    "第1页",
    "水渠清淤",
    "路灯",
    "张三",
    "无",
    "没有",
    "-",
    "--",
    "空",
    "住院",
    "付张三医药费",
    "13912345678",
    "139-1234-5678",
    "一三九一二三四五六七八",
    "110101199003074258",
    "6222021234567890123",
    "1.2E+17",
    "记-001",
    "ZC-0001",
    "（3",
    "号）",
    "收",
    "入",
    "合",
    "计",
    "2026年7月1日",
    "以下空白",
    "1/3",
    "ＡＢ",
    "１２",
    "'01",
    '="01"',
]
TEXTS = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("".join),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
    st.text(
        alphabet=st.sampled_from(
            "合计小总额收支入出结余数转承页第注说备章日以:：/（）() ·．,，。０９〇一九Ee-'\"\u200b\u3000\n"
            + string.digits
        ),
        max_size=20,
    ),
    st.text(max_size=20),
)
FIELDS = [one for section in SECTIONS.values() for one in section.stored_fields]


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.floats(),
        st.integers(-(10**14), 10**14).map(lambda fen: fen / 100),
        st.floats(-1e6, 1e6).map(lambda x: round(x, 3)),
    )
)
@example(48653.130000000005)
@example(0.285)
@example(-0.0)
@example(99999999999.99)
def test_a_number_taken_the_short_way_is_the_careful_readers_to_the_fen(number: float) -> None:
    fen = plain_fen(number)
    if fen is not None:
        careful = read_money(number, unit_fen=1_000_000)  # 万元: the short way is for 元 only
        if abs(fen) * 10_000 <= 10**13:
            assert careful == Read(fen * 10_000)
        assert read_money(number) == Read(fen)


@settings(max_examples=400, deadline=None)
@given(st.one_of(TEXTS, st.from_regex(r"-?\d{1,12}(\.\d{1,3})?", fullmatch=True)))
def test_an_amount_in_text_taken_the_short_way_is_the_careful_readers(text: str) -> None:
    fen = plain_fen(text)
    if fen is not None and abs(fen) * 100 <= 10**13:
        assert read_money(text, unit_fen=10_000) == Read(fen * 100)


@settings(max_examples=800, deadline=None)
@given(st.sampled_from(FIELDS), TEXTS)
def test_a_text_taken_as_written_is_what_the_careful_reader_keeps_without_a_word(one, text: str) -> None:
    tell = taken_as_written(one)
    if tell is not None and tell(text):
        seen = Seen()
        assert read_value(one, text, Setting(), seen) == Read(text)
        assert (seen.matches, seen.notes) == ([], [])


@settings(max_examples=800, deadline=None)
@given(TEXTS)
@example("收 入")
@example("支 出 部分")
def test_a_text_that_is_passed_over_is_no_mark_of_any_kind(text: str) -> None:
    if not is_marked(text):
        assert (total_mark(text), balance_mark(text), label_mark(text)) == (None, None, None)
        if not is_foot(text):
            assert not is_footer(text)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_a_text_without_digits_enough_holds_nobodys_number(text: str) -> None:
    if find_private_numbers(text * 2):
        assert may_hold_number(text * 2)


def test_the_short_ways_are_really_taken_by_plain_cells() -> None:
    finance = SECTIONS["finance"]
    for name, text in (("summary", "村东水渠清淤（12 号单）"), ("voucher_no", "记-000123"), ("counterparty", "张建国")):
        tell = taken_as_written(finance.field_named(name))
        assert tell is not None
        assert tell(text)
        assert not is_marked(text)
    assert (plain_fen(1234.56), plain_fen("1234.56"), plain_fen("-3")) == (123_456, 123_456, -300)
    assert (plain_fen(0.285), plain_fen("1,234"), plain_fen(float("nan"))) == (None, None, None)
    assert mentions_illness("三级残疾")


@settings(max_examples=400, deadline=None)
@given(
    st.sets(st.one_of(TEXTS, st.sampled_from(["村东清淤", "付张三工资", "记-0001", "路灯 维修"])), max_size=6),
    st.sampled_from(FIELDS),
)
def test_many_texts_in_one_go_are_told_like_each_alone(texts: set[str], one) -> None:
    texts -= {""}
    assert marked_among(texts) == {text for text in texts if is_marked(text)}
    assert feet_among(texts) == {text for text in texts if is_foot(text)}
    tell = taken_as_written(one)
    if all_taken_as_written(one)(texts):
        assert tell is not None
        assert all(map(tell, texts))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(), st.integers(0, 10**14).map(lambda fen: fen / 100)), max_size=5))
def test_a_column_of_amounts_in_one_go_is_read_like_each_alone(raws: list[float | None]) -> None:
    fens = plain_fens(raws)
    if fens is not None:
        assert fens == [plain_fen(raw) for raw in raws]


PLAIN = (date(2026, 7, 1), "记-1", "水渠清淤（3 号）", None, 120.5, "办公费", "张建国", "转账", "备注", "日常")
ODD = (
    st.sampled_from([date(2026, 9, 30), date(2026, 10, 1), "2026-8-5", "2026年8月6日", "7月3日", None, "合计", "同上"]),
    st.sampled_from(["001", None, 12, "１２", "1.2E+17", "本月合计", "第1页", "制表人：李四"]),
    st.one_of(
        st.sampled_from(
            ["本月合计", "期初余额", "付张三住院费", "联系 13912345678", "同上", None, " 空格 ", "银行存款"]
        ),
        TEXTS.filter(lambda text: text.isprintable()),
    ),
    st.one_of(st.none(), st.integers(-500, 10**7).map(lambda fen: fen / 100), st.sampled_from([0, 0.285, "12.50"])),
    st.sampled_from([None, 0, 0.285, -3, "12.50", "1,200元", "-", "〃", "十元"]),
    st.sampled_from(["发包和出租", "没见过的类", None, "现金", "收入"]),
    st.sampled_from(["金源建材店", "张 三", None, "6222021234567890123"]),
    st.sampled_from(["现金", None, "微信", "老办法"]),
    st.sampled_from([None, "电话 13912345678", "第1页", "说明：见附件"]),
    st.sampled_from([None, "联系 13912345678", "现金"]),
)
LINES = st.sets(st.integers(0, 9), max_size=3).flatmap(
    lambda places: st.tuples(*(ODD[at] if at in places else st.just(cell) for at, cell in enumerate(PLAIN)))
)


def read_rows(rows: list[tuple[object, ...]], *, careful: bool):
    """What reading a workbook of these rows gives; a format for percentages above the table has it read row by row."""
    book = Workbook()
    sheet = book.active
    sheet.append(["青石沟村2026年三季度收支", None, None, None, None, None, None, None, 0.5])
    sheet["I1"].number_format = "0%" if careful else "0.0"
    sheet.append(["日期", "凭证号", "摘要", "收入", "支出", "类别", "收付款人", "支付方式", "备注", "用途"])
    for row in rows:
        sheet.append(row)
    opened = io.BytesIO()
    book.save(opened)
    return read_workbook(
        opened.getvalue(), "a.xlsx", SECTIONS["finance"], period=Period.parse("2026Q3"), today=date(2026, 10, 9)
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_a_table_read_column_by_column_is_the_same_as_row_by_row(rows: list[tuple[object, ...]]) -> None:
    assert read_rows(rows, careful=False) == read_rows(rows, careful=True)
