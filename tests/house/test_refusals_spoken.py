"""拒绝的话带着事实：页面印的是说完整的一句，不是还留着花括号的句型。"""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: str(one.relative_to(TEMPLATES)))
def test_a_page_prints_the_sentence_of_a_refusal_and_never_its_pattern(path: Path) -> None:
    patterns = re.findall(r"\b(?:refusal|refused|stopped)\.(?:message|fix)\b", path.read_text("utf-8"))
    assert not patterns, "print .sentence and .next_step"
