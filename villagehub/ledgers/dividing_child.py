"""A file of many villages divided in the child process with limits: first the table of what each would get, then the shares."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from villagehub.files.confined import Failure, Method, preload, run_confined
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Severity
from villagehub.kernel.refused import Refused
from villagehub.ledgers.dividing import Divided, divide, hidden_with_content, listed, shown_name
from villagehub.ledgers.findings import Unreadable
from villagehub.ledgers.kinds import open_file
from villagehub.ledgers.layouts import Layouts
from villagehub.ledgers.reading import read_workbook
from villagehub.ledgers.slices import slice_of
from villagehub.sections import section_named

SECONDS: Final = 60
preload("villagehub.ledgers.dividing_child")


class CannotDivide(Refused):
    """The file cannot be read, or not divided without losing something."""

    code = "cannot_divide"
    message = "{what}"
    fix = "{how}"
    status = 422


def divide_asked(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """In the child: the table as JSON, then one workbook for each group of names that was asked for."""
    section = section_named(asked["section"])
    try:
        opened = open_file(data, asked["filename"], most_rows=asked["max_rows"])
        divided = divide(opened.sheets, section, layouts=asked["layouts"], most_rows=asked["max_rows"])
    except (Unreadable, RecursionError) as stop:
        problem = stop.problem if isinstance(stop, Unreadable) else None
        words = [problem.message, problem.fix] if problem else ["文件的结构不正常，读不了。", "请另存为 .xlsx 再传。"]
        return [_json({"refused": words})]
    if asked["groups"] is not None:
        return [_json({}), *(slice_of(divided, names) for names in asked["groups"])]
    return [_json({**_table(divided, asked), "hidden": hidden_with_content(opened.sheets)})]


def _json(plain: dict[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")


def _table(divided: Sequence[Divided], asked: dict[str, Any]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for one in divided for name in one.shares))
    return {
        "names": [_name(divided, name, asked) for name in names],
        "sheets": [
            {
                "name": one.sheet.name,
                "by_column": one.by_column,
                "read": one.read,
                "aside": len(one.aside),
                "held": len(one.held),
                "aside_rows": listed(one.aside),
                "held_rows": listed(one.held),
            }
            for one in divided
        ],
    }


def _name(divided: Sequence[Divided], name: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What the name's share gives when it is read like any upload."""
    checked = read_workbook(
        slice_of(divided, [name]),
        asked["filename"],
        section_named(asked["section"]),
        period=Period.parse(asked["period"]),
        layouts=asked["layouts"],
        today=date.fromisoformat(asked["today"]),
        max_rows=asked["max_rows"],
    )
    return {
        "name": name,
        "shown": shown_name(name),
        "rows": sum(len(one.shares[name].rows) for one in divided if name in one.shares),
        "totals": checked.totals,
        "must_fix": len(checked.of(Severity.MUST_FIX)),
        "confirm": len(checked.of(Severity.CONFIRM)),
    }


def table_in_child(
    data: bytes,
    filename: str,
    section: str,
    period: Period,
    *,
    layouts: Layouts,
    max_rows: int,
    method: Method = "forkserver",
) -> dict[str, Any]:
    """What each name in the file would get: ``names`` with rows and totals, ``sheets`` with what was set aside and held back,
    ``hidden`` sheets that hold something. Raises CannotDivide.
    """
    asked = {"period": str(period), "today": clock.today().isoformat(), "groups": None}
    table, _ = _ask(data, filename, section, layouts, max_rows, asked, method)
    return table


def slices_in_child(
    data: bytes,
    filename: str,
    section: str,
    groups: Sequence[Sequence[str]],
    *,
    layouts: Layouts,
    max_rows: int,
    method: Method = "forkserver",
) -> list[bytes]:
    """One workbook for each group of names. Raises CannotDivide."""
    _, slices = _ask(data, filename, section, layouts, max_rows, {"groups": [list(one) for one in groups]}, method)
    return slices


def _ask(
    data: bytes,
    filename: str,
    section: str,
    layouts: Layouts,
    max_rows: int,
    more: Mapping[str, Any],
    method: Method,
) -> tuple[dict[str, Any], list[bytes]]:
    asked = {
        "filename": filename,
        "section": section,
        "layouts": {mark: list(targets) for mark, targets in layouts.items()},
        "max_rows": max_rows,
        **more,
    }
    answer = run_confined("villagehub.ledgers.dividing_child:divide_asked", data, asked, seconds=SECONDS, method=method)
    if answer.failure is not None:
        slow = answer.failure is Failure.TOO_SLOW
        what = "这个文件读了太久还没读完，已经停下。" if slow else "这个文件没能读完，可能太大，也可能坏了。"
        raise CannotDivide(what=what, how="请按村分成几个文件再传。")
    table = json.loads(answer.parts[0])
    if "refused" in table:
        what, how = table["refused"]
        raise CannotDivide(what=what, how=how)
    return table, list(answer.parts[1:])
