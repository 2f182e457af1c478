"""How often one address may use a public form: a count per minute, in the database, so that all workers share it."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy.dialects import postgresql, sqlite

from villagehub.accounts.guard import app_secret
from villagehub.accounts.models import SignInThrottle
from villagehub.kernel import clock
from villagehub.kernel.refused import Refused
from villagehub.storage import unit_of_work

MOST: Final = 20
WINDOW: Final = timedelta(minutes=1)


class SlowDown(Refused):
    """Too many tries from one address."""

    code = "slow_down"
    message = "查得太快了。"
    fix = "请过一分钟再查，或者到村委会请人帮您查。"
    status = 429


def allowed(purpose: str, address: str) -> bool:
    """Counts a try; False once an address has tried more than 20 times within a minute."""
    key = sha256(app_secret() + f"limit\x00{purpose}\x00{address}".encode()).digest()
    now = clock.now()
    with unit_of_work() as session:
        engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        fresh = engine.insert(SignInThrottle).values(key=key, failures=0, last_at=now, open_at=now)
        session.execute(fresh.on_conflict_do_nothing())  # two first tries at once must not meet as a fault
        held = session.get_one(SignInThrottle, key, with_for_update=True)
        if now - held.open_at > WINDOW:
            held.failures, held.open_at = 0, now
        held.failures += 1
        held.last_at = now
        return held.failures <= MOST
