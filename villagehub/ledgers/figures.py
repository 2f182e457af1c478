"""The figures of a reading, in words that say which rows they cover: told in one place for all pages. Pure."""

from typing import Any, Final

from villagehub.kernel.money import yuan
from villagehub.sections import sum_words

FIGURES: Final = {
    "opening_fen": "期初",
    "income_fen": "收入",
    "expense_fen": "支出",
    "closing_fen": "结余",
    "bank_fen": "银行存款",
    "cash_fen": "现金",
    **sum_words(),
    "rows": "行数",
}


def figure(name: str, value: int | None) -> str:
    """A figure as people read it; 没填 where there is none."""
    if value is None:
        return "没填"
    return yuan(value) if name.endswith("_fen") else str(value)


def figure_lines(report: dict[str, Any]) -> list[tuple[str, str]]:
    """How many rows were read and what became of them, then sums and balances. While rows are held back, sums are those of
    the others and balances what the file says, so each is called so.
    """
    counts, totals, balances = (report.get(name, {}) for name in ("counts", "totals", "balances"))
    kept, held = counts.get("kept", 0), counts.get("held_back", 0)
    lines = [
        ("读到", f"{counts.get('read', 0)} 行"),
        ("能用的", f"{kept} 行"),
        ("放一边的（合计、签名等）", f"{counts.get('set_aside', 0)} 行"),
        ("有错没算进去的", f"{held} 行"),
    ]
    for name, words in FIGURES.items():
        if name in balances:
            lines.append((f"表里写的{words}" if held else words, figure(name, balances[name])))
        elif name in totals and name != "rows" and (kept or not held):
            lines.append((f"能用的 {kept} 行：{words}" if held else words, figure(name, totals[name])))
    return lines


def covers(report: dict[str, Any]) -> str:
    """Which rows the sums cover, while some are held back; else empty."""
    counts = report.get("counts", {})
    kept, held = counts.get("kept", 0), counts.get("held_back", 0)
    if not held:
        return ""
    if not kept:
        return f"{held} 行账都有错，还没有算合计。"
    return f"合计只算了能用的 {kept} 行，另有 {held} 行有错没算进去，改好了才和表里写的对得上。"
