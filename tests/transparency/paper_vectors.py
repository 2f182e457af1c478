"""What the square on paper may say, and what must be refused: made from the README's sentences with the naive program."""

from collections.abc import Iterator
from typing import Any

import cheats
import naive_log as naive

SITE = "https://gk.example.cn/y#"


def short(raw: bytes) -> bytes:
    return bytes([len(raw)]) + raw


def signature(note: bytes, place: int) -> bytes:
    import base64

    line = note.decode().rpartition("\n\n")[2].splitlines()[place]
    return base64.b64decode(line.split(" ")[2])


def square(
    note: bytes,
    of: list[bytes] = cheats.D,
    index: int = cheats.AT,
    *,
    leaf: bytes = b"",
    names: tuple[str, ...] = ("",),
) -> bytes:
    """The bytes of the README's table: format, path, leaf hash, place, size, path, name, signatures."""
    path = naive.PATH(index, of)
    made = bytes([1, len(path)]) + naive.H(b"\x00" + (leaf or of[index]))
    made += index.to_bytes(4, "big") + len(of).to_bytes(4, "big") + b"".join(path) + short(cheats.ORIGIN.encode())
    for place, name in enumerate(names):
        made += short(name.encode()) + short(signature(note, place))
    return made


def digits(raw: bytes) -> str:
    return str(int.from_bytes(raw, "big"))


def honest() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each must be accepted."""
    good, text = cheats.head(cheats.D), naive.body(cheats.ORIGIN, cheats.D)
    yield "as it is", digits(square(good)), {}
    yield "with its address", SITE + digits(square(good)), {}
    seen = good + naive.cosignature(cheats.WITNESS, cheats.SEEN, 1, text)
    yield "cosigned", digits(square(seen, names=("", cheats.WITNESS))), {"witnesses": [cheats.WITNESS_KEY]}
    yield "a receipt of the same was saved", digits(square(good)), {"saved": [cheats.given(good)]}
    old = cheats.given(cheats.head(cheats.D[:7]), cheats.D[:7])
    yield "a receipt of an earlier tree", digits(square(good)), {"saved": [old]}
    lone = bytes([1, 255]) + naive.H(b"\x00" + cheats.D[5]) + (5).to_bytes(4, "big") + (9).to_bytes(4, "big")
    lone += naive.MTH(cheats.D) + short(cheats.ORIGIN.encode()) + short(b"") + short(signature(good, 0))
    yield "without a path", digits(lone), {}


def dishonest() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each must be refused, or named as a fault."""
    good, text = cheats.head(cheats.D), naive.body(cheats.ORIGIN, cheats.D)
    raw = square(good)
    for place, what in (
        (0, "format"),
        (1, "path's length"),
        (5, "leaf hash"),
        (37, "place"),
        (41, "size"),
        (50, "path"),
    ):
        yield f"{what} changed", digits(raw[:place] + bytes([raw[place] ^ 2]) + raw[place + 1 :]), {}
    yield "signature changed", digits(raw[:-1] + bytes([raw[-1] ^ 1])), {}
    yield "cut short", digits(raw[:-1]), {}
    yield "longer", digits(raw + b"\x05"), {}
    yield "another leaf", digits(square(good, leaf=cheats.leaf(6, 9))), {}
    yield "a zero before it", "0" + digits(raw), {}
    yield "another key signed", digits(square(cheats.head(cheats.D, secret=cheats.OTHER))), {}
    changed = [*cheats.D[:5], cheats.leaf(6, 9), *cheats.D[6:]]
    rewritten = cheats.given(cheats.head(changed), changed)
    yield "the log was rewritten since", digits(raw), {"saved": [rewritten]}
    yield "another publication's receipt", digits(raw), {"saved": [cheats.given(good, index=3)]}
    yield "another 防改码", digits(raw), {"code": "0000 0000 0000 0000"}
    yield "no witness saw it", digits(raw), {"witnesses": [cheats.WITNESS_KEY]}
    forged = good + naive.cosignature(cheats.WITNESS, cheats.OTHER, 1, text)
    bent = square(forged, names=("", cheats.WITNESS))
    yield "forged cosignature", digits(bent), {"witnesses": [cheats.WITNESS_KEY]}


def bundles() -> Iterator[tuple[str, dict[str, bytes], str, bool]]:
    """A receipt that is checked beside a square on paper: files, square, whether it fits."""
    good = cheats.head(cheats.D)
    changed = [*cheats.D[:5], cheats.leaf(6, 9), *cheats.D[6:]]
    yield "the same", cheats.given(good), digits(square(good)), True
    early = cheats.head(cheats.D[:7])
    yield "printed earlier", cheats.given(good), digits(square(early, cheats.D[:7])), True
    yield "rewritten since it was printed", cheats.given(cheats.head(changed), changed), digits(square(good)), False
    more = [*changed, cheats.leaf(10)]
    yield "rewritten and grown", cheats.given(cheats.head(more), more), digits(square(good)), False
    yield "another publication", cheats.given(good, index=3), digits(square(good)), False
    yield "not the log's", cheats.given(good), digits(square(cheats.head(cheats.D, secret=cheats.OTHER))), False
