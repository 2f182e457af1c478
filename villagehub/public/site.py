"""The site's own pages: 关于本网页, and the small file by which WeChat recognises the host (decision 26)."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, make_response, render_template
from flask.typing import ResponseReturnValue

from villagehub.config import Settings
from villagehub.places.queries import list_townships
from villagehub.public.address import UNREADABLE, NoSuchPage
from villagehub.public.look import page
from villagehub.storage import reading

blueprint = Blueprint("site", __name__)


def _settings() -> Settings:
    held: Settings = current_app.extensions["villagehub"]
    return held


@blueprint.get("/about")
def about() -> ResponseReturnValue:
    """Who runs the site, what it keeps of a reader and for how long, and how to tell it from a false one."""
    with reading() as session:
        villages = sum(one.below for one in list_townships(session))
    return page(render_template("public/about.html", host=urlsplit(_settings().base_url).netloc, villages=villages))


@blueprint.get("/<name>.txt")
def verification_file(name: str) -> ResponseReturnValue:
    """The one file that the settings name, as WeChat gave it; raises NoSuchPage for any other."""
    settings = _settings()
    if not settings.wechat_file or f"{name}.txt" != settings.wechat_file:
        raise NoSuchPage(what=UNREADABLE)
    response = make_response(settings.wechat_text)
    response.content_type = "text/plain; charset=utf-8"
    return response
