"""An upload's bytes become a stored report: the reading runs in a child process with limits (decision 39)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from villagehub.config import Settings
from villagehub.disclosures.scope import Account
from villagehub.files.confined import Told
from villagehub.ledgers.child import SECONDS, read_in_child
from villagehub.ledgers.layouts import Layouts
from villagehub.ledgers.other_village import Names
from villagehub.ledgers.result import Checked, ColumnUse, Repair, SetAside

_ROWS_IN_TIME: Final = 50_000
"""So many rows are read in the usual time even on an old and busy machine."""


def check_bytes(
    raw: bytes,
    filename: str,
    account: Account,
    settings: Settings,
    *,
    layouts: Layouts | None = None,
    fixes: Mapping[str, str] | None = None,
    villages: Names | None = None,
    told: Told | None = None,
) -> Checked:
    """Reads and checks a file for an account, in the child process; never raises on what the file holds. ``layouts`` are
    columns that a person has matched, ``fixes`` texts typed in place of single cells, by ``SHEET!C12``;
    ``villages``: where given, a file that names another one is asked about; ``told`` hears how far it is.
    Where a setting allows more rows, there is more time.
    """
    return read_in_child(
        raw,
        filename,
        account.section,
        period=account.period,
        entity=account.entity,
        layouts=layouts,
        max_rows=settings.web_max_rows,
        seconds=SECONDS * max(1, settings.web_max_rows // _ROWS_IN_TIME),
        told=told,
        fixes=fixes,
        villages=villages,
    )


def report_of(checked: Checked) -> dict[str, Any]:
    """What of a check is stored and shown: problems with masked values, counts, columns; never a row of the file."""
    return {
        "problems": [{**one.as_dict(), "place": one.place} for one in checked.problems],
        "counts": {
            "read": checked.rows_read,
            "kept": len(checked.rows),
            "set_aside": len(checked.set_aside),
            "held_back": checked.rows_held,
        },
        "totals": checked.totals,
        "balances": {name: value for name, value in asdict(checked.balances).items() if value is not None},
        "columns": [_column(one) for one in checked.columns],
        "repaired": [_repair(one) for one in checked.repairs],
        "repaired_count": checked.repaired,
        "set_aside": [_aside(one) for one in checked.set_aside],
        "sheets": [one.name for one in checked.sheets if one.use == "read"],
        "fingerprint": checked.fingerprint,
        "layouts": list(dict.fromkeys(one.layout for one in checked.sheets if one.layout)),
        "cells": [{**asdict(one), "place": one.place} for one in checked.cells],
    }


def _column(one: ColumnUse) -> str:
    unit = f"（{one.unit}）" if one.unit else ""
    heading = f"「{one.heading}」" if one.heading else "（没有表头）"
    return f"{one.column} 列{heading}→ {one.label or '不用'}{unit}"


def _repair(one: Repair) -> str:
    heading = f"「{one.heading}」" if one.heading else ""
    return f"第 {one.row} 行 {one.column} 列{heading}：{one.before} → {one.after}"


def _aside(one: SetAside) -> str:
    return f"第 {one.row} 行：{one.why}"
