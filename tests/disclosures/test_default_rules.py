"""Days by which something must be public come with the program, and never ask for what ended before it could be published."""

from datetime import date

import road
from flask import Flask
from sqlalchemy import delete, select
from world import County

from villagehub.disclosures.due import LONG_AGO, ensure_default_rules
from villagehub.disclosures.models import DueRule
from villagehub.places.queries import read_village
from villagehub.public.home import late_periods
from villagehub.sections import judged_sections
from villagehub.storage import reading, unit_of_work

POWER = {"power_no": "QL-1", "power": "使用公章", "category": "seal", "body": "村民委员会", "steps": "登记；盖章"}


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


NEW = ("resources", "debts", "powers")


def late(village: str, day: date) -> dict[str, str]:
    """What the village's home page says of each section, by the section's name."""
    with reading() as session:
        return {
            name: one.words for name, one in late_periods(session, read_village(session, village).id, today=day).items()
        }


def test_resources_debts_and_powers_are_asked_for_from_the_first_period_that_ends_here(
    app: Flask, county: County
) -> None:
    with app.app_context():
        with unit_of_work() as session:
            session.execute(delete(DueRule).where(DueRule.section.in_(NEW)))
            ensure_default_rules(session, since=date(2026, 11, 25))
        assert not late(county.village, date(2027, 1, 15)).keys() & set(NEW), "2025 and the third quarter ended before"
        assert late(county.village, date(2027, 1, 16))["debts"] == "2026年第四季度的债权债务应于1月15日公开"
        said = late(county.village, date(2027, 2, 1))
        assert said["resources"] == "2026年的集体资源应于1月31日公开"
        assert said["powers"] == "2026年的小微权力清单应于1月31日公开"
        assert not said.keys() & {"contracts", "statements", "guides"}, "no day is named for these"
        road.published((POWER,), of=road.account("powers", "2026"), opening=None)
        assert "powers" not in late(county.village, date(2027, 2, 1))
