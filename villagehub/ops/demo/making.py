"""Makes the county once: places, accounts, every step of the diary, all pages, the papers for whoever tries it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import click
from flask import Flask
from sqlalchemy import create_engine, func, select

from villagehub.config import Settings
from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.due import LONG_AGO, PAST, ensure_default_rules
from villagehub.holidays.calendars import keep_days
from villagehub.kernel import clock
from villagehub.ops.demo import folder, stories
from villagehub.ops.demo.calendar import holidays
from villagehub.ops.demo.diary import Diary
from villagehub.ops.demo.handing_out import hand_out
from villagehub.ops.demo.names import COUNTY_CODE, COUNTY_NAME, VILLAGES
from villagehub.ops.demo.people import accounts_of, accounts_text, open_accounts, write_secret
from villagehub.ops.demo.plan import SEED, late_ledger, write_diary
from villagehub.ops.demo.posters import hang_poster, poster_path
from villagehub.ops.demo.road import Walker, settle_places
from villagehub.ops.demo.villages import DemoVillage, make_villages
from villagehub.ops.installing import prepare
from villagehub.storage import db, migrate, reading, unit_of_work
from villagehub.storage.tables import PageDirty

PAGES_COUNT_AS: Final = 60
"""How many steps of the progress bar the building of all pages is worth, by time."""
BEFORE: Final = timedelta(days=30)
"""Accounts were opened so long before the first file came."""


@dataclass(frozen=True, slots=True)
class Tale:
    """What is to be made: villages, their diary, and from what it follows."""

    villages: list[DemoVillage]
    diary: Diary
    seed: int
    today: date


def tell(today: date, *, villages: int = len(VILLAGES), seed: int = SEED) -> Tale:
    """The tale of the first ``villages`` villages up to yesterday. Pure."""
    made = make_villages(seed, villages)
    return Tale(made, write_diary(made, today), seed, today)


def make_county(app: Flask, settings: Settings, tale: Tale, tick: Callable[[int], object]) -> None:
    """Fills an empty, migrated database; ``tick`` is told how many parts of ``parts_of`` are done. Writes accounts.txt."""
    accounts, begins = accounts_of(tale.villages, tale.seed), tale.diary.begins - BEFORE
    with app.app_context():
        with unit_of_work() as session:
            settle_places(session, tale.villages, (COUNTY_CODE, COUNTY_NAME), now=begins)
            ensure_default_rules(session, since=LONG_AGO, of=PAST)
            ensure_default_rules(session, since=tale.today)
            keep_days(session, holidays(tale.today))
            passwords = open_accounts(session, accounts, now=begins, tick=lambda: tick(1))
        write_secret(settings.instance / folder.ACCOUNTS_FILE, accounts_text(accounts, passwords))
        Walker(tale.diary, settings).walk(lambda: tick(1))
        build_pages()
        tick(PAGES_COUNT_AS)


def parts_of(tale: Tale) -> int:
    """How long the progress bar is."""
    return len(accounts_of(tale.villages, tale.seed)) + len(tale.diary.steps) + PAGES_COUNT_AS


def build_pages() -> None:
    """Builds all marked pages, by the hook that runs after every publication. Raises RuntimeError when some stay marked."""
    run_after_publish()
    with reading() as session:
        left = session.scalar(select(func.count()).select_from(PageDirty)) or 0
    if left:
        raise RuntimeError(f"{left} marks of dirty pages are left after building")


def make_demo(settings: Settings, today: date, make_app: Callable[[], Flask]) -> None:
    """Makes the whole demo in its folder, with a progress bar; what an earlier unfinished making left is swept away.

    ``make_app`` gives the application for these settings; it is called when keys and database stand.
    """
    instance = settings.instance
    folder.write_state(instance, folder.BUILDING)
    folder.sweep(instance)
    prepare(settings)
    tale = tell(today)
    app = make_app()
    with click.progressbar(length=parts_of(tale), label="造演示数据", show_pos=False) as bar:
        make_county(app, settings, tale, bar.update)
    hang_poster(app, settings, first_village(), now=clock.now())
    hand_out(app, settings, first_village(), now=clock.now())
    name, raw = late_ledger(tale.villages[stories.TO_UPLOAD], today)
    (instance / f"{folder.LEDGER_BEFORE}{name}").write_bytes(raw)
    _close(app)
    folder.write_state(instance, folder.READY, seed=tale.seed, today=today.isoformat(), poster=settings.base_url)


def bring_up_to_date(settings: Settings, make_app: Callable[[], Flask]) -> None:
    """Takes a finished demo along: to a newer program's tables, and its papers to a changed address, or where they lack.
    Else touches nothing.
    """
    engine = create_engine(settings.database_url)
    try:
        held = migrate.current(engine)
    finally:
        engine.dispose()
    if held != migrate.head():
        prepare(settings)
    facts = folder.facts_of(settings.instance)
    village = first_village()
    given = (settings.instance / folder.CODES_FILE).is_file()  # a demo of an earlier program has no such list
    if given and facts.get("poster") == settings.base_url and poster_path(settings, village).is_file():
        return
    app = make_app()
    hang_poster(app, settings, village, now=clock.now())
    hand_out(app, settings, village, now=clock.now())
    _close(app)
    folder.write_state(settings.instance, folder.READY, **{**facts, "poster": settings.base_url})


def _close(app: Flask) -> None:
    """Puts everything into the database's one file and lets it go."""
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


def first_village() -> DemoVillage:
    """The village whose addresses are printed."""
    return make_villages(SEED, 1)[0]
