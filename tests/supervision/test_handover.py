"""交接清单: what is open in a village, on one page, for those who hand over and those who watch."""

from collections.abc import Callable

from flask import Flask
from world import NOW, Browser, County

from villagehub.accounts.queries import actor_of, person_with_login
from villagehub.disclosures.actions import open_draft
from villagehub.disclosures.scope import Account
from villagehub.kernel.period import Period
from villagehub.places.queries import read_village
from villagehub.storage import unit_of_work


def test_the_list_names_drafts_and_people_and_leaves_room_for_signatures(
    app: Flask, county: County, sign_in: Callable[[str], Browser]
) -> None:
    with app.app_context(), unit_of_work() as session:
        clerk = person_with_login(session, county.clerk)
        assert clerk
        account = Account(read_village(session, county.village).id, "finance", Period.parse("2026Q3"))
        open_draft(session, account, actor=actor_of(session, clerk, now=NOW), now=NOW)
    for login in (county.clerk, county.supervisor):
        page = sign_in(login).get(f"/desk/v/{county.village}/handover").text
        assert "没办完的（1 项）" in page
        assert "草稿" in page
        assert "赵庆" in page
        assert "移交人" in page
    leads = f'href="/desk/v/{county.village}/handover"'
    assert leads in sign_in(county.clerk).get("/desk").text
    assert leads in sign_in(county.supervisor).get(f"/town/v/{county.village}").text
    assert sign_in(county.supervisor).get(f"/desk/v/{county.far_village}/handover").status_code == 404
