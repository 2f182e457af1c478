"""Files for the person at the keyboard: whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from villagehub.kernel.refused import Refused


class CannotWrite(Refused):
    """The file cannot be written where it was wanted."""

    code = "cannot_write"
    message = "文件 {path} 写不了：{why}。"
    fix = "请换一个文件夹或文件名再试一次。"
    status = 422


@contextmanager
def whole_file(path: Path, content: bytes) -> Iterator[None]:
    """Writes the content beside its place first, and gives it its name when the block has ended well; raises CannotWrite.

    So the block can note what was made: if it fails, nothing is there, and an older file of this name is untouched.
    """
    fresh: str | None = None
    try:
        try:
            if path.is_dir():
                raise CannotWrite(path=path, why="这是一个文件夹，不是文件名")
            if not path.parent.is_dir():
                raise CannotWrite(path=path, why=f"没有文件夹 {path.parent}")
            handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".villagehub-")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).chmod(0o644)
        except OSError as fault:
            raise CannotWrite(path=path, why=_why(fault)) from None
        yield
        try:
            Path(fresh).replace(path)
        except OSError as fault:
            raise CannotWrite(path=path, why=_why(fault)) from None
    finally:
        if fresh:
            with suppress(OSError):
                Path(fresh).unlink(missing_ok=True)


def _why(fault: OSError) -> str:
    if isinstance(fault, PermissionError):
        return "没有权限"
    if fault.errno in (28, 122):
        return "磁盘满了"
    return "磁盘不让写，或者名字太长"
