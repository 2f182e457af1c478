"""What a log might try on its readers: receipts and checkpoints that must be refused, made with the naive program.

``receipts()`` gives each cheat its name, the files that the reader is handed, and what the reader knows from before.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

import naive_log as naive

ORIGIN, SECRET, OTHER = "gk.example.cn/log/qinghe", bytes(range(32)), bytes(range(32, 64))
WITNESS, SEEN = "jianzheng.example.cn/w1", bytes(range(64, 96))
KEY, WITNESS_KEY = naive.vkey(ORIGIN, SECRET), naive.vkey(WITNESS, SEEN, 4)
Files = dict[str, bytes]


def leaf(number: int, rows: int = 0) -> bytes:
    made = {"v": 1, "type": "publication", "village": "990101100201", "number": number, "rows": rows}
    made["published_at"] = "2026-10-20T01:12:00Z"
    return json.dumps(made, separators=(",", ":"), sort_keys=True).encode()


D = [leaf(number) for number in range(1, 10)]
AT = 5


def stating(**more: Any) -> list[bytes]:
    """The entries with a leaf among them that states a key."""
    made = {"v": 1, "type": "key", "action": "add", "key": naive.vkey(ORIGIN, OTHER)} | more
    return [*D[:AT], json.dumps(made, separators=(",", ":"), sort_keys=True).encode(), *D[AT + 1 :]]


def two_keys() -> list[bytes]:
    """The log's first key, stated by nobody's leave, and the next, by that of two people."""
    followed = stating(roles=["administrator", "township_supervisor"])
    first = stating(key=KEY)[AT]
    return [first, *followed]


def given(note: bytes, of: list[bytes] = D, index: int = AT) -> Files:
    return {"publication.tlog-proof": naive.proof(index, of, note, of[index])}


def head(of: list[bytes], origin: str = ORIGIN, secret: bytes = SECRET) -> bytes:
    return naive.checkpoint(origin, secret, of)


def line(name: str, id_name: str, secret: bytes, text: bytes, signer: bytes | None = None) -> bytes:
    raw = naive.key_id(id_name, 1, naive.public(secret)) + naive.sign(signer or secret, text)
    return f"\u2014 {name} {naive.b64(raw)}\n".encode()


def signed(text: bytes) -> bytes:
    return text + b"\n" + line(ORIGIN, ORIGIN, SECRET, text)


def honest() -> Iterator[tuple[str, Files, dict[str, Any]]]:
    """What must be accepted, so that refusing everything is no way out."""
    text = naive.body(ORIGIN, D)
    old = given(head(D[:7]), D[:7])
    yield "as it is", given(head(D)), {}
    yield "grown since", given(head(D)), {"saved": [old]}
    yield "seen", given(head(D) + naive.cosignature(WITNESS, SEEN, 1, text)), {"witnesses": [WITNESS_KEY]}
    yield "a stranger signed too", given(head(D) + line("x.example/y", "x", OTHER, text)), {}
    yield "an extension", given(signed(text + b"more\n")), {}
    followed = stating()
    both = head(followed) + line(ORIGIN, ORIGIN, OTHER, naive.body(ORIGIN, followed))
    yield "the next key is stated", given(both, followed), {}
    agreed = stating(roles=["administrator", "township_supervisor"])
    both = head(agreed) + line(ORIGIN, ORIGIN, OTHER, naive.body(ORIGIN, agreed))
    yield "the next key is stated by two people", given(both, agreed), {}
    yield "a key's time is over", given(head(stating(action="retire")), stating(action="retire")), {}
    yield "sixteen more signatures", given(head(D) + line("x.example/y", "x", OTHER, text) * 16), {}


def receipts() -> Iterator[tuple[str, Files, dict[str, Any]]]:
    """Each must be refused."""
    good, text = head(D), naive.body(ORIGIN, D)
    old = {"saved": [given(head(D[:7]), D[:7])]}
    seen = {"witnesses": [WITNESS_KEY]}
    changed = [*D[:AT], leaf(AT + 1, 9), *D[AT + 1 :]]
    beside = [leaf(1, 9), *D[1:]]
    yield "rewritten and signed again", given(head(changed), changed), old
    yield "fork at the same size", given(head(beside), beside), {"saved": [given(good)]}
    yield "fork against a saved checkpoint", given(head(beside), beside), {"saved": [{"checkpoint": good}]}
    yield "shrunk", given(head(D[:6]), D[:6]), {"saved": [given(good)]}
    yield "stale", given(head(D[:8]), D[:8]), {"saved": [{"checkpoint": good}]}
    yield "moved to another place", given(head([*D[:7], D[7], D[5]]), [*D[:7], D[7], D[5]], 8), {"saved": [given(good)]}
    yield "another log's receipt saved", given(good), {"saved": [given(head(D, "else.example/log", OTHER), D)]}
    for name, more in (
        ("does neither", {"action": "x"}),
        ("names no key", {"key": "x"}),
        ("names nothing", {"key": 1}),
    ):
        yield f"a leaf of a key that {name}", given(head(stating(**more)), stating(**more)), {}
    yield "wrong origin", given(signed(naive.body("else.example/log", D))), {}
    yield "another key of the same name", given(head(D, ORIGIN, OTHER)), {}
    yield "only a stranger signed", given(text + b"\n" + line("x.example/y", "x", OTHER, text)), {}
    yield "key id clash", given(text + b"\n" + line(ORIGIN, ORIGIN, SECRET, text, OTHER)), {}
    yield "a false signature beside the true one", given(good + line(ORIGIN, ORIGIN, SECRET, text, OTHER)), {}
    forged = naive.key_id(WITNESS, 4, naive.public(SEEN)) + bytes(8) + naive.sign(OTHER, text)
    yield "forged cosignature", given(good + f"\u2014 {WITNESS} {naive.b64(forged)}\n".encode()), seen
    elsewhere = naive.cosignature(WITNESS, SEEN, 1, naive.body(ORIGIN, beside))
    yield "cosignature of another tree", given(good + elsewhere), seen
    raw = bytearray(base64.b64decode(naive.cosignature(WITNESS, SEEN, 1, text).split()[2]))
    raw[11] ^= 1
    yield "cosignature of another time", given(good + f"\u2014 {WITNESS} {naive.b64(bytes(raw))}\n".encode()), seen
    yield "not seen by the witness", given(good), seen
    yield "no blank line", given(good.replace(b"\n\n", b"\n")), {}
    yield "no last line end", given(good[:-1]), {}
    yield "carriage returns", given(signed(text.replace(b"\n", b"\r\n"))), {}
    yield "a tab", given(signed(text + b"a\tb\n")), {}
    yield "a hyphen for the dash", given(good.replace("\u2014".encode(), b"-")), {}
    yield "signature in other base64", given(good[:-1].rstrip(b"=") + b"\n"), {}
    yield "signature too short", given(text + b"\n" + f"\u2014 {ORIGIN} AAAA\n".encode()), {}
    yield "not UTF-8", given(signed(text + b"\xff\n")), {}
    yield "size with a zero before it", given(signed(text.replace(b"\n9\n", b"\n09\n"))), {}
    yield "size below zero", given(signed(text.replace(b"\n9\n", b"\n-9\n"))), {}
    yield "size in other digits", given(signed(text.replace(b"\n9\n", "\n\uff19\n".encode()))), {}
    root = naive.b64(naive.MTH(D)).encode()
    yield "root too short", given(signed(text.replace(root, naive.b64(naive.MTH(D)[:31]).encode()))), {}
    yield "an empty line in the body", given(signed(text.replace(b"\n9\n", b"\n\n9\n"))), {}
    yield "two lines only", given(signed(f"{ORIGIN}\n9\n".encode())), {}
    yield "101 signatures", given(good + line("x.example/y", "x", OTHER, text) * 100), {}
    proof = naive.proof(AT, D, good, D[AT])
    path = [naive.b64(one).encode() + b"\n" for one in naive.PATH(AT, D)]
    for name, old_words, new_words in (
        ("a hash too many", path[-1], path[-1] * 2),
        ("a hash too few", path[-1], b""),
        ("two hashes changed round", path[0] + path[1], path[1] + path[0]),
        ("another index", b"index 5", b"index 4"),
        ("an index beyond the tree", b"index 5", b"index 9"),
        ("an index with a zero before it", b"index 5", b"index 05"),
        ("another version", b"proof@v1", b"proof@v2"),
        ("another leaf", naive.b64(D[AT]).encode(), naive.b64(leaf(99)).encode()),
    ):
        yield name, {"publication.tlog-proof": proof.replace(old_words, new_words, 1)}, {}
    other = [*D[:AT], b'{"type":"key","v":1}', *D[AT + 1 :]]
    yield "no publication", given(head(other), other), {}


Log = tuple[list[bytes], bytes, bytes | None]
"""What lies in a log's folder (its leaves), its checkpoint, and what the reader saved before."""


def honest_logs() -> Iterator[tuple[str, Log]]:
    """What must be accepted."""
    text = naive.body(ORIGIN, D)
    yield "as it is", (D, head(D), None)
    yield "grown since a checkpoint", (D, head(D), head(D[:7]))
    yield "grown since a receipt", (D, head(D), naive.proof(AT, D[:7], head(D[:7]), D[AT]))
    yield "the same as saved", (D, head(D), head(D))
    yield "a stranger signed too", (D, head(D) + line("x.example/y", "x", OTHER, text), None)
    yield "keys with and without the two who agreed", (two_keys(), head(two_keys()), None)
    yield "with a cosignature", (D, head(D) + naive.cosignature(WITNESS, SEEN, 1, text), head(D[:3]))


def logs() -> Iterator[tuple[str, Log]]:
    """Each must be refused by whoever reads the whole log."""
    changed, beside = [*D[:AT], leaf(AT + 1, 9), *D[AT + 1 :]], [leaf(1, 9), *D[1:]]
    receipt = naive.proof(AT, D, head(D), D[AT])
    grown = [*changed, leaf(10), leaf(11)]
    yield "rewritten, grown and signed again, against a checkpoint", (grown, head(grown), head(D))
    yield "rewritten, grown and signed again, against a receipt", (grown, head(grown), receipt)
    yield "fork at the same size, against a checkpoint", (beside, head(beside), head(D))
    yield "fork at the same size, against a receipt", (beside, head(beside), receipt)
    yield "shrunk, against a checkpoint", (D[:6], head(D[:6]), head(D))
    yield "shrunk, against a receipt", (D[:6], head(D[:6]), receipt)
    yield "emptied", ([], head([]), head(D))
    yield "stale by one", (D[:8], head(D[:8]), head(D))
    swapped = [*D[:3], D[4], D[3], *D[5:]]
    yield "two changed places", (swapped, head(swapped), head(D))
    yield "one doubled", ([*D[:4], *D[3:]], head([*D[:4], *D[3:]]), head(D))
    yield "one taken out of the middle", ([*D[:4], *D[5:], leaf(10)], head([*D[:4], *D[5:], leaf(10)]), head(D))
    yield "entries of another tree than is signed", (changed, head(D), None)
    yield "an entry more than is signed", ([*D, leaf(10)], head(D).replace(b"\n9\n", b"\n10\n"), None)
    yield "a receipt of another log", (D, head(D), naive.proof(AT, D, head(D, "else.example/log", OTHER), D[AT]))
    yield "a checkpoint of another log", (D, head(D), head(D, "else.example/log", OTHER))
    yield "a saved receipt whose leaf was exchanged", (D, head(D), naive.proof(AT, D, head(D), leaf(99)))
    yield "a saved checkpoint with another size", (D, head(D), head(D[:7]).replace(b"\n7\n", b"\n8\n"))
    seen = {name: files["publication.tlog-proof"] for name, files, known in receipts() if not known}
    for name, proof in seen.items():
        if name in _OF_THE_CHECKPOINT:
            yield name, (D, proof.partition(b"\n\n")[2], None)


_OF_THE_CHECKPOINT = ("wrong origin", "another key of the same name", "only a stranger signed", "key id clash")
_OF_THE_CHECKPOINT += ("a false signature beside the true one", "no last line end", "carriage returns", "a tab")
_OF_THE_CHECKPOINT += ("a hyphen for the dash", "signature in other base64", "signature too short", "not UTF-8")
_OF_THE_CHECKPOINT += ("size with a zero before it", "size below zero", "size in other digits", "root too short")
_OF_THE_CHECKPOINT += ("an empty line in the body", "two lines only", "101 signatures", "no blank line")
