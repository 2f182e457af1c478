"""工程项目: from 立项 to 结算, stage by stage; none opens before the one before it is filled in (domain §3.4, §7).

A register and not an event (decision 2 differs): a project lives across years, and the code on its board must too.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence, day_words
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Note,
    Section,
    Shape,
    Stage,
    Sum,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, once, total
from villagehub.sections.terms import last_day

STAGES: Final = (
    Choice("approved", "立项", words("已立项 批复 立项批复")),
    Choice("bidding", "招标", words("招投标 询价 比选 已招标")),
    Choice("contract", "合同", words("签合同 已签合同 开工 施工 施工中 在建")),
    Choice("changed", "变更", ("设计变更", "工程变更")),
    Choice("accepted", "验收", words("已验收 竣工 竣工验收 完工")),
    Choice("settled", "结算", words("已结算 决算 付清")),
)
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "approved": ("approved_on", "budget"),
    "bidding": ("bid_on", "bid_mode"),
    "contract": ("contract_on", "contract_price", "winner"),
    "changed": ("change",),
    "accepted": ("accepted_on",),
    "settled": ("settled_on", "settlement"),
}
"""What makes a stage filled. 变更 happens to some projects only: without one, 验收 follows 合同."""
_OPTIONAL: Final = ("changed",)

_FIELDS: Final = (
    Field("project_no", "项目编号", required=True, identifier=True, synonyms=words("工程编号 编号 项目代码")),
    Field(
        "name",
        "项目名称",
        required=True,
        names=Names.SCAN,
        synonyms=words("工程名称 工程项目 项目 工程项目名称"),
        weak=("名称",),
    ),
    Field("location", "建设地点", names=Names.SCAN, synonyms=words("地点 位置 实施地点 工程地点")),
    Field("content", "建设内容", names=Names.SCAN, synonyms=words("建设内容及规模 工程内容 内容 建设规模")),
    Field("fund_source", "资金来源", synonyms=words("来源 资金渠道 投资来源")),
    Field(
        "stage",
        "现在到哪一步",
        Kind.CHOICE,
        required=True,
        clear=True,
        choices=STAGES,
        synonyms=words("阶段 项目阶段 进度 项目进度 当前阶段 工程进度"),
    ),
    Field("approved_on", "立项时间", Kind.PARTIAL_DATE, clear=True, synonyms=words("立项日期 批复时间 批复日期")),
    Field("approval", "立项依据", synonyms=words("批复文号 立项文号 批文 民主程序 决议")),
    Field(
        "budget",
        "预算金额",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("预算 概算 批复金额 计划投资 总投资 预算价"),
    ),
    Field("bid_on", "招标时间", Kind.PARTIAL_DATE, clear=True, synonyms=words("招标日期 开标时间 开标日期")),
    Field("bid_mode", "招标方式", synonyms=words("采购方式 发包方式 招投标方式")),
    Field(
        "winner",
        "中标单位",
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words("中标人 施工单位 承建单位 施工方 承包人 施工队"),
    ),
    Field("contract_no", "合同编号", identifier=True, synonyms=("合同号",)),
    Field(
        "contract_on",
        "合同时间",
        Kind.PARTIAL_DATE,
        clear=True,
        synonyms=words("合同日期 签订时间 签订日期 合同签订时间 开工时间"),
    ),
    Field(
        "contract_price",
        "合同价",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("合同金额 中标价 中标金额 合同价款"),
    ),
    Field("change", "变更", names=Names.SCAN, synonyms=words("变更内容 变更情况 工程变更 设计变更 变更说明")),
    Field(
        "change_amount", "变更金额", Kind.MONEY, clear=True, unit="元", synonyms=words("变更增减 增减金额 变更增加金额")
    ),
    Field(
        "accepted_on", "验收时间", Kind.PARTIAL_DATE, clear=True, synonyms=words("验收日期 竣工时间 竣工日期 完工时间")
    ),
    Field("accepted_by", "验收人", synonyms=words("验收单位 验收人员 验收组")),
    Field("settled_on", "结算时间", Kind.PARTIAL_DATE, clear=True, synonyms=words("结算日期 决算时间")),
    Field("settlement", "结算金额", Kind.MONEY, clear=True, unit="元", synonyms=words("结算价 决算金额 决算价 结算")),
    Field(
        "paid", "已付金额", Kind.MONEY, clear=True, unit="元", synonyms=words("已付 已付款 已支付 累计付款 已付工程款")
    ),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "project_no": "XM-2026-01",
        "name": "村东水渠清淤",
        "location": "一组到四组",
        "content": "清淤1.8公里，补砌护坡",
        "fund_source": "村集体资金",
        "stage": "验收",
        "approved_on": "2026-07-20",
        "approval": "村民代表会议决议",
        "budget": 13000,
        "bid_on": "2026-08-20",
        "bid_mode": "三家比价",
        "winner": "青禾水利施工队",
        "contract_no": "HT-2026-05",
        "contract_on": "2026-09-08",
        "contract_price": 11600,
        "accepted_on": "2026-10-10",
        "accepted_by": "村务监督委员会、村民代表",
        "paid": 8000,
    },
    {
        "project_no": "XM-2026-02",
        "name": "三组路灯",
        "stage": "立项",
        "approved_on": "2026-09",
        "budget": 42000,
    },
)


def _filled(facts: Facts, stage: str) -> bool:
    return all(facts.get(name) not in (None, "") for name in _NEEDS[stage])


def _missing(facts: Facts, stage: str) -> str:
    headings = {one.name: one.heading for one in _FIELDS}
    return "、".join(headings[name] for name in _NEEDS[stage] if facts.get(name) in (None, ""))


def check_row(facts: Facts) -> list[Fault]:
    """Every stage up to the present one is filled in, none after it is; no more is paid than the contract says."""
    names = [one.key for one in STAGES]
    stage = str(facts.get("stage") or "")
    if stage not in names:
        return []
    faults = []
    for one in STAGES[: names.index(stage) + 1]:
        if not _filled(facts, one.key) and (one.key not in _OPTIONAL or one.key == stage):
            now = next(label.label for label in STAGES if label.key == stage)
            faults.append(
                Fault(
                    Severity.MUST_FIX,
                    "stage_not_filled",
                    f"写的是到了“{now}”，可是“{one.label}”还没填：{_missing(facts, one.key)}。",
                    "前一步没填，后一步不能开。请补上，或者把阶段改回去。",
                    "stage",
                )
            )
    for one in STAGES[names.index(stage) + 1 :]:
        if _filled(facts, one.key) and one.key not in _OPTIONAL:
            faults.append(
                Fault(
                    Severity.MUST_FIX,
                    "stage_behind",
                    f"“{one.label}”已经填了，阶段还写着前面一步。",
                    f"到了就把阶段改成“{one.label}”；没到就先不要填。",
                    "stage",
                )
            )
            break
    price, change, paid = (facts.get(name) for name in ("contract_price", "change_amount", "paid"))
    agreed = facts.get("settlement") if facts.get("settlement") is not None else price
    if isinstance(paid, int) and isinstance(agreed, int):
        whole = agreed if facts.get("settlement") is not None else agreed + int(change or 0)
        if paid > whole:
            faults.append(
                Fault(
                    Severity.CONFIRM,
                    "paid_over_contract",
                    f"已付 {yuan(paid)}，比合同（加变更）或结算的 {yuan(whole)} 多。对吗？",
                    "请核对已付、合同价和变更金额。",
                    "paid",
                    also=("contract_price", "change_amount"),
                )
            )
    return faults


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each number names one project."""
    return once(rows, "project_no", "一个项目")


def natural_key(facts: Facts) -> str | None:
    """The project's own number, over all its years."""
    return str(facts["project_no"]) if facts.get("project_no") else None


def _words(facts: Facts, stage: str) -> str:
    """What is known of a stage: its day, and its sum or party."""
    day = last_day(facts.get(_NEEDS[stage][0])) if stage != "changed" else None
    money: dict[str, Any] = {
        "approved": facts.get("budget"),
        "contract": facts.get("contract_price"),
        "changed": facts.get("change_amount"),
        "settled": facts.get("settlement"),
    }
    parts = [
        day_words(day)
        if day and len(str(facts.get(_NEEDS[stage][0]))) == len("2026-09-08")
        else str(facts.get(_NEEDS[stage][0]) or ""),
        {"bidding": str(facts.get("bid_mode") or ""), "contract": str(facts.get("winner") or "")}.get(stage, ""),
        f"{yuan(int(money[stage]))} 元" if money.get(stage) is not None else "",
    ]
    return " · ".join(one for one in parts if one)


def course(facts: Facts) -> list[Stage]:
    """立项 to 结算, with what is known of each."""
    names = [one.key for one in STAGES]
    stage = str(facts.get("stage") or "")
    if stage not in names:
        return []
    now, found = names.index(stage), []
    for place, one in enumerate(STAGES):
        if one.key in _OPTIONAL and not _filled(facts, one.key):
            continue
        state = "done" if place < now or (place == now and stage == "settled") else "now" if place == now else "todo"
        found.append(Stage(one.label, _words(facts, one.key) if place <= now else "还没到", state))
    return found


def notes(facts: Facts, _today: date) -> list[Note]:
    """By how much the settlement is over the contract."""
    price, settled = facts.get("contract_price"), facts.get("settlement")
    if isinstance(price, int) and isinstance(settled, int) and settled > price:
        return [Note(f"结算比合同价多 {yuan(settled - price)} 元", warn=True)]
    return []


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many projects; budgets, contracts and payments in fen."""
    return {
        "rows": len(rows),
        "budget_fen": total(rows, "budget"),
        "contract_fen": total(rows, "contract_price"),
        "spent_fen": total(rows, "paid"),
    }


def tag(_facts: Facts) -> str:
    """Every project has its board at the site."""
    return "工程项目"


PROJECTS: Final = Section(
    name="projects",
    title="工程项目",
    shape=Shape.REGISTER,
    cadences=(Cadence.YEAR, Cadence.QUARTER, Cadence.MONTH),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="村里修路、修渠这些工程，花多少钱，谁来干，干到哪一步了。",
    promoted={"amount_fen": "budget", "counterparty": "winner", "category": "stage"},
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    totals=totals,
    headline="name",
    board=(
        BoardColumn("project_no", 28),
        BoardColumn("name"),
        BoardColumn("stage", 20),
        BoardColumn("winner", 40),
        BoardColumn("budget", 28, total="budget_fen"),
        BoardColumn("contract_price", 28, total="contract_fen"),
        BoardColumn("settlement", 28),
        BoardColumn("paid", 28, total="spent_fen"),
    ),
    board_wide=True,
    tag=tag,
    tag_no="project_no",
    tile="projects",
    order=54,
    family=Family.MONEY,
    unit="个",
    example=_EXAMPLE,
    line=("project_no", "location", "winner"),
    state="stage",
    sums=(
        Sum("budget_fen", "预算合计", "budget"),
        Sum("contract_fen", "合同价合计", "contract_price"),
        Sum("spent_fen", "已付合计", "paid"),
    ),
    notes=notes,
    course=course,
)
