"""What a section is: its fields, its shape, its rules. One file per section fills this in; no other room knows a heading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity

Facts = dict[str, Any]
"""One row as the clerk entered it. Money: whole fen. Date: ``YYYY-MM-DD`` (or ``YYYY-MM``, ``YYYY`` where partial dates are
allowed). Decimal: plain text without exponent. Whole number: int. Choice: the choice's stable key. Yes/no: bool. Else text."""


def words(text: str) -> tuple[str, ...]:
    """A list of headings or spellings, written with spaces between them."""
    return tuple(text.split())


class Shape(StrEnum):
    """How a section lives through time (decision 2)."""

    FLOW = "flow"
    BATCH = "batch"
    REGISTER = "register"
    STANDING = "standing"
    EVENT = "event"


LASTING: Final = (Shape.REGISTER, Shape.STANDING)
"""Shapes whose things live across periods: the newest period is what holds, and a draft starts from it."""


class Visible(StrEnum):
    """Who may ever see a field (decision 9). NEVER-class values do not even become a row."""

    PUBLIC = "public"
    STAFF = "staff"
    NEVER = "never"


class Family(StrEnum):
    """The three kinds of 三务公开, in the words under which villagers look for them."""

    PARTY = "党务"
    AFFAIRS = "村务"
    MONEY = "财务"


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    DECIMAL = "decimal"
    WHOLE = "whole"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Names(StrEnum):
    """What the public face does with names of people in a field."""

    SHOW = "show"
    """Office holders, organisations, recipients of ordinary subsidies: shown as written."""
    MASK_PERSON = "mask_person"
    """A whole field that may be a person: 孙** for a person, the full name for an organisation."""
    SCAN = "scan"
    """Free text that may mention people: numbers are taken out, names of people who hold no office are masked."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a CHOICE field: a stable ASCII key, the label people read, and other ways clerks write it."""

    key: str
    label: str
    synonyms: tuple[str, ...] = ()


class Role(StrEnum):
    """What a column is for that is no field itself: it helps to read the others."""

    IN_AMOUNT = "in_amount"
    OUT_AMOUNT = "out_amount"
    DEBIT = "debit"
    CREDIT = "credit"
    BALANCE = "balance"
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    IN_WORDS = "in_words"
    """The amount once more, in Chinese capitals: compared, not kept."""
    STATUS = "status"
    """Whether a payment went through, as a bank or a payment service says it."""
    IGNORED = "ignored"
    """Known and of no use: serial numbers, signatures, counts of attached papers."""


@dataclass(frozen=True, slots=True)
class Extra:
    """A column beside the fields: its role and the headings that clerks give it."""

    role: Role
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a ledger."""

    name: str
    heading: str
    kind: Kind = Kind.TEXT
    required: bool = False
    visible: Visible = Visible.PUBLIC
    synonyms: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    """Headings that mean this field only where no other column does (项目 is the summary if there is no 摘要)."""
    choices: tuple[Choice, ...] = ()
    open_choice: bool = False
    """A CHOICE that also takes other text (a category the county has not listed): kept as written, with a question."""
    names: Names = Names.SHOW
    interest: bool = False
    """A person named here is asked to stand aside from reviewing the row (decision 17)."""
    clear: bool = False
    """Stands in clear in the row's leaf: enums, dates and whole numbers only (evidence.md); all else is salted."""
    unit: str = ""
    identifier: bool = False
    """A number that names the row (voucher, asset no.): text with its zeros kept, full-width made half-width."""
    person: bool = False
    """Names an office holder: shown as written, but never found by search."""
    contact: bool = False
    """A named contact field: may carry a work mobile number that its holder agreed to (decision 9)."""
    illness: bool = False
    """Words of illness are taken out of this free text before the row is stored."""
    parts: tuple[str, ...] = ()
    """Headings of the small table that the cell holds (steps, materials, instalments): entries apart by ``；``, their parts by
    ``｜``, as ``sections.parts`` reads it."""
    part_tag: str = ""
    """The one of ``parts`` whose words say enough without their heading (复印件): a tag behind the first."""
    plain: str = ""
    """The heading that villagers read, where the one in the clerk's table is no plain word (ux.md §3)."""
    match: str = ""
    """NEVER-class fields whose values are compared by HMAC: the kind of ``row_match`` (id, card, phone)."""

    @property
    def read_as(self) -> str:
        """The heading on villagers' pages; files and forms carry the clerk's own."""
        return self.plain or self.heading

    def choice(self, key: str) -> Choice | None:
        """The choice with this key, if it is one of the listed ones."""
        return next((choice for choice in self.choices if choice.key == key), None)

    def label_of(self, value: Any) -> str:
        """What people read for a stored value of a CHOICE or YES_NO field; other kinds as text."""
        if value is None:
            return ""
        if self.kind is Kind.YES_NO:
            return "是" if value else "否"
        found = self.choice(str(value)) if self.choices else None
        return found.label if found else str(value)


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of the sheet that is printed for the village's board; public fields without one stand small below the row."""

    field: str
    width: int = 0
    """Millimetres on the paper; columns of width 0 share what is left."""
    heading: str = ""
    """Where it is not the field's own."""
    total: str = ""
    """Which of the section's totals stands under the column and is carried from page to page."""
    direction: str = ""
    """Flows: only entries of this direction stand in it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule of a section found something in one row (``index`` is set) or in the whole table (``index`` None)."""

    severity: Severity
    code: str
    message: str
    fix: str = ""
    field: str | None = None
    index: int | None = None
    others: tuple[int, ...] = ()
    """Other rows that the message is about; ``{others}`` in it becomes their row numbers in the clerk's file."""
    also: tuple[str, ...] = ()
    """Other fields of the row in which the mistake may stand instead."""


@dataclass(frozen=True, slots=True)
class Balances:
    """Opening, closing, bank and cash of a flow, in fen; None where the file says nothing (decision 7)."""

    opening_fen: int | None = None
    closing_fen: int | None = None
    bank_fen: int | None = None
    cash_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """A total of the section's rows in people's words."""

    name: str
    """Its ASCII name in the leaf; ``…_fen`` is money, ``…_mu`` hundredths of 亩, all else counts."""
    words: str
    field: str
    """What it adds up, so that a page can say of how many rows."""


@dataclass(frozen=True, slots=True)
class DueDay:
    """So many days after a period's last day it must be public, by default; a county replaces it by rules of its own."""

    cadence: Cadence
    days_after: int
    basis: str


@dataclass(frozen=True, slots=True)
class Note:
    """What follows from a row on a given day (in arrears, ends soon, still open to objections), in a villager's words."""

    words: str
    warn: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a course that a row goes through: what, what is known of it, and whether it is over, present or to come."""

    words: str
    facts: str = ""
    state: str = "todo"
    """``done``, ``now`` or ``todo``."""


def _no_course(_facts: Facts) -> list[Stage]:
    return []


def _no_notes(_facts: Facts, _today: date) -> list[Note]:
    return []


def _stays(_rows: Sequence[Facts]) -> date | None:
    return None


def _no_part_state(_facts: Facts, _field: str, _entry: Sequence[str], _on: date) -> Stage | None:
    return None


def _no_tag(_facts: Facts) -> str:
    return ""


def _whole(facts: Facts) -> Facts:
    return facts


def _no_row_faults(_facts: Facts) -> list[Fault]:
    return []


def _no_table_faults(_rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    return []


def _no_totals(rows: Sequence[Facts]) -> dict[str, int]:
    return {"rows": len(rows)}


def _no_key(_facts: Facts) -> str | None:
    return None


def _no_subject(_facts: Facts) -> str:
    return ""


def _no_title_facts(_title: str) -> Facts:
    return {}


@dataclass(frozen=True, slots=True)
class Section:
    """One section of what a village publishes."""

    name: str
    title: str
    shape: Shape
    cadences: tuple[Cadence, ...]
    fields: tuple[Field, ...]
    what: str
    """One plain sentence for villagers."""
    persons: bool = False
    """Rows are about private persons: every fact salted, keys are HMACs, faces expire, no list twins (decisions 4, 11)."""
    promoted: Mapping[str, str] = field(default_factory=dict)
    """Which field fills which indexed column of ``row``: occurred_on, direction, amount_fen, category, counterparty."""
    natural_key: Callable[[Facts], str | None] = _no_key
    """The row's identity as the clerk writes it, or None: then content and occurrence number (decision 4)."""
    check_row: Callable[[Facts], list[Fault]] = _no_row_faults
    check_table: Callable[[Sequence[Facts], Balances], list[Fault]] = _no_table_faults
    totals: Callable[[Sequence[Facts]], dict[str, int]] = _no_totals
    """Whole-number totals that stand in the leaf: ``rows``, ``income_fen`` … in ASCII names."""
    extras: tuple[Extra, ...] = ()
    subject_of: Callable[[Facts], str] = _no_subject
    """Batches and events: a row's subject; all rows of one file must agree (decision 1)."""
    title_facts: Callable[[str], Facts] = _no_title_facts
    """What a title above the table, or a sheet's name, says for every row (programme, batch)."""
    headline: str = ""
    """The field that names a row in lists (summary, name, programme …)."""
    money_units: tuple[str, ...] = ("元", "万元")
    subject_field: str | None = None
    """For batches and events: which words keep two disclosures of one period apart (decision 1)."""
    sensitive: Callable[[str], bool] | None = None
    """Batches: whether this subject (programme) has no row faces at all, only count and sum (decision 11)."""
    board: tuple[BoardColumn, ...] = ()
    """Columns of the printed sheet."""
    board_wide: bool = False
    """Whether that sheet lies on its side."""
    tile: str = "other"
    """Name of the tile's icon in templates/components/icons.html."""
    order: int = 100
    """Place among the sections, wherever they are listed."""
    family: Family = Family.AFFAIRS
    unit: str = "项"
    """How villagers count its rows."""
    example: tuple[Mapping[str, Any], ...] = ()
    """Two or three rows as a clerk fills in the template, by field (a flow's amounts as ``in`` and ``out``); invented."""
    line: tuple[str, ...] = ()
    """The fields that stand under a row's name in a list."""
    says: str = ""
    """The field that says a whole row in one plain sentence; where it is filled in it stands first on the row's page."""
    state: str = ""
    """The CHOICE field that a list shows as a mark beside the name."""
    warn_states: tuple[str, ...] = ()
    """Those of its choices that are marked as wanting attention."""
    listed_by: str = ""
    """The field by which a list is divided under headings."""
    sums: tuple[Sum, ...] = ()
    """The totals that stand above a list."""
    flow: str = ""
    """The field whose parts are steps in order: they are drawn."""
    notes: Callable[[Facts, date], list[Note]] = _no_notes
    """Reads a row's public face: what is masked there it does not know."""
    part_state: Callable[[Facts, str, Sequence[str], date], Stage | None] = _no_part_state
    """What follows from one entry of a cell's small table (``Field.parts``) on the day of publication: paid, owed, to come."""
    course: Callable[[Facts], list[Stage]] = _no_course
    """The stages of a row's course, from its public face."""
    tag: Callable[[Facts], str] = _no_tag
    """Why a thing gets a label with its code, in words, from its public face; empty where it gets none."""
    tag_no: str = ""
    """The field of the clerk's own number, which the label says too."""
    due: tuple[DueDay, ...] = ()
    """Sections without one are due when something happens."""
    page: str = "public/register.html"
    """The template of its lists, where the common one does not do."""
    keeps_sums: bool = False
    """Rows that say 合计 or 总计 are lines of their own (a balance sheet), not sums to be compared and left out."""
    down_on: Callable[[Sequence[Facts]], date | None] = _stays
    """The day on which the texts of a publication go from the web by themselves; of a list of persons a setting says it."""
    web: Callable[[Facts], Facts] = _whole
    """The part of a row that may be on the web at all: what hangs on the board only stays on paper (decision 12)."""
    stays: tuple[str, ...] = ()
    """Fields that are still shown after that day."""
    own: tuple[str, ...] = ()
    """Lists that the township enters once for all its villages: the fields that each village fills in for itself."""

    def field_named(self, name: str) -> Field:
        """The field; raises KeyError for a name that the section does not have."""
        for found in self.fields:
            if found.name == name:
                return found
        raise KeyError(name)

    @property
    def stored_fields(self) -> tuple[Field, ...]:
        """Fields whose values may become part of a row: all but the NEVER class."""
        return tuple(one for one in self.fields if one.visible is not Visible.NEVER)

    @property
    def public_fields(self) -> tuple[Field, ...]:
        """Fields that may stand on a public page."""
        return tuple(one for one in self.fields if one.visible is Visible.PUBLIC)
