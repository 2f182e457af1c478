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
    "amid_the_rows": ("villagehub.disclosures.filling:", "insert_row", True),
    "before_the_draft_is_committed": ("villagehub.ledgers.importing:", "accept", True),
    "after_the_draft_is_committed": ("villagehub.ledgers.importing:", "_say_version", False),
    # publish
    "before_anything_is_sealed": ("villagehub.disclosures.publishing:", "_seal_rows", False),
    "amid_the_faces": ("villagehub.disclosures.publishing:", "_face_for", True),
    "between_leaf_and_stage": ("villagehub.disclosures.publishing:", "move", False),
    "before_the_publication_is_committed": ("villagehub.disclosures.publishing:", "mark_dirty", True),
    "before_the_pages_are_built": ("villagehub.public.build:", "build_dirty", False),
    "amid_the_pages": ("villagehub.public.build:", "render_path", True),
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

    setattr(owner, name, dying)


if __name__ == "__main__":
    point, nth, moment, *command = sys.argv[1:]
    from villagehub.kernel import clock

    clock.now = lambda: datetime.fromisoformat(moment)
    if point != "nowhere":
        die_at(point, int(nth))
    sys.argv = ["villagehub", *command]
    from villagehub.cli import main

    main()
