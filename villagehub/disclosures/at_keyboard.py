"""What all commands of the room share: who acts, one transaction, and a line that says where the version stands now.

Whoever sits at the keyboard acts for an account (decision 25): in the demo, or where ``cli_act_as`` allows it. The journal keeps
the channel and the system user, and pages say 代为操作.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click
from sqlalchemy.orm import Session

from villagehub.accounts.queries import acting_as
from villagehub.accounts.rules import Permission, permission_table, why_not
from villagehub.config import Settings
from villagehub.disclosures.office import Hand
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.disclosures.stages import STAGE_WORDS, Stage
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound
from villagehub.places.queries import VillageFacts
from villagehub.storage import reading, unit_of_work

AS: Final = click.option(
    "--as", "login", required=True, metavar="登录名", help="代谁办理（登录名）。记录和页面都会写明是代为操作。"
)
JSON: Final = click.option("--json", "as_json", is_flag=True, help="只打印 JSON，给程序用。")
VERSION: Final = click.argument("version", metavar="版本", type=click.IntRange(1))

NEXT_WORDS: Final = {
    Stage.DRAFT: "核对后送审：villagehub disclosures submit {id} --as 报账员",
    Stage.RETURNED: "照退回的原因改好，再送审：villagehub disclosures submit {id} --as 报账员",
    Stage.SUBMITTED: "请审核的人签字：villagehub disclosures review {id} --agree --as 成员",
    Stage.REVIEWED: "请村委会主任公开：villagehub disclosures publish {id} --as 主任",
    Stage.PUBLISHED: "写错了走更正：villagehub disclosures correct {id} --reason 原因 --as 报账员",
}
"""What comes next, by stage; an abandoned version waits for nothing."""


class NoSuchVersion(NotFound):
    """No such version, or not in this person's villages."""

    code = "no_such_version"
    message = "没有找到版本 {version}，或者它不在 {login} 任职的村里。"
    fix = "请用 villagehub disclosures list --as {login} 查版本的编号。"


@contextmanager
def at_keyboard(context: click.Context, login: str, version: int = 0) -> Iterator[Hand]:
    """An application context with the person named by ``--as`` in it. Raises MayNotActAs, NoSuchPerson; for ``version``
    NoSuchVersion where the pages would say that there is no such page.
    """
    app, now = context.obj(), clock.now()
    settings: Settings = app.extensions["villagehub"]
    with app.app_context():
        with reading() as session:
            actor = acting_as(session, login, settings=settings, now=now)
        try:
            yield Hand(actor, policy_of(settings), now)
        except NotFound as refusal:
            if type(refusal) is NotFound:
                raise NoSuchVersion(version=version, login=login[:40]) from None
            raise


def may_read(me: Hand, village: VillageFacts) -> None:
    """Raises NotFound for a village that is not theirs."""
    refusal = why_not(me.actor, Permission.READ_STAFF, village, table=permission_table(me.policy.publish_by))
    if refusal:
        raise refusal


def act(
    context: click.Context,
    login: str,
    version: int,
    verb: Callable[[Session, Hand], object],
    done: str,
    *,
    afterwards: Callable[[], None] | None = None,
) -> None:
    """Takes one step in one transaction, and says what came of it."""
    with at_keyboard(context, login, version) as me:
        with unit_of_work() as session:
            verb(session, me)
        if afterwards:
            afterwards()
        say(version, me, done)


def say(version_id: int, me: Hand, done: str) -> None:
    """What was done, where the version stands, and what comes next."""
    with reading() as session:
        found = version_with_id(session, version_id)
        stage, title = Stage(found.stage), title_of(found.disclosure)
        number = f"（第 {found.number} 号公开）" if found.number else ""
    click.echo(f"{done}办理人 {me.actor.name}，命令行代为操作。")
    click.echo(f"版本 {version_id}《{title}》：{STAGE_WORDS[stage]}{number}。")
    if stage in NEXT_WORDS:
        click.echo(f"下一步：{NEXT_WORDS[stage].format(id=version_id)}")
