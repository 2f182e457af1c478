"""What must agree between a village's accounts, as any careful reader would check it: rows in, disagreements out. No fixtures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from villagehub.kernel.period import Period
from villagehub.sections.parts import read_parts
from villagehub.sections.terms import last_day, read_instalments

MEETING_FEN = 5_000_000
"""From so much on a project has its meeting: the first village's own list of powers says so."""

Facts = dict[str, Any]


@dataclass(frozen=True)
class Account:
    """One account of one subject as it stands now: its section, period, rows, and what was left of it."""

    section: str
    period: Period
    rows: Sequence[Facts]
    entity: str = "committee"
    closing_fen: int | None = None


@dataclass
class Books:
    """The committee's accounts of one village, and the collective's books of money."""

    accounts: Sequence[Account]
    rows: dict[str, list[Facts]] = field(default_factory=dict)
    of_the_collective: Sequence[Account] = ()

    def __post_init__(self) -> None:
        self.of_the_collective = [
            one for one in self.accounts if (one.entity, one.section) == ("collective", "finance")
        ]
        self.accounts = [one for one in self.accounts if one.entity == "committee"]
        newest: dict[str, Account] = {}
        for one in sorted(self.accounts, key=lambda one: one.period):
            newest[one.section] = one
        self.rows = {name: list(one.rows) for name, one in newest.items()}
        if "decisions" in self.rows:  # each quarter has votes of its own
            self.rows["decisions"] = [
                {**row, "in": one} for one in self.accounts if one.section == "decisions" for row in one.rows
            ]

    def of(self, section: str) -> list[Facts]:
        """The rows of a section's newest period."""
        return self.rows.get(section, [])

    @property
    def quarters(self) -> list[Account]:
        """The accounts of money, the oldest first."""
        return sorted((one for one in self.accounts if one.section == "finance"), key=lambda one: one.period)

    def spent_on(self, name: str) -> int:
        """What the accounts of money paid for whatever is called so."""
        return sum(
            int(row["amount"])
            for one in self.quarters
            for row in one.rows
            if row["direction"] == "out" and name in str(row["summary"])
        )


def disagreements(accounts: Sequence[Account]) -> list[str]:
    """Everything that two accounts of one village say differently, one sentence each."""
    books = Books(accounts)
    if not books.of("contracts"):
        return []
    checks = (
        _lets,
        _rents,
        _debts,
        _projects,
        _numbers,
        _meetings,
        _attendance,
        _sheet,
        _levies,
        _gifts,
        _idle,
        _guides,
        _helpers,
        _asked_for,
        _turned_to,
        _hours,
    )
    return [said for check in checks for said in check(books)]


def _lets(books: Books) -> Iterator[str]:
    """Whatever names a contract finds it, with the same other party; whatever a contract is about is there."""
    contracts = {row["contract_no"]: row for row in books.of("contracts")}
    known = {row["resource_no"] for row in books.of("resources")} | {row["asset_no"] for row in books.of("assets")}
    known |= {row["project_no"] for row in books.of("projects")}
    for section, name, party in (
        ("resources", "name", "lessee"),
        ("assets", "name", "keeper"),
        ("projects", "name", "winner"),
        ("decisions", "matter", ""),
    ):
        for row in books.of(section):
            number = row.get("contract_no")
            if number and number not in contracts:
                yield f"{section} {row[name]} names contract {number}, which is not there"
            elif number and party and row[party] != contracts[number]["party_b"]:
                yield f"{section} {row[name]} and contract {number} name different parties"
            elif not number and (row.get("state") == "let" or row.get("use_mode") in ("let", "contract")):
                yield f"{section} {row[name]} is let without a contract"
    for row in contracts.values():
        if row.get("object_no") and row["object_no"] not in known:
            yield f"contract {row['contract_no']} is about {row['object_no']}, which is not there"
    for row in books.of("projects"):
        held = contracts.get(row.get("contract_no"))
        if held and held.get("whole") != row.get("contract_price"):
            yield f"project {row['name']} and its contract name different prices"
    for row in books.of("resources"):
        held = contracts.get(row.get("contract_no"))
        if held and Decimal(str(held["area"])) != Decimal(str(row["leased_area"])):
            yield f"resource {row['name']} and its contract name different areas"


def _rents(books: Books) -> Iterator[str]:
    """An instalment that fell due within the accounts of money, the committee's or the collective's, stands there as income
    from the same party; none else does.
    """
    periods = [one.period for one in books.quarters]
    wanted: dict[str, int] = {}
    for row in books.of("contracts"):
        plan = read_instalments(str(row.get("schedule") or ""))
        for one in plan:
            if any(period.holds(one.day) for period in periods):
                wanted[row["party_b"]] = wanted.get(row["party_b"], 0) + one.paid_fen
        owed = sum(one.due_fen - one.paid_fen for one in plan if one.day <= periods[-1].last)
        if plan and owed != row["arrears"]:
            yield f"contract {row['contract_no']}: its plan owes {owed}, its arrears are {row['arrears']}"
    came: dict[str, int] = {}
    for account in [*books.quarters, *books.of_the_collective]:
        for row in account.rows:
            if row["category"] == "in_lease":
                came[row["counterparty"]] = came.get(row["counterparty"], 0) + int(row["amount"])
    if {who: fen for who, fen in wanted.items() if fen} != came:
        yield f"contracts say that {wanted} was paid, the accounts of money say {came}"


def _debts(books: Books) -> Iterator[str]:
    """Arrears and debts are the same money."""
    arrears = {row["party_b"]: row["arrears"] for row in books.of("contracts") if row.get("arrears")}
    owed = {row["counterparty"]: row["balance"] for row in books.of("debts") if row["kind"] == "owed_to_us"}
    if arrears != owed:
        yield f"contracts are in arrears by {arrears}, the debts say {owed}"


def _projects(books: Books) -> Iterator[str]:
    """What money is spent on as a project is in the register of projects, and what that says is paid was paid."""
    projects = {row["name"]: row for row in books.of("projects")}
    for account in books.quarters:
        for row in account.rows:
            if row["category"] == "out_project" and not any(name in row["summary"] for name in projects):
                yield f"{account.period}: {row['summary']} names no project of the register"
    first = books.quarters[0].period.first
    for name, row in projects.items():
        signed, settled = last_day(row.get("contract_on")), last_day(row.get("settled_on"))
        in_books = (signed is not None and signed >= first) or (settled is not None and settled >= first)
        spent = books.spent_on(name)
        if (spent and not in_books) or (
            in_books and signed is not None and signed >= first and spent != row.get("paid", 0)
        ):
            yield f"project {name} says that {row.get('paid')} is paid, the accounts of money say {spent}"


def _meetings(books: Books) -> Iterator[str]:
    """A project above the village's own limit, and every decision that names one, has its vote before its contract."""
    votes = {row.get("project_no"): row for row in books.of("decisions") if row["result"] == "passed"}
    projects = {row["project_no"]: row for row in books.of("projects")}
    for number, row in projects.items():
        if (
            int(row.get("budget") or 0) >= MEETING_FEN
            and number not in votes
            and "会议决议" not in str(row.get("approval"))
        ):
            yield f"project {row['name']} is above the limit without a vote"
    for row in books.of("decisions"):
        if row["result"] != "passed" and row.get("project_no"):
            yield f"decision {row['matter']} did not pass and has a project"
    for number, vote in votes.items():
        if number is None:
            continue
        row = projects.get(number)
        signed = last_day(row["contract_on"]) if row else None
        knows = signed is not None and signed <= vote["in"].period.last
        if (
            row is None
            or row["name"] != vote["matter"]
            or vote.get("contract_no") != (row["contract_no"] if knows else None)
        ):
            yield f"decision {vote['matter']} and project {number} do not know each other"
        elif vote["amount"] != row["budget"] or str(vote["held_on"]) > str(row["contract_on"]):
            yield f"decision {vote['matter']} and its project differ in the planned amount or days"


def _numbers(books: Books) -> Iterator[str]:
    """Projects are numbered from 01 in each year."""
    places: dict[str, int] = {}
    for row in books.of("projects"):
        year = str(row["approved_on"])[:4]
        places[year] = places.get(year, 0) + 1
        if row["project_no"] != f"XM-{year}-{places[year]:02}":
            yield f"project {row['name']} is {row['project_no']}, the number {places[year]} of {year}"


def _attendance(books: Books) -> Iterator[str]:
    """A vote stands in its own quarter, where as many as came to the meeting are paid for it, on no day before it."""
    for vote in books.of("decisions"):
        if not vote["in"].period.holds(last_day(vote["held_on"]) or date.max):
            yield f"decision {vote['matter']} of {vote['held_on']} stands in {vote['in'].period}"
        for account in books.quarters:
            for row in account.rows if account.period == vote["in"].period else ():
                paid = "代表会议误工补贴" in row["summary"]
                if paid and (
                    f"（{vote['attended']}人" not in row["summary"] or str(row["occurred_on"]) < str(vote["held_on"])
                ):
                    yield f"decision {vote['matter']}: {vote['attended']} came, the accounts of money pay {row['summary']}"


def _sheet(books: Books) -> Iterator[str]:
    """The balance sheet's money, fixed assets and claims are those of the accounts, the register and the debts."""
    lines = {row["item"]: row["amount"] for row in books.of("statements")}
    (year,) = {one.period.first.year for one in books.accounts if one.section == "statements"}
    (assets,) = [one for one in books.accounts if one.section == "assets" and one.period.first.year == year]
    gross, gone, net = (
        sum(int(row[name]) for row in assets.rows) for name in ("original_value", "depreciation", "net_value")
    )
    wanted = {"固定资产原值": gross, "减：累计折旧": gone, "固定资产净值": net}
    last = [one for one in books.quarters if one.period.last == date(year, 12, 31)]
    if last and last[0].closing_fen is not None:
        wanted["货币资金"] = last[0].closing_fen
    due = [row for row in books.of("debts") if row["kind"] == "owed_to_us"]
    wanted["应收款项"] = sum(
        row["balance"] for row in due if (last_day(row["due_on"]) or date.max) <= date(year, 12, 31)
    )
    wanted["长期借款及应付款"] = sum(row["balance"] for row in books.of("debts") if row["kind"] != "owed_to_us")
    for item, fen in wanted.items():
        if lines.get(item) != fen:
            yield f"balance sheet: {item} is {lines.get(item)}, elsewhere it is {fen}"


def _levies(books: Books) -> Iterator[str]:
    """What villagers raised is in the accounts of money, and was spent there."""
    raised = sum(int(row["collected"]) for row in books.of("levies"))
    came = sum(int(row["amount"]) for one in books.quarters for row in one.rows if row["category"] == "in_villagers")
    names = {row["project"] for row in books.of("levies")}
    spent = sum(books.spent_on(name) for name in names)
    if (raised, sum(int(row["spent"]) for row in books.of("levies"))) != (came, spent):
        yield f"the levy raised {raised}, the accounts of money have {came} in and {spent} out"


def _gifts(books: Books) -> Iterator[str]:
    """Gifts of money are in the accounts of money, and theirs are among the gifts."""
    given = sorted(int(row["amount"]) for row in books.of("donations") if row["category"] == "money")
    came = sorted(int(row["amount"]) for row in books.quarters[-1].rows if row["category"] == "in_gift")
    if given != came:
        yield f"gifts of money are {given}, the accounts of money have {came}"


def _idle(books: Books) -> Iterator[str]:
    """What is called idle is wholly idle; what is let is let to somebody."""
    for row in books.of("resources"):
        whole, let, idle = (Decimal(str(row.get(name) or 0)) for name in ("area", "leased_area", "idle_area"))
        if row["use_mode"] == "idle" and (let or idle != whole):
            yield f"resource {row['name']} is called idle, but {let} of {whole} is let"
        if let and not row.get("lessee"):
            yield f"resource {row['name']} is let to nobody"


def _guides(books: Books) -> Iterator[str]:
    """The days of a guide's steps are those that it promises, and its power takes the same."""

    def days(text: object) -> int:
        steps = read_parts(str(text), ("做什么", "谁来办", "多久办完", "留下什么", "风险"))
        said = [one[2] for one in steps]
        assert all(one == "当天" or one.endswith("个工作日") for one in said), said
        return sum(0 if one == "当天" else int(one.removesuffix("个工作日")) for one in said)

    guides = {row["guide"]: row for row in books.of("guides")}
    for name, row in guides.items():
        if f"{days(row['steps'])}个工作日" != row["promised_days"]:
            yield f"guide {name} promises {row['promised_days']}, its steps take {days(row['steps'])}"
    for row in books.of("powers"):
        if row.get("guide"):
            guide = guides.get(row["guide"])
            if guide is None or row["power"] != row["guide"] or days(guide["steps"]) != days(row["steps"]):
                yield f"power {row['power']} and its guide differ"


def _helpers(books: Books) -> Iterator[str]:
    """Who helps with subsidies, and answers for the power, is whose duty that is."""
    for row in [*books.of("guides"), *(one for one in books.of("powers") if one.get("guide"))]:
        name, who = row.get("guide"), row.get("helper") or row.get("responsible")
        card = next((one for one in books.of("duties") if one["name"] == who), None)
        if card is None or "补贴申报" not in str(card["portfolio"]):
            yield f"{name} is in the hands of {who}, whose duty it is not"


def _asked_for(books: Books) -> Iterator[str]:
    """What is announced as applied for has a guide that says how to apply, by a vote and a 公示 as it is announced."""
    guides = {str(row["guide"]): str(row["steps"]) for row in books.of("guides")}
    for row in books.of("announcements"):
        if row.get("kind") == "relief" and "低保" in str(row["subject"]):
            steps = guides.get("低保申请", "")
            if not ("民主评议" in steps and "公示" in steps):
                yield f"announcement {row['subject']}: no guide says how to apply for it"


def _turned_to(books: Books) -> Iterator[str]:
    """Whoever objects finds an officer, with the telephone that stands in that officer's duties."""
    for row in books.of("announcements"):
        said, phone = str(row.get("object_to") or ""), row.get("object_phone")
        if not any(str(one["name"]) in said and one["office_phone"] == phone for one in books.of("duties")):
            yield f"announcement {row['subject']} says to turn to {said or 'nobody'} ({phone})"


def _hours(books: Books) -> Iterator[str]:
    """The office is open at the same hours for everything and everybody."""
    found = {str(row.get("hours")) for row in books.of("guides")}
    found |= {str(row.get("office_hours")) for row in books.of("duties")}
    if found != {"周一至周五上班时间"}:
        yield f"the office is open {sorted(found)}"
