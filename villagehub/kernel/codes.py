"""Crockford base32: the codes on paper (8 characters and a check character) and the 防改码 (16 characters)."""

import hmac
import re
import secrets
import unicodedata
from contextlib import suppress
from hashlib import sha256
from itertools import pairwise
from typing import Final

from villagehub.kernel.refused import Refused

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE: Final = {mark: value for value, mark in enumerate(ALPHABET)}
_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
CODE_LENGTH: Final = 8
ERRAND_LENGTH: Final = 11
"""Of an errand's 查询码, without its check character: 55 bits, longer than a code on a poster (print.md)."""
SEAL_LENGTH: Final = 16
LONGEST_TYPED: Final = 40
"""So many characters of what was typed are read; a code of 16 marks with a space between any two has 31."""
_CALLED: Final = re.compile(r"[^\W\d_a-zA-Z]*(?:码|编号)[是为]?")
"""What people write beside a code: 查询码, 我的查询码是, 网页编号, 码."""
_BETWEEN_WORDS: Final = re.compile(r"(?:[0-9a-zA-Z]|_|\W)+")
_TYPED_IN_ONE: Final = re.compile(r"[0-9a-zA-Z]+")


class BadCode(Refused):
    """A typed or scanned code is not one of ours."""

    code = "bad_code"
    message = "码“{text}”不对，可能抄错了一个字。"
    fix = "请对照纸上的码再输一次：共 9 位，没有字母 I、L、O、U。"
    status = 404


def _times_alpha(value: int) -> int:
    value <<= 1
    return value ^ _POLYNOMIAL if value & 0b100000 else value


def check_character(body: str) -> str:
    """The character that catches every single error and every adjacent or jump transposition in ``body``.

    check = XOR of alpha^(i+1) * c_i over GF(32); the exponents are all different, so two swapped characters that
    differ always change the sum.
    """
    total = 0
    for position, mark in enumerate(body, start=1):
        term = _VALUE[mark]
        for _ in range(position):
            term = _times_alpha(term)
        total ^= term
    return ALPHABET[total]


def new_code() -> str:
    """A fresh random code with its check character: 9 characters, 40 random bits."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    return body + check_character(body)


def reckoned_code(what: str, number: int, secret: bytes, *, length: int = CODE_LENGTH) -> str:
    """The 查询码 of the thing ``what`` with this number: five bits a character that only this installation can reckon, and a
    check character. Nothing of it need be kept.
    """
    bits = int.from_bytes(hmac.digest(secret, b"%s:%d" % (what.encode(), number), sha256))
    body = "".join(ALPHABET[bits >> (5 * place) & 31] for place in range(length))
    return body + check_character(body)


def lookup_key(code: str, secret: bytes) -> bytes:
    """What a table keeps of a 查询码, so that it can be found: a keyed hash."""
    return hmac.digest(secret, b"lookup:" + code.encode(), sha256)


def _plain(text: str) -> str:
    """Letters and digits alone, full-width and half-width being one: spaces, dashes and stops that anybody or a keyboard put
    between or behind are no marks, and what the paper calls it (查询码) is none either. Letters that are none of ours stay, so
    that words are no code.
    """
    typed = without_its_name(text) if len(text) <= LONGEST_TYPED else unicodedata.normalize("NFKC", text)
    wanted = "".join(mark for mark in typed.upper() if mark.isalnum())
    return wanted.translate(str.maketrans("ILO", "110"))


def without_its_name(text: str) -> str:
    """What was typed without what it is called: 查询码：7K3 M9P 2QJ is a code all the same. Pure."""
    return _CALLED.sub(" ", unicodedata.normalize("NFKC", text[:LONGEST_TYPED])).strip(" :,.;")


def read_code(text: str, *, length: int = CODE_LENGTH) -> str:
    """Takes a code as a person types it (spaces, dashes, a stop, lower case, full width, I L O for 1 1 0); raises BadCode."""
    wanted = _plain(text)
    if len(wanted) != length + 1 or any(mark not in _VALUE for mark in wanted):
        raise BadCode(text=text[:20])
    if check_character(wanted[:-1]) != wanted[-1]:
        raise BadCode(text=text[:20])
    return wanted


def length_typed(text: str) -> int:
    """How long the code is that a person typed, its check character right: 9 on paper codes, questions and slips, 12 on an
    errand's receipt, 16 for a 防改码, which has none. Nothing is looked up; 0 for what is no code.
    """
    for length in (CODE_LENGTH, ERRAND_LENGTH):
        with suppress(BadCode):
            return len(read_code(text, length=length))
    marks = _plain(text)
    return SEAL_LENGTH if len(marks) == SEAL_LENGTH and all(mark in _VALUE for mark in marks) else 0


def form_typed(text: str) -> int:
    """How many marks were typed where they have the form of a code, right or not: 9, 12 or 16 letters and digits of ours, of
    both some, or 9 or 12 letters that end with the right one; 0 for words and numbers. Whether there is such a code it does
    not say.
    """
    marks, typed = _plain(text), unicodedata.normalize("NFKC", text)
    formed = len(marks) in (CODE_LENGTH + 1, ERRAND_LENGTH + 1, SEAL_LENGTH) and all(mark in _VALUE for mark in marks)
    if not formed or not re.search(r"[A-Za-z]", typed):
        return 0
    if re.search(r"[0-9]", typed):
        return len(marks)
    return length_typed(text) if len(marks) != SEAL_LENGTH else 0


def apart(text: str) -> tuple[str, str]:
    """What in a text has the form of a code, right or not, and the other words without what it is called; empty and the text
    where nothing has. All that stands between two words comes before a part of it, a right code before one that is nearly so.
    Beside words, marks that a stop joins are an amount or a day (RMB 3200.00 元), unless they are a right code.
    """
    flat, best, cut = unicodedata.normalize("NFKC", text), ((False, 0, 0), ""), (0, 0)
    alone = form_typed(text[:LONGEST_TYPED]) > 0
    for run in _BETWEEN_WORDS.finditer(flat):
        typed = list(_TYPED_IN_ONE.finditer(flat, run.start(), run.end()))
        stops = [flat[one.end() : two.start()] == "." for one, two in pairwise(typed)]
        for first in range(len(typed)):
            for behind in range(first + 1, min(len(typed), first + SEAL_LENGTH) + 1):
                code = " ".join(one[0] for one in typed[first:behind])
                if form := form_typed(code):
                    right = 0 if not length_typed(code) else 1 if form == SEAL_LENGTH else 2
                    # A slice of an amount is none either; whoever puts stops into a code puts no spaces there too.
                    stopped = any(stops[max(first - 1, 0) : behind]) and not alone
                    if stopped and (right < 2 or len(set(stops[first : behind - 1])) > 1):
                        continue
                    rank = (behind - first == len(typed), right, form)
                    if rank > best[0]:
                        best, cut = (rank, code), (typed[first].start(), typed[behind - 1].end())
    return (best[1], _CALLED.sub(" ", f"{flat[: cut[0]]} {flat[cut[1] :]}").strip()) if best[1] else ("", text)


def grouped(code: str, size: int = 3) -> str:
    """The code in groups for people to read aloud and type."""
    return " ".join(code[start : start + size] for start in range(0, len(code), size))


def sealed_range(text: str) -> tuple[bytes, bytes]:
    """Between which leaf hashes (both within) the one lies whose 防改码 was typed; raises BadCode for what is none."""
    if length_typed(text) != SEAL_LENGTH:
        raise BadCode(text=text[:20])
    bits = 0
    for mark in _plain(text):
        bits = bits << 5 | _VALUE[mark]
    known = bits.to_bytes(10, "big")
    return known + bytes(22), known + b"\xff" * 22


def seal_code(leaf_hash: bytes) -> str:
    """The 防改码 of a publication: the first 80 bits of its leaf hash as 16 characters in 4 groups (by eye only)."""
    bits = int.from_bytes(leaf_hash[:10], "big")
    marks = "".join(ALPHABET[(bits >> shift) & 31] for shift in range(75, -1, -5))
    return grouped(marks, 4)
