"""The demo's accounts: one for everybody who signs in the diary, and one for each office above the villages."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from villagehub.accounts.actions import add_person, appoint
from villagehub.accounts.queries import place_with_code
from villagehub.accounts.roles import Role, post_words
from villagehub.ops.demo.names import COUNTY_CODE, COUNTY_NAME, TOWNSHIPS, dice, person_name
from villagehub.ops.demo.villages import DemoVillage

CHANNEL: Final = "demo"
"""How the journal says that accounts were made by the demo and not by an administrator."""

_CONSONANTS: Final = "bdfghjkmnprstwyz"
_VOWELS: Final = "aeiou"


@dataclass(frozen=True, slots=True)
class Account:
    """One account before it exists: where and what its holder is, and the login name."""

    login: str
    name: str
    role: Role
    place_code: str
    place_name: str
    entity: str = ""


def login_of(village: DemoVillage, who: str) -> str:
    """The login name of a village's office, or of its township's (``township``): ``qingshigou.baozhang``."""
    if who == "township":
        return supervisor_of(village.township_code)
    return f"{village.letters}.{_ENDINGS[who]}"


_ENDINGS: Final = {
    "clerk": "baozhang",
    "head": "zhuren",
    "chair": "jiandu",
    "member1": "jiandu1",
    "member2": "jiandu2",
    "board": "jianshi",
    "board1": "jianshi1",
    "board2": "jianshi2",
}


def supervisor_of(township_code: str) -> str:
    """The login name of a township's supervisor."""
    return next(f"{letters}.jiandu" for code, _, letters in TOWNSHIPS if code == township_code)


def accounts_of(villages: Sequence[DemoVillage], seed: int) -> list[Account]:
    """Everybody who can sign in. Pure."""
    found = [Account("guanli", "系统管理员", Role.ADMINISTRATOR, "", "整个系统")]
    die = dice(seed, "offices")
    found.append(Account("qinghe.xian", person_name(die, "man"), Role.COUNTY, COUNTY_CODE, COUNTY_NAME))
    used = {one.township_code for one in villages}
    for code, name, letters in TOWNSHIPS:
        if code in used:
            supervisor, auditor = person_name(die, "young"), person_name(die, "woman")
            found.append(Account(supervisor_of(code), supervisor, Role.TOWNSHIP_SUPERVISOR, code, name))
            found.append(Account(f"{letters}.shenji", auditor, Role.AUDITOR, code, name))
    for village in villages:
        found += _of_village(village)
    return found


def _of_village(village: DemoVillage) -> list[Account]:
    who = village.officers

    def one(ending: str, name: str, role: Role, entity: str = "") -> Account:
        return Account(login_of(village, ending), name, role, village.code, village.name, entity)

    found = [
        one("clerk", who.clerk, Role.CLERK),
        one("head", who.head, Role.VILLAGE_HEAD),
        one("chair", who.chair, Role.COMMITTEE_CHAIR),
        one("member1", who.members[0], Role.COMMITTEE_MEMBER),
        one("member2", who.members[1], Role.COMMITTEE_MEMBER),
    ]
    if village.collective:
        found += [
            one("board", who.board_chair, Role.COMMITTEE_CHAIR, "collective"),
            one("board1", who.board_members[0], Role.COMMITTEE_MEMBER, "collective"),
            one("board2", who.board_members[1], Role.COMMITTEE_MEMBER, "collective"),
        ]
    return found


def new_password() -> str:
    """A random password that can be read out: three made-up words and two figures, about 44 bits."""
    words = ["".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(2)) for _ in range(3)]
    return f"{'-'.join(words)}-{secrets.randbelow(90) + 10}"


def open_accounts(
    session: Session, accounts: Sequence[Account], *, now: datetime, tick: Callable[[], object]
) -> dict[str, str]:
    """Makes the accounts with random passwords and appoints their holders; returns the passwords by login name."""
    passwords = {}
    for one in accounts:
        password = passwords[one.login] = new_password()
        person = add_person(session, one.login, name=one.name, password=password, actor=None, channel=CHANNEL, now=now)
        place = place_with_code(session, one.place_code) if one.place_code else None
        appoint(session, person, one.role, place=place, entity=one.entity, actor=None, channel=CHANNEL, now=now)
        tick()
    return passwords


def accounts_text(accounts: Sequence[Account], passwords: dict[str, str]) -> str:
    """The file for whoever tries the demo."""
    lines = [
        "演示账号（人名都是编的，密码是随机的，只在这个演示里有用）",
        "登录：在网站的网址后面加 /login。",
        "",
        "报账员传表格、送审；村务监督委员会（合作社是监事会）签字；村委会主任公开。三种人不能是同一个人。",
        "",
    ]
    where = ""
    for one in accounts:
        if one.place_name != where:
            where = one.place_name
            lines += ["", f"【{where}】"]
        lines.append(f"{post_words(one.role, one.entity)}\t{one.name}\t{one.login}\t{passwords[one.login]}")
    return "\n".join(lines) + "\n"


def write_secret(path: Path, text: str) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
