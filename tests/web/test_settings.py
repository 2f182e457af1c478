"""The operator is told by name which setting is wrong and where it stands."""

import tomllib
from pathlib import Path

import pytest

from villagehub.config import BadSetting, Settings, default_instance, load_settings

EXAMPLE = Path(__file__).parents[2] / "instance" / "settings.example.toml"


def load(folder: Path, text: str = "", **environ: str) -> Settings:
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load_settings(folder, environ)


def test_an_instance_without_settings_works_with_defaults(tmp_path: Path) -> None:
    settings = load_settings(tmp_path, {})
    assert settings.database_url == f"sqlite:///{tmp_path / 'villagehub.db'}"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert (settings.review_needed, settings.review_of, settings.publish_by) == (2, 3, "head")
    assert not settings.secure_cookies
    assert not settings.demo


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, 'port = 8080\noperator = "青禾县农业农村局"', VILLAGEHUB_PORT="9000")
    assert (settings.port, settings.operator, settings.base_url) == (9000, "青禾县农业农村局", "http://127.0.0.1:9000")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("port = 0", "port"),
        ("port = true", "port"),
        ('port = "many"', "port"),
        ('base_url = "gk.example.cn"', "base_url"),
        ('base_url = "https://gk.example.cn/villages"', "base_url"),
        ('publish_by = "mayor"', "publish_by"),
        ('collective_review = "nobody"', "collective_review"),
        ('trusted_hosts = ["https://gk.example.cn"]', "trusted_hosts"),
        ('database_url = "mysql://x"', "database_url"),
        ('demo = "maybe"', "demo"),
        ('wechat_file = "../settings.toml"', "wechat_file"),
        ('wechat_text = "<script>"', "wechat_text"),
        ("review_needed = 4", "review_needed"),
        ('colour = "green"', "colour"),
        ("port = ", "settings.toml"),
    ],
)
def test_a_bad_setting_is_refused_by_its_name(tmp_path: Path, text: str, name: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        load(tmp_path, text)
    assert f"“{name}”" in refusal.value.sentence
    assert str(tmp_path) in refusal.value.next_step


def test_a_mistyped_variable_is_refused_and_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refusal:
        load(tmp_path, VILLAGEHUB_PROT="80")
    assert "VILLAGEHUB_PROT" in refusal.value.next_step


def test_a_password_in_a_bad_value_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as refusal:
        load(tmp_path, VILLAGEHUB_DATABASE_URL="mysql://me:hunter2@db")
    assert "hunter2" not in refusal.value.sentence + refusal.value.next_step


@pytest.mark.parametrize("written", ["postgres://u@h/db", "postgresql://u@h/db", "postgresql+psycopg://u@h/db"])
def test_every_spelling_of_postgresql_uses_the_same_driver(tmp_path: Path, written: str) -> None:
    assert load(tmp_path, VILLAGEHUB_DATABASE_URL=written).database_url == "postgresql+psycopg://u@h/db"


def test_cookies_are_secure_exactly_when_the_site_is_on_https(tmp_path: Path) -> None:
    assert load(tmp_path, 'base_url = "https://GK.example.cn/"').secure_cookies
    assert load(tmp_path, 'base_url = "https://GK.example.cn/"').base_url == "https://gk.example.cn"
    assert not load(tmp_path, 'base_url = "http://10.0.0.5:8000"').secure_cookies


def test_a_file_saved_by_notepad_with_a_mark_at_its_beginning_is_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes('\ufeffoperator = "青禾县"\r\n'.encode())
    assert load_settings(tmp_path, {}).operator == "青禾县"


def test_the_instance_is_where_the_variable_says(tmp_path: Path) -> None:
    assert default_instance({"VILLAGEHUB_INSTANCE": str(tmp_path)}) == tmp_path
    assert default_instance({}).name == "instance"


def test_the_example_names_every_setting_with_a_value_that_is_taken(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    switched_on = "\n".join(line[2:] for line in lines if line.startswith("# ") and " = " in line and line[2].isascii())
    assert set(tomllib.loads(switched_on)) == set(Settings.__dataclass_fields__) - {"instance"}
    load(tmp_path, switched_on)
