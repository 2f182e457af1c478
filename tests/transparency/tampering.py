"""A village whose publications somebody changes by SQL behind the site's back, in twelve ways; what each did is taken back."""

import base64
import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import road
from flask import current_app
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session
from world import COUNTY, NOW

from villagehub.config import Settings
from villagehub.disclosures.face import row_leaf
from villagehub.disclosures.leaf import journal_heads, members_now
from villagehub.disclosures.models import Row, RowFace, Version, VersionFact, VersionRow, Vote
from villagehub.disclosures.receipt_models import ReceiptFile, ReceiptMask, ReceiptPage, VersionReceipt
from villagehub.journal.models import JournalEntry
from villagehub.kernel.canonical import canonical
from villagehub.storage import db, reading, unit_of_work
from villagehub.storage.triggers import drop_triggers, install_triggers
from villagehub.storage.vault import vault_of
from villagehub.transparency.commitments import b64, commitment, fields_root
from villagehub.transparency.models import Leaf, LogEntry, LogHead, LogTree
from villagehub.transparency.ours import bring_up_to_date
from villagehub.transparency.tree import Edge, leaf_hash, root_of


def publish_with_a_receipt(quarter: int, rows: int = 5) -> int:
    """A quarter of invented payments, one of them with a masked picture; returns the version's id."""
    facts = [
        road.entry(f"2026-{quarter * 3:02}-{day:02}", f"第{day}次买路灯配件", 10_000 + day, counterparty="鑫源建材店")
        for day in range(1, rows + 1)
    ]
    version_id = road.fill(facts, of=road.account(period=f"2026Q{quarter}"), opening=500_000 if quarter == 1 else None)
    me = road.person(COUNTY.clerk)
    vault = vault_of(current_app.extensions["villagehub"])
    sent, painted, masked = (vault.keep(f"票据{what}".encode()) for what in ("原件", "重画", "遮好"))
    with unit_of_work() as session:
        version = session.get_one(Version, version_id)
        here, size = {"village_id": version.village_id}, {"width": 30, "height": 40}
        file = ReceiptFile(**here, sha256=sent, name="1.jpg", active=False, sent_by=me.person_id, sent_at=NOW)
        session.add(file)
        session.flush()
        page = ReceiptPage(**here, file_id=file.id, page=1, sha256=painted, **size)
        session.add(page)
        session.flush()
        made = {"boxes": [], "sha256": masked, "sm3": "4" * 64, "size": 9, "made_by": me.person_id, "made_at": NOW}
        mask = ReceiptMask(**here, page_id=page.id, **made, **size)
        session.add(mask)
        session.flush()
        thing = session.scalars(
            select(Row.thing_id)
            .join(VersionRow, VersionRow.row_id == Row.id)
            .where(VersionRow.version_id == version_id)
        ).first()
        session.add(VersionReceipt(**here, version_id=version_id, page_id=page.id, thing_id=thing, mask_id=mask.id))
    road.agree(road.submit(version_id))
    road.publish(version_id)
    return version_id


@contextmanager
def behind_its_back() -> Iterator[Session]:
    """A session in which triggers stop nothing; whatever was done in it is taken back."""
    with db.engine.begin() as connection:
        drop_triggers(connection)
    try:
        with reading() as session:
            yield session
            session.rollback()
    finally:
        with db.engine.begin() as connection:
            install_triggers(connection)


def a_face(session: Session, version_id: int, dice: random.Random) -> RowFace:
    wanted = select(RowFace).join(VersionRow, VersionRow.row_face_id == RowFace.id)
    return dice.choice(session.scalars(wanted.where(VersionRow.version_id == version_id)).all())


def clear(name: str, value: Callable[[random.Random], Any]) -> Callable[[Session, int, random.Random], None]:
    def act(session: Session, version_id: int, dice: random.Random) -> None:
        face = a_face(session, version_id, dice)
        session.execute(update(RowFace).where(RowFace.id == face.id).values(clear={**face.clear, name: value(dice)}))

    return act


def field(part: str, value: Any) -> Callable[[Session, int, random.Random], None]:
    def act(session: Session, version_id: int, dice: random.Random) -> None:
        face = a_face(session, version_id, dice)
        one = {**face.fields["summary"], part: value}
        session.execute(update(RowFace).where(RowFace.id == face.id).values(fields={**face.fields, "summary": one}))

    return act


def links(session: Session, version_id: int) -> list[VersionRow]:
    wanted = select(VersionRow).where(VersionRow.version_id == version_id).order_by(VersionRow.position)
    return list(session.scalars(wanted))


def take_a_row(session: Session, version_id: int, dice: random.Random) -> None:
    gone = dice.choice(links(session, version_id))
    here = VersionRow.version_id == version_id
    session.execute(delete(VersionRow).where(here, VersionRow.position == gone.position))


def add_a_row(session: Session, version_id: int, dice: random.Random) -> None:
    other = session.scalars(select(VersionRow).where(VersionRow.version_id != version_id)).all()
    one = dice.choice(other)
    more = {"row_id": one.row_id, "row_face_id": one.row_face_id, "source_row": 99}
    session.execute(insert(VersionRow).values(version_id=version_id, position=99, **more))


def swap_rows(session: Session, version_id: int, dice: random.Random) -> None:
    one, two = dice.sample(links(session, version_id), 2)
    places = one.position, two.position
    here = VersionRow.version_id == version_id
    for old, new in ((places[0], 98), (places[1], places[0]), (98, places[1])):
        session.execute(update(VersionRow).where(here, VersionRow.position == old).values(position=new))


def change_an_approval(session: Session, version_id: int, dice: random.Random) -> None:
    if dice.random() < 0.5:
        vote = dice.choice(session.scalars(select(Vote).where(Vote.version_id == version_id)).all())
        session.execute(update(Vote).where(Vote.id == vote.id).values(agrees=False))
        return
    wanted = select(VersionFact).where(VersionFact.version_id == version_id, VersionFact.name.startswith("review:"))
    fact = dice.choice(session.scalars(wanted).all())
    session.execute(
        update(VersionFact).where(VersionFact.id == fact.id).values(value={**(fact.value or {}), "name": "钱多"})
    )


def change_a_picture(session: Session, version_id: int, dice: random.Random) -> None:
    mask = session.scalar(select(VersionReceipt.mask_id).where(VersionReceipt.version_id == version_id))
    session.execute(update(ReceiptMask).where(ReceiptMask.id == mask).values(sha256=f"{dice.getrandbits(256):064x}"))


def change_a_total(session: Session, version_id: int, dice: random.Random) -> None:
    closing = dice.randrange(1, 10**9)
    session.execute(update(Version).where(Version.id == version_id).values(closing_fen=closing))


def change_the_leaf(session: Session, version_id: int, dice: random.Random) -> None:
    leaf = session.get_one(Leaf, session.get_one(Version, version_id).leaf_id)
    made = {**json.loads(leaf.body), "rows": dice.randrange(100, 200)}
    body = json.dumps(made, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    session.execute(update(Leaf).where(Leaf.id == leaf.id).values(body=body))


def change_the_journal(session: Session, version_id: int, dice: random.Random) -> None:
    wanted = select(JournalEntry).where(JournalEntry.subject_kind == "version", JournalEntry.subject_id == version_id)
    entry = session.scalars(wanted.order_by(JournalEntry.seq)).first()  # how the draft began: before its publication
    assert entry is not None
    session.execute(update(JournalEntry).where(JournalEntry.id == entry.id).values(actor_name=f"钱{dice.random()}"))


KINDS: dict[str, tuple[Callable[[Session, int, random.Random], None], str]] = {
    "amount": (clear("amount", lambda dice: dice.randrange(1, 9_999)), "行"),
    "date": (clear("occurred_on", lambda dice: f"2025-01-{dice.randrange(10, 29)}"), "行"),
    "text": (field("value", "买了别的"), "行"),
    "delete": (take_a_row, "行"),
    "insert": (add_a_row, "行"),
    "reorder": (swap_rows, "次序"),
    "approval": (change_an_approval, "审核"),
    "attachment": (change_a_picture, "票据"),
    "value": (change_a_total, "合计"),
    "salt": (field("salt", "AAAAAAAAAAAAAAAAAAAAAA=="), "行"),
    "leaf": (change_the_leaf, "封存"),
    "journal": (change_the_journal, "操作记录"),
}
"""Each kind, and a word by which whoever finds it must name it."""


def seal_again(version_id: int) -> None:
    """What somebody who owns database and keys would do next: every commitment, root and hash made anew, so that the
    publication fits its seal again. Triggers must be gone.
    """
    with unit_of_work() as session:
        version = session.get_one(Version, version_id)
        leaf = session.get_one(Leaf, version.leaf_id)
        if leaf_hash(leaf.body) != leaf.hash:  # the leaf itself was changed: it stays as it is now
            session.execute(update(Leaf).where(Leaf.id == leaf.id).values(hash=leaf_hash(leaf.body)))
            return
        wanted = select(RowFace).join(VersionRow, VersionRow.row_face_id == RowFace.id)
        hashes = []
        for face in session.scalars(wanted.where(VersionRow.version_id == version_id).order_by(VersionRow.position)):
            fields = {name: _committed_again(name, one) for name, one in face.fields.items()}
            made = {name: base64.b64decode(one["commitment"]) for name, one in fields.items()}
            hashes.append(leaf_hash(row_leaf(face.clear, made)))
            changed = {"fields": fields, "leaf_hash": hashes[-1]}
            session.execute(update(RowFace).where(RowFace.id == face.id).values(**changed))
        facts = {}
        for fact in session.scalars(select(VersionFact).where(VersionFact.version_id == version_id)):
            facts[fact.name] = fact.commitment
            if fact.salt is not None:
                facts[fact.name] = commitment(fact.salt, fact.name, fact.value)
                again = {"commitment": facts[fact.name]}
                session.execute(update(VersionFact).where(VersionFact.id == fact.id).values(**again))
        roots = {"rows_root": root_of(hashes), "facts_root": fields_root(facts)}
        session.execute(update(Version).where(Version.id == version_id).values(**roots))
        session.expire_all()
        heads = journal_heads(session, version.village_id)
        members = members_now(session, version, rows=len(hashes), heads=heads)
        body = canonical({**members, "village": json.loads(leaf.body)["village"]})
        session.execute(update(Leaf).where(Leaf.id == leaf.id).values(body=body, hash=leaf_hash(body)))


def _committed_again(name: str, one: dict[str, Any]) -> dict[str, Any]:
    if name == "original" or one.get("value") is None:
        return one
    return {**one, "commitment": b64(commitment(base64.b64decode(one["salt"]), name, one["value"]))}


def sign_again(settings: Settings) -> None:
    """And the log after it: every tile, the tree and the signature, with the log's own key."""
    with unit_of_work() as session:
        edge = Edge()
        for hashed in session.scalars(
            select(Leaf.hash).join(LogEntry, LogEntry.leaf_id == Leaf.id).order_by(LogEntry.index)
        ):
            edge.append(hashed)
        session.execute(delete(LogTree))
        session.execute(update(LogHead).values(edge=edge.write()))
    shutil.rmtree(settings.log / "tile")
    (settings.log / "checkpoint").unlink()
    bring_up_to_date(settings, wait=True)
