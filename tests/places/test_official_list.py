"""Official place lists go in as they are; a list that cannot be read is refused whole, by line."""

from pathlib import Path

import pytest

from villagehub.places.models import Level
from villagehub.places.official_list import BadList, level_and_code, read_list
from villagehub.places.queries import short_name

SHARED = Path(__file__).parents[3] / "shared" / "places"


def test_a_city_without_a_county_level_is_its_own_county() -> None:
    listed, problems = read_list(
        "code,name,areaCode,provinceCode,cityCode\n441900003,甲街道,441900,44,4419\n460400100,乙镇,460400,46,4604\n".encode()
    )
    assert not problems
    assert [(one.code, one.county_code) for one in listed] == [("441900003", "441900"), ("460400100", "460400")]


def test_a_list_in_gb18030_reads_like_the_one_in_utf8() -> None:
    text = "代码,名称\n990101100201,㛃岭村村民委员会\n"
    assert read_list(text.encode("gb18030")) == read_list(text.encode())


def test_a_full_code_with_trailing_zeros_is_the_township() -> None:
    assert level_and_code("990101100000") == (Level.TOWNSHIP, "990101100")
    assert level_and_code("990101000000") == (Level.COUNTY, "990101")
    assert level_and_code("99010110020") is None


def test_every_bad_line_is_named_with_its_row() -> None:
    listed, problems = read_list("code,name\n12,短码\n990101100201,\n990101100202,好村\n990101100202,又一次\n".encode())
    assert [one.name for one in listed] == ["好村"]
    assert [problem.row for problem in problems] == [2, 3, 5]
    assert all(problem.fix for problem in problems)


@pytest.mark.parametrize("raw", [b"", b"\xff\xff\xff", "甲,乙\n1,2\n".encode()])
def test_a_file_that_is_no_list_is_refused_with_what_to_do(raw: bytes) -> None:
    with pytest.raises(BadList) as refusal:
        read_list(raw)
    assert "CSV" in refusal.value.next_step


@pytest.mark.skipif(not SHARED.exists(), reason="the official sample lists lie beside the project and are not here")
def test_the_official_lists_of_a_real_county_are_read_whole() -> None:
    villages, faults = read_list((SHARED / "villages_420323.csv").read_bytes())
    streets, more = read_list((SHARED / "streets_420323.csv").read_bytes())
    copy, _ = read_list((SHARED / "villages_420323.gb18030.csv").read_bytes())
    assert (len(villages), len(streets), faults, more) == (244, 17, [], [])
    assert copy == villages


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("青石沟村村民委员会", "青石沟村"),
        ("迎丰村委会", "迎丰村"),
        ("龙井村村委会", "龙井村"),
        ("城关居委会", "城关社区"),
        ("北街社区居民委员会", "北街社区"),
        ("青石沟村", "青石沟村"),
    ],
)
def test_a_village_is_called_as_its_villagers_call_it(official: str, said: str) -> None:
    assert short_name(official) == said
