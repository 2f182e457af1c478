"""/metrics is off by default, answers this machine or a token, and adds up what all workers did."""

import os
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from serving import Server, free_port
from world import Browser, settings_for

from villagehub.app import create_app
from villagehub.config import BadSetting, load_settings
from villagehub.kernel.refused import NotFound
from villagehub.ops import metrics

TOKEN = "0123456789abcdef-metrics"
ELSEWHERE = {"REMOTE_ADDR": "10.0.0.9"}


def counting(app: Flask, **changes: object) -> Browser:
    """A browser before one worker of the same installation with these settings."""
    made = create_app(replace(app.extensions["villagehub"], **changes))  # type: ignore[arg-type]
    metrics.count(made)
    made.test_client_class = Browser
    return made.test_client()  # type: ignore[return-value]


def samples(text: str, name: str) -> dict[tuple[str, ...], float]:
    """Label values (in the order of their names) → value."""
    return {
        tuple(one.labels[label] for label in sorted(one.labels)): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name == name
    }


def test_without_the_setting_there_is_nothing(client: Browser) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 404
    assert NotFound.message in answer.text


def test_this_machine_may_look_and_others_bring_the_token(app: Flask) -> None:
    assert counting(app, metrics=True).get("/metrics").status_code == 200
    for address in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"):
        answer = counting(app, metrics=True).get("/metrics", environ_overrides={"REMOTE_ADDR": address})
        assert answer.status_code == 200, address
    closed = counting(app, metrics=True).get("/metrics", environ_overrides=ELSEWHERE)
    assert closed.status_code == 403
    assert "metrics_token" in closed.text
    held = counting(app, metrics=True, metrics_token=TOKEN)
    for sent in ("", TOKEN, f"Bearer {TOKEN}x", "Bearer ", "Bearer é", f"bearer {TOKEN}"):
        answer = held.get("/metrics", environ_overrides=ELSEWHERE, headers={"Authorization": sent})
        assert answer.status_code == 403, sent
    open_ = held.get("/metrics", environ_overrides=ELSEWHERE, headers={"Authorization": f"Bearer {TOKEN}"})
    assert open_.status_code == 200
    assert open_.headers["Content-Type"] == metrics.CONTENT_TYPE
    assert open_.headers["Cache-Control"] == "no-store"


def test_whoever_comes_through_a_proxy_is_not_this_machine(app: Flask) -> None:
    """The proxy stands on this machine, so every connection is local; the headers tell who really asks."""
    behind = {"X-Forwarded-For": "203.0.113.7"}
    assert counting(app, metrics=True).get("/metrics", headers=behind).status_code == 403
    assert counting(app, metrics=True, proxies=1).get("/metrics", headers=behind).status_code == 403
    local = {"X-Forwarded-For": "127.0.0.1"}
    assert counting(app, metrics=True).get("/metrics", headers=local).status_code == 403
    assert counting(app, metrics=True, proxies=1).get("/metrics", headers=local).status_code == 200


def test_a_worker_that_counts_alone_says_which_one_it_is_and_nothing_of_what_was_read(app: Flask) -> None:
    browser = counting(app, metrics=True)
    browser.get("/login?next=/desk/d/secret")
    browser.get("/v/990101100999/秘密地址")
    browser.open("/login", method="BREW")
    text = browser.get("/metrics").text
    assert f'villagehub_worker{{pid="{os.getpid()}"}} 1' in text
    answers = samples(text, "villagehub_answers_total")
    assert answers["GET", "/login", "200"] == 1
    assert answers["other", "none", "405"] == 1
    assert sum(answers.values()) == 3
    assert samples(text, "villagehub_requests_running") == {(): 1}  # the one that asks
    assert samples(text, "villagehub_database_up") == {(): 1}
    assert samples(text, "villagehub_pages_waiting") == {(): 0}
    assert 0 < samples(text, "villagehub_disk_free_bytes")[()] <= samples(text, "villagehub_disk_bytes")[()]
    assert "/desk" not in text
    assert "秘密" not in text
    assert "990101100999" not in text


def test_a_database_that_is_away_does_not_silence_the_rest(tmp_path: Path) -> None:
    held = settings_for(tmp_path, f"sqlite:///{tmp_path / 'villagehub.db'}", metrics=True)  # without any table
    text = create_app(held).test_client().get("/metrics").text
    assert samples(text, "villagehub_database_up") == {(): 0}
    assert samples(text, "villagehub_pages_waiting") == {}
    assert samples(text, "villagehub_disk_bytes")[()] > 0


@pytest.mark.parametrize("token", ["short", "with spaces in it, long enough", "令牌令牌令牌令牌令牌令牌令牌令牌"])
def test_a_token_that_could_be_guessed_or_not_be_sent_is_refused(tmp_path: Path, token: str) -> None:
    (tmp_path / "settings.toml").write_text(f'metrics_token = "{token}"', encoding="utf-8")
    with pytest.raises(BadSetting, match="metrics_token"):
        load_settings(tmp_path, {})


@pytest.fixture
def two_workers(tmp_path: Path) -> Iterator[Server]:
    """A fresh installation served by two workers that count."""
    made = Server(tmp_path / "instance", f"http://127.0.0.1:{free_port()}", workers=2)
    made.more["VILLAGEHUB_METRICS"] = "true"
    made.run("init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    made.start()
    yield made
    made.stop()


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())


def workers_of(server: Server) -> list[int]:
    """Process ids of the server's workers, without the clock's runner beside them."""
    assert server.process
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    children = [pid for one in tasks for pid in one.read_text().split()]
    return sorted(int(pid) for pid in children if b"clockwork" not in Path(f"/proc/{pid}/cmdline").read_bytes())


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux's /proc to find the workers")
def test_two_workers_add_up_and_keep_their_sum_when_one_is_killed(two_workers: Server) -> None:
    until = time.monotonic() + 20
    while len(workers_of(two_workers)) < 2 and time.monotonic() < until:
        time.sleep(0.1)
    first = workers_of(two_workers)
    assert len(first) == 2
    before = samples(read(f"{two_workers.url}/metrics"), "villagehub_answers_total")["GET", "/healthz", "200"]
    for _ in range(40):  # each on a connection of its own, so that both workers get some
        read(f"{two_workers.url}/healthz")
    for _ in range(8):  # whichever worker answers
        text = read(f"{two_workers.url}/metrics")
        assert samples(text, "villagehub_answers_total")["GET", "/healthz", "200"] == before + 40
        assert "villagehub_worker" not in text
    os.kill(first[0], signal.SIGKILL)
    until = time.monotonic() + 20
    while time.monotonic() < until and (first[0] in workers_of(two_workers) or len(workers_of(two_workers)) < 2):
        time.sleep(0.1)
    assert len(workers_of(two_workers)) == 2
    for _ in range(10):
        read(f"{two_workers.url}/healthz")
    text = read(f"{two_workers.url}/metrics")
    assert samples(text, "villagehub_answers_total")["GET", "/healthz", "200"] == before + 50
    assert samples(text, "villagehub_requests_running") == {(): 1}
    assert re.search(r'villagehub_answer_seconds_bucket\{by="application",le="\+Inf"\} \d+', text)
