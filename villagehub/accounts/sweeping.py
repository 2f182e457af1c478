"""What sign-in leaves behind: sessions that nobody can use any more, and counts of failures that are forgotten."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from villagehub.accounts.models import SignInSession, SignInThrottle
from villagehub.accounts.sessions import IDLE
from villagehub.accounts.throttle import FORGET_AFTER


def sweep_sign_ins(session: Session, *, now: datetime) -> int:
    """Deletes ended sessions and counts without a failure for an hour; returns how many of both."""
    over = (SignInSession.expires_at <= now) | (SignInSession.seen_at <= now - IDLE)
    ended = session.scalars(delete(SignInSession).where(over).returning(SignInSession.token_hash)).all()
    old = SignInThrottle.last_at < now - FORGET_AFTER
    forgotten = session.scalars(delete(SignInThrottle).where(old).returning(SignInThrottle.key)).all()
    return len(ended) + len(forgotten)
