"""What statements of banks and payment services leave open: which side is which, what a minus means, whether money moved.

No templates by bank: the balance proves it, or it is asked (import.md, decision 8).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.private_numbers import mask_for_problem
from villagehub.kernel.problem import Severity
from villagehub.ledgers.crosscheck import rows_named
from villagehub.ledgers.entry import Entry
from villagehub.ledgers.findings import Findings, Gravity
from villagehub.ledgers.walked import Walked
from villagehub.sections.base import Section

_DONE: Final = re.compile(
    r"(?:支付|交易|付款|收款|转账|入账|记账|扣款|充值|提现|还款|处理|存入)?(?:已)?(?:成功|完成)|对方已收钱|朋友已收钱|已?存入零钱|"
    r"已(?:收钱|收款|转账|付款|支付|入账|记账|到账|完成|成功|存入零钱)|正常"
)
_BACK: Final = re.compile(r"退款(?:成功|完成)")


@dataclass(frozen=True, slots=True)
class Chain:
    """How the balance column runs under one reading of the amounts."""

    breaks: tuple[int, ...]
    """Places in ``entries`` whose balance does not follow from the one before."""
    compared: int
    entries: tuple[Entry, ...]
    """From the oldest to the newest."""

    @property
    def holds(self) -> bool:
        """Whether every balance follows, and there was something to compare."""
        return not self.breaks and self.compared > 0


def effect(section: Section, entry: Entry) -> int:
    """What an entry does to the balance, in fen: income adds, expense takes away."""
    amount = int(entry.facts.get(section.promoted["amount_fen"]) or 0)
    return amount if entry.facts.get(section.promoted["direction"]) == "in" else -amount


def _run(entries: Sequence[Entry], effects: Sequence[int]) -> Chain:
    breaks, compared = [], 0
    for index in range(1, len(entries)):
        before, here = entries[index - 1].balance_fen, entries[index].balance_fen
        if before is None or here is None:
            continue
        compared += 1
        if before + effects[index] != here:
            breaks.append(index)
    return Chain(tuple(breaks), compared, tuple(entries))


def chain(entries: Sequence[Entry], effects: Sequence[int]) -> Chain:
    """The balance column downwards, or upwards where only so it holds: many statements have the newest entry on top."""
    down = _run(entries, effects)
    if down.holds or not down.compared:
        return down
    up = _run(entries[::-1], effects[::-1])
    return up if up.holds else down


def settle(section: Section, walks: Sequence[Walked], findings: Findings) -> None:
    """Decides sides and signs by the balance and asks where it does not tell; asks about rows without effect."""
    for walked in walks:
        effects = [effect(section, entry) for entry in walked.entries]
        proved = chain(walked.entries, effects).holds
        if walked.used_sides and not proved:
            proved = _settle_sides(section, walked, effects, findings)
        if walked.used_signs and not proved:
            _ask_about_signs(walked, findings)
        if not walked.used_signs and not proved:
            _settle_minus(section, walked)
        _ask_about_neither(walked, findings)
        _ask_about_status(section, walked, findings)


def _settle_sides(section: Section, walked: Walked, effects: list[int], findings: Findings) -> bool:
    """借 as income and 贷 as expense is how cash and bank books are kept; a bank writes it the other way round."""
    direction = section.promoted["direction"]
    turned = chain(walked.entries, [-one for one in effects])
    if turned.holds and turned.compared > 1:
        for entry in walked.entries:
            entry.facts[direction] = "out" if entry.facts[direction] == "in" else "in"
        walked.sides_reversed = True
        findings.add(
            Gravity.TABLE,
            Severity.INFO,
            "debit_credit_reversed",
            "按余额算，表里的借方是支出、贷方是收入（银行对账单的记法），已经这样读。",
            "请在预览里看一眼收入和支出。",
            sheet=walked.sheet.name,
        )
        return True
    findings.add(
        Gravity.TABLE,
        Severity.CONFIRM,
        "debit_credit",
        "表里写的是借方、贷方。借方当收入、贷方当支出（现金、银行账的记法）。对吗？",
        "对就确认；不是这样记的（银行对账单常常相反），请改写成“收入”“支出”。",
        sheet=walked.sheet.name,
    )
    return False


def _ask_about_signs(walked: Walked, findings: Findings) -> None:
    findings.add(
        Gravity.TABLE,
        Severity.CONFIRM,
        "signed_amounts",
        "表里只有一列金额，有正数也有负数。正数当收入，负数当支出。对吗？",
        "对就确认；负数是冲销的，请加一列“收支”，写“收入”或“支出”。",
        sheet=walked.sheet.name,
    )


def _settle_minus(section: Section, walked: Walked) -> None:
    """Expenses that all have a minus are plain expenses where the balance proves it; elsewhere they may be reversals."""
    amount, direction = section.promoted["amount_fen"], section.promoted["direction"]
    expenses = [one for one in walked.entries if one.facts[direction] == "out" and one.facts[amount]]
    if not expenses or any(int(one.facts[amount]) > 0 for one in expenses):
        return
    effects = (effect(section, entry) for entry in walked.entries)
    turned = [
        -one if entry.facts[direction] == "out" else one for entry, one in zip(walked.entries, effects, strict=True)
    ]
    if chain(walked.entries, turned).holds:
        for one in expenses:
            one.facts[amount] = -int(one.facts[amount])
        walked.minus_is_expense = True


def _ask_about_neither(walked: Walked, findings: Findings) -> None:
    if not walked.neither:
        return
    rows = "、".join(str(row) for row, _ in walked.neither[:8])
    more = f"等 {len(walked.neither)} 行" if len(walked.neither) > 8 else f"共 {len(walked.neither)} 行"
    findings.add(
        Gravity.TABLE,
        Severity.CONFIRM,
        "neither_side",
        f"写着既不算收入也不算支出的{more}（第 {rows} 行，金额合计 {yuan(sum(fen for _, fen in walked.neither))}），"
        "没有当成账。对吗？",
        "对就确认；其中有真的收支，就在“收/支”里写上“收入”或“支出”。",
        sheet=walked.sheet.name,
        row=walked.neither[0][0],
    )


def _ask_about_status(section: Section, walked: Walked, findings: Findings) -> None:
    """A payment that was closed, refunded or failed is asked about, once for each way of saying it."""
    direction = section.promoted["direction"]
    doubtful: dict[str, list[Entry]] = defaultdict(list)
    for entry in walked.entries:
        came_back = entry.facts[direction] == "in" and _BACK.fullmatch(entry.status)
        if entry.status and entry.status != "/" and not _DONE.fullmatch(entry.status) and not came_back:
            doubtful[entry.status].append(entry)
    for status, entries in doubtful.items():
        findings.add(
            Gravity.TABLE,
            Severity.CONFIRM,
            "status_doubt",
            f"状态是“{mask_for_problem(status)}”（{rows_named(entries)}），照样按一笔账记，金额照写的算。对吗？",
            "钱真的付了、收了就确认；没有付成的删掉，退了款的补上退款那一笔。",
            sheet=walked.sheet.name,
            row=entries[0].row,
        )
