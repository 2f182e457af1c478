"""A whole log, fetched entry by entry and rebuilt: every tile, every root that was ever saved (C2SP tlog-tiles)."""

from collections.abc import Callable

from villagehub.transparency.verifying.content import VKEY, Report, Trust, head_of, key_of, saved_head
from villagehub.transparency.verifying.sums import Wrong, leaf_hash, root_of

Fetch = Callable[[str], bytes]
"""The bytes of one of the log's files, by its name. Raises Wrong."""


def check_log(fetch: Fetch, trust: Trust) -> Report:
    """Fetches everything and reckons it again. Raises Wrong for what cannot be read or is not the log's."""
    report = Report()
    files = {} if trust.key else {VKEY: fetch(VKEY)}
    key = key_of(files, trust, report)
    head = head_of(fetch("checkpoint"), key, trust, report)
    row: list[bytes] = []
    for number in range((head.size + 255) // 256):
        width = min(256, head.size - number * 256)
        name = f"tile/entries/{_named(number, width)}"
        found = _entries(fetch(name), name)
        if len(found) != width:
            raise Wrong(f"{name} 里应有 {width} 条，却有 {len(found)} 条")
        row += [leaf_hash(one) for one in found]
    hashes, level = row, 0
    while hashes:
        for number in range((len(hashes) + 255) // 256):
            part = hashes[number * 256 : number * 256 + 256]
            name = f"tile/{level}/{_named(number, len(part))}"
            if fetch(name) != b"".join(part):
                report.faults.append(f"{name} 和条目算出来的不一样")
        full = len(hashes) // 256
        hashes, level = [root_of(hashes[at * 256 : at * 256 + 256]) for at in range(full)], level + 1
    if root_of(row) != head.root:
        report.faults.append(
            f"{head.size} 条内容算出来的校验码，和日志头签的不一样：有一条被改过、删过、加过或换过次序"
        )
    for saved in trust.saved:
        older = saved_head(saved, key, trust)
        if older.size > head.size:
            report.faults.append(f"以前存的日志有 {older.size} 条，现在只有 {head.size} 条：日志变短了")
        elif root_of(row[: older.size]) != older.root:
            report.faults.append(f"前 {older.size} 条和以前存的不一样：日志被改写过")
        else:
            report.said.append(f"前 {older.size} 条和以前存的一样")
    return report


def _named(number: int, width: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups) + (f".p/{width}" if width < 256 else "")


def _entries(bundle: bytes, name: str) -> list[bytes]:
    entries, place = [], 0
    while place < len(bundle):
        end = place + 2 + int.from_bytes(bundle[place : place + 2], "big")
        if end > len(bundle):
            raise Wrong(f"{name} 不完整")
        entries.append(bundle[place + 2 : end])
        place = end
    return entries
