"""Command line of the room: ``villagehub doctor`` and ``villagehub demo``."""

import click

from villagehub.config import load_settings
from villagehub.ops.demo.command import demo_command
from villagehub.ops.doctor import examine

__all__ = ["demo_command", "doctor_command"]


@click.command(
    "doctor", help="体检：数据库、防改保护、密钥、磁盘、操作记录、原始文件、页面。只看不改；有毛病时退出码是 1。"
)
@click.pass_context
def doctor_command(context: click.Context) -> None:
    """Prints one line a check and what to do about each finding; exit code 1 when there is any."""
    app = context.obj()
    faults = 0
    for name, findings in examine(app, load_settings()):
        click.echo(f"{'有问题' if findings else '正常　'}  {name}")
        for finding in findings:
            faults += 1
            click.echo(f"        {finding.message}")
    click.echo("一切正常。" if not faults else f"共 {faults} 处要处理。")
    context.exit(1 if faults else 0)
