"""``villagehub poster`` and ``villagehub codes``: files are whole or not there, and what was made stands in the journal."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from paper import codes_in, opened, picture_of, village_of
from test_symbol import drawn_from
from world import COUNTY, NOW, Browser, County

from villagehub.cli import cli, run
from villagehub.journal.models import JournalEntry
from villagehub.kernel.codes import new_code
from villagehub.labels.models import Code
from villagehub.labels.symbol import make_symbol
from villagehub.storage import reading, unit_of_work

Type = Callable[..., int]


@pytest.fixture
def typed(app: Flask, county: County) -> Type:
    """``typed("poster", …)`` runs a command on the test's installation and returns its exit code."""
    return lambda *words: run(lambda: cli.main([str(word) for word in words], obj=lambda: app, standalone_mode=False))


def codes_of(app: Flask) -> list[Code]:
    with app.app_context(), reading() as session:
        return list(session.query(Code).order_by(Code.id))


def journal_of(app: Flask, event: str) -> list[JournalEntry]:
    with app.app_context(), reading() as session:
        return list(session.query(JournalEntry).filter_by(event=event).order_by(JournalEntry.id))


@pytest.mark.parametrize("section", ["", "finance"])
def test_a_poster_is_written_its_codes_counted_and_its_making_noted(
    app: Flask, typed: Type, client: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str], section: str
) -> None:
    file = tmp_path / "海报.pdf"
    words = ["--section", section] if section else []
    assert typed("poster", "--village", COUNTY.village, *words, "--board", "G-01", "-o", file) == 0
    said = capsys.readouterr().out
    assert "机器读过 2 个码，都对" in said
    assert "大码：模糊" in said
    assert "小码：模糊" in said
    assert str(file) in said
    (code,) = codes_of(app)
    assert set(codes_in(picture_of(file.read_bytes()))) == {code.payload}
    page = client.get(f"/C/{code.code}", follow_redirects=True)
    assert page.status_code == 200
    assert page.request.path == f"/v/{COUNTY.village}/{section}".rstrip("/")
    assert code.printed_at
    assert code.batch
    (entry,) = journal_of(app, "poster_made")
    assert entry.detail["code"] == code.code
    assert (entry.detail["codes_read"], entry.detail["board"]) == (2, "G-01")
    assert entry.channel.startswith("cli:")
    assert list(tmp_path.glob(".villagehub-*")) == []
    assert file.stat().st_mode & 0o777 == 0o644


def test_the_same_poster_again_has_the_same_code(app: Flask, typed: Type, tmp_path: Path) -> None:
    for name in ("a.pdf", "b.pdf"):
        assert typed("poster", "--village", COUNTY.village, "-o", tmp_path / name) == 0
    assert len(codes_of(app)) == 1
    assert len(journal_of(app, "poster_made")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--village", "990101100299"), "没有找到编码是"),
        (("--village", COUNTY.township), "没有找到编码是"),
        (("--village", COUNTY.village, "--section", "money"), "可以写：finance（财务收支）"),
        (("--village", COUNTY.village, "--board", "😀"), "U+1F600"),
        (("--village", COUNTY.village, "--board", "长" * 30), "写不下"),
    ],
)
def test_a_poster_that_cannot_be_made_leaves_no_file_and_keeps_an_older_one(
    app: Flask, typed: Type, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "poster.pdf"
    file.write_bytes(b"older")
    assert typed("poster", *words, "-o", file) == 4
    assert said in capsys.readouterr().err
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["poster.pdf"]
    assert file.read_bytes() == b"older"
    assert journal_of(app, "poster_made") == []


def test_a_code_that_was_damaged_in_the_database_never_reaches_paper(
    app: Flask, typed: Type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = make_symbol("HTTP://LOCALHOST/C/7K3M9P2Q8")
    with app.app_context(), unit_of_work() as session:
        village = village_of(COUNTY.village)
        session.add(
            Code(
                code="7K3M9P2Q8", village_id=village.id, target_kind="village", base_url="http://localhost", edition=1,
                payload="HTTP://LOCALHOST/C/7K3M9P2Q8", level="Q", version=good.version, minted_at=NOW,
                matrix=bytes(byte ^ (0xFF if 40 < place < 70 else 0) for place, byte in enumerate(good.bits)),
            )
        )  # fmt: skip
    file = tmp_path / "x.pdf"
    assert typed("poster", "--village", COUNTY.village, "-o", file) == 4
    said = capsys.readouterr().err
    assert "应读出 2 个码，读出 0 个对的" in said
    assert "codes retire" in said
    assert list(tmp_path.glob("*.pdf")) == []
    assert journal_of(app, "poster_made") == []


def test_a_place_where_nothing_can_be_written_is_said_and_nothing_is_noted(
    app: Flask, typed: Type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    places = {
        tmp_path / "nowhere" / "x.pdf": "没有文件夹",
        tmp_path: "是一个文件夹",
        tmp_path / "file" / "x.pdf": "没有文件夹",
        tmp_path / ("长" * 200): "名字太长",
        Path("/proc/x.pdf"): "写不了",
    }
    if os.getuid():
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        places[locked / "x.pdf"] = "没有权限"
    for place, said in places.items():
        assert typed("poster", "--village", COUNTY.village, "-o", place) == 4, place
        assert said in capsys.readouterr().err
    assert journal_of(app, "poster_made") == []
    assert list(tmp_path.glob(".villagehub-*")) == []


def test_an_address_that_only_this_machine_can_open_is_warned_of(
    typed: Type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed("poster", "--village", COUNTY.village, "-o", tmp_path / "x.pdf") == 0
    assert "注意：码里的网址 http://localhost 只在这台机器上能打开" in capsys.readouterr().out


def test_a_code_is_shown_and_saved_as_pictures_that_are_read_as_its_address(
    app: Flask, typed: Type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app.extensions["villagehub"] = replace(app.extensions["villagehub"], base_url="https://cun.example.cn")
    typed("poster", "--village", COUNTY.village, "--section", "funds", "-o", tmp_path / "x.pdf")
    (code,) = codes_of(app)
    shown = f"{code.code[:3]} {code.code[3:6]} {code.code[6:]}"
    capsys.readouterr()
    png, svg = tmp_path / "c.png", tmp_path / "c.svg"
    assert typed("codes", "show", shown.lower(), "--png", png, "--svg", svg) == 0
    said = capsys.readouterr().out
    assert f"编号 {shown}（在用）" in said
    assert f"柳河镇 青石沟村 · 惠民资金：/v/{COUNTY.village}/funds" in said
    assert f"HTTPS://CUN.EXAMPLE.CN/C/{code.code}" in said
    assert codes_in(opened(png.read_bytes()).convert("L")) == [code.payload]
    assert codes_in(drawn_from(svg.read_bytes())) == [code.payload]
    assert typed("codes", "show", code.code, "--png", tmp_path / "no" / "c.png") == 4


def test_wrong_and_unknown_codes_are_told_apart(typed: Type, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed("codes", "show", "7K3M9P2Q") == 4
    assert "可能抄错" in capsys.readouterr().err
    assert typed("codes", "show", new_code()) == 4
    assert "没有发过这个编号" in capsys.readouterr().err


def test_a_code_is_retired_with_a_reason_and_the_next_poster_gets_a_new_one(
    app: Flask, typed: Type, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("poster", "--village", COUNTY.village, "-o", tmp_path / "x.pdf")
    (old,) = codes_of(app)
    assert typed("codes", "retire", old.code, "--reason", "短") == 4
    assert typed("codes", "retire", old.code, "--reason", "海报被人换过") == 0
    assert typed("codes", "retire", old.code, "--reason", "海报被人换过") == 4
    capsys.readouterr()
    assert typed("codes", "show", old.code) == 0
    assert "停用：海报被人换过" in capsys.readouterr().out
    typed("poster", "--village", COUNTY.village, "-o", tmp_path / "x.pdf")
    assert [one.retired_at is None for one in codes_of(app)] == [False, True]
