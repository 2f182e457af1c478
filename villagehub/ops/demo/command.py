"""``villagehub demo``: makes the fictional county where it is not there yet, says where everything is, and serves it."""

import os
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask

from villagehub.config import PREFIX, Settings
from villagehub.kernel import clock
from villagehub.ops.demo import folder, stories
from villagehub.ops.demo.addresses import EVERYWHERE, must_be_bindable, settle
from villagehub.ops.demo.making import bring_up_to_date, first_village, make_demo
from villagehub.ops.demo.names import COUNTY_NAME, TOWNSHIPS, VILLAGES
from villagehub.ops.demo.people import login_of
from villagehub.ops.demo.plan import SEED
from villagehub.ops.demo.posters import poster_path
from villagehub.ops.demo.villages import make_villages
from villagehub.ops.demo.witnessing import witness_beside
from villagehub.ops.serving import serve


@click.command(
    "demo",
    help="一个虚构的县：第一次运行时造好数据（不到一分钟），然后打开网站。数据放在 instance/demo，不会碰正式的数据。",
)
@click.option("--no-serve", is_flag=True, help="只造数据，不打开网站。")
@click.option(
    "--host",
    help="监听的地址。想用手机试，写 0.0.0.0：同一个网里的手机就能打开、能扫码。不写就和上次一样，第一次是 127.0.0.1。",
)
@click.option("--port", type=click.IntRange(1, 65535), help="端口。不写就和上次一样，第一次是 8000。")
@click.pass_context
def demo_command(context: click.Context, no_serve: bool, host: str | None, port: int | None) -> None:
    """Makes the demo once, serves it every time. Raises NotADemo, NotItsDatabase, AlreadyMaking, PortTaken."""
    settings = ready_demo(context.obj, host, port, serves=not no_serve)
    for line in where_everything_is(settings):
        click.echo(line)
    if not no_serve:
        with witness_beside(settings):
            serve(settings)


def ready_demo(make_app: Callable[[], Flask], host: str | None, port: int | None, *, serves: bool) -> Settings:
    """The settings of a demo that is ready, made now if need be. ``make_app`` reads its settings when it is called."""
    instance = folder.demo_instance()
    folder.must_be_free(instance)
    os.environ[f"{PREFIX}INSTANCE"] = str(instance)
    with folder.alone_in(instance):
        if folder.is_ready(instance):
            settings = settle(instance, host, port)
            folder.must_be_its_own(settings)
            _must_serve(settings, serves=serves)
            bring_up_to_date(settings, make_app)
            return settings
        folder.write_state(instance, folder.BUILDING)
        settings = settle(instance, host, port)
        folder.must_be_its_own(settings)
        _must_serve(settings, serves=serves)
        make_demo(settings, clock.today(), make_app)
        return settings


def _must_serve(settings: Settings, *, serves: bool) -> None:
    if serves:
        must_be_bindable(settings.host, settings.port)


def where_everything_is(settings: Settings) -> list[str]:
    """What to open, where accounts and poster lie, and what to try first."""
    village, base = first_village(), settings.base_url
    lines = [
        f"{COUNTY_NAME}（虚构）：{len(TOWNSHIPS)} 个乡镇，{len(VILLAGES)} 个村。人名、账目都是编的，每一页都写着“演示数据”。",
        f"首页　　{base}/",
        f"一个村　{base}/v/{village.code}　（{village.name}）",
        f"办事　　{base}/desk",
        f"账号　　{settings.instance / folder.ACCOUNTS_FILE}",
        f"海报　　{poster_path(settings, village)}",
    ]
    lines += what_to_try(settings.instance)
    if settings.host in EVERYWHERE:
        lines.append("手机连上同一个无线网，就能打开上面的网址，也能扫海报上的码。")
    return lines


def what_to_try(instance: Path) -> list[str]:
    """Who finds something to do after signing in, and what. The counts are those of a demo that was just made."""
    village, late = first_village(), make_villages(SEED)[stories.TO_UPLOAD]

    def who(ending: str) -> str:
        return login_of(village, ending)

    lines = [
        "试一试（密码都在上面的账号文件里）：",
        f"　传账表　{login_of(late, 'clerk')}　{late.name}上一季的账还没传",
        f"　改账表　{who('clerk')}　有 1 份草稿，1 份退回来的写着原因；镇里在问 1 笔账，可以答复",
        f"　签字　　{who('chair')}、{who('member1')}、{who('member2')}　“等您签字”里有 1 件，两个人签了就齐",
        f"　公开　　{who('head')}　有 1 件签好了，等公开；“撤下”也在这里试",
        f"　镇里　　{who('township')}　“全镇情况”里看谁晚了、批延期；“审看”里看村里怎么答复；“提问”里有 1 件没看、1 件到期没答复",
        f"　村民　　查进度、查补贴、看答复要的查询码在 {instance / folder.CODES_FILE}，村民手里的单子也在那里",
    ]
    files = sorted(instance.glob(f"{folder.LEDGER_BEFORE}*"))
    return [*lines[:2], *(f"　　　　　传这个文件：{one}" for one in files), *lines[2:]]
