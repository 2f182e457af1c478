"""Pages of a package: everything that is due on one day, read and signed together; and the way over paper (decision 18)."""

import re
from datetime import date

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from villagehub.accounts.guard import allow, app_secret, may, require, settings, signed_in_actor
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures.acting import REVIEW, hand, happened_since, prove, version_page
from villagehub.disclosures.models import Version
from villagehub.disclosures.one_version import list_history
from villagehub.disclosures.package import Package, read_package
from villagehub.disclosures.package_key import BODY_KEYS, NO_DAY, PackageKey
from villagehub.disclosures.package_signing import Answer, PaperSigner, SheetPicture, record_sheet, sign_package
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.review_models import SignedSheet
from villagehub.disclosures.review_rules import NoSuchPackage, NothingToSign
from villagehub.disclosures.rules import why_not_reason
from villagehub.disclosures.scope import title_of, version_with_id
from villagehub.disclosures.signing import Deed
from villagehub.files.painting import photograph_confined
from villagehub.files.pictures import NoPicture
from villagehub.kernel import clock
from villagehub.kernel.ids import LARGEST_ID, read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.places.queries import VillageFacts
from villagehub.storage import reading, unit_of_work
from villagehub.storage.vault import vault_of

blueprint = Blueprint("packages", __name__)

DONE_WORDS = {
    "sign": "签好了，已记下您的姓名、职务和时间。",
    "paper": "纸上的签字已录入，照片已存好。",
}


@blueprint.get("/review/p/<code>/<body>/<due>")
@require(Permission.READ_STAFF)
def show(code: str, body: str, due: str) -> ResponseReturnValue:
    """One package: what to read, what is read, who has signed; one password signs all of it."""
    return package_page(key_in_address(body, due))


@blueprint.post("/review/p/<code>/<body>/<due>/sign", endpoint="sign")
@require(Permission.REVIEW)
def sign_all(code: str, body: str, due: str) -> ResponseReturnValue:
    """Signs every version that the form names, in one transaction, under the reviewer's password."""
    key = key_in_address(body, due)
    answers = [
        Answer(one, request.form.get(f"revision-{one}", 0, read_id), request.form.get(f"objection-{one}", ""))
        for one in _named_versions()
    ]
    try:
        if not answers:
            raise NothingToSign()
        for one in answers:
            refusal = why_not_reason(one.objection, what="不同意") if one.objection.strip() else None
            if refusal:
                raise refusal
        proved = prove(Deed.SIGN)
        with unit_of_work() as session:
            sign_package(session, g.village.id, answers, hand(seen=False))
            proved.use(session, g.village.id, now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return package_page(key, refusal)
    return redirect(_url("packages.show", key, done="sign"), 303)


@blueprint.get("/review/p/<code>/<body>/<due>/paper")
@require(Permission.RECORD_PAPER)
def paper(code: str, body: str, due: str) -> ResponseReturnValue:
    """The form that takes over a signed sheet: its photograph, and who signed how."""
    return _paper_page(key_in_address(body, due))


@blueprint.post("/review/p/<code>/<body>/<due>/paper", endpoint="record_paper")
@require(Permission.RECORD_PAPER)
def record(code: str, body: str, due: str) -> ResponseReturnValue:
    """Keeps the photograph and takes the signatures over, as 纸上签字，由某某录入.

    Nothing goes into the vault before the password or code was right.
    """
    key, token = key_in_address(body, due), request.form.get("kept", "") if _kept_before() else ""
    versions = {one: request.form.get(f"revision-{one}", 0, read_id) for one in _named_versions()}
    try:
        proved = prove(Deed.RECORD)
        picture = _picture()
        token = _papers().dumps([g.village.id, picture.sha256, picture.size, picture.width, picture.height])
        signers = _signers()
        with unit_of_work() as session:
            record_sheet(session, g.village.id, versions, signers, picture, hand(seen=False))
            proved.use(session, g.village.id, now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return _paper_page(key, refusal, kept=token)
    return redirect(_url("packages.show", key, done="paper"), 303)


@blueprint.get("/review/sheet/<int:sheet_id>")
@require(Permission.READ_STAFF)
def sheet(sheet_id: int) -> ResponseReturnValue:
    """The photograph of a signed sheet; for people who hold an office in the village or above it only."""
    with reading() as session:
        found = session.get(SignedSheet, sheet_id) if sheet_id <= LARGEST_ID else None
        if found is None:
            raise NotFound()
        allow(session, Permission.READ_STAFF, found.village_id)
        sha256 = found.sha256
    response = make_response(vault_of(settings()).read(sha256))
    response.content_type = "image/jpeg"
    return response


def key_in_address(body: str, due: str) -> PackageKey:
    """The package that the address names; raises NoSuchPackage."""
    if body not in BODY_KEYS or not (due == NO_DAY or re.fullmatch(r"\d{4}-\d{2}-\d{2}", due, re.ASCII)):
        raise NoSuchPackage()
    try:
        return PackageKey(body, due if due == NO_DAY else date.fromisoformat(due).isoformat())
    except ValueError:
        raise NoSuchPackage() from None


def _url(endpoint: str, key: PackageKey, *, done: str) -> str:
    village: VillageFacts = g.village
    return url_for(endpoint, code=village.code, body=key.body, due=key.due, done=done)


def _named_versions() -> list[int]:
    """The versions that the form was about; what came in later is not signed by accident."""
    named = {int(one) for one in request.form.getlist("v") if re.fullmatch(r"\d{1,15}", one, re.ASCII)}
    return sorted(named)


def read_here(session: Session, key: PackageKey) -> Package:
    """The package of the village that the address names, as this person sees it; raises NoSuchPackage."""
    village: VillageFacts = g.village
    return read_package(
        session, village.id, key, actor=signed_in_actor(), policy=policy_of(settings()), today=clock.today()
    )


def package_page(key: PackageKey, refusal: Refused | None = None) -> ResponseReturnValue:
    """The package, with what was refused; for every room that acts on it. Raises NoSuchPackage."""
    gone = _refused_version(refusal)
    try:
        with reading() as session:
            package = read_here(session, key)
            after = happened_since(list_history(session, version_with_id(session, gone)), refusal, gone) if gone else []
    except NoSuchPackage:
        # It was the last of its package and is no longer there to sign: its own page says where it is and who moved it.
        if refusal is None or gone is None:
            raise
        return version_page(gone, template=REVIEW, refusal=refusal, at="vote")
    html = render_template(
        "disclosures/package.html",
        package=package,
        refusal=refusal,
        meanwhile=after,
        typed=request.form if refusal else {},
        done="" if refusal else DONE_WORDS.get(request.args.get("done", ""), ""),
        may_review=may(Permission.REVIEW, package.village),
        may_record=may(Permission.RECORD_PAPER, package.village),
    )
    return html, refusal.status if refusal else 200


def _refused_version(refusal: Refused | None) -> int | None:
    """Which of the form's versions the refusal speaks of."""
    title = refusal.facts.get("title") if refusal else None
    if title is None:
        return None
    with reading() as session:
        for one in _named_versions():
            version = session.get(Version, one)
            if version is not None and version.village_id == g.village.id and title_of(version.disclosure) == title:
                return one
    return None


def _paper_page(key: PackageKey, refusal: Refused | None = None, *, kept: str = "") -> ResponseReturnValue:
    with reading() as session:
        package = read_here(session, key)
    html = render_template(
        "disclosures/paper.html", package=package, refusal=refusal, typed=request.form if refusal else {}, kept=kept
    )
    return html, refusal.status if refusal else 200


def _signers() -> list[PaperSigner]:
    """Members of whom the form says that they signed. An objection without a reason is refused by the rule of reasons."""
    found = []
    for name, said in request.form.items():
        person = re.fullmatch(r"signed-(\d{1,15})", name, re.ASCII)
        if person and said in ("agree", "object"):
            objection = request.form.get(f"objection-p{person[1]}", "").strip() if said == "object" else ""
            refusal = why_not_reason(objection, what="不同意") if said == "object" else None
            if refusal:
                raise refusal
            found.append(PaperSigner(int(person[1]), objection, request.form.get(f"aside-{person[1]}", "")))
    return sorted(found, key=lambda one: one.person_id)


def _picture() -> SheetPicture:
    """The photograph sent now, cleaned and kept; else the one that a refused form had sent before."""
    sent = request.files.get("picture")
    raw = sent.read() if sent is not None and sent.filename else b""
    if raw:
        clean = photograph_confined(raw)
        return SheetPicture(vault_of(settings()).keep(clean.jpeg), len(clean.jpeg), clean.width, clean.height)
    kept = _kept_before()
    if kept is None:
        raise NoPicture()
    return kept


def _kept_before() -> SheetPicture | None:
    """The photograph that a refused form had sent before, as the page was told then."""
    try:
        village_id, sha256, size, width, height = _papers().loads(request.form.get("kept", ""))
    except (BadSignature, ValueError):
        return None
    if village_id != g.village.id or not vault_of(settings()).renew(str(sha256)):
        return None  # what nobody used for a day is gone (``ops.unnamed``)
    return SheetPicture(str(sha256), int(size), int(width), int(height))


def _papers() -> URLSafeSerializer:
    """Signs which picture a refused form has sent, so that no other file of the vault can be named."""
    return URLSafeSerializer(app_secret(), salt="signed-sheet")
