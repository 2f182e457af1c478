"""Command line of the room: ``villagehub poster`` and ``villagehub codes``."""

from pathlib import Path

import click

from villagehub.accounts.queries import keyboard_channel
from villagehub.config import Settings
from villagehub.kernel import clock
from villagehub.kernel.clock import local_day
from villagehub.kernel.codes import grouped
from villagehub.labels.actions import note_poster, retire
from villagehub.labels.files import whole_file
from villagehub.labels.queries import CodeFacts, facts_of, find_code
from villagehub.labels.symbol import DENSE, as_png, as_svg
from villagehub.labels.targets import section_target
from villagehub.places.queries import read_village
from villagehub.sections import SECTIONS
from villagehub.storage import reading, unit_of_work
from villagehub.web.filters import day

_SECTION_WORDS = "、".join(f"{name}（{one.title}）" for name, one in SECTIONS.items())


@click.command("poster", help="做一张 A4 公开栏海报（PDF）。海报上的码都由机器读过，才给出文件。")
@click.option("--village", required=True, metavar="编码", help="村的 12 位编码，旧编码也行。")
@click.option("--section", default="", metavar="类别", help=f"扫了直接看哪一类：{_SECTION_WORDS}。不写就是村首页。")
@click.option("--board", default="", metavar="编号", help="公开栏编号，例如 G-01；不写就留空，印出来再写。")
@click.option(
    "-o", "--output", "file", required=True, metavar="文件", type=click.Path(path_type=Path), help="写到哪个文件。"
)
@click.pass_context
def poster_command(context: click.Context, village: str, section: str, board: str, file: Path) -> None:
    """Makes the poster, reads every code on it back, writes the file, and says how much damage the codes will stand."""
    from villagehub.labels.making import make_poster

    app, now = context.obj(), clock.now()
    settings: Settings = app.extensions["villagehub"]
    target = section_target(section)
    with app.app_context():
        with reading() as session:
            found = read_village(session, village)
        made = make_poster(found, target, settings=settings, board=board, now=now)
        with whole_file(file, made.pdf), unit_of_work() as session:
            note_poster(session, made.code.id, actor=None, channel=keyboard_channel(), detail=made.detail, now=now)
    click.echo(f"海报做好了：{file}")
    click.echo(f"{found.township_name} {found.name}，{target.words}，编号 {grouped(made.code.code)}。")
    click.echo(f"扫码打开：{settings.base_url}/C/{made.code.code}")
    click.echo(f"机器读过 {len(made.margins)} 个码，都对。经得起多少损坏（过了几级/试了几级）：")
    for margin in made.margins:
        click.echo(f"  {margin.words}")
    for warning in made.warnings:
        click.echo(f"注意：{warning}")


@click.group("codes", help="二维码：查看、存成图片、停用。")
def codes_group() -> None:
    """Commands on codes."""


_CODE = click.argument("code", metavar="编号")


@codes_group.command("show", help="看一个码指到哪里；也能存成 PNG 或 SVG 图片。")
@_CODE
@click.option("--png", metavar="文件", type=click.Path(path_type=Path), help="存成 PNG 图片（黑白，四边留白）。")
@click.option("--svg", metavar="文件", type=click.Path(path_type=Path), help="存成 SVG 图片（放大不糊）。")
@click.pass_context
def show_command(context: click.Context, code: str, png: Path | None, svg: Path | None) -> None:
    """Prints what is known of a code, and writes its picture if asked."""
    app = context.obj()
    with app.app_context(), reading() as session:
        facts = facts_of(session, find_code(session, code))
    for line in _lines(facts):
        click.echo(line)
    for file, make in ((png, as_png), (svg, as_svg)):
        if file is not None:
            with whole_file(file, make(facts.symbol)):
                pass
            click.echo(f"图片存好了：{file}")


def _lines(facts: CodeFacts) -> list[str]:
    state = "在用"
    if facts.retired_at:
        state = f"{day(local_day(facts.retired_at))}停用：{facts.became}"
    printed = day(local_day(facts.printed_at)) if facts.printed_at else "还没有"
    dense = "" if facts.symbol.version <= DENSE else "，偏密"
    return [
        f"编号 {grouped(facts.code)}（{state}）",
        f"指到 {facts.village.township_name} {facts.village.name} · {facts.words}：{facts.path}",
        f"码里写的是 {facts.payload}",
        f"第 {facts.symbol.version} 级{dense}，纠错 {facts.level}，第 {facts.edition} 版",
        f"生成于 {day(local_day(facts.minted_at))}，最近一次打印：{printed}",
    ]


@codes_group.command("retire", help="停用一个码：以后扫到它的人会看到原因。停用后不能再用，海报要重做。")
@_CODE
@click.option("--reason", required=True, metavar="原因", help="为什么停用、改到了哪里，会写在扫码后的页面上。")
@click.pass_context
def retire_command(context: click.Context, code: str, reason: str) -> None:
    """Takes a code out of use for good."""
    app = context.obj()
    with app.app_context(), unit_of_work() as session:
        found = find_code(session, code)
        retire(session, found, reason, actor=None, channel=keyboard_channel(), now=clock.now())
        shown = grouped(found.code)
    click.echo(f"编号 {shown} 停用了。扫到它的人会看到：{reason.strip()}")
    click.echo("再做一张海报（villagehub poster），就会换上新码。")
