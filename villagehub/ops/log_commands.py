"""``villagehub log``: the room's own commands, and catching up, which must know villages and their numbers."""

import click

from villagehub.config import load_settings
from villagehub.ops.catching_up import catch_up
from villagehub.transparency.commands import log_group
from villagehub.transparency.ours import bring_up_to_date
from villagehub.transparency.sources import source_of

__all__ = ["log_group"]


@log_group.command(
    "catch-up", help="从备份恢复以后用：和最新的日志核对，缺的补上，然后才能接着公开、签名。核对不上，就什么也不改。"
)
@click.option("--from", "where", metavar="网址|文件夹", default="", help="最新的日志：文件夹，或者 https://…/log。")
@click.option("--nothing-newer", is_flag=True, help="我查过了，没有比这份备份更新的公开。会记进操作记录。")
@click.pass_context
def catch_up_command(context: click.Context, where: str, nothing_newer: bool) -> None:
    """Says what the database lacked; those publications must be made again, under new numbers."""
    settings = load_settings()
    with context.obj().app_context():
        done = catch_up(settings, source_of(where) if where else None, nothing_newer=nothing_newer)
        bring_up_to_date(settings, wait=True)
    click.echo(f"核对好了，日志一共 {done.size} 条，可以接着公开。")
    for village, number in done.lost:
        click.echo(
            f"  {village} 第 {number} 号公开：日志里有，内容不在这份备份里。请从原来的表格重新导入、公开，会用新的号。"
        )
    for village, number in done.back:
        click.echo(
            f"  {village} 第 {number} 号公开：依法隐去过的内容，随这份备份又回来了，现在村民看得到。"
            "请先在网站上撤下，再重新依法隐去一次。",
            err=True,
        )
    if done.others:
        click.echo(f"  另外补回 {done.others} 条不是公开内容的记录。")
