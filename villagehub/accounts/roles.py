"""Roles, the level of place each is held at, and what a post is called."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person can be appointed as."""

    CLERK = "clerk"
    COMMITTEE_MEMBER = "committee_member"
    COMMITTEE_CHAIR = "committee_chair"
    VILLAGE_HEAD = "village_head"
    TOWNSHIP_SUPERVISOR = "township_supervisor"
    AUDITOR = "auditor"
    COUNTY = "county"
    ADMINISTRATOR = "administrator"


ROLE_WORDS: Final = {
    Role.CLERK: "报账员",
    Role.COMMITTEE_MEMBER: "村务监督委员会成员",
    Role.COMMITTEE_CHAIR: "村务监督委员会主任",
    Role.VILLAGE_HEAD: "村委会主任",
    Role.TOWNSHIP_SUPERVISOR: "镇监督员",
    Role.AUDITOR: "审计员（只看）",
    Role.COUNTY: "县主管部门",
    Role.ADMINISTRATOR: "系统管理员",
}

_BOARD_WORDS: Final = {
    Role.COMMITTEE_MEMBER: "监事会成员",
    Role.COMMITTEE_CHAIR: "监事会主席",
    Role.VILLAGE_HEAD: "理事长",
}
"""The same posts in the village's collective (集体经济组织)."""

ROLE_LEVELS: Final[dict[Role, tuple[str, ...]]] = {
    Role.CLERK: ("village",),
    Role.COMMITTEE_MEMBER: ("village",),
    Role.COMMITTEE_CHAIR: ("village",),
    Role.VILLAGE_HEAD: ("village",),
    Role.TOWNSHIP_SUPERVISOR: ("township",),
    Role.AUDITOR: ("township", "county"),
    Role.COUNTY: ("county",),
    Role.ADMINISTRATOR: (),
}
"""Levels of place at which a role is held; none: the whole installation."""

REVIEWERS: Final = frozenset({Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR})
"""Roles of the reviewing body; nobody holds one of them beside a working post in the same village."""

WORKERS: Final = frozenset({Role.CLERK, Role.VILLAGE_HEAD})
"""Roles that write or publish a village's books."""


def post_words(role: Role, entity: str = "") -> str:
    """What the post is called in Chinese: ``村务监督委员会成员``, for the collective ``监事会成员``."""
    if entity == "collective" and role in _BOARD_WORDS:
        return _BOARD_WORDS[role]
    return ROLE_WORDS[role]
