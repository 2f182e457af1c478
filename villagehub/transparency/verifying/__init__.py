"""The verifier that needs nothing of ours: a few files that know Python's own library only, and are joined into ``verify.py``.

``villagehub verify`` runs the same rules with a faster Ed25519. Nothing that writes the log uses them: what checks it must not
be what wrote it. ``log fsck`` shares the terms of its keys.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

_PARTS: Final = ("sums", "signed", "terms", "paper", "content", "walking", "asking")
_OWN: Final = re.compile(r"^from villagehub\S* import (?:\([^)]*\)|[^\n(]*)\n", re.MULTILINE)


@cache
def verify_py() -> bytes:
    """The source of ``verify.py``: the parts one after the other, without the imports by which they name each other."""
    parts = [Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8") for name in _PARTS]
    return ("#!/usr/bin/env python3\n" + "\n\n".join(_OWN.sub("", one) for one in parts)).encode()


def sizes() -> dict[str, int]:
    """How many bytes each of the two is, for whoever downloads it."""
    return {"html": len(verify_html()), "py": len(verify_py())}


@cache
def verify_html() -> bytes:
    """The page that checks the same in a browser, from a file."""
    return Path(__file__).with_name("verify.html").read_bytes()
