"""What answers hold; also what the OpenAPI document says of them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

MOST = 200
NUMBER = {"strict": True}


class PageQuery(Schema):
    """Keyset paging: ``after`` is the last key that the caller has."""

    class Meta:
        """Unknown arguments are passed over, as on the pages."""

        unknown = EXCLUDE

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MOST, error="limit 只能是 1 到 200。"),
        error_messages={"invalid": "limit 要写成整数。", "null": "limit 要写成整数。"},
        metadata={"description": "一次要多少条，1 到 200"},
    )


class AfterNumber(PageQuery):
    """By number."""

    after = fields.Integer(
        load_default=None,
        validate=validate.Range(0, 2**53 - 1, error="after 要写成上一页最后一条的编号。"),
        error_messages={"invalid": "after 要写成整数。", "null": "after 要写成整数。"},
        metadata={"description": "上一页给的 next；第一页不写"},
    )


class AfterCode(PageQuery):
    """By code of place."""

    after = fields.String(
        load_default="",
        validate=validate.Regexp(r"\A[0-9]{0,12}\Z", error="after 要写成上一页最后一个村的编码。"),
        metadata={"description": "上一页给的 next；第一页不写"},
    )


class Village(Schema):
    """A village."""

    code = fields.String(required=True, metadata={"description": "统计用区划代码"})
    name = fields.String(required=True)
    township_code = fields.String(required=True)
    township = fields.String(required=True)
    county = fields.String(required=True)
    page = fields.String(required=True, metadata={"description": "村首页"})


class Reviewer(Schema):
    """One vote as it was published."""

    name = fields.String(required=True)
    post = fields.String(required=True)
    agrees = fields.Boolean(required=True)
    objection = fields.String(required=True)
    on_paper = fields.Boolean(required=True)


class Publication(Schema):
    """One publication (第 N 号公开)."""

    number = fields.Integer(required=True, metadata={"description": "第几号公开"})
    title = fields.String(required=True)
    section = fields.String(required=True)
    entity = fields.String(required=True, validate=validate.OneOf(["committee", "collective", "group"]))
    group = fields.String(required=True, metadata={"description": "几组的账；不是小组的账就是空的"})
    period = fields.String(required=True, metadata={"description": "2026-03、2026Q1、2026 或一天"})
    subject = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["full", "nil", "correction", "withdrawal"]))
    published_at = fields.String(required=True, metadata={"format": "date-time"})
    seal = fields.String(required=True, metadata={"description": "防改码"})
    totals = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "金额单位：分"}
    )
    under_five = fields.Boolean(required=True, metadata={"description": "少于5人，不说人数和合计"})
    reason = fields.String(required=True, metadata={"description": "更正的原因"})
    superseded_by = fields.Integer(required=True, allow_none=True, metadata={"description": "后来由第几号代替"})
    expires_on = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    hidden = fields.String(required=True, metadata={"description": "暂时撤下的原因；没有撤下就是空的"})
    list_withheld = fields.String(required=True, metadata={"description": "为什么没有名单"})
    reviewers = fields.List(fields.Nested(Reviewer), required=True)
    page = fields.String(required=True)


class Section(Schema):
    """A section of what villages publish."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    what = fields.String(required=True)
    persons = fields.Boolean(required=True, metadata={"description": "是不是个人名单（只公开合计）"})
    schema = fields.String(required=True, metadata={"description": "一行的 JSON Schema"})


class Villages(Schema):
    """A page of villages."""

    items = fields.List(fields.Nested(Village), required=True)
    next = fields.String(required=True, allow_none=True)


class Publications(Schema):
    """A page of publications, newest first."""

    items = fields.List(fields.Nested(Publication), required=True)
    next = fields.Integer(required=True, allow_none=True)


class Rows(Schema):
    """A page of rows, in the order of the clerk's file."""

    items = fields.List(fields.Dict(keys=fields.String()), required=True)
    count = fields.Integer(required=True, metadata={"description": "这里有多少行"})
    total = fields.Integer(required=True, metadata={"description": "一共多少行"})
    complete = fields.Boolean(required=True, metadata={"description": "是不是全部的行都在这里"})
    next = fields.Integer(required=True, allow_none=True)
    schema = fields.String(required=True)
    note = fields.String(required=True, metadata={"description": "没有行的时候，为什么"})


class Sections(Schema):
    """All sections."""

    items = fields.List(fields.Nested(Section), required=True)


Made = dict[str, Any]
