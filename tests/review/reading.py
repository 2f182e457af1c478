"""How reviewers move through the pages, for the tests of this folder. Rows are invented."""

import re
from collections.abc import Callable
from io import BytesIO

from flask import Flask
from PIL import Image
from road import account, fill, hand, submit
from werkzeug.test import TestResponse
from world import COUNTY, PASSWORD, Browser

from villagehub.disclosures import office
from villagehub.storage import unit_of_work

PACKAGE = f"/review/p/{COUNTY.village}/committee/2026-10-15"
"""What is due for the third quarter's accounts of 青石沟村."""
SignIn = Callable[[str], Browser]


def submitted(app: Flask) -> int:
    """The third quarter's accounts, handed to the committee."""
    with app.app_context():
        return submit(fill())


def nil_of_group(app: Flask) -> int:
    """The third group's accounts of the same quarter: nothing happened."""
    with app.app_context():
        wanted, me = account(entity="group", group_no="3"), hand(COUNTY.clerk)
        with unit_of_work() as session:
            version_id = office.start_nil(session, wanted, me).id
        return submit(version_id)


def field(page: str, name: str) -> str:
    """A hidden field's value."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def read_all(browser: Browser, version_id: int) -> TestResponse:
    """Opens every page of a version and ticks it, as the buttons lead."""
    page, answer = 1, browser.get(f"/review/{version_id}")
    while True:
        revision, pages = field(answer.text, "revision"), int(field(answer.text, "pages"))
        address = f"/review/{version_id}?page={page}"
        fields = {"revision": revision, "page": page, "pages": pages}
        told = browser.send(f"/review/{version_id}/seen", fields, page=address)
        assert told.status_code == 303, told.text
        if page >= pages:
            return told
        page += 1
        answer = browser.get(f"/review/{version_id}?page={page}")


def sign(browser: Browser, *versions: int, package: str = PACKAGE, **more: str) -> TestResponse:
    """Sends the package's form as it stands on its page, for these versions."""
    page = browser.get(package).text
    fields: dict[str, object] = {"v": [str(one) for one in versions], "password": PASSWORD}
    fields |= {f"revision-{one}": field(page, f"revision-{one}") for one in versions}
    return browser.send(f"{package}/sign", {**fields, **more}, page=package)


def photograph(colour: str = "white") -> tuple[BytesIO, str]:
    """A phone's photograph of the signed sheet, with where it was taken in its EXIF."""
    exif = Image.Exif()
    exif[0x9286] = "N30.5928"
    out = BytesIO()
    Image.new("RGB", (900, 1200), colour).save(out, "JPEG", exif=exif)
    return BytesIO(out.getvalue()), "IMG_20261012.jpg"
