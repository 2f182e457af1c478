"""The state machine of a version, as a table (decision 3)."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where a version stands. A version is born a draft, always; superseded, expired and hidden are derived."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    PUBLISHED = "published"
    ABANDONED = "abandoned"


class VersionKind(StrEnum):
    """What a version is."""

    FULL = "full"
    NIL = "nil"
    CORRECTION = "correction"
    WITHDRAWAL = "withdrawal"


NEXT_STAGES: Final[dict[Stage, frozenset[Stage]]] = {
    Stage.DRAFT: frozenset({Stage.SUBMITTED, Stage.ABANDONED}),
    Stage.SUBMITTED: frozenset({Stage.RETURNED, Stage.REVIEWED, Stage.DRAFT, Stage.ABANDONED}),
    Stage.RETURNED: frozenset({Stage.DRAFT, Stage.ABANDONED}),
    Stage.REVIEWED: frozenset({Stage.PUBLISHED, Stage.RETURNED, Stage.ABANDONED}),
    Stage.PUBLISHED: frozenset(),
    Stage.ABANDONED: frozenset(),
}

OPEN_STAGES: Final = (Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.REVIEWED)
"""A disclosure has at most one version in one of these at a time."""

STAGE_WORDS: Final = {
    Stage.DRAFT: "草稿",
    Stage.SUBMITTED: "等人看过签字",
    Stage.RETURNED: "退回修改",
    Stage.REVIEWED: "已签字，等公开",
    Stage.PUBLISHED: "已公开",
    Stage.ABANDONED: "已作废",
}

KIND_WORDS: Final = {
    VersionKind.FULL: "公开",
    VersionKind.NIL: "无此类事项",
    VersionKind.CORRECTION: "更正",
    VersionKind.WITHDRAWAL: "撤下",
}

REASON_WORDS: Final = {
    "clerical": "抄写、录入有误",
    "amount": "金额有误",
    "late": "漏记，补上",
    "duplicate": "重复登记",
    "privacy": "去掉个人信息",
    "other": "其他原因",
}
"""Why a publication is corrected; the code stands in clear in the leaf."""
