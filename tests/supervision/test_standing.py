"""What a cell says follows from the due day and the day of publication, and from nothing else."""

from datetime import date

import pytest

from villagehub.disclosures.due import Due
from villagehub.kernel.period import Cadence, Period
from villagehub.supervision.standing import Judged, Standing, judge, periods_within, quarters_before, worst

DUE = Due(date(2026, 10, 15), "规定")
PUT_OFF = Due(date(2026, 10, 25), "规定", "县系统未关账，延至10月25日")


@pytest.mark.parametrize(
    ("due", "published", "nil", "today", "words"),
    [
        (DUE, date(2026, 10, 15), False, date(2026, 11, 1), "按时"),
        (DUE, date(2026, 10, 16), False, date(2026, 11, 1), "晚1天"),
        (DUE, date(2026, 10, 21), True, date(2026, 11, 1), "晚6天"),
        (DUE, date(2026, 10, 3), True, date(2026, 11, 1), "无"),
        (DUE, None, False, date(2026, 10, 15), "还没到期"),
        (DUE, None, False, date(2026, 10, 16), "没公开"),
        (PUT_OFF, None, False, date(2026, 10, 25), "已批准延期"),
        (PUT_OFF, None, False, date(2026, 10, 26), "没公开"),
        (PUT_OFF, date(2026, 10, 25), False, date(2026, 11, 1), "按时"),
        (PUT_OFF, date(2026, 10, 27), False, date(2026, 11, 1), "晚2天"),
        (None, None, False, date(2026, 11, 1), "没上报"),
        (None, date(2026, 10, 1), False, date(2026, 11, 1), "已公开"),
    ],
)
def test_a_cell_says_how_the_account_stands(
    due: Due | None, published: date | None, nil: bool, today: date, words: str
) -> None:
    assert judge(due, published, nil=nil, today=today).words == words


def test_of_several_accounts_the_worst_is_said_and_of_equals_the_longest() -> None:
    found = [
        Judged(Standing.ON_TIME),
        Judged(Standing.LATE, 30),
        Judged(Standing.MISSING, 2),
        Judged(Standing.MISSING, 9),
    ]
    assert worst(found) == Judged(Standing.MISSING, 9)
    assert worst([]) == Judged(Standing.UNREPORTED)


def test_a_cell_says_none_only_where_all_of_its_accounts_had_nothing() -> None:
    assert worst([Judged(Standing.NIL), Judged(Standing.ON_TIME)]).words == "按时"
    assert worst([Judged(Standing.NIL), Judged(Standing.NIL)]).words == "无"


def test_a_quarter_judges_its_months_itself_or_its_year() -> None:
    quarter = Period.parse("2026Q3")
    assert [str(one) for one in periods_within(Cadence.MONTH, quarter)] == ["2026-07", "2026-08", "2026-09"]
    assert periods_within(Cadence.QUARTER, quarter) == [quarter]
    assert [str(one) for one in periods_within(Cadence.YEAR, quarter)] == ["2026"]


def test_the_quarters_to_choose_from_end_with_the_one_that_runs() -> None:
    assert [str(one) for one in quarters_before(date(2026, 11, 23), 3)] == ["2026Q2", "2026Q3", "2026Q4"]
