"""The form of the county's diary: who does what with which paper, and when. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from villagehub.kernel.period import Period
from villagehub.ops.demo.villages import DemoVillage


class Verb(StrEnum):
    """One thing that one person does."""

    HAND_IN = "hand_in"
    DECLARE_NIL = "declare_nil"
    ATTACH = "attach"
    """Receipts: pictures sent and masked, and why other rows have none."""
    SUBMIT = "submit"
    AGREE = "agree"
    OBJECT = "object"
    SEND_BACK = "send_back"
    PUBLISH = "publish"
    CORRECT = "correct"
    PUT_OFF = "put_off"
    """The township grants a later day; ``until`` says which."""
    ASK = "ask"
    """The township asks about the row ``about``, to be answered by ``until``."""
    VILLAGER_ASKS = "villager_asks"
    """A villager asks, about the row ``about`` if it is named; ``who`` enters it where it came on paper."""
    HAND_ON = "hand_on"
    """The township has read it and asks the village to answer."""
    REPLY = "reply"
    """The village answers, or the township where ``settles`` stands in the facts; with ``corrects``, by a correction."""
    REACT = "react"
    """The asker says whether that helped."""
    OVERDUE = "overdue"
    """The clock: the village has not answered by its day."""
    ERRAND_OPEN = "errand_open"
    """The clerk takes in an errand after the guide ``about``."""
    ERRAND_STEP = "errand_step"


@dataclass(frozen=True, slots=True)
class Paperwork:
    """One account of one village, and the file that the clerk hands in for it (none for a nil return)."""

    village: DemoVillage
    section: str
    period: Period
    filename: str = ""
    raw: bytes = b""
    entity: str = "committee"
    group_no: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """Who does what with which paperwork, at which moment (UTC). ``words`` is what they write; ``facts`` what they change."""

    at: datetime
    paperwork: int
    verb: Verb
    who: str
    words: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    about: str = ""
    """The row that a correction changes, or that is asked about, by its summary."""
    until: date | None = None
    case: str = ""
    """Which question or errand it belongs to."""


@dataclass(frozen=True, slots=True)
class Diary:
    """All paperwork, and all steps in the order of time."""

    paperwork: tuple[Paperwork, ...]
    steps: tuple[Step, ...]

    @property
    def begins(self) -> datetime:
        """When the first step happened."""
        return self.steps[0].at
