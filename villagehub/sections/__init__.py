"""Sections: what a village publishes, one file each. Everything that is particular to a section stands in its file.

Adding a section is one new file here that makes a ``Section``, and at most one template: this package finds it by itself, and
import, forms, review, publishing, pages, export and codes work for it unchanged.
"""

from importlib import import_module
from pkgutil import iter_modules

from villagehub.kernel.refused import NotFound
from villagehub.sections.base import Section


def discover() -> dict[str, Section]:
    """The sections that the files of this package make, by name, in their order; two of one name are a mistake."""
    modules = [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]
    made = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, Section)}
    ordered = sorted(made.values(), key=lambda one: (one.order, one.name))
    names = [one.name for one in ordered]
    if len(set(names)) != len(names):
        raise ValueError(f"two sections of one name: {names}")
    return dict(zip(names, ordered, strict=True))


SECTIONS: dict[str, Section] = discover()


def judged_sections() -> list[Section]:
    """The sections for which a day is named by default, in their order: what offices see in one line per village."""
    return [one for one in SECTIONS.values() if one.due]


def sum_words() -> dict[str, str]:
    """What each section's totals are called, by their ASCII name."""
    return {one.name: one.words for section in SECTIONS.values() for one in section.sums}


class NoSuchSection(NotFound):
    """The name is not one of the registry's."""

    code = "no_such_section"
    message = "没有“{name}”这一类公开内容。"


def section_named(name: str) -> Section:
    """The section; raises NoSuchSection."""
    found = SECTIONS.get(name)
    if found is None:
        raise NoSuchSection(name=name[:20])
    return found
