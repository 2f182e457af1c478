"""The site's own facts: who runs it, what it keeps, and the file WeChat asks for."""

from dataclasses import replace
from typing import cast

from flask import Flask
from world import Browser

from villagehub.app import create_app


def with_settings(app: Flask, **changes: str) -> Browser:
    """A browser at the same database under other settings."""
    made = create_app(replace(app.extensions["villagehub"], **changes))
    made.test_client_class = Browser
    return cast("Browser", made.test_client())


def test_a_reader_learns_who_runs_the_site_and_what_it_keeps(app: Flask) -> None:
    page = with_settings(app, operator="青禾县农业农村局", icp="鄂ICP备00000000号").get("/about")
    assert page.status_code == 200
    for words in ("主办：青禾县农业农村局", "鄂ICP备00000000号", "90 天", "不用登录", "localhost"):
        assert words in page.text


def test_without_an_operator_the_page_says_so(app: Flask, client: Browser) -> None:
    assert "主办单位还没有填写" in client.get("/about").text


def test_wechat_finds_its_file_and_nobody_finds_another(app: Flask) -> None:
    browser = with_settings(app, wechat_file="MP_verify_abc123.txt", wechat_text="abc123")
    answer = browser.get("/MP_verify_abc123.txt")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "abc123", "text/plain")
    assert browser.get("/MP_verify_other.txt").status_code == 404
    assert with_settings(app, wechat_file="").get("/MP_verify_abc123.txt").status_code == 404
