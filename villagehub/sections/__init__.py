"""Sections: what a village publishes, one file each. Everything that is particular to a section stands in its file.

Adding a section is one new file here and one template; import, review, publishing, export and codes work for it unchanged.
"""

from villagehub.kernel.refused import NotFound
from villagehub.sections.assets import ASSETS
from villagehub.sections.base import Section
from villagehub.sections.duties import DUTIES
from villagehub.sections.finance import FINANCE
from villagehub.sections.funds import FUNDS

SECTIONS: dict[str, Section] = {one.name: one for one in (FINANCE, ASSETS, FUNDS, DUTIES)}


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
