"""The states of a proposal to redact, as a table: where it may go from where. Pure."""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a proposal stands; all but the first are for good."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


NEXT: Final[dict[State, tuple[State, ...]]] = {
    State.PROPOSED: (State.CONFIRMED, State.WITHDRAWN, State.LAPSED),
    State.CONFIRMED: (),
    State.WITHDRAWN: (),
    State.LAPSED: (),
}

STATE_WORDS: Final = {
    State.PROPOSED: "等另一级的人确认",
    State.CONFIRMED: "已隐去，不能恢复",
    State.WITHDRAWN: "已收回，什么也没有动",
    State.LAPSED: "到期没人确认，已作废，什么也没有动",
}
