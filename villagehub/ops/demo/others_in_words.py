"""The first village's powers, guides, announcements and notices: rows by field, as its clerk types them. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.ops.demo.leases import LAND_FEN_PER_MU, LAND_MU
from villagehub.ops.demo.paper import Cell
from villagehub.ops.demo.registers import officers_of, phones_of
from villagehub.ops.demo.villages import WHEN_OPEN, DemoVillage

Row = Mapping[str, Cell]

VILLAGE_DAYS: Final = 7
"""Working days that the village itself takes in each guide; what it answers for when it takes an errand in."""
_WEIGHED_IN: Final = 2
"""Of these, what the representatives take to weigh an application for 低保; the rest it is posted for."""
_POSTED_FOR: Final = 7


def powers_of(village: DemoVillage) -> Iterator[Row]:
    """What the village may decide, step by step."""
    who = village.officers
    yield {
        "power_no": "QL-01",
        "power": "村级小型工程",
        "plain": "村里修路、修渠这些小工程，必须先开会、再公开选施工队，验收了才付钱。",
        "category": "工程项目",
        "body": "村民委员会",
        "responsible": who.deputy,
        "basis": "村级工程项目管理办法",
        "steps": (
            "提出项目｜村两委｜5天｜会议记录｜拆成小项目躲招标；村民代表会议表决｜村民代表｜当天｜签到表、表决票；"
            "镇里审核｜镇农业农村办｜10天｜审核意见；公开选施工队｜村委会、监委会｜15天｜比价记录｜和亲友串通；"
            "验收｜监委会、村民代表｜完工后10天｜验收单；结算付款、公开｜村委会｜30天｜结算单、发票"
        ),
        "supervisor": "村务监督委员会",
        "risk": "化整为零｜5万元以上的都上会；虚报工程量｜验收时丈量、拍照",
        "negatives": "不许自己定施工队；不许先开工后补手续；不许验收前付清",
    }
    yield {
        "power_no": "QL-02",
        "power": "集体资产出租",
        "plain": "村里的塘、地、房子要租出去，必须先开会、再公开招租、后签合同，租金进村账户，不能收现金。",
        "category": "三资管理",
        "body": "村民委员会",
        "responsible": who.head,
        "steps": (
            "盘点、定底价｜村委会｜10天｜底价表；村民代表会议表决｜村民代表｜当天｜决议；公示｜村委会｜7天｜公示照片；"
            "公开竞价｜镇交易站｜15天｜竞价记录；签合同、公开｜村委会｜5天｜合同"
        ),
        "supervisor": "村务监督委员会",
        "negatives": "不许口头出租；不许低价包给亲友；不许不公示就签字",
    }
    yield {
        "power_no": "QL-03",
        "power": "临时救助申请",
        "plain": "谁家突然有难处都可以申请，村里只核实、公示，批不批由镇里定。",
        "category": "救助救灾",
        "body": "村民委员会",
        "responsible": who.women,
        "steps": (
            f"接收申请｜妇联主席｜当天｜收件回执；入户核实、公示｜村委会、监委会｜{VILLAGE_DAYS}个工作日｜核实表；"
            "镇里审批｜镇民政办｜5个工作日｜审批表"
        ),
        "supervisor": "村务监督委员会",
        "negatives": "不许优亲厚友；不许收好处",
        "guide": "临时救助申请",
    }


def guides_of(village: DemoVillage) -> Iterator[Row]:
    """What to bring and where to go."""
    place = {
        "place": "村部便民服务大厅",
        "hours": WHEN_OPEN,
        "helper": village.officers.women,
        "complaint": "12345",
    }
    yield {
        "guide": "高龄津贴申请",
        "audience": "年满80周岁的本县户籍老人",
        "conditions": "满80周岁，户口在本村",
        "materials": (
            "户口本｜复印件｜1｜自己带｜必须；老人近期照片｜电子｜1｜村里可以帮拍｜必须；代办人委托书｜原件｜1｜村里有空表｜看情况"
        ),
        "steps": (
            f"交材料｜本人或家里人｜当天；村里核对、公示｜妇联主席｜{VILLAGE_DAYS}个工作日；镇里审核｜镇民政办｜5个工作日；"
            "县里批准｜县民政局｜3个工作日"
        ),
        "promised_days": "15个工作日",
        "fee": "不收费",
        "once": "是",
        **place,
    }
    yield {
        "guide": "临时救助申请",
        "conditions": "突然遇到难处，自己一时解决不了",
        "materials": "申请书｜原件｜1｜村里有空表｜必须；花费的票据｜复印件｜1｜自己带｜看情况",
        "steps": f"申请｜本人｜当天；村里核实、公示｜妇联主席｜{VILLAGE_DAYS}个工作日；镇里审批｜镇民政办｜5个工作日",
        "promised_days": "12个工作日",
        "fee": "不收费",
        "once": "否",
        **place,
    }
    yield {
        "guide": "低保申请",
        "audience": "家里人均收入低于县里低保标准的本县户籍人家",
        "conditions": "一起过日子的家里人，平均每人收入低于县里的低保标准，家里财产也不超过规定",
        "materials": (
            "低保申请书｜原件｜1｜村里有空表｜必须；家里收入和财产情况表、同意核对的授权书｜原件｜1｜村里有空表｜必须；"
            "全家人的户口本、身份证｜复印件｜1｜自己带｜必须；残疾证、看病的票据｜复印件｜1｜自己带｜看情况；"
            "代办人委托书｜原件｜1｜村里有空表｜看情况"
        ),
        "steps": (
            "交申请｜本人或家里人｜当天；上门看情况、核对收入｜镇民政办｜10个工作日；"
            f"村民代表民主评议｜村民代表｜{_WEIGHED_IN}个工作日；村里公示｜妇联主席｜{VILLAGE_DAYS - _WEIGHED_IN}个工作日；"
            "镇里审核｜镇民政办｜3个工作日；县里批准｜县民政局｜10个工作日"
        ),
        "promised_days": "30个工作日",
        "fee": "不收费",
        "once": "否",
        **place,
    }


def notices_of(village: DemoVillage, last: date) -> Iterator[Row]:
    """A rule, the branch, an audit, what became of a 公示."""
    yield {
        "title": "村规民约（新修订）",
        "kind": "规章制度",
        "issued_on": str(last - timedelta(days=20)),
        "issuer": "村民会议",
        "content": "经村民会议讨论通过，贴出来请大家照着做",
        "points": "红白事不大办；垃圾不乱倒；不占集体的路和渠",
    }
    yield {
        "title": "党费收缴情况",
        "kind": "党务",
        "issued_on": str(last - timedelta(days=12)),
        "issuer": f"{village.name}党支部",
        "content": "党员31人，党费已收齐并上交",
    }
    yield {
        "title": f"{last.year - 1}年村级财务审计结果",
        "kind": "审计结果",
        "issued_on": str(last - timedelta(days=3)),
        "issuer": "镇农村经济管理站",
        "content": "账款相符，有两笔支出手续不全",
        "mended": "已补齐验收单和会议记录",
    }
    yield {
        "title": "文化广场路灯选厂家公示结果",
        "kind": "别的通知",
        "issued_on": str(lamps_posted_on(last) + timedelta(days=_POSTED_FOR + 1)),
        "issuer": "村民委员会",
        "content": "公示期满，没有收到异议，按公示的办",
    }


def lamps_posted_on(last: date) -> date:
    """When it was put up who is to make the lamps, in a quarter that ends on ``last``."""
    return last - timedelta(days=25)


def _turn_to(village: DemoVillage, name: str, post: str) -> Row:
    """Who hears objections, under the telephone of the list of duties."""
    return {"object_to": f"{post}{name}", "object_phone": phones_of(village, officers_of(village))[name]}


def ended_of(village: DemoVillage, day: date) -> Row:
    """A 公示 whose day is over, as it was put up: nobody knew then what would become of it."""
    return {
        "subject": "文化广场路灯选厂家",
        "kind": "工程项目",
        "content": "三家报价，拟请青禾县明亮路灯厂，报价39600元，工期20天",
        "starts_on": str(day),
        "ends_on": str(day + timedelta(days=_POSTED_FOR)),
        **_turn_to(village, village.officers.chair, "村务监督委员会主任"),
    }


def open_of(village: DemoVillage, day: date, today: date) -> Iterator[Row]:
    """One that can still be objected to, and one that hangs on paper only."""
    until = str(today + timedelta(days=6))
    yield {
        "subject": "后山机动地（坡上）下一期发包方案",
        "kind": "发包出租",
        "content": f"{LAND_MU}亩，五年一期，底价每年{yuan(int(LAND_MU * LAND_FEN_PER_MU))}元，公开竞价",
        "starts_on": str(day),
        "ends_on": until,
        **_turn_to(village, village.officers.chair, "村务监督委员会主任"),
    }
    yield {
        "subject": "新申请低保的人家",
        "kind": "救助申请",
        "content": "两户申请，村里评议同意上报",
        "starts_on": str(day),
        "ends_on": until,
        "paper_only": "是",
        "board_place": "村部公开栏",
        **_turn_to(village, village.officers.women, "妇联主席"),
    }
