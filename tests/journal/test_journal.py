"""The journal is one chain per village; whoever changes or adds an entry behind its back is found out."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from villagehub.journal import Event, chain_head, first_break, record
from villagehub.journal.models import JournalEntry
from villagehub.kernel.canonical import NotCanonical
from villagehub.storage import reading, unit_of_work

NOW = datetime(2026, 11, 23, 2, 0, 0, 123456, tzinfo=UTC)


def write(village_id: int, *, minutes: int = 0, detail: dict[str, object] | None = None) -> None:
    with unit_of_work() as session:
        record(
            session,
            Event.VERSION_DRAFTED,
            village_id=village_id,
            actor_id=7,
            actor_name="赵庆\n",
            channel="web",
            subject_kind="version",
            subject_id=3,
            detail=detail,
            now=NOW + timedelta(minutes=minutes),
        )


def test_each_village_counts_its_own_entries_and_they_hang_together(app: Flask) -> None:
    with app.app_context():
        for village_id in (1, 0, 1, 2, 1):
            write(village_id, detail={"title": "2026年第三季度财务收支", "rows": 47, "agrees": True})
        with reading() as session:
            numbers = session.execute(select(JournalEntry.village_id, JournalEntry.seq).order_by(JournalEntry.id)).all()
            assert [tuple(one) for one in numbers] == [(1, 1), (0, 1), (1, 2), (2, 1), (1, 3)]
            assert [first_break(session, village_id) for village_id in (0, 1, 2)] == [None, None, None]
            entry = session.scalars(select(JournalEntry)).first()
            assert entry is not None
            assert (entry.at, entry.actor_name) == (NOW, "赵庆")


def test_the_head_is_what_a_leaf_can_name(app: Flask) -> None:
    with app.app_context():
        with reading() as session:
            assert chain_head(session, 1) == bytes(32)
        write(1)
        with reading() as session:
            first = chain_head(session, 1)
        write(1)
        with reading() as session:
            assert chain_head(session, 1) not in (first, bytes(32))
            entries = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).all()
            assert entries[1].prev_hash == first


def test_an_entry_put_in_by_hand_is_possible_and_found(app: Flask) -> None:
    with app.app_context():
        write(1)
        with unit_of_work() as session:
            forged = insert(JournalEntry).values(
                village_id=1,
                seq=2,
                at=NOW,
                event="vote_cast",
                actor_name="孙立",
                channel="web",
                subject_kind="version",
                detail={},
                prev_hash=bytes(32),
                hash=b"x" * 32,
            )
            session.execute(forged)
        write(1)
        with reading() as session:
            assert first_break(session, 1) == 2
            assert [one.seq for one in session.scalars(select(JournalEntry).order_by(JournalEntry.seq))] == [1, 2, 3]


def test_entries_cannot_be_changed_or_deleted(app: Flask) -> None:
    with app.app_context():
        write(1)
        for statement in ("UPDATE journal SET actor_name = 'x'", "DELETE FROM journal"):
            with pytest.raises(Exception, match="操作记录"), unit_of_work() as session:
                session.execute(text(statement))


def test_what_has_no_single_form_does_not_enter(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(NotCanonical):
            write(1, detail={"amount": 1.5})
        with reading() as session:
            assert session.scalars(select(JournalEntry)).all() == []


def test_writers_at_the_same_moment_queue_at_the_village(app: Flask) -> None:
    faults: list[BaseException] = []

    def work() -> None:
        try:
            with app.app_context():
                for _ in range(5):
                    write(1)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    with app.app_context(), reading() as session:
        assert first_break(session, 1) is None
        assert len(session.scalars(select(JournalEntry.id)).all()) == 20
