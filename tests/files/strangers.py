"""Work that misbehaves, for the child process to be stopped at."""

import os
import time
from typing import Any


def reverse(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """Behaves: the bytes backwards, as often as asked."""
    return [data[::-1]] * asked["times"]


def eat_memory(_data: bytes, asked: dict[str, Any]) -> list[bytes]:
    return [bytes(bytearray(asked["megabytes"] * 2**20)[:1])]


def sleep(_data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    time.sleep(600)
    return []


def spin(_data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    while True:
        pass


def die(_data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    os._exit(3)


def break_down(_data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    raise ValueError("马兰英的卡号")


def write(_data: bytes, asked: dict[str, Any]) -> list[bytes]:
    with open(asked["path"], "wb") as file:
        file.write(b"x" * 100)
    return [b"written"]


def loaded(_data: bytes, _asked: dict[str, Any]) -> list[bytes]:
    """Which of the heavy libraries the child holds."""
    import sys

    return [b" ".join(one.encode() for one in ("flask", "sqlalchemy", "villagehub.app") if one in sys.modules)]
