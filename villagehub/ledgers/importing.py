"""Command line: ``villagehub import`` takes a file the same road as the page does, with the same rules and sentences."""

from pathlib import Path

import click

from villagehub.accounts.queries import acting_as
from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.config import Settings
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.rules import why_not_cadence
from villagehub.disclosures.scope import Account
from villagehub.disclosures.traced import Which, counted
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.ledgers.actions import accept, choose_gone, confirm, keep_report, receive
from villagehub.ledgers.bar import Bar
from villagehub.ledgers.checking import check_bytes, report_of
from villagehub.ledgers.continuing import continue_earlier
from villagehub.ledgers.mapping_said import MAP_HELP, ROWS_HELP, layouts_said
from villagehub.ledgers.mending import mend, merged, typed_texts
from villagehub.ledgers.other_village import Names
from villagehub.ledgers.overrides import NO_SUCH_CELL, typed_fixes
from villagehub.ledgers.preview import Preview, preview
from villagehub.ledgers.queries import NoSuchUpload, matched_words, upload_with_id
from villagehub.ledgers.remembering import layout_entry, match_columns, remembered, targets_of
from villagehub.ledgers.report import of_severity, open_questions
from villagehub.places.queries import names_beside, read_village
from villagehub.sections import SECTIONS, section_named
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of
from villagehub.web.attachments import shown_name

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
@click.option("--map", "mapped", multiple=True, help=MAP_HELP)
@click.option("--heading-row", "rows", multiple=True, help=ROWS_HELP)
@click.option(
    "--fix",
    "fixed",
    multiple=True,
    help="改一格再读：表名!C12=值；csv 没有表名，写 !C12=值。可写多次，原来的文件不动。",
)
@click.option(
    "--gone", multiple=True, type=click.IntRange(1), help="表里没有、要去掉的一行的编号。可写多次；不写就留着。"
)
@click.option("--preview", "only_look", is_flag=True, help="只看存进去以后会怎样，不存成草稿。")
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
    mapped: tuple[str, ...],
    rows: tuple[str, ...],
    fixed: tuple[str, ...],
    gone: tuple[int, ...],
    only_look: bool,
    login: str,
) -> None:
    """Receives, checks and accepts a file on behalf of an account; prints what became of it and the draft's id."""
    app = context.obj()
    settings: Settings = app.extensions["villagehub"]
    raw, name, now = file.read_bytes(), shown_name(file.name), clock.now()
    with app.app_context():
        with reading() as session:
            actor = acting_as(session, login, settings=settings, now=now)
            place = read_village(session, village)
            names = Names(*names_beside(session, place.id))
        refusal = why_not(actor, Permission.UPLOAD, place, entity=entity, table=permission_table(settings.publish_by))
        if refusal:
            raise refusal
        wanted = Period.read(period, today=clock.today())
        refusal = why_not_cadence(section_named(section), wanted, today=clock.today())
        if refusal:
            raise refusal
        account = Account(place.id, section, wanted, entity, group_no, subject)
        sha256 = vault_of(settings).keep(raw)
        with unit_of_work() as session:
            upload, again = receive(session, account, sha256=sha256, size=len(raw), filename=name, actor=actor, now=now)
            if upload.state != "accepted":
                upload.layouts = {**upload.layouts, **remembered(session, place.id, section)}
            upload_id, state, version_id, layouts = upload.id, upload.state, upload.version_id, upload.layouts
            fixes = merged(upload, typed_fixes(fixed), (), actor=actor, now=now)
        if again:
            click.echo(f"这个文件以前传过（第 {upload_id} 次上传），接着上次的办。")
        if state == "accepted":
            click.echo("上次已经存成草稿，没有重复存。")
            _say_version(version_id, login)
            return
        said = layouts_said(raw, name, section_named(section), mapped, rows, known=targets_of(layouts), method="fork")
        told = {
            mark: layout_entry(one.columns, targets, upload, actor=actor, now=now)
            for mark, (one, targets) in said.items()
        }
        with Bar() as bar:
            checked = check_bytes(
                raw,
                name,
                account,
                settings,
                layouts=targets_of({**layouts, **told}),
                fixes=typed_texts(fixes),
                villages=names,
                told=bar.show,
            )
        nowhere = next((one for one in checked.problems if one.code == NO_SUCH_CELL), None)
        if nowhere is not None:
            click.echo(f"{nowhere.message}{nowhere.fix}", err=True)
            context.exit(MUST_MEND)
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            report = report_of(checked)
            if told:
                match_columns(session, upload, {**layouts, **told}, checked, report, seen=None, actor=actor, now=now)
            if fixed:
                mend(session, upload, fixes, checked, report, seen=None, actor=actor, now=now)
            if not told and not fixed:
                keep_report(session, upload, checked, report)
            if checked.continues and continue_earlier(session, upload, checked.continues, actor=actor, now=now):
                click.echo("这是标好错的表改好以后传回来的，接着上次的办。")
            matched = [matched_words(upload, mark, now) for mark in upload.report["layouts"] if mark in upload.layouts]
            report = dict(upload.report)
            places = _wanted(report, confirmed)
            confirm(session, upload, places, actor=actor, now=now)
            if gone:
                choose_gone(session, upload, gone, gone)
            left = open_questions(upload.report, upload.confirmations)
        _say(report)
        for words in matched:
            click.echo(words)
        if checked.outcome == "reject":
            click.echo("一行也没有存。请照上面的提示改好再导入。", err=True)
            context.exit(MUST_MEND)
        if left:
            for one in left:
                click.echo(f"要确认：{one['message']}（--confirm '{one['place']}'）", err=True)
            context.exit(NEEDS_ANSWERS)
        if only_look:
            _say_preview(
                preview(upload_id, checked, actor=actor, policy=policy_of(settings), now=now, which=Which.MISSING)
            )
            return
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            changes = accept(session, upload, checked, actor=actor, policy=policy_of(settings), now=now)
            version_id = upload.version_id
    click.echo(
        f"已存成草稿：{len(checked.rows)} 行（新 {changes.new}，改 {changes.changed}，没变 {changes.unchanged}，"
        f"表里没有了 {changes.missing}）。读回来数过，草稿里一共 {len(checked.rows) + changes.stays} 行。"
    )
    if changes.stays:
        click.echo(
            f"表里没有的 {changes.stays} 行留着。要去掉：先 villagehub undo {upload_id}，再导入时写 --gone 编号。"
        )
    _say_version(version_id, login)


def _say_preview(tried: Preview) -> None:
    """What acceptance would do; missing rows with the numbers that ``--gone`` wants. Raises what acceptance would."""
    if tried.refusal is not None or tried.changes is None:
        raise tried.refusal or NoSuchUpload()
    for _, words, count in counted(tried.changes.counts()):
        click.echo(f"{words}：{count} 行")
    for one in tried.listed.rows if tried.listed else ():
        click.echo(f"  编号 {one.number} {one.headline}：{'留着' if one.stays else '去掉'}")
    if tried.listed and tried.listed.pages > 1:
        click.echo(f"  只列出前 {len(tried.listed.rows)} 行，全部的在网页上看。")
    click.echo("只是看看，没有存成草稿。")


def _say_version(version_id: int | None, login: str) -> None:
    click.echo(f"版本 {version_id}。下一步：villagehub disclosures submit {version_id} --as {login}")


def _wanted(report: dict[str, object], confirmed: tuple[str, ...]) -> list[str]:
    """The places that the given answers mean: a whole place, or every place of a code."""
    asked = [one["place"] for one in of_severity(report, "confirm")]
    return [place for place in asked if place in confirmed or place.partition("@")[0] in confirmed]


def _say(report: dict[str, object]) -> None:
    for one in of_severity(report, "must_fix"):
        click.echo(f"要改：{one['message']}　{one['fix']}", err=True)
