"""``villagehub overdue``: what should be public and is not, for a terminal or another program."""

import json
import unicodedata
from collections.abc import Sequence

import click
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.disclosures.policy import policy_of
from villagehub.kernel import clock
from villagehub.kernel.period import day_words
from villagehub.places.queries import VillageFacts, list_townships, list_villages, read_village_by_id
from villagehub.storage import reading
from villagehub.supervision.missing import Overdue, list_overdue

_HEAD = ("村", "事项", "应公开", "已过", "谁办什么")


@click.command("overdue", help="列出到期还没公开的：哪个村、哪一项、过了几天、该谁办。最近五个季度，过得最久的在前。")
@click.option("--town", "code", metavar="编码", help="只看一个乡镇（9 位编码）。不写就是全部。")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，给别的程序用。")
@click.pass_context
def overdue_command(context: click.Context, code: str | None, as_json: bool) -> None:
    """Prints the list; raises NoSuchPlace."""
    app, today = context.obj(), clock.today()
    settings: Settings = app.extensions["villagehub"]
    with app.app_context(), reading() as session:
        villages = _villages(session, code)
        found = list_overdue(session, villages, policy=policy_of(settings), today=today, now=clock.now())
    if as_json:
        click.echo(json.dumps([_as_object(one) for one in found], ensure_ascii=False))
        return
    if not found:
        click.echo(f"{len(villages)} 个村，到{day_words(today)}没有到期没公开的。")
        return
    for line in _table([_HEAD, *(_cells(one) for one in found)]):
        click.echo(line)
    late = len({one.village.id for one in found})
    click.echo(f"{len(villages)} 个村，{late} 个村有到期没公开的，共 {len(found)} 项。")


def _villages(session: Session, code: str | None) -> list[VillageFacts]:
    towns = [code] if code else [one.code for one in list_townships(session)]
    return [read_village_by_id(session, one.id) for town in towns for one in list_villages(session, town)[1]]


def _cells(one: Overdue) -> tuple[str, ...]:
    day = day_words(one.item.due.day) if one.item.due else ""
    return one.village.name, one.item.title, day, f"{one.item.judged.days} 天", one.todo


def _as_object(one: Overdue) -> dict[str, object]:
    account = one.item.account
    return {
        "village": one.village.code,
        "village_name": one.village.name,
        "township": one.village.township_code,
        "section": account.section,
        "period": str(account.period),
        "entity": account.entity,
        "group": account.group_no,
        "subject": account.subject,
        "title": one.item.title,
        "due": one.item.due.day.isoformat() if one.item.due else None,
        "days": one.item.judged.days,
        "stage": one.item.stage.value if one.item.stage else None,
        "todo": one.todo,
    }


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns below each other, as a terminal counts: a Chinese character is two columns wide."""
    wide = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (room - _width(cell)) for cell, room in zip(row, wide, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)
