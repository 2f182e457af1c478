"""A place list is taken over, and taking it over again changes nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from villagehub.places.actions import ListReport, change_code, take_over_list
from villagehub.places.models import Place
from villagehub.places.official_list import read_list
from villagehub.places.queries import NoSuchPlace, list_townships, read_village
from villagehub.storage import reading, unit_of_work

SHARED = Path(__file__).parents[3] / "shared" / "places"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
VILLAGES = "code,name\n990101100201,青石沟村村民委员会\n990101100202,柳树坪村村民委员会\n".encode()
TOWNSHIPS = "code,name\n990101100,柳河镇\n".encode()


def take_over(raw: bytes) -> ListReport:
    listed, problems = read_list(raw)
    assert not problems
    with unit_of_work() as session:
        return take_over_list(session, listed, now=NOW)


def test_villages_first_and_townships_later_end_with_all_names(app: Flask) -> None:
    with app.app_context():
        take_over(VILLAGES)
        with reading() as session:
            assert read_village(session, "990101100201").township_name == "乡镇990101100"
        take_over(TOWNSHIPS)
        with reading() as session:
            village = read_village(session, "990101100201")
    assert (village.name, village.official_name, village.township_name) == ("青石沟村", "青石沟村村民委员会", "柳河镇")


def test_the_same_list_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        assert take_over(VILLAGES).changes == 2
        assert take_over(TOWNSHIPS).changes == 1
        assert take_over(VILLAGES).changes == 0
        assert take_over(TOWNSHIPS).changes == 0


def test_an_old_code_still_finds_the_village(app: Flask) -> None:
    with app.app_context():
        take_over(VILLAGES)
        with unit_of_work() as session:
            place = session.scalar(select(Place).where(Place.code == "990101100201"))
            assert place is not None
            change_code(session, place, "990101100299", now=NOW)
        with reading() as session:
            assert read_village(session, "990101100201").code == "990101100299"


def test_an_unknown_code_is_said_in_words(app: Flask) -> None:
    with app.app_context(), reading() as session, pytest.raises(NoSuchPlace) as refusal:
        read_village(session, "990101100999")
    assert "990101100999" in refusal.value.sentence


@pytest.mark.skipif(not SHARED.exists(), reason="the official sample lists lie beside the project and are not here")
def test_a_real_countys_lists_give_17_townships_and_244_villages_once(app: Flask) -> None:
    with app.app_context():
        take_over((SHARED / "villages_420323.csv").read_bytes())
        take_over((SHARED / "streets_420323.csv").read_bytes())
        for name in ("villages_420323.csv", "streets_420323.csv", "villages_420323.gb18030.csv"):
            assert take_over((SHARED / name).read_bytes()).changes == 0
        with reading() as session:
            townships = list_townships(session)
            villages = session.scalar(select(func.count()).select_from(Place).where(Place.level == "village"))
    assert (len(townships), villages, sum(one.below for one in townships)) == (17, 244, 244)
    assert not any(one.name.startswith("乡镇") for one in townships)
