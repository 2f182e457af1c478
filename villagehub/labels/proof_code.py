"""The smaller square of a 公开榜, 供核验用: the proof that the log holds this publication, as digits behind ``/y#`` (evidence.md
"Paper"). A phone never sends what stands after ``#``; digits make the square a sixth smaller than letters would.
"""

from typing import Final

from flask import current_app
from sqlalchemy.orm import Session

from villagehub.config import Settings
from villagehub.disclosures.scope import version_with_id
from villagehub.kernel.refused import Refused
from villagehub.labels.symbol import Symbol, packed
from villagehub.transparency.log import place_of
from villagehub.transparency.notes import BadNote
from villagehub.transparency.ours import folder_of, receipt_of
from villagehub.transparency.paper import MOST, NoPaperProof, paper_digits

LARGEST: Final = 22
"""The version that a phone still reads at this size, at level M (decision 41)."""


def proof_code(session: Session, version_id: int, base_url: str) -> tuple[str, str]:
    """What the square of a published version says, with the log's newest checkpoint; else nothing, and why, in words."""
    settings: Settings = current_app.extensions["villagehub"]
    try:
        index = place_of(session, version_with_id(session, version_id).leaf_id)
        receipt = receipt_of(folder_of(settings), index)
        for most in (MOST, 600, 500):  # a long host leaves less room
            payload = f"{base_url}/y#{paper_digits(receipt, most=most)}"
            if fits(payload):
                return payload, ""
        raise NoPaperProof()
    except (Refused, BadNote) as why:
        said = why.sentence if isinstance(why, Refused) else f"{why}。"
        return "", f"这张公开榜上没有“供核验用”的小码：{said}过一会儿可以再打印一次。"


def fits(payload: str) -> bool:
    """Whether it goes into a symbol of version 22, level M: 782 code words (ISO/IEC 18004, table 7)."""
    head, digits = _parts(payload)
    return 4 + 16 + 8 * len(head) + 4 + 14 + -(-10 * len(digits) // 3) + 4 <= 782 * 8


def make_proof_symbol(payload: str) -> Symbol:
    """The symbol of level M: the address in bytes, the digits in numeric mode. Raises ValueError above version 22."""
    import qrcode
    from qrcode.util import MODE_8BIT_BYTE, MODE_NUMBER, QRData

    head, digits = _parts(payload)
    maker = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0)
    maker.add_data(QRData(head, mode=MODE_8BIT_BYTE), optimize=0)
    maker.add_data(QRData(digits, mode=MODE_NUMBER), optimize=0)
    maker.make(fit=True)
    if maker.version > LARGEST:
        raise ValueError(f"a symbol of version {maker.version}")
    return packed(maker)


def _parts(payload: str) -> tuple[bytes, bytes]:
    address, _, digits = payload.partition("#")
    return f"{address}#".encode(), digits.encode()
