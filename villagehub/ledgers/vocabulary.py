"""What a heading means: exact → normalised → synonym, with the unit that stands in its bracket (import.md step 3)."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from villagehub.ledgers.amounts import UNITS
from villagehub.ledgers.cells import Raw, as_text, bare
from villagehub.sections import SECTIONS
from villagehub.sections.base import Field, Role, Section

Target = str
"""A field's name, or ``role:<name>`` for a column that only helps."""

_BRACKET: Final = re.compile(r"[(\[【〔{<《]([^)\]】〕}>》]*)[)\]】〕}>》]")
_ORNAMENT: Final = re.compile(r"^[*★☆#\d.、]*(?=[\u4e00-\u9fff])|[*★☆:：。,，]+$")
_SIDES: Final = {"收入": "in", "收入部分": "in", "收入情况": "in", "支出": "out", "支出部分": "out", "支出情况": "out"}


def normal(text: str) -> str:
    """A heading without white space, ornaments and differences of width, for comparing."""
    plain = "".join(unicodedata.normalize("NFKC", bare(text)).lower().split())
    return _ORNAMENT.sub("", plain)


def role_target(role: Role) -> Target:
    """The target that stands for a helping column."""
    return f"role:{role.value}"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading was understood as; ``weak`` are fields it may stand for if nothing else does, each with its rank: of
    several such columns the one of the lowest rank is taken.
    """

    target: Target = ""
    unit: str = ""
    weak: tuple[Target, ...] = ()
    ranks: tuple[int, ...] = ()
    side: str = ""


@dataclass(slots=True)
class Vocabulary:
    """All headings that a section knows, by their normalised form."""

    strong: dict[str, Target] = field(default_factory=dict)
    weak: dict[str, list[tuple[Target, int]]] = field(default_factory=lambda: defaultdict(list))

    def meaning(self, text: str) -> Meaning:
        """Understands one heading."""
        key = normal(text)
        if not key:
            return Meaning()
        unit = next((found for inner in _BRACKET.findall(key) if (found := unit_in(inner))), "")
        without = _ORNAMENT.sub("", _BRACKET.sub("", key))
        for form in dict.fromkeys((key, without)):
            if form in self.strong:
                return Meaning(self.strong[form], unit, side=_SIDES.get(without, ""))
        for written in UNITS:
            for stem in (without.removesuffix(f"/{written}"), without.removesuffix(written)):
                if stem != without and stem in self.strong:
                    return Meaning(self.strong[stem], written, side=_SIDES.get(stem, ""))
        weak = self.weak.get(key, ()) or self.weak.get(without, ())
        targets, ranks = tuple(target for target, _ in weak), tuple(rank for _, rank in weak)
        return Meaning("", unit, targets, ranks, _SIDES.get(without, ""))

    def knows(self, text: str) -> bool:
        """Whether the heading is one of the section's, surely or perhaps."""
        meaning = self.meaning(text)
        return bool(meaning.target or meaning.weak)


def unit_in(text: str) -> str:
    """The unit that a bracket or a heading's second line names: ``单位:万元`` → ``万元``; short other units as they are."""
    plain = normal(text).removeprefix("单位").lstrip(":").removeprefix("人民币")
    if plain in UNITS:
        return plain
    return (
        plain
        if re.fullmatch(r"亩|平方米|㎡|公顷|元/亩|元/月|元/人|元/户|人|户|头|台|套|个|月|年|间|座|米", plain)
        else ""
    )


@lru_cache(maxsize=len(SECTIONS) * 2)
def vocabulary_of(name: str) -> Vocabulary:
    """The vocabulary of a section, made once."""
    return _made(SECTIONS[name])


def _made(section: Section) -> Vocabulary:
    made = Vocabulary()
    for extra in section.extras:
        for heading in extra.headings:
            made.strong[normal(heading)] = role_target(extra.role)
    for one in section.fields:
        for heading in (*_forms(one), *one.synonyms):
            made.strong[normal(heading)] = one.name
    for one in sorted(section.fields, key=lambda field_: not field_.required):
        for rank, heading in enumerate(one.weak):
            made.weak[normal(heading)].append((one.name, rank))
    return made


def _forms(one: Field) -> Iterable[str]:
    return (one.heading, f"{one.heading}({one.unit})") if one.unit else (one.heading,)


_UNIT_LINE: Final = re.compile(
    r"(?<![制报管写设用建])(?:金额|计量|货币)?单位[:：]?(?:人民币)?(百万元|万元|千元|百元|亿元|元)(?![\u4e00-\u9fff])"
)
_YEAR: Final = re.compile(r"(20\d\d)年")


def unit_line(text: str) -> str:
    """The unit that a line above the table names (单位：万元), or ``""``. 编制单位 is no unit."""
    match = _UNIT_LINE.search("".join(unicodedata.normalize("NFKC", text).split()))
    return match.group(1) if match else ""


def year_in(text: str) -> int | None:
    """The year that a title names (2026年3月…)."""
    found = {int(year) for year in _YEAR.findall("".join(unicodedata.normalize("NFKC", text).split()))}
    return found.pop() if len(found) == 1 else None


def joined(cells: Iterable[Raw]) -> str:
    """All texts of a row in one line."""
    return " ".join(text for raw in cells if (text := as_text(raw)))
