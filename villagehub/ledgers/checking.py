"""An upload's bytes become a stored report: the reading runs in a child process with limits (decision 39)."""

import unicodedata
from dataclasses import asdict
from typing import Any

from villagehub.config import Settings
from villagehub.disclosures.scope import Account
from villagehub.kernel.private_numbers import hide_numbers
from villagehub.ledgers.child import read_in_child
from villagehub.ledgers.result import Checked, ColumnUse, Repair, SetAside
from villagehub.storage.keys import load_key
from villagehub.storage.vault import Vault


def vault_of(settings: Settings) -> Vault:
    """The installation's vault of original files. Raises BadKey."""
    return Vault(settings.vault, load_key(settings.keys, "vault"))


def shown_name(name: str) -> str:
    """A file's name for show: its last part, NFC, without control and direction characters, at most 120 characters; people's
    numbers in it are taken out, for the name is stored and shown (decision 9).
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(mark for mark in last if unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return hide_numbers(kept.strip())[-120:] or "没有名字的文件"


def check_bytes(raw: bytes, filename: str, account: Account, settings: Settings) -> Checked:
    """Reads and checks a file for an account, in the child process; never raises on what the file holds."""
    return read_in_child(
        raw,
        filename,
        account.section,
        period=account.period,
        entity=account.entity,
        max_rows=settings.web_max_rows,
    )


def report_of(checked: Checked) -> dict[str, Any]:
    """What of a check is stored and shown: problems with masked values, counts, columns; never a row of the file."""
    return {
        "problems": [{**one.as_dict(), "place": one.place} for one in checked.problems],
        "counts": {
            "read": checked.rows_read,
            "kept": len(checked.rows),
            "set_aside": len(checked.set_aside),
            "held_back": checked.rows_held,
        },
        "totals": checked.totals,
        "balances": {name: value for name, value in asdict(checked.balances).items() if value is not None},
        "columns": [_column(one) for one in checked.columns],
        "repaired": [_repair(one) for one in checked.repairs],
        "repaired_count": checked.repaired,
        "set_aside": [_aside(one) for one in checked.set_aside[:200]],
        "sheets": [one.name for one in checked.sheets if one.use == "read"],
        "fingerprint": checked.fingerprint,
    }


def _column(one: ColumnUse) -> str:
    unit = f"（{one.unit}）" if one.unit else ""
    return f"{one.column} 列「{one.heading}」→ {one.label or '不用'}{unit}"


def _repair(one: Repair) -> str:
    return f"第 {one.row} 行 {one.column} 列「{one.heading}」：{one.before} → {one.after}"


def _aside(one: SetAside) -> str:
    return f"第 {one.row} 行：{one.why}"
