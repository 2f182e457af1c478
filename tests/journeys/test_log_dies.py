"""公开时断电，日志也不乱。

剧本：一件接一件公开，每一件都在某一处被 kill -9：封存时、进日志时、写校验块时、签名前、签名后。
1. 每次断电以后，日志从头读一遍，和数据库一处不差；一个大小只有一个根。
2. 命令说过“公开了”的，都在；没说的，要么全在，要么全不在。重新运行就办成。
3. 电来了，日志自己跟上；最后和一次也没断过电写出来的一样。
"""

import os
import random

import pytest
import road
from sqlalchemy import select
from test_kill import Installation, place  # noqa: F401
from world import COUNTY

from villagehub.disclosures.models import Version
from villagehub.public.build import build_dirty
from villagehub.storage import db, reading
from villagehub.transparency.checkpoints import read_checkpoint
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.models import Leaf, LogEntry
from villagehub.transparency.notes import read_note
from villagehub.transparency.ours import bring_up_to_date
from villagehub.transparency.own_audit import audit_own

POINTS = ("before_anything_is_sealed", "between_leaf_and_stage", "before_the_publication_is_committed")
POINTS += ("before_its_place_in_the_log", "after_its_place_in_the_log", "before_the_log_follows")
POINTS += ("before_the_tree_is_kept", "after_the_tree_is_kept", "before_the_pages_are_built", "amid_the_pages:1")
POINTS += ("amid_the_pages:2",)
POINTS += tuple(f"before_a_tile_has_its_name:{nth}" for nth in range(1, 4))
POINTS += tuple(f"after_a_tile_has_its_name:{nth}" for nth in range(1, 4))
POINTS += tuple(f"{when}_names_are_on_the_disk:{nth}" for when in ("before", "after") for nth in (1, 2))
SEED = random.Random(20261125)
DRAWN = SEED.sample(POINTS, 20) + [SEED.choice(POINTS) for _ in range(180)]
DEATHS = int(os.environ.get("VILLAGEHUB_TEST_LOG_DEATHS") or 4)
"""20 and 200 are the long campaigns."""


def ready(number: int) -> int:
    """A batch that two have signed; its id."""
    row = {"programme": "耕地地力保护补贴", "batch": f"第 {number} 批", "recipient": "何秀英", "group_name": "一组"}
    batch = road.account("funds", "2026", subject=f"耕地地力保护补贴 第 {number} 批")
    return road.agree(road.submit(road.fill([{**row, "amount": 5}], of=batch, opening=None)))


def signed(place: Installation, seen: dict[int, bytes]) -> int:  # noqa: F811
    """What the checkpoint says now; remembered, so that no size ever has two roots."""
    checkpoint = read_checkpoint(read_note(LogFolder(place.settings.log).checkpoint() or b"").text)
    assert seen.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root
    assert checkpoint.size == max(seen)
    return checkpoint.size


@pytest.mark.slow
def test_a_publication_that_dies_anywhere_leaves_a_log_that_holds(place: Installation) -> None:  # noqa: F811
    seen: dict[int, bytes] = {}
    acknowledged: set[int] = set()
    with place.app.app_context():
        size = signed(place, seen)
        for number, point in enumerate(DRAWN[:DEATHS], start=1):
            version_id = ready(number)
            command = ("disclosures", "publish", str(version_id), "--as", COUNTY.head)
            assert place.killed(point, *command) == "", point
            db.engine.dispose()
            assert list(audit_own(place.settings)) == [], point
            assert signed(place, seen) in (size, size + 1), point
            if road.version(version_id).number is None:
                road.publish(version_id)
            assert bring_up_to_date(place.settings) == size + 1, point
            assert build_dirty() > 0
            acknowledged.add(version_id)
            size = signed(place, seen)
            assert list(audit_own(place.settings)) == [], point
        with reading() as session:
            wanted = select(Version.id).join(Leaf, Leaf.id == Version.leaf_id)
            assert acknowledged <= set(session.scalars(wanted.join(LogEntry, LogEntry.leaf_id == Leaf.id)))
