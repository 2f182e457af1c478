"""Whoever types a sentence that others will read is told beside the field what does not belong in it."""

from pathlib import Path
from typing import Final

import pytest

TEMPLATES: Final = Path(__file__).parents[2] / "templates"
HINT: Final = "不要写人名、电话、病情"
PUBLISHED: Final = {
    "disclosures/package.html": 1, "disclosures/paper.html": 1, "disclosures/version.html": 2, "disclosures/hide.html": 1,
    "ledgers/record.html": 1, "questions/new.html": 1, "questions/show.html": 2, "cases/show.html": 1,
    "supervision/village.html": 1, "supervision/checks.html": 1,
}  # fmt: skip


@pytest.mark.parametrize(("template", "fields"), PUBLISHED.items())
def test_a_field_whose_words_become_public_says_what_not_to_write(template: str, fields: int) -> None:
    assert (TEMPLATES / template).read_text("utf-8").count(HINT) == fields
