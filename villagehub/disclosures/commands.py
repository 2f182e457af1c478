"""Command line of the room: ``villagehub disclosures`` takes the same steps as the pages, by the verbs of ``office``."""

import json

import click

from villagehub.accounts.queries import villages_of
from villagehub.accounts.rules import Permission, permission_table
from villagehub.disclosures.at_keyboard import AS, JSON, VERSION, at_keyboard, may_read
from villagehub.disclosures.draft_commands import (
    abandon_command,
    balances_command,
    correct_command,
    nil_command,
    row_command,
    submit_command,
    take_back_command,
)
from villagehub.disclosures.one_version import read_version
from villagehub.disclosures.printing import line_object, line_words, page_object, page_words
from villagehub.disclosures.queries import list_open, list_published, list_versions, waiting_for
from villagehub.disclosures.review_commands import publish_command, recuse_command, review_command, send_back_command
from villagehub.disclosures.scope import version_with_id
from villagehub.kernel import clock
from villagehub.places.queries import read_village, read_village_by_id
from villagehub.storage import reading


@click.group("disclosures", help="送审、审核、公开、更正：和网页上一样的规矩，代谁办理用 --as 写明。")
def disclosures_group() -> None:
    """Commands on disclosures and their versions."""


@disclosures_group.command("list", help="列出没办完的和最近公开的版本；前面有 * 的，正等 --as 这个人来办。")
@click.option("--village", default="", metavar="编码", help="只列这个村；不写就列这个人任职的所有村。")
@click.option("--all", "everything", is_flag=True, help="全部版本，作废的和更正过的也列出来。")
@AS
@JSON
@click.pass_context
def list_command(context: click.Context, village: str, everything: bool, login: str, as_json: bool) -> None:
    """Prints one line a version, or a JSON list of objects with their ids."""
    with at_keyboard(context, login) as me, reading() as session:
        today = clock.today()
        villages = villages_of(session, me.actor, Permission.READ_STAFF, table=permission_table(me.policy.publish_by))
        if village:
            villages = [read_village(session, village)]
            may_read(me, villages[0])
        ids = [one.id for one in villages]
        if everything:
            lines = list_versions(session, ids, today=today)
        else:
            lines = [*list_open(session, ids, today=today), *list_published(session, ids, today=today)]
        mine = waiting_for(session, lines, actor=me.actor, policy=me.policy)
    if as_json:
        objects = [line_object(one, waits=one.version_id in mine) for one in lines]
        click.echo(json.dumps(objects, ensure_ascii=False))
        return
    for one in lines:
        click.echo(line_words(one, waits=one.version_id in mine))
    if not lines:
        click.echo("还没有版本。先用 villagehub import 导入一个表格。")


@disclosures_group.command("show", help="看一个版本：各行和编号、合计、签字、经过，这个人现在能办什么。")
@VERSION
@click.option("--page", default=1, type=click.IntRange(1), metavar="页", help="第几页，每页 100 行。")
@AS
@JSON
@click.pass_context
def show_command(context: click.Context, version: int, page: int, login: str, as_json: bool) -> None:
    """Prints the version as the person would see it at the desk."""
    with at_keyboard(context, login, version) as me, reading() as session:
        may_read(me, read_village_by_id(session, version_with_id(session, version).village_id))
        found = read_version(session, version, actor=me.actor, policy=me.policy, today=clock.today(), page=page)
    if as_json:
        click.echo(json.dumps(page_object(found), ensure_ascii=False))
        return
    for line in page_words(found):
        click.echo(line)


for one in (
    submit_command,
    review_command,
    publish_command,
    correct_command,
    row_command,
    balances_command,
    nil_command,
    recuse_command,
    send_back_command,
    take_back_command,
    abandon_command,
):
    disclosures_group.add_command(one)
