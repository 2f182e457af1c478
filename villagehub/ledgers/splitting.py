"""Rows of a text file that were split at the wrong places: cells too long, too many cells, rows swallowed by a quote."""

import re

from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import Raw, is_blank
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Heading
from villagehub.ledgers.sheets import LONGEST_CELL, Sheet, column_letter


def too_long(sheet: Sheet, row: int, cells: list[Raw], findings: Findings) -> bool:
    """Whether a cell passes the longest that Excel itself can hold; a fault is added then."""
    for index, raw in enumerate(cells):
        if isinstance(raw, str) and len(raw) > LONGEST_CELL:
            findings.add(
                Gravity.ROW,
                Severity.MUST_FIX,
                "cell_too_long",
                f"{column_letter(index)} 列这一格有 {len(raw)} 个字，超过 {LONGEST_CELL}。",
                "请缩短这一格；引号没有配对时，后面的行也会被算进来。",
                sheet=sheet.name,
                row=row,
                column=column_letter(index),
            )
            return True
    return False


def width_of(sheet: Sheet, heading: Heading) -> int:
    """The number of columns of a heading's widest row."""
    return max(len(sheet.rows[level - 1]) for level in range(heading.first, heading.last + 1))


def check_splitting(sheet: Sheet, heading: Heading, row: int, cells: list[Raw], findings: Findings) -> None:
    """In a text file a row that is longer than the heading, or holds other rows, may have slipped."""
    if not sheet.from_text:
        return
    width = width_of(sheet, heading)
    for index, raw in enumerate(cells):
        lines = raw.splitlines()[1:] if isinstance(raw, str) and not raw.isprintable() else []
        if any(len(re.findall(r"[,;|\t]", line)) >= max(2, width - 2) for line in lines):
            findings.add(
                Gravity.ROW,
                Severity.MUST_FIX,
                "swallowed_rows",
                f"{column_letter(index)} 列这一格里装着好几行，像是引号没有配对，把后面的账也装了进来。",
                "请在表格软件里打开，把多出来的引号删掉；内容里的引号改成中文引号“”。",
                sheet=sheet.name,
                row=row,
                column=column_letter(index),
            )
    extra = [index for index, raw in enumerate(cells) if index >= width and not is_blank(raw)]
    if extra:
        findings.add(
            Gravity.ROW,
            Severity.MUST_FIX,
            "extra_cells",
            f"比表头多出 {len(extra)} 格，可能有一格里带了逗号，后面的都错了位。",
            "请在表格软件里打开这一行，对齐各列；内容里有逗号的要用引号括起来。",
            sheet=sheet.name,
            row=row,
            column=column_letter(extra[0]),
        )
