"""公示: what is put up before a decision, for how long, and what became of the objections (domain §2, §6.5).

After its last day the text goes from the web by itself; what it was about, the days, objections and outcome stay.
"""

from collections.abc import Sequence
from datetime import date, timedelta
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
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE
from villagehub.sections.terms import last_day

SHORTEST: Final = 3
"""Days under which a 公示 is asked about; counties commonly want 5 to 7."""
KINDS: Final = (
    Choice("relief", "救助申请", words("低保 社会救助 低保申请 救助 临时救助")),
    Choice("homestead", "宅基地", words("宅基地审批 建房")),
    Choice("member", "党员发展", words("发展党员 入党")),
    Choice("project", "工程项目", words("项目 工程")),
    Choice("lease", "发包出租", words("发包 出租 资产处置")),
    Choice("post", "人选", words("换届 评优 公益岗位 任职")),
    Choice("money", "补贴名单", words("补贴 名单")),
    Choice("other", "其他", ("其它",)),
)
_FIELDS: Final = (
    Field(
        "subject",
        "公示事项",
        required=True,
        names=Names.SCAN,
        illness=True,
        synonyms=words("事项 公示名称 公示标题 标题 公示项目"),
    ),
    Field("kind", "类别", Kind.CHOICE, choices=KINDS, open_choice=True, synonyms=words("公示类别 类型 公示类型")),
    Field("content", "公示内容", required=True, names=Names.SCAN, illness=True, synonyms=words("内容 公示正文 正文")),
    Field(
        "starts_on",
        "开始日期",
        Kind.PARTIAL_DATE,
        required=True,
        clear=True,
        synonyms=words("公示开始 开始时间 公示起 起始日期 公示开始日期"),
    ),
    Field(
        "ends_on",
        "结束日期",
        Kind.PARTIAL_DATE,
        required=True,
        clear=True,
        synonyms=words("公示结束 结束时间 公示止 截止日期 公示结束日期"),
    ),
    Field("object_to", "向谁反映", synonyms=words("受理单位 反映方式 受理人 意见反馈")),
    Field("object_phone", "反映电话", contact=True, synonyms=words("受理电话 监督电话 反馈电话 举报电话")),
    Field("paper_only", "只贴公开栏", Kind.YES_NO, clear=True, synonyms=words("只贴纸 不上网 仅张贴")),
    Field("board_place", "贴在哪里", synonyms=words("张贴地点 公开栏位置 公示地点")),
    Field("objections", "收到异议", Kind.WHOLE, clear=True, synonyms=words("异议件数 异议数 异议")),
    Field("handled", "异议怎么处理", names=Names.SCAN, illness=True, synonyms=words("异议处理 处理情况 异议处理情况")),
    Field("outcome", "公示结果", names=Names.SCAN, illness=True, synonyms=words("结果 公示结论")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "subject": "村东水渠清淤工程选施工队",
        "kind": "工程项目",
        "content": "三家报价，拟请青禾水利施工队，报价11600元，工期20天",
        "starts_on": "2026-09-01",
        "ends_on": "2026-09-07",
        "object_to": "村务监督委员会",
        "object_phone": "0719-0000000",
        "objections": 0,
        "outcome": "没有异议，按公示的办",
    },
    {
        "subject": "九月新申请低保的人家",
        "kind": "救助申请",
        "content": "两户申请，村里评议同意上报",
        "starts_on": "2026-09-10",
        "ends_on": "2026-09-16",
        "paper_only": "是",
        "board_place": "村部公开栏",
    },
)


def check_row(facts: Facts) -> list[Fault]:
    """It ends after it begins, and hangs long enough."""
    starts, ends = last_day(facts.get("starts_on"), first=True), last_day(facts.get("ends_on"))
    if starts is None or ends is None:
        return []
    if ends < starts:
        return [
            Fault(
                Severity.MUST_FIX,
                "ends_before_start",
                f"结束的{day_words(ends)}比开始的{day_words(starts)}还早。",
                "请核对公示的起止日期。",
                "ends_on",
                also=("starts_on",),
            )
        ]
    days = (ends - starts).days + 1
    if days < SHORTEST:
        return [
            Fault(
                Severity.CONFIRM,
                "posted_too_short",
                f"只公示 {days} 天。对吗？",
                "公示一般 5 到 7 天；写错了就改。",
                "ends_on",
                also=("starts_on",),
            )
        ]
    return []


def web_facts(facts: Facts) -> Facts:
    """What is only to hang on the board has no text on the web (decision 12): the page says that it hangs there, and where."""
    return {name: value for name, value in facts.items() if name != "content"} if facts.get("paper_only") else facts


def notes(facts: Facts, today: date) -> list[Note]:
    """Whether one can still object, and where to read what is on paper only."""
    ends, found = last_day(facts.get("ends_on")), []
    if ends is not None:
        left = (ends - today).days
        found.append(Note(f"公示到{day_words(ends)}为止") if left >= 0 else Note("公示已结束"))
    if facts.get("paper_only"):
        found.append(Note(f"内容不上网，贴在{facts.get('board_place') or '村公开栏'}"))
    return found


def down_on(rows: Sequence[Facts]) -> date | None:
    """The day after the last one of all that the publication holds."""
    days = [day for one in rows if (day := last_day(one.get("ends_on"))) is not None]
    return max(days) + timedelta(days=1) if days else None


ANNOUNCEMENTS: Final = Section(
    name="announcements",
    title="公示",
    shape=Shape.EVENT,
    cadences=(Cadence.DAY, Cadence.MONTH, Cadence.QUARTER),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="定下来之前先告诉大家，有意见可以提，到期自动撤下。",
    promoted={"category": "kind"},
    check_row=check_row,
    headline="subject",
    board=(
        BoardColumn("subject", 60),
        BoardColumn("content"),
        BoardColumn("starts_on", 28),
        BoardColumn("ends_on", 28),
        BoardColumn("object_to", 38),
    ),
    board_wide=True,
    tile="announcements",
    order=52,
    unit="件",
    example=_EXAMPLE,
    line=("kind", "outcome"),
    notes=notes,
    down_on=down_on,
    stays=("subject", "kind", "starts_on", "ends_on", "objections", "handled", "outcome", "paper_only"),
    web=web_facts,
)
