"""``villagehub receipts``: the same files, matching and sentences as the page; masking needs eyes and is done there."""

import json
from pathlib import Path

import click

from villagehub.disclosures.at_keyboard import AS, JSON, VERSION, at_keyboard, say
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.stages import Stage
from villagehub.disclosures.steps import Step, why_not_post, why_not_step
from villagehub.kernel.refused import Refused
from villagehub.receipts.actions import Taken, must_take_receipts, take_files
from villagehub.receipts.intake import Arrival, bring_in
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import DiskAlmostFull


class SomeRefused(Refused):
    """Not every file was taken; which ones stands above."""

    code = "some_refused"
    message = "{count} 个文件没有收下，原因写在上面；别的都收下了。"
    fix = "改好后再传那几个就行。"
    status = 422


@click.command(
    "receipts",
    help="给一个草稿传票据：照片（JPG、PNG、WEBP）或 PDF，按文件名里的凭证号对上行。遮个人信息要在网页上办。",
)
@VERSION
@click.argument(
    "files", metavar="文件…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--row", "number", type=click.IntRange(1), metavar="行编号", help="都是这一行的票据；不写就看文件名。")
@AS
@JSON
@click.pass_context
def receipts_command(
    context: click.Context, version: int, files: tuple[Path, ...], number: int | None, login: str, as_json: bool
) -> None:
    """Takes files in; what cannot be taken is named one by one, and the exit code is 4."""
    with at_keyboard(context, login, version) as me:
        with reading() as session:
            held = version_with_id(session, version)
            ask = why_not_post if held.stage == Stage.PUBLISHED else why_not_step
            refusal = ask(session, held, Step.EDIT, actor=me.actor, policy=me.policy)
            if refusal:
                raise refusal
            must_take_receipts(held)
        arrivals: list[Arrival] = []
        refused: list[Refused] = []
        for file in files:
            try:
                arrivals.append(
                    bring_in(file.read_bytes(), file.name, context.obj().extensions["villagehub"], method="fork")
                )
            except DiskAlmostFull:
                raise
            except Refused as said:
                refused.append(said)
        taken: list[Taken] = []
        if arrivals:
            with unit_of_work() as session:
                taken = take_files(session, version, arrivals, me, number=number)
        if as_json:
            click.echo(json.dumps(_as_object(taken, refused), ensure_ascii=False))
        else:
            _tell(taken, refused)
            say(version, me, f"收下 {len(taken)} 个文件。")
        if refused:
            raise SomeRefused(count=len(refused))


def _tell(taken: list[Taken], refused: list[Refused]) -> None:
    for one in taken:
        row = f"对上了编号 {one.number}" if one.number else "还没有对上是哪一行"
        click.echo(f"“{one.name}”：{'早就传过。' if one.again else f'{one.pages} 张，{row}。'}")
        if one.active:
            click.echo("  这个 PDF 里带着程序或别的文件，只收下了页面的样子，请看一眼图对不对。")
    for said in refused:
        click.echo(f"{said.sentence}{said.next_step}")


def _as_object(taken: list[Taken], refused: list[Refused]) -> dict[str, object]:
    return {
        "taken": [
            {
                "name": one.name,
                "pages": one.pages,
                "row": one.number,
                "again": one.again,
                "code": "active_content" if one.active else "",
            }
            for one in taken
        ],
        "refused": [{"code": one.code, "message": one.sentence, "fix": one.next_step} for one in refused],
    }
