"""票据的图片也由两个人依法隐去：公开的、没遮的、传来的文件都没有了，封存里的校验码还在；没有记录就不见的，核对时说得出来。"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import road
import time_machine
from flask import Flask
from sqlalchemy import select
from test_redaction import SignIn, Visitor, bundle, confirm, faults_in
from world import COUNTY, NOW, County

from villagehub.disclosures.after import run_after_publish
from villagehub.disclosures.proving import list_faults, read_faults
from villagehub.disclosures.receipt_models import ReceiptFile, ReceiptMask, ReceiptPage
from villagehub.disclosures.redaction_models import Redaction
from villagehub.ops.doctor import KEYS
from villagehub.ops.originals import expected_files
from villagehub.redactions import actions, rules
from villagehub.redactions.pictures import MOST_PICTURES
from villagehub.storage import reading, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.storage.tables import VaultReplacement
from villagehub.storage.vault import vault_of
from villagehub.transparency.models import Leaf

sys.path += [str(Path(__file__).parents[1] / "receipts")]
import sent_pictures as paper
from test_masking import CANAL, links, masked_and_submitted
from test_taking_in import send

V = f"/v/{COUNTY.village}"


@pytest.fixture
def shown(app: Flask, county: County, sign_in: SignIn) -> Any:
    """A published quarter with two pictures for one row; the version's id."""
    assert county
    app.test_client_class = Visitor
    for name in KEYS:
        load_key(app.extensions["villagehub"].keys, name)
    with time_machine.travel(NOW, tick=True), app.app_context():
        draft = road.fill()
        masked_and_submitted(app, draft, sign_in(COUNTY.clerk))
        road.publish(road.agree(draft))
        run_after_publish()
        yield draft


def propose(sign_in: SignIn, version_id: int, *masks: int | None) -> Any:
    page = f"/desk/d/{version_id}/redact?picture={masks[0]}"
    fields = {"picture": list(masks), "basis": "pipl28", "words": "照片里有人的病历"}
    return sign_in(COUNTY.head).send(f"/desk/d/{version_id}/redact", fields, page=page)


def files_of(mask_id: int | None) -> list[str]:
    """Digests of the public picture, of the page and of the file that was sent."""
    with reading() as session:
        mask = session.get_one(ReceiptMask, mask_id)
        page = session.get_one(ReceiptPage, mask.page_id)
        return [mask.sha256, page.sha256, session.get_one(ReceiptFile, page.file_id).sha256]


def test_a_picture_goes_with_all_its_bytes_and_every_seal_still_holds(app: Flask, shown: int, sign_in: SignIn) -> None:
    vault, public = vault_of(app.extensions["villagehub"]), app.test_client()
    first, second = links(app)
    gone, stays = files_of(first.mask_id), files_of(second.mask_id)
    older, before = bundle(app, shown), public.get(f"{V}/n/1/p/1.jpg")
    assert before.status_code == 200
    assert f'name="picture" value="{first.mask_id}"' in sign_in(COUNTY.head).get(f"/desk/d/{shown}/redact").text
    assert propose(sign_in, shown, first.mask_id).status_code == 303
    supervisor = sign_in(COUNTY.supervisor)
    offered = supervisor.get("/desk/redact/1").text
    assert f"/desk/receipts/mask/{first.mask_id}.jpg" in offered
    assert all(vault.holds(one) for one in gone), "nothing goes on one person's word"
    assert confirm(supervisor).status_code == 303

    assert not [one for one in gone if vault.holds(one)]
    assert all(vault.holds(one) for one in stays)
    with reading() as session:
        assert all(vault.holds(one) for one in expected_files(session)), "the nightly look misses nothing"
        leaf = json.loads(session.scalars(select(Leaf).where(Leaf.kind == "redaction")).one().body)
        assert read_faults(session, shown) == []
    assert leaf["pictures"] == [{"sha256": gone[0]}]
    assert leaf["roles"] == ["village_head", "township_supervisor"]
    assert list(list_faults()) == []
    assert faults_in(app, bundle(app, shown), older) == []
    assert faults_in(app, older) == []

    item = public.get(f"{V}/finance/i/{CANAL}").text
    assert re.search(r"票据第 1 张已于.*依法隐去：照片里有人的病历", item)
    assert (f'src="{V}/n/1/p/1.jpg"' in item, f'src="{V}/n/1/p/2.jpg"' in item) == (False, True)
    assert "1 张票据图片已于" in public.get(f"{V}/n/1").text
    # Whoever still has the address, or the office's, gets the card; also with what the browser kept.
    again = public.get(f"{V}/n/1/p/1.jpg", headers={"If-None-Match": before.headers["ETag"]})
    assert (again.status_code, again.data != before.data, again.data[:2]) == (200, True, b"\xff\xd8")
    for address in (f"/desk/receipts/mask/{first.mask_id}.jpg", f"/desk/receipts/page/{first.page_id}.jpg"):
        assert supervisor.get(address).data == again.data
    assert propose(sign_in, shown, first.mask_id).status_code == 422, "it has gone already"

    # A correction begins with what the publication shows, and its seal holds too; the same file cannot come back.
    draft = road.correct(1)
    sent = send(sign_in(COUNTY.clerk), draft, (paper.photograph(), "107-1.jpg"))
    assert (sent.status_code, "已经依法隐去" in sent.text) == (409, True)
    road.publish(road.agree(road.submit(draft)))
    run_after_publish()
    with reading() as session:
        assert read_faults(session, draft) == []
    assert "依法隐去" in public.get(f"{V}/finance/i/{CANAL}").text


def test_a_picture_that_is_missing_without_its_leaf_is_tampering(app: Flask, shown: int) -> None:
    vault = vault_of(app.extensions["villagehub"])
    first, second = links(app)
    card = files_of(second.mask_id)[0]
    with unit_of_work() as session:  # a line in the database alone, as if it had been redacted
        gone = files_of(first.mask_id)[0]
        session.add(VaultReplacement(old_sha256=gone, new_sha256=card, erasure_id=1, replaced_at=NOW))
    assert list(list_faults()) == []
    assert vault.drop(gone, older=NOW.replace(year=9999))
    found = list(list_faults())
    assert len(found) == 1
    assert "第 1 张票据图片不见了，日志里没有依法隐去的记录" in found[0]


def test_pictures_that_are_not_there_or_too_many_are_refused(app: Flask, shown: int, sign_in: SignIn) -> None:
    for asked in ("said=reason", f"row={CANAL}"):
        page = sign_in(COUNTY.head).get(f"/desk/d/{shown}/redact?{asked}").text
        assert 'name="picture"' not in page, "only what was chosen is offered with a tick"
    assert propose(sign_in, shown, 999999).status_code == 422
    many = range(1, MOST_PICTURES + 2)
    with unit_of_work() as session, pytest.raises(rules.TooManyPictures):
        actions.propose(
            session, shown, {}, pictures=many, basis="court", words="法院要求", actor=road.person(COUNTY.head), now=NOW
        )
    with reading() as session:
        assert session.scalars(select(Redaction)).all() == []
