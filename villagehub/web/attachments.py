"""Names of files: for show as they come in, and for download so that every browser and proxy can read them (RFC 6266)."""

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from flask import Response, make_response

from villagehub.kernel.masking import hide_numbers


def attach(response: Response, name: str) -> None:
    """Has the browser save the answer as ``name``: the real name in ``filename*``, a plain ASCII one beside it."""
    ending = PurePosixPath(name).suffix
    plain = f"file{ending}" if ending.isascii() and ending[1:].isalnum() else "file"
    response.headers["Content-Disposition"] = f"attachment; filename={plain}; filename*=UTF-8''{quote(name, safe='')}"


def download(raw: bytes, content_type: str, name: str) -> Response:
    """These bytes as a file that the browser saves under this name."""
    response = make_response(raw)
    response.content_type = content_type
    attach(response, name)
    return response


def shown_name(name: str) -> str:
    """A file's name for show: its last part, NFC, without control and direction characters, at most 120 characters; people's
    numbers in it are taken out, for the name is stored and shown (decision 9).
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(mark for mark in last if unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return hide_numbers(kept.strip())[-120:] or "没有名字的文件"
