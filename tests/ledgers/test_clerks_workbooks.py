"""Drawn ledgers of invented clerks: each comes out exactly as it was written down, or something is asked.

100 are read in the normal suite, the same ones every time. The long command reads more:

    VILLAGEHUB_TEST_WORKBOOKS=2000 pytest -s tests/ledgers/test_clerks_workbooks.py
"""

import os
from collections import Counter

from clerks import DAYS, LAYOUTS, MONEY, PERIOD, RECIPES, UNIT_STYLES, Ledger, keep_books, told
from file_writers import ENCODINGS, KINDS
from hypothesis import HealthCheck, Phase, given, settings
from ledger_files import codes, read

from villagehub.ledgers.result import Checked, Outcome

WANTED = int(os.environ.get("VILLAGEHUB_TEST_WORKBOOKS") or 100)
LEAST_EXACT = 0.98


def misread(ledger: Ledger, checked: Checked) -> list[str]:
    """Every way in which what was read differs from what the clerk wrote; empty when it is exact."""
    by_row = {(one.row, one.direction, one.summary): one for one in ledger.truth}
    found = []
    for one in checked.rows:
        facts = one.facts
        entry = by_row.pop((one.source_row, str(facts["direction"]), str(facts["summary"])), None)
        if entry is None:
            found.append(f"row {one.source_row} is no entry: {facts}")
        elif (facts["amount"], facts["occurred_on"], told(facts, entry.more)) != (entry.fen, entry.day, entry.more):
            found.append(f"row {one.source_row} says {facts}, wanted {entry}")
    found += [f"row {row} is lost" for row, *_ in by_row]
    if checked.rows_read != ledger.rows:
        found.append(f"{checked.rows_read} rows were read of {ledger.rows}")
    if ledger.opening is not None and checked.balances.opening_fen != ledger.opening:
        found.append(f"opening {checked.balances.opening_fen}, wanted {ledger.opening}")
    if ledger.closing is not None and checked.balances.closing_fen != ledger.closing:
        found.append(f"closing {checked.balances.closing_fen}, wanted {ledger.closing}")
    return found


def test_clerks_differ_enough() -> None:
    assert len(LAYOUTS) >= 12
    assert len(UNIT_STYLES) >= 3
    assert len(DAYS) >= 10
    assert len(MONEY) >= 8
    assert len(ENCODINGS) >= 5
    assert len(KINDS) >= 5


def test_drawn_workbooks_come_out_exact_or_are_asked_about() -> None:
    verdicts: Counter[str] = Counter()
    asked: Counter[str] = Counter()

    @settings(
        max_examples=WANTED,
        deadline=None,
        derandomize=True,  # the same files in every process and on every machine
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(RECIPES.map(keep_books))
    def look(ledger: Ledger) -> None:
        checked = read(ledger.data, filename=ledger.filename, period=PERIOD)
        assert checked.rows_read == len(checked.rows) + len(checked.set_aside) + checked.rows_held, ledger.recipe
        verdicts[checked.outcome] += 1
        asked.update({code for code, _ in codes(checked)})
        if checked.outcome is Outcome.REJECT:
            assert all(one.message and one.fix for one in checked.problems if one.severity == "must_fix")
        else:
            assert misread(ledger, checked) == [], ledger.recipe

    look()
    drawn = sum(verdicts.values())
    exact = verdicts[Outcome.ACCEPT]
    print(f"{drawn} drawn workbooks: {exact} exact without a question ({exact / drawn:.2%}); asked: {dict(asked)}")
    assert drawn >= WANTED
    assert exact / drawn >= LEAST_EXACT, asked
