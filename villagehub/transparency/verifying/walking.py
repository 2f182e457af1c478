"""A whole log, fetched entry by entry and rebuilt: every tile, every root that was ever saved (C2SP tlog-tiles)."""

from collections.abc import Callable

from villagehub.transparency.verifying.content import VKEY, Report, Trust, head_of, key_of, saved_head, saved_proof
from villagehub.transparency.verifying.paper import PAPER, read_paper
from villagehub.transparency.verifying.signed import read_key
from villagehub.transparency.verifying.sums import Wrong, leaf_hash, root_of
from villagehub.transparency.verifying.terms import Terms, line_of

Fetch = Callable[[str], bytes]
"""The bytes of one of the log's files, by its name. Raises Wrong."""
MOST = 10_000_000
"""Entries that are reckoned at most: all their hashes are held at once."""


def check_log(fetch: Fetch, trust: Trust) -> Report:
    """Fetches everything and reckons it again. Raises Wrong for what cannot be read or is not the log's."""
    report = Report()
    files = {} if trust.key else {VKEY: fetch(VKEY)}
    key = key_of(files, trust, report)
    head = head_of(fetch("checkpoint"), key, trust, report)
    if head.size > MOST:
        raise Wrong(f"日志说有 {head.size} 条，这个程序最多核对 {MOST} 条")
    row: list[bytes] = []
    terms = Terms()
    for number in range((head.size + 255) // 256):
        width = min(256, head.size - number * 256)
        name = f"tile/entries/{_named(number, width)}"
        raw, wider = _held(fetch, name)
        found = _entries(raw, name)[: width if wider else None]
        if len(found) != width:
            raise Wrong(f"{name} 里应有 {width} 条，却有 {len(found)} 条")
        for one in found:
            terms.take(len(row), one)
            row.append(leaf_hash(one))
    hashes, level = row, 0
    while hashes:
        for number in range((len(hashes) + 255) // 256):
            part = hashes[number * 256 : number * 256 + 256]
            name = f"tile/{level}/{_named(number, len(part))}"
            raw, wider = _held(fetch, name)
            if (raw[: len(part) * 32] if wider else raw) != b"".join(part):
                report.faults.append(f"{name} 和条目算出来的不一样")
        full = len(hashes) // 256
        hashes, level = [root_of(hashes[at * 256 : at * 256 + 256]) for at in range(full)], level + 1
    if root_of(row) != head.root:
        report.faults.append(
            f"{head.size} 条内容算出来的校验码，和日志头签的不一样：有一条被改过、删过、加过或换过次序"
        )
    report.faults += [why for why in [terms.fault(line_of(key), head.size)] if why]
    stated = [one for one in map(read_key, terms.stated) if one != key]
    for saved in trust.saved:
        (older, by), proof = saved_head(saved, [key, *stated], trust), saved_proof(saved)
        report.faults += [f"以前存的：{why}" for why in [terms.fault(line_of(by), older.size)] if why]
        if older.size > head.size:
            report.faults.append(f"以前存的日志有 {older.size} 条，现在只有 {head.size} 条：日志变短了")
        elif root_of(row[: older.size]) != older.root:
            report.faults.append(f"前 {older.size} 条和以前存的不一样：日志被改写过")
        else:
            report.said.append(f"前 {older.size} 条和以前存的一样")
        if proof and proof.index < len(row) and leaf_hash(proof.leaf) != row[proof.index]:
            report.faults.append(f"以前存的凭据上的内容，和日志第 {proof.index + 1} 条不一样")
        if PAPER in saved:
            paper = read_paper(saved[PAPER].decode("utf-8", "replace"))
            if paper.index < head.size and row[paper.index] != paper.hashed:
                report.faults.append(f"日志第 {paper.index + 1} 条和纸上的小码不一样")
    return report


def _held(fetch: Fetch, name: str) -> tuple[bytes, bool]:
    """A file's bytes, and whether they are those of the full tile: a partial one may be gone once that is there."""
    full, partial, _ = name.partition(".p/")
    try:
        return fetch(name), False
    except Wrong:
        if not partial:
            raise
    try:
        return fetch(full), True
    except Wrong:
        raise Wrong(f"缺少 {name}") from None


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
