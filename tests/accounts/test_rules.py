"""Who may do what, read from the table; who may be appointed to what."""

from dataclasses import dataclass

import pytest

from villagehub.accounts.actor import Actor, Post
from villagehub.accounts.roles import ROLE_LEVELS, ROLE_WORDS, Role, post_words
from villagehub.accounts.rules import (
    PERMISSION_WORDS,
    TABLE,
    ConflictingPost,
    NeedsSignIn,
    Permission,
    WrongLevel,
    permission_table,
    why_not,
    why_not_anywhere,
    why_not_appoint,
)
from villagehub.kernel.refused import NotAllowed, NotFound


@dataclass(frozen=True)
class Village:
    id: int
    township_id: int = 10
    county_id: int = 1


HERE, NEXT_DOOR, FAR = Village(100), Village(101), Village(200, township_id=20)


def person(*posts: Post) -> Actor:
    return Actor(7, "赵庆", posts)


def test_a_clerk_uploads_at_home_and_nowhere_else() -> None:
    clerk = person(Post(Role.CLERK, HERE.id))
    assert why_not(clerk, Permission.UPLOAD, HERE) is None
    assert isinstance(why_not(clerk, Permission.UPLOAD, NEXT_DOOR), NotFound)


def test_another_village_looks_as_if_it_were_not_there_but_a_missing_right_is_said() -> None:
    member = person(Post(Role.COMMITTEE_MEMBER, HERE.id))
    refusal = why_not(member, Permission.PUBLISH, HERE)
    assert isinstance(refusal, NotAllowed)
    assert "公开" in refusal.sentence
    assert isinstance(why_not(member, Permission.PUBLISH, FAR), NotFound)


def test_a_township_reads_all_its_villages_and_no_others() -> None:
    supervisor = person(Post(Role.TOWNSHIP_SUPERVISOR, 10))
    assert why_not(supervisor, Permission.READ_STAFF, HERE) is None
    assert why_not(supervisor, Permission.READ_STAFF, NEXT_DOOR) is None
    assert isinstance(why_not(supervisor, Permission.READ_STAFF, FAR), NotFound)
    assert isinstance(why_not(supervisor, Permission.PUBLISH, HERE), NotAllowed)
    assert why_not(person(Post(Role.COUNTY, 1)), Permission.READ_STAFF, FAR) is None


def test_an_administrator_manages_accounts_and_sees_no_books() -> None:
    administrator = person(Post(Role.ADMINISTRATOR, None))
    assert why_not(administrator, Permission.MANAGE_ACCOUNTS, FAR) is None
    assert isinstance(why_not(administrator, Permission.READ_STAFF, HERE), NotAllowed)


def test_one_person_may_serve_two_villages_in_different_posts() -> None:
    both = person(Post(Role.CLERK, HERE.id), Post(Role.COMMITTEE_MEMBER, NEXT_DOOR.id))
    assert why_not(both, Permission.UPLOAD, HERE) is None
    assert isinstance(why_not(both, Permission.UPLOAD, NEXT_DOOR), NotAllowed)
    assert why_not(both, Permission.REVIEW, NEXT_DOOR) is None


def test_a_post_for_the_collectives_books_does_not_reach_the_committees() -> None:
    bookkeeper = person(Post(Role.CLERK, HERE.id, "collective"))
    assert why_not(bookkeeper, Permission.UPLOAD, HERE, entity="collective") is None
    assert isinstance(why_not(bookkeeper, Permission.UPLOAD, HERE, entity="committee"), NotAllowed)
    assert why_not(person(Post(Role.CLERK, HERE.id)), Permission.UPLOAD, HERE, entity="collective") is None


def test_nobody_and_a_person_without_a_post_are_turned_away() -> None:
    assert isinstance(why_not(None, Permission.READ_STAFF, HERE), NeedsSignIn)
    assert isinstance(why_not(person(), Permission.READ_STAFF, HERE), NotFound)
    assert isinstance(why_not_anywhere(None, Permission.UPLOAD), NeedsSignIn)
    assert isinstance(why_not_anywhere(person(), Permission.UPLOAD), NotAllowed)
    assert why_not_anywhere(person(Post(Role.CLERK, FAR.id)), Permission.UPLOAD) is None


def test_the_setting_moves_publishing_from_the_head_to_the_chair() -> None:
    head, chair = person(Post(Role.VILLAGE_HEAD, HERE.id)), person(Post(Role.COMMITTEE_CHAIR, HERE.id))
    assert why_not(head, Permission.PUBLISH, HERE) is None
    assert why_not(chair, Permission.PUBLISH, HERE) is not None
    by_chair = permission_table("chair")
    assert why_not(chair, Permission.PUBLISH, HERE, table=by_chair) is None
    assert why_not(head, Permission.PUBLISH, HERE, table=by_chair) is not None


def test_the_table_is_complete_and_every_permission_has_words() -> None:
    assert set(TABLE) == set(Permission) == set(PERMISSION_WORDS)
    assert set(ROLE_WORDS) == set(ROLE_LEVELS) == set(Role)
    assert all(TABLE.values())


def test_nobody_who_writes_the_books_also_reviews_or_publishes_them() -> None:
    for publish_by in ("head", "chair"):
        table = permission_table(publish_by)
        assert not set(table[Permission.UPLOAD]) & set(table[Permission.REVIEW])
        assert not set(table[Permission.UPLOAD]) & set(table[Permission.PUBLISH])
    assert not {Role.TOWNSHIP_SUPERVISOR, Role.AUDITOR, Role.COUNTY, Role.ADMINISTRATOR} & set(
        TABLE[Permission.UPLOAD] + TABLE[Permission.REVIEW] + TABLE[Permission.PUBLISH]  # type: ignore[operator]
    )


@pytest.mark.parametrize(
    ("role", "level"),
    [(Role.CLERK, "township"), (Role.COUNTY, "village"), (Role.ADMINISTRATOR, "county"), (Role.CLERK, None)],
)
def test_a_role_is_held_at_its_own_level_of_place(role: Role, level: str | None) -> None:
    refusal = why_not_appoint("赵庆", role, level=level, place_name="某地", held_here=[])
    assert isinstance(refusal, WrongLevel)
    assert ROLE_WORDS[role] in refusal.sentence


@pytest.mark.parametrize("working", [Role.CLERK, Role.VILLAGE_HEAD])
@pytest.mark.parametrize("reviewing", [Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR])
def test_the_reviewing_body_and_the_working_posts_are_kept_apart(working: Role, reviewing: Role) -> None:
    for wanted, held in ((working, reviewing), (reviewing, working)):
        refusal = why_not_appoint("赵庆", wanted, level="village", place_name="青石沟村", held_here=[held])
        assert isinstance(refusal, ConflictingPost)


def test_a_member_may_become_chair_of_the_same_committee() -> None:
    held = [Role.COMMITTEE_MEMBER]
    assert why_not_appoint("孙立", Role.COMMITTEE_CHAIR, level="village", place_name="青石沟村", held_here=held) is None


def test_the_same_post_has_another_name_in_the_collective() -> None:
    assert post_words(Role.COMMITTEE_MEMBER) == "村务监督委员会成员"
    assert post_words(Role.COMMITTEE_MEMBER, "collective") == "监事会成员"
    assert post_words(Role.CLERK, "collective") == "报账员"
