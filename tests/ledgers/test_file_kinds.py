"""A file is told by its content: encodings, workbooks old and new, tables of web systems, and what is no table at all.

Hostile files are refused before a parser sees them, with what to do; nothing is fetched, nothing is unpacked to disk.
"""

import gzip
import socket
import struct
import zlib
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from file_writers import Grid, as_ods, as_xls
from ledger_files import CANAL, GOOD_CSV, GOOD_TOTALS, HEAD, LEASE, amounts, codes, part_of, read, repacked, xlsx
from manifest import ABSENT, FOLDER, ITEMS
from openpyxl.worksheet.worksheet import Worksheet

from villagehub.ledgers.texts import decode

GOOD = xlsx([HEAD, LEASE, CANAL])
SHEET = "xl/worksheets/sheet1.xml"
HTML = """<html><head><meta charset="{charset}"><title>收支</title></head><body><table border=1>
<tr><th>日期</th><th>摘要</th><th>收入</th><th>支出</th></tr>
<tr><td>2026-03-01</td><td>鱼塘租金</td><td>12,000.00</td><td>&nbsp;</td></tr>
<tr><td>2026-03-05</td><td>水渠<b>清淤</b></td><td></td><td style="mso-number-format:'0.00'">1260.50</td></tr>
</table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_tables_in_every_usual_writing(encoding: str, separator: str, end: str) -> None:
    text = GOOD_CSV.replace(",", separator).replace("\n", end)
    checked = read(text.encode(encoding), filename="账.csv")
    assert (checked.outcome, checked.totals, codes(checked)) == ("accept", GOOD_TOTALS, [])
    assert [one.facts["summary"] for one in checked.rows] == ["鱼塘租金", "水渠清淤"]


def test_rare_surnames_survive_gb18030() -> None:
    checked = read(GOOD_CSV.replace("鱼塘租金", "慰问𠮷某、𬭩㐂").encode("gb18030"))
    assert checked.rows[0].facts["summary"] == "慰问𠮷某、𬭩㐂"
    assert decode("龴龵龶龷龸龹龺龻".encode("gb18030"))[0] == "龴龵龶龷龸龹龺龻"
    assert decode(b"\xfe\x59")[0] == "龴"  # the place of 2000 becomes the character of 2005


@pytest.mark.parametrize(
    "data",
    [
        GOOD_CSV.encode("utf-8") + "2026-03-06,电费,,5\n".encode("gbk"),
        "日期,摘要,收入,支出\n2026-03-01,鱼塘租金,1,\n".encode("gbk") + "2026-03-06,村委会电费,,5\n".encode(),
        GOOD_CSV.encode("utf-16")[:-1],
        "日期,摘要,收入,支出".encode("utf-16-le"),
        GOOD_CSV.encode("utf-32"),
        GOOD_CSV.encode() + b"\xc0\xaf\xed\xa0\x80",
    ],
    ids=["utf8_then_gbk", "gbk_then_utf8", "half_a_character", "one_line_of_utf16_without_mark", "utf32", "overlong"],
)
def test_an_encoding_that_cannot_be_told_for_sure_is_asked_about(data: bytes) -> None:
    assert codes(read(data)) == [("unknown_encoding", None)]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_lost_its_mark_is_read_where_it_can_be_nothing_else(encoding: str) -> None:
    checked = read(GOOD_CSV.encode(encoding))
    assert (checked.outcome, checked.totals, checked.encoding) == ("accept", GOOD_TOTALS, encoding)
    page = HTML.format(charset="utf-16").encode("utf-16")
    assert read(page, filename="导出.xls").totals == GOOD_TOTALS


def test_a_quoted_newline_is_one_row() -> None:
    checked = read('日期,摘要,收入,支出\n2026-03-01,"鱼塘\n租金",12000,\n2026-03-05,水渠清淤,,1260.50\n')
    assert [row for row, *_ in amounts(checked)] == [2, 3]
    assert checked.rows[0].facts["summary"] == "鱼塘 租金"


def test_a_quote_that_is_never_closed_swallows_nothing() -> None:
    head = "日期,摘要,收入,支出,备注\n"
    open_end = read(head + '2026-03-01,租金,1,,"有票\n2026-03-05,水泥,,50.50,\n')
    assert codes(open_end) == [("unpaired_quote", 2)]
    closed_later = read(head + '2026-03-01,租金,1,,"有票\n2026-03-05,水泥,,50.50,"\n2026-03-06,b,1,,\n')
    assert codes(closed_later) == [("swallowed_rows", 2)]


def test_rows_that_slipped_sideways_are_named() -> None:
    checked = read("日期,摘要,收入,支出\n2026-03-01,租金,一期,100,\n2026-03-05,水泥,,1,260.50\n2026-03-06,砂\n")
    assert codes(checked) == [("not_a_number", 2), ("extra_cells", 3), ("no_amount", 4)]


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk"])
def test_an_html_table_named_xls_is_read(charset: str) -> None:
    checked = read(HTML.format(charset=charset).encode(charset), filename="导出.xls")
    assert (checked.outcome, checked.totals) == ("accept", GOOD_TOTALS)
    assert checked.rows[1].facts["summary"] == "水渠清淤"


def test_nothing_that_a_file_points_to_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        page = HTML.format(charset="utf-8").replace("<body>", f'<body><img src="{address}"><link href="{address}">')
        assert read(page.replace("<table", f'<!DOCTYPE x SYSTEM "{address}"><table')).outcome == "accept"
        bad = part_of(GOOD, SHEET).replace(b"<worksheet", f'<!DOCTYPE w SYSTEM "{address}"><worksheet'.encode(), 1)
        assert codes(read(repacked(GOOD, {SHEET: bad}))) == [("document_type", None)]
        with pytest.raises(TimeoutError):
            server.accept()


def test_an_xml_spreadsheet_of_2003_is_read() -> None:
    def row(*cells: str) -> str:
        return "<Row>" + "".join(f"<Cell>{cell}</Cell>" for cell in cells) + "</Row>"

    def text(value: str) -> str:
        return f'<Data ss:Type="String">{value}</Data>'

    def number(value: str) -> str:
        return f'<Data ss:Type="Number">{value}</Data>'

    book = (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="3月"><Table>'
        + row(*(text(one) for one in HEAD))
        + row('<Data ss:Type="DateTime">2026-03-01T00:00:00.000</Data>', text("鱼塘租金"), number("12000"), "")
        + row(text("2026.3.5"), text("水渠清淤"), "", number("1260.5"))
        + "</Table></Worksheet></Workbook>"
    )
    checked = read(book, filename="账.xls")
    assert (checked.outcome, checked.totals) == ("accept", GOOD_TOTALS)
    assert codes(read(book.replace("<Workbook", "<!DOCTYPE x><Workbook", 1))) == [("document_type", None)]


@pytest.mark.skipif(not ITEMS, reason=ABSENT)
def test_an_old_xls_is_read_and_its_hidden_rows_are_asked_about() -> None:
    data = (FOLDER / "files" / "c03_plain.xls").read_bytes()
    whole = read(data, filename="账.xls")
    assert whole.outcome == "accept"
    row_record = struct.pack("<HHH", 0x0208, 16, 3)  # the record of the fourth row
    at = data.index(row_record)
    flags = at + 4 + 12
    hidden = data[:flags] + bytes([data[flags] | 0x20]) + data[flags + 1 :]
    assert codes(read(hidden, filename="账.xls")) == [("hidden_rows", 4)]


def test_formulas_without_a_result_and_with_an_error_are_faults_that_name_the_cell() -> None:
    def formula(sheet: Worksheet) -> None:
        sheet["C2"] = "=1+1"

    checked = read(xlsx([HEAD, LEASE, CANAL], formula))
    assert codes(checked) == [("formula_without_value", 2)]
    assert "C2 是公式" in checked.problems[0].message
    assert "请在 WPS 中打开、保存后再传" in checked.problems[0].fix
    error = part_of(GOOD, SHEET).replace(b'<c r="C2" t="n"><v>12000</v>', b'<c r="C2" t="e"><f>A9/0</f><v>#DIV/0!</v>')
    assert codes(read(repacked(GOOD, {SHEET: error}))) == [("formula_error", 2)]


def test_a_formula_with_its_result_is_read_and_told_of() -> None:
    part = part_of(GOOD, SHEET).replace(b'<c r="C2" t="n"><v>12000</v>', b'<c r="C2"><f>6000*2</f><v>12000</v>')
    checked = read(repacked(GOOD, {SHEET: part}))
    assert (checked.outcome, checked.totals) == ("accept", GOOD_TOTALS)
    assert ("formula_cells", None) in codes(checked, "info")


@pytest.mark.parametrize("code", ["0%", '0.00"万元"', '0!.0,"万"', "#,##0,"])
def test_a_format_that_shows_another_number_is_asked_about(code: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C2"].number_format = code

    assert codes(read(xlsx([HEAD, LEASE], change))) == [("amount_shown_otherwise", 2)]


@pytest.mark.parametrize("code", ["#,##0.00", "General", '0.00"元"', "¥#,##0.00;[Red]-¥#,##0.00", "@"])
def test_an_ordinary_format_is_not(code: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet["C2"].number_format = code

    assert codes(read(xlsx([HEAD, LEASE], change))) == []


GRID = Grid(
    [
        [*HEAD],
        [date(2026, 3, 1), "鱼塘租金", Decimal(12000), None],
        [date(2026, 3, 5), "水渠清淤", None, Decimal("1260.5")],
    ]
)


@pytest.mark.parametrize("name", ["账.xls", "账.et"])
@pytest.mark.parametrize("epoch_1904", [False, True])
def test_the_old_formats_of_excel_and_wps_are_read_by_their_records(name: str, epoch_1904: bool) -> None:
    checked = read(as_xls(GRID, epoch_1904=epoch_1904), filename=name)
    assert (checked.outcome, checked.totals) == ("accept", GOOD_TOTALS)
    assert [one.facts["occurred_on"] for one in checked.rows] == ["2026-03-01", "2026-03-05"]


@pytest.mark.parametrize("code", ["0%", '0.00"万元"', '0!.0,"万"', "#,##0,"])
def test_a_format_of_an_old_workbook_that_shows_another_number_is_asked_about(code: str) -> None:
    checked = read(as_xls(GRID, formats={(2, 2): code}), filename="账.xls")
    assert codes(checked) == [("amount_shown_otherwise", 2)]
    assert amounts(checked)[0] == (2, "in", 1_200_000)


@pytest.mark.parametrize("code", ["#,##0.00", '0.00"元"', "¥#,##0.00;[Red]-¥#,##0.00", "@"])
def test_an_ordinary_format_of_an_old_workbook_is_not(code: str) -> None:
    assert codes(read(as_xls(GRID, formats={(2, 2): code}), filename="账.et")) == []


def test_an_open_document_is_read_and_its_hidden_rows_are_asked_about() -> None:
    checked = read(as_ods(GRID), filename="账.ods")
    assert (checked.outcome, checked.totals) == ("accept", GOOD_TOTALS)
    assert codes(read(as_ods(GRID, hidden_rows=[3]), filename="账.ods")) == [("hidden_rows", 3)]
    merged = Grid([*GRID.rows, [None, "水泵", None, Decimal(5)]], [(2, 0, 3, 0)])
    assert [one.facts["occurred_on"] for one in read(as_ods(merged)).rows] == ["2026-03-01", "2026-03-05", "2026-03-05"]
    content = part_of(as_ods(GRID), "content.xml")
    for change, code in (
        (b'office:value-type="percentage" office:value="12000"', "amount_shown_otherwise"),
        (b'table:formula="of:=[.A9]" office:value-type="string" calcext:value-type="error"', "formula_error"),
        (b'table:formula="of:=1+1"', "formula_without_value"),
    ):
        changed = content.replace(b'office:value-type="float" office:value="12000"', change)
        changed = changed.replace(
            b" office:version", b' xmlns:calcext="urn:org:documentfoundation:names:calcext:1.0" office:version'
        )
        assert codes(read(repacked(as_ods(GRID), {"content.xml": changed}))) == [(code, 2)]
    with_type = part_of(as_ods(GRID), "content.xml").replace(b"?>", b"?><!DOCTYPE x>", 1)
    assert codes(read(repacked(as_ods(GRID), {"content.xml": with_type}))) == [("document_type", None)]


def test_days_of_the_1904_epoch_are_the_days_that_people_see() -> None:
    from openpyxl import Workbook
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (HEAD, LEASE, CANAL):
        book.worksheets[0].append(row)
    book.worksheets[0]["A3"].value = 44624
    book.worksheets[0]["A3"].number_format = "General"
    written = BytesIO()
    book.save(written)
    assert [one.facts["occurred_on"] for one in read(written.getvalue()).rows] == ["2026-03-01", "2026-03-05"]


def test_an_18_digit_id_typed_as_a_number_is_lost_for_good_and_said_so() -> None:
    rows = [
        ["2026年耕地地力保护补贴发放表"],
        ["组别", "姓名", "身份证号", "面积(亩)", "标准(元/亩)", "金额(元)"],
        ["三组", "王桂芳", 420323199001011236, 9, 68, 612],
        ["三组", "李成", "4.20323E+17", 1, 68, 68],
    ]
    checked = read(xlsx(rows), "funds")
    assert codes(checked) == [("lost_digits", 3), ("lost_digits", 4)]
    assert "420323" not in str(checked.as_plain())


def test_macros_are_refused_in_an_xlsx_and_left_out_of_an_xlsm() -> None:
    with_macros = repacked(GOOD, {"xl/vbaProject.bin": b"\xd0\xcf"})
    assert codes(read(with_macros, filename="账.xlsx")) == [("macro", None)]
    left_out = read(with_macros, filename="账.xlsm")
    assert (left_out.outcome, left_out.totals) == ("accept", GOOD_TOTALS)
    assert ("macros_left_out", None) in codes(left_out, "info")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"\x00" * 50, "empty_file"),
        (b"%PDF-1.7\n", "not_a_table"),
        (b"\xff\xd8\xff\xe0abc", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (gzip.compress(b"0" * 1000, mtime=0), "not_a_table"),
        (b"\x00\x00\x00\x18ftypheic", "not_a_table"),
        (b"PK\x03\x04 cut short", "broken_file"),
        (GOOD[:-60], "broken_file"),
        (repacked(GOOD, {}, without=["xl/workbook.xml"]), "broken_file"),
        (repacked(GOOD, {SHEET: b"<worksheet><sheetData>"}), "broken_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "broken_file"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "too_old"),
        ("就一句话".encode(), "no_heading"),
        (b"x" * (10 * 1024 * 1024 + 1), "file_too_large"),
        (b"<html><body>" + b"<table>" * 200, "table_too_deep"),
    ],
)
def test_what_is_no_ledger_is_refused_with_what_it_is_and_what_to_do(data: bytes, code: str) -> None:
    checked = read(data)
    assert checked.outcome == "reject"
    assert codes(checked) == [(code, None)]
    assert checked.problems[0].fix
    assert checked.rows == ()


def _zip(**parts: bytes) -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name.replace("__", "/"), part)
    return written.getvalue()


def test_bombs_are_refused_by_what_they_really_inflate_to() -> None:
    zeros = part_of(GOOD, SHEET).replace(b"</worksheet>", b" " * 60_000_000 + b"</worksheet>")
    bomb = repacked(GOOD, {SHEET: zeros})
    assert codes(read(bomb)) == [("unpacked_too_large", None)]
    with ZipFile(BytesIO(bomb)) as opened:
        member = opened.getinfo(SHEET)
    honest = struct.pack("<I", member.file_size)
    lying = bomb.replace(honest, struct.pack("<I", 5_000))
    assert codes(read(lying)) == [("unpacked_too_large", None)]
    many = _zip(**{f"xl__part{number}.xml": b"<a/>" for number in range(201)})
    assert codes(read(many)) == [("too_many_parts", None)]


def test_entities_are_refused_in_every_encoding_of_a_part() -> None:
    laughs = '<!DOCTYPE a [<!ENTITY b "ha">]><worksheet>&b;</worksheet>'
    for part in (laughs.encode(), laughs.encode("utf-16-le"), laughs.encode("utf-16-be")):
        assert codes(read(repacked(GOOD, {SHEET: part}))) == [("document_type", None)]


def test_members_with_wandering_names_are_written_nowhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    wandering = repacked(GOOD, {"../../../tmp/vh_pwned": b"x", "/tmp/vh_pwned": b"x"})
    assert read(wandering).totals == GOOD_TOTALS


def test_a_password_is_named_as_one() -> None:
    from villagehub.ledgers.compound import MAGIC

    encrypted = _zip(x=b"y")
    flags = encrypted.index(b"PK\x01\x02") + 8
    assert codes(read(encrypted[:flags] + b"\x01" + encrypted[flags + 1 :])) == [("password", None)]
    assert MAGIC == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.skipif(not ITEMS, reason=ABSENT)
def test_a_password_of_an_old_xls_is_named_as_one() -> None:
    assert codes(read((FOLDER / "files" / "k27_filepass.xls").read_bytes())) == [("password", None)]


def test_too_many_rows_and_columns_are_refused_with_the_number() -> None:
    line = "2026-03-01,租金,1,\n"
    checked = read("日期,摘要,收入,支出\n" + line * 20_000)
    assert codes(checked) == [("too_many_rows", None)]
    assert checked.problems[0].message == "这张表有 20001 行，超过 20000 行。", "a text file has no name for its sheet"
    assert read(xlsx([HEAD, LEASE, LEASE]), max_rows=2).problems[0].message == "“Sheet1”有 3 行，超过 2 行。"
    assert read("日期,摘要,收入,支出\n" + line * 20_000, max_rows=200_000).totals["rows"] == 20_000
    wide = xlsx([HEAD, [*LEASE, *[None] * 100, "x"]])
    assert codes(read(wide)) == [("too_many_columns", None)]

    def far(sheet: Worksheet) -> None:
        sheet["XFD1048576"] = "x"

    assert codes(read(xlsx([HEAD, LEASE], far))) == [("too_many_rows", None)]


def test_a_cell_longer_than_excel_can_hold_is_named() -> None:
    assert codes(read(f"日期,摘要,收入,支出\n2026-03-01,{'长' * 32_768},1,\n")) == [("cell_too_long", 2)]


def test_the_directory_and_the_bytes_must_agree() -> None:
    with ZipFile(BytesIO(GOOD)) as opened:
        member = opened.getinfo(SHEET)
    assert zlib.crc32(part_of(GOOD, SHEET)) == member.CRC
    shorter = GOOD.replace(struct.pack("<I", member.file_size), struct.pack("<I", member.file_size - 7))
    assert codes(read(shorter)) == [("broken_file", None)]
