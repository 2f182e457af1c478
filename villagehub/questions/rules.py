"""What the room refuses, and why. Pure; every refusal's sentence stands beside its rule."""

import re
from typing import Final

from villagehub.kernel.names_said import seems_to_name
from villagehub.kernel.refused import NotFound, Refused
from villagehub.questions.stages import MOVE_WORDS, NEXT, STATE_WORDS, Move, State

TEXT_LENGTH: Final = (4, 300)
ANSWER_LENGTH: Final = (6, 1000)
_ACCUSES: Final = re.compile(
    "举报|检举|控告|贪污|贪腐|腐败|受贿|行贿|索贿|收黑钱|吃拿卡要|卡要|侵占|侵吞|挪用|私吞|中饱私囊|优亲厚友|以权谋私|徇私|"
    "截留|套取|冒领|回扣|黑恶|村霸|打击报复|违纪|违法"
)
"""Words with which people accuse. In doubt the page sends a question to the line for accusations, and stores nothing."""


class NoSuchQuestion(NotFound):
    """No such question, or not for this person."""

    code = "no_such_question"
    message = "没有找到这个提问。"
    fix = "请核对编号；刚提的，要等镇里看过才登出来。"


class Accusation(Refused):
    """An accusation of a person is not taken in here, so that nobody comes to harm by it (监察法, decision 28)."""

    code = "question_accuses"
    message = "反映干部问题，请不要写在这里，这里人人看得到。刚才写的没有保存。"
    fix = "请打 {line}（纪检监察），或者写信、当面找县纪委监委，那里会替您保密。"
    status = 422


class QuestionText(Refused):
    """A question is a sentence, no letter."""

    code = "question_text"
    message = "没有写清楚要问什么。"
    fix = "请写 4 到 300 个字，一次问一件事。"
    status = 422


class QuestionNames(Refused):
    """A name seems to stand in a question. The sentence is the same for every name, so that it tells of none whether it
    stands on a list; whoever knows better goes on with one tap.
    """

    code = "question_names"
    message = "问题会公开，请不要写姓名。您写的还没有保存。"
    fix = "好像写了谁的姓名。请删掉，再点“问一问”。没写姓名、看错了的，点“没有姓名，就这样问”。"
    status = 422


class AnswerText(Refused):
    """An answer, a reason and an outcome are written out."""

    code = "answer_text"
    message = "没有写清楚。"
    fix = "请写 6 到 1000 个字，说大白话。"
    status = 422


class QuestionPhone(Refused):
    """What was typed as telephone number is none."""

    code = "question_phone"
    message = "电话好像写错了。"
    fix = "请写手机号或带区号的座机；不想留就空着。"
    status = 422


class QuestionState(Refused):
    """The table of states knows no such move from here."""

    code = "question_wrong_state"
    message = "这个提问现在是“{state}”，不能办“{move}”。"
    fix = "请看下面的经过，再选能办的一步。"


class QuestionChanged(Refused):
    """Somebody else wrote a line after the page was opened."""

    code = "question_changed"
    message = "您打开以后，有人刚写了“{move}”，您的这一步没有办。"
    fix = "请看下面的经过，再决定。您写的还在框里。"


class NotThisCorrection(Refused):
    """The answer names a correction that is none, or of another account."""

    code = "question_not_a_correction"
    message = "第 {number} 号公开不是对这一份账的更正，或者更正在提问以前。"
    fix = "请先走“更正”，公开以后，在这里写更正的那一号；没有更正就空着。"
    status = 422


def why_not_ask(text: str, *, line: str) -> Refused | None:
    """A question of some length that accuses nobody; ``line`` is where accusations go."""
    if _ACCUSES.search("".join(text.split())):
        return Accusation(line=line)
    return None if TEXT_LENGTH[0] <= len(text) <= TEXT_LENGTH[1] else QuestionText()


def why_not_names(text: str, *, sure: bool) -> Refused | None:
    """No name seems to stand in it, or the writer was asked and is ``sure`` that it may stay."""
    return QuestionNames() if not sure and seems_to_name(text) else None


def why_not_phone(phone: str) -> Refused | None:
    """Empty, a mobile number, or a number with its area code."""
    return None if re.fullmatch(r"|1\d{10}|0\d{2,3}-?\d{7,8}", phone, re.ASCII) else QuestionPhone()


def why_not_move(state: State, move: Move, text: str) -> Refused | None:
    """Whether the table knows the move, and what must be written is. The caller asks for the permission."""
    if move not in NEXT[state]:
        return QuestionState(state=STATE_WORDS[state], move=MOVE_WORDS[move])
    if move in (Move.DECLINE, Move.HAND_ON, Move.ANSWER, Move.SETTLE):
        least = TEXT_LENGTH[0] if move is Move.HAND_ON else ANSWER_LENGTH[0]
        return None if least <= len(text) <= ANSWER_LENGTH[1] else AnswerText()
    return None
