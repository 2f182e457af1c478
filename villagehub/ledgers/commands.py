"""Command line: ``villagehub check`` tries a file and writes nothing. Needs neither Flask nor a database.

Exit codes: 0 can be taken, 3 needs confirmation, 4 cannot be taken, 2 wrongly typed.
"""

import json
from pathlib import Path
from typing import Any, Final

import click

from villagehub.kernel import clock
from villagehub.kernel.money import yuan
from villagehub.kernel.period import BadPeriod, Period
from villagehub.kernel.problem import Problem, Severity
from villagehub.kernel.refused import Refused
from villagehub.ledgers.child import read_in_child
from villagehub.ledgers.layouts import Layouts
from villagehub.ledgers.mapping import as_layout
from villagehub.ledgers.mapping_said import MAP_HELP, ROWS_HELP, layouts_said
from villagehub.ledgers.overrides import BadFix, typed_fixes
from villagehub.ledgers.result import Checked, CheckedRow, Outcome
from villagehub.ledgers.sheets import MOST_BYTES
from villagehub.sections import SECTIONS, section_named
from villagehub.sections.base import Section, Shape

EXIT_CODES: Final = {Outcome.ACCEPT: 0, Outcome.REVIEW: 3, Outcome.REJECT: 4}
_WRONGLY_TYPED: Final = 2
_VERDICTS: Final = {
    Outcome.ACCEPT: "可以收下。",
    Outcome.REVIEW: "有 {confirm} 处要您确认，确认后可以收下。",
    Outcome.REJECT: "有 {must_fix} 处要改，改好再传。现在一行也不会存。",
}
_PROBLEM_KEYS: Final = ("severity", "code", "sheet", "row", "column", "value", "message", "fix")
_TOTALS: Final = {
    "rows": "行数",
    "income_fen": "收入",
    "expense_fen": "支出",
    "original_fen": "原值",
    "net_fen": "净值",
    "amount_fen": "金额",
}


def _names() -> str:
    return "、".join(f"{name}（{section.title}）" for name, section in SECTIONS.items())


@click.command("check", help="试读一个表格：只看不写。退出码 0 可以收下，3 要确认，4 要改。")
@click.argument("file", metavar="表格文件")
@click.option("--section", default="", metavar="类别", help=f"公开什么内容：{_names()}。")
@click.option("--village", default="", metavar="编码", help="村的 12 位编码；试读时可以不写。")
@click.option(
    "--entity",
    default="committee",
    metavar="谁的账",
    help="committee 村民委员会（默认）、collective 集体经济组织、group 村民小组。",
)
@click.option(
    "--period", "period_text", default="", metavar="期间", help="哪一期：2026Q3、2026-09、2026。写了就核对日期。"
)
@click.option("--map", "mapped", multiple=True, metavar="列=字段", help=MAP_HELP)
@click.option("--heading-row", "rows", multiple=True, metavar="行", help=ROWS_HELP)
@click.option(
    "--fix",
    "fixed",
    multiple=True,
    metavar="格=值",
    help="改一格再读：表名!C12=值；csv 没有表名，写 !C12=值。可写多次。",
)
@click.option("--json", "as_json", is_flag=True, help="只打印一个 JSON 对象，给程序用。")
@click.help_option("--help", help="显示这段说明。")
@click.pass_context
def check_command(
    context: click.Context,
    file: str,
    *,
    section: str,
    village: str,
    entity: str,
    period_text: str,
    mapped: tuple[str, ...],
    rows: tuple[str, ...],
    fixed: tuple[str, ...],
    as_json: bool,
) -> None:
    """Reads a file as the upload does, prints what was found, writes nothing."""
    slip = _slip(file, section, village, entity)
    period: Period | None = None
    if not slip and period_text:
        try:
            period = Period.read(period_text, today=clock.today())
        except BadPeriod as refusal:
            slip = f"{refusal.sentence}{refusal.next_step}"
    data, fixes = b"", {}
    if not slip:
        try:
            fixes = typed_fixes(fixed)
        except BadFix as refusal:
            slip = f"{refusal.sentence}{refusal.next_step}"
    if not slip:
        try:
            with Path(file).open("rb") as opened:
                data = opened.read(MOST_BYTES + 1)
        except OSError:
            slip = f"打不开文件 {file}：没有权限，或者磁盘读不了。"
    layouts: Layouts = {}
    if not slip:
        try:
            said = layouts_said(data, Path(file).name, section_named(section), mapped, rows, method="fork")
            layouts = {mark: as_layout(one.columns, targets) for mark, (one, targets) in said.items()}
        except Refused as refusal:
            slip = f"{refusal.sentence}{refusal.next_step}"
    if slip:
        click.echo(slip, err=True)
        context.exit(_WRONGLY_TYPED)
    checked = read_in_child(
        data, Path(file).name, section, period=period, entity=entity, layouts=layouts, fixes=fixes, method="fork"
    )
    if as_json:
        click.echo(json.dumps(as_object(checked), ensure_ascii=False))
    else:
        for line in report(checked, Path(file).name):
            click.echo(line)
    context.exit(EXIT_CODES[checked.outcome])


def _slip(file: str, section: str, village: str, entity: str) -> str:
    """What is wrongly typed, as a Chinese sentence; empty when nothing is."""
    path = Path(file)
    if not section:
        return f"请用 --section 写明公开什么内容：{_names()}。"
    if section not in SECTIONS:
        return f"没有“{section[:20]}”这一类公开内容。可以写：{_names()}。"
    if village and (len(village) != 12 or not village.isdecimal()):
        return f"村编码“{village[:20]}”不对，应是 12 位数字。"
    if entity not in ("committee", "collective", "group"):
        return f"--entity 不能写“{entity[:20]}”，只能写 committee、collective 或 group。"
    if not path.exists():
        return f"没有找到文件 {file}。请看看路径和名字有没有写错。"
    if not path.is_file():
        return f"{file} 是文件夹，不是表格文件。请写到具体的文件名。"
    return ""


def as_object(checked: Checked) -> dict[str, Any]:
    """The one JSON object that ``check --json`` prints. A rejected file shows no entries: none of it would be taken."""
    section = SECTIONS[checked.section]
    taken = () if checked.outcome is Outcome.REJECT else checked.rows
    flow = section.shape is Shape.FLOW and checked.outcome is not Outcome.REJECT
    day = section.promoted.get("occurred_on", "")
    return {
        "outcome": checked.outcome.value,
        "rows": len(taken),
        "income_fen": checked.totals.get("income_fen") if flow else None,
        "expense_fen": checked.totals.get("expense_fen") if flow else None,
        "dates": [str(row.facts[day]) for row in taken if row.facts.get(day)],
        "entries": [_entry(section, row) for row in taken],
        "problems": [{name: getattr(one, name) for name in _PROBLEM_KEYS} for one in checked.problems],
    }


def _entry(section: Section, row: CheckedRow) -> dict[str, Any]:
    promoted = section.promoted
    entry: dict[str, Any] = {
        "row": row.source_row,
        "sheet": row.sheet,
        "date": row.facts.get(promoted.get("occurred_on", "")),
        "direction": row.facts.get(promoted.get("direction", "")),
        "amount_fen": row.facts.get(promoted.get("amount_fen", "")),
        "summary": row.facts.get(section.headline),
    }
    shown = {promoted.get("occurred_on"), promoted.get("direction"), promoted.get("amount_fen"), section.headline}
    entry.update({name: value for name, value in row.facts.items() if name not in shown and name not in entry})
    return entry


def report(checked: Checked, filename: str) -> list[str]:
    """The same in Chinese for people: the verdict, what must be mended, what is asked, what was read."""
    counts = {severity.value: len(checked.of(severity)) for severity in Severity}
    lines = [f"{filename}：{_VERDICTS[checked.outcome].format(**counts)}"]
    for severity, word in ((Severity.MUST_FIX, "要改"), (Severity.CONFIRM, "请确认"), (Severity.INFO, "说明")):
        lines.extend(_line(word, one) for one in checked.of(severity))
    if checked.columns:
        used = "；".join(
            f"{one.column} 列{f'“{one.heading}”' if one.heading else '（没有表头）'}→{one.label or '没用到'}"
            for one in checked.columns
        )
        lines.append(f"表头：{used}")
    if checked.rows_read:
        lines.append(
            f"读到 {checked.rows_read} 行：能用 {len(checked.rows)} 行，"
            f"合计、表头等放在一边 {len(checked.set_aside)} 行，要改的 {checked.rows_held} 行。"
        )
    if checked.repaired:
        lines.append(f"系统帮您改了 {checked.repaired} 处写法（日期、金额等），意思没有变。")
    if checked.outcome is not Outcome.REJECT:
        totals = [
            f"{_TOTALS.get(name, name)} {yuan(value) + ' 元' if name.endswith('_fen') else value}"
            for name, value in checked.totals.items()
        ]
        lines.append("，".join(totals) + "。")
    return lines


def _line(word: str, problem: Problem) -> str:
    """One problem with its column's letter, where the sentence does not name it already."""
    letter = problem.column or ""
    where = f"（{letter} 列）" if letter and f"{letter} 列" not in problem.message else ""
    return f"{word}：{problem.message}{where}{problem.fix}"
