"""``villagehub check``: one JSON object with the promised keys, three exit codes, words that name the clerk's own rows."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ledger_files import CANAL, GOOD_CSV, HEAD, LEASE, xlsx

from villagehub.cli import cli

PROBLEM_KEYS = ["severity", "code", "sheet", "row", "column", "value", "message", "fix"]


@pytest.fixture
def check(tmp_path: Path):  # type: ignore[no-untyped-def]
    """``check(data, …)`` writes the file and runs the command on it; nothing may be written beside it."""

    def run(data: bytes | str, *options: str, name: str = "账.csv") -> Result:
        file = tmp_path / name
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        answer = CliRunner().invoke(cli, ["check", str(file), *options])
        assert [one.name for one in tmp_path.iterdir()] == [name]
        assert "Traceback" not in answer.output
        return answer

    return run


def test_a_good_file_exits_with_0_and_prints_exactly_one_object(check) -> None:  # type: ignore[no-untyped-def]
    answer = check(GOOD_CSV, "--section", "finance", "--json")
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert list(told) == ["outcome", "rows", "income_fen", "expense_fen", "dates", "entries", "problems"]
    assert (told["outcome"], told["rows"], told["income_fen"], told["expense_fen"]) == ("accept", 2, 1_200_000, 126_050)
    assert told["dates"] == ["2026-03-01", "2026-03-05"]
    first = {"row": 2, "date": "2026-03-01", "direction": "in", "amount_fen": 1_200_000, "summary": "鱼塘租金"}
    assert {name: told["entries"][0][name] for name in first} == first
    assert all(list(one) == PROBLEM_KEYS for one in told["problems"])


def test_a_question_exits_with_3_and_still_shows_the_entries(check) -> None:  # type: ignore[no-untyped-def]
    answer = check(GOOD_CSV + "2026-03-06,冲销,,-5\n", "--section", "finance", "--json")
    told = json.loads(answer.stdout)
    assert answer.exit_code == 3
    assert (told["outcome"], told["rows"]) == ("review", 3)
    asked = next(one for one in told["problems"] if one["severity"] == "confirm")
    assert (asked["code"], asked["row"], asked["column"]) == ("negative_amount", 4, "D")
    assert "第 4 行「支出」" in asked["message"]


def test_a_fault_exits_with_4_and_shows_no_entries(check) -> None:  # type: ignore[no-untyped-def]
    answer = check(GOOD_CSV + "2026-09-31,电费,,一千二\n", "--section", "finance", "--json")
    told = json.loads(answer.stdout)
    assert answer.exit_code == 4
    assert (told["outcome"], told["rows"], told["entries"], told["dates"]) == ("reject", 0, [], [])
    assert (told["income_fen"], told["expense_fen"]) == (None, None)
    assert [(one["row"], one["column"], one["value"]) for one in told["problems"] if one["severity"] == "must_fix"] == [
        (4, "A", "2026-09-31"),
        (4, "D", "一千二"),
    ]
    assert all(one["fix"] for one in told["problems"])


def test_people_read_rows_columns_and_next_steps(check) -> None:  # type: ignore[no-untyped-def]
    data = xlsx([["收支表"], HEAD, LEASE, [CANAL[0], "电费", None, "一千二"]])
    answer = check(data, "--section", "finance", name="账.xlsx")
    assert answer.exit_code == 4
    assert "账.xlsx：有 1 处要改，改好再传。现在一行也不会存。" in answer.output
    assert "要改：第 4 行「支出」：“一千二”不是数字。（D 列）请写 1200 或 1,200.00 这样的数字。" in answer.output
    assert not any(word in answer.output for word in ("must_fix", "not_a_number", "column", "row"))


def test_people_read_the_totals_of_a_good_file(check) -> None:  # type: ignore[no-untyped-def]
    answer = check(GOOD_CSV, "--section", "finance")
    assert answer.exit_code == 0
    assert "可以收下。" in answer.output
    assert "收入 12,000.00 元，支出 1,260.50 元" in answer.output


def test_the_period_is_checked_where_it_is_named(check) -> None:  # type: ignore[no-untyped-def]
    options = ("--section", "finance", "--entity", "collective", "--village", "990101100201", "--period")
    assert check(GOOD_CSV, *options, "2026Q1").exit_code == 0
    answer = check(GOOD_CSV, *options, "2026Q3")
    assert answer.exit_code == 4
    assert "不在 7月1日 到 9月30日 里" in answer.output


def test_other_sections_say_null_where_there_is_no_income(check) -> None:  # type: ignore[no-untyped-def]
    text = "姓名,职务,机构,分管工作,手机\n周强,主任,村民委员会,全面,13812345678\n"
    answer = check(text, "--section", "duties", "--json")
    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["rows"], told["income_fen"], told["expense_fen"]) == (0, 1, None, None)
    assert told["dates"] == []
    assert "13812345678" not in answer.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "请用 --section 写明公开什么内容"),
        (("--section", "weather"), "没有“weather”这一类公开内容"),
        (("--section", "finance", "--village", "12"), "应是 12 位数字"),
        (("--section", "finance", "--entity", "bank"), "只能写 committee、collective 或 group"),
        (("--section", "finance", "--period", "2026Q9"), "不是一个期间"),
    ],
)
def test_what_is_wrongly_typed_exits_with_2_and_says_how_to_type_it(  # type: ignore[no-untyped-def]
    check, options: tuple[str, ...], words: str
) -> None:
    answer = check(GOOD_CSV, *options)
    assert answer.exit_code == 2
    assert words in answer.output


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, words in ((tmp_path / "没有.xlsx", "没有找到文件"), (tmp_path, "是文件夹")):
        answer = CliRunner().invoke(cli, ["check", str(path), "--section", "finance"])
        assert answer.exit_code == 2
        assert words in answer.output
