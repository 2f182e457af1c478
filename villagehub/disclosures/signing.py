"""Putting one's name under something: the password is asked for again (decision 18), with the same back-off as signing in."""

from datetime import datetime

from villagehub.accounts.actions import claim_try, forgive_try
from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import is_password
from villagehub.accounts.throttle import counters
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work


class NotSigned(Refused):
    """The password beside the signature is wrong; nothing was signed."""

    code = "not_signed"
    message = "密码不对，还没有签上。"
    fix = "请再输一次您登录用的密码。别的内容都还在。"
    status = 422


def must_sign(actor: Actor, password: str, *, secret: bytes, address: str, now: datetime) -> None:
    """Raises NotSigned for a wrong password, TooManyTries while one must wait. Opens transactions of its own."""
    counted = counters(secret, login=f"sign:{actor.person_id}", address=address, device=None)
    with unit_of_work() as session:
        refusal = claim_try(session, counted, now=now)
    if refusal:
        raise refusal
    with reading() as session:
        held = session.get_one(Person, actor.person_id).password_hash
    if not is_password(held, password):
        raise NotSigned()
    with unit_of_work() as session:
        forgive_try(session, counted, now=now)
