"""What the room refuses, and why. Pure; every refusal's sentence stands beside its rule."""

import re
from dataclasses import dataclass
from typing import Final

from villagehub.cases.stages import NEXT, STATE_WORDS, WANTS_WORDS, State
from villagehub.kernel.canonical import one_line
from villagehub.kernel.private_numbers import hide_numbers
from villagehub.kernel.refused import NotFound, Refused

TITLE_LENGTH: Final = (2, 60)
NAME_LENGTH: Final = (2, 40)
TEXT_LENGTH: Final = (4, 300)
OFFICE_LENGTH: Final = (2, 40)
MOST_DAYS: Final = 250
_PHONE: Final = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}", re.ASCII)
_PUBLIC_PHONE: Final = re.compile(rf"{_PHONE.pattern}|\d{{3,8}}", re.ASCII)
"""Hotlines have few digits: 12345, 110."""
_WORKING_DAYS: Final = re.compile(r"(\d{1,3})\s*个?工作日", re.ASCII)


class NoSuchErrand(NotFound):
    """No such errand, or not for this person."""

    code = "no_such_errand"
    message = "没有找到这件事。"
    fix = "请从“村民办事”里点进来。"


class ErrandTitle(Refused):
    """What is to be done must be named."""

    code = "errand_title"
    message = "没有写清楚办什么事。"
    fix = "请写 2 到 60 个字，例如“开居住证明”。"
    status = 422


class ErrandPerson(Refused):
    """Somebody came with it."""

    code = "errand_person"
    message = "没有写是谁来办的。"
    fix = "请写来办事的人的姓名，2 到 40 个字。姓名不公开。"
    status = 422


class ErrandPhone(Refused):
    """What was typed as telephone number is none."""

    code = "errand_phone"
    message = "电话好像写错了。"
    fix = "请写手机号或带区号的座机；没有电话就空着。"
    status = 422


class ErrandDays(Refused):
    """A promise is a number of working days."""

    code = "errand_days"
    message = "没有写清楚几个工作日办好。"
    fix = f"请写 1 到 {MOST_DAYS} 的数字。当场能办的写 1。"
    status = 422


class NoSuchGuide(Refused):
    """The guide chosen is not among those that are public now."""

    code = "no_such_guide"
    message = "选的办事指南现在没有公开。"
    fix = "请重新选一项，或者选“没有指南，直接登记”。"
    status = 422


class NoErrandStep(Refused):
    """Nothing was chosen."""

    code = "no_errand_step"
    message = "还没有选办到哪一步了。"
    fix = "请在下面选一项，再交一次。"
    status = 422


class ErrandWords(Refused):
    """What to bring, and why not, is written out."""

    code = "errand_words"
    message = "没有写清楚{what}。"
    fix = "请写 4 到 300 个字，村民照着它办。"
    status = 422


class ErrandOffice(Refused):
    """A handover names the office and its number."""

    code = "errand_office"
    message = "没有写清楚转到哪里、查询打什么电话。"
    fix = "两样都要写，例如“镇民政办”，电话 0719-3221234。村民往后就打这个电话。"
    status = 422


class ErrandState(Refused):
    """The table of states knows no such step from here."""

    code = "errand_wrong_state"
    message = "这件事现在是“{state}”，不能改成“{wanted}”。"
    fix = "请看下面的经过，再选能办的一步。"


class ErrandChanged(Refused):
    """Somebody else wrote a line after the page was opened."""

    code = "errand_changed"
    message = "您打开以后，{name}刚把它改成“{state}”，您的这一步没有办。"
    fix = "请看下面的经过，再决定。您写的还在框里。"


@dataclass(frozen=True, slots=True)
class Opening:
    """What the clerk takes in."""

    title: str
    days: int | None
    person_name: str
    phone: str = ""
    guide: int | None = None
    """The permanent number of the guide; None where there is none."""


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of an errand next."""

    state: State
    text: str = ""
    office: str = ""
    office_phone: str = ""


def cleaned_opening(typed: Opening) -> Opening:
    """One line each; no number of a person in what the villager's page will show."""
    phone = typed.phone.strip().replace(" ", "")
    return Opening(
        hide_numbers(one_line(typed.title)), typed.days, one_line(typed.person_name), phone, guide=typed.guide
    )


def cleaned_step(typed: Step, person_name: str) -> Step:
    """The same, and the villager's own name goes: whoever finds the slip does not learn it."""
    lines = [one_line(line) for line in typed.text.splitlines()]
    text = hide_numbers("\n".join(line for line in lines if line))
    if person_name:
        text = text.replace(person_name, "本人")
    handed = typed.state is State.HANDED_OVER
    return Step(
        typed.state,
        text,
        hide_numbers(one_line(typed.office)) if handed else "",
        typed.office_phone.strip().replace(" ", "") if handed else "",
    )


def why_not_open(opening: Opening) -> Refused | None:
    """A title, a person, a number of working days, and a telephone number or none."""
    if not _within(opening.title, TITLE_LENGTH):
        return ErrandTitle()
    if not _within(opening.person_name, NAME_LENGTH):
        return ErrandPerson()
    if opening.phone and not _PHONE.fullmatch(opening.phone):
        return ErrandPhone()
    return None if opening.days is not None and 1 <= opening.days <= MOST_DAYS else ErrandDays()


def why_not_step(state: State, step: Step) -> Refused | None:
    """Whether the table knows the step, and what must be written is."""
    if step.state not in NEXT[state]:
        return ErrandState(state=STATE_WORDS[state], wanted=STATE_WORDS[step.state])
    if step.state in WANTS_WORDS and not _within(step.text, TEXT_LENGTH):
        return ErrandWords(what="要补什么" if step.state is State.WAITING else "为什么没办成")
    if len(step.text) > TEXT_LENGTH[1]:
        return ErrandWords(what="（太长了）")
    handed = step.state is State.HANDED_OVER
    told = _within(step.office, OFFICE_LENGTH) and _PUBLIC_PHONE.fullmatch(step.office_phone)
    return ErrandOffice() if handed and not told else None


def promised_days(words: str) -> int | None:
    """The working days that a guide promises; None where it says no working days, so that nobody guesses."""
    found = _WORKING_DAYS.search(words)
    days = int(found[1]) if found else 0
    return days if 1 <= days <= MOST_DAYS else None


def _within(text: str, length: tuple[int, int]) -> bool:
    return length[0] <= len(text) <= length[1]
