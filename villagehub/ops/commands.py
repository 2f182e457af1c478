"""Command line of the room: ``villagehub doctor`` and ``villagehub demo``."""

import click

from villagehub.config import load_settings
from villagehub.ops.demo.command import demo_command
from villagehub.ops.doctor import examine, missing_keys, unseen
from villagehub.ops.installed import must_hold_something

__all__ = ["demo_command", "doctor_command"]


@click.command(
    "doctor", help="体检：数据库、防改保护、密钥、磁盘、操作记录、原始文件、页面。只看不改；有毛病时退出码是 1。"
)
@click.pass_context
def doctor_command(context: click.Context) -> None:
    """Prints one line a check and what to do about each finding; exit code 1 when there is any. Raises NothingHereYet,
    DatabaseGone, NoDatabase.
    """
    settings = load_settings()
    must_hold_something(settings)
    gone = missing_keys(settings)
    if gone:  # the application would make new ones, and then nobody would know
        for finding in gone:
            click.echo(f"有问题  密钥\n        {finding.message}")
        click.echo(f"共 {len(gone)} 处要处理。密钥不全，别的没有查。")
        context.exit(1)
    app = context.obj()
    faults = 0
    for name, findings in examine(app, settings):
        click.echo(f"{'有问题' if findings else '正常　'}  {name}")
        for finding in findings:
            faults += 1
            click.echo(f"        {finding.message}")
    for sentence in unseen(app, settings):
        click.echo(f"说明　  {sentence}")
    click.echo("一切正常。" if not faults else f"共 {faults} 处要处理。")
    context.exit(1 if faults else 0)
