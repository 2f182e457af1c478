"""What is not shown now: the one question that every public page, file and sheet asks before it shows anything. Hidden by a
person (decision 20), or being checked: its rows do not fit its seal and nobody has looked yet (decision 32).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from villagehub.disclosures.checking import list_broken
from villagehub.disclosures.hiding_models import Hide, HideEvent
from villagehub.disclosures.models import Version
from villagehub.disclosures.scope import account_of, title_of
from villagehub.kernel.refused import Refused

PRIVACY: Final = "privacy"
OTHER: Final = "other"
ENDS: Final = ("lifted", "lapsed")
PRIVACY_WORDS: Final = "因保护个人信息撤下，改好后重新公开"
TAKEN_DOWN: Final = "已撤下"
"""What offices read in the place of 已公开."""
CHECKING_WORDS: Final = "正在重新核对，核对完再给看"
"""What villagers read of a publication that does not fit its seal, until somebody has looked."""


class BeingChecked(Refused):
    """What was asked for is not among the bytes that last checked clean, and must not be made from what no longer fits."""

    code = "being_checked"
    message = "{what}正在重新核对，这一页先不给看。"
    fix = "请从村首页看这一期的全文，或者看公开栏的纸。过一会儿再打开试试。"
    status = 409


class HiddenNow(Refused):
    """Nothing of a hidden publication is shown or printed."""

    code = "hidden_now"
    message = "这一份{words}。"
    fix = "撤下期间不能打印，也不能下载。要恢复，请到“撤下”那一页。"
    status = 409


@dataclass(frozen=True, slots=True)
class Hidden:
    """One disclosure that is hidden up to a publication number."""

    upto: int
    cause: str
    """Of several hides personal information, if it is among them."""
    words: str
    """What villagers read."""
    since: datetime


@dataclass(frozen=True, slots=True)
class Covers:
    """What of one village is not shown now; read once for however many versions."""

    hides: Mapping[int, Hidden]
    checking: Collection[int]
    """Disclosures of which a version is being checked: the subject is the disclosure's, whichever version speaks of it."""

    def hides_version(self, version: Version) -> bool:
        """Whether a person has hidden it."""
        found = self.hides.get(version.disclosure_id)
        return found is not None and (version.number or 0) <= found.upto

    def title(self, version: Version) -> str:
        """Its name as villagers may read it now: without the subject, which may be what had to go, or was forged."""
        bare = self.hides_version(version) or version.disclosure_id in self.checking
        account = account_of(version.disclosure)
        return title_of(replace(account, subject="") if bare else account)


def public_words(cause: str, words: str) -> str:
    """The stub's sentence."""
    return PRIVACY_WORDS if cause == PRIVACY else f"暂时撤下：{words}"


def hidden_in(session: Session, village_id: int) -> dict[int, Hidden]:
    """What is hidden in the village now, by disclosure; of several hides the widest counts, personal information first."""
    return hidden_among(session, [village_id])


def hidden_among(session: Session, villages: Collection[int]) -> dict[int, Hidden]:
    """The same of these villages."""
    ended = exists().where(HideEvent.hide_id == Hide.id, HideEvent.kind.in_(ENDS))
    wanted = select(Hide).where(Hide.village_id.in_(villages), ~ended).order_by(Hide.id)
    found: dict[int, list[Hide]] = {}
    for one in session.scalars(wanted):
        found.setdefault(one.disclosure_id, []).append(one)
    return {disclosure_id: _widest(hides) for disclosure_id, hides in found.items()}


def _widest(hides: Collection[Hide]) -> Hidden:
    told = min(hides, key=lambda one: (one.cause != PRIVACY, one.id))
    return Hidden(
        upto=max(one.upto_number for one in hides),
        cause=told.cause,
        words=public_words(told.cause, told.words),
        since=min(one.hidden_at for one in hides),
    )


def covers_of(session: Session, village_id: int) -> Covers:
    """What of this village is not shown now."""
    broken = list_broken(session, village_id)
    wanted = select(Version.disclosure_id).where(Version.id.in_(broken))
    return Covers(hidden_in(session, village_id), set(session.scalars(wanted)) if broken else set())


def hide_of(session: Session, version: Version) -> Hidden | None:
    """The hide that covers this version, if any; only what is published can be hidden."""
    if version.number is None:
        return None
    found = hidden_in(session, version.village_id).get(version.disclosure_id)
    return found if found is not None and version.number <= found.upto else None


def hidden_version(session: Session, version: Version) -> bool:
    """Whether nothing of this version may be shown now, be it hidden or being checked."""
    return hide_of(session, version) is not None or version.id in list_broken(session, version.village_id)


def must_show(session: Session, version: Version) -> None:
    """Raises HiddenNow for a version that is hidden, BeingChecked for one that does not fit its seal."""
    found = hide_of(session, version)
    if found is not None:
        raise HiddenNow(words=found.words.removeprefix("暂时"))
    if version.id in list_broken(session, version.village_id):
        raise BeingChecked(what=f"第 {version.number} 号公开")
