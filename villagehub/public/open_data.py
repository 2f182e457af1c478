"""What is published, for machines: one publication, one row, and the JSON Schema of a section's rows. Pure.

The same content as the pages, from the same reading. Money is whole fen under a name that ends in ``_fen``; choices are
stable keys whose labels stand in the schema; a field that a row does not have is left out.
"""

from typing import Any, Final

from villagehub.disclosures.aggregates import UNDER
from villagehub.kernel.clock import rfc3339
from villagehub.public.published import Item, Publication
from villagehub.sections.base import Field, Kind, Section

SCHEMA_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
NO_LIST: Final = "为保护个人信息，名单不在这里，只有合计"


def column_of(field: Field) -> str:
    """The field's name for machines; money says that it is fen."""
    return f"{field.name}_fen" if field.kind is Kind.MONEY else field.name


def row_json(section: Section, item: Item) -> dict[str, Any]:
    """One row: its permanent number and every public field that it has."""
    row: dict[str, Any] = {"no": item.number}
    for field in section.public_fields:
        value = item.values.get(field.name)
        if value is not None and value != "":
            row[column_of(field)] = value
    return row


def publication_json(one: Publication, code: str, *, superseded_by: int | None) -> dict[str, Any]:
    """One publication without its rows. What is hidden says why, and nothing else of its content."""
    address = one.address
    totals = {name: value for name, value in one.totals.items() if name != UNDER}
    for name in ("opening_fen", "closing_fen", "bank_fen", "cash_fen"):
        value = getattr(one, name)
        if value is not None:
            totals[name] = value
    return {
        "number": one.number,
        "title": one.title,
        "section": one.section.name,
        "entity": address.entity,
        "group": address.group_no,
        "period": str(one.period),
        "subject": address.subject,
        "kind": one.kind.value,
        "published_at": rfc3339(one.published_at),
        "seal": one.seal,
        "totals": totals,
        "under_five": UNDER in one.totals,
        "reason": one.reason,
        "superseded_by": superseded_by,
        "expires_on": one.expires_on.isoformat() if one.expires_on else None,
        "hidden": one.hidden,
        "list_withheld": NO_LIST if one.section.persons else "",
        "reviewers": [
            {
                "name": reviewer.name,
                "post": reviewer.post,
                "agrees": reviewer.agrees,
                "objection": reviewer.objection,
                "on_paper": reviewer.on_paper,
            }
            for reviewer in one.reviewers
        ],
        "page": f"/v/{code}/n/{one.number}",
    }


def row_schema(section: Section) -> dict[str, Any]:
    """JSON Schema 2020-12 of a row of this section, headings and labels in Chinese."""
    properties: dict[str, Any] = {"no": {"title": "编号", "type": "integer", "minimum": 1}}
    for field in section.public_fields:
        properties[column_of(field)] = _property(field)
    return {
        "$schema": SCHEMA_DIALECT,
        "$id": f"/api/v1/sections/{section.name}/schema",
        "title": section.title,
        "description": section.what,
        "type": "object",
        "properties": properties,
        "required": ["no"],
        "additionalProperties": False,
    }


def _property(field: Field) -> dict[str, Any]:
    if field.kind is Kind.MONEY:
        return {"title": f"{field.heading}（分）", "type": "integer"}
    if field.kind is Kind.WHOLE:
        return {"title": field.heading, "type": "integer"}
    if field.kind is Kind.YES_NO:
        return {"title": field.heading, "type": "boolean"}
    if field.kind is Kind.DATE:
        return {"title": field.heading, "type": "string", "format": "date"}
    if field.kind is Kind.PARTIAL_DATE:
        return {"title": field.heading, "type": "string", "description": "年、年月或年月日，如 2015、2015-06"}
    if field.choices:
        listed: list[dict[str, Any]] = [{"const": one.key, "title": one.label} for one in field.choices]
        if field.open_choice:
            listed.append({"type": "string", "title": "单子外的写法，照原样"})
        return {"title": field.heading, "type": "string", "anyOf": listed}
    return {"title": field.heading, "type": "string"}
