"""集体资源: land, woods, water and what else the collective owns by nature (domain §3.2; 农村集体经济组织法 第三十六条)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    DueDay,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Section,
    Shape,
    Sum,
    Visible,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE, hundredths, once

KINDS: Final = (
    Choice("arable", "耕地", words("水田 旱地 水浇地 农田")),
    Choice("wood", "林地", words("山林 林木 有林地 公益林")),
    Choice("grass", "草地", words("草原 牧草地")),
    Choice("orchard", "园地", words("果园 茶园 桑园")),
    Choice("shoal", "滩涂"),
    Choice("water", "水面", words("水库 池塘 坑塘")),
    Choice("pond", "养殖水面", words("鱼塘 鱼池 坑塘水面")),
    Choice("waste", "四荒地", words("荒山 荒沟 荒丘 荒滩 四荒")),
    Choice("building", "集体建设用地", words("建设用地 经营性建设用地")),
    Choice("homestead", "宅基地"),
    Choice("unused", "未利用地", words("未利用 荒地")),
)
_USES: Final = (
    Choice("household", "家庭承包", words("承包到户 家庭承包经营")),
    Choice("contract", "发包", words("承包 对外发包 其他方式承包")),
    Choice("let", "出租", words("租赁 流转 已出租 对外出租")),
    Choice("share", "入股", ("折股",)),
    Choice("own", "自营", words("集体经营 自用 统一经营")),
    Choice("idle", "闲置", words("空闲 未发包 撂荒")),
)
_MEASURED: Final = (
    Choice("registered", "确权", ("确权面积",)),
    Choice("measured", "实测", ("实测面积",)),
    Choice("second_round", "二轮承包", words("二轮 二轮面积 二轮承包面积")),
    Choice("customary", "习惯亩", ("习惯面积",)),
)

_FIELDS: Final = (
    Field(
        "resource_no",
        "资源编号",
        required=True,
        identifier=True,
        synonyms=words("地块编号 资源编码 资源代码"),
        weak=("编号",),
    ),
    Field("name", "资源名称", required=True, names=Names.SCAN, synonyms=words("地块名称 资源 地块"), weak=("名称",)),
    Field(
        "kind",
        "资源类别",
        Kind.CHOICE,
        required=True,
        choices=KINDS,
        open_choice=True,
        synonyms=words("地类 土地类型 资源类型 土地类别 资源种类"),
        weak=("类别", "类型"),
    ),
    Field("location", "坐落", required=True, names=Names.SCAN, synonyms=words("坐落位置 位置 所在位置 地点 座落")),
    Field("east", "东至", names=Names.SCAN, synonyms=("东",)),
    Field("south", "南至", names=Names.SCAN, synonyms=("南",)),
    Field("west", "西至", names=Names.SCAN, synonyms=("西",)),
    Field("north", "北至", names=Names.SCAN, synonyms=("北",)),
    Field(
        "area",
        "面积",
        Kind.DECIMAL,
        required=True,
        unit="亩",
        synonyms=words("总面积 确权面积 实测面积 资源面积 二轮面积"),
    ),
    Field("measured_by", "面积依据", Kind.CHOICE, clear=True, choices=_MEASURED, synonyms=words("面积来源 测量方式")),
    Field(
        "leased_area",
        "已发包面积",
        Kind.DECIMAL,
        unit="亩",
        plain="包出去的面积",
        synonyms=words("已发包 发包面积 承包面积 出租面积"),
    ),
    Field(
        "idle_area",
        "未发包面积",
        Kind.DECIMAL,
        unit="亩",
        plain="没包出去的面积",
        synonyms=words("未发包 闲置面积 剩余面积 机动面积"),
    ),
    Field(
        "use_mode",
        "经营方式",
        Kind.CHOICE,
        required=True,
        clear=True,
        choices=_USES,
        synonyms=words("利用方式 使用方式 使用现状 利用现状 经营情况"),
    ),
    Field(
        "lessee",
        "承包方",
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words("承包人 承租人 承租方 使用人 经营者 承包户"),
    ),
    Field("contract_no", "合同编号", identifier=True, synonyms=("合同号", "承包合同")),
    Field("map_no", "图斑号", identifier=True, synonyms=("图斑编号", "宗地号")),
    Field(
        "title_no",
        "权属证号",
        visible=Visible.STAFF,
        synonyms=words("权证号 不动产权证号 产权证号 承包经营权证号 林权证号"),
    ),
    Field("change", "变动原因", names=Names.SCAN, synonyms=("变动情况", "变动说明")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "resource_no": "ZY-001",
        "name": "河边鱼塘",
        "kind": "养殖水面",
        "location": "二组河边",
        "east": "机耕路",
        "south": "河堤",
        "area": 12.5,
        "measured_by": "实测",
        "leased_area": 12.5,
        "use_mode": "发包",
        "lessee": "孙长林",
        "contract_no": "HT-2024-03",
    },
    {
        "resource_no": "ZY-002",
        "name": "后山机动地",
        "kind": "耕地",
        "location": "五组后山",
        "area": 16,
        "idle_area": 16,
        "use_mode": "闲置",
    },
)


def check_row(facts: Facts) -> list[Fault]:
    """What is let and what is not make no more than the whole; what is let has its contract."""
    area, leased, idle = (facts.get(name) for name in ("area", "leased_area", "idle_area"))
    faults = []
    parts = Decimal(str(leased or 0)) + Decimal(str(idle or 0))
    if area is not None and parts > Decimal(str(area)):
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "area_over_whole",
                f"已发包加未发包是 {parts} 亩，比面积 {area} 亩还多。",
                "请核对三个面积；单位都是亩（15 亩是 1 公顷，1 亩约 667 平方米）。",
                "area",
                also=("leased_area", "idle_area"),
            )
        )
    if facts.get("use_mode") in ("contract", "let") and not facts.get("contract_no"):
        faults.append(
            Fault(
                Severity.INFO,
                "let_without_contract",
                "这处资源包出去了，没写合同编号。",
                "有合同就加一列“合同编号”。",
                "use_mode",
            )
        )
    return faults


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each number names one place."""
    return once(rows, "resource_no", "一处资源")


def natural_key(facts: Facts) -> str | None:
    """The resource's own number, which stays the same from year to year."""
    return str(facts["resource_no"]) if facts.get("resource_no") else None


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many places, and their areas in hundredths of 亩."""
    return {
        "rows": len(rows),
        "area_mu": sum(hundredths(row.get("area")) for row in rows),
        "leased_mu": sum(hundredths(row.get("leased_area")) for row in rows),
        "idle_mu": sum(hundredths(row.get("idle_area")) for row in rows),
    }


def tag(facts: Facts) -> str:
    """What is let: a board stands beside it."""
    return {"contract": "发包", "let": "出租"}.get(str(facts.get("use_mode")), "")


RESOURCES: Final = Section(
    name="resources",
    title="集体资源",
    shape=Shape.REGISTER,
    cadences=(Cadence.YEAR, Cadence.MONTH, Cadence.QUARTER),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="村集体的田、山、水面在哪里，有多大，谁在用。",
    promoted={"category": "kind", "counterparty": "lessee"},
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    totals=totals,
    headline="name",
    board=(
        BoardColumn("resource_no", 26),
        BoardColumn("name"),
        BoardColumn("kind", 26),
        BoardColumn("location", 40),
        BoardColumn("area", 24),
        BoardColumn("use_mode", 22),
        BoardColumn("lessee", 34),
        BoardColumn("contract_no", 30),
    ),
    board_wide=True,
    tag=tag,
    tag_no="resource_no",
    tile="resources",
    order=22,
    family=Family.MONEY,
    unit="处",
    example=_EXAMPLE,
    line=("resource_no", "kind", "location", "area"),
    state="use_mode",
    warn_states=("idle",),
    sums=(
        Sum("area_mu", "面积合计", "area"),
        Sum("leased_mu", "包出去的面积合计", "leased_area"),
        Sum("idle_mu", "没包出去的面积合计", "idle_area"),
    ),
    due=(DueDay(Cadence.YEAR, 31, "农村集体经济组织财务公开规定（农经发〔2011〕13号）：各类资源"),),
)
