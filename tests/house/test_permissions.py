"""Every route × every role × {own village, next village, a village of another township}, walked against one readable table.

``ROUTES`` says of each route who may come: OPEN (everybody), SIGNED_IN (whoever holds an account), or a permission of
``accounts.rules.TABLE``. A route that is not in it fails the test, and so does a line without a route. What the walk expects
follows from the two tables alone: whoever may, is not turned away; whoever holds another post there, is refused (403); in
other people's villages nothing seems to be there (404); a stranger is led to the sign-in page.

Adding a route: one line in ROUTES; when its address has a new argument, one line in OBJECTS; when it is a form that names
its village, one line in FORMS.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse
from world import BASE_URL, COUNTY, NOW, OFFICES, PASSWORD, Browser, settings_for

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Election
from villagehub.accounts.queries import actor_of, person_with_login, place_with_code
from villagehub.accounts.roles import Role
from villagehub.accounts.rules import TABLE, Permission
from villagehub.app import create_app
from villagehub.cases import actions as errands
from villagehub.cases.rules import Opening
from villagehub.disclosures.actions import open_draft
from villagehub.disclosures.hiding_models import Hide, HideEvent
from villagehub.disclosures.models import Version
from villagehub.disclosures.receipt_models import ReceiptFile, ReceiptMask, ReceiptPage, VersionReceipt
from villagehub.disclosures.redaction_models import Redaction, RedactionEvent
from villagehub.disclosures.review_models import SignedSheet
from villagehub.disclosures.scope import Account
from villagehub.kernel.period import Period
from villagehub.kernel.refused import NotFound
from villagehub.ledgers.actions import keep_report, receive
from villagehub.ledgers.checking import check_bytes, report_of
from villagehub.ledgers.models import Bundle
from villagehub.ops.doctor import KEYS
from villagehub.places.queries import read_village
from villagehub.questions import actions as questions
from villagehub.storage import db, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.storage.vault import vault_of
from villagehub.supervision.models import Audit, AuditEvent
from villagehub.web.headers import ALWAYS

OPEN, SIGNED_IN = "everybody", "whoever has an account"

ROUTES: dict[str, str | Permission] = {
    # the rim
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /metrics": OPEN,
    "GET /static/<filename>": OPEN,
    # villagers
    "GET /": OPEN,
    "GET /t/<code>": OPEN,
    "GET /favicon.ico": OPEN,
    "GET /about": OPEN,
    "GET /y": OPEN,
    "GET /<name>.txt": OPEN,
    "GET /v/<code>": OPEN,
    "GET /v/<code>/": OPEN,
    "GET /v/<code>/n": OPEN,
    "GET /v/<code>/n/<number>": OPEN,
    "GET /v/<code>/n/<number>/changes": OPEN,
    "GET /v/<code>/n/<number>/p/<place>.jpg": OPEN,
    "GET /v/<code>/<rest>": OPEN,
    "GET /v/<code>/funds/find": OPEN,
    "GET /v/<code>/funds/slip": OPEN,
    "POST /v/<code>/funds/slip": OPEN,
    "GET /v/<code>/search": OPEN,
    "GET /v/<code>/due": OPEN,
    "GET /v/<code>/n/<number>/read": OPEN,
    "GET /words": OPEN,
    "GET /mapping": OPEN,
    "GET /v/<code>/ask": OPEN,
    "POST /v/<code>/ask": OPEN,
    "GET /v/<code>/ask/<number>": OPEN,
    "GET /v/<code>/ask/status": OPEN,
    "POST /v/<code>/ask/status": OPEN,
    "GET /v/<code>/ask/say": OPEN,
    "POST /v/<code>/ask/say": OPEN,
    "GET /v/<code>/errand": OPEN,
    "POST /v/<code>/errand": OPEN,
    "GET /desk/errands": Permission.READ_STAFF,
    "GET /desk/errands/new": Permission.HANDLE_ERRAND,
    "POST /desk/errands/new": Permission.HANDLE_ERRAND,
    "GET /desk/errands/<errand_id>": Permission.READ_STAFF,
    "POST /desk/errands/<errand_id>/step": Permission.HANDLE_ERRAND,
    "POST /desk/errands/<errand_id>/slip": Permission.HANDLE_ERRAND,
    "GET /desk/questions": Permission.READ_STAFF,
    "GET /desk/questions/new": Permission.READ_STAFF,
    "POST /desk/questions/new": Permission.READ_STAFF,
    "GET /desk/questions/<question_id>": Permission.READ_STAFF,
    "POST /desk/questions/<question_id>/answer": Permission.ANSWER_QUESTION,
    "POST /desk/questions/<question_id>/decide": Permission.READ_QUESTION,
    "GET /api/v1/openapi.json": OPEN,
    "GET /api/v1/villages": OPEN,
    "GET /api/v1/villages/<code>": OPEN,
    "GET /api/v1/villages/<code>/publications": OPEN,
    "GET /api/v1/villages/<code>/publications/<number>": OPEN,
    "GET /api/v1/villages/<code>/publications/<number>/rows": OPEN,
    "GET /api/v1/sections": OPEN,
    "GET /api/v1/sections/<name>/schema": OPEN,
    "GET /v/<code>/feed.atom": OPEN,
    "GET /v/<code>/<section>/feed.atom": OPEN,
    "GET /v/<code>/data.zip": OPEN,
    "POST /v/<code>/funds/find": OPEN,
    # the log
    "GET /log/checkpoint": OPEN,
    "GET /log/vkey": OPEN,
    "GET /log/tile/<rest>": OPEN,
    "GET /log/proof/<index>.tlog-proof": OPEN,
    "GET /log/key/<key>.tlog-proof": OPEN,
    "GET /log/verify.py": OPEN,
    "GET /log/verify.html": OPEN,
    "GET /v/<code>/n/<number>/proof.zip": OPEN,
    "GET /v/<code>/n/<number>/check": OPEN,
    "POST /v/<code>/n/<number>/check": OPEN,
    # codes
    "GET /C/<code>": OPEN,
    "GET /c/<code>": OPEN,
    "GET /c": OPEN,
    "POST /c": OPEN,
    # accounts
    "GET /login": OPEN,
    "POST /login": OPEN,
    "POST /logout": OPEN,
    "GET /account": SIGNED_IN,
    "GET /account/password": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "POST /account/sign-out-everywhere": SIGNED_IN,
    "POST /account/sessions/end": SIGNED_IN,
    "POST /login/code": OPEN,
    "GET /account/second-step": SIGNED_IN,
    "POST /account/second-step/begin": SIGNED_IN,
    "POST /account/second-step": SIGNED_IN,
    "GET /town/year": Permission.OVERSEE,
    "GET /town/v/<code>/year": Permission.OVERSEE,
    "GET /town/journal": Permission.OVERSEE,
    "GET /town/lists": Permission.SUPERVISE,
    "POST /town/lists": Permission.SUPERVISE,
    "POST /town/people/<person_id>/second-step/reset": Permission.MANAGE_ACCOUNTS,
    "GET /town/people": Permission.MANAGE_ACCOUNTS,
    "GET /town/people/new": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/new": Permission.MANAGE_ACCOUNTS,
    "GET /town/people/import": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/import": Permission.MANAGE_ACCOUNTS,
    "GET /town/people/<person_id>": Permission.MANAGE_ACCOUNTS,
    "GET /town/people/elections": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/elections": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/elections/<election_id>/end": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/<person_id>/password": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/<person_id>/posts": Permission.MANAGE_ACCOUNTS,
    "POST /town/people/<person_id>/posts/end": Permission.MANAGE_ACCOUNTS,
    # disclosures: the desk
    "GET /desk": Permission.READ_STAFF,
    "GET /desk/d/<version_id>": Permission.READ_STAFF,
    "GET /desk/d/<version_id>/row/<number>": Permission.DRAFT,
    "POST /desk/d/<version_id>/row/<number>": Permission.DRAFT,
    "POST /desk/d/<version_id>/balances": Permission.DRAFT,
    "POST /desk/d/<version_id>/nil": Permission.DRAFT,
    "POST /desk/d/<version_id>/reason": Permission.CORRECT,
    "POST /desk/d/<version_id>/submit": Permission.SUBMIT,
    "POST /desk/d/<version_id>/take-back": Permission.SUBMIT,
    "POST /desk/d/<version_id>/abandon": Permission.DRAFT,
    "GET /desk/d/<version_id>/publish": Permission.PUBLISH,
    "POST /desk/d/<version_id>/publish": Permission.PUBLISH,
    "POST /desk/v/<code>/nil": Permission.DRAFT,
    "POST /desk/v/<code>/correct/<number>": Permission.CORRECT,
    # disclosures: taken off the public pages at once
    "GET /desk/hide": Permission.HIDE,
    "GET /desk/redact": Permission.REDACT,
    "GET /desk/d/<version_id>/redact": Permission.REDACT,
    "POST /desk/d/<version_id>/redact": Permission.REDACT,
    "GET /desk/redact/<redaction_id>": Permission.REDACT,
    "POST /desk/redact/<redaction_id>/confirm": Permission.REDACT,
    "POST /desk/redact/<redaction_id>/withdraw": Permission.REDACT,
    "GET /desk/d/<version_id>/hide": Permission.HIDE,
    "POST /desk/d/<version_id>/hide": Permission.HIDE,
    "POST /desk/hide/<hide_id>/confirm": Permission.HIDE,
    "POST /desk/hide/<hide_id>/lift": Permission.HIDE,
    "POST /desk/hide/<hide_id>/keep": Permission.SUPERVISE,
    # profiles
    "GET /desk/profile": Permission.EDIT_PROFILE,
    "POST /desk/profile": Permission.EDIT_PROFILE,
    # ledgers
    "GET /desk/upload": Permission.UPLOAD,
    "POST /desk/upload": Permission.UPLOAD,
    "GET /desk/upload/fill": Permission.UPLOAD,
    "POST /desk/upload/fill": Permission.UPLOAD,
    "GET /desk/u/<upload_id>": Permission.READ_STAFF,
    "POST /desk/u/<upload_id>/confirm": Permission.UPLOAD,
    "POST /desk/u/<upload_id>/accept": Permission.UPLOAD,
    "POST /desk/u/<upload_id>/abandon": Permission.UPLOAD,
    "GET /desk/u/<upload_id>/original": Permission.READ_STAFF,
    "GET /desk/u/<upload_id>/marked.xlsx": Permission.READ_STAFF,
    "GET /desk/u/<upload_id>/row/<number>": Permission.READ_STAFF,
    "GET /desk/u/<upload_id>/columns": Permission.UPLOAD,
    "POST /desk/u/<upload_id>/columns": Permission.UPLOAD,
    "GET /desk/template/<section>.<ending>": Permission.READ_STAFF,
    "GET /desk/u/<upload_id>/record": Permission.READ_STAFF,
    "POST /desk/u/<upload_id>/undo": Permission.UPLOAD,
    "POST /desk/u/<upload_id>/gone": Permission.UPLOAD,
    "GET /desk/d/<version_id>/export.<ending>": Permission.READ_STAFF,
    "GET /desk/bundles/<bundle_id>": Permission.UPLOAD,
    "POST /desk/bundles/<bundle_id>": Permission.UPLOAD,
    "GET /desk/bundles/<bundle_id>/original": Permission.UPLOAD,
    "GET /desk/bundles/<bundle_id>/columns": Permission.UPLOAD,
    "POST /desk/bundles/<bundle_id>/columns": Permission.UPLOAD,
    "GET /town/bundles": Permission.OVERSEE,
    "GET /town/bundles/<bundle_id>/original": Permission.OVERSEE,
    # receipts
    "GET /desk/d/<version_id>/receipts": Permission.READ_STAFF,
    "POST /desk/d/<version_id>/receipts": Permission.DRAFT,
    "POST /desk/d/<version_id>/vouchers": Permission.DRAFT,
    "POST /desk/v/<code>/receipts": Permission.CHOOSE_RECEIPTS,
    "GET /desk/receipts/<receipt_id>": Permission.READ_STAFF,
    "POST /desk/receipts/<receipt_id>/mask": Permission.DRAFT,
    "POST /desk/receipts/<receipt_id>/row": Permission.DRAFT,
    "POST /desk/receipts/<receipt_id>/remove": Permission.DRAFT,
    "GET /desk/receipts/page/<page_id>.jpg": Permission.READ_STAFF,
    "GET /desk/receipts/mask/<mask_id>.jpg": Permission.READ_STAFF,
    # labels
    "GET /print/poster": Permission.PRINT_POSTER,
    "POST /print/poster": Permission.PRINT_POSTER,
    "GET /print/labels": Permission.PRINT_POSTER,
    "POST /print/labels": Permission.PRINT_POSTER,
    "POST /print/package/<code>/<body>/<due>": Permission.READ_STAFF,
    "POST /print/sheet/<version_id>": Permission.READ_STAFF,
    "POST /print/slips/<version_id>": Permission.PRINT_SLIPS,
    # supervision: the township's desk and the county's
    "GET /town": Permission.OVERSEE,
    "GET /town/table.xlsx": Permission.OVERSEE,
    "GET /town/reminders": Permission.OVERSEE,
    "GET /town/look": Permission.OVERSEE,
    "GET /desk/v/<code>/handover": Permission.READ_STAFF,
    "GET /town/v/<code>": Permission.OVERSEE,
    "POST /town/v/<code>/waivers": Permission.SUPERVISE,
    "GET /town/d/<version_id>": Permission.OVERSEE,
    "GET /town/d/<version_id>/row/<number>": Permission.OVERSEE,
    "GET /town/checks": Permission.SUPERVISE,
    "GET /town/key": Permission.CONFIRM_KEY,
    "POST /town/key/confirm": Permission.CONFIRM_KEY,
    "POST /town/key/refuse": Permission.CONFIRM_KEY,
    "POST /town/checks/<version_id>/confirm": Permission.SUPERVISE,
    "POST /town/checks/<version_id>/clear": Permission.SUPERVISE,
    "GET /town/d/<version_id>/ask": Permission.SUPERVISE,
    "POST /town/d/<version_id>/ask": Permission.SUPERVISE,
    "GET /county": Permission.OVERSEE_COUNTY,
    "GET /county/table.xlsx": Permission.OVERSEE_COUNTY,
    "GET /desk/audits": Permission.READ_STAFF,
    "GET /desk/audits/<audit_id>": Permission.READ_STAFF,
    "POST /desk/audits/<audit_id>/answer": Permission.ANSWER_AUDIT,
    "POST /desk/audits/<audit_id>/decide": Permission.SUPERVISE,
    "GET /desk/audits/<audit_id>/file/<number>": Permission.READ_STAFF,
    # disclosures: the reviewing body
    "GET /review": Permission.REVIEW,
    "GET /review/<version_id>": Permission.READ_STAFF,
    "POST /review/<version_id>/seen": Permission.REVIEW,
    "GET /review/p/<code>/<body>/<due>": Permission.READ_STAFF,
    "POST /review/p/<code>/<body>/<due>/sign": Permission.REVIEW,
    "GET /review/p/<code>/<body>/<due>/paper": Permission.RECORD_PAPER,
    "POST /review/p/<code>/<body>/<due>/paper": Permission.RECORD_PAPER,
    "GET /review/sheet/<sheet_id>": Permission.READ_STAFF,
    "POST /review/<version_id>/recuse": Permission.REVIEW,
    "POST /review/<version_id>/return": Permission.SEND_BACK,
}

PUBLIC_POSTS: set[str] = {
    "POST /v/<code>/funds/find",
    "POST /v/<code>/n/<number>/check",
    "POST /v/<code>/funds/slip",
    "POST /v/<code>/ask",
    "POST /v/<code>/ask/status",
    "POST /v/<code>/ask/say",
    "POST /v/<code>/errand",
    "POST /c",
}
"""Forms of public pages that carry no token and check the Origin instead (decision 43)."""

LEDGER = "日期,摘要,收入,支出\n2026-07-05,鱼塘租金,12000,\n"

VILLAGES = {"own village": COUNTY.village, "next village": COUNTY.other_village, "other township": COUNTY.far_village}

IN_PLACE: dict[Role, tuple[str, ...]] = {
    Role.CLERK: ("own village",),
    Role.COMMITTEE_MEMBER: ("own village",),
    Role.COMMITTEE_CHAIR: ("own village",),
    Role.VILLAGE_HEAD: ("own village",),
    Role.TOWNSHIP_SUPERVISOR: ("own village", "next village"),
    Role.AUDITOR: ("own village", "next village"),
    Role.COUNTY: tuple(VILLAGES),
    Role.ADMINISTRATOR: tuple(VILLAGES),
}
"""Which of the three villages lie within the place at which the test's person holds the role."""

LOGINS = {role: login for login, _, role, _ in reversed(OFFICES)}


@dataclass(frozen=True)
class Stage:
    """The application with objects in all three villages, and a browser for every role (None: nobody signed in)."""

    app: Flask
    browsers: dict[Role | None, Browser]
    objects: dict[str, dict[str, Any]]
    """By village code: the value of each argument that names something of that village."""


def a_draft(app: Flask, code: str) -> int:
    """A draft of this village that none of the walkers has written."""
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        account = Account(read_village(session, code).id, "finance", Period.parse("2026Q3"))
        return open_draft(session, account, actor=Actor(author.id, author.name), now=NOW).id


def an_upload(app: Flask, code: str) -> int:
    """A checked file of this village, sent in by none of the walkers."""
    raw = LEDGER.encode()
    sha256 = vault_of(app.extensions["villagehub"]).keep(raw)
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        account = Account(read_village(session, code).id, "finance", Period.parse("2026Q3"))
        checked = check_bytes(raw, "账.csv", account, app.extensions["villagehub"])
        upload, _ = receive(
            session,
            account,
            sha256=sha256,
            size=len(raw),
            filename="账.csv",
            actor=Actor(author.id, author.name),
            now=NOW,
        )
        keep_report(session, upload, checked, report_of(checked))
        return upload.id


def a_bundle(app: Flask, code: str) -> int:
    """A file of many villages of which this is one; in our own village its clerk has sent it."""
    raw = LEDGER.encode()
    sha256 = vault_of(app.extensions["villagehub"]).keep(raw)
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.clerk if code == COUNTY.village else COUNTY.administrator)
        assert author is not None
        bundle = Bundle(
            section="finance",
            period=Period.parse("2026Q3"),
            entity="committee",
            sha256=sha256,
            filename="全镇.xlsx",
            size=len(raw),
            layouts={},
            report={"names": [], "sheets": []},
            chosen={},
            village_ids=[read_village(session, code).id],
            sent_by=author.id,
            sent_by_name=author.name,
            sent_at=NOW,
        )
        session.add(bundle)
        session.flush()
        return bundle.id


def a_signed_sheet(app: Flask, code: str) -> int:
    """A photograph of a signed sheet of this village."""
    sha256 = vault_of(app.extensions["villagehub"]).keep(b"a photograph")
    with unit_of_work() as session:
        clerk = person_with_login(session, COUNTY.administrator)
        assert clerk is not None
        village = read_village(session, code)
        sheet = SignedSheet(
            village_id=village.id, sha256=sha256, width=3, height=4, entered_by=clerk.id, entered_at=NOW
        )
        session.add(sheet)
        session.flush()
        return sheet.id


def a_hide(app: Flask, code: str) -> int:
    """A hide of this village, long ended, so that nobody's step depends on another walker's."""
    draft = a_draft(app, code)
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        version = session.get_one(Version, draft)
        hide = Hide(
            village_id=version.village_id,
            disclosure_id=version.disclosure_id,
            version_id=draft,
            upto_number=1,
            cause="privacy",
            hidden_by=author.id,
            role=Role.ADMINISTRATOR.value,
            hidden_at=NOW,
        )
        session.add(hide)
        session.flush()
        session.add(HideEvent(hide_id=hide.id, kind="lifted", at=NOW))
        return hide.id


def a_redaction(app: Flask, code: str) -> int:
    """A proposal of this village, long withdrawn."""
    draft = a_draft(app, code)
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        made = Redaction(
            village_id=session.get_one(Version, draft).village_id,
            version_id=draft,
            basis="pipl47",
            words="本人要求删除",
            proposed_by=author.id,
            role=Role.VILLAGE_HEAD.value,
            proposed_at=NOW,
            until=NOW,
        )
        session.add(made)
        session.flush()
        session.add(RedactionEvent(redaction_id=made.id, kind="withdrawn", role=Role.VILLAGE_HEAD.value, at=NOW))
        return made.id


def a_clerk(app: Flask, code: str) -> int:
    """Another clerk of this village."""
    with unit_of_work() as session:
        person = add_person(
            session, f"clerk-{code}", name="钱进", password=PASSWORD, actor=None, channel="test", now=NOW
        )
        place = place_with_code(session, code)
        appoint(session, person, Role.CLERK, place=place, actor=None, channel="test", now=NOW)
        return person.id


def an_audit(app: Flask, code: str) -> int:
    """A question about a version of this village, put by none of the walkers."""
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        village_id = read_village(session, code).id
        version = open_draft(
            session,
            Account(village_id, "finance", Period.parse("2026Q3")),
            actor=Actor(author.id, author.name),
            now=NOW,
        )
        audit = Audit(village_id=village_id, version_id=version.id, opened_by=author.id, opened_at=NOW)
        session.add(audit)
        session.flush()
        line = {"move": "ask", "text": "请说明这一笔", "person_id": author.id, "person_name": author.name}
        session.add(AuditEvent(audit_id=audit.id, seq=1, channel="web", at=NOW, **line))
        return audit.id


def an_election(app: Flask, code: str) -> int:
    """The committee of this village is being elected."""
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        election = Election(
            place_id=read_village(session, code).id,
            entity="committee",
            from_date=NOW.date(),
            until_date=NOW.date(),
            named_by=author.id,
            named_at=NOW,
        )
        session.add(election)
        session.flush()
        return election.id


def a_receipt(app: Flask, code: str) -> int:
    """A masked picture of this village's draft, sent by none of the walkers."""
    sheet = BytesIO()
    Image.new("RGB", (30, 40)).save(sheet, "JPEG")
    sha256, draft = vault_of(app.extensions["villagehub"]).keep(sheet.getvalue()), a_draft(app, code)
    with unit_of_work() as session:
        author = person_with_login(session, COUNTY.administrator)
        assert author is not None
        here = {"village_id": session.get_one(Version, draft).village_id}
        file = ReceiptFile(**here, sha256=sha256, name="107.jpg", active=False, sent_by=author.id, sent_at=NOW)
        session.add(file)
        session.flush()
        page = ReceiptPage(**here, file_id=file.id, page=1, sha256=sha256, width=30, height=40)
        session.add(page)
        session.flush()
        sizes = {"size": 1, "width": 30, "height": 40, "made_by": author.id, "made_at": NOW}
        mask = ReceiptMask(**here, page_id=page.id, boxes=[], sha256=sha256, sm3="0" * 64, **sizes)
        session.add(mask)
        session.flush()
        link = VersionReceipt(**here, version_id=draft, page_id=page.id, mask_id=mask.id)
        session.add(link)
        session.flush()
        return link.id


def receipt_of(link_id: int) -> VersionReceipt:
    """The link itself."""
    with unit_of_work() as session:
        return session.get_one(VersionReceipt, link_id)


def a_question(app: Flask, code: str) -> int:
    """A villager's question to this village."""
    policy = questions.Policy(7, "12388", b"secret")
    with unit_of_work() as session:
        village = read_village(session, code)
        asked = questions.Asked("路灯什么时候修")
        return questions.ask(session, village.id, asked, policy=policy, actor=None, now=NOW).id


def an_errand(app: Flask, code: str) -> int:
    """Something that a villager asked this village to do."""
    opening = Opening("开居住证明", 3, "孙桂花")
    with unit_of_work() as session:
        village = read_village(session, code)
        who = person_with_login(session, COUNTY.administrator)
        assert who is not None
        hand = errands.Hand(actor_of(session, who, now=NOW), NOW)
        return errands.open_errand(session, village.id, opening, hand, secret=b"secret").id


OBJECTS: dict[str, Callable[[Flask, str], Any]] = {
    "code": lambda app, code: code,
    "version_id": a_draft,
    "upload_id": an_upload,
    "bundle_id": a_bundle,
    "sheet_id": a_signed_sheet,
    "hide_id": a_hide,
    "redaction_id": a_redaction,
    "person_id": a_clerk,
    "audit_id": an_audit,
    "question_id": a_question,
    "errand_id": an_errand,
    "election_id": an_election,
    "receipt_id": a_receipt,
    "page_id": lambda app, code: receipt_of(a_receipt(app, code)).page_id,
    "mask_id": lambda app, code: receipt_of(a_receipt(app, code)).mask_id,
}
"""What to put for an argument of an address so that it names something of this village."""

FIXED = {
    "filename": "css/desk.css",
    "section": "finance",
    "number": 1,
    "rest": "assets",
    "index": "0",
    "body": "committee",
    "due": "2026-10-15",
    "name": "MP_verify_abc123",
    "place": 1,
    "key": "0123abcd",
    "ending": "xlsx",
}
"""Arguments that name no village's thing."""

FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "POST /account/password": lambda code: {"old": PASSWORD, "new": "short", "again": "short"},
    "POST /account/second-step": lambda code: {"password": PASSWORD, "code": "000000"},
    "POST /v/<code>/funds/find": lambda code: {"name": "李秀英"},
    "POST /v/<code>/n/<number>/check": lambda _code: {},
    "POST /v/<code>/funds/slip": lambda code: {"code": "ABCDEFGHJ"},
    "POST /v/<code>/ask": lambda code: {"text": "路灯什么时候修"},
    "POST /v/<code>/ask/status": lambda code: {"code": "ABCDEFGHJ"},
    "POST /v/<code>/ask/say": lambda code: {"code": "ABCDEFGHJ", "move": "solved"},
    "POST /c": lambda code: {"code": "ABCDEFGHJ"},
    "POST /v/<code>/errand": lambda code: {"code": "ABCDEFGHJKMN"},
    "POST /desk/errands/new": lambda code: {"village": code, "title": "开居住证明", "name": "孙桂花", "days": "3"},
    "POST /desk/questions/new": lambda code: {"village": code, "text": "路灯什么时候修", "source": "paper"},
    "POST /desk/upload": lambda code: {
        "village": code,
        "section": "finance",
        "period": "2026Q3",
        "file": (BytesIO(LEDGER.encode()), "账.csv"),
    },
    "POST /town/people/elections": lambda code: {"village": code, "from": "2026-12-31", "until": "2026-12-01"},
    "POST /desk/upload/fill": lambda code: {"village": code, "section": "duties", "period": "2025", "do": "add"},
    "POST /desk/profile": lambda code: {"village": code, "phone": "0719-1234567"},
    "POST /print/poster": lambda code: {"village": code, "section": "finance"},
    "POST /print/labels": lambda code: {"village": code, "number": "1"},
    "POST /desk/d/<version_id>/publish": lambda code: {"password": PASSWORD},
}
"""What a form sends. With a field ``village`` the village counts, though the address does not name it."""

TOKEN_PAGES: dict[str, str] = {"POST /login": "/login", "POST /login/code": "/login", "POST /logout": "/login"}
"""Pages that carry a token for people who are not signed in."""


@pytest.fixture(scope="module")
def stage(databases: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Rights do not depend on the engine, so the walk is made on SQLite."""
    folder = tmp_path_factory.mktemp("permissions")
    for name in KEYS:
        load_key(folder / "keys", name)
    url = databases.fresh("sqlite", folder, settled=True)
    app = create_app(settings_for(Path(folder), url, metrics=True))
    app.test_client_class = Browser
    browsers: dict[Role | None, Browser] = {None: app.test_client()}  # type: ignore[dict-item]
    for role, login in LOGINS.items():
        browsers[role] = app.test_client()  # type: ignore[assignment]
        assert browsers[role].sign_in(login).status_code == 303
    with app.app_context():
        objects = {code: {name: make(app, code) for name, make in OBJECTS.items()} for code in VILLAGES.values()}
    yield Stage(app, browsers, objects)
    with app.app_context():
        db.engine.dispose()


def routes_of(app: Flask) -> dict[str, Callable[..., Any]]:
    """Each route as the table writes it (arguments without their converters), and its view."""
    found: dict[str, Callable[..., Any]] = {}
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<[^<>]*?(\w+)>", r"<\1>", rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[f"{method} {address}"] = app.view_functions[rule.endpoint]
    return found


def test_every_route_stands_in_the_table_and_every_line_has_a_route(stage: Stage) -> None:
    found = set(routes_of(stage.app))
    assert sorted(found - set(ROUTES)) == [], "routes that the table does not know"
    assert sorted(set(ROUTES) - found) == [], "lines of the table without a route"


def test_forms_without_a_token_are_known_by_name(stage: Stage) -> None:
    from villagehub.web.csrf import is_public_post

    assert {route for route, view in routes_of(stage.app).items() if is_public_post(view)} == PUBLIC_POSTS


def test_views_ask_for_the_permission_that_the_table_names(stage: Stage) -> None:
    asked = {route: view.permission for route, view in routes_of(stage.app).items() if hasattr(view, "permission")}
    assert asked == {route: need for route, need in ROUTES.items() if isinstance(need, Permission)}


def names_a_village(route: str) -> bool:
    return "village" in (FORMS[route]("") if route in FORMS else {}) or any(
        name in OBJECTS for name in re.findall(r"<(?:\w+:)?(\w+)>", route)
    )


def ask(stage: Stage, role: Role | None, route: str, code: str) -> TestResponse:
    """Sends the request as this role, about something of this village."""
    method, _, rule = route.partition(" ")
    if "<receipt_id>" in route:  # whoever may, takes it away: each who asks gets one of their own
        with stage.app.app_context():
            stage.objects[code]["receipt_id"] = a_receipt(stage.app, code)
    values = {**FIXED, **stage.objects[code]}
    address = re.sub(r"<(\w+)>", lambda found: str(values[found[1]]), rule)
    browser = stage.browsers[role]
    if method == "GET":
        return browser.get(address)
    if route in PUBLIC_POSTS:
        return browser.post(address, data=FORMS[route](code), headers={"Origin": BASE_URL})
    fields = FORMS[route](code) if route in FORMS else {}
    page = TOKEN_PAGES.get(route) or ("/login" if role is None else "/account")
    return browser.send(address, fields, page=page)


def what_happened(answer: TestResponse) -> str:
    if answer.status_code in (302, 303) and answer.headers["Location"].startswith("/login?"):
        return "led to sign-in"
    if answer.status_code == 404 and NotFound.message not in answer.text:
        return "let in"  # something else is not there, for instance 第 1 号公开, and the answer says so
    return {403: "refused", 404: "hidden"}.get(answer.status_code, "let in")


def expected(need: str | Permission, role: Role | None, where: str, *, village_counts: bool) -> str:
    """What the two tables say."""
    if need == OPEN:
        return "let in"
    if role is None:
        return "led to sign-in"
    if need == SIGNED_IN:
        return "let in"
    if village_counts and where not in IN_PLACE[role]:
        # A post that never carries this right is told so at once, before the village is even looked at.
        return "hidden" if role in TABLE[Permission(need)] else "turned away"
    return "let in" if role in TABLE[Permission(need)] else "refused"


WALK = [
    route
    for route in sorted(ROUTES)
    if route not in ("POST /logout", "POST /login", "POST /login/code", "POST /account/sign-out-everywhere")
]
"""Those four end or begin sessions, which the walk needs; tests/accounts/test_sign_in.py walks them."""


@pytest.mark.parametrize("route", WALK)
def test_each_role_meets_exactly_what_the_table_says(stage: Stage, route: str) -> None:
    village_counts = names_a_village(route)
    wrong: list[str] = []
    for role in (None, *Role):
        for where, code in VILLAGES.items() if village_counts else [("own village", COUNTY.village)]:
            answer = ask(stage, role, route, code)
            wanted = expected(ROUTES[route], role, where, village_counts=village_counts)
            met = what_happened(answer)
            if met != wanted and not (wanted == "turned away" and met in ("refused", "hidden")):
                wrong.append(f"{role or 'nobody'}, {where}: {met} ({answer.status_code}), not {wanted}")
            assert answer.status_code < 500, f"{role}, {where}"
            assert [name for name in (*ALWAYS, "Content-Security-Policy") if name not in answer.headers] == []
            # A stored or kept page is the same bytes for everybody, so it carries no number of this one request.
            assert ("X-Request-Id" in answer.headers) or "ETag" in answer.headers
            assert ROUTES[route] == OPEN or answer.headers["Cache-Control"] == "no-store"
    assert wrong == []


LISTS = {
    route
    for route, need in ROUTES.items()
    if route.startswith("GET ") and need != OPEN and "<" not in route and ".xlsx" not in route
}
"""Pages of the office that name no village: they show whatever is the reader's."""

ABOUT_VILLAGES = {
    "GET /desk",
    "GET /desk/audits",
    "GET /print/poster",
    "GET /town",
    "GET /town/journal",
    "GET /town/people",
    "GET /town/people/new",
    "GET /town/people/elections",
}
"""Those of them on which the township's own village must be met, or the search below would prove nothing."""


@pytest.mark.parametrize("named", ["", "v", "t", "village", "place", "q", "person"])
def test_no_list_shows_anything_of_another_township(stage: Stage, named: str) -> None:
    """Every list, plain and asked by every field for the village of another township: whoever has nothing there meets
    neither its name nor its code nor its people.
    """
    far = ("石桥村", "白杨乡", COUNTY.far_village, f"clerk-{COUNTY.far_village}")
    asked = {"t": COUNTY.far_village[:9]}.get(named, COUNTY.far_village)
    met, met_far, wrong = set(), set(), []
    for route in sorted(LISTS):
        address = route.removeprefix("GET ")
        for role in Role:
            text = stage.browsers[role].get(address, query_string={named: asked} if named else {}).text
            # What the reader typed into the address may stand in a field or a link again; it tells nothing.
            shown = [one for one in far if one in text and not (named and one == asked)]
            if "other township" in IN_PLACE[role]:
                met_far |= {route} if shown else set()
            elif shown:
                wrong.append(f"{route} as {role}: {shown}")
            met |= {route} if "青石沟" in text else set()
    assert wrong == []
    assert named or met >= ABOUT_VILLAGES, ABOUT_VILLAGES - met
    assert named or met_far >= {"GET /desk", "GET /town", "GET /county", "GET /town/people"}, met_far


def test_nobody_holds_a_right_in_a_village_that_is_not_theirs() -> None:
    """The walk's own table is not looser than the places: only county and administrator reach all three villages."""
    assert [role for role in Role if len(IN_PLACE[role]) == 3] == [Role.COUNTY, Role.ADMINISTRATOR]
    assert set(IN_PLACE) == set(LOGINS) == set(Role)
