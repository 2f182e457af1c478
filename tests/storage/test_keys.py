"""Keys lie in files that only their owner reads; a damaged one is never replaced by a fresh one."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from villagehub.storage.keys import BadKey, key_path, load_key


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    first = load_key(tmp_path / "keys", "vault")
    assert len(first) == 32
    assert load_key(tmp_path / "keys", "vault") == first
    assert load_key(tmp_path / "keys", "match") != first


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    load_key(tmp_path / "keys", "vault")
    assert stat.S_IMODE(key_path(tmp_path / "keys", "vault").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["vault.key"]


def test_processes_that_start_together_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_key(tmp_path / "keys", "secret"), range(32)))
    assert len(keys) == 1


@pytest.mark.parametrize("content", ["", "short", "z" * 64])
def test_a_damaged_key_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = key_path(tmp_path, "vault")
    path.write_text(content)
    with pytest.raises(BadKey) as refusal:
        load_key(tmp_path, "vault")
    assert "备份" in refusal.value.next_step
    assert path.read_text() == content
