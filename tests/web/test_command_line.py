"""The command line answers in Chinese, says what to do next, and never shows a trace."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from launching import launch
from serving import free_port

from villagehub.cli import COMMANDS, cli, run
from villagehub.kernel.refused import NotFound

CHINESE = re.compile("[\u4e00-\u9fff]")
VILLAGEHUB = Path(sys.executable).parent / "villagehub"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment in which the installation lies in a fresh folder."""
    held = {name: value for name, value in os.environ.items() if not name.startswith("VILLAGEHUB_")}
    return {**held, "VILLAGEHUB_INSTANCE": str(tmp_path / "instance")}


def villagehub(environ: dict[str, str], *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [VILLAGEHUB, *words], env=environ, input=text, capture_output=True, text=True, timeout=60, check=False
    )


def command(environ: dict[str, str], *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """The same for tests of what many commands do to each other, without the imports of each."""
    return launch([VILLAGEHUB, *words], environ, text=text)


def test_help_lists_every_command_in_chinese_without_loading_the_rooms(environ: dict[str, str]) -> None:
    answer = villagehub(environ, "--help")
    assert answer.returncode == 0
    for name in ("demo", "init", "serve", "places", "accounts", "check", "import", "disclosures", "poster", "codes"):
        assert f"\n  {name} " in answer.stdout
    assert "选项" in answer.stdout
    code = "import sys, villagehub.cli; print([m for m in ('flask', 'sqlalchemy', 'structlog') if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def commands_below(command: click.Command) -> Iterator[click.Command]:
    yield command
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from commands_below(below)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_explains_itself_in_chinese(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    for one in commands_below(command):
        assert re.search(CHINESE, one.help or ""), one.name
        for option in one.params:
            if isinstance(option, click.Option):
                assert re.search(CHINESE, option.help or ""), f"{one.name} {option.name}"


def test_clicks_own_words_are_chinese_too(environ: dict[str, str]) -> None:
    answer = villagehub(environ, "accounts", "add", "--help")
    assert answer.stdout.startswith("用法：")
    assert "显示这段说明" in answer.stdout
    assert "Show this" not in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sevre",), "没有 sevre 这个命令"),
        (("serve", "--prot", "1"), "没有 --prot 这个选项"),
        (("serve", "--port", "many"), "不是数字"),
        (("accounts", "add"), "缺少参数"),
        (("accounts", "add", "x", "--role", "king"), "只能写"),
        (("places", "import", "/no/such/file.csv"), "没有找到"),
    ],
)
def test_a_slip_of_the_fingers_is_explained(words: tuple[str, ...], said: str, environ: dict[str, str]) -> None:
    answer = villagehub(environ, *words)
    assert answer.returncode == 2
    assert said in answer.stderr
    assert "Error" not in answer.stderr


def test_a_refusal_ends_with_4_and_its_next_step(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        raise NotFound()

    assert run(refuse) == 4
    assert capsys.readouterr().err == f"{NotFound.message}\n{NotFound.fix}\n"


def test_a_fault_ends_with_a_reference_and_the_trace_lies_in_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash() -> None:
        raise RuntimeError("卡号 6222020200001234567")

    monkeypatch.setenv("VILLAGEHUB_INSTANCE", str(tmp_path))
    assert run(crash) == 1
    said = capsys.readouterr().err
    assert "出了故障" in said
    assert "Traceback" not in said
    assert "RuntimeError" not in said
    log = (tmp_path / "villagehub.log").read_text(encoding="utf-8")
    reference = said.partition("参考号 ")[2][:9]
    assert reference in log
    assert "RuntimeError" in log
    assert "6222020200001234567" not in log


def test_a_module_that_an_update_wants_is_named_with_what_to_run(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        raise ModuleNotFoundError("No module named 'newlib'", name="newlib")

    assert run(act) == 4
    told = capsys.readouterr().err
    assert "缺少程序要用的模块 newlib" in told
    assert "-m pip install -e ." in told


def test_giving_up_and_exit_codes_pass_through(capsys: pytest.CaptureFixture[str]) -> None:
    def give_up() -> None:
        raise click.Abort

    assert run(give_up) == 130
    assert run(lambda: 3) == 3
    assert run(lambda: None) == 0
    assert "已取消" in capsys.readouterr().err


def test_a_bad_setting_stops_every_command_by_name(environ: dict[str, str]) -> None:
    answer = villagehub({**environ, "VILLAGEHUB_PORT": "no"}, "serve")
    assert answer.returncode == 4
    assert "“port”" in answer.stderr
    assert "VILLAGEHUB_PORT" in answer.stderr


def test_init_asks_for_the_first_administrator_and_knows_no_default_password(environ: dict[str, str]) -> None:
    nothing = command(environ, "init", "--login", "admin", "--password-stdin")
    assert (nothing.returncode, "没有读到密码" in nothing.stderr) == (4, True)
    weak = command(environ, "init", "--login", "admin", "--password-stdin", text="admin\n")
    assert (weak.returncode, "只有 5 位" in weak.stderr) == (4, True)
    assert "还没有账号" in command(environ, "accounts", "list").stdout
    good = command(environ, "init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    assert good.returncode == 0, good.stderr
    assert "a long phrase" not in good.stdout + good.stderr
    again = command(environ, "init")
    assert again.returncode == 0
    assert "没有改动账号" in again.stdout
    assert "系统管理员（administrator）" in command(environ, "accounts", "list").stdout


def test_accounts_are_added_listed_and_ended(environ: dict[str, str], tmp_path: Path) -> None:
    command(environ, "init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    places = tmp_path / "places.csv"
    places.write_text("code,name\n990101100201,青石沟村村民委员会\n", encoding="utf-8")
    assert command(environ, "places", "import", str(places)).returncode == 0
    clerk = ("accounts", "add", "clerk", "--role", "clerk", "--place", "990101100201")
    assert "--name" in command(environ, *clerk, "--password-stdin", text="x\n").stderr
    first = command(environ, *clerk, "--name", "赵庆", "--password-stdin", text="a long phrase 43\n")
    assert first.stdout == "已建账号 clerk，任 报账员。\n", first.stderr
    assert command(environ, *clerk).returncode == 4
    second = villagehub(
        environ, "accounts", "add", "clerk", "--role", "auditor", "--place", "990101", "--until", "2027-01-01"
    )
    assert second.stdout == "已有账号 clerk，任 审计员（只看）。\n", second.stderr
    listed = command(environ, "accounts", "list", "--place", "990101100201").stdout
    assert "报账员（clerk）\t青石沟村 990101100201" in listed
    assert "admin" not in listed
    ended = command(environ, "accounts", "end", "clerk", "--role", "clerk")
    assert ended.stdout == "clerk：结束了 1 个任职。\n"
    assert command(environ, "accounts", "end", "clerk", "--role", "clerk").returncode == 4
    assert "账号已停用" in command(environ, "accounts", "end", "clerk", "--disable").stdout
    assert "clerk\t赵庆（已停用）" in command(environ, "accounts", "list").stdout
    assert command(environ, "accounts", "password", "nobody", "--password-stdin", text="x\n").returncode == 4


def test_serving_without_an_installation_says_what_to_run(environ: dict[str, str]) -> None:
    answer = villagehub(environ, "serve")
    assert answer.returncode == 4
    assert "villagehub init" in answer.stderr
    assert "villagehub demo" in answer.stderr


@pytest.fixture
def server(environ: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server of a fresh installation, and its address."""
    port = free_port()
    assert (
        villagehub(environ, "init", "--login", "admin", "--password-stdin", text="a long phrase 42\n").returncode == 0
    )
    process = subprocess.Popen(
        [VILLAGEHUB, "serve", "--port", str(port)],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
            break
        except OSError:
            time.sleep(0.1)
    yield process, address
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=60)


def test_the_server_is_ready_and_stops_when_it_is_told_to(
    server: tuple[subprocess.Popen[str], str], environ: dict[str, str]
) -> None:
    process, address = server
    with urllib.request.urlopen(f"{address}/readyz", timeout=60) as answer:
        assert answer.read().decode() == "database: ok\nmigrations: ok\nkeys: ok\ndisk: ok\nserving: ok\n"
    with urllib.request.urlopen(f"{address}/login", timeout=60) as answer:
        assert "登录" in answer.read().decode()
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(f"{address}/login", headers={"Host": "evil.example"}), timeout=60)
    assert refused.value.code == 400
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=40)
    assert process.returncode == 0, err
    assert "网站已停下，数据都在。" in out
    assert "Traceback" not in err
    instance = Path(environ["VILLAGEHUB_INSTANCE"])
    left = instance / "villagehub.db-wal"
    assert not left.exists() or left.stat().st_size == 0
    database = sqlite3.connect(instance / "villagehub.db")
    assert database.execute("SELECT login FROM person").fetchall() == [("admin",)]
    database.close()
