"""House rules that a reader can rely on: short files, doorplates, one committer, no unfinished words."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "villagehub"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_no_file_passes_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/__init__.py")), ids=shown)
def test_every_room_has_a_doorplate(path: Path) -> None:
    if path.parent.name == "migrations":
        pytest.skip("migrations are no room")
    words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert words
    assert len(words) > 60


def test_only_the_unit_of_work_commits() -> None:
    commits = [
        shown(path)
        for path in FILES
        if re.search(r"\.commit\(\)", path.read_text(encoding="utf-8")) and path.parent.name != "storage"
    ]
    assert commits == []


def test_a_stage_changes_in_one_place_only() -> None:
    setters = [
        shown(path) for path in FILES if re.search(r"\bversion\.stage\s*=[^=]", path.read_text(encoding="utf-8"))
    ]
    assert setters == ["villagehub/disclosures/moves.py"]


def test_nothing_unfinished_is_shipped() -> None:
    unfinished = [
        shown(path)
        for path in FILES
        if re.search(r"\b(TODO|FIXME|XXX|raise NotImplementedError)\b", path.read_text(encoding="utf-8"))
    ]
    assert unfinished == []


def test_money_is_never_a_float() -> None:
    """``float`` may only be named where a spreadsheet hands one over."""
    allowed = {"villagehub/ledgers"}
    named = [
        shown(path)
        for path in FILES
        if any(
            isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(ast.parse(path.read_text("utf-8")))
        )
        and not any(shown(path).startswith(folder) for folder in allowed)
        and path.parent.name not in ("labels", "demo", "public", "storage", "web", "accounts")
    ]
    assert named == []
