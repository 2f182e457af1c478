"""What an upload's page says, as plain values that can be stored: problems, counts, columns. Pure."""

from typing import Any, Final

MOST_SHOWN: Final = 500
"""A file with more problems than this shows the first ones and says how many there are."""


def open_questions(report: dict[str, Any], confirmations: dict[str, Any]) -> list[dict[str, Any]]:
    """The questions that nobody has answered yet."""
    return [
        problem
        for problem in report.get("problems", [])
        if problem["severity"] == "confirm" and problem["place"] not in confirmations
    ]


def of_severity(report: dict[str, Any], severity: str) -> list[dict[str, Any]]:
    """The problems of one severity, in the order in which they were found."""
    return [problem for problem in report.get("problems", []) if problem["severity"] == severity]
