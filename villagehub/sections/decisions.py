"""民主决策: 四议两公开 as it really went, with its counts and what became of it (domain §2, §3.9)."""

from datetime import date
from typing import Final

from villagehub.kernel.period import Cadence, day_words
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    BoardColumn,
    Choice,
    Facts,
    Fault,
    Field,
    Kind,
    Names,
    Note,
    Section,
    Shape,
    Stage,
    Visible,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE
from villagehub.sections.parts import read_parts
from villagehub.sections.terms import last_day

STEP: Final = ("哪一步", "哪天", "应到", "实到", "结果")
MATTERS: Final = (
    Choice("labour_pay", "误工补贴", words("误工补贴人员及标准 误工报酬 享受误工补贴的人员及补贴标准")),
    Choice("earnings", "集体收益使用", words("集体收益的使用 收益分配 集体经济收益使用 村集体经济所得收益的使用")),
    Choice("public_good", "公益事业和筹资筹劳", words("公益事业 一事一议 筹资筹劳 公益事业兴办")),
    Choice("land", "土地承包方案", words("土地承包 土地承包经营方案")),
    Choice("business", "集体项目立项承包", words("集体经济项目 项目立项 集体经济项目立项、承包 工程项目")),
    Choice("homestead", "宅基地方案", words("宅基地 宅基地使用方案 宅基地的使用方案")),
    Choice("compensation", "征地补偿分配", words("征地补偿 征地补偿费的使用、分配方案 征地补偿费使用分配")),
    Choice(
        "property",
        "借贷、出租或处分集体财产",
        words("集体财产处分 资产处置 资产出租 借贷 以借贷、租赁或者其他方式处分村集体财产"),
    ),
    Choice("other", "其他大事", words("其他 其它")),
)
RULES: Final = (
    Choice(
        "representatives",
        "代表会议：三分之二以上到会，到会的过半数同意",
        words("村民代表会议 到会过半数 到会代表过半数 代表会议"),
    ),
    Choice("villagers", "村民会议：过半数村民到会，到会的过半数同意", words("村民会议 村民大会")),
    Choice(
        "members",
        "合作社成员大会：三分之二以上到会，全体三分之二以上同意",
        words("成员大会 成员代表会议 全体三分之二 全体成员三分之二以上"),
    ),
)
_RESULTS: Final = (
    Choice("passed", "通过", words("同意 表决通过 已通过")),
    Choice("rejected", "没通过", words("未通过 不通过 否决 不同意")),
    Choice("postponed", "以后再议", words("暂缓 再议 缓议")),
)
_DONE: Final = (
    Choice("waiting", "还没办", words("未实施 未开始 未办理 待实施")),
    Choice("running", "正在办", words("实施中 进行中 正在实施 办理中")),
    Choice("done", "办完了", words("已完成 已实施 完成 已办结 实施完毕")),
    Choice("stopped", "停办了", words("终止 已终止 停止")),
)

_FIELDS: Final = (
    Field(
        "matter",
        "议题",
        required=True,
        names=Names.SCAN,
        synonyms=words("决策事项 会议议题 议事内容 表决事项 事项名称"),
        weak=("事项", "名称"),
    ),
    Field(
        "matter_class",
        "事项类别",
        Kind.CHOICE,
        choices=MATTERS,
        open_choice=True,
        synonyms=words("议题类别 类别 决策类别 事项分类"),
    ),
    Field("origin", "动议事由", names=Names.SCAN, synonyms=words("动议来源 提议来源 事由 提议人")),
    Field(
        "content",
        "决议内容",
        required=True,
        names=Names.SCAN,
        illness=True,
        synonyms=words("内容 会议决议 决议 表决内容 决策内容"),
    ),
    Field("amount", "涉及金额", Kind.MONEY, clear=True, unit="元", synonyms=words("金额 预算 涉及资金 资金额")),
    Field("steps", "四议两公开", parts=STEP, synonyms=words("四议两公开步骤 决策过程 议事过程 五议两公开 议决过程")),
    Field(
        "held_on",
        "表决日期",
        Kind.PARTIAL_DATE,
        required=True,
        clear=True,
        synonyms=words("会议时间 会议日期 表决时间 决议日期 开会时间"),
    ),
    Field("form", "会议形式", synonyms=words("会议类型 会议名称 表决形式")),
    Field(
        "rule",
        "通过规则",
        Kind.CHOICE,
        required=True,
        clear=True,
        choices=RULES,
        synonyms=words("表决规则 适用规则 通过标准"),
    ),
    Field("eligible", "应到", Kind.WHOLE, required=True, clear=True, synonyms=words("应到人数 应参加人数 应到会人数")),
    Field(
        "attended",
        "实到",
        Kind.WHOLE,
        required=True,
        clear=True,
        synonyms=words("实到人数 到会人数 实际到会人数 参会人数"),
    ),
    Field(
        "agreed", "同意", Kind.WHOLE, required=True, clear=True, synonyms=words("同意人数 赞成 同意票 赞成票 赞成人数")
    ),
    Field("against", "反对", Kind.WHOLE, clear=True, synonyms=words("反对人数 反对票 不同意人数")),
    Field("abstained", "弃权", Kind.WHOLE, clear=True, synonyms=words("弃权人数 弃权票")),
    Field(
        "result", "表决结果", Kind.CHOICE, required=True, clear=True, choices=_RESULTS, synonyms=words("结果 决议结果")
    ),
    Field("township", "乡镇参会人员", synonyms=words("镇参会人员 镇村参会干部 驻村干部")),
    Field("posted_from", "公示开始", Kind.PARTIAL_DATE, clear=True, synonyms=words("公示起 决议公开日期 公开起")),
    Field("posted_to", "公示结束", Kind.PARTIAL_DATE, clear=True, synonyms=words("公示止 公开止")),
    Field("objections", "异议", names=Names.SCAN, synonyms=words("公示异议 有无异议 异议情况 群众意见")),
    Field("opinion", "监督意见", synonyms=words("监委会意见 监督委员会意见")),
    Field(
        "execution",
        "执行情况",
        Kind.CHOICE,
        clear=True,
        choices=_DONE,
        synonyms=words("实施情况 落实情况 执行状态 办理情况"),
    ),
    Field("executed_on", "完成日期", Kind.PARTIAL_DATE, clear=True, synonyms=words("办结日期 完成时间 实施完成时间")),
    Field("outcome", "实施结果", names=Names.SCAN, synonyms=words("执行结果 落实结果 实施结果公开")),
    Field("contract_no", "合同编号", identifier=True, synonyms=("合同号",)),
    Field("project_no", "项目编号", identifier=True, synonyms=("工程编号",)),
    Field("attendance", "参会名单", visible=Visible.STAFF, synonyms=words("签到名单 参会人员名单 到会名单")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "matter": "河边鱼塘重新发包",
        "matter_class": "借贷、出租或处分集体财产",
        "origin": "上一份合同到期，村民建议公开竞价",
        "content": "鱼塘12.5亩公开竞价发包，五年一期，底价每年2万元",
        "amount": 24000,
        "steps": (
            "村党支部提议｜2024-02-20｜5｜5｜同意提议；两委商议｜2024-02-23｜7｜7｜同意；党员大会审议｜2024-03-01｜31｜26｜24人同意；"
            "村民代表会议决议｜2024-03-10｜45｜38｜36人同意；决议公开｜2024-03-11｜｜｜公开栏贴7天；实施结果公开｜2024-04-02｜｜｜已公开"
        ),
        "held_on": "2024-03-10",
        "form": "村民代表会议",
        "rule": "代表会议：三分之二以上到会，到会的过半数同意",
        "eligible": 45,
        "attended": 38,
        "agreed": 36,
        "against": 1,
        "abstained": 1,
        "result": "通过",
        "posted_from": "2024-03-11",
        "posted_to": "2024-03-18",
        "objections": "没有收到异议",
        "execution": "办完了",
        "outcome": "每年租金24000元，签了五年合同",
        "contract_no": "HT-2024-03",
    },
    {
        "matter": "合作社收益分配方案",
        "matter_class": "集体收益使用",
        "content": "先提公积公益金，余下按股分红",
        "held_on": "2024-12-20",
        "rule": "合作社成员大会：三分之二以上到会，全体三分之二以上同意",
        "eligible": 120,
        "attended": 96,
        "agreed": 85,
        "result": "通过",
        "execution": "正在办",
    },
)


def shortfall(facts: Facts) -> str:
    """Why the counts do not carry the decision under its own rule; empty where they do, or where a count is missing.

    村委会组织法 (2018) 第二十二条, 第二十六条 for the committee's meetings; 农村集体经济组织法 第二十七条 for the collective's,
    which asks for two thirds of all members, not of those present.
    """
    whole, came, agreed = (facts.get(name) for name in ("eligible", "attended", "agreed"))
    if not all(isinstance(one, int) for one in (whole, came, agreed)):
        return ""
    assert isinstance(whole, int)  # noqa: S101 - for the type checker; asked above
    assert isinstance(came, int)  # noqa: S101
    assert isinstance(agreed, int)  # noqa: S101
    rule = facts.get("rule")
    if rule == "villagers":
        if came * 2 <= whole:
            return f"应到 {whole} 人，实到 {came} 人，没有过半"
    elif came * 3 < whole * 2:
        return f"应到 {whole} 人，实到 {came} 人，不到三分之二"
    if rule == "members" and agreed * 3 < whole * 2:
        return f"全体 {whole} 人，同意 {agreed} 人，不到三分之二"
    if rule != "members" and agreed * 2 <= came:
        return f"实到 {came} 人，同意 {agreed} 人，没有过半"
    return ""


def check_row(facts: Facts) -> list[Fault]:
    """No more came than were due, no more voted than came; a decision that passed was carried by its own rule."""
    whole, came = facts.get("eligible"), facts.get("attended")
    faults = []
    if isinstance(whole, int) and isinstance(came, int) and came > whole:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "more_than_eligible",
                f"实到 {came} 人，比应到 {whole} 人还多。",
                "请核对应到和实到。",
                "attended",
                also=("eligible",),
            )
        )
    cast = [facts.get(name) for name in ("agreed", "against", "abstained")]
    if isinstance(came, int) and sum(one for one in cast if isinstance(one, int)) > came:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "more_votes_than_people",
                f"同意、反对、弃权加起来比实到的 {came} 人还多。",
                "请核对票数。",
                "agreed",
                also=("against", "abstained", "attended"),
            )
        )
    short = shortfall(facts)
    if not faults and facts.get("result") == "passed" and short:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "not_carried",
                f"写的是通过，可是{short}。对吗？",
                "人数、票数、规则写错了就改；确实这样就确认，页面上会写明。",
                "result",
                also=("eligible", "attended", "agreed", "rule"),
            )
        )
    return faults


def notes(facts: Facts, _today: date) -> list[Note]:
    """The vote in one sentence, and where it was not carried by its own rule."""
    found = []
    if all(isinstance(facts.get(name), int) for name in ("eligible", "attended", "agreed")):
        found.append(Note(f"应到 {facts['eligible']} 人，来了 {facts['attended']} 人，{facts['agreed']} 人同意"))
    short = shortfall(facts)
    return [*found, Note(f"按规则不够：{short}", warn=True)] if short and facts.get("result") == "passed" else found


def course(facts: Facts) -> list[Stage]:
    """The steps that were taken, each with its day and counts: what a county asks for may have more or fewer."""
    found = []
    for words_, day, due, came, result in read_parts(str(facts.get("steps") or ""), STEP):
        counts = f"应到 {due}，实到 {came}" if due and came else ""
        when = last_day(day) if len(day) == len("2026-03-10") else None
        said = (day_words(when) if when else day, counts, result)
        found.append(Stage(words_, " · ".join(one for one in said if one), "done" if day else "todo"))
    return found


DECISIONS: Final = Section(
    name="decisions",
    title="民主决策",
    shape=Shape.EVENT,
    cadences=(Cadence.QUARTER, Cadence.MONTH, Cadence.DAY, Cadence.YEAR),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="村里的大事是怎么商量、怎么表决的，后来办得怎么样。",
    promoted={"category": "matter_class", "amount_fen": "amount"},
    check_row=check_row,
    headline="matter",
    board=(
        BoardColumn("held_on", 31),
        BoardColumn("matter"),
        BoardColumn("eligible", 16),
        BoardColumn("attended", 16),
        BoardColumn("agreed", 16),
        BoardColumn("result", 22),
        BoardColumn("execution", 24),
        BoardColumn("amount", 30),
    ),
    board_wide=True,
    tile="decisions",
    order=50,
    unit="件",
    example=_EXAMPLE,
    line=("held_on", "matter_class"),
    state="result",
    warn_states=("rejected",),
    notes=notes,
    course=course,
)
