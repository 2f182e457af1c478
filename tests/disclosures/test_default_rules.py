"""Days by which something must be public come with the program, and never ask for what ended before it could be published."""

from datetime import date

from flask import Flask
from sqlalchemy import delete, select

from villagehub.disclosures.due import LONG_AGO, ensure_default_rules
from villagehub.disclosures.models import DueRule
from villagehub.sections import judged_sections
from villagehub.storage import reading, unit_of_work


def rules() -> dict[str, set[date]]:
    found: dict[str, set[date]] = {}
    with reading() as session:
        for one in session.scalars(select(DueRule)):
            found.setdefault(one.section, set()).add(one.valid_from)
    return found


def test_a_section_that_gains_a_day_is_asked_for_from_the_upgrade_on_and_the_others_stay(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            ensure_default_rules(session, since=LONG_AGO)
        before = rules()
        assert set(before) == {one.name for one in judged_sections()}
        with unit_of_work() as session:  # as an installation stands whose program did not know of this section's day
            session.execute(delete(DueRule).where(DueRule.section == "assets"))
        with unit_of_work() as session:
            ensure_default_rules(session, since=date(2026, 11, 25))
        with unit_of_work() as session:
            ensure_default_rules(session, since=date(2026, 12, 1))
        assert rules() == {**before, "assets": {date(2026, 11, 25)}}
