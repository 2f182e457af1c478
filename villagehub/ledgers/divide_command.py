"""Command line: ``villagehub divide`` gives each village its share of one file, by the same rules as the page."""

from pathlib import Path

import click

from villagehub.accounts.queries import acting_as, villages_of
from villagehub.accounts.rules import Permission, permission_table
from villagehub.config import Settings
from villagehub.disclosures.rules import why_not_cadence
from villagehub.disclosures.scope import Account
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.ledgers.bundling import (
    LEFT_OUT,
    HeldRowsOpen,
    HiddenSheetsOpen,
    NamesOpen,
    NothingToDivide,
    Sent,
    divide_bundle,
    find_bundle,
    held_rows,
    take_bundle,
    why_not_divide,
)
from villagehub.ledgers.figures import FIGURES, figure
from villagehub.ledgers.models import Bundle
from villagehub.places.queries import VillageFacts, read_village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading
from villagehub.web.attachments import shown_name

NEEDS_ANSWERS = 3


@click.command("divide", help="一个文件里有几个村：按村分开，各村一份。还要选、要看的，退出码是 3，什么也不分。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--section", required=True, type=click.Choice(list(SECTIONS)), help="公开什么内容。")
@click.option("--period", required=True, help="哪一期：2026Q3、2026-09、2026。")
@click.option(
    "--entity", default="committee", type=click.Choice(["committee", "collective"]), help="谁的账，默认村民委员会。"
)
@click.option("--village", "said", multiple=True, help="表里的名字是哪个村：名字=村编码。可写多次。")
@click.option("--leave-out", "left_out", multiple=True, help="不要这个名字的行。可写多次。")
@click.option("--held-back-seen", is_flag=True, help="没有写村名的行、隐藏的表看过了，先不传。")
@click.option("--as", "login", required=True, help="代谁办理（登录名）。")
@click.pass_context
def divide_command(
    context: click.Context,
    file: Path,
    section: str,
    period: str,
    entity: str,
    said: tuple[str, ...],
    left_out: tuple[str, ...],
    held_back_seen: bool,
    login: str,
) -> None:
    """Takes the file in, prints what each village would get, and divides it once nothing is open."""
    app = context.obj()
    settings: Settings = app.extensions["villagehub"]
    with app.app_context():
        wanted = Period.read(period, today=clock.today())
        refusal = why_not_cadence(section_named(section), wanted, today=clock.today())
        if refusal:
            raise refusal
        with reading() as session:
            actor = acting_as(session, login, settings=settings, now=clock.now())
            table = permission_table(settings.publish_by)
            villages = villages_of(session, actor, Permission.UPLOAD, entity=entity, table=table)
            named = {name: read_village(session, code).id for name, _, code in (one.rpartition("=") for one in said)}
        if not villages:
            raise NothingToDivide()
        sent = Sent(file.read_bytes(), shown_name(file.name), Account(villages[0].id, section, wanted, entity))
        bundle_id = take_bundle(sent, villages, actor=actor, settings=settings, method="fork")
        with reading() as session:
            bundle = find_bundle(session, bundle_id)
        chosen = {**bundle.chosen, **named, **dict.fromkeys(left_out, LEFT_OUT)}
        chosen = {one["name"]: chosen[one["name"]] for one in bundle.report["names"] if one["name"] in chosen}
        _say(bundle, chosen, villages)
        refusal = why_not_divide(bundle, chosen, seen_held=held_back_seen)
        if isinstance(refusal, NamesOpen | HeldRowsOpen | HiddenSheetsOpen):
            click.echo(f"{refusal.sentence}{_how(refusal)}", err=True)
            context.exit(NEEDS_ANSWERS)
        uploads = divide_bundle(
            bundle_id,
            chosen,
            villages,
            seen_held=held_back_seen,
            seen=None,
            actor=actor,
            settings=settings,
            method="fork",
        )
    names = {one.id: one.name for one in villages}
    for village_id, upload_id in uploads.items():
        click.echo(f"{names[village_id]}：第 {upload_id} 次上传，请本村的报账员在网页上核对、存成草稿。")


def _how(refusal: NamesOpen | HeldRowsOpen | HiddenSheetsOpen) -> str:
    if not isinstance(refusal, NamesOpen):
        return "看过了、先不传的，加上 --held-back-seen。"
    return "请用 --village 名字=村编码 写明；不要的用 --leave-out 名字。"


def _say(bundle: Bundle, chosen: dict[str, int], villages: list[VillageFacts]) -> None:
    """Each name with its rows and totals, and the village it stands for; then the sum that must come out."""
    names = {one.id: one.name for one in villages} | {LEFT_OUT: "不要"}
    given = left = 0
    for one in bundle.report["names"]:
        meant = chosen.get(one["name"])
        given += 0 if meant == LEFT_OUT else one["rows"]
        left += one["rows"] if meant == LEFT_OUT else 0
        figures = [
            f"{words} {figure(key, one['totals'][key])}"
            for key, words in FIGURES.items()
            if key in one["totals"] and key != "rows"
        ]
        where = names.get(meant, "") if meant is not None else f"是哪个村？--village {one['shown']}=村编码"
        click.echo(f"{one['shown']}：{'，'.join([str(one['rows']) + ' 行', *figures])} → {where}")
    sheets = bundle.report["sheets"]
    for one in sheets:
        if one["held"]:
            rows = "、".join(map(str, one["held_rows"]))
            click.echo(f"没有写村名：“{one['name']}”第 {rows} 行")
    click.echo(
        f"读到 {sum(one['read'] for one in sheets)} 行 = 分给各村 {given} 行 + 放一边 {sum(one['aside'] for one in sheets)} 行"
        f" + 不要的 {left} 行 + 没有村名的 {held_rows(bundle)} 行"
    )
