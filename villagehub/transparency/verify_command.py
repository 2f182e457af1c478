"""``villagehub verify``: the rules of ``verify.py`` at the command line, without a database."""

import click

from villagehub.kernel.refused import Refused
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.verifying.asking import check, printable, words_of
from villagehub.transparency.verifying.sums import Wrong


class NotVerified(Refused):
    """What was given cannot be read, or it is not what the log signed."""

    code = "not_verified"
    message = "核对不通过：{why}。"
    fix = "请重新下载核对包再试；还是这样，请以公开栏纸质版为准，并告诉镇里。"


@click.command(
    "verify",
    help="核对公开的内容有没有被改过：核对包、凭据、日志文件夹、日志的网址（…/log），或者纸上“供核验用”小码扫出来的一串。",
)
@click.argument("target", metavar="核对包|文件夹|网址|小码")
@click.option("--key", default="", metavar="公钥", help="日志的公钥，从镇里得来；不写就用文件自带的。")
@click.option("--code", default="", metavar="防改码", help="公开栏纸上的防改码。")
@click.option("--witness", multiple=True, metavar="公钥", help="见证的公钥，可以写几个。")
@click.option(
    "--with",
    "saved",
    multiple=True,
    metavar="文件",
    help="以前存的凭据、核对包或日志头，或者纸上小码扫出来的一串，可以写几个。",
)
def verify_command(target: str, key: str, code: str, witness: tuple[str, ...], saved: tuple[str, ...]) -> int:
    """With a faster Ed25519. Answers 1 where something does not fit; raises NotVerified."""
    try:
        report = check(target, key=key, code=code, witnesses=witness, saved=saved, signature=holds_ed25519)
    except Wrong as fault:
        raise NotVerified(why=printable(str(fault))) from None
    click.echo(words_of(report), nl=False)
    return 1 if report.faults else 0
