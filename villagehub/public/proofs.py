"""What proves a row, as villagers see it: masked pictures, or one sentence that says why there is none (decision 24)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from villagehub.disclosures.receipts import STATE_WORDS, VoucherState, public_receipts, read_receipts, wants_receipts
from villagehub.disclosures.redacted import redactions_of
from villagehub.kernel import clock
from villagehub.kernel.clock import local_day
from villagehub.kernel.period import day_words
from villagehub.public.address import NoSuchPage
from villagehub.public.published import Item, Publication
from villagehub.storage.originals import newest_of

UNSENT = "票据图片没传"
LACKING = "这笔没有票据"


@dataclass(frozen=True, slots=True)
class Shot:
    """One masked picture."""

    path: str
    width: int
    height: int
    gone: str = ""
    """When and why it was redacted; empty: it is there."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What one row has."""

    shots: tuple[Shot, ...] = ()
    words: str = ""
    """Why there is no picture, or where the paper is; empty where the village says nothing of it."""
    lacks: bool = False
    """There is no voucher at all: the one fault."""


NOTHING = Proof()


def proofs_of(session: Session, code: str, publication: Publication) -> dict[int, Proof]:
    """By thing, for the rows of which anything is said; nothing of a publication that is hidden."""
    if publication.hidden:
        return {}
    shots: dict[int, list[Shot]] = {}
    gone = _gone(session, publication.id)
    for place, (thing_id, mask) in enumerate(public_receipts(session, publication.id), start=1):
        path = f"/v/{code}/n/{publication.number}/p/{place}.jpg"
        shots.setdefault(thing_id, []).append(Shot(path, mask.width, mask.height, gone.get(mask.id, "")))
    held = read_receipts(session, publication.id)
    return {
        thing_id: Proof(tuple(shots.get(thing_id, ())), _words(held.states.get(thing_id, "")), thing_id in held.lacking)
        for thing_id in shots.keys() | held.states.keys()
    }


def _gone(session: Session, version_id: int) -> dict[int, str]:
    """When and why a picture was redacted, by its mask."""
    return {
        mask_id: f"已于{day_words(local_day(one.at), beside=clock.today())}依法隐去：{one.words}"
        for one in redactions_of(session, version_id)
        for mask_id in one.masks
    }


def _words(state: str) -> str:
    said = {STATE_WORDS[VoucherState.UNSENT]: UNSENT, STATE_WORDS[VoucherState.NONE]: LACKING}
    return said.get(state, state)


def proof_of(session: Session, code: str, village_id: int, publication: Publication, item: Item) -> Proof:
    """What one row's page says; where the village wants pictures, a payment without one says that it was not sent."""
    found = proofs_of(session, code, publication).get(item.thing_id, NOTHING)
    if found == NOTHING and item.values.get("direction") == "out" and wants_receipts(session, village_id):
        return Proof(words=UNSENT)
    return found


def summed_up(session: Session, village_id: int, items: Sequence[Item], proofs: Mapping[int, Proof]) -> str:
    """What the whole account has of receipts, in one line above its entries, payments and income apart; empty where the
    village says nothing of them.
    """
    agency = STATE_WORDS[VoucherState.AGENCY]
    wanted, counts, numbered = wants_receipts(session, village_id), Counter[tuple[str, str]](), False
    for item in items:
        one, way = proofs.get(item.thing_id, NOTHING), str(item.values.get("direction"))
        if one.shots:
            counts["shots", way] += 1
        elif one.words.startswith(agency) or (one == NOTHING and item.values.get("invoice_kind") == "at_agency"):
            counts["agency", way] += 1
            numbered = numbered or one.words not in ("", agency)
        elif one.words in (UNSENT, LACKING):
            counts[one.words, way] += 1
        elif wanted and way == "out":
            counts[UNSENT, way] += 1
    where = "，点进那一笔看是第几号" if numbered else ""
    said = (
        ("shots", "有图片"),
        ("agency", f"的{agency}{where}"),
        (UNSENT, "图片没传"),
        (LACKING, "没有票据"),
    )
    told = "；".join(
        f"{counts[what, way]} 笔{called}{words}"
        for what, words in said
        for way, called in (("out", "支出"), ("in", "收入"))
        if counts[what, way]
    )
    ask = "想看原件，请到村委会问。" if any(what == "agency" for what, _ in counts) else ""
    return f"这一期的票据：{told}。{ask}" if told else ""


def shot_at(session: Session, publication: Publication, place: int) -> str:
    """The SHA-256 of what is shown at this place of a publication, its picture or the card in its stead; raises NoSuchPage, for
    a hidden one too.
    """
    shots = [] if publication.hidden else public_receipts(session, publication.id)
    if not 1 <= place <= len(shots):
        raise NoSuchPage(what=f"第 {publication.number} 号公开的第 {place} 张票据")
    return newest_of(session, shots[place - 1][1].sha256)
