"""干部权责 with 组织架构: who holds which post and answers for what (domain §3.5)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from villagehub.kernel.period import Cadence
from villagehub.kernel.problem import Severity
from villagehub.sections.base import (
    Balances,
    BoardColumn,
    Choice,
    DueDay,
    Extra,
    Facts,
    Fault,
    Field,
    Kind,
    Role,
    Section,
    Shape,
    Visible,
    words,
)

REVIEWS: Final = (
    Choice("excellent", "优秀"),
    Choice("good", "称职", ("合格",)),
    Choice("fair", "基本称职", ("基本合格",)),
    Choice("failed", "不称职", ("不合格",)),
)

FIELDS: Final = (
    Field("name", "姓名", required=True, person=True, synonyms=words("干部姓名 人员姓名 名字 村干部姓名")),
    Field("post", "职务", required=True, synonyms=words("职位 岗位 担任职务 现任职务 村内职务 职务名称")),
    Field(
        "body",
        "机构",
        required=True,
        synonyms=words("所在机构 组织 所属组织 机构名称 班子 所在组织 所属机构 组织名称 任职机构"),
        weak=("单位", "部门"),
    ),
    Field("term", "任期", synonyms=words("任期起止 任职时间 任职期限 任职起止 任期时间 任职年限 届期")),
    Field(
        "portfolio",
        "分管工作",
        required=True,
        synonyms=words("分管 分工 负责工作 工作分工 主要分工 分管事项 工作职责分工 负责事项 分管领域"),
    ),
    Field("powers", "权力事项", synonyms=words("权力 职权 权力清单 权责事项 权力名称")),
    Field("duties", "责任", synonyms=words("职责 岗位职责 责任清单 主要职责 工作职责 责任事项")),
    Field(
        "office_phone",
        "办公电话",
        contact=True,
        synonyms=words("值班电话 办公室电话 工作电话 公开电话 村委会电话 村办公电话 固定电话 座机"),
    ),
    Field("office_hours", "在岗时间", synonyms=words("值班时间 坐班时间 办公时间")),
    Field("pay_standard", "报酬标准", Kind.MONEY, unit="元", synonyms=words("补贴标准 工资标准 报酬/补贴标准 月报酬")),
    Field("pay_paid", "本期发放", Kind.MONEY, unit="元", synonyms=words("已发报酬 发放金额 实发报酬 本期报酬")),
    Field("commitment", "目标责任书", synonyms=("责任书", "承诺书")),
    Field(
        "review",
        "年度评议",
        Kind.CHOICE,
        choices=REVIEWS,
        synonyms=words("民主评议 评议结果 考核结果 年度考核 年度评议结果"),
    ),
    Field("recusal", "近亲属回避", visible=Visible.STAFF, synonyms=words("回避情况 回避 亲属关系")),
    Field("note", "备注", synonyms=("附注", "说明")),
    Field(
        "private_phone",
        "手机",
        visible=Visible.NEVER,
        match="phone",
        synonyms=words("手机号 手机号码 联系电话 电话 联系方式 电话号码"),
    ),
    Field(
        "private_id", "身份证号", visible=Visible.NEVER, match="id", synonyms=words("身份证号码 证件号码 身份证 证件号")
    ),
    Field("birth", "出生日期", visible=Visible.NEVER, synonyms=words("出生年月 年龄 生日")),
    Field("address", "住址", visible=Visible.NEVER, synonyms=words("家庭住址 地址 家庭地址")),
)
_EXTRAS: Final = (
    Extra(Role.IGNORED, words("序号 编号 行号 照片 性别 民族 学历 文化程度 政治面貌 入党时间 签字 签名")),
)


def check_table(rows: Sequence[Facts], _balances: Balances) -> list[Fault]:
    """One line for one person in one post."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        places[natural_key(row)].append(index)
    return [
        Fault(
            Severity.MUST_FIX,
            "post_repeated",
            f"{rows[found[0]].get('name')}的{rows[found[0]].get('post')}在{{others}}已经写过。",
            "同一个人同一个职务只写一行，分管工作合在一起写。",
            "name",
            found[-1],
            tuple(found[:-1]),
        )
        for found in places.values()
        if len(found) > 1
    ]


def natural_key(facts: Facts) -> str:
    """Body, post and name: office holders are named in public, so the key needs no hiding."""
    return "|".join(str(facts.get(name) or "") for name in ("body", "post", "name"))


_EXAMPLE: Final = (
    {
        "name": "周建国",
        "post": "村党支部书记、村委会主任",
        "body": "村党支部、村民委员会",
        "term": "2024年1月至2029年1月",
        "portfolio": "全面工作，三资管理",
        "office_phone": "0719-0000000",
        "office_hours": "周一至周五上午",
    },
    {
        "name": "罗守田",
        "post": "主任",
        "body": "村务监督委员会",
        "term": "2024年1月至2029年1月",
        "portfolio": "账目审核、工程监督",
    },
)

DUTIES: Final = Section(
    name="duties",
    title="干部权责",
    shape=Shape.REGISTER,
    cadences=(Cadence.YEAR, Cadence.MONTH, Cadence.QUARTER),
    fields=FIELDS,
    extras=_EXTRAS,
    what="谁担任什么职务、管什么事、怎么找到他。",
    natural_key=natural_key,
    check_table=check_table,
    headline="name",
    board=(
        BoardColumn("name", 22),
        BoardColumn("post", 28),
        BoardColumn("body", 26),
        BoardColumn("portfolio"),
        BoardColumn("office_phone", 28),
    ),
    tile="duties",
    order=40,
    unit="个职务",
    example=_EXAMPLE,
    due=(DueDay(Cadence.YEAR, 31, "村民委员会组织法：村务公开"),),
    page="public/duties.html",
)
