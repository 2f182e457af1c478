"""What all office views share: who is at the page, the signature, one transaction, and the version's page with its refusal."""

import re
from collections.abc import Callable, Sequence
from typing import Final, ParamSpec, TypeVar

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import allow, app_secret, may, settings, signed_in_actor
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures import rules
from villagehub.disclosures.books import why_not_books
from villagehub.disclosures.office import Hand
from villagehub.disclosures.one_version import VersionPage, read_version
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.row_lines import HistoryLine
from villagehub.disclosures.schemas import REASON_CHOICES
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.signing import Deed, Proof, Proved, must_prove
from villagehub.disclosures.slips import MOST as MOST_SLIPS
from villagehub.disclosures.steps import PERMISSION_OF, Step, why_not_post
from villagehub.kernel import clock
from villagehub.kernel.ids import read_id
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import reading, unit_of_work

P = ParamSpec("P")
R = TypeVar("R")

VERSION: Final = "disclosures/version.html"
REVIEW: Final = "disclosures/review.html"
PUBLISH: Final = "disclosures/publish.html"
AS_PUBLIC: Final = "disclosures/as_public.html"

DONE_WORDS: Final = {
    "submit": "已送审。签字齐了以后，就等公开。",
    "nil": "已记为“本期无此类事项”。还要送审，签字以后公开。",
    "reason": "更正原因已保存。",
    "balances": "期初和存款数已保存。",
    "row": "这一行已改好，存在草稿里。",
    "take_back": "已收回，现在是草稿，可以接着改。先前的签字作废。",
    "abandon": "已作废。传过的原表还在。",
    "publish": "已公开。公开后不能悄悄改动，要改就走更正。",
    "correct": "更正的草稿已开好。改好要改的行，再送审。",
    "tick": "记下了：这一页您看过。",
    "stand_aside": "已记下您回避这一行，这一行由其他成员签字。",
    "send_back": "已退回给报账员，先前的签字作废。",
}


def takes(step: Step) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Says which line of the permission table a view needs. ``office`` asks for it, after the question whose village it is."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        view.permission = PERMISSION_OF[step]  # type: ignore[attr-defined]
        return view

    return decorate


def hand(*, seen: bool = True) -> Hand:
    """Who is at the page now, with the revision that the form carries."""
    revision = request.form.get("revision", "")
    return Hand(
        signed_in_actor(),
        policy_of(settings()),
        clock.now(),
        int(revision) if seen and re.fullmatch(r"[0-9]{1,9}", revision) else None,
    )


def prove_step(version_id: int, step: Step) -> Proved:
    """Asks for the password or code (decision 18), after the question whether the person may take the step at all."""
    actor = signed_in_actor()
    with reading() as session:
        refusal = why_not_post(session, version_with_id(session, version_id), step, actor=actor, policy=hand().policy)
    if refusal:
        raise refusal
    return prove(Deed.PUBLISH if step is Step.PUBLISH else Deed.SIGN)


def prove(deed: Deed) -> Proved:
    """Asks the person at the page for their password again, or their code, for this deed; raises NotSigned, NotSignedByCode,
    TooManyTries. Whoever signs uses it as the last thing in the transaction.
    """
    return must_prove(
        signed_in_actor(),
        Proof(request.form.get("password", ""), request.form.get("code", "")),
        deed,
        keys=settings().keys,
        secret=app_secret(),
        address=request.remote_addr or "",
        now=clock.now(),
    )


def act(
    version_id: int,
    step: str,
    work: Callable[[Session, Hand], object],
    *,
    template: str = VERSION,
    signs: Step | None = None,
    afterwards: Callable[[], None] | None = None,
    then: str = "",
) -> ResponseReturnValue:
    """Does the work in one transaction and leads to the version's page (or ``then``); a refusal shows that page with the
    reason.
    """
    try:
        proved = prove_step(version_id, signs) if signs else None
        with unit_of_work() as session:
            work(session, hand())
            if proved:
                proved.use(session, version_with_id(session, version_id).village_id, now=clock.now())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return version_page(version_id, template=template, refusal=refusal, at=step)
    if afterwards:
        afterwards()
    if then:
        return redirect(then, 303)
    endpoint = "reviews.version" if template == REVIEW else "disclosures.version"
    return redirect(url_for(endpoint, version_id=version_id, done=step), 303)


def version_page(
    version_id: int, *, template: str = VERSION, refusal: Refused | None = None, at: str = ""
) -> ResponseReturnValue:
    """One version. With a refusal, what was typed stands in its form again, and what others changed meanwhile is named."""
    with reading() as session:
        version = version_with_id(session, version_id)
        village = allow(session, Permission.READ_STAFF, version.village_id)
        entity = version.disclosure.entity
        page = read_version(
            session,
            version_id,
            actor=signed_in_actor(),
            policy=policy_of(settings()),
            today=clock.today(),
            page=request.values.get("page", 1, read_id),
        )
    html = render_template(
        template,
        page=page,
        refusal=refusal,
        at=at,
        typed=request.form if refusal else {},
        meanwhile=meanwhile(page, refusal),
        done=DONE_WORDS.get(request.args.get("done", ""), "") if refusal is None else "",
        reasons=REASON_CHOICES,
        may_upload=may(Permission.UPLOAD, page.village),
        may_review=may(Permission.REVIEW, page.village),
        slips_in_a_file=MOST_SLIPS if page.has_slips and may(Permission.PRINT_SLIPS, page.village) else 0,
        may_hide=why_not_books(signed_in_actor(), Permission.HIDE, village, entity) is None,
    )
    return html, refusal.status if refusal else 200


def meanwhile(page: VersionPage, refusal: Refused | None) -> list[HistoryLine]:
    """What others did after this person opened the page, where that may be why they are refused: who, when, which rows."""
    return happened_since(page.history, refusal, page.id)


def happened_since(history: Sequence[HistoryLine], refusal: Refused | None, version_id: int) -> list[HistoryLine]:
    """The same for a version of a form that is about several: each carries the newest line it was shown with."""
    seen = request.form.get(f"seen-{version_id}", request.form.get("seen", 0, read_id), read_id)
    moved = (rules.ChangedMeanwhile, rules.UnderReview, rules.WrongStage)
    return [one for one in history if one.seq > seen] if seen and isinstance(refusal, moved) else []
