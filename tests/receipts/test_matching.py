"""A file belongs to the row whose voucher number stands in its name; what could be two rows is left to a person."""

import pytest

from villagehub.receipts.matching import Target, match, plain_voucher

ROWS = (
    Target(1, "107", 7),
    Target(2, "112", 7),
    Target(3, "记-112", 9),
    Target(4, "0008", 9),
    Target(5, "101", 7),
    Target(5, "101", 7),
    Target(6, "", 8),
    Target(7, "9", 8),
)
"""112 was given in July and again in September; 101 carries two lines of one thing."""


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("107.jpg", 1),
        ("107-1.jpg", 1),
        ("107 (2).PNG", 1),
        ("107水渠.jpg", 1),
        ("１０７．jpg", 1),
        ("凭证107号.pdf", 1),
        ("收据101.JPG.", 5),
        ("记字第8号.jpg", 4),
        ("0008_2.jpg", 4),
        ("9月112.jpg", 3),
        ("2026-09-112.jpg", 3),
        ("2026年7月112.jpg", 2),
        ("7月第112号 收据.jpg", 2),
        ("112.jpg", None),
        ("8月112.jpg", None),
        ("8-2.jpg", 4),
        ("8-9.jpg", None),
        ("7-101.jpg", 5),
        ("10-7.jpg", None),
        ("101、102.jpg", 5),
        ("1071.jpg", None),
        ("20260912.jpg", None),
        ("IMG_20260912_107.jpg", None),
        ("微信图片_20260912.jpg", None),
        ("mmexport107.jpg", None),
        ("没有号.jpg", None),
        (".jpg", None),
        ("", None),
    ],
)
def test_the_name_tells_the_row(name: str, thing: int | None) -> None:
    assert match(name, ROWS) == thing


def test_without_rows_nothing_matches() -> None:
    assert match("107.jpg", ()) is None


def test_voucher_numbers_are_compared_without_their_clothes() -> None:
    assert {plain_voucher(one) for one in ("112", "0112", "记-112", "记字第112号", "１１２")} == {"112"}
    assert plain_voucher("A-007") == plain_voucher("a7")
    assert plain_voucher("记") == ""
