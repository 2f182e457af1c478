"""A ledger read in a child process with limits, so that no file can take the server down with it (decision 39)."""

import gc
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from villagehub.files.confined import Failure, Method, Told, preload, run_confined
from villagehub.kernel import clock
from villagehub.kernel.period import Period
from villagehub.kernel.problem import Problem, Severity
from villagehub.ledgers.crossing import Arrived, BadParts, each_part
from villagehub.ledgers.layouts import Layouts
from villagehub.ledgers.other_village import Names
from villagehub.ledgers.result import Checked, refusal
from villagehub.ledgers.sheets import MOST_ROWS

SECONDS: Final = 20
preload("villagehub.ledgers.reading", "villagehub.ledgers.child")


def read_asked(data: bytes, asked: dict[str, Any]) -> Iterator[bytes]:
    """In the child: reads the file as asked, and answers with JSON."""
    from villagehub.ledgers.reading import read_workbook
    from villagehub.sections import section_named

    gc.disable()  # this process ends in a moment; the collector would go through all rows again and again
    checked = read_workbook(
        data,
        asked["filename"],
        section_named(asked["section"]),
        last_closing_fen=asked["last_closing_fen"],
        villages=Names(*asked["villages"]),
        **_how(asked),
    )
    return each_part(checked)


def mark_asked(data: bytes, asked: dict[str, Any]) -> list[bytes]:
    """In the child: the annotated workbook of the file."""
    from villagehub.ledgers.reading import mark_workbook
    from villagehub.sections import section_named

    return [mark_workbook(data, asked["filename"], section_named(asked["section"]), asked["mark"], **_how(asked))]


def _how(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "period": Period.parse(asked["period"]) if asked["period"] else None,
        "answers": asked["answers"],
        "layouts": asked["layouts"],
        "fixes": asked["fixes"],
        "today": date.fromisoformat(asked["today"]),
        "max_rows": asked["max_rows"],
    }


def read_in_child(
    data: bytes,
    filename: str,
    section: str,
    *,
    period: Period | None = None,
    entity: str | None = None,
    last_closing_fen: int | None = None,
    answers: Mapping[str, str] | None = None,
    layouts: Layouts | None = None,
    fixes: Mapping[str, str] | None = None,
    today: date | None = None,
    max_rows: int = MOST_ROWS,
    villages: Names | None = None,
    seconds: int = SECONDS,
    method: Method = "forkserver",
    told: Told | None = None,
) -> Checked:
    """``read_workbook`` in a process of its own. Never raises on what the file holds: a child that dies or takes too long
    gives a refusal in Chinese. ``seconds`` limit both processor and wall-clock time. ``entity`` says whose books they are;
    it is kept with the upload and changes nothing in the reading. ``villages``: where given, a file that names
    another one is asked about. ``told`` hears how many rows are read, of how many.
    """
    asked: dict[str, Any] = {
        "filename": filename,
        "section": section,
        "period": str(period) if period else "",
        "last_closing_fen": last_closing_fen,
        "answers": dict(answers or {}),
        "layouts": {mark: list(targets) for mark, targets in (layouts or {}).items()},
        "fixes": dict(fixes or {}),
        "today": (today or clock.today()).isoformat(),
        "max_rows": max_rows,
        "villages": [list(villages.here), list(villages.others), villages.whole] if villages else [],
    }
    work, arrived = "villagehub.ledgers.child:read_asked", Arrived()
    try:
        answer = run_confined(work, data, asked, seconds=seconds, method=method, told=told, take=arrived.take)
        return arrived.checked if answer.failure is None else gave_up(section, answer.failure)
    except BadParts:
        return gave_up(section, Failure.DIED)


def mark_in_child(
    data: bytes,
    filename: str,
    section: str,
    mark: str,
    *,
    period: Period | None,
    layouts: Layouts,
    fixes: Mapping[str, str],
    max_rows: int,
    seconds: int = SECONDS,
    method: Method = "forkserver",
) -> bytes:
    """``mark_workbook`` in a process of its own; empty where the file cannot be opened or the child gave up."""
    asked = {
        "filename": filename,
        "section": section,
        "mark": mark,
        "period": str(period) if period else "",
        "answers": {},
        "layouts": {mark: list(targets) for mark, targets in layouts.items()},
        "fixes": dict(fixes),
        "today": clock.today().isoformat(),
        "max_rows": max_rows,
    }
    answer = run_confined("villagehub.ledgers.child:mark_asked", data, asked, seconds=seconds, method=method)
    return answer.parts[0] if answer.parts else b""


def gave_up(section: str, failure: Failure) -> Checked:
    """The answer for a file that nobody could read to its end."""
    if failure is Failure.TOO_SLOW:
        code, message = "took_too_long", "这个文件读了太久还没读完，已经停下。"
    elif failure is Failure.TOO_LARGE:
        code, message = "took_too_much_memory", "这个文件解开以后太大，读不下。"
    else:
        code, message = "could_not_read", "这个文件没能读完，可能坏了。"
    fix = "请把表格复制到一个新的空白文件里，保存后再传；还是不行，请联系系统管理员。"
    return refusal(section, Problem(Severity.MUST_FIX, code, message, fix))
