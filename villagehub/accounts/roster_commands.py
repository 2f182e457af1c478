"""Command line for many accounts at once and for a lost authenticator: ``villagehub accounts import|reset-totp``."""

import os
from pathlib import Path

import click

from villagehub.accounts.queries import NoSuchPerson, keyboard_channel, person_with_login
from villagehub.accounts.roster import RosterFaults, places_to_name, read_roster, slips_csv, take_roster, told_of
from villagehub.accounts.second_factor import reset_second_factor
from villagehub.kernel import clock
from villagehub.storage import unit_of_work


@click.command("import", help="用名单（CSV）批量建账号和任职。有一行不对就一个也不建；原来就有的不再建，可以再导一次。")
@click.argument("file", metavar="名单.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "-o",
    "--output",
    metavar="密码.csv",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="一次性密码写到这个新文件（只有您能读）。发完请删掉。",
)
@click.pass_context
def import_command(context: click.Context, file: Path, output: Path) -> None:
    """Takes the list; the one-time passwords go into a new file that only its owner can read."""
    if output.exists():
        raise click.UsageError(f"{output} 已经有了，请换一个文件名。", context)
    app, channel = context.obj(), keyboard_channel()
    try:
        lines = read_roster(file.read_bytes())
        with app.app_context(), unit_of_work() as session:
            places = places_to_name(session, None)
            slips = take_roster(session, lines, places, actor=None, channel=channel, now=clock.now())
            if all(one.there for one in slips):
                click.echo(told_of(slips) + "没有写密码文件。")
                return
            handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as held:
                held.write(slips_csv([one for one in slips if not one.there]))
    except RosterFaults as refusal:
        for fault in refusal.faults:
            click.echo(fault.words, err=True)
        raise
    click.echo(f"{told_of(slips)}一次性密码在 {output}，发给本人以后请删掉。")


@click.command("reset-totp", help="取消一个账号的动态码（手机丢了）。本人登录后重新开。")
@click.argument("login", metavar="登录名")
@click.pass_context
def reset_totp_command(context: click.Context, login: str) -> None:
    """Takes the authenticator off an account and signs the person out everywhere."""
    app = context.obj()
    with app.app_context(), unit_of_work() as session:
        person = person_with_login(session, login.strip().lower())
        if person is None:
            raise NoSuchPerson(login=login[:40])
        reset_second_factor(session, person, actor=None, channel=keyboard_channel(), now=clock.now())
    click.echo(f"{login} 的动态码已取消，所有手机和电脑都已退出。")
