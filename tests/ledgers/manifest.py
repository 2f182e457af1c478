"""The collection of awkward and hostile ledgers that stands beside the project, and what must come out of each file.

It is looked for in the folder that VILLAGEHUB_TEST_LEDGERS names, else in ``shared/ledgers`` beside the checkout. Where it is
absent its tests are skipped; the same families are tested with files of our own in the other modules of this folder.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("VILLAGEHUB_TEST_LEDGERS") or Path(__file__).resolve().parents[3] / "shared" / "ledgers")
ABSENT = f"the collection of ledgers is not in {FOLDER.name}; VILLAGEHUB_TEST_LEDGERS names another folder"
EXACT_CATEGORIES = frozenset(("control", "layout", "amount", "date", "encoding"))

TOPICS = {
    "header": ("header", "column"),
    "macro": ("macro",),
    "hidden": ("hidden",),
    "hidden_sheet": ("hidden_sheet",),
    "formula": ("formula",),
    "duplicate": ("duplicate",),
    "total_mismatch": ("total_mismatch",),
    "password": ("password",),
}
"""The manifest's topics, and what our codes for them contain."""


@dataclass(frozen=True)
class Item:
    """One file of the collection."""

    name: str
    category: str
    upload_as: str
    outcomes: tuple[str, ...]
    expect: dict[str, Any]

    @property
    def path(self) -> Path:
        return FOLDER / "files" / self.name

    @property
    def must_be_exact(self) -> bool:
        """Whether issue 2 asks for exactly these rows: of the five categories, with acceptance as the only outcome."""
        return self.category in EXACT_CATEGORIES and self.outcomes == ("accept",)


def _items() -> list[Item]:
    file = FOLDER / "manifest.json"
    if not file.is_file():
        return []
    listed = json.loads(file.read_text("utf-8"))["items"]
    return [
        Item(Path(one["file"]).name, one["category"], one["upload_as"], tuple(one["outcome_any_of"]), one["expect"])
        for one in listed
        if one["kind"] == "ledger"
    ]


ITEMS = _items()


def named_rows(problems: list[dict[str, Any]]) -> set[int]:
    """The clerk's rows that a question or a fault names."""
    return {one["row"] for one in problems if one["row"] is not None and one["severity"] != "info"}


def differences(item: Item, told: dict[str, Any]) -> list[str]:
    """Every way in which the object of ``check --json`` breaks what the manifest says; empty when it keeps it."""
    expect, found = item.expect, []
    if told["outcome"] not in item.outcomes:
        found.append(f"outcome {told['outcome']}, allowed {item.outcomes}")
    problems = told["problems"]
    if told["outcome"] != "reject":
        found += _values(expect | expect.get("if_imported", {}), told)
    missing = set(expect.get("must_flag_rows", ())) - named_rows(problems)
    if missing:
        found.append(f"rows {sorted(missing)} are not named")
    topics = [expect["must_flag"]] if "must_flag" in expect else []
    if told["outcome"] == "review" and "must_flag_if_review" in expect:
        topics.append(expect["must_flag_if_review"])
    for topic in topics:
        if not any(word in one["code"] for word in TOPICS[topic] for one in problems):
            found.append(f"nothing is said of {topic}")
    whole = json.dumps(told, ensure_ascii=False)
    found += [f"{text!r} is shown" for text in expect.get("must_not_contain", ()) if text in whole]
    if told["outcome"] != "reject":
        found += [f"{text!r} is lost" for text in expect.get("must_contain", ()) if text not in whole]
    for one in problems:
        if one["severity"] == "must_fix" and not (one["message"] and one["fix"]):
            found.append(f"{one['code']} has no next step")
    return found


def _values(wanted: dict[str, Any], told: dict[str, Any]) -> list[str]:
    found = [
        f"{name} {told[name]}, wanted {wanted[name]}"
        for name in ("rows", "income_fen", "expense_fen")
        if name in wanted and told[name] != wanted[name]
    ]
    if "dates" in wanted and sorted(told["dates"]) != sorted(wanted["dates"]):
        found.append(f"dates {told['dates']}")
    if "expense_fen_each" in wanted:
        each = [one["amount_fen"] for one in told["entries"] if one["direction"] == "out"]
        if each != wanted["expense_fen_each"]:
            found.append(f"amounts {each}, wanted {wanted['expense_fen_each']}")
    return found
