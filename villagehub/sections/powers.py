"""小微权力清单: what the village may decide, step by step, and who answers for it (domain §3.7; decision 21)."""

from collections.abc import Sequence
from typing import Final

from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    DueDay,
    Facts,
    Fault,
    Field,
    Kind,
    Section,
    Shape,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, once
from villagehub.sections.parts import read_parts

STEP: Final = ("做什么", "谁来办", "多久办完", "留下什么", "要当心什么")
CATEGORIES: Final = (
    Choice("decision", "重大决策", words("重大事项 重大事项决策 村级重大决策")),
    Choice("project", "工程项目", words("项目 工程 项目建设 工程建设")),
    Choice("purchase", "采购", words("物资采购 招标采购 货物采购")),
    Choice("collective", "三资管理", words("三资 资产资源 资金资产资源 集体资产 财务管理 资产资源管理")),
    Choice("open", "阳光村务", words("村务公开 三务公开 阳光公开")),
    Choice("service", "便民服务", words("便民 服务事项 代办服务")),
    Choice("relief", "救助救灾", words("救助 救灾 社会救助 救灾救济 救助救济")),
    Choice("homestead", "宅基地", words("宅基地审批 宅基地管理 建房")),
    Choice("labour", "用工", words("劳务用工 临时用工 零星用工")),
    Choice("seal", "印章", words("印章管理 印章使用 公章管理 公章")),
)

_FIELDS: Final = (
    Field("power_no", "编号", required=True, identifier=True, synonyms=words("权力编号 事项编号 权力编码 事项编码")),
    Field(
        "power",
        "权力名称",
        required=True,
        synonyms=words("权力事项 事项名称 小微权力名称 权力事项名称"),
        weak=words("名称 事项"),
    ),
    Field("plain", "一句话说清", synonyms=words("一句话说明 一句话概括 通俗说明 白话说明")),
    Field(
        "category",
        "类别",
        Kind.CHOICE,
        required=True,
        choices=CATEGORIES,
        open_choice=True,
        synonyms=words("权力类别 事项类别 分类 类型 权力类型"),
    ),
    Field("body", "权力主体", required=True, synonyms=words("实施主体 行使主体 责任主体 责任单位")),
    Field("responsible", "责任人", person=True, synonyms=words("责任人员 负责人 经办责任人 具体责任人")),
    Field("responsible_phone", "办公电话", contact=True, synonyms=words("责任人电话 值班电话 工作电话 咨询电话")),
    Field("basis", "依据", synonyms=words("权力依据 政策依据 设定依据 法律依据 制度依据")),
    Field(
        "steps",
        "流程步骤",
        required=True,
        parts=STEP,
        plain="一步一步怎么走",
        synonyms=words("流程 运行流程 办理流程 操作流程 工作流程 运行程序 办事流程 程序"),
    ),
    Field("supervisor", "监督主体", synonyms=words("监督 监督单位 监督机构 监督方式")),
    Field("risk", "廉政风险点", parts=("风险点", "怎么防"), synonyms=words("风险点 廉洁风险点 风险")),
    Field("control", "防控措施", synonyms=words("防范措施 风险防控措施 廉政风险防控措施")),
    Field(
        "negatives",
        "负面清单",
        parts=("不许做的",),
        plain="不许这样做",
        synonyms=words("禁止事项 禁止行为 不得有的行为 不准"),
    ),
    Field("guide", "办事指南", synonyms=words("相关服务 服务事项 相关办事指南 关联事项")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "power_no": "QL-03",
        "power": "村级小型工程",
        "plain": "村里修路、修渠这些小工程，必须先开会、再公开选施工队，验收了才付钱。",
        "category": "工程项目",
        "body": "村民委员会",
        "responsible": "周建国",
        "responsible_phone": "0719-0000000",
        "basis": "村级工程项目管理办法",
        "steps": (
            "提出项目｜村两委｜5天｜会议记录｜拆成小项目躲招标；村民代表会议表决｜村民代表｜当天｜签到表、表决票；"
            "镇里审核｜镇农业农村办｜10天｜审核意见；公开选施工队｜村委会、监委会｜15天｜比价记录｜和亲友串通；"
            "验收｜村委会、监委会、村民代表｜完工后10天｜验收单；结算付款、公开｜村委会｜30天｜结算单、发票"
        ),
        "supervisor": "村务监督委员会",
        "risk": "化整为零｜5万元以上的都上会；虚报工程量｜验收时丈量、拍照",
        "negatives": "不许自己定施工队；不许先开工后补手续；不许验收前付清",
    },
    {
        "power_no": "QL-11",
        "power": "使用村里的公章",
        "category": "印章",
        "body": "村民委员会",
        "steps": "说明用途｜村民｜当天；登记｜报账员｜当天｜用章登记本；批准｜村委会主任｜1天；盖章｜报账员｜当天",
        "negatives": "不许盖空白纸；不许带章出村",
    },
)


def check_row(facts: Facts) -> list[Fault]:
    """A course has at least two steps; who answers for it is worth naming."""
    faults = []
    if facts.get("steps") and len(read_parts(str(facts["steps"]), STEP)) < 2:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "one_step",
                "流程步骤只认出一步。对吗？",
                "一步一个分号（；），每步写：做什么｜谁来办｜多久办完｜留下什么｜要当心什么。",
                "steps",
            )
        )
    if not facts.get("responsible"):
        faults.append(
            Fault(
                Severity.INFO, "nobody_named", "没写责任人。", "村民想知道找谁，请填上姓名和办公电话。", "responsible"
            )
        )
    return faults


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each number names one power."""
    return once(rows, "power_no", "一项权力")


def natural_key(facts: Facts) -> str | None:
    """The list's own number."""
    return str(facts["power_no"]) if facts.get("power_no") else None


POWERS: Final = Section(
    name="powers",
    title="小微权力清单",
    shape=Shape.STANDING,
    cadences=(Cadence.YEAR, Cadence.QUARTER, Cadence.MONTH),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="村里有哪些权，一步一步怎么办，谁来办，什么不许做。",
    promoted={"category": "category"},
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    headline="power",
    says="plain",
    board=(
        BoardColumn("power_no", 20),
        BoardColumn("power", 44),
        BoardColumn("category", 26),
        BoardColumn("steps"),
        BoardColumn("responsible", 24),
        BoardColumn("supervisor", 36),
    ),
    board_wide=True,
    tile="powers",
    order=42,
    example=_EXAMPLE,
    line=("power_no", "responsible"),
    listed_by="category",
    flow="steps",
    own=("responsible", "responsible_phone"),
    due=(DueDay(Cadence.YEAR, 31, "小微权力清单每年公开一次，有变动随时更新"),),
)
