"""What every answer carries, which hosts are answered, where redirects lead, and what the two watch addresses say."""

import json
import logging
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from world import Browser, County, settings_for

from villagehub.app import create_app
from villagehub.web.logs import configure_logging, log
from villagehub.web.paths import own_path

SECURITY_HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "X-Request-Id",
)


@pytest.mark.parametrize(
    "address", ["/login", "/nowhere", "/account", "/healthz", "/readyz", "/static/css/desk.css", "/?size=l"]
)
def test_every_answer_carries_the_security_headers(client: Browser, address: str) -> None:
    answer = client.get(address)
    assert [name for name in SECURITY_HEADERS if name not in answer.headers] == []
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy.replace("https:", "http:")
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_only_style_sheet_of_a_live_page_is_permitted_by_its_nonce(client: Browser) -> None:
    first, second = client.get("/login"), client.get("/login")
    nonce = first.text.partition('<style nonce="')[2].partition('"')[0]
    assert nonce
    assert f"'nonce-{nonce}'" in first.headers["Content-Security-Policy"]
    assert nonce not in second.text
    assert "style=" not in first.text
    assert "<script" not in first.text


def test_hsts_is_sent_only_where_phones_come_over_https(app: Flask, tmp_path: Path) -> None:
    assert "Strict-Transport-Security" not in app.test_client().get("/healthz").headers
    held = app.extensions["villagehub"]
    secure = create_app(settings_for(tmp_path, held.database_url, base_url="https://localhost", secure_cookies=True))
    answer = secure.test_client().get("/login", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-vh=")
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_the_cookie_of_a_plain_site_is_named_without_the_prefix(client: Browser) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("vh=")
    assert "HttpOnly" in cookie


def test_what_is_behind_the_door_is_kept_nowhere(county: County, sign_in: Callable[[str], Browser]) -> None:
    assert sign_in(county.clerk).get("/account").headers["Cache-Control"] == "no-store"


def test_another_sites_name_is_not_answered(client: Browser) -> None:
    answer = client.get("/login", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "不是本站" in answer.text
    assert client.get("/login", headers={"Host": "LOCALHOST:8000"}).status_code == 200


def test_a_callers_address_is_believed_from_as_many_proxies_as_the_settings_say(app: Flask, tmp_path: Path) -> None:
    url = app.extensions["villagehub"].database_url
    seen = {}
    for proxies in (0, 1):
        site = create_app(settings_for(tmp_path / str(proxies), url, proxies=proxies))
        site.add_url_rule("/who", endpoint="who", view_func=lambda: str(request.remote_addr))
        headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Host": "evil.example"}
        answer = site.test_client().get("/who", headers=headers)
        assert answer.status_code == 200
        seen[proxies] = answer.text
    assert seen == {0: "127.0.0.1", 1: "198.51.100.7"}


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nX: 1", "", None, "a/b"],
)
def test_a_redirect_never_leaves_the_site(target: str | None) -> None:
    assert own_path(target, "/safe") == "/safe"


def test_a_path_of_ours_is_kept_with_its_question(client: Browser) -> None:
    assert own_path("/v/990101100201/finance?after=20") == "/v/990101100201/finance?after=20"


def test_text_size_and_theme_are_kept_in_cookies_and_lead_back(client: Browser) -> None:
    answer = client.get("/login?size=l&next=/account&theme=dark")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?next=/account".replace("/account", "%2Faccount")
    page = client.get("/login").text
    assert '<html lang="zh-CN" class="lg dark">' in page
    client.get("/login?size=m&theme=light")
    assert '<html lang="zh-CN" class="light">' in client.get("/login").text


def test_an_unknown_size_sets_nothing_and_a_disguised_address_stays_here(client: Browser) -> None:
    assert "Set-Cookie" not in client.get("/login?size=huge").headers
    answer = client.get("/?size=l", environ_overrides={"PATH_INFO": "//evil.example/"})
    assert answer.headers["Location"] == "/evil.example/"


def test_the_request_id_is_ours_and_not_what_the_caller_sends(client: Browser) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": "forged"})
    assert answer.headers["X-Request-Id"] != "forged"
    assert answer.headers["X-Request-Id"] != client.get("/healthz").headers["X-Request-Id"]


def lines_of(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_log_has_one_line_per_event_without_personal_data(client: Browser, tmp_path: Path) -> None:
    file = tmp_path / "log"
    configure_logging("INFO", file=file)
    try:
        client.get("/login?next=/q&name=孙立")
        client.get("/nowhere/990101100201")
        log.error("fault\r\nforged", words="身份证 11010119900307123X 手机 13800000000")
        try:
            raise ValueError("卡号 6222020200001234567")
        except ValueError:
            log.exception("fault")
    finally:
        configure_logging("INFO")
    text = file.read_text(encoding="utf-8")
    events = lines_of(file)
    assert [one["event"] for one in events] == ["request", "request", "fault\r\nforged", "fault"]
    assert [one.get("route") for one in events[:2]] == ["/login", "-"]
    for secret in ("孙立", "13800000000", "11010119900307123", "6222020200001234567", "990101100201"):
        assert secret not in text
    assert "ValueError" in str(events[3]["exception"])


def test_other_libraries_do_not_chat_in_the_log(tmp_path: Path) -> None:
    file = tmp_path / "log"
    configure_logging("INFO", file=file)
    try:
        logging.getLogger("alembic.runtime").info("chat")
        logging.getLogger("alembic.runtime").warning("a real warning")
    finally:
        configure_logging("INFO")
    assert [one["event"] for one in lines_of(file)] == ["a real warning"]


def test_a_ready_installation_says_so(app: Flask, client: Browser) -> None:
    keys = app.extensions["villagehub"].keys
    assert client.get("/healthz").text == "ok\n"
    not_yet = client.get("/readyz")
    assert (not_yet.status_code, "keys: failed" in not_yet.text) == (503, True)
    for name in ("vault", "match", "log"):
        shutil.copyfile(keys / "secret.key", keys / f"{name}.key")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "database: ok\nmigrations: ok\nkeys: ok\ndisk: ok\nserving: ok\n")


def test_a_damaged_key_or_a_database_of_another_version_is_not_ready(app: Flask, client: Browser) -> None:
    from villagehub.storage import db, migrate

    keys = app.extensions["villagehub"].keys
    for name in ("vault", "match", "log"):
        (keys / f"{name}.key").write_text("not a key", encoding="ascii")
    with app.app_context():
        migrate.downgrade(db.engine, "base")
    text = client.get("/readyz").text
    assert text == "database: failed\nmigrations: failed\nkeys: failed\ndisk: ok\nserving: ok\n"


def test_the_readiness_page_tells_nothing_about_the_data(county: County, client: FlaskClient) -> None:
    text = client.get("/readyz").text
    assert county.village not in text
    assert "/" not in text
