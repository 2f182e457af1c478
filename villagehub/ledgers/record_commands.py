"""Command line: ``villagehub export`` writes a version's rows as a table, ``villagehub undo`` undoes an accepted upload."""

from pathlib import Path
from typing import Final

import click

from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.disclosures.at_keyboard import AS, VERSION, at_keyboard, may_read
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.stages import REASON_WORDS
from villagehub.kernel.refused import Refused
from villagehub.ledgers.exporting import version_table
from villagehub.ledgers.queries import NoSuchUpload, upload_with_id
from villagehub.ledgers.undoing import undo
from villagehub.places.queries import read_village_by_id
from villagehub.storage import reading, unit_of_work

_KINDS: Final = "；".join(f"{code} {words}" for code, words in REASON_WORDS.items())


class FileThere(Refused):
    """Nothing is written over."""

    code = "file_there"
    message = "已经有文件 {name}，没有覆盖它。"
    fix = "请换一个名字，或者先移走那个文件。"


class NoPlaceToWrite(Refused):
    """The file cannot be made there."""

    code = "no_place_to_write"
    message = "写不了文件 {name}：没有这个文件夹，或者没有权限。"
    fix = "请换一个地方再试。"


@click.command("export", help="把一个版本（草稿或已公开的）的全部行存成表格；改好再导入，没改的行不会变。")
@VERSION
@click.option("-o", "--output", "output", type=click.Path(path_type=Path), help="存到哪里；结尾是 .xlsx 或 .csv。")
@click.option("--csv", "as_csv", is_flag=True, help="没写 -o 时存成 csv，不写就是 xlsx。")
@AS
@click.pass_context
def export_command(context: click.Context, version: int, output: Path | None, as_csv: bool, login: str) -> None:
    """Writes the table of a version; it holds columns that are never public. Raises FileThere, NoPlaceToWrite."""
    ending = output.suffix.lower().removeprefix(".") if output else "csv" if as_csv else "xlsx"
    if ending not in ("xlsx", "csv"):
        raise click.UsageError("文件名的结尾要写 .xlsx 或 .csv。", context)
    with at_keyboard(context, login, version) as me, reading() as session:
        may_read(me, read_village_by_id(session, version_with_id(session, version).village_id))
        table = version_table(session, version, ending)
    place = output or Path(table.name)
    try:
        with place.open("xb") as written:
            written.write(table.raw)
    except FileExistsError:
        raise FileThere(name=place.name) from None
    except OSError:
        raise NoPlaceToWrite(name=place.name) from None
    click.echo(f"已存成 {place}。里面有不公开的列，只给办公用。")


@click.command("undo", help="撤销一次导入：新加的行去掉，改过的恢复；后来有人改过的不动。已公开的会开更正草稿。")
@click.argument("upload", metavar="第几次上传", type=click.IntRange(1))
@click.option("--reason", default="", metavar="原因", help="已公开的才要写：为什么改，村民会看到，至少 10 个字。")
@click.option("--code", default="clerical", show_default=True, metavar="种类", help=f"原因的种类：{_KINDS}。")
@AS
@click.pass_context
def undo_command(context: click.Context, upload: int, reason: str, code: str, login: str) -> None:
    """Undoes an accepted upload, as the button on its record does."""
    with at_keyboard(context, login) as me:
        table = permission_table(me.policy.publish_by)
        with unit_of_work() as session:
            held = upload_with_id(session, upload, lock=True)
            village = read_village_by_id(session, held.village_id)
            if why_not(me.actor, Permission.READ_STAFF, village, table=table):
                raise NoSuchUpload()
            refusal = why_not(me.actor, Permission.UPLOAD, village, entity=held.entity, table=table)
            if refusal:
                raise refusal
            done = undo(session, held, me, code=code, reason=reason)
            correction = held.changes.get("correction")
    click.echo(f"去掉 {done.removed} 行，恢复成以前的 {done.restored + done.returned} 行。")
    for number, words in done.kept:
        click.echo(f"上传以后有人改过，没有动：编号 {number} {words}")
    if done.kept_balances:
        click.echo("期初、存款这些数上传以后有人改过，没有动。")
    if done.given_up:
        click.echo("草稿是这次上传开的，也一起作废了。")
    if correction:
        click.echo(f"已经公开的不能直接撤销，开好了更正草稿：版本 {correction}。")
        click.echo(f"下一步：villagehub disclosures submit {correction} --as {login}")
