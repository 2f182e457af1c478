"""一次性告知清单: what to bring, where to go, how long it takes, what it costs (domain §3.8; decision 21)."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from villagehub.kernel.period import Cadence
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    Facts,
    Fault,
    Field,
    Kind,
    Note,
    Section,
    Shape,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, once

_ONCE: Final = (
    Choice("yes", "是", words("一次办好 可以 能")),
    Choice("no", "否", words("不能 不可以")),
)
_FIELDS: Final = (
    Field(
        "guide",
        "事项名称",
        required=True,
        synonyms=words("服务事项 办理事项 办事事项 服务名称"),
        weak=words("事项 名称 项目"),
    ),
    Field("basis", "设定依据", synonyms=words("依据 政策依据 法律依据 办理依据")),
    Field("audience", "服务对象", synonyms=words("办理对象 适用对象 对象 适用范围")),
    Field("conditions", "受理条件", required=True, synonyms=words("办理条件 申请条件 条件 申报条件")),
    Field(
        "materials",
        "所需材料",
        required=True,
        parts=("材料", "带什么件", "几份", "到哪里开", "必须吗"),
        part_tag="带什么件",
        synonyms=words("材料 申请材料 办理材料 需提供材料 所需资料 材料清单 需要材料 申报材料"),
    ),
    Field(
        "steps",
        "办理流程",
        required=True,
        parts=("做什么", "谁来办", "多久办完"),
        plain="一步一步怎么走",
        synonyms=words("流程 办事流程 办理程序 流程步骤 程序 办理步骤"),
    ),
    Field("legal_days", "法定时限", synonyms=words("法定期限 法定办结时限 法定办理时限")),
    Field("promised_days", "承诺时限", synonyms=words("承诺期限 办理时限 办结时限 承诺办结时限 办理期限 时限")),
    Field("fee", "收费", required=True, synonyms=words("收费标准 是否收费 收费情况 费用")),
    Field("place", "办理地点", synonyms=words("办事地点 受理地点 地点 办理地址")),
    Field("hours", "办理时间", synonyms=words("受理时间 办公时间 工作时间")),
    Field("phone", "咨询电话", contact=True, synonyms=words("咨询方式 办公电话 服务电话")),
    Field("complaint", "监督投诉电话", contact=True, synonyms=words("投诉电话 监督电话 举报电话")),
    Field("refusals", "不予受理情形", synonyms=words("不予办理情形 不受理情形 不予受理")),
    Field(
        "once",
        "一次办好",
        Kind.YES_NO,
        clear=True,
        choices=_ONCE,
        synonyms=words("是否一次办好 是否最多跑一次 最多跑一次"),
    ),
    Field("helper", "代办员", person=True, synonyms=words("代办人 帮办员 经办人")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "guide": "高龄津贴申请",
        "basis": "县高龄津贴发放办法",
        "audience": "年满80周岁的本县户籍老人",
        "conditions": "满80周岁，户口在本村",
        "materials": (
            "户口本｜复印件｜1｜自己带｜必须；老人近期照片｜电子｜1｜村里可以帮拍｜必须；"
            "代办人委托书｜原件｜1｜村里有空表｜看情况"
        ),
        "steps": "交材料｜本人或家里人｜当天；村里核对｜报账员｜3个工作日；镇里审核｜镇民政办｜12个工作日",
        "legal_days": "30个工作日",
        "promised_days": "15个工作日",
        "fee": "不收费",
        "place": "村部便民服务大厅",
        "hours": "周一至周五 8:30 到 17:00",
        "phone": "0719-0000000",
        "complaint": "12345",
        "once": "是",
        "helper": "赵庆",
    },
    {
        "guide": "临时救助申请",
        "conditions": "突然遇到难处，自己一时解决不了",
        "materials": "申请书｜原件｜1｜村里有空表｜必须；花费的票据｜复印件｜1｜自己带｜看情况",
        "steps": "申请｜本人｜当天；村里核实、公示｜村委会｜7个工作日；镇里审批｜镇民政办｜5个工作日",
        "promised_days": "12个工作日",
        "fee": "不收费",
        "once": "否",
    },
)


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each matter is explained once."""
    return once(rows, "guide", "一件事", named="名称")


def natural_key(facts: Facts) -> str | None:
    """The matter's name: these lists rarely carry numbers."""
    return str(facts["guide"]) if facts.get("guide") else None


def notes(facts: Facts, _today: date) -> list[Note]:
    """That one way is enough, and that it costs nothing."""
    found = [Note("跑一次就办好")] if facts.get("once") else []
    fee = str(facts.get("fee") or "")
    free = fee.strip("。 ") == "无" or fee.startswith(("不收费", "免费", "无偿", "无需"))
    return [*found, Note("不要钱")] if free else found


GUIDES: Final = Section(
    name="guides",
    title="办事指南",
    shape=Shape.STANDING,
    cadences=(Cadence.YEAR, Cadence.QUARTER, Cadence.MONTH),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="办事要带什么、找谁、几天办好、收不收钱，一次说清。",
    natural_key=natural_key,
    check_table=check_table,
    headline="guide",
    board=(
        BoardColumn("guide", 44),
        BoardColumn("conditions", 50),
        BoardColumn("materials"),
        BoardColumn("promised_days", 26),
        BoardColumn("fee", 22),
        BoardColumn("phone", 30),
    ),
    board_wide=True,
    tile="guides",
    order=44,
    unit="件",
    example=_EXAMPLE,
    line=("promised_days", "place"),
    flow="steps",
    notes=notes,
    own=("place", "hours", "phone", "helper"),
)
