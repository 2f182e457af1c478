"""What is served under ``/log/``: the files of C2SP tlog-tiles, the log's public key, and receipts. Open to every origin, so
that anybody's verifier may read it.
"""

from flask import Blueprint, Response, current_app, make_response
from flask.typing import ResponseReturnValue

from villagehub.config import Settings
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.ours import LogDamaged, NothingInTheLog, folder_of, receipt_of
from villagehub.transparency.reading import NoTile
from villagehub.transparency.tiles import ENTRIES, read_path
from villagehub.transparency.verifying import verify_html, verify_py
from villagehub.web.attachments import attach
from villagehub.web.wire import compressed

blueprint = Blueprint("log", __name__, url_prefix="/log")

_FOR_EVER = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"
_SECONDS = "public, max-age=3"
_TEXT = "text/plain; charset=utf-8"


def _folder() -> LogFolder:
    settings: Settings = current_app.extensions["villagehub"]
    return folder_of(settings)


@blueprint.get("/checkpoint")
def checkpoint() -> ResponseReturnValue:
    """The newest signed checkpoint. Raises NothingInTheLog."""
    return _text(_folder().checkpoint())


@blueprint.get("/vkey")
def vkey() -> ResponseReturnValue:
    """The key that signs it, as one line. Raises NothingInTheLog."""
    return _text(_folder().vkey())


@blueprint.get("/key/<key>.tlog-proof")
def key_receipt(key: str) -> ResponseReturnValue:
    """The receipt by which whoever holds the log's former key learns the one after it. Raises NothingInTheLog."""
    response = _text(_folder().key_receipt(f"key/{key}.tlog-proof"))
    attach(response, f"{key}.tlog-proof")
    return response


@blueprint.get("/tile/<path:rest>")
def tile(rest: str) -> ResponseReturnValue:
    """A tile or a bundle of entries, for ever the same. Raises NothingInTheLog, LogDamaged."""
    wanted = read_path(f"tile/{rest}")
    try:
        raw = _folder().tile(wanted) if wanted else b""
    except NoTile:
        raw = b""
    except ValueError:
        raise LogDamaged() from None
    if not raw or wanted is None:
        raise NothingInTheLog()
    response = _answer(raw, "application/octet-stream", _FOR_EVER)
    return compressed(response) if wanted.level == ENTRIES else response


@blueprint.get("/proof/<int:index>.tlog-proof")
def proof(index: int) -> ResponseReturnValue:
    """The receipt of one entry under the newest checkpoint. Raises NothingInTheLog, LogDamaged."""
    response = _text(receipt_of(_folder(), index).write())
    attach(response, f"{index}.tlog-proof")
    return response


@blueprint.get("/verify.py")
def program() -> ResponseReturnValue:
    """The verifier for a terminal: one file, to be kept and handed on."""
    response = _answer(verify_py(), "text/x-python; charset=utf-8", _HOUR)
    attach(response, "verify.py")
    return compressed(response)


@blueprint.get("/verify.html")
def program_page() -> ResponseReturnValue:
    """The verifier for a browser: to be saved, and opened from the file."""
    response = _answer(verify_html(), "text/html; charset=utf-8", _HOUR)
    attach(response, "verify.html")
    return compressed(response)


def _text(raw: bytes | None) -> Response:
    if raw is None:
        raise NothingInTheLog()
    return _answer(raw, _TEXT, _SECONDS)


def _answer(raw: bytes, content_type: str, kept: str) -> Response:
    response = make_response(raw)
    response.content_type = content_type
    response.headers["Cache-Control"] = kept
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
