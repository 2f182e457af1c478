"""Command line of the room: ``villagehub accounts add|end|password|list|import|reset-totp``."""

import os
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from villagehub.accounts import actions
from villagehub.accounts.appointing import NothingToEnd
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import LEAST
from villagehub.accounts.people import clean_login
from villagehub.accounts.queries import (
    NoSuchPerson,
    PersonLine,
    keyboard_channel,
    list_people,
    person_with_login,
    place_with_code,
)
from villagehub.accounts.roles import ROLE_WORDS, Role, post_words
from villagehub.accounts.roster_commands import import_command, reset_totp_command
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ROLES = click.Choice([role.value for role in Role])
_ROLE_HELP = "；".join(f"{role.value} {words}" for role, words in ROLE_WORDS.items())
_DAY = click.DateTime(["%Y-%m-%d"])


class NoPassword(Refused):
    """Nothing came in through standard input."""

    code = "no_password"
    message = "没有读到密码。"
    fix = "用 --password-stdin 时，请把密码作为一行送进来；不用它，就会在屏幕上问。"
    status = 422


class NoScreen(Refused):
    """Nobody sits at a terminal who could be asked."""

    code = "no_screen"
    message = "这里没有可以输入的屏幕（终端），没法问密码，没有建账号。"
    fix = (
        "请加 --password-stdin，把密码作为一行送进来，例如："
        "villagehub init --login 登录名 --password-stdin < 密码文件。前面办好的都在，可以再运行一次。"
    )
    status = 422


def must_have_screen() -> None:
    """Raises NoScreen where a question on the screen would reach nobody, or would show what is typed."""
    if sys.stdin.isatty():
        return
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        raise NoScreen() from None


def ask_password(from_stdin: bool) -> str:
    """One line of standard input, or asked twice at the keyboard without showing it. Raises NoPassword, NoScreen."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise NoPassword()
        return password
    must_have_screen()
    return str(
        click.prompt(f"密码（至少 {LEAST} 位，输的时候不显示）", hide_input=True, confirmation_prompt="再输一遍")
    )


def held_person(session: "Session", login: str) -> Person:
    """The person with this login name; raises NoSuchPerson."""
    person = person_with_login(session, login.strip().lower())
    if person is None:
        raise NoSuchPerson(login=login[:40])
    return person


@click.group("accounts", help="账号和任职：谁在哪里任什么职，到哪天为止。")
def accounts_group() -> None:
    """Commands on people and their appointments."""


accounts_group.add_command(import_command)
accounts_group.add_command(reset_totp_command)


@accounts_group.command("add", help="建账号，或给已有的账号加一个任职。")
@click.argument("login", metavar="登录名")
@click.option("--name", help="姓名，签字和公开时会写出来。新建账号时要写。")
@click.option("--role", type=_ROLES, help=f"任职：{_ROLE_HELP}。")
@click.option("--place", "code", help="任职的地方：村、乡镇或县的编码。系统管理员不写。")
@click.option(
    "--entity", type=click.Choice(["committee", "collective", "group"]), help="只管其中一本账时写；不写就是全村。"
)
@click.option("--from", "begin", type=_DAY, help="任期从哪天起，默认今天。")
@click.option("--until", type=_DAY, help="任期到哪天为止（含这一天）。")
@click.option("--one-time", is_flag=True, help="密码只用一次，14 天里有效，登录后要先换成自己的。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码（一行），不在屏幕上问。")
@click.pass_context
def add_command(
    context: click.Context,
    *,
    login: str,
    name: str | None,
    role: str | None,
    code: str | None,
    entity: str | None,
    begin: datetime | None,
    until: datetime | None,
    one_time: bool,
    password_stdin: bool,
) -> None:
    """Adds the person if need be and appoints them, all or nothing."""
    app = context.obj()
    with app.app_context():
        with reading() as session:
            known = person_with_login(session, clean_login(login)) is not None
        if not known and not name:
            raise click.UsageError("新建账号要写 --name 姓名。", context)
        password = "" if known else ask_password(password_stdin)
        with unit_of_work() as session:
            person = (
                held_person(session, login)
                if known
                else actions.add_person(
                    session,
                    login,
                    name=name or "",
                    password=password,
                    must_change=one_time,
                    actor=None,
                    channel=keyboard_channel(),
                    now=clock.now(),
                )
            )
            if role is not None:
                actions.appoint(
                    session,
                    person,
                    Role(role),
                    place=place_with_code(session, code) if code else None,
                    entity=entity or "",
                    from_date=begin.date() if begin else None,
                    until_date=until.date() if until else None,
                    actor=None,
                    channel=keyboard_channel(),
                    now=clock.now(),
                )
    done = "已有账号" if known else "已建账号"
    post = f"，任 {post_words(Role(role), entity or '')}" if role else "，还没有任职"
    click.echo(f"{done} {login}{post}。")


@accounts_group.command("end", help="结束任职。不写 --role 和 --place 就结束这个人的全部任职。")
@click.argument("login", metavar="登录名")
@click.option("--role", type=_ROLES, help="只结束这种任职。")
@click.option("--place", "code", help="只结束在这个地方的任职。")
@click.option("--disable", is_flag=True, help="同时停用账号，不能再登录。")
@click.pass_context
def end_command(context: click.Context, login: str, role: str | None, code: str | None, disable: bool) -> None:
    """Ends appointments at once and signs the person out; what they did stays as it is."""
    app = context.obj()
    now, channel = clock.now(), keyboard_channel()
    with app.app_context(), unit_of_work() as session:
        person = held_person(session, login)
        place = place_with_code(session, code) if code else None
        wanted = Role(role) if role else None
        ended = 0
        try:
            ended = actions.end_appointment(
                session, person, role=wanted, place=place, actor=None, channel=channel, now=now
            )
        except NothingToEnd:
            if not disable:
                raise
        if disable:
            actions.disable_person(session, person, actor=None, channel=channel, now=now)
    click.echo(f"{login}：结束了 {ended} 个任职{'，账号已停用' if disable else ''}。")


@accounts_group.command("password", help="重设密码：本人所有的手机和电脑都会退出。")
@click.argument("login", metavar="登录名")
@click.option("--one-time", is_flag=True, help="密码只用一次，14 天里有效，登录后要先换成自己的。")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码（一行），不在屏幕上问。")
@click.pass_context
def password_command(context: click.Context, login: str, one_time: bool, password_stdin: bool) -> None:
    """Gives a person a new password."""
    app = context.obj()
    with app.app_context():
        with reading() as session:
            held_person(session, login)
        password = ask_password(password_stdin)
        with unit_of_work() as session:
            actions.give_password(
                session,
                held_person(session, login),
                password,
                must_change=one_time,
                actor=None,
                channel=keyboard_channel(),
                now=clock.now(),
            )
    click.echo(f"{login} 的密码已重设。")


@accounts_group.command("list", help="列出账号和任职。")
@click.option("--place", "code", help="只列在这个地方任职的人。")
@click.pass_context
def list_command(context: click.Context, code: str | None) -> None:
    """Prints one line a person and one a post."""
    app = context.obj()
    today = clock.today()
    with app.app_context(), reading() as session:
        people = list_people(session, today=today, place_code=code)
    for person in people:
        click.echo(f"{person.login}\t{person.name}{'（已停用）' if person.disabled else ''}")
        for line in _post_lines(person, today):
            click.echo(f"\t{line}")
    if not people:
        click.echo("还没有账号。用 villagehub accounts add 建一个。")


def _post_lines(person: PersonLine, today: date) -> list[str]:
    lines = []
    for post in person.posts:
        term = f"{post.from_date.isoformat()} 起" + (f"，到 {post.until_date.isoformat()}" if post.until_date else "")
        over = "" if post.in_force else "（任期已满）" if post.from_date <= today else "（还没开始）"
        where = f"{post.place_name} {post.place_code}".strip()
        lines.append(f"{post.words}（{post.role}）\t{where}\t{term}{over}")
    return lines
