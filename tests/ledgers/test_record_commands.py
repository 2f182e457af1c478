"""From a terminal as on the pages: preview, rows that are to go, export that changes nothing, undo with what it kept."""

from pathlib import Path
from typing import Any

import pytest
import road
from click.testing import CliRunner
from flask import Flask
from sending import received, snapshot
from world import COUNTY, County, settings_for

from villagehub.app import create_app
from villagehub.cli import cli, run

HEAD = "日期,凭证号,摘要,收入,支出\n"
RENT = "2026-07-05,101,鱼塘租金,12000,\n"
CANAL = "2026-07-12,107,水渠清淤,,11600\n"
LAMPS = "2026-09-12,112,购路灯配件,,840\n"
BY = ("--as", COUNTY.clerk)
LEDGER = ("--village", COUNTY.village, "--section", "finance", "--period", "2026Q3", "--confirm", "no_category", *BY)


@pytest.fixture
def desk(app: Flask, county: County) -> Flask:
    """An installation whose keyboard may act for accounts."""
    assert county
    held = app.extensions["villagehub"]
    return create_app(settings_for(held.instance, held.database_url, cli_act_as=True))


def ask(app: Flask, *words: str) -> tuple[int, str]:
    """Exit code and all that was said."""
    runner, codes = CliRunner(), []

    def call() -> Any:
        return cli.main(list(words), obj=lambda: app, standalone_mode=False)

    with runner.isolation() as (out, err, _):
        codes.append(run(call))
        said = out.getvalue() + (err.getvalue() if err else b"")
    return codes[0], said.decode()


def test_another_villages_file_is_asked_about_at_the_keyboard_in_the_words_of_the_page(
    desk: Flask, tmp_path: Path
) -> None:
    """命令行导入别的村的表：一行也不存，先问一句，答了才存。"""
    file = tmp_path / "柳树坪村2026年三季度.csv"
    file.write_text(HEAD + RENT)
    code, said = ask(desk, "import", str(file), *LEDGER)
    assert code == 3, said
    assert "文件名写的是“柳树坪村”，您要传给的是“青石沟村”。是这个村的账吗？" in said
    assert "--confirm 'other_village'" in said
    with desk.app_context():
        assert snapshot() is None
    code, said = ask(desk, "import", str(file), *LEDGER, "--confirm", "other_village")
    assert code == 0, said
    with desk.app_context():
        assert snapshot() is not None


def test_import_previews_keeps_what_is_missing_and_is_undone(desk: Flask, tmp_path: Path) -> None:
    first, second = tmp_path / "一.csv", tmp_path / "二.csv"
    first.write_text(HEAD + RENT + CANAL)
    second.write_text(HEAD + RENT + LAMPS)
    assert ask(desk, "import", str(first), *LEDGER)[0] == 0
    with desk.app_context():
        before = snapshot()
    code, said = ask(desk, "import", str(second), *LEDGER, "--preview")
    assert code == 0, said
    for words in ("新的：1 行", "没变的：1 行", "这次表里没有的：1 行", "编号 2 水渠清淤：留着", "没有存成草稿"):
        assert words in said
    with desk.app_context():
        assert snapshot() == before
    code, said = ask(desk, "import", str(second), *LEDGER)
    assert code == 0, said
    assert "草稿里一共 3 行" in said
    assert "表里没有的 1 行留着。要去掉：先 villagehub undo 2，再导入时写 --gone 编号。" in said
    code, said = ask(desk, "undo", "2", *BY)
    assert (code, "去掉 1 行，恢复成以前的 0 行" in said) == (0, True), said
    with desk.app_context():
        assert snapshot() == before
    code, said = ask(desk, "import", str(second), *LEDGER, "--gone", "2")
    assert code == 0, said
    with desk.app_context():
        now = snapshot()
        assert now
        assert [one["voucher_no"] for one in now["rows"]] == ["101", "112"]


def test_import_asks_first_what_an_upload_that_was_never_read_would_ask(desk: Flask, tmp_path: Path) -> None:
    file = tmp_path / "账.csv"
    file.write_text(HEAD + RENT + CANAL.replace(",11600", ",-11600"))
    upload_id = received(desk, file.read_bytes())
    code, said = ask(desk, "import", str(file), *LEDGER)
    assert (code, f"第 {upload_id} 次上传" in said, "要确认" in said) == (3, True, True), said
    with desk.app_context():
        assert snapshot() is None


def test_undo_names_what_it_kept_and_says_what_is_refused(desk: Flask, tmp_path: Path) -> None:
    first = tmp_path / "一.csv"
    first.write_text(HEAD + RENT + CANAL)
    ask(desk, "import", str(first), *LEDGER)
    with desk.app_context():
        road.change_row(1, 2, summary="水渠清淤和修闸")
    code, said = ask(desk, "undo", "1", *BY)
    assert code == 0, said
    assert "上传以后有人改过，没有动：编号 2 水渠清淤和修闸" in said
    assert ask(desk, "undo", "1", *BY)[0] == 4
    code, said = ask(desk, "undo", "7", *BY)
    assert (code, "没有找到这次上传" in said) == (4, True)
    code, said = ask(desk, "undo", "1", "--as", COUNTY.member)
    assert code == 4


def test_undo_of_what_is_public_wants_a_reason_and_opens_a_correction(desk: Flask, tmp_path: Path) -> None:
    first = tmp_path / "一.csv"
    first.write_text(HEAD + RENT + CANAL)
    ask(desk, "import", str(first), *LEDGER)
    with desk.app_context():
        road.publish(road.agree(road.submit(1)))
    code, said = ask(desk, "undo", "1", *BY)
    assert code == 4
    assert "至少 10 个字" in said
    code, said = ask(desk, "undo", "1", "--reason", "整张表传错了村，要换成本村的", *BY)
    assert code == 0, said
    assert "开好了更正草稿：版本 2" in said


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_an_export_imported_again_changes_nothing(desk: Flask, tmp_path: Path, ending: str) -> None:
    with desk.app_context():
        draft = road.fill()
        before = snapshot()
    file = tmp_path / f"导出.{ending}"
    code, said = ask(desk, "export", str(draft), "-o", str(file), *BY)
    assert code == 0, said
    assert "不公开的列" in said
    code, said = ask(desk, "import", str(file), *LEDGER)
    assert code == 0, said
    assert "新 0，改 0，没变 3，表里没有了 0" in said
    with desk.app_context():
        assert snapshot() == before


def test_export_writes_over_nothing_and_says_why(desk: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk.app_context():
        draft = road.fill()
    file = tmp_path / "导出.xlsx"
    file.write_bytes(b"mine")
    code, said = ask(desk, "export", str(draft), "-o", str(file), *BY)
    assert (code, "没有覆盖它" in said) == (4, True)
    assert file.read_bytes() == b"mine"
    code, said = ask(desk, "export", str(draft), "-o", str(tmp_path / "没有" / "导出.csv"), *BY)
    assert (code, "写不了文件" in said) == (4, True)
    assert ask(desk, "export", str(draft), "-o", str(tmp_path / "导出.pdf"), *BY)[0] == 2
    code, said = ask(desk, "export", "99", *BY)
    assert (code, "没有找到版本 99" in said) == (4, True)
    monkeypatch.chdir(tmp_path)
    assert ask(desk, "export", str(draft), "--csv", "--as", COUNTY.member)[0] == 0
    assert (tmp_path / "青石沟村2026年第三季度财务收支草稿.csv").exists()
