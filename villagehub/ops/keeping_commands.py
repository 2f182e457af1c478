"""Command line of whoever keeps the site: ``villagehub backup`` and ``villagehub restore``."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from villagehub.config import default_instance, load_settings
from villagehub.kernel.clock import SHANGHAI
from villagehub.notices.channels import channel_files
from villagehub.ops.backup import keys_beside, make_backup
from villagehub.ops.restore import restore_backup

_FOLDER = click.Path(path_type=Path)


@click.command("backup", help="备份：数据库、原始文件和设置放进一个新文件夹；密钥另放一个文件夹。网站不用停。")
@click.argument("folder", type=_FOLDER)
@click.option("--keys", type=_FOLDER, help="密钥放在哪个文件夹。默认是备份旁边的“名字.keys”。")
def backup_command(folder: Path, keys: Path | None) -> None:
    """Makes a backup and says where its two parts lie; originals that were broken already are named."""
    made = make_backup(load_settings(), folder, keys, progress=_progress)
    click.echo(f"备份好了：{made.folder}（{made.files} 个文件，{made.size / 1e6:.1f} MB）。")
    click.echo(f"密钥在 {made.keys}。请存到另一个地方，不要和备份放在一起：两样在一起，谁拿到都能看原始文件。")
    for fault in made.faults:
        click.echo(f"备份以前就有的问题：{fault}", err=True)


@click.command("restore", help="恢复：先把备份从头查一遍，都对了才放进空的文件夹。有一处不对，就什么也不动。")
@click.argument("folder", type=_FOLDER)
@click.option("--keys", type=_FOLDER, help="密钥在哪个文件夹。默认是备份旁边的“名字.keys”。")
def restore_command(folder: Path, keys: Path | None) -> None:
    """Restores into the empty instance and says what to do next."""
    restored = restore_backup(default_instance(), folder, keys)
    made_at = datetime.fromisoformat(restored.made_at).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    click.echo(f"恢复好了：{restored.instance}，是 {made_at} 的备份，{restored.files} 个文件都核对过。")
    for fault in restored.faults:
        click.echo(f"备份以前就有的问题：{fault}", err=True)
    kept = channel_files(keys or keys_beside(folder))
    if kept:
        click.echo(
            f"{len(kept)} 个提醒的地址没有恢复，免得试着恢复的网站也往群里发。真要用它接着办，就把 {kept[0].parent} 里的"
            f" notify-*.key 拷到 {restored.instance / 'keys'}。"
        )
    click.echo("下一步：villagehub log catch-up --from 最新的日志，核对以后才能接着公开（备份以后也许还公开过）。")
    click.echo("然后 villagehub doctor 体检一遍，再 villagehub serve 打开网站。")


def _progress(paths: list[Path]) -> Iterator[Path]:
    with click.progressbar(paths, label="复制原始文件", hidden=len(paths) < 200) as bar:
        yield from bar
