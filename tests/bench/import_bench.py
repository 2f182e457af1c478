"""Import: 100,000 entries of a clerk's workbook, from bytes to committed rows. Not a test: run it by hand.

    python tests/bench/import_bench.py                         # SQLite
    python tests/bench/import_bench.py --postgres URL          # and on a throw-away database of that server
    python tests/bench/import_bench.py --sqlite-utils PROGRAM  # where the program lies, if not in the PATH

Compared in one run, one after the other, several rounds: a bare read of the xlsx by python-calamine, ``sqlite-utils insert``
of the same entries as csv, and ours: received, checked, made exact, keyed, journalled, committed and read back. "Ours" is what
``villagehub import`` does, which reads the file once; "by the page" is the same with the second reading that the page makes
when a checked upload is accepted (the preview between them not counted). Each round is a process of its own. A last round,
which is not timed, watches memory: the process, its forkserver and the reading child; it leaves out the comparison of every
row, which needs more memory than the import. The ratio of the least times is what may be compared; absolute times say more
about the machine.
"""

import argparse
import csv
import json
import os
import random
import resource
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

HEADINGS = ("日期", "凭证号", "摘要", "收入", "支出", "类别", "收付款人", "支付方式", "备注")
INCOME, EXPENSE = ("in_lease", "in_transfer"), ("out_public", "out_office")
WORK = (
    "水渠清淤",
    "路灯维修",
    "保洁工资",
    "鱼塘租金",
    "办公用品",
    "道路硬化",
    "党报订阅",
    "山林承包款",
    "防汛物资",
    "电费",
)
PLACES = ("村东", "村西", "一组", "二组", "三组", "老学校", "文化广场", "祠堂口", "大桥头", "北坡")
METHODS = ("转账", "现金", "公务卡")

Entry = dict[str, Any]


def entries(count: int) -> list[Entry]:
    """Invented entries of one quarter; every tenth has no voucher, every hundredth a phone number in its remark."""
    from villagehub.sections import section_named

    labels = {one.key: one.label for one in section_named("finance").field_named("category").choices}
    keys = {"in": [key for key in labels if key.startswith("in_")], "out": [k for k in labels if k.startswith("out_")]}
    draw = random.Random(20261125)
    payees = [
        f"{draw.choice('赵钱孙李周吴郑王冯陈')}{draw.choice('建国庆芳海山')}{draw.choice('明华强兰云平')}"
        for _ in range(300)
    ]
    payees += [
        f"{draw.choice('金鑫华顺宏')}{draw.choice('源达泰兴')}{draw.choice(('建材店', '农资店', '劳务有限公司'))}"
        for _ in range(60)
    ]
    first, made = date(2026, 7, 1), []
    for number in range(1, count + 1):
        direction = "in" if number % 4 == 0 else "out"
        key = draw.choice(keys[direction])
        made.append(
            {
                "day": first + timedelta(days=number * 92 // (count + 1)),
                "voucher": "" if number % 10 == 0 else f"记-{number:06d}",
                "summary": f"{draw.choice(PLACES)}{draw.choice(WORK)}（{number} 号单）",
                "direction": direction,
                "fen": draw.randrange(100, 2_000_000),
                "key": key,
                "category": labels[key],
                "payee": draw.choice(payees),
                "method": draw.choice(METHODS),
                "note": f"联系人 139{number % 10**8:08d}" if number % 100 == 0 else "",
            }
        )
    return made


def cells(one: Entry) -> list[Any]:
    """An entry as the clerk's row; amounts as yuan with two decimals."""
    yuan = f"{one['fen'] // 100}.{one['fen'] % 100:02d}"
    both = (yuan, "") if one["direction"] == "in" else ("", yuan)
    return [
        one["day"],
        one["voucher"],
        one["summary"],
        *both,
        one["category"],
        one["payee"],
        one["method"],
        one["note"],
    ]


def write_files(folder: Path, count: int) -> tuple[Path, Path]:
    """The workbook and the csv; kept where they are there already."""
    xlsx, text = folder / f"entries-{count}.xlsx", folder / f"entries-{count}.csv"
    if xlsx.exists() and text.exists():
        return xlsx, text
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("三季度")
    sheet.append(HEADINGS)
    with text.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(HEADINGS)
        for one in entries(count):
            row = cells(one)
            writer.writerow(row)
            row[3:5] = [float(amount) if amount else None for amount in row[3:5]]
            sheet.append([value if value != "" else None for value in row])
    book.save(xlsx)
    return xlsx, text


def memory_of(pid: int) -> int:
    """Proportional set size of a process and all below it, in bytes: pages that they share count once."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text("ascii")
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text("ascii").split())
        except OSError:
            continue
        total += next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total


def processor_time(pid: int) -> float:
    """Seconds of processor time of a process, of all below it, and of those that ended there; finer than a noisy clock."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            told = Path(f"/proc/{one}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text("ascii").split())
        except OSError:
            continue
        total += sum(map(int, told[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


class Watch(threading.Thread):
    """Looks at a process's memory until told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.enough = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.05):
            self.peak = max(self.peak, memory_of(self.pid))


def watched(*command: str, memory: bool = False) -> tuple[dict[str, Any], float, int]:
    """What a part printed last (JSON), its whole time, and its peak of memory, if that is watched: looking costs time."""
    started = time.perf_counter()
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    watch = Watch(running.pid)
    if memory:
        watch.start()
    said, _ = running.communicate()
    taken = time.perf_counter() - started
    watch.enough.set()
    if memory:
        watch.join()
    if running.returncode:
        raise SystemExit(f"{command} ended with {running.returncode}")
    lines = said.strip().splitlines()
    return (json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}), taken, watch.peak


def bare(xlsx: Path) -> None:
    """The part that only reads, with nothing made of it."""
    from python_calamine import CalamineWorkbook

    data = xlsx.read_bytes()
    began, started = time.process_time(), time.perf_counter()
    rows = CalamineWorkbook.from_filelike(__import__("io").BytesIO(data)).get_sheet_by_index(0).to_python()
    taken, used = time.perf_counter() - started, time.process_time() - began
    print(json.dumps({"seconds": taken, "processor": used, "rows": len(rows)}))


def ours(file: Path, url: str, instance: Path, count: int) -> None:
    """The part that imports, and looks afterwards whether everything is there to the fen."""

    import road
    from sqlalchemy import func, select
    from world import NOW, settings_for, settle_county

    from villagehub.app import create_app
    from villagehub.disclosures.models import Row, RowMatch, VersionRow
    from villagehub.disclosures.policy import policy_of
    from villagehub.ledgers.actions import accept, confirm, keep_report, receive
    from villagehub.ledgers.checking import check_bytes, report_of
    from villagehub.ledgers.queries import upload_with_id
    from villagehub.ledgers.report import of_severity
    from villagehub.storage import db, migrate, reading, unit_of_work
    from villagehub.storage.vault import vault_of

    settings = settings_for(instance, url, web_max_rows=200_000)
    app = create_app(settings)
    raw = file.read_bytes()
    marks: dict[str, float] = {}
    with app.app_context():
        migrate.upgrade(db.engine)
        settle_county()
        account, actor = road.account(period="2026Q3"), road.person("clerk")
        check_bytes(
            "日期,摘要,收入,支出\n2026-07-01,租金,1,\n".encode(), "a.csv", account, settings
        )  # starts the forkserver
        before = memory_of(os.getpid())
        began, started = processor_time(os.getpid()), time.perf_counter()
        sha256 = vault_of(settings).keep(raw)
        with unit_of_work() as session:
            upload, _ = receive(
                session, account, sha256=sha256, size=len(raw), filename=file.name, actor=actor, now=NOW
            )
            upload_id = upload.id
        checked = check_bytes(raw, file.name, account, settings)
        marks["checked"] = time.perf_counter() - started
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            keep_report(session, upload, checked, report_of(checked))
            places = [one["place"] for one in of_severity(upload.report, "confirm")]
            confirm(session, upload, places, actor=actor, now=NOW)
        before_again, started_again = processor_time(os.getpid()), time.perf_counter()
        del checked
        checked = check_bytes(
            raw, file.name, account, settings
        )  # the page keeps no row of the file between its requests
        again, again_processor = time.perf_counter() - started_again, processor_time(os.getpid()) - before_again
        with unit_of_work() as session:
            upload = upload_with_id(session, upload_id, lock=True)
            changes = accept(session, upload, checked, actor=actor, policy=policy_of(settings), now=NOW)
            marks["filled"] = time.perf_counter() - started - again
            version_id = upload.version_id
        marks["page_seconds"] = time.perf_counter() - started
        marks["page_processor"] = processor_time(os.getpid()) - began
        marks["seconds"] = marks["page_seconds"] - again
        marks["processor"] = marks["page_processor"] - again_processor
        marks["memory_before"] = before
        del checked
        if count:
            must_be_exact(entries(count), version_id, changes, reading, select, func, Row, RowMatch, VersionRow)
        db.engine.dispose()
    print(json.dumps(marks))


def must_be_exact(
    wanted: list[Entry], version_id: int, changes: Any, reading: Any, select: Any, func: Any, *tables: Any
) -> None:
    """Count, sums in fen, and every row by its facts; ends the run where something differs."""
    row, row_match, link = tables
    with reading() as session:
        found = session.execute(
            select(
                row.facts, row.occurred_on, row.direction, row.amount_fen, row.category, row.source_row, link.position
            )
            .join(link, link.row_id == row.id)
            .where(link.version_id == version_id)
            .order_by(link.position)
        ).all()
        matches = session.scalar(select(func.count()).select_from(row_match))
    assert changes.new == len(found) == len(wanted), (changes, len(found))
    methods = {"转账": "transfer", "现金": "cash", "公务卡": "card"}
    for number, (one, (facts, day, direction, fen, category, source_row, position)) in enumerate(
        zip(wanted, found, strict=True), start=1
    ):
        expected = {
            "occurred_on": one["day"].isoformat(),
            "voucher_no": one["voucher"] or None,
            "summary": one["summary"],
            "direction": one["direction"],
            "amount": one["fen"],
            "category": one["key"],
            "counterparty": one["payee"],
            "method": methods[one["method"]],
            "note": "联系人 （电话已隐去）" if one["note"] else None,
        }
        assert facts == {name: value for name, value in expected.items() if value is not None}, (
            number,
            facts,
            expected,
        )
        assert (day, direction, fen, category) == (one["day"], one["direction"], one["fen"], one["key"]), number
        assert (source_row, position) == (number + 1, number)
    assert matches == sum(1 for one in wanted if one["note"])


def on_server(postgres: str, statement: str) -> None:
    """One statement on the database server itself."""
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url

    engine = create_engine(make_url(postgres).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as held:
        held.exec_driver_sql(statement)
    engine.dispose()


def our_round(file: Path, count: int, postgres: str, *, memory: bool = False) -> dict[str, Any]:
    """One import on a fresh database."""
    from sqlalchemy.engine import make_url

    name = f"villagehub_bench_{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/villagehub.db"
        if postgres:
            on_server(postgres, f'CREATE DATABASE "{name}"')
            address = make_url(postgres).set(drivername="postgresql+psycopg", database=name)
            url = address.render_as_string(hide_password=False)
        try:
            words = ("--part", "ours", "--file", str(file), "--url", url, "--instance", folder, "--rows", str(count))
            said, _, peak = watched(sys.executable, __file__, *words, memory=memory)
        finally:
            if postgres:
                on_server(postgres, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    return {**said, "peak": peak}


def utils_round(program: str, text: Path) -> dict[str, float]:
    """What ``sqlite-utils insert`` takes, its start included: it is a program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as folder:
        _, taken, _ = watched(program, "insert", f"{folder}/entries.db", "entries", str(text), "--csv")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": taken, "processor": used}


Times = list[dict[str, Any]]


def show(name: str, taken: Times, base: Times, other: Times) -> None:
    """One line for the clock and one for the processor: least and greatest seconds, and the ratios of the least."""
    for which in ("seconds", "processor"):
        mine, least = [one[which] for one in taken], min(one[which] for one in base)
        beside = f", {min(mine) / min(one[which] for one in other):5.2f} × sqlite-utils" if other else ""
        print(
            f"{name if which == 'seconds' else '':<24} {which:<9} {min(mine):6.2f} ({max(mine):.2f})  "
            f"{min(mine) / least:6.2f} × bare read{beside}",
            flush=True,
        )


def main() -> None:
    """Parses, makes the files, goes round and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--sqlite-utils", default=shutil.which("sqlite-utils") or "", dest="utils")
    parser.add_argument("--folder", type=Path, help="where the files are kept for the next run")
    parser.add_argument("--part", default="")
    parser.add_argument("--file", type=Path)
    parser.add_argument("--url", default="")
    parser.add_argument("--instance", type=Path)
    said = parser.parse_args()
    if said.part == "bare":
        bare(said.file)
        return
    if said.part == "ours":
        ours(said.file, said.url, said.instance, said.rows)
        return
    folder = said.folder or Path(tempfile.mkdtemp(prefix="import-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    xlsx, text = write_files(folder, said.rows)
    bares: Times = []
    utils: Times = []
    mine: dict[str, Times] = {"sqlite": [], **({"postgres": []} if said.postgres else {})}
    for _ in range(said.rounds):
        bares.append(watched(sys.executable, __file__, "--part", "bare", "--file", str(xlsx))[0])
        if said.utils:
            utils.append(utils_round(said.utils, text))
        for engine, taken in mine.items():
            taken.append(our_round(xlsx, said.rows, said.postgres if engine == "postgres" else ""))
    print(f"{said.rows} entries, {xlsx.stat().st_size / 1e6:.1f} MB xlsx, {text.stat().st_size / 1e6:.1f} MB csv")
    show("bare calamine read", bares, bares, utils)
    if utils:
        show("sqlite-utils insert", utils, bares, utils)
    else:
        print("sqlite-utils is not installed: that comparison is left out")
    for engine, taken in mine.items():
        show(f"ours, {engine}", taken, bares, utils)
        by_page = [{"seconds": one["page_seconds"], "processor": one["page_processor"]} for one in taken]
        show(f"by the page, {engine}", by_page, bares, utils)
        best = min(taken, key=lambda one: one["seconds"])
        told = our_round(xlsx, 0, said.postgres if engine == "postgres" else "", memory=True)
        above = (told["peak"] - told["memory_before"]) / 1e6
        print(
            f"    checked after {best['checked']:.2f} s, filled after {best['filled']:.2f} s; every row exact; "
            f"peak {told['peak'] / 1e6:.0f} MB, {above:.0f} MB above the start"
        )
    if said.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
