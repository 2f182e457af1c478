"""Whoever starts the server reads where it listens, also where villagers reach it by another address."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Server, free_port

pytestmark = pytest.mark.slow


@pytest.fixture
def behind_a_proxy(tmp_path: Path) -> Iterator[Server]:
    """An installation whose public address is not the one it listens at."""
    made = Server(tmp_path / "instance", f"http://127.0.0.1:{free_port()}")
    made.more["VILLAGEHUB_BASE_URL"] = "https://gk.example.cn"
    made.run("init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    made.start()
    yield made
    made.stop()


def test_serve_says_the_public_address_and_where_it_listens(behind_a_proxy: Server) -> None:
    said = (behind_a_proxy.instance.parent / "server.log").read_text("utf-8")
    port = behind_a_proxy.url.rpartition(":")[2]
    assert "https://gk.example.cn" in said
    assert f"监听 127.0.0.1 的 {port} 端口" in said
    assert "几秒钟后能用" in said, "it does not claim to be open before it answers"
