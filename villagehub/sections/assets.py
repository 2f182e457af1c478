"""集体资产: the register of fixed assets (domain §3.1; 农村集体经济组织法 第三十六条)."""

from collections.abc import Sequence
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    DueDay,
    Extra,
    Facts,
    Family,
    Fault,
    Field,
    Kind,
    Names,
    Role,
    Section,
    Shape,
    Sum,
    Visible,
    words,
)
from villagehub.sections.common import once

CATEGORIES: Final = (
    Choice("building", "房屋建筑物", words("房屋 建筑物 房屋及建筑物 房屋建筑 房产 房屋及构筑物 建筑")),
    Choice("machine", "机器设备", words("机器 设备 机械设备 农机 机械 农业机械 通用设备 专用设备")),
    Choice("vehicle", "运输工具", words("运输 车辆 运输设备 交通工具")),
    Choice("water", "农田水利", words("水利设施 水利 农田水利设施 灌溉设施 渠道 塘坝 农业基础设施")),
    Choice("road", "道路桥梁", words("道路 桥梁 路桥 道路设施 交通设施")),
    Choice("office", "办公设备", words("办公 办公用品 电子设备 家具 办公家具 办公设施")),
    Choice(
        "public",
        "公益设施",
        ("公益", "公共设施", "文体设施", "健身器材", "公益性设施", "文化设施", "环卫设施", "教育文化设施"),
    ),
    Choice("other", "其他", words("其它 其他资产 其他固定资产")),
)
STATES: Final = (
    Choice("own_use", "自用", words("在用 使用中 正常使用 使用 正常 良好 完好")),
    Choice("let", "出租", words("租赁 已出租 发包 对外出租 出租中 租出")),
    Choice("lent", "出借", ("借出", "无偿借用")),
    Choice("idle", "闲置", words("空置 未使用 闲置中")),
    Choice("scrapped", "报废", ("已报废",)),
    Choice("pending", "待处置", words("待报废 待处理 拟处置")),
)
_OPERATING: Final = (
    Choice("yes", "是", words("经营性 经营性资产 经营 经营性固定资产")),
    Choice("no", "否", words("非经营性 非经营性资产 非经营 公益性 非经营性固定资产")),
)

FIELDS: Final = (
    Field(
        "asset_no",
        "资产编号",
        required=True,
        identifier=True,
        synonyms=words("卡片编号 资产编码 资产卡片号 固定资产编号 资产代码 卡片号"),
        weak=("编号",),
    ),
    Field(
        "name",
        "资产名称",
        required=True,
        names=Names.SCAN,
        synonyms=("固定资产名称", "资产"),
        weak=words("名称 项目名称 项目"),
    ),
    Field(
        "category",
        "资产类别",
        Kind.CHOICE,
        required=True,
        choices=CATEGORIES,
        open_choice=True,
        synonyms=words("类别 分类 资产类型 资产分类 固定资产类别 资产种类"),
        weak=("类型",),
    ),
    Field(
        "operating",
        "是否经营性",
        Kind.YES_NO,
        clear=True,
        choices=_OPERATING,
        synonyms=words("经营性 经营性/非经营性 用途类型 是否经营性资产 资产性质 经营属性 性质"),
    ),
    Field("quantity", "数量", Kind.DECIMAL, required=True, synonyms=words("数目 件数 资产数量")),
    Field("unit", "计量单位", synonyms=("数量单位",), weak=("单位",)),
    Field("model", "规格型号", synonyms=words("规格 型号 规格及型号")),
    Field(
        "location",
        "坐落位置",
        required=True,
        names=Names.SCAN,
        synonyms=words("坐落 地点 存放地点 位置 存放位置 所在地 坐落地点 使用地点 地址 座落 座落位置 坐落地"),
    ),
    Field(
        "acquired_on",
        "购建时间",
        Kind.PARTIAL_DATE,
        synonyms=words(
            "购置日期 建造时间 取得时间 入账时间 启用日期 购建日期 购置时间 建成时间 取得日期 购建年月 入账日期"
        ),
        weak=("时间", "日期"),
    ),
    Field("acquisition", "取得方式", synonyms=words("形成方式 取得来源 增加方式 资产来源 形成来源")),
    Field("fund_source", "资金来源", weak=("来源",)),
    Field(
        "original_value",
        "原值",
        Kind.MONEY,
        required=True,
        clear=True,
        unit="元",
        synonyms=words("原始价值 账面原值 资产原值 购置金额 原价 固定资产原值 资产价值"),
        weak=("金额", "价值"),
    ),
    Field(
        "depreciation",
        "累计折旧",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("已提折旧 折旧 折旧额 累计折旧额 已提折旧额"),
    ),
    Field(
        "net_value",
        "净值",
        Kind.MONEY,
        clear=True,
        unit="元",
        synonyms=words("账面净值 净额 账面价值 资产净值 固定资产净值"),
    ),
    Field("useful_life", "使用年限", synonyms=words("预计使用年限 折旧年限 使用寿命")),
    Field(
        "state",
        "使用状况",
        Kind.CHOICE,
        clear=True,
        choices=STATES,
        synonyms=words("状态 现状 使用情况 使用状态 资产状态 使用现状 资产现状"),
    ),
    Field(
        "keeper",
        "使用人",
        names=Names.MASK_PERSON,
        interest=True,
        synonyms=words(
            "保管人 责任人 管护人 使用人/保管人 承租人 使用单位 管理人 使用人或保管人 使用(保管)人 管护责任人"
        ),
    ),
    Field("contract_no", "合同编号", identifier=True, synonyms=("合同号", "租赁合同")),
    Field(
        "title_no",
        "产权证号",
        visible=Visible.STAFF,
        synonyms=words("不动产权证号 权证号 证书编号 产权证书号 权属证号"),
    ),
    Field("change", "变动原因", names=Names.SCAN, synonyms=words("变动说明 增减原因 变动情况 增减说明")),
    Field("note", "备注", names=Names.SCAN, synonyms=("附注", "说明")),
    Field(
        "keeper_phone",
        "联系电话",
        visible=Visible.NEVER,
        match="phone",
        synonyms=words("电话 手机 手机号 手机号码 联系方式 使用人电话"),
    ),
    Field(
        "keeper_id", "证件号码", visible=Visible.NEVER, match="id", synonyms=words("身份证号 身份证号码 身份证 证件号")
    ),
)
_EXTRAS: Final = (
    Extra(
        Role.IGNORED,
        words("序号 行号 照片 签字 签名 盖章 盘点人 登记人 登记日期 附件 残值 残值率 月折旧额 现值 评估值"),
    ),
)


def totals(rows: Sequence[Facts]) -> dict[str, int]:
    """How many assets, and their original and net value in fen."""
    return {
        "rows": len(rows),
        "original_fen": sum(int(row.get("original_value") or 0) for row in rows),
        "net_fen": sum(int(row.get("net_value") or 0) for row in rows),
    }


def check_row(facts: Facts) -> list[Fault]:
    """Net value = original value - depreciation, within one fen; a let asset needs its contract."""
    original, gone, net = (facts.get(name) for name in ("original_value", "depreciation", "net_value"))
    faults: list[Fault] = []
    if isinstance(original, int) and isinstance(gone, int) and isinstance(net, int) and abs(original - gone - net) > 1:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "net_value_mismatch",
                f"净值不对：原值 {yuan(original)} 减折旧 {yuan(gone)} 应是 {yuan(original - gone)}，表里写 {yuan(net)}。",
                "请核对原值、累计折旧和净值。",
                "net_value",
                also=("original_value", "depreciation"),
            )
        )
    if isinstance(original, int) and isinstance(gone, int) and gone > original >= 0:
        faults.append(
            Fault(
                Severity.CONFIRM,
                "depreciation_over_value",
                f"累计折旧 {yuan(gone)} 比原值 {yuan(original)} 还大。对吗？",
                "请核对；确实如此就确认。",
                "depreciation",
            )
        )
    if isinstance(original, int) and original < 0:
        faults.append(
            Fault(
                Severity.MUST_FIX,
                "negative_value",
                f"原值是负数 {yuan(original)}。",
                "原值不能是负数，请核对。",
                "original_value",
            )
        )
    if facts.get("state") == "let" and not facts.get("contract_no"):
        faults.append(
            Fault(
                Severity.INFO,
                "let_without_contract",
                "这件资产出租了，没写合同编号。",
                "有合同就加一列“合同编号”。",
                "state",
            )
        )
    return faults


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """Each number names one asset."""
    return once(rows, "asset_no", "一件资产", heading="资产编号")


def natural_key(facts: Facts) -> str | None:
    """The asset's own number, which stays the same from year to year."""
    return str(facts["asset_no"]) if facts.get("asset_no") else None


_EXAMPLE: Final = (
    {
        "asset_no": "ZC-0001",
        "name": "村委会办公楼",
        "category": "房屋建筑物",
        "operating": "非经营性",
        "quantity": 1,
        "unit": "栋",
        "location": "村委会院内",
        "acquired_on": "2015-06",
        "original_value": 860000,
        "depreciation": 215000,
        "net_value": 645000,
        "state": "自用",
        "keeper": "村委会",
    },
    {
        "asset_no": "ZC-0002",
        "name": "老砖厂厂房",
        "category": "房屋建筑物",
        "operating": "经营性",
        "quantity": 1,
        "unit": "处",
        "location": "二组",
        "acquired_on": "2008",
        "original_value": 320000,
        "depreciation": 192000,
        "net_value": 128000,
        "state": "出租",
        "contract_no": "2025-07",
    },
)


def tag(facts: Facts) -> str:
    """What is let, and what stands there for everybody."""
    if facts.get("state") == "let":
        return "出租"
    return "公益设施" if facts.get("category") == "public" else ""


ASSETS: Final = Section(
    name="assets",
    title="集体资产",
    shape=Shape.REGISTER,
    cadences=(Cadence.YEAR, Cadence.MONTH, Cadence.QUARTER),
    fields=FIELDS,
    extras=_EXTRAS,
    what="村集体的房子、设备、路和桥，值多少钱，现在谁在用。",
    promoted={"amount_fen": "original_value", "category": "category", "counterparty": "keeper"},
    natural_key=natural_key,
    check_row=check_row,
    check_table=check_table,
    totals=totals,
    headline="name",
    board=(
        BoardColumn("asset_no", 26),
        BoardColumn("name"),
        BoardColumn("quantity", 16),
        BoardColumn("location", 44),
        BoardColumn("state", 18),
        BoardColumn("keeper", 30),
        BoardColumn("original_value", 28, total="original_fen"),
        BoardColumn("net_value", 28, total="net_fen"),
    ),
    board_wide=True,
    tag=tag,
    tag_no="asset_no",
    tile="assets",
    order=20,
    family=Family.MONEY,
    unit="件",
    example=_EXAMPLE,
    line=("asset_no", "category", "location"),
    state="state",
    warn_states=("idle", "scrapped", "pending"),
    sums=(Sum("original_fen", "原值合计", "original_value"), Sum("net_fen", "净值合计", "net_value")),
    due=(DueDay(Cadence.YEAR, 31, "农村集体经济组织法：资产清查结果公开"),),
)
