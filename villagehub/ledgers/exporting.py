"""A version's rows become a file for download: which rows, which balances, which name."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from villagehub.disclosures.filling import all_facts
from villagehub.disclosures.scope import section_of, title_of, version_with_id
from villagehub.ledgers.exports import export_csv, export_xlsx
from villagehub.places.queries import read_village_by_id
from villagehub.sections.base import Balances, Shape

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Table:
    """A file for download."""

    raw: bytes
    name: str
    content_type: str


def version_table(session: Session, version_id: int, ending: str) -> Table:
    """The table of a version, ``xlsx`` or ``csv``; raises NotFound."""
    version = version_with_id(session, version_id)
    section = section_of(version)
    # The closing follows from the rows; written down, it would stand in the way of mending one of them.
    balances = Balances(version.opening_fen, None, version.bank_fen, version.cash_fen)
    make = export_xlsx if ending == "xlsx" else export_csv
    raw = make(section, all_facts(session, version), balances if section.shape is Shape.FLOW else Balances())
    village = read_village_by_id(session, version.village_id)
    number = f"第{version.number}号" if version.number else "草稿"
    return Table(
        raw, f"{village.name}{title_of(version.disclosure)}{number}.{ending}", XLSX if ending == "xlsx" else CSV
    )
