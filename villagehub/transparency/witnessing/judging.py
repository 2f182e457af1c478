"""What a witness answers to ``add-checkpoint``: the checks of C2SP tlog-witness, in the specification's order."""

from dataclasses import dataclass
from typing import Final

from villagehub.kernel import clock
from villagehub.transparency.notes import BadNote
from villagehub.transparency.proofs import is_consistent
from villagehub.transparency.witnessing.book import Book
from villagehub.transparency.witnessing.request import read_submission

SIZE: Final = "text/x.tlog.size"
_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and type of an answer; ``why`` is for the witness's own record."""

    status: int
    body: str
    content_type: str = _TEXT
    why: str = ""


def judge(book: Book, raw: bytes) -> Answer:
    """Cosigns the handed in checkpoint, or says why not: 400 malformed, 404 unknown log, 403 not signed by it, 409 another
    size or root than was cosigned, 422 not a continuation. What is cosigned is on the disk before the answer is made.
    """
    try:
        asked = read_submission(raw)
    except BadNote as fault:
        return _no(400, str(fault))
    checkpoint = asked.checkpoint
    known = book.keys_of(checkpoint.origin)
    if not known:
        return _no(404, f"没有登记过日志 {checkpoint.origin[:200]}")
    try:
        signed = asked.note.signed_by(known)
    except BadNote as fault:
        return _no(403, str(fault))
    if not signed:
        return _no(403, "日志头没有用登记过的公钥签名")
    if asked.old > checkpoint.size:
        return _no(400, "old 比日志头的条数还大")
    with book.turn() as turn:
        size, root = turn.newest(checkpoint.origin)
        if asked.old != size:
            return Answer(409, f"{size}\n", SIZE, f"对方以为这里见过 {asked.old} 条，其实是 {size} 条")
        if checkpoint.size == size and checkpoint.root != root:
            return Answer(409, f"{size}\n", SIZE, f"两份不同的日志，都是 {size} 条")
        if not is_consistent(size, root, checkpoint.size, checkpoint.root, asked.path):
            return _no(422, f"证明不成立：{checkpoint.size} 条的日志不是接着 {size} 条的")
        moment = int(clock.now().timestamp())
        # Signed within the turn, so that the moments of two cosignatures follow the order of the trees.
        line = book.signer.line(asked.note.text, moment)
        turn.put(checkpoint.origin, checkpoint.size, checkpoint.root, moment)
    return Answer(200, line, _TEXT, f"{checkpoint.origin} {checkpoint.size} 条")


def _no(status: int, why: str) -> Answer:
    return Answer(status, f"{why}。\n", why=why)
