"""``villagehub init``: an installation made or brought up to date. There is no default password anywhere."""

from pathlib import Path

import click
from sqlalchemy import create_engine, select

from villagehub.accounts import actions
from villagehub.accounts.commands import ask_password, must_have_screen
from villagehub.accounts.models import Appointment
from villagehub.accounts.queries import keyboard_channel
from villagehub.accounts.roles import Role
from villagehub.config import Settings, load_settings
from villagehub.disclosures.due import ensure_default_rules
from villagehub.kernel import clock
from villagehub.ops.doctor import KEYS
from villagehub.storage import migrate, reading, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.storage.work import files_of
from villagehub.transparency.log import LogBehind, count_unsealed
from villagehub.transparency.ours import bring_up_to_date, seal


def prepare(settings: Settings) -> None:
    """Makes the folder, the keys and the database of an installation, or brings them up to date; safe to repeat."""
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in KEYS:
        load_key(settings.keys, name)
    engine = create_engine(settings.database_url)
    try:
        migrate.upgrade(engine)
        if engine.dialect.name == "sqlite":
            for file in files_of(Path(engine.url.database or "")):
                file.chmod(0o600)  # made by an earlier version of the program
    finally:
        engine.dispose()


def settle() -> None:
    """Puts in place what every installation begins with: the rules of when what must be public, from today on, unless it has
    its own. Needs an application context; safe to repeat.
    """
    with unit_of_work() as session:
        ensure_default_rules(session, since=clock.today())


def _seal_earlier(settings: Settings) -> None:
    """What was published before there was a log gets its place in it, ahead of what comes; a restored database waits for
    ``log catch-up``. Needs an application context; safe to repeat.
    """
    with reading() as session:
        waiting = count_unsealed(session)
    if waiting:
        try:
            seal(settings)
            bring_up_to_date(settings, wait=True)
        except LogBehind as refusal:
            click.echo(f"{refusal.sentence}{refusal.next_step}", err=True)
        else:
            click.echo(f"从前公开的 {waiting} 件，已经写进防改日志，签了名。")


@click.command(
    "init", help="新装或升级：建数据库和密钥，再问第一个管理员的登录名和密码。可以重复运行，不会动已有的数据。"
)
@click.option("--login", help="第一个管理员的登录名；不写就在屏幕上问。")
@click.option("--name", default="系统管理员", show_default=True, help="第一个管理员的姓名。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码（一行），不在屏幕上问。")
@click.pass_context
def init_command(context: click.Context, login: str | None, name: str, password_stdin: bool) -> None:
    """Prepares the instance, and makes the first administrator where there is none."""
    settings = load_settings()
    prepare(settings)
    click.echo(f"数据都放在 {settings.instance}。请定期运行 villagehub backup 备份，密钥和备份分开存。")
    with context.obj().app_context():
        settle()
        _seal_earlier(settings)
        with reading() as session:
            wanted = select(Appointment.id).where(
                Appointment.role == Role.ADMINISTRATOR, Appointment.ended_at.is_(None)
            )
            if session.scalar(wanted.limit(1)) is not None:
                click.echo("数据库已是最新，管理员已有，没有改动账号。")
                return
        if not password_stdin:
            must_have_screen()
        login = login or str(click.prompt("第一个管理员的登录名"))
        password = ask_password(password_stdin)
        with unit_of_work() as session:
            now, channel = clock.now(), keyboard_channel()
            person = actions.add_person(
                session, login, name=name, password=password, actor=None, channel=channel, now=now
            )
            actions.appoint(session, person, Role.ADMINISTRATOR, place=None, actor=None, channel=channel, now=now)
    click.echo(
        f"管理员 {login} 已建好。下一步：villagehub places import 名单.csv，villagehub accounts add，villagehub serve。"
    )
