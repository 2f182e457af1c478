"""What the clerk may not see in the program: hidden rows and columns, formulas, cells beside the table. Asked about."""

from villagehub.kernel.problem import Severity
from villagehub.ledgers.cells import is_blank
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.locate import Heading
from villagehub.ledgers.sheets import Sheet, column_letter
from villagehub.ledgers.walked import Walked


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Neighbouring numbers as (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def ask_about_hidden(sheet: Sheet, heading: Heading, findings: Findings) -> None:
    """Hidden rows and columns that hold something are read, but never in silence; formulas are told of."""
    filled = [
        row
        for row in sheet.hidden_rows
        if heading.last < row <= len(sheet.rows) and any(not is_blank(raw) for raw in sheet.rows[row - 1])
    ]
    for first, last in _runs(filled):
        which = "这一行是隐藏的" if first == last else f"第 {first} 到 {last} 行是隐藏的"
        findings.add(
            Gravity.ROW,
            Severity.CONFIRM,
            "hidden_rows",
            f"{which}，里面有内容，也读进来了。对吗？",
            "要公开就确认；不要就在 WPS 里取消隐藏，删掉以后再传。",
            sheet=sheet.name,
            row=first,
        )
    for column in heading.columns:
        rows = range(heading.last + 1, len(sheet.rows) + 1)
        if column.index in sheet.hidden_columns and any(not is_blank(sheet.cell(row, column.index)) for row in rows):
            findings.add(
                Gravity.HEADING,
                Severity.CONFIRM,
                "hidden_columns",
                f"“{column.heading}”是隐藏的，也读进来了。对吗？",
                "要用就确认；不要就在 WPS 里取消隐藏，删掉以后再传。",
                sheet=sheet.name,
                column=column_letter(column.index),
            )
    known = {column.index for column in heading.columns}
    formulas = sorted(
        place for place in sheet.formulas - sheet.without_value if place[0] > heading.last and place[1] in known
    )
    if formulas:
        row, index = formulas[0]
        findings.add(
            Gravity.ROW,
            Severity.INFO,
            "formula_cells",
            f"有 {len(formulas)} 格是公式（例如 {column_letter(index)}{row}），按文件里存的结果读。",
            "改过数字就在 WPS 里打开、保存一次，再传。",
            sheet=sheet.name,
        )


def ask_about_unnamed(sheet: Sheet, heading: Heading, walked: Walked, findings: Findings) -> None:
    """Cells to the right or left of the table, in columns without a heading: not read, and asked about."""
    known = {column.index for column in heading.columns}
    read = {entry.row for entry in walked.entries}
    width = max((len(sheet.rows[row - 1]) for row in read), default=0)
    for index in range(width):
        if index in known:
            continue
        rows = [row for row in sorted(read) if not is_blank(sheet.cell(row, index))]
        if rows:
            named = "、".join(str(row) for row in rows[:5]) + ("等" if len(rows) > 5 else "")
            findings.add(
                Gravity.HEADING,
                Severity.CONFIRM,
                "unnamed_column",
                f"没有表头，第 {named} 行写了内容，没有读。可以不读吗？",
                "不用就确认；要用就在“对表头”里说这一列是什么，或者给它写上表头。",
                sheet=sheet.name,
                column=column_letter(index),
            )
