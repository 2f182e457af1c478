"""villagehub notify：加一个提醒的地址，看看有哪些，试一下，删掉。令牌只进钥匙的文件夹，哪里都不显示。"""

import sys

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from receivers import TOKEN, webhook
from world import COUNTY, County

from villagehub.cli import cli
from villagehub.config import Settings
from villagehub.kernel.refused import Refused
from villagehub.notices.channels import channel_files, read_channels


@pytest.fixture
def settings(app: Flask, county: County) -> Settings:
    assert county
    held: Settings = app.extensions["villagehub"]
    return held


def notify(app: Flask, *words: str, text: str = "") -> Result:
    return CliRunner().invoke(cli, ["notify", *words], obj=lambda: app, input=text)


def test_an_address_is_added_listed_masked_tried_and_removed(app: Flask, settings: Settings) -> None:
    with webhook() as hook:
        added = notify(
            app, "add", "--place", COUNTY.township, "--for", "township", "--name", "柳河镇工作群", text=hook.url + "\n"
        )
        assert added.exit_code == 0, added
        (channel,) = read_channels(settings.keys)
        assert channel.url == hook.url
        assert f"编号 {channel.id}：柳河镇，给镇里看，json://******" in added.output
        listed = notify(app, "list").output
        assert f"{channel.id}  柳河镇  镇里  json://******  柳河镇工作群" in listed
        tried = notify(app, "test", channel.id)
        assert tried.exit_code == 0, tried
        assert hook.got == ["测试：柳河镇的提醒会发到这里（给镇里看）。收到这一行，就是通了。"]
        hook.status = 403
        refused = notify(app, "test", channel.id)
        assert isinstance(refused.exception, Refused)
        assert "没有发出去：对方连不上，或者没有收下" in refused.exception.sentence
        removed = notify(app, "remove", channel.id)
        assert removed.exit_code == 0
        assert channel_files(settings.keys) == []
        for answer in (added, tried, refused, removed):
            assert TOKEN not in answer.output + str(answer.exception)
        assert TOKEN not in listed
        assert "还没有地址" in notify(app, "list").output


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        (("--for", "clerk"), "json://127.0.0.1/x", "wrong_notify_place"),
        (("--for", "township", "--place", COUNTY.village), "json://127.0.0.1/x", "wrong_notify_place"),
        (("--for", "clerk", "--place", "990101100999"), "json://127.0.0.1/x", "no_such_place"),
        (("--for", "operator"), f"nothing://{TOKEN}", "bad_notify_address"),
        (("--for", "operator"), f"json://127.0.0.1/{TOKEN} json://127.0.0.1/b", "bad_notify_address"),
        (("--for", "operator"), "", "bad_notify_address"),
    ],
)
def test_what_cannot_be_an_address_is_refused_and_not_repeated(
    app: Flask, settings: Settings, words: tuple[str, ...], text: str, code: str
) -> None:
    answer = notify(app, "add", *words, text=text)
    assert isinstance(answer.exception, Refused)
    assert answer.exception.code == code
    assert TOKEN not in answer.exception.sentence + answer.exception.next_step + answer.output
    assert channel_files(settings.keys) == []


def test_without_apprise_the_command_says_how_to_install_it(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)  # as where the extra is not installed
    answer = notify(app, "add", "--for", "operator", text="json://127.0.0.1/x")
    assert isinstance(answer.exception, Refused)
    assert answer.exception.code == "notify_missing"
    assert "-m pip install 'villagehub[notify]'" in answer.exception.next_step
    assert notify(app, "list").exit_code == 0
    assert channel_files(settings.keys) == []
