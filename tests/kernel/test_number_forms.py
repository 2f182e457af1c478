"""People's numbers are found however a clerk writes them, and amounts and days are not taken for them."""

from datetime import date, timedelta

import pytest

from villagehub.kernel.private_numbers import HIDDEN, PrivateKind, find_private_numbers, hide_numbers, passes_luhn

ID, PHONE, CARD = HIDDEN[PrivateKind.ID], HIDDEN[PrivateKind.PHONE], HIDDEN[PrivateKind.CARD]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("42039919650923009x", ID),
        ("420399 1965 0923 009 X", ID),
        ("42039919650923009　x", ID),
        ("420399-19650923-009X", ID),
        ("420399780412001", ID),
        ("４２０３９９１９９００１０１００１４", ID),
        ("13800112233", PHONE),
        ("+86 138 0011 2233", f"+{PHONE}"),
        ("138 - 0011 - 2233", PHONE),
        ("138.0011.2233", PHONE),
        ("（138）0011-2233", PHONE),
        ("(138)00112233", PHONE),
        ("138\n0011\t2233", PHONE),
        ("13800\u200b112233", PHONE),
        ("13800112233X", f"{PHONE}X"),
        ("一三八零零一一二二三三", PHONE),
        ("张三13800112233", f"张三{PHONE}"),
        ("王五420399199001010014李六", f"王五{ID}李六"),
        ("赵七6217002810000123459", f"赵七{CARD}"),
        ("三一三八零零一一二二三三", f"三{PHONE}"),
        ("13800112233/13800112244", f"{PHONE}/{PHONE}"),
        ("13800112233、(138)0011 2244", f"{PHONE}、{PHONE}"),
        ("6217 0028 1000 0123 459", CARD),
        ("6217-0028-1000-0123-459，打错", f"{CARD}，打错"),
    ],
)
def test_a_number_is_hidden_in_every_usual_way_of_writing(written: str, kept: str) -> None:
    assert hide_numbers(written) == kept
    assert hide_numbers(f"付{written}") == f"付{kept}"


@pytest.mark.parametrize(
    "text",
    [
        "2026.10.11-2026.12.31",
        "130.00 1200 3400",
        "0719-8823456",
        "面积138.5012.3亩",
        "3.5亩×100元",
        "凭证 101、102、103",
    ],
)
def test_amounts_days_and_landlines_stay(text: str) -> None:
    assert hide_numbers(text) == text


def test_no_span_of_days_is_taken_for_a_card() -> None:
    """Of such spans one in ten passes the check of card numbers; this one does."""
    assert passes_luhn("2026010120260331")
    for first in (date(2026, 1, 1) + timedelta(days=one) for one in range(90)):
        for last in (date(2026, 3, 31), date(2035, 12, 31)):
            for text in (
                f"{first}-{last}",
                f"{first:%Y%m%d}-{last:%Y%m%d}",
                f"{first} {last}",
                f"{first:%Y%m%d}{last:%Y%m%d}",
            ):
                assert hide_numbers(f"租期{text}") == f"租期{text}"


def test_a_real_card_beside_a_day_is_still_found() -> None:
    assert hide_numbers("2026-03-05 6217002810000123459") == f"2026-03-05 {CARD}"
    assert hide_numbers("20260305-6217002810000123459") == f"20260305-{CARD}"


def test_places_and_plain_forms_are_told_in_order() -> None:
    found = find_private_numbers("电话138.0011.2233，证号420399 780412 001")
    assert [(one.kind, one.plain) for one in found] == [("phone", "13800112233"), ("id", "420399780412001")]
    assert [one.start for one in found] == [2, 18]
