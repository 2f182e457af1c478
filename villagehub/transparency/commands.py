"""Command line of the room: ``villagehub log``."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from villagehub.config import load_settings
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import reading
from villagehub.transparency.auditing import Audit, Saved
from villagehub.transparency.checkpoints import read_receipt
from villagehub.transparency.key_terms import own_terms
from villagehub.transparency.log import count_unsealed, signed_size
from villagehub.transparency.notes import ED25519, BadNote, Verifier, read_note, read_vkey
from villagehub.transparency.ours import NothingInTheLog, bring_up_to_date, folder_of, mend_log, own_vkey, seal
from villagehub.transparency.own_audit import audit_own, audit_what_is_sealed
from villagehub.transparency.rotating import add_key, retire_key
from villagehub.transparency.sources import source_of


class FolderInUse(Refused):
    """An export never writes over anything."""

    code = "log_export_in_use"
    message = "{folder} 里已经有东西，没有导出。"
    fix = "请写一个还没有的文件夹名。"


@click.group("log", help="防改日志：公开过的每一件都记在里面，签了名，谁也不能悄悄改。")
def log_group() -> None:
    """Commands on this installation's log."""


@log_group.group(
    "key",
    invoke_without_command=True,
    help="打印日志的公钥，一行。请发给镇里、县里和做见证的人，他们用它核对日志头的签名。"
    "换钥匙：先 add，过一个月再 retire，每一步都要镇里或县里的人在网页上确认。",
)
@click.pass_context
def key_command(context: click.Context) -> None:
    """Prints the verifier key (C2SP signed-note)."""
    if context.invoked_subcommand is None:
        with context.obj().app_context():
            click.echo(own_vkey(load_settings()))


@key_command.command("list", help="列出日志用过的每一把公钥：从第几条起签，到第几条为止。")
@click.pass_context
def key_list_command(context: click.Context) -> None:
    """One line a key, oldest first."""
    with context.obj().app_context():
        for one in own_terms():
            until = f"到第 {one.until} 条停用" if one.until else "现在在用"
            click.echo(f"{one.vkey}\t从第 {one.since} 条起，{until}")


_AGAIN: Final = click.option("--again", is_flag=True, help="上次没有同意，重新提出。")


@key_command.command(
    "add",
    help="登记一把新钥匙。第一次运行是提出，等镇里或县里的人在网页上确认；确认以后再运行一次才登记，从这时起两把都签。"
    "打印新的公钥，请发给见证和保存着旧公钥的人。",
)
@_AGAIN
@click.pass_context
def key_add_command(context: click.Context, *, again: bool) -> None:
    """Prints the new key's line, also when it was added before; until a second person has confirmed, says who must."""
    with context.obj().app_context():
        made = add_key(load_settings(), again=again, now=clock.now())
    click.echo(made)
    click.echo(
        "新钥匙登记在日志里了，从现在起两把都签。请把上面一行发给做见证的人（villagehub witness trust）和保存着旧公钥的人，"
        "做一次备份（keys/log-next.key 也在里面），过一个月再运行 villagehub log key retire。",
        err=True,
    )


@key_command.command(
    "retire",
    help="停用旧钥匙，只用新的签。也要先有人在网页上确认，再运行一次。"
    "旧钥匙的文件从此没有了；用旧公钥的人凭 /log/key/编号.tlog-proof 接着核对。",
)
@_AGAIN
@click.pass_context
def key_retire_command(context: click.Context, *, again: bool) -> None:
    """Says which key ended and which one signs from now on; until a second person has confirmed, says who must."""
    with context.obj().app_context():
        old, new = retire_key(load_settings(), again=again, now=clock.now())
    click.echo(f"停用 {old}")
    click.echo(f"现用 {new}")


@log_group.command("seal", help="把已经公开、还没进日志的都写进日志，签名。可以重复运行，不会写两遍。")
@click.pass_context
def seal_command(context: click.Context) -> None:
    """Appends what has no place yet, writes tiles and checkpoint, and says how long the log is."""
    settings = load_settings()
    with context.obj().app_context():
        with reading() as session:
            waiting = count_unsealed(session)
        with click.progressbar(length=waiting, label="写进日志", hidden=waiting < 200) as bar:
            done = seal(settings, lambda so_far: bar.update(so_far - bar.pos))
        size = bring_up_to_date(settings, wait=True, progress=_progress())
    if not size:
        click.echo("还没有公开过任何内容，日志是空的。")
        return
    click.echo(f"{f'新写进 {done} 条' if done else '没有要补的'}，日志一共 {size} 条，已签名。")


@log_group.command("mend", help="日志的文件缺了、坏了，照数据库重新写好；和签过名的不是同一个日志，就一个也不动。")
@click.pass_context
def mend_command(context: click.Context) -> None:
    """Names every file that it wrote anew. Raises LogBehind, LogDisputed, LogBroken."""
    with context.obj().app_context():
        names = mend_log(load_settings(), wait=True, progress=_progress()) or []
    for name in names:
        click.echo(f"重新写好 {name}")
    click.echo(
        f"补好 {len(names)} 个文件。公开的内容每天三点半核对，也可以在网页上点“现在再核对”。"
        if names
        else "日志的文件都在，都和签过名的一样。"
    )


@log_group.command("export", help="把日志存成一个文件夹，放到任何网站上都能核对；里面没有密钥。")
@click.argument("folder", type=click.Path(path_type=Path))
def export_command(folder: Path) -> None:
    """Copies the public files; raises FolderInUse, NothingInTheLog."""
    log = folder_of(load_settings())
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderInUse(folder=folder)
    if log.checkpoint() is None:
        raise NothingInTheLog()
    names = list(log.files())
    with click.progressbar(names, label="导出日志", hidden=len(names) < 500) as bar:
        for name in bar:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(log.path / name, target)
    click.echo(f"日志在 {folder}，{len(names)} 个文件。")


@log_group.command(
    "fsck",
    help="把整个日志从头读一遍、算一遍：每一条、每一层、签名，和数据库、和公开的每一行也对照。有不对的，退出码是 1。",
)
@click.option(
    "--from", "where", metavar="网址|文件夹", default="", help="查别处的日志：https://…/log，或者导出的文件夹。"
)
@click.option(
    "--vkey", metavar="公钥", default="", help="用这个公钥核对签名；查别处的日志时最好写上，不写就用那里自己放的。"
)
@click.option("--saved", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="从前留下的日志头或凭据。")
@click.pass_context
def fsck_command(context: click.Context, where: str, vkey: str, saved: Path | None) -> None:
    """Prints one line a fault; exit code 1 when there is any. Raises NotReached, BadKeyLine, BadSaved."""
    kept = _saved(saved)
    if where:
        source = source_of(where)
        line = vkey or (source.vkey() or b"").decode("ascii", "replace")
        if not vkey:
            click.echo("公钥是从那里一起取来的：只能查出日志自己对不对，查不出是不是换过整份日志。", err=True)
        audit = Audit(_key(line), source.tile, _progress())
        faults = list(audit.run(source.checkpoint(), kept))
        size = audit.size
    else:
        settings = load_settings()
        with context.obj().app_context():
            faults = [*audit_own(settings, kept, _progress()), *audit_what_is_sealed()]
        size = signed_size(folder_of(settings))
    for fault in faults:
        click.echo(f"不对：{fault}。")
    click.echo(f"共 {len(faults)} 处不对。" if faults else f"{size} 条都核对过，一处不差。")
    context.exit(1 if faults else 0)


class BadKeyLine(Refused):
    """What should be a verifier key is none."""

    code = "log_bad_key"
    message = "公钥不对：{why}。"
    fix = "请把 villagehub log key 打印的那一行原样贴过来，用引号括住。"
    status = 422


class BadSaved(Refused):
    """The file is neither a checkpoint nor a receipt."""

    code = "log_bad_saved"
    message = "{file} 既不是日志头，也不是凭据：{why}。"
    fix = "请用从网站下载的 .tlog-proof 凭据，或者 /log/checkpoint 存下来的文件。"
    status = 422


def _key(line: str) -> Verifier:
    try:
        found = read_vkey(line)
    except BadNote as fault:
        raise BadKeyLine(why=fault) from None
    if found.kind != ED25519:
        raise BadKeyLine(why="这是见证的公钥，不是日志的")
    return found


def _saved(file: Path | None) -> Saved | None:
    if file is None:
        return None
    raw = file.read_bytes()
    try:
        if raw.startswith(b"c2sp.org/tlog-proof"):
            receipt = read_receipt(raw)
            return Saved(receipt.note, receipt)
        read_note(raw)
    except BadNote as fault:
        raise BadSaved(file=file, why=fault) from None
    return Saved(raw)


def _progress() -> Callable[[int, int], None]:
    """Says on standard error how far the writing is, where it is long."""

    def told(done: int, whole: int) -> None:
        if whole > 20_000 and done < whole:
            click.echo(f"已写 {done} / {whole} 条……", err=True)

    return told
