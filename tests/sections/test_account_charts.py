"""The same code means opposite things in the charts of 2004 and 2023: told by codes, else by names, else asked about."""

from typing import Any

import pytest

from villagehub.kernel.problem import Severity
from villagehub.sections.account_charts import check_charts, editions
from villagehub.sections.base import Fault


def rows(*accounts: tuple[str, str, str]) -> list[dict[str, Any]]:
    """Entries by code, name and direction."""
    return [{"account_code": code, "account_name": name, "direction": side} for code, name, side in accounts]


def told(faults: list[Fault]) -> list[str]:
    return [one.code for one in faults]


@pytest.mark.parametrize(
    ("accounts", "edition"),
    [
        ([("541", ""), ("511", "")], {"2004"}),
        ([("52201", "")], {"2004"}),
        ([("513001", ""), ("511", "")], {"2023"}),
        ([("1340101", "")], {"2023"}),
        ([("511", "发包及上交收入")], {"2004"}),
        ([("511", "经营支出—水电")], {"2023"}),
        ([("154", "在建工程"), ("101", "现金")], {"2004"}),
        ([("211", "应付工资")], {"2004"}),
        ([("212", "应付工资")], {"2023"}),
        ([("511", ""), ("502", "其他")], set()),
        ([("541", ""), ("514", "")], {"2004", "2023"}),
        ([("101", "现金")], set()),
    ],
)
def test_the_edition_is_told_by_codes_and_else_by_names(accounts: list[tuple[str, str]], edition: set[str]) -> None:
    assert editions(accounts) == edition


def test_an_income_account_of_one_chart_is_an_expense_account_of_the_other() -> None:
    old = rows(("511", "", "in"), ("541", "", "out"))
    assert told(check_charts(old)) == ["chart_edition_read"]
    new = rows(("511", "", "in"), ("513", "", "out"), ("511002", "", "in"))
    faults = check_charts(new)
    assert told(faults) == ["chart_edition_read", "account_other_side"]
    assert (faults[1].index, faults[1].others, faults[1].severity) == (0, (0, 2), Severity.CONFIRM)
    assert "在 2023 年的科目表里却是支出科目，这样的共 2 笔" in faults[1].message


def test_what_stays_open_or_contradicts_itself_is_asked_about() -> None:
    assert told(check_charts(rows(("511", "", "in")))) == ["chart_edition"]
    assert told(check_charts(rows(("511", "水电费", "in")))) == ["chart_edition"]
    assert told(check_charts(rows(("522", "", "in"), ("503", "", "in")))) == ["chart_editions_mixed"]
    assert check_charts(rows(("101", "现金", "out"))) == []
    assert check_charts([{"summary": "租金"}]) == []
