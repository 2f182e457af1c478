"""和别的数据标准对照的那一页：写到的列都真有，从公开记录和数据包里找得到它。"""

import io
import zipfile

import pytest
import road
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.public.mapping import MAPPINGS, Mapping
from villagehub.public.open_data import column_of, row_schema
from villagehub.sections import SECTIONS
from villagehub.sections.base import Kind

HOME = f"/v/{COUNTY.village}"


@pytest.mark.parametrize("one", MAPPINGS, ids=lambda one: one.section)
def test_every_column_that_is_named_stands_in_the_schema_under_that_name(one: Mapping, app: Flask) -> None:
    page = app.test_client().get("/mapping").text
    section, schema = SECTIONS[one.section], row_schema(SECTIONS[one.section])
    for pair in one.pairs:
        field = section.field_named(pair.field)
        assert field in section.public_fields
        assert column_of(field) in schema["properties"]
        assert f">{column_of(field)}<" in page
        if field.kind is Kind.MONEY and pair.other:
            assert "除以 100" in pair.note, "theirs is whole currency, ours is fen"
    assert len({pair.field for pair in one.pairs}) == len(one.pairs)


def test_the_village_s_data_and_the_bundle_lead_there(app: Flask, county: County, client: Browser) -> None:
    assert county
    with app.app_context():
        road.published()
    assert 'href="/mapping"' in client.get(f"{HOME}/n").text
    with zipfile.ZipFile(io.BytesIO(client.get(f"{HOME}/data.zip").data)) as archive:
        assert "/mapping" in archive.read("README.txt").decode("utf-8-sig")
    page = client.get("/mapping")
    assert page.status_code == 200
    for one in MAPPINGS:
        assert client.get(f"/api/v1/sections/{one.section}/schema").status_code == 200
        assert f"/api/v1/sections/{one.section}/schema" in page.text
