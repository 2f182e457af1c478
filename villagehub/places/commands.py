"""Command line of the room: ``villagehub places import FILE``."""

from pathlib import Path

import click

from villagehub.kernel import clock
from villagehub.places.actions import take_over_list
from villagehub.places.official_list import BadList, read_list
from villagehub.storage import unit_of_work

LEVEL_WORDS = {"county": "县区", "township": "乡镇", "village": "村"}


@click.group("places", help="县、乡镇、村名单。")
def places_group() -> None:
    """Commands on places."""


@places_group.command("import", help="导入官方名单（CSV，UTF-8 或 GB18030）。同一份名单再导一次，不会改动任何内容。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def import_command(context: click.Context, file: Path) -> None:
    """Takes an official list over, all lines or none."""
    listed, problems = read_list(file.read_bytes())
    if problems:
        for problem in problems[:20]:
            click.echo(problem.message, err=True)
        raise BadList(what=f"名单里有 {len(problems)} 行看不懂，一行也没有写入。")
    app = context.obj()
    with (
        app.app_context(),
        click.progressbar(length=len(listed), label="写入地名") as bar,
        unit_of_work() as session,
    ):
        report = take_over_list(session, listed, now=clock.now(), tick=lambda: bar.update(1))
    for level, words in LEVEL_WORDS.items():
        total = report.added[level] + report.renamed[level] + report.unchanged[level]
        if total:
            click.echo(
                f"{words}：共 {total} 个，新增 {report.added[level]}，改名 {report.renamed[level]}，"
                f"没变 {report.unchanged[level]}"
            )
    click.echo(f"变动 {report.changes} 处。")
