"""Which things get a label: what is let, what stands there for everybody, what is being built. Reads only."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.hidden import hidden_version
from villagehub.disclosures.models import Disclosure, Version
from villagehub.disclosures.stages import Stage
from villagehub.kernel.refused import Refused
from villagehub.labels.sheet_facts import faces_of
from villagehub.labels.targets import Target, TargetKind
from villagehub.sections import SECTIONS

MOST: Final = 60
"""Labels in one file."""


class NoSuchTag(Refused):
    """There are labels for things of the newest published registers only, and not for all of them."""

    code = "no_such_tag"
    message = "编号 {numbers} 没有标签可做。"
    fix = "只有最近一次公开的资产、资源里出租（发包）的、“公益设施”和工程项目才做标签。请核对编号。"
    status = 422


class NothingChosen(Refused):
    """A file of no labels helps nobody."""

    code = "no_tag_chosen"
    message = "还没有选要做哪几件的标签。"
    fix = "请至少选一件。没有可以选的，是因为已公开的资产、资源里没有出租（发包）的和“公益设施”，也没有工程项目。"
    status = 422


class TooManyTags(Refused):
    """Each label is read back by the machine, which takes its time."""

    code = "too_many_tags"
    message = "一次最多做 {most} 张标签，您选了 {count} 张。"
    fix = "请分几次做。"
    status = 422


@dataclass(frozen=True, slots=True)
class Tagged:
    """One thing that may have a label. Neither keeper nor tenant, rent or value is among what a label says."""

    number: int
    name: str
    numbered: str
    """The clerk's own number with its heading: ``资产编号 ZC-001``; empty where there is none."""
    why: str
    """出租, 公益设施, 工程项目."""
    target: Target


def list_tagged(session: Session, village_id: int) -> list[Tagged]:
    """The things of the newest published registers that are let or public, by number."""
    found = session.execute(
        select(Disclosure, Version)
        .join(Version, Version.disclosure_id == Disclosure.id)
        .where(
            Disclosure.village_id == village_id,
            Disclosure.section.in_([one.name for one in SECTIONS.values() if one.tag_no]),
            Version.stage == Stage.PUBLISHED,
        )
    )
    newest: dict[tuple[str, str, str], tuple[Disclosure, Version]] = {}
    for one, version in sorted(found, key=lambda pair: (pair[0].period, pair[1].number or 0)):
        newest[one.section, one.entity, one.group_no] = (one, version)
    tagged = []
    for one, version in newest.values():
        if hidden_version(session, version):
            continue
        section = SECTIONS[one.section]
        for row in faces_of(session, version.id):
            why, name = section.tag(dict(row.values)), str(row.values.get(section.headline) or "")
            if why and name:
                target = Target(TargetKind.ITEM, section.name, one.entity, one.group_no, item=row.number)
                own = row.values.get(section.tag_no)
                numbered = f"{section.field_named(section.tag_no).heading} {own}" if own else ""
                tagged.append(Tagged(row.number, name, numbered, why, target))
    return sorted(tagged, key=lambda one: one.number)


def chosen(tagged: Collection[Tagged], numbers: Collection[int]) -> list[Tagged]:
    """Those of these numbers; raises NothingChosen, NoSuchTag, TooManyTags."""
    if not numbers:
        raise NothingChosen()
    missing = sorted(set(numbers) - {one.number for one in tagged})
    if missing:
        raise NoSuchTag(numbers="、".join(str(one) for one in missing[:10]))
    if len(set(numbers)) > MOST:
        raise TooManyTags(most=MOST, count=len(set(numbers)))
    return [one for one in tagged if one.number in set(numbers)]
