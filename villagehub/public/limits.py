"""How often one address may use a public form: a count per minute, in the database, so that all workers share it."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

from flask import current_app

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
    secret = str(current_app.secret_key).encode()
    key = sha256(secret + f"limit\x00{purpose}\x00{address}".encode()).digest()
    now = clock.now()
    with unit_of_work() as session:
        held = session.get(SignInThrottle, key, with_for_update=True)
        if held is None:
            session.add(SignInThrottle(key=key, failures=1, last_at=now, open_at=now))
            return True
        if now - held.open_at > WINDOW:
            held.failures, held.open_at = 0, now
        held.failures += 1
        held.last_at = now
        return held.failures <= MOST
