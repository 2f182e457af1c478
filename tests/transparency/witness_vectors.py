"""What a log might hand to a witness, made with the naive program, and the status that C2SP tlog-witness asks for.

The witness has cosigned the first seven leaves of ``cheats.D`` before each of them.
"""

from collections.abc import Iterator

import cheats
import naive_log as naive
from cheats import ORIGIN, OTHER, SECRET, D, head, leaf, line, signed

KNOWN = 7


def body(
    old: int | str, of: list[bytes], note: bytes | None = None, since: int = KNOWN, path: list[bytes] | None = None
) -> bytes:
    """The request as the specification writes it."""
    proof = (naive.PROOF(since, of) if 0 < since <= len(of) else []) if path is None else path
    lines = [f"old {old}", *(naive.b64(one) for one in proof)]
    return "".join(f"{one}\n" for one in lines).encode() + b"\n" + (head(of) if note is None else note)


def good() -> Iterator[tuple[str, bytes]]:
    """Each must be cosigned."""
    text = naive.body(ORIGIN, D)
    yield "grown", body(KNOWN, D)
    yield "the same again", body(KNOWN, D[:KNOWN])
    yield "a stranger signed too", body(KNOWN, D, head(D) + line("x.example/y", "x", OTHER, text))
    yield (
        "an old cosignature comes along",
        body(KNOWN, D, head(D) + naive.cosignature("other.example/w", OTHER, 5, text)),
    )
    yield "an extension", body(KNOWN, D, signed(text + b"more\n"))


def bad() -> Iterator[tuple[str, int, bytes]]:
    """Each must be refused with its status."""
    text, proof = naive.body(ORIGIN, D), naive.PROOF(KNOWN, D)
    changed, beside = [*D[:5], leaf(6, 9), *D[6:]], [leaf(1, 9), *D[1:KNOWN]]
    yield "rewritten and signed again", 422, body(KNOWN, changed)
    yield "rewritten, with the true log's proof", 422, body(KNOWN, changed, path=proof)
    yield "fork at the same size", 409, body(KNOWN, beside)
    yield "shrunk", 409, body(5, D[:6], since=5)
    yield "shrunk, and owns up to the size", 400, body(KNOWN, D[:6], path=[])
    yield "emptied", 409, body(0, [])
    yield "stale", 409, body(5, D[:KNOWN], since=5)
    yield "begins from nothing again", 409, body(0, D, since=0)
    yield "believes too much", 409, body(8, D, since=8)
    yield "old beyond the checkpoint", 400, body(10, D, path=[])
    yield "no proof", 422, body(KNOWN, D, path=[])
    yield "a hash too many", 422, body(KNOWN, D, path=[*proof, proof[0]])
    yield "a hash too few", 422, body(KNOWN, D, path=proof[:-1])
    yield "two hashes changed round", 422, body(KNOWN, D, path=[proof[1], proof[0], *proof[2:]])
    yield "a proof for the same size", 422, body(KNOWN, D[:KNOWN], path=[proof[0]])
    yield "wrong origin", 404, body(KNOWN, D, head(D, "else.example/log"))
    yield (
        "another log's text under our name's signature",
        404,
        body(KNOWN, D, signed(naive.body("else.example/log", D))),
    )
    yield "another key of the same name", 403, body(KNOWN, D, head(D, ORIGIN, OTHER))
    yield "only a stranger signed", 403, body(KNOWN, D, text + b"\n" + line("x.example/y", "x", OTHER, text))
    yield "key id clash", 403, body(KNOWN, D, text + b"\n" + line(ORIGIN, ORIGIN, SECRET, text, OTHER))
    yield (
        "a false signature beside the true one",
        403,
        body(KNOWN, D, head(D) + line(ORIGIN, ORIGIN, SECRET, text, OTHER)),
    )
    yield "signature of another text", 403, body(KNOWN, D, text + b"\n" + head(D[:8]).partition(b"\n\n")[2])
    yield "nothing", 400, b""
    yield "no old line", 400, body(KNOWN, D).partition(b"\n")[2]
    for words in ("07", "-7", "+7", "7 ", "", "\uff17", "7.0", "0x7", "9" * 20, str(1 << 63)):
        yield f"old is {words!r}", 400, body(words, D)
    yield "two spaces", 400, body(KNOWN, D).replace(b"old 7", b"old  7")
    yield "no empty line before the checkpoint", 400, body(KNOWN, D).replace(b"\n\n", b"\n", 1)
    yield "carriage returns", 400, body(KNOWN, D).replace(b"\n", b"\r\n")
    yield "64 hashes", 400, body(KNOWN, D, path=[bytes(32)] * 64)
    yield "a hash of 31 bytes", 400, body(KNOWN, D, path=[bytes(31)])
    yield "a hash in other base64", 400, body(KNOWN, D).replace(b"=\n", b"\n", 1)
    yield "not UTF-8", 400, body(KNOWN, D, signed(text + b"\xff\n"))
    yield "no signature", 400, body(KNOWN, D, text)
    yield "no last line end", 400, body(KNOWN, D)[:-1]
    yield "size with a zero before it", 400, body(KNOWN, D, signed(text.replace(b"\n9\n", b"\n09\n")))
    yield "size too large to be one", 400, body(KNOWN, D, signed(text.replace(b"\n9\n", b"\n" + b"9" * 19 + b"\n")))
    yield "two lines only", 400, body(KNOWN, D, signed(f"{ORIGIN}\n9\n".encode()))
    yield "101 signatures", 400, body(KNOWN, D, head(D) + line("x.example/y", "x", OTHER, text) * 100)


VKEY = cheats.KEY
