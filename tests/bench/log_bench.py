"""The log's prices: appending, proofs in a tree of a million, and what a publication pays. Not a test: run it by hand.

    python tests/bench/log_bench.py            # 1,000,000 leaves, about a minute
    python tests/bench/log_bench.py --leaves 100000 --quarters 10

An append counts with its leaf's hash, and is compared with that hash alone in the same run (least of several rounds). Proofs
are made from tiles in memory at random places, and each is checked. Publications are of 47 rows, on SQLite
in a temporary folder; commits are counted until the transaction that publishes has ended, and the log's parts are timed by
themselves. Exits with 1 when a goal is missed.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

APPEND_GOAL, PROOF_GOAL, COMMIT_GOAL = 2.5, 25.0, 1
LEAF = (
    b'{"approvals":[{"agreed":3,"body":"committee","on_paper":false,"voted":3}],"attachments_root":"47DEQpj8HBSa+/TImW+5'
    b'JCeuQeRkm5NMpJWZG3hSuFU=","entity":"committee","facts_root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","group":"'
    b'","journal_root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","kind":"full","number":%d,"period":"2026Q3","publishe'
    b'd_at":"2026-10-20T01:12:00Z","rows":47,"rows_root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","section":"finance"'
    b',"subject":"","totals":{"bank_fen":1,"cash_fen":2,"closing_fen":3,"expense_fen":4,"income_fen":5,"opening_fen":6},"typ'
    b'e":"publication","v":1,"village":"990101100201"}'
)


def least(rounds: int, act: Callable[[], object]) -> float:
    """Seconds of the quickest round."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        act()
        found.append(time.perf_counter() - begun)
    return min(found)


def appending(count: int) -> float:
    """How many leaf hashes an append costs, its own included."""
    from villagehub.transparency.tree import Edge, leaf_hash

    leaves = [LEAF % number for number in range(count)]

    def hash_only() -> None:
        for leaf in leaves:
            leaf_hash(leaf)

    def append() -> None:
        edge = Edge()
        for leaf in leaves:
            edge.append(leaf_hash(leaf))

    found = [(least(1, hash_only), least(1, append)) for _ in range(300)]  # in turn, so that both meet the same moments
    alone, whole = min(one for one, _ in found), min(one for _, one in found)
    print(
        f"append: {whole / count * 1e6:.2f} µs, a leaf hash alone {alone / count * 1e6:.2f} µs, ratio {whole / alone:.2f}"
    )
    return whole / alone


def proving(count: int, proofs: int = 2_000) -> float:
    """Microseconds of an inclusion proof in the tree of so many leaves."""
    from villagehub.transparency.cutting import cut_tiles
    from villagehub.transparency.proofs import root_from_inclusion
    from villagehub.transparency.reading import TileTree
    from villagehub.transparency.tiles import ENTRIES, Tile
    from villagehub.transparency.tree import leaf_hash

    def leaves(tile: Tile) -> list[tuple[bytes, bytes]]:
        first = tile.number * 256
        return [(b"", leaf_hash(b"%d" % number)) for number in range(first, first + tile.width)]

    begun = time.perf_counter()
    held = {tile: raw for tile, raw in cut_tiles(0, count, leaves, lambda tile: b"") if tile.level != ENTRIES}
    tree = TileTree(count, held.__getitem__)
    root = tree.root()
    for number in range(0, count, 256):
        tree.hash_at(0, number)
    print(f"tree of {count:,} leaves in memory: {time.perf_counter() - begun:.1f} s")
    draw = random.Random(20261125)
    places = [draw.randrange(count) for _ in range(proofs)]
    seconds = least(25, lambda: [tree.inclusion(place) for place in places])
    for place in places:
        if root_from_inclusion(leaf_hash(b"%d" % place), place, count, tree.inclusion(place)) != root:
            raise SystemExit(f"the proof of leaf {place} does not hold")
    print(f"proof: {seconds / proofs * 1e6:.1f} µs, least of 25 rounds of {proofs:,}; all of them checked")
    return seconds / proofs * 1e6


def publishing(quarters: int) -> int:
    """Commits until a publication of 47 rows is acknowledged; also prints where its time goes."""
    import road
    from sqlalchemy import event
    from world import COUNTY, settings_for, settle_county

    from villagehub.app import create_app
    from villagehub.disclosures import publishing as room
    from villagehub.storage import db, migrate, unit_of_work
    from villagehub.transparency.ours import bring_up_to_date

    spent: dict[str, list[float]] = {"publish": [], "its place": [], "tiles and signature": []}

    def timed(name: str, whole: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(whole)
        def measured(*words: Any, **more: Any) -> Any:
            begun = time.perf_counter()
            answer = whole(*words, **more)
            spent[name].append(time.perf_counter() - begun)
            return answer

        return measured

    with tempfile.TemporaryDirectory(prefix="villagehub-bench-") as place:
        folder = Path(place)
        settings = settings_for(folder, f"sqlite:///{folder / 'villagehub.db'}")
        with create_app(settings).app_context():
            migrate.upgrade(db.engine)
            settle_county()
            commits: list[int] = []
            event.listen(db.engine, "commit", lambda _connection: commits.append(1))
            room.append = timed("its place", room.append)
            follow = timed("tiles and signature", bring_up_to_date)
            most = 0
            for number in range(quarters):
                period = f"{2010 + number // 4}Q{number % 4 + 1}"
                day = f"{2010 + number // 4}-{number % 4 * 3 + 1:02}-05"
                rows = [road.entry(day, f"第 {one} 笔支出", one) for one in range(1, 48)]
                version_id = road.fill(rows, of=road.account(period=period), opening=None if number else 500_000)
                me, before = road.hand(COUNTY.head), len(commits)
                road.agree(road.submit(version_id))
                before = len(commits)
                begun = time.perf_counter()
                with unit_of_work() as session:
                    road.office.publish_version(session, version_id, me)
                spent["publish"].append(time.perf_counter() - begun)
                most = max(most, len(commits) - before)
                follow(settings)
            db.engine.dispose()
    for name, found in spent.items():
        print(f"{name}: median {statistics.median(found) * 1e3:.1f} ms of {len(found)}")
    print(f"commits until a publication of 47 rows is acknowledged: {most}")
    return most


def main() -> int:
    """Runs all three and compares them with the goals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--quarters", type=int, default=20)
    chosen = parser.parse_args()
    missed = [
        name
        for name, found, goal in (
            ("append", appending(1_000), APPEND_GOAL),
            ("proof", proving(chosen.leaves), PROOF_GOAL),
            ("commits", float(publishing(chosen.quarters)), COMMIT_GOAL),
        )
        if found > goal
    ]
    print(f"missed: {', '.join(missed)}" if missed else "all goals are met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
