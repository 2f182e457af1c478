"""A full disk, whoever meets it first: the file system, SQLite or PostgreSQL."""

import errno
import sqlite3
from typing import Final

from villagehub.kernel.refused import Refused

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_POSTGRES_DISK_FULL: Final = "53100"


class DiskFull(Refused):
    """There was no room to write; the transaction was taken back as a whole."""

    code = "disk_full"
    message = "服务器的磁盘满了，这一步没有办成，什么也没有改动。"
    fix = "已公开的页面照常能看。请联系系统管理员清理磁盘，然后再办一次。"
    status = 507


def is_full(fault: BaseException | None) -> bool:
    """Whether this fault of the system, or of a database's driver, says that the disk (or the quota) is full."""
    if isinstance(fault, OSError):
        return fault.errno in _FULL
    if isinstance(fault, sqlite3.Error):
        return getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    return getattr(fault, "sqlstate", None) == _POSTGRES_DISK_FULL
