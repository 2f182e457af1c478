"""Style sheets stand inline in every page: one response, no second request (decision 37)."""

import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app
from markupsafe import Markup

from villagehub.web.headers import csp_nonce


@lru_cache(maxsize=32)
def _read(path: Path, _changed: int) -> str:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", text).strip()


def css_text(*names: str) -> str:
    """The named files of ``static/css`` one after the other, without comments and line ends."""
    folder = Path(str(current_app.static_folder)) / "css"
    return "".join(_read(folder / name, (folder / name).stat().st_mtime_ns) for name in names)


def inline_css(*names: str) -> Markup:
    """A ``<style>`` element with the named files, permitted by this answer's nonce."""
    return Markup('<style nonce="{}">').format(csp_nonce()) + Markup(css_text(*names)) + Markup("</style>")  # noqa: S704 - our own files


def register(app: Flask) -> None:
    """Templates get ``inline_css('public.css', 'desk.css')``."""
    app.jinja_env.globals["inline_css"] = inline_css
