"""``villagehub receipts`` does what the page does, with the same sentences, and exits with 4 where something was refused."""

import json
from pathlib import Path
from typing import Any

import pytest
import sent_pictures as paper
from click.testing import CliRunner
from flask import Flask
from road import fill, submit
from sqlalchemy import func, select
from world import COUNTY, County, settings_for

from villagehub.app import create_app
from villagehub.cli import cli, run
from villagehub.disclosures.receipt_models import VersionReceipt
from villagehub.storage import db, reading


@pytest.fixture
def desk(app: Flask, county: County) -> tuple[Flask, int]:
    """An installation whose keyboard may act for accounts, with a draft."""
    assert county
    held = app.extensions["villagehub"]
    made = create_app(settings_for(held.instance, held.database_url, cli_act_as=True))
    with made.app_context():
        draft = fill()
    return made, draft


def ask(app: Flask, *words: str) -> tuple[int, str]:
    """Exit code and all that was said."""
    runner, codes = CliRunner(), []

    def call() -> Any:
        return cli.main(list(words), obj=lambda: app, standalone_mode=False)

    with runner.isolation() as (out, err, _):
        codes.append(run(call))
        said = out.getvalue() + (err.getvalue() if err else b"")
    return codes[0], said.decode()


def test_files_are_taken_and_named(desk: tuple[Flask, int], tmp_path: Path) -> None:
    app, draft = desk
    (tmp_path / "107.jpg").write_bytes(paper.photograph())
    (tmp_path / "发票.pdf").write_bytes(paper.pdf(2))
    code, said = ask(
        app, "receipts", str(draft), str(tmp_path / "107.jpg"), str(tmp_path / "发票.pdf"), "--as", COUNTY.clerk
    )
    assert code == 0, said
    assert "“107.jpg”：1 张，对上了编号 2。" in said
    assert "“发票.pdf”：2 张，还没有对上是哪一行。" in said
    assert "命令行代为操作" in said
    code, said = ask(app, "receipts", str(draft), str(tmp_path / "107.jpg"), "--as", COUNTY.clerk, "--json")
    assert code == 0
    assert json.loads(said)["taken"][0]["again"] is True
    with app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(VersionReceipt)) == 3
        db.engine.dispose()


def test_what_is_refused_is_said_and_answered_with_4(desk: tuple[Flask, int], tmp_path: Path) -> None:
    app, draft = desk
    (tmp_path / "107.jpg").write_bytes(paper.photograph())
    (tmp_path / "坏.jpg").write_bytes(paper.HEIC)
    code, said = ask(
        app, "receipts", str(draft), str(tmp_path / "坏.jpg"), str(tmp_path / "107.jpg"), "--as", COUNTY.clerk
    )
    assert code == 4
    assert "“坏.jpg”是苹果手机的 HEIC 照片" in said
    assert "1 个文件没有收下" in said
    code, said = ask(app, "receipts", str(draft), str(tmp_path / "107.jpg"), "--as", COUNTY.member)
    assert code == 4
    assert "故障" not in said
    with app.app_context():
        db.engine.dispose()


def test_a_version_under_review_takes_nothing(desk: tuple[Flask, int], tmp_path: Path) -> None:
    app, draft = desk
    (tmp_path / "107.jpg").write_bytes(paper.photograph())
    with app.app_context():
        submit(draft)
    code, said = ask(app, "receipts", str(draft), str(tmp_path / "107.jpg"), "--as", COUNTY.clerk)
    assert code == 4
    assert "审核" in said
    with app.app_context():
        db.engine.dispose()
