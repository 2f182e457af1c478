"""The index of what villagers may search: one entry per published row that is shown now, with its tokens beside it.

FTS5 on SQLite, a tsvector under GIN on PostgreSQL (decision 15). The village is a token too, so that one village's question
never walks through another's rows. Entries are neither sealed nor proof of anything: they are made anew from the faces, and
whoever takes something off the pages takes it out of here in the same transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Index, String, bindparam, delete, event, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from villagehub.kernel.search_words import Question
from villagehub.storage.base import Base, PrimaryKey

TOKENS: Final = "search_text"
"""The table of tokens, by the entry's id. Made by the migration: no model can say it on both engines."""
BATCH: Final = 500


class SearchEntry(Base):
    """A row that can be found, in the version that shows it."""

    __tablename__ = "search_entry"
    __table_args__ = (Index("ix_search_entry_village_version", "village_id", "version_id"),)

    id: Mapped[PrimaryKey]
    village_id: Mapped[int]
    version_id: Mapped[int]
    position: Mapped[int]
    rules: Mapped[str] = mapped_column(String(8))
    """Under which cut into tokens it was made; another one is made anew."""


RULES: Final = "5"
AFTER_LAST_DAY: Final = f"{RULES}d"
"""What an entry is made under once only a part of its row is still shown: one made before answers by the rest, too."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be kept of one row."""

    position: int
    tokens: frozenset[str]


def create_tokens(connection: Connection) -> None:
    """The table of tokens on this engine, for the migration."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE {TOKENS} USING fts5(tokens, detail=none, columnsize=0, tokenize='ascii')"
        )
        return
    connection.exec_driver_sql(f"CREATE TABLE {TOKENS} (rowid bigint PRIMARY KEY, tokens tsvector NOT NULL)")
    connection.exec_driver_sql(f"CREATE INDEX ix_{TOKENS}_tokens ON {TOKENS} USING gin (tokens)")


@event.listens_for(SearchEntry.__table__, "after_create")
def _with_tokens(_table: object, connection: Connection, **_more: object) -> None:
    create_tokens(connection)


def indexed_versions(session: Session, village_id: int, *, under: str | None = RULES) -> set[int]:
    """The versions of the village that are in the index under today's rules; under whichever with None."""
    wanted = select(SearchEntry.version_id).where(SearchEntry.village_id == village_id)
    if under is not None:
        wanted = wanted.where(SearchEntry.rules == under)
    return set(session.scalars(wanted.distinct()))


def villages_cut_otherwise(session: Session) -> list[int]:
    """Villages of whose rows an older release left something in the index."""
    wanted = select(SearchEntry.village_id).where(SearchEntry.rules.not_in((RULES, AFTER_LAST_DAY))).distinct()
    return sorted(session.scalars(wanted))


def forget_other_cuts(session: Session, village_id: int) -> int:
    """Takes out what an older release put in; returns how many entries went."""
    old = (SearchEntry.village_id == village_id, SearchEntry.rules.not_in((RULES, AFTER_LAST_DAY)))
    return _forget(session, session.scalars(select(SearchEntry.id).where(*old)).all())


def put_version(
    session: Session, village_id: int, version_id: int, entries: Iterable[Entry], *, rules: str = RULES
) -> int:
    """Adds the rows of a version, which must not be in yet under these rules; what others left of it goes: returns how many."""
    gone = forget_versions(session, village_id, [version_id])
    sqlite = session.get_bind().dialect.name == "sqlite"
    kept = list(entries)
    for start in range(0, len(kept), BATCH):
        part = kept[start : start + BATCH]
        rows = [
            {"village_id": village_id, "version_id": version_id, "position": one.position, "rules": rules}
            for one in part
        ]
        made = insert(SearchEntry).returning(SearchEntry.id, sort_by_parameter_order=True)
        ids = session.scalars(made, rows).all()
        statement = (
            f"INSERT INTO {TOKENS} (rowid, tokens) VALUES (:id, :tokens)"
            if sqlite
            else f"INSERT INTO {TOKENS} (rowid, tokens) VALUES (:id, array_to_tsvector(:tokens))"
        )
        session.execute(
            text(statement),
            [
                {"id": entry_id, "tokens": " ".join(words) if sqlite else words}
                for entry_id, one in zip(ids, part, strict=True)
                if (words := sorted({*one.tokens, f"v{village_id}"}))
            ],
        )
    return gone


def forget_versions(session: Session, village_id: int, version_ids: Iterable[int]) -> int:
    """Takes the rows of these versions out at once; returns how many entries went."""
    return sum(
        _forget(
            session,
            session.scalars(
                select(SearchEntry.id).where(SearchEntry.village_id == village_id, SearchEntry.version_id == version_id)
            ).all(),
        )
        for version_id in sorted(set(version_ids))
    )


def forget_positions(session: Session, places: Iterable[tuple[int, int]]) -> int:
    """Takes single rows out, each given as (version, position): after an erasure."""
    return sum(
        _forget(
            session,
            session.scalars(
                select(SearchEntry.id).where(SearchEntry.version_id == version_id, SearchEntry.position == position)
            ).all(),
        )
        for version_id, position in places
    )


def _forget(session: Session, ids: Sequence[int]) -> int:
    for start in range(0, len(ids), BATCH):
        part = list(ids[start : start + BATCH])
        gone = text(f"DELETE FROM {TOKENS} WHERE rowid IN :ids").bindparams(bindparam("ids", expanding=True))
        session.execute(gone, {"ids": part})
        session.execute(delete(SearchEntry).where(SearchEntry.id.in_(part)))
    return len(ids)


def find(session: Session, village_id: int, question: Question) -> list[tuple[int, int]]:
    """The rows that answer the question, as (version, position), in no order; none for the empty question."""
    if not question:
        return []
    sqlite = session.get_bind().dialect.name == "sqlite"
    condition = f"{TOKENS} MATCH :asked" if sqlite else "tokens @@ CAST(:asked AS tsquery)"
    found = session.execute(
        text(
            "SELECT e.version_id, e.position FROM search_entry e"
            f" JOIN {TOKENS} ON {TOKENS}.rowid = e.id WHERE {condition} AND e.village_id = :village"
        ),
        {"asked": (_for_sqlite if sqlite else _for_postgres)(village_id, question), "village": village_id},
    )
    return [(version_id, position) for version_id, position in found]


def purge_freed(connection: Connection) -> None:
    """After an erasure on SQLite: FTS5 keeps what was deleted in its older segments until they are merged."""
    connection.exec_driver_sql(f"INSERT INTO {TOKENS} ({TOKENS}) VALUES ('optimize')")


def _for_sqlite(village_id: int, question: Question) -> str:
    """FTS5's expression; tokens are letters and digits, so quoting them is all there is to it."""
    words = [
        "(" + " OR ".join("(" + " AND ".join(_quoted(one.tokens, one.prefix)) + ")" for one in ways) + ")"
        for ways in question
    ]
    return " AND ".join([f'"v{village_id}"', *words])


def _quoted(tokens: Iterable[str], prefix: str) -> list[str]:
    return [*(f'"{one}"' for one in tokens), *([f'"{prefix}"*'] if prefix else [])]


def _for_postgres(village_id: int, question: Question) -> str:
    words = [
        "(" + " | ".join("(" + " & ".join(_for_tsquery(one.tokens, one.prefix)) + ")" for one in ways) + ")"
        for ways in question
    ]
    return " & ".join([f"'v{village_id}'", *words])


def _for_tsquery(tokens: Iterable[str], prefix: str) -> list[str]:
    return [*(f"'{one}'" for one in tokens), *([f"'{prefix}':*"] if prefix else [])]
