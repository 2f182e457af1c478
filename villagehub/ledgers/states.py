"""The state machine of an upload, as a table (import.md)."""

from enum import StrEnum
from typing import Final


class UploadState(StrEnum):
    """Where an upload stands. Whether another one continues it is kept beside (``Upload.superseded_by``)."""

    RECEIVED = "received"
    """The original is kept, nothing in it has been read to the end."""
    CHECKED = "checked"
    ACCEPTED = "accepted"
    ABANDONED = "abandoned"
    UNDONE = "undone"


NEXT_STATES: Final[dict[UploadState, frozenset[UploadState]]] = {
    UploadState.RECEIVED: frozenset({UploadState.CHECKED, UploadState.ABANDONED}),
    UploadState.CHECKED: frozenset({UploadState.CHECKED, UploadState.ACCEPTED, UploadState.ABANDONED}),
    UploadState.ACCEPTED: frozenset({UploadState.UNDONE}),
    UploadState.ABANDONED: frozenset(),
    UploadState.UNDONE: frozenset(),
}
"""``CHECKED`` follows itself: answers, mended cells and matched columns are checked again."""

OPEN_STATES: Final = tuple(one for one, then in NEXT_STATES.items() if UploadState.ABANDONED in then)
"""Nothing of it is in a draft yet, and nobody has given it up."""

STATE_WORDS: Final = {
    UploadState.RECEIVED: "刚收到，还没有核对完",
    UploadState.CHECKED: "核对过，还没有存成草稿",
    UploadState.ACCEPTED: "已存成草稿",
    UploadState.ABANDONED: "不要了",
    UploadState.UNDONE: "已撤销",
}
