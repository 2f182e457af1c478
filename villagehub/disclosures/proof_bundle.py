"""A publication's bundle: all that somebody needs to check it elsewhere, without this site (evidence.md "Verifiers").

A zip without compression, so that a page opened from a file can read it: ``publication.json`` (what the site shows, with salts),
``publication.tlog-proof`` (the receipt under the newest checkpoint) and ``vkey``. What was redacted is missing in the first, and
the receipts of the leaves that say so stand beside it. Of lists of persons it has the hashes of rows
and the totals only (decision 11).
"""

import io
import json
from typing import Any, Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.face import ORIGINAL
from villagehub.disclosures.leaf import journal_heads, members_now
from villagehub.disclosures.models import RowFace, Version, VersionFact, VersionRow
from villagehub.disclosures.redacted import places_about
from villagehub.disclosures.scope import section_of, title_of
from villagehub.kernel import clock
from villagehub.transparency.commitments import b64
from villagehub.transparency.folder import LogFolder
from villagehub.transparency.log import place_of
from villagehub.transparency.models import Leaf
from villagehub.transparency.ours import receipt_of

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
README: Final = """{title}（第 {number} 号公开）的核对包

用 verify.py（python3 verify.py 这个文件）或 verify.html（用浏览器打开，把这个文件拖进去）核对，不用上网。
这两个程序在 {site}/log/verify.py 和 {site}/log/verify.html，镇里也可以发给您。
防改码要和公开栏纸上的一样。它只证明公开以后没改过，不证明当初写的就对。
"""
_SHOWN_FACTS: Final = ("reason", "review:", "voucher:")


def make_proof_bundle(session: Session, version: Version, folder: LogFolder, site: str) -> bytes:
    """The zip of a published version that is not hidden. Raises NothingInTheLog while the log has not followed, LogDamaged."""
    leaf = session.get_one(Leaf, version.leaf_id)
    receipt = receipt_of(folder, place_of(session, leaf.id))
    rows = _rows(session, version)
    about = places_about(session, version, {one["hash"] for one in rows})
    content = {
        "v": 1,
        "title": title_of(version.disclosure),
        "leaf": b64(leaf.body),
        "shown": members_now(session, version, rows=len(rows), heads=journal_heads(session, version.village_id)),
        "rows": rows,
        "facts": _facts(session, version),
    }
    if about:
        content["redactions"] = [receipt_of(folder, place).write().decode() for place in about]
    files = {
        "publication.json": json.dumps(content, ensure_ascii=False, indent=1).encode(),
        "publication.tlog-proof": receipt.write(),
        "vkey": folder.vkey() or b"",
        "README.txt": README.format(title=content["title"], number=version.number, site=site).encode("utf-8-sig"),
    }
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, raw in files.items():
            archive.writestr(ZipInfo(name, _FIRST_DAY), raw)
    return out.getvalue()


def _rows(session: Session, version: Version) -> list[dict[str, Any]]:
    gone = version.expires_on is not None and version.expires_on <= clock.today()
    hidden = section_of(version).persons or gone
    found = session.execute(
        select(RowFace.leaf_hash, RowFace.clear, RowFace.fields)
        .join(VersionRow, VersionRow.row_face_id == RowFace.id)
        .where(VersionRow.version_id == version.id)
        .order_by(VersionRow.position)
    )
    return [
        {"hash": b64(hashed)}
        if hidden
        else {"hash": b64(hashed), "clear": clear, "fields": {name: _field(name, one) for name, one in fields.items()}}
        for hashed, clear, fields in found
    ]


def _field(name: str, one: dict[str, Any]) -> dict[str, Any]:
    """Value, salt and commitment; the commitment alone of what is for offices, or erased."""
    if name == ORIGINAL or one.get("value") is None:
        return {"commitment": one["commitment"]}
    return {"value": one["value"], "salt": one["salt"], "commitment": one["commitment"]}


def _facts(session: Session, version: Version) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for fact in session.scalars(
        select(VersionFact).where(VersionFact.version_id == version.id).order_by(VersionFact.id)
    ):
        made[fact.name] = {"commitment": b64(fact.commitment)}
        if fact.name.startswith(_SHOWN_FACTS) and fact.value is not None and fact.salt is not None:
            made[fact.name] = {"value": fact.value, "salt": b64(fact.salt), "commitment": b64(fact.commitment)}
    return made
