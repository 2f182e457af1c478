"""The form that comes with a file; messages in Chinese."""

from typing import Any, Final

from marshmallow import EXCLUDE, Schema, fields, validate

from villagehub.kernel.refused import Refused
from villagehub.sections import SECTIONS

ENTITIES: Final = {"committee": "村民委员会", "collective": "村集体经济组织", "group": "村民小组"}


class BadUpload(Refused):
    """A field of the form is missing or not one of the choices."""

    code = "bad_upload"
    message = "{what}"
    fix = "请改好后再点“上传并核对”；别的内容都还在。"
    status = 422


def _needed(what: str) -> dict[str, Any]:
    return {"required": what, "null": what, "invalid": what}


class UploadForm(Schema):
    """Village, section, period, entity and group of an upload; without a period the newest whole one is meant."""

    class Meta:
        """Other parts of the form (token, file) are not ours."""

        unknown = EXCLUDE

    village = fields.String(
        required=True,
        validate=validate.Regexp(r"\d{12}\Z", error="没有选村。"),
        error_messages=_needed("没有选村。"),
    )
    section = fields.String(
        required=True,
        validate=validate.OneOf(list(SECTIONS), error="没有选公开什么内容。"),
        error_messages=_needed("没有选公开什么内容。"),
    )
    period = fields.String(load_default="", error_messages=_needed("没有写是哪一期的账，例如 2026年三季度。"))
    entity = fields.String(
        load_default="committee",
        validate=validate.OneOf(list(ENTITIES), error="没有选是谁的账。"),
        error_messages=_needed("没有选是谁的账。"),
    )
    group_no = fields.String(
        load_default="",
        validate=validate.Regexp(r"\d{0,3}\Z", error="组号只写数字，例如 3。"),
        error_messages=_needed("组号只写数字，例如 3。"),
    )


def read_form(form: dict[str, Any]) -> dict[str, str]:
    """The cleaned fields; raises BadUpload with the first thing that is wrong."""
    given = {name: value for name, value in form.items() if value != ""}
    errors = UploadForm().validate(given)
    if errors:
        raise BadUpload(what=str(next(iter(errors.values()))[0]))
    cleaned: dict[str, str] = UploadForm().load(given)
    if cleaned["entity"] == "group" and not cleaned["group_no"]:
        raise BadUpload(what="村民小组的账要写第几组。")
    if cleaned["entity"] != "group" and cleaned["group_no"]:
        raise BadUpload(what="只有村民小组的账才写组号。")
    return cleaned
