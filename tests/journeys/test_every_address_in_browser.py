"""Every address of the office that can be opened, by everybody who may: read by axe, by thumb, and narrow.

The addresses come from the application itself, so that a new page is walked from its first day on. An address with arguments
needs a line in ``STANDING_FOR``.
"""

from pathlib import Path
from typing import Any

import pytest
from test_pages_in_browser import SIDEWAYS, SMALL, Site, measured, sign_in, site, violations  # noqa: F401
from world import COUNTY, settings_for

from villagehub.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFICE = ("/desk", "/review", "/town", "/county", "/print", "/account")
STANDING_FOR = {
    "/desk/d/<int:version_id>": "/desk/d/{draft}",
    "/desk/d/<int:version_id>/receipts": "/desk/d/{correction}/receipts",
    "/desk/d/<int:version_id>/row/<int:number>": "/desk/d/{correction}/row/{corrected}",
    "/desk/d/<int:version_id>/publish": "/desk/d/{reviewed}/publish",
    "/desk/d/<int:version_id>/hide": "/desk/d/{published}/hide",
    "/desk/d/<int:version_id>/redact": "/desk/d/{published}/redact",
    "/desk/questions/<int:question_id>": "/desk/questions/2",
    "/desk/errands/<int:errand_id>": "/desk/errands/2",
    "/desk/v/<code>/handover": "/desk/v/{village}/handover",
    "/review/<int:version_id>": "/review/{submitted}",
    "/town/people/<int:person_id>": "/town/people/1",
    "/town/v/<code>": "/town/v/{village}",
    "/town/v/<code>/year": "/town/v/{village}/year",
    "/town/d/<int:version_id>": "/town/d/{published}",
    "/town/d/<int:version_id>/row/<int:number>": "/town/d/{published}/row/{entry}",
    "/town/d/<int:version_id>/ask": "/town/d/{published}/ask",
}
ELSEWHERE = {
    "/review/p/<code>/<body>/<due>": "test_review_on_phones",
    "/review/p/<code>/<body>/<due>/paper": "test_review_on_phones",
    "/desk/u/<int:upload_id>": "test_pages_in_browser",
    "/desk/u/<int:upload_id>/row/<int:number>": "test_pages_in_browser",
    "/desk/u/<int:upload_id>/columns": "test_matching_in_browser",
    "/desk/u/<int:upload_id>/record": "test_undo_in_browser",
    "/desk/bundles/<int:bundle_id>": "test_many_villages_in_browser",
    "/desk/bundles/<int:bundle_id>/columns": "test_many_villages_in_browser",
    "/desk/redact/<int:redaction_id>": "test_redaction_on_phones",
    "/desk/audits/<int:audit_id>": "test_township_in_browser",
    "/desk/receipts/<int:receipt_id>": "test_receipts_in_browser",
}
"""Pages that stand only after something was done: looked at where that is done."""
FILES = ("/original", ".xlsx", ".<any(xlsx, csv):ending>", ".jpg", "/file/<int:number>", "/review/sheet/<int:sheet_id>")
PEOPLE = (
    COUNTY.clerk,
    COUNTY.chair,
    COUNTY.head,
    COUNTY.supervisor,
    COUNTY.auditor,
    COUNTY.county,
    COUNTY.administrator,
)


def addresses(folder: Path) -> list[str]:
    """The rules of every page of the office."""
    app = create_app(settings_for(folder, f"sqlite:///{folder / 'none.db'}"))
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.rule.startswith(OFFICE)
        and not rule.rule.endswith(FILES)
        and rule.rule not in ELSEWHERE
    )


def test_every_page_of_the_office_is_read_by_axe_fits_320_px_and_a_thumb(site: Site, tmp_path: Path) -> None:  # noqa: F811
    rules = addresses(tmp_path)
    assert [one for one in rules if "<" in one and one not in STANDING_FOR] == []
    words: dict[str, Any] = {**vars(site.stages), **site.numbers, "village": COUNTY.village}
    wrong, opened = [], set()
    context = site.context(320, size="m")
    for who in PEOPLE:
        page = sign_in(context, who)
        for rule in rules:
            path = STANDING_FOR.get(rule, rule).format(**words)
            asked = context.request.get(
                path
            )  # half of the pages are refused, and a page drawn in vain costs ten answers
            if asked.status in (403, 404):
                continue
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == asked.status == 200, f"{who} {rule}: {answer.status}"
            opened.add(rule)
            wrong += [f"{who} {rule}: {one}" for one in violations(page)]
            wrong += [f"{who} {rule}: small {one}" for one in measured(page, SMALL)]
            if measured(page, SIDEWAYS) > 0:
                wrong.append(f"{who} {rule}: sideways")
        page.close()
        context.clear_cookies(name="vh")
    context.close()
    assert wrong == []
    assert [one for one in rules if one not in opened] == []
