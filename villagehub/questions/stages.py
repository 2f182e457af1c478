"""The state machine of a question, as a table (decision 28): what may follow what, who may do it, and in which words."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a question stands; read off its last line."""

    ASKED = "asked"
    DECLINED = "declined"
    PASSED = "passed"
    ANSWERED = "answered"
    RAISED = "raised"
    SETTLED = "settled"


class Move(StrEnum):
    """What somebody does to a question."""

    ASK = "ask"
    DECLINE = "decline"
    HAND_ON = "hand_on"
    ANSWER = "answer"
    RAISE = "raise"
    NOT_SOLVED = "not_solved"
    SOLVED = "solved"
    SETTLE = "settle"


NEXT: Final[dict[State, dict[Move, State]]] = {
    State.ASKED: {Move.HAND_ON: State.PASSED, Move.DECLINE: State.DECLINED},
    State.DECLINED: {},
    State.PASSED: {Move.ANSWER: State.ANSWERED, Move.RAISE: State.RAISED, Move.SETTLE: State.SETTLED},
    State.ANSWERED: {
        Move.ANSWER: State.ANSWERED,
        Move.SOLVED: State.SETTLED,
        Move.NOT_SOLVED: State.RAISED,
        Move.SETTLE: State.SETTLED,
    },
    State.RAISED: {Move.ANSWER: State.ANSWERED, Move.SETTLE: State.SETTLED},
    State.SETTLED: {},
}
"""State → move → the state that follows. A question begins with ASK; nothing follows DECLINED and SETTLED."""

REACHES: Final = {move: state for moves in NEXT.values() for move, state in moves.items()} | {Move.ASK: State.ASKED}
"""The state that a move leads to, wherever it is taken."""

WAITS: Final = frozenset({State.ASKED, State.PASSED, State.RAISED})
"""An office has to do something, by a day."""

TO_ANSWER: Final = frozenset({State.PASSED, State.RAISED})
"""An answer of the village would end the waiting; it may still answer what went up to the township."""

OF_TOWNSHIP: Final = frozenset({Move.DECLINE, Move.HAND_ON, Move.SETTLE})
OF_VILLAGE: Final = frozenset({Move.ANSWER})
OF_ASKER: Final = frozenset({Move.SOLVED, Move.NOT_SOLVED})
"""By the 查询码; RAISE is the clock's."""

ANSWERS: Final = frozenset({Move.ANSWER, Move.SETTLE})
"""A question that has none of these is not shown."""

SHOWN: Final = frozenset({Move.HAND_ON, Move.ANSWER, Move.SETTLE, Move.SOLVED, Move.NOT_SOLVED, Move.RAISE})
"""Lines that villagers may read once the question has an answer."""

STATE_WORDS: Final = {
    State.ASKED: "等镇里看",
    State.DECLINED: "没有登出来",
    State.PASSED: "等村里答复",
    State.ANSWERED: "村里答复了",
    State.RAISED: "转到镇里办",
    State.SETTLED: "办完了",
}

MOVE_WORDS: Final = {
    Move.ASK: "提问",
    Move.DECLINE: "不登出来",
    Move.HAND_ON: "请村里答复",
    Move.ANSWER: "村里答复",
    Move.RAISE: "到期没答复，转到镇里",
    Move.NOT_SOLVED: "提问的人说：没解决，转到镇里",
    Move.SOLVED: "提问的人说：解决了",
    Move.SETTLE: "镇里答复",
}

SOURCE_WORDS: Final = {"web": "网上", "paper": "纸条", "phone": "电话", "spoken": "当面"}
