"""Many rows at once: written as each alone would be, and nowhere but in the database."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from world import NOW, County

from villagehub.disclosures.models import Thing
from villagehub.storage import unit_of_work
from villagehub.storage.bulk import as_json, each_as_json, insert_counted

PLAIN = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["},\n{", '"},{"', "\\", "[{}]"])
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3))


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=6))
def test_objects_written_in_one_go_read_as_if_each_had_been_written_alone(values: list[dict[str, Any]]) -> None:
    written = each_as_json(values)
    assert written == [as_json(value) for value in values]
    assert [json.loads(one) for one in written] == values


def _open_files() -> list[str]:
    """What this process holds open, deleted files too."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        try:
            found.append(os.readlink(one))
        except FileNotFoundError:  # the folder's own
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="只有 Linux 能看到打开了哪些文件")
@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_a_long_import_leaves_no_name_in_the_folder_for_temporary_files(app: Flask, county: County) -> None:
    """Once SQLite has begun a file for the time of a statement, it stays open until the transaction ends."""
    assert county
    with app.app_context(), unit_of_work() as session:
        village = session.scalar(select(func.max(Thing.metadata.tables["place"].c.id)))
        shared = {"village_id": village, "entity": "committee", "group_no": "", "section": "finance"}
        for start in (1, 5001):
            names = [f"李大山{(number * 7919) % 10_007:05d}" for number in range(start, start + 5000)]
            insert_counted(
                session,
                Thing.metadata.tables["thing"],
                "natural_key",
                names,
                counted={"id": start, "number": start},
                shared={**shared, "created_at": NOW},
            )
        beside = [one for one in _open_files() if "etilqs" in one]
        assert session.scalar(select(func.count()).select_from(Thing)) == 10_000
    assert beside == []
