"""The permission table, and the few rules on appointments. Pure; the one place that says who may do what.

Reading: a permission is held through an appointment whose role stands in the permission's line and whose place is the
village itself or something that the village lies in. Outside one's places everything looks as if it were not there (404).
Author, reviewer and publisher of one version are kept apart by the rules of disclosures, not here.
"""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Final, Protocol

from villagehub.accounts.actor import Actor, Post
from villagehub.accounts.roles import REVIEWERS, ROLE_LEVELS, ROLE_WORDS, WORKERS, Role
from villagehub.kernel.refused import NotAllowed, NotFound, Refused


class Permission(StrEnum):
    """What can be permitted."""

    READ_STAFF = "read_staff"
    UPLOAD = "upload"
    DRAFT = "draft"
    SUBMIT = "submit"
    CORRECT = "correct"
    REVIEW = "review"
    RECORD_PAPER = "record_paper"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    PRINT_POSTER = "print_poster"
    PRINT_SLIPS = "print_slips"
    MANAGE_ACCOUNTS = "manage_accounts"
    OVERSEE = "oversee"
    OVERSEE_COUNTY = "oversee_county"
    SUPERVISE = "supervise"
    HIDE = "hide"
    REDACT = "redact"
    CONFIRM_KEY = "confirm_key"
    ANSWER_AUDIT = "answer_audit"
    CHOOSE_RECEIPTS = "choose_receipts"
    EDIT_PROFILE = "edit_profile"
    ANSWER_QUESTION = "answer_question"
    READ_QUESTION = "read_question"
    HANDLE_ERRAND = "handle_errand"


PERMISSION_WORDS: Final = {
    Permission.READ_STAFF: "看村里办公的内容",
    Permission.UPLOAD: "上传账表",
    Permission.DRAFT: "改草稿",
    Permission.SUBMIT: "送审",
    Permission.CORRECT: "更正",
    Permission.REVIEW: "审核签字",
    Permission.RECORD_PAPER: "录入纸上签字",
    Permission.SEND_BACK: "退回",
    Permission.PUBLISH: "公开",
    Permission.PRINT_POSTER: "打印海报",
    Permission.PRINT_SLIPS: "打印查询单",
    Permission.MANAGE_ACCOUNTS: "管理账号",
    Permission.OVERSEE: "看全镇情况",
    Permission.OVERSEE_COUNTY: "看全县情况",
    Permission.SUPERVISE: "批延期、审看",
    Permission.HIDE: "撤下公开的内容",
    Permission.REDACT: "依法隐去",
    Permission.CONFIRM_KEY: "确认日志换钥匙",
    Permission.ANSWER_AUDIT: "答复审看",
    Permission.CHOOSE_RECEIPTS: "定要不要附票据图片",
    Permission.EDIT_PROFILE: "改村里的电话和值班",
    Permission.ANSWER_QUESTION: "答复村民提问",
    Permission.READ_QUESTION: "先看村民提问",
    Permission.HANDLE_ERRAND: "办村民的事",
}

PermissionTable = Mapping[Permission, Collection[Role]]

_VILLAGE: Final = (Role.CLERK, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.VILLAGE_HEAD)

TABLE: Final[PermissionTable] = {
    Permission.READ_STAFF: (*_VILLAGE, Role.TOWNSHIP_SUPERVISOR, Role.AUDITOR, Role.COUNTY),
    Permission.UPLOAD: (Role.CLERK,),
    Permission.DRAFT: (Role.CLERK,),
    Permission.SUBMIT: (Role.CLERK,),
    Permission.CORRECT: (Role.CLERK,),
    Permission.REVIEW: (Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR),
    Permission.RECORD_PAPER: (Role.CLERK, Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR),
    Permission.SEND_BACK: (Role.COMMITTEE_MEMBER, Role.COMMITTEE_CHAIR, Role.VILLAGE_HEAD),
    Permission.PUBLISH: (Role.VILLAGE_HEAD,),
    Permission.PRINT_POSTER: (Role.CLERK, Role.COMMITTEE_CHAIR, Role.VILLAGE_HEAD, Role.TOWNSHIP_SUPERVISOR),
    Permission.PRINT_SLIPS: (Role.CLERK, Role.VILLAGE_HEAD),
    Permission.MANAGE_ACCOUNTS: (Role.TOWNSHIP_SUPERVISOR, Role.ADMINISTRATOR),
    Permission.OVERSEE: (Role.TOWNSHIP_SUPERVISOR, Role.AUDITOR, Role.COUNTY),
    Permission.OVERSEE_COUNTY: (Role.COUNTY,),
    Permission.SUPERVISE: (Role.TOWNSHIP_SUPERVISOR,),
    Permission.HIDE: (Role.VILLAGE_HEAD, Role.COMMITTEE_CHAIR, Role.TOWNSHIP_SUPERVISOR),
    Permission.REDACT: (Role.VILLAGE_HEAD, Role.COMMITTEE_CHAIR, Role.TOWNSHIP_SUPERVISOR),
    Permission.CONFIRM_KEY: (Role.TOWNSHIP_SUPERVISOR, Role.COUNTY),
    Permission.ANSWER_AUDIT: (Role.CLERK, Role.VILLAGE_HEAD),
    Permission.CHOOSE_RECEIPTS: (Role.VILLAGE_HEAD, Role.TOWNSHIP_SUPERVISOR),
    Permission.EDIT_PROFILE: (Role.CLERK, Role.VILLAGE_HEAD),
    Permission.ANSWER_QUESTION: (Role.CLERK, Role.VILLAGE_HEAD),
    Permission.READ_QUESTION: (Role.TOWNSHIP_SUPERVISOR,),
    Permission.HANDLE_ERRAND: (Role.CLERK, Role.VILLAGE_HEAD),
}
"""The table where the village head publishes (setting ``publish_by = "head"``)."""


REDACTION_PAIRS: Final[Mapping[Role, Collection[Role]]] = {
    Role.VILLAGE_HEAD: (Role.TOWNSHIP_SUPERVISOR,),
    Role.COMMITTEE_CHAIR: (Role.TOWNSHIP_SUPERVISOR,),
    Role.TOWNSHIP_SUPERVISOR: (Role.VILLAGE_HEAD, Role.COMMITTEE_CHAIR),
}
"""Who confirms what whom proposed to redact for good: always one of the village and one of the township."""

KEY_PAIRS: Final[Mapping[Role, Collection[Role]]] = {Role.ADMINISTRATOR: TABLE[Permission.CONFIRM_KEY]}
"""Who confirms a change of the log's key; it is proposed at the server's keyboard, which is the administrator's."""


def permission_table(publish_by: str, questions_read_by: str = "township") -> PermissionTable:
    """The table under two settings: who publishes, the head or the committee's ``chair``; and whether a question of a
    villager is read by the township alone or by the ``committee``'s chair too.
    """
    changed: dict[Permission, Collection[Role]] = {}
    if publish_by == "chair":
        changed[Permission.PUBLISH] = (Role.COMMITTEE_CHAIR,)
    if questions_read_by == "committee":
        changed[Permission.READ_QUESTION] = (Role.TOWNSHIP_SUPERVISOR, Role.COMMITTEE_CHAIR)
    return {**TABLE, **changed}


class InPlaces(Protocol):
    """A village that knows what it lies in; ``places.queries.VillageFacts`` is one."""

    @property
    def id(self) -> int:
        """The village's id."""

    @property
    def township_id(self) -> int:
        """The id of its township."""

    @property
    def county_id(self) -> int:
        """The id of its county."""


class NeedsSignIn(Refused):
    """Nobody is signed in, or the session has ended."""

    code = "needs_sign_in"
    message = "这一页要先登录。"
    fix = "请登录后再打开。30 分钟没有操作会自动退出。"
    status = 401


class WrongLevel(Refused):
    """The role is not held at a place of this level."""

    code = "wrong_level"
    message = "“{role}”不能任命在“{place}”。"
    fix = "{role}只能任命在{levels}。"
    status = 422


class ConflictingPost(Refused):
    """Members of the reviewing body hold no working post in the same village (村民委员会组织法 第三十二条)."""

    code = "conflicting_post"
    message = "{name}已经是这个村的{held}，不能再任{wanted}。"
    fix = "村务监督委员会成员不能兼任报账员或村干部。请换一个人，或先用 villagehub accounts end 结束原来的任职。"
    status = 422


class BadTerm(Refused):
    """A term that ends before it begins."""

    code = "bad_term"
    message = "任期的结束日期 {until} 早于开始日期 {begin}。"
    fix = "请核对两个日期，写成 2026-11-23 这样。"
    status = 422


LEVEL_WORDS: Final = {"county": "县", "township": "乡镇", "village": "村"}


def covers(post: Post, village: InPlaces) -> bool:
    """Whether the village lies within the post's place."""
    return post.place_id is None or post.place_id in (village.id, village.township_id, village.county_id)


def why_not(
    actor: Actor | None,
    permission: Permission,
    village: InPlaces,
    *,
    entity: str | None = None,
    exact: Collection[Role] = (),
    table: PermissionTable = TABLE,
) -> Refused | None:
    """None when the actor may; NeedsSignIn, NotFound (the village is not theirs) or NotAllowed otherwise.

    With ``entity`` given, posts for another entity of the village do not count; posts of the roles ``exact`` for the
    village as a whole do not either.
    """
    if actor is None:
        return NeedsSignIn()
    here = [post for post in actor.appointments if covers(post, village)]
    if not here:
        return NotFound()
    for post in here:
        general = () if post.role in exact else ("",)
        if post.role in table[permission] and (entity is None or post.entity in (*general, entity)):
            return None
    return NotAllowed(action=PERMISSION_WORDS[permission])


def why_not_anywhere(actor: Actor | None, permission: Permission, *, table: PermissionTable = TABLE) -> Refused | None:
    """None when the actor holds the permission at some place; for pages that name no village."""
    if actor is None:
        return NeedsSignIn()
    if any(post.role in table[permission] for post in actor.appointments):
        return None
    return NotAllowed(action=PERMISSION_WORDS[permission])


def why_not_appoint(
    name: str, role: Role, *, level: str | None, place_name: str, held_here: Iterable[Role]
) -> Refused | None:
    """Whether the role can be held at a place of this level beside the roles that the person holds there already."""
    levels = ROLE_LEVELS[role]
    if (level is None and levels) or (level is not None and level not in levels):
        words = "、".join(LEVEL_WORDS[one] for one in levels) or "整个系统，不写地方"
        return WrongLevel(role=ROLE_WORDS[role], place=place_name or "整个系统", levels=words)
    for held in held_here:
        if (role in REVIEWERS and held in WORKERS) or (role in WORKERS and held in REVIEWERS):
            return ConflictingPost(name=name, held=ROLE_WORDS[held], wanted=ROLE_WORDS[role])
    return None
