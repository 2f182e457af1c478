"""The public face of a row, made in this one place from the section's rules (decisions 5, 9, 11)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from villagehub.kernel.canonical import canonical, one_line
from villagehub.kernel.masking import find_private_numbers, mask_names_in, mask_person
from villagehub.kernel.private_numbers import PrivateKind
from villagehub.sections.base import Facts, Field, Kind, Names, Section, Visible
from villagehub.transparency.commitments import Sealed, b64, fields_root, seal
from villagehub.transparency.tree import leaf_hash

RULES_VERSION: Final = 3
"""Rises when the rules below change what a face shows; faces made under older rules are never reused."""

ORIGINAL: Final = "original"
"""The commitment to the row as the clerk entered it; its value is never part of a face."""


@dataclass(frozen=True, slots=True)
class PublicValues:
    """What a row shows the public: facts in clear, and facts under salted commitments."""

    clear: dict[str, Any]
    salted: dict[str, Any]


def people_in(section: Section, facts: Facts) -> list[str]:
    """Whom the row is about: the row's free texts must not give away what their own field hides."""
    return [
        str(facts[one.name])
        for one in section.fields
        if (one.interest or (section.persons and one.name == section.headline)) and facts.get(one.name)
    ]


def _shown(section: Section, field: Field, facts: Facts, officers: Collection[str]) -> Any:
    value = facts.get(field.name)
    if value is None or not isinstance(value, str) or field.kind is not Kind.TEXT:
        return value
    if field.names is Names.MASK_PERSON:
        return value if value in officers else mask_person(value)
    if field.names is Names.SCAN:
        return mask_names_in(value, people_in(section, facts), keep=officers)
    return value


def public_values(
    section: Section, facts: Facts, *, officers: Collection[str] = (), on_paper: bool = False
) -> PublicValues:
    """Applies the section's rules to one row. ``officers`` are names of office holders, which stay readable. ``on_paper``
    also what hangs on the village's board only (decision 12), which is never sealed as a face.
    """
    clear: dict[str, Any] = {}
    salted: dict[str, Any] = {}
    facts = facts if on_paper else section.web(facts)
    for field in section.fields:
        if field.visible is not Visible.PUBLIC or facts.get(field.name) is None:
            continue
        value = _shown(section, field, facts, officers)
        if field.clear and not section.persons:
            clear[field.name] = value
        else:
            salted[field.name] = one_line(value) if isinstance(value, str) else value
    return PublicValues(clear, salted)


def has_private_number(section: Section, values: PublicValues) -> bool:
    """Whether an ID, phone or card number stands in what would become public: the last gate before publication.

    A named contact field may carry its holder's work mobile, but no other number (decision 9).
    """
    for name, value in (*values.clear.items(), *values.salted.items()):
        if isinstance(value, str):
            found = {one.kind for one in find_private_numbers(value)}
            if found - ({PrivateKind.PHONE} if section.field_named(name).contact else set()):
                return True
    return False


@dataclass(frozen=True, slots=True)
class SealedFace:
    """A face ready to be kept: clear facts, sealed fields as JSON, and the hash of the row's leaf."""

    clear: dict[str, Any]
    fields: dict[str, dict[str, Any]]
    leaf_hash: bytes


def row_leaf(clear: dict[str, Any], commitments: dict[str, bytes]) -> bytes:
    """The canonical bytes of a row's leaf: clear facts and the root over its commitments (evidence.md "Leaf")."""
    return canonical({"clear": clear, "fields_root": b64(fields_root(commitments))})


def seal_face(values: PublicValues, original: dict[str, Any]) -> SealedFace:
    """Commits to each salted fact and to the original row under fresh salts."""
    sealed: dict[str, Sealed] = {name: seal(name, value) for name, value in values.salted.items()}
    fields = {name: one.as_json() for name, one in sealed.items()}
    whole = seal(ORIGINAL, original)
    sealed[ORIGINAL] = whole
    fields[ORIGINAL] = {"salt": b64(whole.salt), "commitment": b64(whole.commitment)}
    body = row_leaf(values.clear, {name: one.commitment for name, one in sealed.items()})
    return SealedFace(values.clear, fields, leaf_hash(body))


def original_of(facts: Facts, *, sha256: str | None, sheet: str | None, row: int | None) -> dict[str, Any]:
    """What the ``original`` commitment covers: the stored row and where in which file it stood."""
    return {"facts": facts, "sha256": sha256 or "", "sheet": sheet or "", "row": row or 0}


def same_values(clear: dict[str, Any], fields: dict[str, Any], values: PublicValues) -> bool:
    """Whether a kept face shows exactly these values; one with an erased value never does."""
    held = {name: one.get("value") for name, one in fields.items() if name != ORIGINAL}
    return clear == values.clear and held == values.salted
