"""Command line of the room: ``villagehub notify``."""

import re
import sys

import click

from villagehub.config import Settings
from villagehub.kernel.refused import Refused
from villagehub.notices.channels import (
    AUDIENCE_WORDS,
    LONGEST,
    Audience,
    channel_with_id,
    drop_channel,
    keep_channel,
    read_channels,
    unreadable_channels,
)
from villagehub.notices.finding import place_today, place_words
from villagehub.notices.memory import Store
from villagehub.notices.sending import OUTCOME_WORDS, NotifyMissing, Outcome, is_address, is_installed
from villagehub.notices.telling import send_test
from villagehub.places.queries import NoSuchPlace
from villagehub.storage import reading


class BadAddress(Refused):
    """It is not repeated: it may hold a token."""

    code = "bad_notify_address"
    message = "这个地址的写法不对，没有保存。"
    fix = (
        "企业微信群机器人写 wecombot://钥匙，钉钉写 dingtalk://加签的密钥@令牌，飞书写 feishu://令牌，邮件写 mailtos://用户:密码@邮箱服务器?to=收件人；"
        "一次只写一个。"
    )
    status = 422


class WrongPlace(Refused):
    """A clerk is reminded of a village or a township, an office of a township."""

    code = "wrong_notify_place"
    message = "--for {audience} 要写 --place {what}。"
    fix = "编码可以用 villagehub places list 查。"
    status = 422


class NotSent(Refused):
    """The test line did not arrive."""

    code = "notify_not_sent"
    message = "没有发出去：{why}。"
    fix = "请核对地址、网络和对方机器人的设置（有的机器人要求消息里有关键词，可以设成“提醒”），再试一次。"
    status = 502


@click.group("notify", help="提醒：把快到期、过期和要马上办的事，发到群机器人、邮箱或别的程序。")
def notify_group() -> None:
    """Commands on the addresses of reminders."""


@notify_group.command("add", help="加一个地址。地址里有令牌，运行以后再贴进来（或从标准输入读），不写在命令里。")
@click.option("--place", default="", metavar="编码", help="村（12 位）或乡镇（9 位）。全站的不写。")
@click.option(
    "--for",
    "audience",
    type=click.Choice([one.value for one in Audience]),
    required=True,
    help="给谁看：clerk 报账员，township 镇里，operator 系统管理员。",
)
@click.option("--name", default="", help="怎么称呼它，例如“柳河镇工作群”。")
@click.pass_context
def add_command(context: click.Context, place: str, audience: str, name: str) -> None:
    """Reads the address and keeps it among the keys. Raises NotifyMissing, WrongPlace, NoSuchPlace, BadAddress."""
    if not is_installed():
        raise NotifyMissing()
    app, whom = context.obj(), Audience(audience)
    settings: Settings = app.extensions["villagehub"]
    fits = {Audience.CLERK: r"\d{12}|\d{9}", Audience.TOWNSHIP: r"\d{9}", Audience.OPERATOR: r"|\d{12}|\d{9}"}[whom]
    if not re.fullmatch(fits, place, re.ASCII):
        raise WrongPlace(
            audience=audience, what="乡镇的编码（9 位）" if whom is Audience.TOWNSHIP else "村或乡镇的编码"
        )
    with app.app_context(), reading() as session:
        code, where = place_today(session, place), place_words(session, place)
    url = _read_address()
    if not url or len(url) > LONGEST or any(ord(mark) < 33 for mark in url) or not is_address(url):
        raise BadAddress()
    made = keep_channel(settings.keys, place=code, audience=whom, name=name.strip(), url=url)
    click.echo(f"加好了，编号 {made.id}：{where}，给{AUDIENCE_WORDS[whom]}看，{made.masked}。")
    click.echo(f"现在试一下：villagehub notify test {made.id}")


@notify_group.command("list", help="列出所有地址，令牌不显示。")
@click.pass_context
def list_command(context: click.Context) -> None:
    """One line an address, its kind only."""
    app = context.obj()
    settings: Settings = app.extensions["villagehub"]
    found = read_channels(settings.keys)
    with app.app_context(), reading() as session:
        for one in found:
            try:
                where = place_words(session, one.place)
            except NoSuchPlace:
                where = f"{one.place}（没有这个地方了）"
            state = _state(Store(settings.instance), one.id)
            click.echo(
                "  ".join(
                    part for part in (one.id, where, AUDIENCE_WORDS[one.audience], one.masked, one.name, state) if part
                )
            )
    for path in unreadable_channels(settings.keys):
        click.echo(f"{path} 读不懂，请删掉再加一次。", err=True)
    if not found:
        click.echo("还没有地址。用 villagehub notify add 加一个。")
    if not is_installed():
        click.echo(NotifyMissing().sentence + NotifyMissing().next_step, err=True)


@notify_group.command("remove", help="删掉一个地址，以后不再发到那里。")
@click.argument("channel_id", metavar="编号")
@click.pass_context
def remove_command(context: click.Context, channel_id: str) -> None:
    """Removes it and what was noted of it. Raises NoSuchChannel."""
    settings: Settings = context.obj().extensions["villagehub"]
    drop_channel(settings.keys, channel_id)
    Store(settings.instance).forget(channel_id.strip().lower())
    click.echo("删掉了。以前的备份里还有它；不放心，就在群里把机器人的令牌换掉。")


@notify_group.command("test", help="往一个地址发一行“测试”。")
@click.argument("channel_id", metavar="编号")
@click.pass_context
def test_command(context: click.Context, channel_id: str) -> None:
    """Sends the line at once. Raises NoSuchChannel, NotifyMissing, NotSent."""
    app = context.obj()
    settings: Settings = app.extensions["villagehub"]
    channel = channel_with_id(settings.keys, channel_id)
    if not is_installed():
        raise NotifyMissing()
    with app.app_context():
        outcome = send_test(settings, channel)
    if outcome is not Outcome.SENT:
        raise NotSent(why=OUTCOME_WORDS[outcome])
    click.echo("发出去了，请看对方收到没有。")


def _read_address() -> str:
    """Typed unseen at a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        typed: str = click.prompt("地址（不会显示）", hide_input=True)
        return typed.strip()
    return sys.stdin.readline().strip()


def _state(store: Store, channel_id: str) -> str:
    for kind in ("urgent", "digest"):
        memory = store.read(channel_id, kind)
        if memory.state == "failed":
            return f"没发出去，试了 {memory.tries} 次：{memory.why}"
    return ""
