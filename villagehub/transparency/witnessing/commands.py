"""Command line of the witness: ``villagehub witness``."""

import signal
from datetime import UTC, datetime
from pathlib import Path

import click

from villagehub.kernel.clock import SHANGHAI
from villagehub.kernel.refused import Refused
from villagehub.transparency.notes import ED25519, BadNote, read_vkey
from villagehub.transparency.witnessing.book import Book
from villagehub.transparency.witnessing.serving import WitnessServer


class BadWitnessName(Refused):
    """A name stands in every cosignature; it can hold neither blank nor plus sign."""

    code = "witness_bad_name"
    message = "见证的名称“{name}”不能用。"
    fix = "请写成 jianzheng.example.cn/w1 这样：单位的域名加斜线和编号，没有空格和加号。"
    status = 422


class BadLogKey(Refused):
    """What should be a log's key is none."""

    code = "witness_bad_log_key"
    message = "日志的公钥不对：{why}。"
    fix = "请网站那边运行 villagehub log key，把打印的那一行原样贴过来，用引号括住。"
    status = 422


_FOLDER = click.argument("folder", metavar="文件夹", type=click.Path(path_type=Path))


@click.group("witness", help="见证：给别处的防改日志作证，见过的不许改。最好放在另一个单位的电脑上。")
def witness_group() -> None:
    """Commands of a witness; they need no installation of the site."""


@witness_group.command("init", help="新建一个见证：做钥匙，打印公钥。名称以后不能改。")
@_FOLDER
@click.argument("name", metavar="名称")
def init_command(folder: Path, name: str) -> None:
    """Makes the folder, prints the key. Raises FolderTaken, BadWitnessName."""
    try:
        book = Book.make(folder, name)
    except ValueError:
        raise BadWitnessName(name=name[:100]) from None
    click.echo(book.signer.verifier.vkey)
    click.echo(f"下一步：villagehub witness trust {folder} '日志的公钥'；再把上面这一行发给网站。", err=True)


@witness_group.command("key", help="打印见证的公钥，一行。")
@_FOLDER
def key_command(folder: Path) -> None:
    """Prints the verifier key (C2SP tlog-cosignature). Raises NoWitnessHere."""
    click.echo(Book(folder).signer.verifier.vkey)


@witness_group.command("trust", help="登记要看的日志：网站那边 villagehub log key 打印的一行。")
@_FOLDER
@click.argument("vkey", metavar="公钥")
def trust_command(folder: Path, vkey: str) -> None:
    """Watches a log. Raises NoWitnessHere, BadLogKey."""
    try:
        log = read_vkey(vkey)
    except BadNote as fault:
        raise BadLogKey(why=fault) from None
    if log.kind != ED25519:
        raise BadLogKey(why="这是见证的公钥，不是日志的")
    fresh = Book(folder).trust(log)
    click.echo(f"{'登记了' if fresh else '早已登记'} {log.name}。")


@witness_group.command("list", help="登记了哪些日志，各看到第几条。")
@_FOLDER
def list_command(folder: Path) -> None:
    """One line a log. Raises NoWitnessHere."""
    for origin, size, moment in Book(folder).watched():
        seen = datetime.fromtimestamp(moment, UTC).astimezone(SHANGHAI) if moment is not None else None
        click.echo(f"{origin}：{f'{size} 条，{seen:%Y-%m-%d %H:%M}' if seen else '还没有来过'}")


@witness_group.command("serve", help="打开见证，等网站来问。按 Ctrl+C 停下。")
@_FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="在哪个地址上等。")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="端口；0 是随便一个空的。")
def serve_command(folder: Path, host: str, port: int) -> None:
    """Serves until it is told to stop. Raises NoWitnessHere, PortTaken."""
    book = Book(folder)
    try:
        server = WitnessServer((host, port), book, lambda words: click.echo(words, err=True))
    except OSError as fault:
        raise PortTaken(host=host, port=port, why=fault.strerror or fault) from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with server:
        try:
            click.echo(f"见证 {book.signer.name} 在 http://{host}:{server.server_address[1]} 等着。")
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("见证停了。", err=True)


class PortTaken(Refused):
    """The address cannot be listened on."""

    code = "witness_port_taken"
    message = "不能在 {host}:{port} 打开见证：{why}。"
    fix = "请用 --port 换一个端口，或者先停下占着它的程序。"
