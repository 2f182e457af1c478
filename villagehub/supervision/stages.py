"""The state machine of an audit, as a table (decision 34): what may follow what, and in which words."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an audit stands; read off its last line."""

    ASKED = "asked"
    ANSWERED = "answered"
    RECTIFYING = "rectifying"
    REPORTED = "reported"
    CLOSED = "closed"


class Move(StrEnum):
    """What somebody does to an audit."""

    ASK = "ask"
    ANSWER = "answer"
    ASK_AGAIN = "ask_again"
    CLEAR = "clear"
    RECTIFY = "rectify"
    REPORT = "report"
    CONFIRM = "confirm"
    CORRECTED = "corrected"
    HAND_OVER = "hand_over"


NEXT: Final[dict[State, dict[Move, State]]] = {
    State.ASKED: {
        Move.ANSWER: State.ANSWERED,
        Move.CLEAR: State.CLOSED,
        Move.RECTIFY: State.RECTIFYING,
        Move.CORRECTED: State.CLOSED,
        Move.HAND_OVER: State.CLOSED,
    },
    State.ANSWERED: {
        Move.ANSWER: State.ANSWERED,
        Move.ASK_AGAIN: State.ASKED,
        Move.CLEAR: State.CLOSED,
        Move.RECTIFY: State.RECTIFYING,
        Move.CORRECTED: State.CLOSED,
        Move.HAND_OVER: State.CLOSED,
    },
    State.RECTIFYING: {
        Move.REPORT: State.REPORTED,
        Move.CORRECTED: State.CLOSED,
        Move.HAND_OVER: State.CLOSED,
    },
    State.REPORTED: {
        Move.REPORT: State.REPORTED,
        Move.RECTIFY: State.RECTIFYING,
        Move.CONFIRM: State.CLOSED,
        Move.CORRECTED: State.CLOSED,
        Move.HAND_OVER: State.CLOSED,
    },
    State.CLOSED: {},
}
"""State → move → the state that follows. An audit begins with ASK; nothing follows CLOSED."""

REACHES: Final = {move: state for moves in NEXT.values() for move, state in moves.items()} | {Move.ASK: State.ASKED}
"""The state that a move leads to, wherever it is taken."""

VILLAGE_MOVES: Final = frozenset({Move.ANSWER, Move.REPORT})
"""The village's; all others are the township's."""

NEEDS_DAY: Final = frozenset({Move.ASK, Move.ASK_AGAIN, Move.RECTIFY})

STATE_WORDS: Final = {
    State.ASKED: "待核实，等村里说明",
    State.ANSWERED: "待核实，等镇里看",
    State.RECTIFYING: "属实，限期整改",
    State.REPORTED: "已报整改，等镇里看",
    State.CLOSED: "已销号",
}

MOVE_WORDS: Final = {
    Move.ASK: "请村里说明",
    Move.ANSWER: "说明和材料",
    Move.ASK_AGAIN: "还要说明",
    Move.CLEAR: "已核实，无问题，销号",
    Move.RECTIFY: "属实，限期整改",
    Move.REPORT: "报整改情况",
    Move.CONFIRM: "整改已核实，销号",
    Move.CORRECTED: "数字有误，已更正，销号",
    Move.HAND_OVER: "已线下移交",
}

MOVE_HINTS: Final = {
    Move.ASK_AGAIN: "写清还要什么、哪天前交",
    Move.CLEAR: "写一句为什么没有问题",
    Move.RECTIFY: "写清整改什么、哪天前改好；数字错的走更正",
    Move.CONFIRM: "写一句怎么核实的",
    Move.CORRECTED: "只用于数字写错：写上更正后是第几号公开",
    Move.HAND_OVER: "这里不留内容，村里看不到",
}
