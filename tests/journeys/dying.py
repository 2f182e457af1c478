"""Runs one ``villagehub`` command in a process that kills itself at a named point: ``dying.py POINT NTH command…``.

The named function of the product is wrapped from out here; the product has no hooks. SIGKILL cannot be caught, so whatever
the product does on the way out does not happen. The point ``nowhere`` lets the command end by itself. The clock stands at the
tests' moment.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

POINTS: dict[str, tuple[str, str, bool]] = {
    # import: (object, function, whether it dies after the function has done its work)
    "before_the_original_is_kept": ("villagehub.storage.vault:Vault", "keep", False),
    "before_the_original_has_its_name": ("pathlib:Path", "replace", False),
    "after_the_original_is_kept": ("villagehub.storage.vault:Vault", "keep", True),
    "after_the_upload_is_recorded": ("villagehub.ledgers.importing:", "check_bytes", False),
    "amid_the_rows": ("villagehub.storage.bulk:", "_send", True),
    "between_things_and_rows": ("villagehub.disclosures.filling:", "insert_rows", False),
    "between_rows_and_links": ("villagehub.disclosures.filling:", "replace_links", False),
    "before_the_draft_is_committed": ("villagehub.ledgers.importing:", "accept", True),
    "after_the_draft_is_committed": ("villagehub.ledgers.importing:", "_say_version", False),
    # publish
    "before_anything_is_sealed": ("villagehub.disclosures.publishing:", "_seal_rows", False),
    "amid_the_faces": ("villagehub.disclosures.publishing:", "_face_for", True),
    "between_leaf_and_stage": ("villagehub.disclosures.publishing:", "move", False),
    "before_the_publication_is_committed": ("villagehub.disclosures.publishing:", "mark_dirty", True),
    "before_its_place_in_the_log": ("villagehub.transparency.log:", "_add", False),
    "after_its_place_in_the_log": ("villagehub.transparency.log:", "_add", True),
    # the log follows
    "before_the_log_follows": ("villagehub.transparency.writing:", "_write", False),
    "before_a_tile_has_its_name": ("pathlib:Path", "replace", False),
    "after_a_tile_has_its_name": ("pathlib:Path", "replace", True),
    "before_the_tree_is_kept": ("villagehub.transparency.writing:", "_keep_tree", False),
    "after_the_tree_is_kept": ("villagehub.transparency.writing:", "_keep_tree", True),
    "before_names_are_on_the_disk": ("villagehub.transparency.folder:LogFolder", "settle", False),
    "after_names_are_on_the_disk": ("villagehub.transparency.folder:LogFolder", "settle", True),
    "before_the_pages_are_built": ("villagehub.public.build:", "build_dirty", False),
    "amid_the_pages": ("villagehub.public.build:", "render_path", True),
    # its key changes
    "before_a_key_is_stated": ("villagehub.transparency.rotating:", "_state", False),
    "after_a_key_is_stated": ("villagehub.transparency.rotating:", "_state", True),
    # tick
    "after_the_reviews": ("villagehub.ops.jobs:", "tell_the_township", True),
    "amid_a_list": ("villagehub.disclosures.expiring:", "_note", False),
    "amid_the_lists": ("villagehub.disclosures.expiring:", "_note", True),
    "before_a_job_is_noted": ("villagehub.ops.ticking:", "finish", False),
    "before_a_notice_leaves": ("villagehub.notices.telling:", "send", False),
    "after_a_notice_has_left": ("villagehub.notices.telling:", "send", True),
}


def die_at(point: str, nth: int) -> None:
    """Has this process killed in the ``nth`` call of the point's function."""
    where, name, after = POINTS[point]
    module, _, inner = where.partition(":")
    owner: Any = import_module(module)
    owner = getattr(owner, inner) if inner else owner
    whole: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def dying(*words: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = whole(*words, **more)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    replace(owner, name, dying)


def replace(owner: Any, name: str, other: Callable[..., Any]) -> None:
    """Puts ``other`` in the place of what the owner has under this name, and in every module that has taken it over."""
    whole = getattr(owner, name)
    setattr(owner, name, other)
    for module in [one for key, one in sys.modules.items() if key.startswith("villagehub")]:
        for taken in [key for key, value in vars(module).items() if value is whole]:
            setattr(module, taken, other)


if __name__ == "__main__":
    point, nth, moment, *command = sys.argv[1:]
    from villagehub.kernel import clock

    replace(clock, "now", lambda: datetime.fromisoformat(moment))
    if point != "nowhere":
        die_at(point, int(nth))
    sys.argv = ["villagehub", *command]
    from villagehub.cli import main

    main()
