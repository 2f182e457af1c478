"""What all office views share: who is at the page, the signature, one transaction, and the version's page with its refusal."""

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from villagehub.accounts.guard import allow, may, settings, signed_in_actor
from villagehub.accounts.rules import NeedsSignIn, Permission
from villagehub.disclosures import rules
from villagehub.disclosures.office import Hand
from villagehub.disclosures.one_version import VersionPage, read_version
from villagehub.disclosures.policy import policy_of
from villagehub.disclosures.row_lines import HistoryLine
from villagehub.disclosures.schemas import REASON_CHOICES
from villagehub.disclosures.scope import version_with_id
from villagehub.disclosures.signing import must_sign
from villagehub.disclosures.steps import PERMISSION_OF, Step, why_not_post
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound, Refused
from villagehub.storage import reading, unit_of_work

P = ParamSpec("P")
R = TypeVar("R")

VERSION: Final = "disclosures/version.html"
REVIEW: Final = "disclosures/review.html"

DONE_WORDS: Final = {
    "submit": "已送审。签字齐了以后，就等公开。",
    "nil": "已记为“本期无此类事项”。还要送审，签字以后公开。",
    "reason": "更正原因已保存。",
    "balances": "期初和存款数已保存。",
    "row": "这一行已改好，存在草稿里。",
    "take_back": "已撤回，现在是草稿，可以接着改。先前的签字作废。",
    "abandon": "已作废。传过的原表还在。",
    "publish": "已公开。公开后不能悄悄改动，要改就走更正。",
    "correct": "更正的草稿已开好。改好要改的行，再送审。",
    "vote": "签好了，已记下您的姓名和时间。",
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
        int(revision) if seen and revision.isascii() and revision.isdigit() else None,
    )


def sign(version_id: int, step: Step) -> None:
    """Asks for the password (decision 18), after the question whether the person may take the step at all."""
    actor = signed_in_actor()
    with reading() as session:
        refusal = why_not_post(session, version_with_id(session, version_id), step, actor=actor, policy=hand().policy)
    if refusal:
        raise refusal
    secret = current_app.secret_key
    must_sign(
        actor,
        request.form.get("password", ""),
        secret=secret if isinstance(secret, bytes) else str(secret).encode(),
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
) -> ResponseReturnValue:
    """Does the work in one transaction and leads to the version's page; a refusal shows that page with the reason."""
    try:
        if signs:
            sign(version_id, signs)
        with unit_of_work() as session:
            work(session, hand())
    except (NotFound, NeedsSignIn):
        raise
    except Refused as refusal:
        return version_page(version_id, template=template, refusal=refusal, at=step)
    if afterwards:
        afterwards()
    endpoint = "reviews.version" if template == REVIEW else "disclosures.version"
    return redirect(url_for(endpoint, version_id=version_id, done=step), 303)


def version_page(
    version_id: int, *, template: str = VERSION, refusal: Refused | None = None, at: str = ""
) -> ResponseReturnValue:
    """One version. With a refusal, what was typed stands in its form again, and what others changed meanwhile is named."""
    with reading() as session:
        allow(session, Permission.READ_STAFF, version_with_id(session, version_id).village_id)
        page = read_version(
            session,
            version_id,
            actor=signed_in_actor(),
            policy=policy_of(settings()),
            today=clock.today(),
            page=request.args.get("page", 1, int),
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
    )
    return html, refusal.status if refusal else 200


def meanwhile(page: VersionPage, refusal: Refused | None) -> list[HistoryLine]:
    """What others did after this person opened the page, where that is why they are refused."""
    seen = request.form.get("seen", 0, int)
    return [one for one in page.history if one.seq > seen] if isinstance(refusal, rules.ChangedMeanwhile) else []
