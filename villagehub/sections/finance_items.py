"""The kinds of income and expense in villagers' words, after the items of 农经发〔2011〕13号 (domain §2)."""

from typing import Final

from villagehub.sections.base import Choice, words

INCOME: Final = (
    Choice(
        "in_lease",
        "发包和出租",
        ("发包及上交", "发包收入", "租赁收入", "租金收入", "承包收入", "发包", "出租", "租金", "承包费"),
    ),
    Choice("in_business", "经营收入", words("产品销售收入 服务收入 销售收入 经营")),
    Choice(
        "in_subsidy",
        "上级补助",
        ("补助收入", "财政补助", "运转经费", "专项补助", "上级拨款", "转移支付", "上级补助收入", "拨款"),
    ),
    Choice("in_land", "征地补偿收入", words("征占土地补偿 土地补偿费 征地补偿款 征地补偿费")),
    Choice("in_villagers", "一事一议筹资", words("一事一议 筹资筹劳 一事一议资金 村民筹资")),
    Choice("in_invest", "投资收益", words("投资收入 分红 入股分红")),
    Choice("in_relief", "救济扶贫拨款", words("救济扶贫 扶贫资金 救灾款 衔接资金")),
    Choice("in_gift", "社会捐赠", words("捐赠收入 捐款 捐赠")),
    Choice("in_disposal", "资产处置收入", words("资产处置 处置收入 变卖收入")),
    Choice("in_interest", "存款利息", words("利息 利息收入 银行利息")),
    Choice("in_other", "其他收入", ()),
)
EXPENSE: Final = (
    Choice(
        "out_pay",
        "干部报酬和误工",
        ("干部报酬", "村组干部报酬", "误工补贴", "误工", "工资", "村干部工资", "报酬", "误工费"),
    ),
    Choice(
        "out_office",
        "办公水电",
        ("管理费", "管理费用", "办公费", "水电费", "电费", "水费", "报刊费", "差旅费", "会议费", "办公", "报刊"),
    ),
    Choice(
        "out_public",
        "修渠、路灯等公益",
        ("公益", "公益支出", "公益事业", "公益福利", "环境卫生", "卫生费", "环卫", "公益和环卫", "治安"),
    ),
    Choice(
        "out_project",
        "工程项目",
        ("工程", "工程款", "项目支出", "基本建设", "农业基本建设", "固定资产购建", "购建固定资产"),
    ),
    Choice("out_relief", "困难慰问", words("慰问 慰问金 困难补助 救济 临时救助 走访慰问")),
    Choice("out_business", "经营支出", words("集体经营支出 集体经营 生产支出")),
    Choice("out_land", "征地补偿发放", words("土地补偿发放 青苗补偿 补偿款发放")),
    Choice("out_welfare", "福利和分红", words("福利费 分红支出 向成员分配 收益分配")),
    Choice("out_reception", "接待费", words("招待费 公务接待 业务招待费")),
    Choice("out_purchase", "采购", words("物资采购 购置费 设备购置")),
    Choice("out_debt", "还借款和利息", words("偿还借款 还款 利息支出 归还借款")),
    Choice("out_gift", "对外捐赠", ("捐赠支出",)),
    Choice("out_other", "其他支出", ()),
)
"""The items of 农经发〔2011〕13号 in villagers' words; a county's own list may name others, so the field stays open."""
