"""The state machine of an errand, as a table (decision 29): what may follow what, and in which words."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an errand stands; each line of it names the state that it led to."""

    RECEIVED = "received"
    WORKING = "working"
    WAITING = "waiting"
    DONE = "done"
    HANDED_OVER = "handed_over"
    FAILED = "failed"


_ENDS: Final = frozenset({State.DONE, State.HANDED_OVER, State.FAILED})

NEXT: Final[dict[State, frozenset[State]]] = {
    State.RECEIVED: frozenset({State.WORKING, State.WAITING}) | _ENDS,
    State.WORKING: frozenset({State.WAITING}) | _ENDS,
    State.WAITING: frozenset({State.WORKING, State.FAILED}),
    State.DONE: frozenset(),
    State.HANDED_OVER: frozenset(),
    State.FAILED: frozenset(),
}
"""State → what may follow. An errand begins with RECEIVED; nothing follows its three ends."""

CLOCKLESS: Final = frozenset({State.WAITING}) | _ENDS
"""No day is counted while the villager is awaited, nor after the end."""

WANTS_WORDS: Final = frozenset({State.WAITING, State.FAILED})
"""What to bring, and why not, must be written: the villager acts by it."""

STATE_WORDS: Final = {
    State.RECEIVED: "收下了",
    State.WORKING: "村里在办",
    State.WAITING: "要补材料",
    State.DONE: "办好了",
    State.HANDED_OVER: "转走了",
    State.FAILED: "没办成",
}

STEP_WORDS: Final = {
    State.WORKING: ("村里开始办", "补的材料收到了，也选这一项"),
    State.WAITING: ("要补材料", "在下面写清楚补什么。补来以前不算天数"),
    State.DONE: ("办好了", "要来拿的东西，写在下面"),
    State.HANDED_OVER: ("转到别的单位办", "写清楚转到哪里、查询打什么电话。转走以后村里不再算天数"),
    State.FAILED: ("没办成", "在下面写清楚为什么"),
}
"""What the form says of each step."""
