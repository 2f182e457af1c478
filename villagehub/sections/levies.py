"""一事一议: what villagers agreed to raise, in money and days of work, and what it was used for (domain §3.4)."""

from collections.abc import Sequence
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    BoardColumn,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Section,
    Shape,
    Sum,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, hundredths, times, total

_FIELDS: Final = (
    Field(
        "project",
        "议定事项",
        required=True,
        names=Names.SCAN,
        synonyms=words("一事一议项目 筹资项目 筹资筹劳项目 项目名称 事项"),
        weak=("项目",),
    ),
    Field("group_name", "组别", required=True, synonyms=words("小组 村民小组 组 筹资单位")),
    Field("heads", "人数", Kind.WHOLE, clear=True, synonyms=words("筹资人数 应筹人数 受益人数")),
    Field("standard", "每人标准", Kind.DECIMAL, unit="元", synonyms=words("筹资标准 人均标准 标准 每人筹资")),
    Field(
        "due",
        "该筹多少",
        Kind.MONEY,
        required=True,
        clear=True,
        unit="元",
        synonyms=words("应筹 应筹资金 应收 应筹金额 应筹资额"),
    ),
    Field(
        "collected",
        "筹到多少",
        Kind.MONEY,
        required=True,
        clear=True,
        unit="元",
        synonyms=words("已筹 实筹 已筹资金 实收 实筹金额 已收"),
    ),
    Field("days_due", "该出工（天）", Kind.DECIMAL, synonyms=words("应筹劳 应投工 应出工日 应筹工日")),
    Field("days_done", "出了工（天）", Kind.DECIMAL, synonyms=words("实筹劳 已投工 投工 实际用工 已筹工日")),
    Field("spent", "花了多少", Kind.MONEY, clear=True, unit="元", synonyms=words("使用金额 支出 已使用 已支出")),
    Field("purpose", "用在哪里", names=Names.SCAN, synonyms=words("用途 使用情况 资金用途")),
    Field("decision", "民主程序", names=Names.SCAN, synonyms=words("决议 会议决议 议决情况 审批情况")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "project": "修三组机耕路",
        "group_name": "三组",
        "heads": 126,
        "standard": 20,
        "due": 2520,
        "collected": 2460,
        "days_due": 60,
        "days_done": 58,
        "spent": 2460,
        "purpose": "买砂石、租压路机",
        "decision": "2026年6月村民会议",
    },
    {
        "project": "修三组机耕路",
        "group_name": "四组",
        "heads": 88,
        "standard": 20,
        "due": 1760,
        "collected": 1760,
        "purpose": "买砂石",
    },
)


def subject_of(facts: Facts) -> str:
    """What was agreed on keeps two levies of one period apart."""
    return str(facts.get("project") or "")


def check_row(facts: Facts) -> list[Fault]:
    """Heads × standard is what is to be raised; nobody gives more."""
    due, collected = facts.get("due"), facts.get("collected")
    faults = []
    if facts.get("heads") and facts.get("standard") and isinstance(due, int):
        wanted = times(facts["heads"], facts["standard"])
        if wanted != due:
            faults.append(
                Fault(
                    Severity.MUST_FIX,
                    "heads_times_standard",
                    f"{facts['heads']} 人 × {facts['standard']} 元应是 {yuan(wanted)}，表里写 {yuan(due)}。",
                    "请核对人数、标准和该筹多少；有减免的人，人数里不要算。",
                    "due",
                    also=("heads", "standard"),
                )
            )
    if isinstance(due, int) and isinstance(collected, int) and collected > due:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "collected_over_due",
                f"筹到 {yuan(collected)}，比该筹的 {yuan(due)} 多。对吗？",
                "多出来的是捐的，就记到捐赠里；写错了就改。",
                "collected",
                also=("due",),
            )
        )
    return faults


def natural_key(facts: Facts) -> str:
    """What was agreed on, and the group."""
    return "|".join(str(facts.get(name) or "") for name in ("project", "group_name"))


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many groups; due, collected and spent in fen; days of work in hundredths."""
    return {
        "rows": len(rows),
        "levy_due_fen": total(rows, "due"),
        "levy_fen": total(rows, "collected"),
        "levy_spent_fen": total(rows, "spent"),
        "days_hundredths": sum(hundredths(one.get("days_done")) for one in rows),
    }


LEVIES: Final = Section(
    name="levies",
    title="一事一议",
    shape=Shape.BATCH,
    cadences=(Cadence.YEAR, Cadence.QUARTER, Cadence.MONTH),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="大家商量好一起出的钱、出的工，收了多少，用在哪里。",
    promoted={"amount_fen": "collected", "category": "project"},
    natural_key=natural_key,
    check_row=check_row,
    totals=totals,
    headline="group_name",
    subject_field="project",
    subject_of=subject_of,
    board=(
        BoardColumn("group_name", 28),
        BoardColumn("heads", 18),
        BoardColumn("standard", 22),
        BoardColumn("due", 28, total="levy_due_fen"),
        BoardColumn("collected", 28, total="levy_fen"),
        BoardColumn("purpose"),
    ),
    tile="levies",
    order=34,
    family=Family.MONEY,
    unit="组",
    example=_EXAMPLE,
    line=("heads", "standard", "purpose"),
    sums=(
        Sum("levy_due_fen", "该筹合计", "due"),
        Sum("levy_fen", "筹到合计", "collected"),
        Sum("levy_spent_fen", "花了合计", "spent"),
    ),
)
