"""The guards let the real actions through, and stand in plain SQL's way straight afterwards."""

import pytest
from flask import current_app
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.disclosures import actions
from villagehub.disclosures.models import Version
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.scope import Account
from villagehub.kernel.clock import now
from villagehub.kernel.period import Period
from villagehub.places.models import Place
from villagehub.storage import unit_of_work
from villagehub.storage.triggers_guards import FAMILY

ROWS = [
    {"occurred_on": "2026-08-02", "voucher_no": "7", "summary": "收承包费", "direction": "in", "amount": 500000},
    {"occurred_on": "2026-08-09", "voucher_no": "8", "summary": "付修水渠材料款", "direction": "out", "amount": 120000},
]


class Village:
    """Walks a version of the village's finance along the road, each step in a transaction of its own."""

    def __init__(self, county):
        self.county = county
        self.policy = policy_of(current_app.extensions["villagehub"])
        with unit_of_work() as session:
            self.id = session.scalar(select(Place.id).where(Place.code == county.village))
            people = session.scalars(select(Person)).all()
        self.people = {one.login: Actor(one.id, one.name) for one in people}
        self.version_id = 0

    def step(self, verb, who, **more):
        with unit_of_work() as session:
            version = session.get_one(Version, self.version_id)
            return getattr(actions, verb)(session, version, actor=self.people[who], now=now(), **more)

    def open_draft(self):
        account = Account(self.id, "finance", Period.parse("2026Q3"))
        with unit_of_work() as session:
            self.version_id = actions.open_draft(session, account, actor=self.people[self.county.clerk], now=now()).id
        return self.version_id

    def publish(self):
        self.step("submit", self.county.clerk, policy=self.policy)
        for login in (self.county.member, self.county.second_member):
            self.step("vote", login, agrees=True, post="村务监督委员会委员")
        return self.step("publish", self.county.head, policy=self.policy)


@pytest.fixture
def village(app, county):
    with app.app_context():
        yield Village(county)


def refused(sql):
    with pytest.raises(IntegrityError) as caught, unit_of_work() as session:
        session.execute(text(sql))
    assert str(caught.value.orig).startswith(FAMILY)


def test_a_disclosure_is_published_and_corrected_and_its_first_version_stays_sealed(village):
    first = village.open_draft()
    village.step("put_rows", village.county.clerk, rows=[actions.NewRow(one) for one in ROWS], policy=village.policy)
    assert village.publish() == 1
    refused(f"UPDATE version SET closing_fen = 1 WHERE id = {first}")
    second = village.open_draft()
    village.step("correct_row", village.county.clerk, number=2, changes={"amount": 102000}, policy=village.policy)
    village.step("give_reason", village.county.clerk, code="clerical", reason="发票金额抄错，有村民提问后查对")
    refused(f"DELETE FROM version_row WHERE version_id = {first}")
    refused(f"UPDATE version_row SET version_id = {first}, position = 9 WHERE version_id = {second} AND position = 2")
    assert village.publish() == 2
    refused('UPDATE "row" SET amount_fen = 1')
    refused("UPDATE row_face SET rules_version = 2")
    refused("DELETE FROM journal")
    refused("UPDATE log_entry SET leaf_id = 2 WHERE leaf_id = 1")
    refused("DELETE FROM log_entry")


def test_a_draft_is_refilled_and_given_up_beside_a_published_version(village):
    village.open_draft()
    village.step("put_rows", village.county.clerk, rows=[actions.NewRow(one) for one in ROWS], policy=village.policy)
    village.publish()
    village.open_draft()
    fewer = [{**ROWS[0], "amount": 510000}]
    village.step("put_rows", village.county.clerk, rows=[actions.NewRow(one) for one in fewer], policy=village.policy)
    village.step("put_rows", village.county.clerk, rows=[actions.NewRow(one) for one in ROWS], policy=village.policy)
    village.step("abandon", village.county.clerk)
    with unit_of_work() as session:
        assert session.execute(text('SELECT count(*) FROM "row"')).scalar_one() == 2
