"""Commands of the reviewing body and of the publisher. Each parses its words and calls one verb of ``office``.

No password is asked for: what is given here is kept as 代为操作, never as a signature that the person gave at the page.
"""

import click

from villagehub.disclosures import office
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.at_keyboard import AS, VERSION, act


@click.command("review", help="审核签字：--agree 同意，或用 --object 写明不同意的原因（会和账一起公开）。")
@VERSION
@click.option("--agree", is_flag=True, help="逐行看过，同意。")
@click.option("--object", "objection", default="", metavar="原因", help="不同意的原因，至少 10 个字。")
@AS
@click.pass_context
def review_command(context: click.Context, version: int, agree: bool, objection: str, login: str) -> None:
    """Casts one vote."""
    if agree == bool(objection):
        raise click.UsageError("请写 --agree（同意），或者 --object 原因（不同意），只写其中一个。", context)
    act(
        context,
        login,
        version,
        lambda session, me: office.cast_vote(session, version, me, agrees=agree, objection=objection),
        f"已签“{'同意' if agree else '不同意'}”。",
    )


@click.command("recuse", help="回避一行：和自己有关的那一行，请别的成员签。")
@VERSION
@click.argument("row", metavar="行编号", type=click.IntRange(1))
@click.option("--reason", default="", metavar="原因", help="为什么回避。")
@AS
@click.pass_context
def recuse_command(context: click.Context, version: int, row: int, reason: str, login: str) -> None:
    """Stands aside from one row."""
    act(
        context,
        login,
        version,
        lambda session, me: office.stand_aside(session, version, row, me, reason=reason),
        f"已记下回避编号 {row} 那一行。",
    )


@click.command("send-back", help="退回给报账员，写明哪里要改；先前的签字作废。")
@VERSION
@click.option("--reason", required=True, metavar="原因", help="哪里要改，至少 10 个字。")
@AS
@click.pass_context
def send_back_command(context: click.Context, version: int, reason: str, login: str) -> None:
    """Returns the version to its clerk."""
    act(
        context,
        login,
        version,
        lambda session, me: office.send_back(session, version, me, reason=reason),
        "已退回给报账员。",
    )


@click.command("publish", help="公开。公开以后谁也不能悄悄改动，写错了走更正。")
@VERSION
@AS
@click.pass_context
def publish_command(context: click.Context, version: int, login: str) -> None:
    """Publishes a reviewed version, then has its pages built."""
    act(
        context,
        login,
        version,
        lambda session, me: office.publish_version(session, version, me),
        "已公开。",
        afterwards=run_after_publish,
    )
