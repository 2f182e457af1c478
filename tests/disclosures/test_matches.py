"""Numbers of people that stood beside a row are kept as HMACs only, and stay with it when the row is corrected on a page."""

import road
from flask import Flask
from sqlalchemy import select
from world import NOW, County

from villagehub.disclosures import actions
from villagehub.disclosures.incoming import NewRow
from villagehub.disclosures.models import RowMatch, VersionRow
from villagehub.storage import reading, unit_of_work


def test_a_corrected_row_can_still_be_compared(app: Flask, county: County) -> None:
    with app.app_context():
        me, wanted = road.hand(county.clerk), road.account()
        by = {"actor": me.actor, "policy": me.policy, "now": NOW}
        with unit_of_work() as session:
            draft = actions.open_draft(session, wanted, actor=me.actor, now=NOW)
            rows = [NewRow(one, matches=(("card", "6222000000000000"),)) for one in road.THREE]
            numbers = actions.put_rows(session, draft, rows, **by).numbers
        with reading() as session:
            before = {(one.kind, one.hmac) for one in session.scalars(select(RowMatch))}
        with unit_of_work() as session:
            draft = session.merge(draft)
            assert actions.correct_row(
                session, draft, numbers[0], {"summary": "鱼塘租金，上半年"}, confirmed=True, **by
            )
        with reading() as session:
            linked = set(session.scalars(select(VersionRow.row_id)))
            held = session.scalars(select(RowMatch)).all()
            assert {one.row_id for one in held} == linked
            assert {(one.kind, one.hmac) for one in held} == before
