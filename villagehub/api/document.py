"""The OpenAPI document: smorest's, but errors are ours (problem+json by ``web/errors.py``)."""

from typing import Any, Final

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

PREFIX: Final = "/api/v1"
PROBLEM: Final = "application/problem+json"


class Problem(Schema):
    """RFC 9457: what happened and what to do next, in Chinese."""

    type = fields.String(required=True, metadata={"description": "about:blank"})
    title = fields.String(required=True, metadata={"description": "出了什么事"})
    detail = fields.String(required=True, metadata={"description": "下一步怎么办"})
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "稳定的英文代号"})
    reference = fields.String(required=True, metadata={"description": "参考号，报给管理员"})


class VillageApi(Api):
    """One API, at /api/v1, described at /api/v1/openapi.json. Shows no page that would load scripts from elsewhere."""

    ERROR_SCHEMA = Problem

    def __init__(self, app: Flask) -> None:
        app.config["API_TITLE"] = "码上公开 开放数据"
        app.config["API_VERSION"] = "1"
        app.config["OPENAPI_VERSION"] = "3.1.0"
        app.config["OPENAPI_URL_PREFIX"] = PREFIX
        app.config["API_SPEC_OPTIONS"] = {
            "info": {
                "description": "村里公开的账，和网页上的一模一样。金额都是整数，单位是分。个人名单只有合计。",
                "license": {"name": "CC BY 4.0", "identifier": "CC-BY-4.0"},
            }
        }
        super().__init__(app)

    def _register_error_handlers(self) -> None:
        """None: the house has one place for errors."""

    def _register_responses(self) -> None:
        """Errors go out as problem+json, and are documented so."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        try:
            super()._register_responses()
        finally:
            self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/json"


def path_parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    """A parameter of an address, as the document describes it."""
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}
