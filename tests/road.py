"""The road of a disclosure as tests walk it: by the verbs of ``office``, each as one person of the invented county.

Needs an application context and the settled county. Rows are invented.
"""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select
from world import COUNTY, NOW

from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.accounts.queries import actor_of
from villagehub.disclosures import actions, office
from villagehub.disclosures.filling import Changes
from villagehub.disclosures.incoming import NewRow
from villagehub.disclosures.models import Version
from villagehub.disclosures.policy import Policy, policy_of
from villagehub.disclosures.scope import Account
from villagehub.kernel.period import Period
from villagehub.places.queries import read_village
from villagehub.sections.base import Balances, Facts
from villagehub.storage import reading, unit_of_work

SHA = "a" * 64


def entry(day: str, summary: str, fen: int, direction: str = "out", **more: Any) -> Facts:
    """One finance row."""
    facts = {"occurred_on": day, "summary": summary, "direction": direction, "amount": fen, **more}
    return {name: value for name, value in facts.items() if value is not None}


RENT = entry("2026-07-05", "鱼塘租金", 1_200_000, "in", voucher_no="101", category="in_lease", counterparty="孙长林")
CANAL = entry(
    "2026-07-12", "村东水渠清淤人工费", 1_160_000, voucher_no="107", category="out_public", counterparty="李大山"
)
LAMPS = entry(
    "2026-09-12",
    "购路灯配件",
    84_000,
    voucher_no="112",
    category="out_public",
    counterparty="鑫源建材店",
    witness="何山",
)
THREE = (RENT, CANAL, LAMPS)


def person(login: str) -> Actor:
    """The person with this login, with the posts held on the day of the tests."""
    with reading() as session:
        found = session.scalar(select(Person).where(Person.login == login))
        assert found, login
        return actor_of(session, found, now=NOW)


def policy() -> Policy:
    """The policy of the application under test."""
    return policy_of(current_app.extensions["villagehub"])


def hand(login: str, *, seen: int | None = None) -> office.Hand:
    """That person's hand, now."""
    return office.Hand(person(login), policy(), NOW, seen)


def account(section: str = "finance", period: str = "2026Q3", code: str = COUNTY.village, **more: str) -> Account:
    """A disclosure's six words; the village by its code."""
    with reading() as session:
        return Account(read_village(session, code).id, section, Period.parse(period), **more)


def fill(
    rows: Sequence[Facts] = THREE,
    *,
    of: Account | None = None,
    by: str = COUNTY.clerk,
    opening: int | None = 500_000,
    sha: str = SHA,
    first_row: int = 5,
) -> int:
    """Puts rows into the account's draft, as an accepted upload does; returns the version's id."""
    version_id, _ = fill_and_compare(rows, of=of, by=by, opening=opening, sha=sha, first_row=first_row)
    return version_id


def fill_and_compare(
    rows: Sequence[Facts],
    *,
    of: Account | None = None,
    by: str = COUNTY.clerk,
    opening: int | None = 500_000,
    sha: str = SHA,
    first_row: int = 5,
) -> tuple[int, Changes]:
    """The same, with what the filling changed."""
    me, wanted = hand(by), of or account()
    with unit_of_work() as session:
        version = actions.open_draft(session, wanted, actor=me.actor, now=NOW)
        changes = actions.put_rows(
            session,
            version,
            [NewRow(facts, "Sheet1", first_row + index) for index, facts in enumerate(rows)],
            balances=Balances(opening_fen=opening),
            source_sha256=sha,
            actor=me.actor,
            policy=me.policy,
            now=NOW,
        )
        return version.id, changes


def submit(version_id: int, by: str = COUNTY.clerk) -> int:
    """Hands the draft to the committee."""
    with unit_of_work() as session:
        office.submit_version(session, version_id, hand(by))
    return version_id


def agree(version_id: int, *logins: str) -> int:
    """These reviewers sign; by default two of the committee."""
    for login in logins or (COUNTY.member, COUNTY.second_member):
        me = hand(login)
        with unit_of_work() as session:
            office.cast_vote(session, version_id, me, agrees=True)
    return version_id


def publish(version_id: int, by: str = COUNTY.head) -> int:
    """The village head publishes; returns the publication's number."""
    me = hand(by)
    with unit_of_work() as session:
        office.publish_version(session, version_id, me)
    return number_of(version_id)


def published(rows: Sequence[Facts] = THREE, *, of: Account | None = None, opening: int | None = 500_000) -> int:
    """The whole road at once; returns the version's id."""
    version_id = agree(submit(fill(rows, of=of, opening=opening)))
    publish(version_id)
    return version_id


def correct(
    number: int, *, code: str = "clerical", reason: str = "发票金额抄错，村民提问后查对", by: str = COUNTY.clerk
) -> int:
    """Opens the draft that corrects 第 N 号公开; returns its id."""
    me = hand(by)
    with unit_of_work() as session:
        village = read_village(session, COUNTY.village)
        return office.start_correction(session, village, number, me, code=code, reason=reason).id


def change_row(version_id: int, number: int, *, confirmed: bool = False, by: str = COUNTY.clerk, **typed: str) -> None:
    """Corrects one row as typed."""
    me = hand(by)
    with unit_of_work() as session:
        office.change_row(session, version_id, number, me, typed, confirmed=confirmed)


def version(version_id: int) -> Version:
    """The version as it stands."""
    with reading() as session:
        found = session.get_one(Version, version_id)
        assert found.disclosure
        return found


def number_of(version_id: int) -> int:
    """The publication's number."""
    number = version(version_id).number
    assert number is not None
    return number
