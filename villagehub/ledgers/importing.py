"""Command line: ``villagehub import`` takes a file the same road as the page does, with the same rules and sentences."""

from pathlib import Path

import click

from villagehub.accounts.queries import acting_as
from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.config import Settings
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import Account
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.ledgers.actions import accept, confirm, keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of, shown_name, vault_of
from villagehub.ledgers.queries import upload_with_id
from villagehub.ledgers.report import of_severity, open_questions
from villagehub.places.queries import read_village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading, unit_of_work

NEEDS_ANSWERS = 3
MUST_MEND = 4


@click.command("import", help="导入一个表格，成为草稿。有要改的地方退出码是 4，有要确认的是 3，什么也不会存。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--village", required=True, help="村的 12 位编码。")
@click.option("--section", required=True, type=click.Choice(list(SECTIONS)), help="公开什么内容。")
@click.option("--period", required=True, help="哪一期：2026Q3、2026-09、2026。")
@click.option(
    "--entity",
    default="committee",
    type=click.Choice(["committee", "collective", "group"]),
    help="谁的账，默认村民委员会。",
)
@click.option("--group", "group_no", default="", help="村民小组的组号。")
@click.option("--subject", default="", help="同一期里分开的一批，例如补贴项目的名称；一般由表格决定。")
@click.option("--confirm", "confirmed", multiple=True, help="确认一处提示：代码，或 代码@表名!行号。可写多次。")
@click.option("--as", "login", required=True, help="代谁办理（登录名）。")
@click.pass_context
def import_command(
    context: click.Context,
    file: Path,
    village: str,
    section: str,
    period: str,
    entity: str,
    group_no: str,
    subject: str,
    confirmed: tuple[str, ...],
    login: str,
) -> None:
    """Receives, checks and accepts a file on behalf of an account; prints what became of it and the draft's id."""
    app = context.obj()
    settings: Settings = app.extensions["villagehub"]
    raw, name, now = file.read_bytes(), shown_name(file.name), clock.now()
    section_named(section)
    with app.app_context():
        with reading() as session:
            actor = acting_as(session, login, settings=settings, now=now)
            place = read_village(session, village)
        refusal = why_not(actor, Permission.UPLOAD, place, entity=entity, table=permission_table(settings.publish_by))
        if refusal:
            raise refusal
        account = Account(place.id, section, Period.parse(period), entity, group_no, subject)
        sha256 = vault_of(settings).keep(raw)
        with unit_of_work() as session:
            upload, again = receive(session, account, sha256=sha256, size=len(raw), filename=name, actor=actor, now=now)
            upload_id, state, version_id = upload.id, upload.state, upload.version_id
        if again:
            click.echo(f"这个文件以前传过（第 {upload_id} 次上传），接着上次的办。")
        if state == "accepted":
            click.echo("上次已经存成草稿，没有重复存。")
            _say_version(version_id, login)
            return
        checked = check_bytes(raw, name, account, settings)
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            keep_report(session, upload, checked, report_of(checked))
            report = dict(upload.report)
            places = _wanted(report, confirmed)
            confirm(session, upload, places, actor=actor, now=now)
            left = open_questions(upload.report, upload.confirmations)
        _say(report)
        if checked.outcome == "reject":
            click.echo("一行也没有存。请照上面的提示改好再导入。", err=True)
            context.exit(MUST_MEND)
        if left:
            for one in left:
                click.echo(f"要确认：{one['message']}（--confirm '{one['place']}'）", err=True)
            context.exit(NEEDS_ANSWERS)
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            changes = accept(session, upload, checked, actor=actor, policy=policy_of(settings), now=now)
            version_id = upload.version_id
    click.echo(
        f"已存成草稿：{len(checked.rows)} 行（新 {changes.new}，改 {changes.changed}，没变 {changes.unchanged}，"
        f"表里没有了 {changes.missing}）。"
    )
    _say_version(version_id, login)


def _say_version(version_id: int | None, login: str) -> None:
    click.echo(f"版本 {version_id}。下一步：villagehub disclosures submit {version_id} --as {login}")


def _wanted(report: dict[str, object], confirmed: tuple[str, ...]) -> list[str]:
    """The places that the given answers mean: a whole place, or every place of a code."""
    asked = [one["place"] for one in of_severity(report, "confirm")]
    return [place for place in asked if place in confirmed or place.partition("@")[0] in confirmed]


def _say(report: dict[str, object]) -> None:
    for one in of_severity(report, "must_fix"):
        click.echo(f"要改：{one['message']}　{one['fix']}", err=True)
