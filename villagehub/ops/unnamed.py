"""Files of the vault that nothing names: a form was refused after its photograph was kept, and nobody sent it again.

A file is kept first and named afterwards, in a transaction. So only what lies there unnamed for a day goes; whoever keeps the
same bytes again, or sends the refused form again, gets a new day (``Vault.renew``). Originals of uploads are named as soon as
they are kept, also those of refused and abandoned uploads, and therefore stay.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from villagehub.ops.moments import DAY
from villagehub.ops.turn import Turn
from villagehub.storage import Base, reading
from villagehub.storage.keys import load_key
from villagehub.storage.vault import Vault
from villagehub.web.logs import log

_AT_ONCE: Final = 500


def drop_unnamed(turn: Turn) -> str:
    """Removes what nothing has named for a day. Where more files are unnamed than named, the database is probably another
    one's: then nothing is removed, and the report says so.
    """
    if not turn.settings.vault.is_dir():
        return ""
    vault, older = Vault(turn.settings.vault, load_key(turn.settings.keys, "vault")), turn.now - DAY
    named, unnamed = 0, list[str]()
    left = vault.list_older(older)
    while part := list(islice(left, _AT_ONCE)):
        with reading() as session:
            found = named_of(session, part)
        named += len(found)
        unnamed += [one for one in part if one not in found]
        turn.beat(f"已看 {named + len(unnamed)} 个文件")
    if len(unnamed) > named:
        log.error("unnamed_files_kept", unnamed=len(unnamed), named=named)
        return (
            f"有 {len(unnamed)} 个文件数据库里没有，比有记录的（{named} 个）还多，没有清。"
            "请看设置 database_url 指的是不是这个网站的数据库"
        )
    gone = sum(vault.drop(one, older=older) for one in unnamed)
    return f"清掉 {gone} 个传了没用上的文件" if gone else ""


def named_of(session: Session, digests: Sequence[str]) -> set[str]:
    """Those of these files that any record names."""
    found: set[str] = set()
    for column in naming_columns():
        left = [one for one in digests if one not in found]
        if left:
            found.update(session.scalars(select(column).where(column.in_(left))))
    return found


def naming_columns() -> list[Column[Any]]:
    """Every column of every table that holds the SHA-256 of a file; the list of kept files first, because it names nearly
    all.
    """
    held = [one for table in Base.metadata.tables.values() for one in table.columns if one.name.endswith("sha256")]
    return sorted(held, key=lambda one: one.table.name != "vault_file")
