"""Command line of the room: ``villagehub calendar import FILE``."""

from pathlib import Path

import click

from villagehub.holidays.calendars import keep_days, read_days
from villagehub.kernel.refused import Refused
from villagehub.storage import unit_of_work


class BadCalendar(Refused):
    """Some lines of the calendar cannot be read."""

    code = "bad_calendar"
    message = "{what}"
    fix = "每行写：日期,休或班,名称。例如 2027-01-01,休,元旦。"
    status = 422


@click.group("calendar", help="放假和调休：算几个工作日内答复时用。")
def calendar_group() -> None:
    """Commands on the calendar of working days."""


@calendar_group.command("import", help="导入放假安排（CSV：日期,休或班,名称）。同一份再导一次，不会改动任何内容。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def import_command(context: click.Context, file: Path) -> None:
    """Takes the list over, all lines or none."""
    days, problems = read_days(file.read_bytes())
    if problems:
        for one in problems[:20]:
            click.echo(f"第 {one.row} 行“{one.value}”：{one.message}{one.fix}", err=True)
        raise BadCalendar(what=f"有 {len(problems)} 行看不懂，一行也没有写入。")
    with context.obj().app_context(), unit_of_work() as session:
        changed = keep_days(session, days)
    click.echo(f"共 {len(days)} 天，变动 {changed} 天。")
