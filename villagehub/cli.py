"""The command line: ``villagehub`` collects the rooms' commands and loads each one when it is called.

So ``villagehub check`` needs neither Flask nor a database. Exit codes: 0 done, 1 a fault, 2 wrongly typed, 4 a rule said no;
``check`` also answers 3 for "needs confirmation".
"""

import sys
import tempfile
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from villagehub import __version__
from villagehub.cli_words import speak_chinese
from villagehub.kernel.disk import DiskFull, is_full
from villagehub.kernel.refused import Refused

if TYPE_CHECKING:
    from flask import Flask

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("villagehub.ops.commands:demo_command", "一个虚构的县：造好数据并打开网站，先试试看。"),
    "init": ("villagehub.ops.installing:init_command", "新装或升级：建数据库、密钥和第一个管理员。"),
    "serve": ("villagehub.ops.serving:serve_command", "打开网站。"),
    "places": ("villagehub.places.commands:places_group", "县、乡镇、村名单。"),
    "accounts": ("villagehub.accounts.commands:accounts_group", "账号和任职。"),
    "check": ("villagehub.ledgers.commands:check_command", "试读一个表格，只看不写。"),
    "import": ("villagehub.ledgers.importing:import_command", "导入一个表格，成为草稿。"),
    "export": ("villagehub.ledgers.record_commands:export_command", "把一个版本的全部行存成表格。"),
    "undo": ("villagehub.ledgers.record_commands:undo_command", "撤销一次导入。"),
    "divide": ("villagehub.ledgers.divide_command:divide_command", "一个文件里有几个村：按村分开。"),
    "receipts": ("villagehub.receipts.commands:receipts_command", "给一个草稿传票据的照片和 PDF。"),
    "disclosures": ("villagehub.disclosures.commands:disclosures_group", "送审、审核、公开、更正。"),
    "poster": ("villagehub.labels.commands:poster_command", "做一张公开栏海报（PDF）。"),
    "sheet": ("villagehub.labels.sheet_commands:sheet_command", "打印公开榜或审核表（PDF）。"),
    "label": ("villagehub.labels.sheet_commands:label_command", "做集体资产标签（PDF）。"),
    "codes": ("villagehub.labels.commands:codes_group", "查看二维码。"),
    "calendar": ("villagehub.holidays.commands:calendar_group", "放假和调休：算答复期限用。"),
    "waivers": ("villagehub.supervision.commands:waivers_group", "延期：镇里批准晚些公开。"),
    "overdue": ("villagehub.supervision.overdue_command:overdue_command", "到期没公开的：哪个村、哪一项、该谁办。"),
    "notify": ("villagehub.notices.commands:notify_group", "提醒：发到群机器人、邮箱或别的程序。"),
    "tick": ("villagehub.ops.tick_commands:tick_command", "把到时间的事办了；serve 开着时每分钟自己办。"),
    "log": ("villagehub.ops.log_commands:log_group", "防改日志：公钥、补写、核对、导出。"),
    "verify": ("villagehub.transparency.verify_command:verify_command", "核对公开的内容有没有被改过，不用连数据库。"),
    "witness": (
        "villagehub.transparency.witnessing.commands:witness_group",
        "见证：替别处的防改日志作证，不用装网站。",
    ),
    "backup": ("villagehub.ops.keeping_commands:backup_command", "备份：数据库、原始文件、设置；密钥另放。"),
    "restore": ("villagehub.ops.keeping_commands:restore_command", "从备份恢复到一个空的文件夹。"),
    "ops": ("villagehub.ops.hosting:ops_group", "打印 systemd（服务 unit、定时器 timer）和 nginx 的配置。"),
    "doctor": ("villagehub.ops.commands:doctor_command", "体检：哪里不对，怎么办。"),
}
"""Name → where the command stands, and its line in the list."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table: first things first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, freshly imported; None for a name that is not in the table."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)  # noqa: S101 - a slip in the table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing them."""
        with formatter.section("命令"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


@cache
def make_app() -> "Flask":
    """The application, made on first use; commands find this function as ``context.obj``. Raises NothingHereYet, DatabaseGone:
    making the application would make a database and keys, and only ``init`` may do that.
    """
    from villagehub.app import create_app
    from villagehub.config import load_settings
    from villagehub.ops.installed import must_hold_something

    settings = load_settings()
    must_hold_something(settings)
    return create_app(settings)


@click.group(cls=LazyGroup, help="码上公开：村里的账，扫码就能看，改不了。")
@click.version_option(__version__, message="villagehub %(version)s", help="显示版本。")
@click.pass_context
def cli(context: click.Context) -> None:
    """The group of all commands."""
    if context.obj is None:
        context.obj = make_app


def _say_fault(fault: Exception) -> None:
    """One sentence for the person at the keyboard; the trace goes into a file only."""
    from villagehub.config import default_instance
    from villagehub.web.logs import configure_logging, log, new_reference

    reference, instance = new_reference(), default_instance()
    folder = instance if instance.is_dir() else Path(tempfile.mkdtemp(prefix="villagehub-"))
    file = folder / "villagehub.log"
    configure_logging("INFO", file=file)
    log.error("command_failed", id=reference, exc_info=fault)
    click.echo(f"出了故障，这一步没有办成。参考号 {reference}，细节记在 {file}。请把参考号告诉系统管理员。", err=True)


def run(act: Callable[[], object]) -> int:
    """Runs ``act`` and says in Chinese what went wrong, if anything did; returns the exit code."""
    try:
        code = act()
    except Refused as refusal:
        click.echo(refusal.sentence, err=True)
        if refusal.next_step:
            click.echo(refusal.next_step, err=True)
        return 4
    except click.ClickException as slip:
        slip.show()
        return slip.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("已取消。", err=True)
        return 130
    except BrokenPipeError:
        return 1
    except ModuleNotFoundError as missing:
        if (missing.name or "villagehub").partition(".")[0] == "villagehub":
            _say_fault(missing)
            return 1
        click.echo(f"缺少程序要用的模块 {missing.name}，这一步没有办成。程序更新以后会要新的模块。", err=True)
        click.echo(f"请在程序的文件夹里运行 {sys.executable} -m pip install -e . 再办一次。", err=True)
        return 4
    except Exception as fault:
        if is_full(fault):
            full = DiskFull()
            click.echo(f"{full.sentence}\n{full.next_step}", err=True)
            return 4
        _say_fault(fault)
        return 1
    return code if isinstance(code, int) else 0


def main() -> None:
    """The entry point of ``villagehub``."""
    speak_chinese()
    sys.exit(run(lambda: cli.main(standalone_mode=False)))
