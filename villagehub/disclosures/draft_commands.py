"""Commands of the clerk on a draft. Each parses its words and calls one verb of ``office``."""

import json
from typing import Final

import click

from villagehub.disclosures import office, rules
from villagehub.disclosures.at_keyboard import AS, JSON, VERSION, act, at_keyboard, say
from villagehub.disclosures.schemas import BadForm
from villagehub.disclosures.scope import Account, section_of, version_with_id
from villagehub.disclosures.stages import REASON_WORDS
from villagehub.disclosures.steps import Step, why_not_step
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.places.queries import read_village, read_village_by_id
from villagehub.sections import SECTIONS
from villagehub.sections.base import Section
from villagehub.storage import unit_of_work

_KINDS: Final = "；".join(f"{code} {words}" for code, words in REASON_WORDS.items())


class DoubtfulAtKeyboard(rules.DoubtfulRow):
    """The same question, with the answer that a command can give."""

    fix = "写错了就改；确实如此，就加上 --confirm 再写一遍。"


class RowsAtKeyboard(rules.RowsInDraft):
    """The same refusal, with the answer that a command can give."""

    fix = "请用 villagehub disclosures show {version} 看一看；确实没有这类事项，就加上 --rows-may-go 再报。"


@click.command("submit", help="送审：交给村务监督委员会（集体的账交监事会）看过签字。")
@VERSION
@AS
@click.pass_context
def submit_command(context: click.Context, version: int, login: str) -> None:
    """Hands the draft to its reviewing body."""
    act(context, login, version, lambda session, me: office.submit_version(session, version, me), "已送审。")


@click.command("take-back", help="收回送审，接着改；先前的签字作废。")
@VERSION
@AS
@click.pass_context
def take_back_command(context: click.Context, version: int, login: str) -> None:
    """Takes a submitted version back to a draft."""
    act(context, login, version, lambda session, me: office.take_back(session, version, me), "已收回，可以接着改。")


@click.command("abandon", help="作废一个还没有公开的版本；传过的原表还在。")
@VERSION
@AS
@click.pass_context
def abandon_command(context: click.Context, version: int, login: str) -> None:
    """Gives a version up."""
    act(context, login, version, lambda session, me: office.abandon(session, version, me), "已作废。")


@click.command("nil", help="报“本期无此类事项”：写明哪个村、哪一类、哪一期；已有草稿的写它的版本。")
@click.argument("version", metavar="[版本]", type=click.IntRange(1), required=False)
@click.option("--village", default="", metavar="编码", help="村的 12 位编码。")
@click.option("--section", type=click.Choice(list(SECTIONS)), help="哪一类。")
@click.option("--period", default="", metavar="期间", help="哪一期：2026Q3、2026-09、2026。")
@click.option(
    "--entity",
    default="committee",
    type=click.Choice(["committee", "collective", "group"]),
    help="谁的账，默认村民委员会。",
)
@click.option("--group", "group_no", default="", metavar="组号", help="村民小组的组号。")
@click.option("--rows-may-go", is_flag=True, help="草稿里已有的行不要了。")
@AS
@JSON
@click.pass_context
def nil_command(
    context: click.Context,
    version: int | None,
    village: str,
    section: str | None,
    period: str,
    entity: str,
    group_no: str,
    rows_may_go: bool,
    login: str,
    as_json: bool,
) -> None:
    """Opens a nil return, or turns a draft into one; prints the version's id."""
    if version is None and not (village and section and period):
        raise click.UsageError("请写 --village、--section 和 --period；已有草稿的，写它的版本编号。", context)
    if bool(group_no) != (entity == "group"):
        raise click.UsageError("村民小组的账要写 --group 组号，别的账不写。", context)
    with at_keyboard(context, login, version or 0) as me:
        with unit_of_work() as session:
            if version is not None:
                try:
                    office.make_nil(session, version, me, rows_may_go=rows_may_go)
                except rules.RowsInDraft as asked:
                    raise RowsAtKeyboard(**asked.facts, version=version) from None
                held = version
            else:
                place = read_village(session, village)
                account = Account(place.id, section or "", Period.read(period, today=clock.today()), entity, group_no)
                held = office.start_nil(session, account, me).id
        if as_json:
            click.echo(json.dumps({"version": held}))
        else:
            say(held, me, "已记为“本期无此类事项”。")


@click.command("balances", help="写期初、银行存款、现金（元）；表格里没有这些数时用。期末由各行算出来。")
@VERSION
@click.option("--opening", default="", metavar="元", help="期初结余。")
@click.option("--bank", default="", metavar="元", help="期末银行存款。")
@click.option("--cash", default="", metavar="元", help="期末现金。")
@AS
@click.pass_context
def balances_command(context: click.Context, version: int, opening: str, bank: str, cash: str, login: str) -> None:
    """Keeps what the clerk types beside the table."""
    amounts = {"opening": opening, "bank": bank, "cash": cash}
    act(
        context,
        login,
        version,
        lambda session, me: office.say_balances(session, version, me, amounts),
        "期初和存款数已保存。",
    )


@click.command("row", help="改草稿里的一行：写行的编号（disclosures show 里有），再写 列名=新内容，可以写几个。")
@VERSION
@click.argument("number", metavar="行编号", type=click.IntRange(1))
@click.argument("changes", metavar="列名=新内容…", nargs=-1, required=True)
@click.option("--confirm", "confirmed", is_flag=True, help="系统问的地方确实如此，就是这样。")
@AS
@click.pass_context
def row_command(
    context: click.Context, version: int, number: int, changes: tuple[str, ...], confirmed: bool, login: str
) -> None:
    """Corrects some fields of one row, under the section's rules."""
    with at_keyboard(context, login, version) as me:
        with unit_of_work() as session:
            typed = _typed(section_of(version_with_id(session, version)), changes)
            try:
                office.change_row(session, version, number, me, typed, confirmed=confirmed)
            except rules.DoubtfulRow as asked:
                raise DoubtfulAtKeyboard(**asked.facts) from None
        say(version, me, f"编号 {number} 那一行已改好。")


def _typed(section: Section, changes: tuple[str, ...]) -> dict[str, str]:
    """Headings or field names with what was typed; raises BadForm for a column that the section does not store."""
    names = {word: one.name for one in section.stored_fields for word in (one.heading, one.name)}
    typed: dict[str, str] = {}
    for change in changes:
        heading, mark, words = change.partition("=")
        if not mark or heading.strip() not in names:
            known = "、".join(one.heading for one in section.stored_fields)
            first = f"“{heading[:20]}”不是{section.title}的列。请写成 列名=新内容，列名可以是：{known}。"
            raise BadForm(count=1, first=first, errors={})
        typed[names[heading.strip()]] = words
    return typed


@click.command(
    "correct", help="更正一次公开：写它的版本和原因，会开好一个草稿；再用 import 传改好的表，或用 row 改一行。"
)
@VERSION
@click.option("--reason", required=True, metavar="原因", help="为什么改：村民看得懂的一句话，至少 10 个字。")
@click.option("--code", default="clerical", show_default=True, metavar="种类", help=f"原因的种类：{_KINDS}。")
@AS
@JSON
@click.pass_context
def correct_command(context: click.Context, version: int, reason: str, code: str, login: str, as_json: bool) -> None:
    """Opens the draft that corrects a publication, or says its reason anew; prints the draft's id."""
    with at_keyboard(context, login, version) as me:
        with unit_of_work() as session:
            published = version_with_id(session, version)
            refusal = why_not_step(session, published, Step.CORRECT, actor=me.actor, policy=me.policy)
            if refusal:
                raise refusal
            village = read_village_by_id(session, published.village_id)
            draft = office.start_correction(session, village, published.number or 0, me, code=code, reason=reason)
            draft_id = draft.id
        if as_json:
            click.echo(json.dumps({"version": draft_id}))
        else:
            say(draft_id, me, "更正的草稿已开好。")
