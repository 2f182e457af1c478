"""通知公告: 党务, 规章制度, 审计结果 and what else is told in words (domain §1, §2, §3.10)."""

from typing import Final

from villagehub.kernel.period import Cadence
from villagehub.sections.base import (
    BoardColumn,
    Choice,
    Family,
    Field,
    Kind,
    Names,
    Section,
    Shape,
    words,
)
from villagehub.sections.common import ID_NUMBER, IGNORED, NOTE, PHONE

KINDS: Final = (
    Choice("party", "党务", words("党务公开 党建 支部公开 组织生活")),
    Choice("rules", "规章制度", words("制度 村规民约 制度文件 管理制度")),
    Choice("audit", "审计结果", words("审计 审计报告 离任审计 审计结果公开")),
    Choice("plan", "计划和目标", words("年度计划 工作计划 任期目标 年度目标")),
    Choice("deliberation", "议事协商", words("协商成果 民主协商 议事协商成果")),
    Choice("other", "别的通知", words("通知 其他 公告 其它")),
)
_FIELDS: Final = (
    Field(
        "title",
        "标题",
        required=True,
        names=Names.SCAN,
        illness=True,
        synonyms=words("名称 公告标题 通知标题 文件名称"),
    ),
    Field("kind", "类别", Kind.CHOICE, required=True, clear=True, choices=KINDS, synonyms=words("类型 公告类别 栏目")),
    Field(
        "issued_on",
        "日期",
        Kind.PARTIAL_DATE,
        required=True,
        clear=True,
        synonyms=words("时间 发布日期 发文日期 印发日期"),
    ),
    Field("issuer", "发布单位", synonyms=words("发文单位 单位 落款")),
    Field("doc_no", "文号", identifier=True, synonyms=words("文件号 发文字号 编号")),
    Field(
        "content",
        "内容",
        required=True,
        names=Names.SCAN,
        illness=True,
        synonyms=words("正文 主要内容 公告内容 通知内容 审计结论"),
    ),
    Field("points", "条款", parts=("条款",), names=Names.SCAN, synonyms=words("具体条款 条文 要点")),
    Field("mended", "整改情况", names=Names.SCAN, synonyms=words("整改 问题整改 整改结果 整改落实情况")),
    NOTE,
    PHONE,
    ID_NUMBER,
)
_EXAMPLE: Final = (
    {
        "title": "村规民约（2026年修订）",
        "kind": "规章制度",
        "issued_on": "2026-06-30",
        "issuer": "村民会议",
        "content": "经村民会议讨论通过，今年七月起执行",
        "points": "红白事不大办；垃圾不乱倒；不占集体的路和渠",
    },
    {
        "title": "上半年党费收缴",
        "kind": "党务",
        "issued_on": "2026-07-05",
        "issuer": "村党支部",
        "content": "全村党员31人，党费已收齐并上交",
    },
)

NOTICES: Final = Section(
    name="notices",
    title="通知公告",
    shape=Shape.EVENT,
    cadences=(Cadence.MONTH, Cadence.QUARTER, Cadence.DAY, Cadence.YEAR),
    fields=_FIELDS,
    extras=(IGNORED,),
    what="党务、村里的规矩、审计结果，还有要告诉大家的事。",
    promoted={"category": "kind"},
    headline="title",
    board=(
        BoardColumn("issued_on", 26),
        BoardColumn("kind", 26),
        BoardColumn("title", 44),
        BoardColumn("content"),
        BoardColumn("issuer", 34),
    ),
    board_wide=True,
    tile="notices",
    order=60,
    family=Family.PARTY,
    unit="条",
    example=_EXAMPLE,
    line=("issued_on", "issuer"),
    state="kind",
)
