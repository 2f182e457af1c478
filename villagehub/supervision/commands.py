"""Command line of the room: ``villagehub waivers``."""

import click

from villagehub.accounts.queries import acting_as
from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.config import Settings
from villagehub.disclosures.at_keyboard import AS
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.places.queries import read_village
from villagehub.storage import reading, unit_of_work
from villagehub.supervision.forms import read_day
from villagehub.supervision.waivers import grant_waiver, list_waivers
from villagehub.web.filters import day


@click.group("waivers", help="延期：镇里批准晚些公开，原因村民看得到。")
def waivers_group() -> None:
    """The group of commands on later due days."""


@waivers_group.command("grant", help="批准一次延期，要写清原因。")
@click.option("--village", required=True, metavar="编码", help="村的 12 位编码。")
@click.option("--section", required=True, metavar="类别", help="哪一类，例如 finance。")
@click.option("--period", required=True, metavar="期间", help="哪一期，例如 2026Q3。")
@click.option(
    "--entity", default="committee", metavar="谁的账", help="committee 村委会，collective 村集体，group 村民小组。"
)
@click.option("--group", "group_no", default="", metavar="组号", help="第几组，只有村民小组的账要写。")
@click.option("--until", required=True, metavar="日期", help="延到哪一天，例如 2026-10-25。")
@click.option("--reason", required=True, metavar="原因", help="为什么延期，村民在网页上会看到。")
@AS
@click.pass_context
def grant_command(
    context: click.Context,
    village: str,
    section: str,
    period: str,
    entity: str,
    group_no: str,
    until: str,
    reason: str,
    login: str,
) -> None:
    """Puts a day off as the person named by ``--as``."""
    app, now = context.obj(), clock.now()
    settings: Settings = app.extensions["villagehub"]
    with app.app_context():
        with reading() as session:
            actor = acting_as(session, login, settings=settings, now=now)
            found = read_village(session, village)
        refusal = why_not(actor, Permission.SUPERVISE, found, table=permission_table(settings.publish_by))
        if refusal:
            raise refusal
        last_day, wanted = read_day(until), Period.read(period, today=clock.today())
        with unit_of_work() as session:
            grant_waiver(
                session,
                found,
                section,
                wanted,
                entity=entity,
                group_no=group_no,
                until=last_day,
                reason=reason,
                actor=actor,
                now=now,
            )
    click.echo(f"已批准：{found.name} {wanted.label}延到{day(last_day)}。办理人 {actor.name}，命令行代为操作。")
    click.echo("村首页会写明应公开的日期和延期原因。")


@waivers_group.command("list", help="看一个村批过的延期。")
@click.option("--village", required=True, metavar="编码", help="村的 12 位编码。")
@click.pass_context
def list_command(context: click.Context, village: str) -> None:
    """Prints the village's later days, the newest first."""
    app = context.obj()
    with app.app_context(), reading() as session:
        lines = list_waivers(session, read_village(session, village).id)
    for one in lines:
        click.echo(f"{one.title}：延到{day(one.until)}。{one.reason}（{one.granted_by}，{day(one.granted_at)}）")
    if not lines:
        click.echo("这个村没有批过延期。")
