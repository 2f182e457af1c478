"""Command line of paper made from the books: ``villagehub sheet`` and ``villagehub label``."""

from pathlib import Path

import click

from villagehub.accounts.queries import keyboard_channel
from villagehub.config import Settings
from villagehub.disclosures.rules import NoSuchPublication
from villagehub.disclosures.scope import publication_of, version_with_id
from villagehub.journal import Event
from villagehub.kernel import clock
from villagehub.kernel.codes import grouped
from villagehub.kernel.refused import NotFound
from villagehub.labels.actions import note_poster
from villagehub.labels.files import whole_file
from villagehub.labels.sheet_facts import SheetFacts, read_sheet
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work

_FILE = click.option(
    "-o", "--output", "file", required=True, metavar="文件", type=click.Path(path_type=Path), help="写到哪个文件。"
)


@click.command("sheet", help="打印公开榜（已公开的）或审核表（送审的），A4 PDF。码由机器读过，才给出文件。")
@click.option("--village", required=True, metavar="编码", help="村的 12 位编码，旧编码也行。")
@click.option("--publication", type=click.IntRange(min=1), metavar="号", help="第几号公开：做公开榜。")
@click.option("--version", "version_id", type=click.IntRange(min=1), metavar="版本", help="送审的版本：做审核表。")
@_FILE
@click.pass_context
def sheet_command(
    context: click.Context, village: str, publication: int | None, version_id: int | None, file: Path
) -> None:
    """Makes the sheet, reads its code back, and writes the file."""
    from villagehub.labels.making import make_sheet

    if (publication is None) == (version_id is None):
        raise click.UsageError("--publication 和 --version 要写一个，只能写一个。")
    app, now = context.obj(), clock.now()
    settings: Settings = app.extensions["villagehub"]
    with app.app_context():
        made = make_sheet(_facts(settings, village, publication, version_id), settings=settings, now=now)
        with whole_file(file, made.pdf), unit_of_work() as session:
            note_poster(
                session,
                made.code.id,
                actor=None,
                channel=keyboard_channel(),
                detail=made.detail,
                now=now,
                event=Event.SHEET_MADE,
            )
    click.echo(f"{made.name}做好了：{file}，{made.pages} 页。")
    click.echo(f"{made.facts.village.name}《{made.facts.title}》，编号 {grouped(made.code.code)}。")
    for margin in made.margins:
        click.echo(f"机器读过的{margin.words}")
    for warning in made.warnings:
        click.echo(f"注意：{warning}")


def _facts(settings: Settings, code: str, publication: int | None, version_id: int | None) -> SheetFacts:
    with reading() as session:
        village = read_village(session, code)
        if publication is not None:
            found = publication_of(session, village.id, publication)
            if found is None:
                raise NoSuchPublication(village=village.name, number=publication)
            version_id = found.id
        assert version_id is not None  # noqa: S101 - one of the two was given
        if version_with_id(session, version_id).village_id != village.id:
            raise NotFound()
        return read_sheet(session, version_id, today=clock.today(), board_only=settings.collective_review == "board")


@click.command("label", help="做标签（PDF，90×50 毫米）：给出租的资产和资源、公益设施、工程项目。")
@click.option("--village", required=True, metavar="编码", help="村的 12 位编码，旧编码也行。")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="编号",
    help="资产的编号，可以写几次；不写就全做。",
)
@click.option("--a4", "together", is_flag=True, help="一张 A4 纸上排 10 张，带裁切线；不写就是一页一张。")
@_FILE
@click.pass_context
def label_command(context: click.Context, village: str, numbers: tuple[int, ...], together: bool, file: Path) -> None:
    """Makes the labels, reads every code back, and writes the file."""
    from villagehub.labels.making import make_tags
    from villagehub.labels.tag_facts import chosen, list_tagged

    app, now = context.obj(), clock.now()
    settings: Settings = app.extensions["villagehub"]
    with app.app_context():
        with reading() as session:
            found = read_village(session, village)
            tagged = list_tagged(session, found.id)
        things = chosen(tagged, numbers or [one.number for one in tagged])
        made = make_tags(found, things, settings=settings, now=now, together=together)
        with whole_file(file, made.pdf), unit_of_work() as session:
            for code in made.codes:
                note_poster(
                    session,
                    code.id,
                    actor=None,
                    channel=keyboard_channel(),
                    detail={},
                    now=now,
                    event=Event.LABEL_MADE,
                )
    click.echo(f"标签做好了：{file}，{len(made.codes)} 张。机器读过每一个码，都对。")
    for thing, code in zip(things, made.codes, strict=True):
        click.echo(f"  编号 {thing.number} {thing.name}（{thing.why}）：{grouped(code.code)}")
    for warning in made.warnings:
        click.echo(f"注意：{warning}")
