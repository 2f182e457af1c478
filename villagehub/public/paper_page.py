"""``/y``: where the smaller square of a 公开榜 leads. The page is ``verify.html`` with a few words more, and with the script
``paper.js``, which compares the paper with this site's log. What stands behind ``#`` never reaches the server.
"""

import base64
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, make_response, render_template
from flask.typing import ResponseReturnValue

from villagehub.public.look import CACHE, VARY
from villagehub.transparency.verifying import sizes, verify_html
from villagehub.web.headers import policy, style_source
from villagehub.web.looks import current_looks
from villagehub.web.wire import compressed

blueprint = Blueprint("paper_page", __name__)


@cache
def _parts() -> tuple[str, str, str]:
    """Style, form and script of ``verify.html``."""
    found = re.search(
        r"<style>(.*)</style>.*?(<section id=\"drop\".*)</main>\n<script>(.*)</script>",
        verify_html().decode(),
        re.DOTALL,
    )
    if found is None:
        raise ValueError("verify.html is not in the form that /y takes apart")
    return found[1], found[2], found[3] + Path(__file__).with_name("paper.js").read_text(encoding="utf-8")


@blueprint.get("/y")
def show() -> ResponseReturnValue:
    """Without script it says how to check by eye and with a saved file."""
    style, sections, script = _parts()
    html = render_template(
        "public/paper.html", style=style, sections=sections, script=script, looks=current_looks(), tools=sizes()
    )
    response = make_response(html)
    hashed = base64.b64encode(sha256(script.encode()).digest()).decode()
    response.headers["Content-Security-Policy"] = policy(style=style_source(style), script=f"'sha256-{hashed}'")
    response.headers["Vary"] = VARY
    response.headers["Cache-Control"] = CACHE
    return compressed(response)
