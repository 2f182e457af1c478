"""Whoever meets an error reads a Chinese sentence, the next step and a reference number; never a trace."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask, abort
from world import Browser

from villagehub.kernel.refused import Refused
from villagehub.web import public_post

ROOT = Path(__file__).parents[2]


class DoorClosed(Refused):
    """A refusal of this test."""

    code = "door_closed"
    message = "《{title}》的门关着。"
    fix = "请明天再来。"
    status = 409


@pytest.fixture
def broken(app: Flask) -> Browser:
    """The application with views that go wrong on purpose."""

    def crash() -> str:
        raise RuntimeError("secret of the house 13800000000")

    def refuse() -> str:
        raise DoorClosed(title="<script>三季度</script>")

    app.add_url_rule("/crash", view_func=crash)
    app.add_url_rule("/refuse", view_func=refuse)
    app.add_url_rule("/abort/<int:code>", endpoint="stop", view_func=abort)
    app.add_url_rule("/take", endpoint="take", view_func=lambda: "taken", methods=["POST"])
    app.add_url_rule("/ask", endpoint="ask", view_func=public_post(ask), methods=["POST"])
    return app.test_client()  # type: ignore[return-value]


def ask() -> str:
    return "asked"


def must_be_an_error_page(text: str) -> None:
    assert '<html lang="zh-CN"' in text
    assert text.count("<h1>") == 1
    assert re.search(r'参考号 <span class="num">[0-9A-Z]{4}-[0-9A-Z]{4}</span>', text)
    assert "Traceback" not in text
    visible = re.sub(r"<style.*?</style>|<[^>]+>", " ", text, flags=re.DOTALL)
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", visible), visible


def test_a_fault_shows_a_reference_number_and_nothing_of_the_house(broken: Browser) -> None:
    answer = broken.get("/crash")
    assert answer.status_code == 500
    must_be_an_error_page(answer.text)
    assert answer.headers["X-Request-Id"] in answer.text
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def test_a_refusal_is_said_with_its_own_words_and_status(broken: Browser) -> None:
    answer = broken.get("/refuse")
    assert answer.status_code == 409
    must_be_an_error_page(answer.text)
    assert "的门关着。" in answer.text
    assert "请明天再来。" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 415, 429, 500, 503])
def test_every_kind_of_error_is_in_chinese(broken: Browser, status: int) -> None:
    answer = broken.get(f"/abort/{status}")
    assert answer.status_code == status
    must_be_an_error_page(answer.text)


def test_a_wrong_method_names_the_right_ones_to_machines(broken: Browser) -> None:
    answer = broken.get("/take")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    must_be_an_error_page(answer.text)


def test_the_letters_of_an_error_page_are_made_larger_by_one_tap(broken: Browser) -> None:
    for address in ("/abort/404", "/abort/410", "/abort/429", "/nothing/here?x=1"):
        page = broken.get(address)
        assert re.findall(r'<a href="[^"]*size=(\w)"', page.text) == ["m", "l", "x"], address
        tap = re.search(r'href="([^"]*size=x)"', page.text)
        assert tap
        led = broken.get(address.partition("?")[0] + tap[1].replace("&amp;", "&"))
        assert (led.status_code, led.headers["Location"]) == (302, address)
        large = broken.get(address)
        assert large.status_code == page.status_code
        assert '<html lang="zh-CN" class="xl">' in large.text
        broken.delete_cookie("size")


def test_an_error_after_a_form_offers_other_letters_only_where_a_tap_leads_somewhere(broken: Browser) -> None:
    assert 'class="size"' not in broken.post("/take").text, "this address can only be sent to"
    assert 'class="size"' in broken.post("/login").text


def test_an_unknown_address_is_not_found(broken: Browser) -> None:
    answer = broken.get("/v/990101100999/../../etc/passwd")
    assert answer.status_code == 404
    must_be_an_error_page(answer.text)
    assert "passwd" not in answer.text


def test_a_form_without_its_token_is_not_taken(broken: Browser) -> None:
    answer = broken.post("/take", data={"x": "1"})
    assert answer.status_code == 400
    assert "放得太久" in answer.text
    assert broken.send("/take", page="/login").text == "taken"


def test_a_body_beyond_the_limit_is_refused_in_words(broken: Browser) -> None:
    answer = broken.post("/take", data=b"x" * (12 * 1024 * 1024 + 1), content_type="application/octet-stream")
    assert answer.status_code in (400, 413)
    must_be_an_error_page(answer.text)
    big = broken.post("/login", data={"file": (BytesIO(b"x" * 12 * 1024 * 1024), "big.xlsx")})
    assert big.status_code == 413
    assert "12 MB" in big.text


def test_a_public_form_is_taken_from_our_own_pages_only(broken: Browser) -> None:
    assert broken.post("/ask", headers={"Origin": "http://localhost"}).text == "asked"
    assert broken.post("/ask", headers={"Referer": "http://localhost/v/990101100201"}).text == "asked"
    for origin in ("http://evil.example", "null", "http://localhost.evil.example", "http://["):
        answer = broken.post("/ask", headers={"Origin": origin})
        assert answer.status_code == 403, origin
        must_be_an_error_page(answer.text)
    assert broken.post("/ask").status_code == 403


def test_when_even_the_error_page_fails_the_words_still_come(broken: Browser, app: Flask) -> None:
    app.jinja_env.globals["inline_css"] = None
    answer = broken.get("/crash")
    assert answer.status_code == 500
    assert "参考号" in answer.text
    assert "出了故障" in answer.text


def refusals() -> list[type[Refused]]:
    """Every kind of refusal in the house."""
    import importlib
    import pkgutil

    import villagehub

    for found in pkgutil.walk_packages(villagehub.__path__, "villagehub."):
        if ".migrations" not in found.name:
            importlib.import_module(found.name)
    kinds: list[type[Refused]] = []
    waiting = [Refused]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("villagehub."):
            kinds.append(kind)
    return sorted(kinds, key=lambda kind: (kind.__module__, kind.__name__))


LATIN_WORDS = re.compile(
    r"\{[^}]*\}"  # blanks
    r"|(?:villagehub|disclosures) [a-z]+(?: [a-z]+)?|(?:pip|apt) install '?[\w-]+|--[a-z-]+"  # commands to type
    r"|[\w.]+\.(?:toml|py|xlsx|xls|csv|wsgi:make)|\w+_\w+(?: = \w+)?"  # files and settings
)
"""What readers may meet in Latin letters."""


def test_every_refusal_speaks_chinese_and_ends_its_sentence() -> None:
    """No English sentence reaches a reader: two Latin words in a row give one away."""
    kinds = refusals()
    assert len(kinds) > 20
    for kind in kinds:
        for words in (kind.message, kind.fix):
            assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,} ", LATIN_WORDS.sub("", words)), f"{kind.__name__}: {words}"
        assert re.search(r"[\u4e00-\u9fff{]", kind.message), kind.__name__
        assert kind.message.endswith(("。", "？", "}")), f"{kind.__name__}: {kind.message}"
        assert re.fullmatch(r"[a-z_]+", kind.code), kind.__name__


def test_a_code_belongs_to_one_kind_of_refusal() -> None:
    codes: dict[str, str] = {}
    for kind in refusals():
        if "code" in kind.__dict__:
            assert kind.code not in codes, f"{kind.code}: {codes[kind.code]} and {kind.__name__}"
            codes[kind.code] = kind.__name__


def test_a_fault_of_the_database_tells_the_log_nothing_of_what_was_written(app: Flask) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    from villagehub.storage import db

    with app.app_context(), pytest.raises(DBAPIError) as fault, db.engine.connect() as connection:
        connection.execute(text("INSERT INTO person (login) VALUES (:login)"), {"login": "孙立的秘密"})
    assert "秘密" not in str(fault.value)
