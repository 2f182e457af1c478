"""Putting one's name under something: the password is asked for again, or the authenticator's code of whoever has one
(decision 18), with the same back-off as signing in.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from villagehub.accounts.actions import claim_try, forgive_try
from villagehub.accounts.actor import Actor
from villagehub.accounts.models import Person
from villagehub.accounts.passwords import is_password
from villagehub.accounts.second_factor import factor_key, has_second_factor, is_code, take_code
from villagehub.accounts.throttle import counters
from villagehub.kernel.refused import Refused
from villagehub.storage import reading, unit_of_work


class Deed(StrEnum):
    """What the password or code stands under; a refusal says that this was not done yet."""

    SIGN = "签上"
    RECORD = "录入"
    PUBLISH = "公开"
    REDACT = "隐去"
    CONFIRM = "确认"


class NotSigned(Refused):
    """The password beside the deed is wrong; nothing was done."""

    code = "not_signed"
    message = "密码不对，还没有{deed}。"
    fix = "请再输一次您登录用的密码。别的内容都还在。"
    status = 422


class NotSignedByCode(Refused):
    """The authenticator's code beside the deed is wrong, missing or taken already; nothing was done."""

    code = "not_signed_by_code"
    message = "动态码不对，或者已经用过，还没有{deed}。"
    fix = "请等手机上换了新码再输。手机不在身边，可以输一个备用码。别的内容都还在。"
    status = 422


@dataclass(frozen=True, slots=True)
class Proof:
    """What was typed beside a signature: which of the two counts depends on the account, never on the form."""

    password: str
    code: str


@dataclass(frozen=True, slots=True)
class Proved:
    """A proof that was found right. Nothing of it is used up before ``use``."""

    person_id: int
    password_hash: str
    code: str | None
    """None: it was the password."""
    key: bytes
    deed: Deed

    def use(self, session: Session, village_id: int, *, now: datetime) -> None:
        """The last step of the transaction that signs for this village: takes the code, which is then used up.

        So a signature that is refused for any other reason costs no code. Raises NotSignedByCode where another signature
        took it meanwhile, NotSigned where the password was changed meanwhile.
        """
        person = session.get_one(Person, self.person_id)
        if self.code is None:
            if person.password_hash != self.password_hash:
                raise NotSigned(deed=self.deed)
        elif not take_code(session, person, self.code, self.key, now=now, village_id=village_id):
            raise NotSignedByCode(deed=self.deed)


def must_prove(
    actor: Actor, proof: Proof, deed: Deed, *, keys: Path, secret: bytes, address: str, now: datetime
) -> Proved:
    """Raises NotSigned for a wrong password, NotSignedByCode for a wrong code of somebody who has an authenticator,
    TooManyTries while one must wait. Opens transactions of its own; what it returns is used in the one that signs.
    """
    counted = counters(secret, str(actor.person_id), kind="signature", address=address)
    with unit_of_work() as session:
        refusal = claim_try(session, counted, now=now)
    if refusal:
        raise refusal
    key = factor_key(keys)
    with reading() as session:
        held = session.get_one(Person, actor.person_id).password_hash
        by_code = has_second_factor(session, actor.person_id)
        right = by_code and is_code(session, actor.person_id, proof.code, key, now=now)
    if by_code and not right:
        raise NotSignedByCode(deed=deed)
    if not by_code and not is_password(held, proof.password):
        raise NotSigned(deed=deed)
    with unit_of_work() as session:
        forgive_try(session, counted, now=now)
    return Proved(actor.person_id, held, proof.code if by_code else None, key, deed)
