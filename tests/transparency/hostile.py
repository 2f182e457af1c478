"""Files that somebody might hand to a verifier: bundles that are broken, swollen, ambiguous, or show more than was sealed.

Made from the design's sentences with the naive program. ``honest()`` must be accepted, ``refused()`` must not; no file may
end in a traceback, a hang, or more memory than a few times its size.
"""

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import naive_log as naive
from cheats import KEY, ORIGIN, SECRET

CONTENT, PROOF, VKEY = "publication.json", "publication.tlog-proof", "vkey"
SALT = bytes(range(16))


def jcs(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def sealed(name: str, value: Any) -> dict[str, Any]:
    made = naive.H(b"vh-field-v1\x00" + SALT + jcs([name, value]))
    return {"value": value, "salt": naive.b64(SALT), "commitment": naive.b64(made)}


def fields_root(fields: dict[str, Any]) -> str:
    return naive.b64(naive.MTH([jcs([name, fields[name]["commitment"]]) for name in sorted(fields)]))


def row(amount: int, summary: str) -> dict[str, Any]:
    fields = {"summary": sealed("summary", summary), "counterparty": sealed("counterparty", "鑫源建材店")}
    fields["original"] = {"commitment": sealed("original", {"a": 1})["commitment"]}
    clear = {"amount": amount, "direction": "out", "occurred_on": "2026-07-05"}
    hashed = naive.H(b"\x00" + jcs({"clear": clear, "fields_root": fields_root(fields)}))
    return {"hash": naive.b64(hashed), "clear": clear, "fields": fields}


def root_of_hashes(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    k = naive.k(len(hashes))
    return naive.H(b"\x01" + root_of_hashes(hashes[:k]) + root_of_hashes(hashes[k:]))


def unb64(text: str) -> bytes:
    return base64.b64decode(text)


def publication(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A leaf's members and the content that it seals."""
    rows = [row(100 + number, f"第 {number} 次买路灯") for number in range(3)]
    facts = {
        "reason": sealed("reason", "抄错一行"),
        "recusal:1": {"commitment": sealed("recusal:1", "x")["commitment"]},
    }
    leaf = {
        "v": 1,
        "type": "publication",
        "kind": "full",
        "village": "990101100201",
        "number": 1,
        "rows": 3,
        "entity": "collective",
        "group": "",
        "section": "finance",
        "period": "2026Q3",
        "subject": "",
        "approvals": [{"body": "committee", "voted": 3, "agreed": 3, "on_paper": False}],
        "totals": {"closing_fen": 5},
        "attachments_root": "",
        "journal_root": "",
        "published_at": "2026-10-20T01:12:00Z",
        "expires": "",
        "rows_root": naive.b64(root_of_hashes([unb64(one["hash"]) for one in rows])),
        "facts_root": fields_root(facts),
        **more,
    }
    shown = {name: value for name, value in leaf.items() if name != "village"}
    content = {"v": 1, "title": "某村", "leaf": naive.b64(jcs(leaf)), "shown": shown, "rows": rows, "facts": facts}
    return leaf, json.loads(json.dumps(content))


LEAF, BODY = publication()
D = [b"first", jcs(LEAF), b"last"]
RECEIPT = naive.proof(1, D, naive.checkpoint(ORIGIN, SECRET, D), D[1])


def packed(files: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, raw in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), raw, how)
    return out.getvalue()


def bundle(raw: bytes, receipt: bytes = RECEIPT) -> bytes:
    return packed({CONTENT: raw, PROOF: receipt, VKEY: KEY.encode()})


def said(**more: Any) -> bytes:
    return json.dumps({**BODY, **more}, ensure_ascii=False, indent=1).encode()


def changed(change: Any) -> bytes:
    fresh = json.loads(said())
    change(fresh)
    return json.dumps(fresh, ensure_ascii=False).encode()


GOOD = bundle(said())


def of_leaf(leaf: dict[str, Any] | bytes, content: dict[str, Any] | None = None) -> bytes:
    """A log that signed this leaf, with the content that belongs to it."""
    body = leaf if isinstance(leaf, bytes) else jcs(leaf)
    all_of_it = [b"first", body, b"last"]
    receipt = naive.proof(1, all_of_it, naive.checkpoint(ORIGIN, SECRET, all_of_it), body)
    return bundle(json.dumps({**(content or BODY), "leaf": naive.b64(body)}).encode(), receipt)


def honest() -> Iterator[tuple[str, bytes]]:
    yield "as it is", GOOD
    yield "ASCII only", bundle(json.dumps(BODY).encode())
    yield "other order of names", bundle(json.dumps(dict(reversed(BODY.items()))).encode())
    yield "a file more in the zip", packed({CONTENT: said(), PROOF: RECEIPT, VKEY: KEY.encode(), "../../etc/x": b"1"})
    yield "a lone receipt", RECEIPT
    odd = publication(subject="\U00020000\ue000")
    yield "signs beyond the first plane", of_leaf(*odd)
    names = {"\U00020000": 1, "\ue000": 2}
    leaf, content = publication(totals=names)
    # RFC 8785 sorts names by UTF-16 units: D840 comes before E000
    body = jcs(leaf).replace(jcs(names), '{"\U00020000":1,"\ue000":2}'.encode())
    yield "names beyond the first plane", of_leaf(body, content)


def refused() -> Iterator[tuple[str, bytes]]:
    text = said().decode()
    for name, one in _json(text):
        yield name, bundle(one if isinstance(one, bytes) else one.encode())
    yield from _leaves()
    yield from _zips()
    yield from _receipts()


EITHER = ("another packed size", "another size", "two of one name", "too many files", "a name that is not UTF-8")
"""Zips that some programs open and others do not; whoever opens one checks what is inside. Nobody may fall over them."""


def _json(text: str) -> Iterator[tuple[str, str | bytes]]:
    yield "nothing", ""
    yield "an empty object", "{}"
    yield "null", "null"
    yield "false", "false"
    yield "a number", "0"
    yield "a list", "[]"
    yield "a text", '"x"'
    yield "a byte order mark", "\ufeff" + text
    yield "UTF-16", text.encode("utf-16")
    yield "not UTF-8", text.encode() + b"\xff"
    yield "a NUL", text + "\0"
    yield "something behind it", text + "{}"
    yield "nested without end", "[" * 200_000
    yield "nested and closed", text[:-1] + ',"x":' + "[" * 5_000 + "]" * 5_000 + "}"
    yield "a doubled name, the true one last", text.replace('"amount": 100', '"amount": 9, "amount": 100')
    yield "a doubled name in other letters", text.replace('"amount": 100', '"amo\\u0075nt": 9, "amount": 100')
    yield "a fraction that is whole", text.replace('"amount": 100', '"amount": 100.0')
    yield "a power", text.replace('"amount": 100', '"amount": 1e2')
    yield "not a number", text.replace('"amount": 100', '"amount": NaN')
    yield "endless", text.replace('"amount": 100', '"amount": Infinity')
    yield "beyond 2^53", text.replace('"amount": 100', '"amount": 9007199254740993')
    yield "five thousand digits", text.replace('"amount": 100', '"amount": ' + "1" * 5000)
    yield "true for one", text.replace('"number": 1', '"number": true')
    yield "zero for false", text.replace('"on_paper": false', '"on_paper": 0')
    yield "a text for a number", text.replace('"amount": 100', '"amount": "100"')
    yield (
        "decomposed letters",
        changed(lambda it: it["rows"][0]["fields"]["summary"].update(value="第 0 次买路灯\u0301")),
    )
    yield "half a character", text.replace("第 0 次", "\\ud800 0 次")
    yield "half a name", text.replace('"summary"', '"\\udc00"', 1)
    yield "more beside the rows", changed(lambda it: it.update(note="这一条没有封存"))
    yield "more in a row", changed(lambda it: it["rows"][0].update(amount=9))
    yield "more in a field", changed(lambda it: it["rows"][0]["fields"]["summary"].update(note="x"))
    yield "more in what is shown", changed(lambda it: it["shown"].update(note="x"))
    yield "constructor in what is shown", changed(lambda it: it["shown"].update(constructor="x"))
    yield "a prototype in what is shown", text.replace('"shown": {', '"shown": {"__proto__": {"a": 1},')
    yield "a value without its salt", changed(lambda it: it["rows"][0]["fields"]["summary"].pop("salt"))
    yield (
        "a field that only begins like one for offices",
        changed(lambda it: it["rows"][0]["fields"].update(original2={"commitment": naive.b64(bytes(32))})),
    )
    yield "a salt of another length", changed(lambda it: it["rows"][0]["fields"]["summary"].update(salt="AAAA"))
    yield (
        "a salt in other base64",
        changed(lambda it: it["rows"][0]["fields"]["summary"].update(salt=naive.b64(SALT).replace("Dw==", "Dx=="))),
    )
    yield (
        "a salt with a line end",
        changed(lambda it: it["rows"][0]["fields"]["summary"].update(salt=naive.b64(SALT) + "\n")),
    )
    yield "a salt that is no text", changed(lambda it: it["rows"][0]["fields"]["summary"].update(salt=7))
    yield "rows that are no list", changed(lambda it: it.update(rows={"0": it["rows"][0]}))
    yield "a row that is a text", changed(lambda it: it.update(rows=["x", "y", "z"]))
    yield "facts that are a list", changed(lambda it: it.update(facts=[]))
    yield "no rows", changed(lambda it: it.update(rows=[]))
    yield "a row's inside taken away", changed(lambda it: [it["rows"][0].pop("clear"), it["rows"][0].pop("fields")])
    yield "a leaf that is no text", changed(lambda it: it.update(leaf=[1]))
    yield "a leaf in other base64", changed(lambda it: it.update(leaf=it["leaf"] + "\n"))
    yield "what is shown is a text", changed(lambda it: it.update(shown="x"))


def _leaves() -> Iterator[tuple[str, bytes]]:
    """A log that signs leaves which are not the one way of writing them, or say nothing."""
    yield "a leaf with spaces", of_leaf(json.dumps(LEAF, sort_keys=True).encode())
    yield "a leaf with doubled names", of_leaf(jcs(LEAF)[:-1] + b',"v":1}')
    yield "a leaf out of order", of_leaf(json.dumps(LEAF, separators=(",", ":")).encode())
    yield "a leaf with a fraction", of_leaf(jcs({**LEAF, "number": 1.5}))
    yield "a leaf that is a list", of_leaf(b"[]")
    yield "a leaf that is no JSON", of_leaf(b"\x00\xff")
    yield "a leaf of a redaction", of_leaf(jcs({"v": 1, "type": "redaction"}))
    yield "a leaf without members", of_leaf(jcs({"v": 1, "type": "publication"}))
    for day in ("0", "2026-W43-1", "20261020", "2026-10-20T00:00:00", "9999-99-99"):
        leaf, content = publication(expires=day)
        content["rows"][0] = {"hash": content["rows"][0]["hash"]}
        yield f"a list's last day written {day}", of_leaf(leaf, content)


def _zips() -> Iterator[tuple[str, bytes]]:
    yield "a zip without the content", packed({PROOF: RECEIPT, VKEY: KEY.encode()})
    yield "a content in other capitals", packed({"Publication.json": said(), PROOF: RECEIPT, VKEY: KEY.encode()})
    yield "an empty zip", packed({})
    yield "a zip that breaks off", GOOD[: len(GOOD) // 2]
    yield "a zip without its end", GOOD[:-22]
    yield "PK and nothing", b"PK"
    yield "PK and noise", b"PK\x03\x04" + bytes(range(256)) * 8
    at = GOOD.index(b"PK\x01\x02")
    for offset, name in ((20, "packed size"), (24, "size"), (28, "name's length"), (42, "place")):
        width = 2 if offset == 28 else 4
        yield f"another {name}", GOOD[: at + offset] + b"\xff" * width + GOOD[at + offset + width :]
    yield "encrypted", _flag(GOOD, 1)
    yield "two of one name", _twice()
    yield "a bomb that tells its size", packed({CONTENT: bytes(80 << 20), PROOF: RECEIPT}, zipfile.ZIP_DEFLATED)
    yield "a bomb that hides its size", _hidden_bomb()
    yield "packed another way", packed({CONTENT: said(), PROOF: RECEIPT, VKEY: KEY.encode()}, zipfile.ZIP_BZIP2)
    yield "a row exchanged inside the zip", GOOD.replace(b'"amount": 100', b'"amount": 900', 1)
    yield "a name that is not UTF-8", _odd_name()
    yield "too many files", packed({CONTENT: said(), PROOF: RECEIPT, **{f"{one}": b"" for one in range(1500)}})


def _flag(raw: bytes, bit: int) -> bytes:
    made = bytearray(raw)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + offset] |= bit
            at = made.find(mark, at + 4)
    return bytes(made)


def _twice() -> bytes:
    # The writer warns of a second file of one name, so it gets its name afterwards.
    raw = packed({CONTENT: said(), "publication.jsox": b"{}", PROOF: RECEIPT, VKEY: KEY.encode()})
    return raw.replace(b"publication.jsox", CONTENT.encode())


def _hidden_bomb() -> bytes:
    raw = bytearray(packed({CONTENT: bytes(80 << 20), PROOF: RECEIPT, VKEY: KEY.encode()}, zipfile.ZIP_DEFLATED))
    size = (80 << 20).to_bytes(4, "little")
    small = (10).to_bytes(4, "little")
    return bytes(raw.replace(size, small))


def _odd_name() -> bytes:
    raw = packed({CONTENT: said(), PROOF: RECEIPT, VKEY: KEY.encode(), "\u4e00": b""})
    return raw.replace("\u4e00".encode(), b"\xff\xfe\xfd")


def _receipts() -> Iterator[tuple[str, bytes]]:
    yield "nothing at all", b""
    yield "a receipt with carriage returns", RECEIPT.replace(b"\n", b"\r\n")
    yield "a receipt with a NUL", RECEIPT.replace(b"index 1", b"index 1\0")
    yield "a receipt with something behind it", RECEIPT + b"x"
    yield "a receipt with an empty line behind it", RECEIPT + b"\n"
    yield "an index beyond 64 bits", RECEIPT.replace(b"index 1", b"index 99999999999999999999")
    yield "an index in other digits", RECEIPT.replace(b"index 1", "index １".encode())
    yield "a size beyond 64 bits", RECEIPT.replace(b"\n3\n", b"\n99999999999999999999\n")
    yield (
        "a hundred thousand hashes",
        RECEIPT.replace(b"index 1\n", b"index 1\n" + (naive.b64(bytes(32)) + "\n").encode() * 100_000),
    )
    yield "extra with a line end inside", RECEIPT.replace(b"extra ", b"extra \r")
    yield "extra twice", RECEIPT.replace(b"index", b"extra AAAA\nindex")
    yield "a checkpoint for a receipt", naive.checkpoint(ORIGIN, SECRET, D)
    yield "spaces before the index", RECEIPT.replace(b"index 1", b"index  1")
