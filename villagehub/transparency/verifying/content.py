"""What a village said: one publication's bundle against its leaf, the leaf against the log, and both against what was saved."""

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from villagehub.transparency.verifying.paper import PAPER, Paper, read_paper
from villagehub.transparency.verifying.signed import Check, Head, Key, Proof, read_head, read_key, read_proof
from villagehub.transparency.verifying.sums import (
    Wrong,
    canonical,
    commitment,
    ed25519,
    fields_root,
    leaf_hash,
    read_json,
    root_by_path,
    root_of,
    seal_code,
    unb64,
)

CONTENT, PROOF, VKEY = "publication.json", "publication.tlog-proof", "vkey"
"""The files of a bundle."""
PERSONS = ("funds", "compensation")
"""Sections whose bundles carry the hashes of rows only, because the rows are about persons."""
WITHHELD = re.compile("original|recusal:.*", re.DOTALL)
"""What is for offices: bundles carry the commitments only."""
MEMBERS = {
    "kind": "性质",
    "number": "编号",
    "entity": "归属",
    "group": "小组",
    "section": "板块",
    "period": "时期",
    "subject": "事项",
    "supersedes": "更正的是哪一号",
    "reason_code": "更正原因",
    "rows": "行数",
    "totals": "合计",
    "expires": "公开到哪天",
    "approvals": "审核签字",
    "published_at": "公开时间",
    "attachments_root": "票据图片",
    "journal_root": "操作记录",
}
"""Members of a leaf that the bundle states once more, from what the site holds now."""
ROOTS = {"rows_root": "行的内容", "facts_root": "审核意见或更正原因"}
"""Members of a leaf that are reckoned from the bundle's rows and facts."""


UNPROVED = "；证明它的随机数也一起去掉了，所以这里证明不了这个人是谁、同意不同意，只能证明一共几个人签、几个人同意"
"""What is missing of a review whose words were redacted."""


@dataclass
class Trust:
    """What the reader knows from elsewhere: the log's key, the 防改码 on paper, witnesses' keys, what was saved before."""

    key: str = ""
    code: str = ""
    witnesses: list[str] = field(default_factory=list)
    saved: list[dict[str, bytes]] = field(default_factory=list)
    check: Check = ed25519


@dataclass
class Report:
    """``faults``: what does not fit, in words; ``said``: what is known."""

    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    proved: str = "和公开时一样，没有改过"
    """What it comes to where nothing is wrong."""


def key_of(files: dict[str, bytes], trust: Trust, report: Report) -> Key:
    """The log's key: the reader's own, else the one that came along. Raises Wrong."""
    if not trust.key and VKEY not in files:
        raise Wrong("没有日志的公钥，请用 --key 写明")
    key = read_key(trust.key or files[VKEY].decode("utf-8", "replace"))
    if not trust.key:
        report.said.append(f"公钥是随文件来的：{key.name}+{key.id.hex()}。请和镇里公布的公钥，或者纸上的防改码比一比")
    return key


def head_of(note: bytes, key: Key, trust: Trust, report: Report) -> Head:
    """The checkpoint, with who else has seen it. Raises Wrong."""
    head = read_head(note, key, [read_key(one) for one in trust.witnesses], trust.check)
    report.said.append(f"日志 {head.origin} 一共 {head.size} 条，签名是真的")
    for name, moment in head.seen_by:
        report.said.append(f"见证 {name} 在 {moment:%Y-%m-%d %H:%M}（世界时）见过同一个日志")
    if trust.witnesses and not head.seen_by:
        report.faults.append("写明的见证都没有签过这个日志头")
    return head


def check_bundle(files: dict[str, bytes], trust: Trust, *, now: datetime | None = None) -> Report:
    """Checks a bundle, or a lone receipt; ``files`` by name. Raises Wrong for what cannot be read or is not the log's.

    What no root or commitment covers is refused: somebody would read it as checked.
    """
    report = Report()
    try:
        _check_bundle(files, trust, report, (now or datetime.now(UTC)).astimezone(UTC))
    except Wrong:
        raise
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError, RecursionError):
        raise Wrong("公开内容不完整") from None
    return report


def _check_bundle(files: dict[str, bytes], trust: Trust, report: Report, now: datetime) -> None:
    if PAPER in files:
        check_paper(read_paper(files[PAPER].decode("utf-8", "replace")), trust, report)
        return
    proof = read_proof(files.get(PROOF, b""))
    key = key_of(files, trust, report)
    head = head_of(proof.note, key, trust, report)
    content = read_json(files[CONTENT], "公开内容") if CONTENT in files else None
    if content is None and CONTENT in files:
        raise Wrong("公开内容不完整")
    body = proof.leaf if content is None else unb64(content["leaf"])
    if root_by_path(leaf_hash(body), proof.index, head.size, proof.path) != head.root:
        if root_by_path(leaf_hash(proof.leaf), proof.index, head.size, proof.path) != head.root:
            raise Wrong(f"封存记录和日志第 {proof.index + 1} 条不一样")
        report.faults.append(f"封存记录被改过，和日志第 {proof.index + 1} 条不一样")
        body = proof.leaf
    leaf = read_json(body, "封存记录")
    if canonical(leaf) == body and leaf["type"] == "key" and content is None:
        _say_key(leaf, proof.index, report)
        return
    if canonical(leaf) != body or leaf["type"] != "publication":
        raise Wrong("日志里这一条不是一次公开")
    code = seal_code(leaf_hash(body))
    report.said.append(f"村的编码 {leaf['village']}，第 {leaf['number']} 号公开，{leaf['published_at']}，防改码 {code}")
    if trust.code and _bare(trust.code) != _bare(code):
        report.faults.append(f"防改码和纸上的不一样：这里是 {code}")
    if content is None:
        report.said.append("这里只有凭据，没有内容：只核对了它在日志里，没有核对每一行")
    else:
        redacted = _redacted(content, key, trust, report)
        report.faults += _content_faults(leaf, content, now, redacted, report.said)
    for saved in trust.saved:
        _compare(saved, key, trust, report, head, proof, leaf, body)


def _say_key(leaf: dict[str, Any], index: int, report: Report) -> None:
    """A receipt that the log has stated a key, by which whoever holds the former one learns the next. Raises Wrong."""
    if leaf["action"] not in ("add", "retire"):
        raise Wrong("日志里这一条不是一次公开")
    done = "登记了" if leaf["action"] == "add" else "停用了"
    report.said.append(f"日志第 {index + 1} 条{done}公钥 {read_key(leaf['key']).name}，全文是 {leaf['key']}")
    report.proved = "换钥匙的凭据是真的。以后请用新登记的公钥核对"


def _bare(code: str) -> str:
    return "".join(code.upper().split()).replace("-", "").translate(str.maketrans("ILO", "110"))


Redacted = dict[tuple[str, str], str]
"""Row's hash (or ``village/number``) and name of what the log says was redacted by law, with the day."""


def _redacted(content: dict[str, Any], key: Key, trust: Trust, report: Report) -> Redacted:
    """What redaction leaves name that came along and stand in the log. Raises Wrong for one that is not signed."""
    found: Redacted = {}
    for text in content.get("redactions", []):
        proof = read_proof(text.encode())
        head = read_head(proof.note, key, [], trust.check)
        told = read_json(proof.leaf, "隐去的记录")
        in_log = root_by_path(leaf_hash(proof.leaf), proof.index, head.size, proof.path) == head.root
        if not in_log or canonical(told) != proof.leaf or told["type"] != "redaction":
            report.faults.append("带来的隐去记录不在日志里")
            continue
        day = told["redacted_at"][:10]
        found.update({(row["hash"], name): day for row in told["rows"] for name in row["fields"]})
        for fact in told["facts"]:
            found.update({(f"{told['village']}/{fact['number']}", name): day for name in fact["names"]})
    return found


def _content_faults(
    leaf: dict[str, Any], content: dict[str, Any], now: datetime, redacted: Redacted, said: list[str]
) -> list[str]:
    faults, hashes = [], []
    _only(content, {"v", "title", "leaf", "shown", "rows", "facts", "redactions"})
    gone = _is_over(leaf.get("expires", ""), now)
    for place, row in enumerate(content["rows"], start=1):
        hashes.append(unb64(row["hash"]))
        _only(row, {"hash", "clear", "fields"})
        if "clear" in row:
            lawful = {name: day for (hashed, name), day in redacted.items() if hashed == row["hash"]}
            faults += [f"第 {place} 行{why}" for why in _row_faults(row, gone, lawful)]
            said += [
                f"第 {place} 行的“{name}”已于 {day} 依法隐去，日志里有记录"
                for name, day in sorted(lawful.items())
                if name != "original" and "salt" not in row["fields"].get(name, {})
            ]
        elif not gone and leaf["section"] not in PERSONS:
            faults.append(f"第 {place} 行的内容不见了，又没有到公开期满的日子")
    if len(hashes) != leaf["rows"]:
        faults.append(f"公开时是 {leaf['rows']} 行，现在是 {len(hashes)} 行")
    elif base64.b64encode(root_of(hashes)).decode() != leaf["rows_root"]:
        faults.append("有一行换过，或者次序变了")
    held = {name: _committed(one) for name, one in content["facts"].items()}
    own = f"{leaf['village']}/{leaf['number']}"
    for name, one in content["facts"].items():
        lawful_day = redacted.get((own, name), "")
        why = _field_fault(name, one, gone=bool(lawful_day) and "salt" not in one)
        if lawful_day and "salt" not in one:
            said.append(f"{_fact_words(name)}已于 {lawful_day} 依法隐去，日志里有记录{_unproved(name)}")
        if why:
            faults.append(f"审核意见或更正原因（{name}）{why}")
    if base64.b64encode(fields_root(held)).decode() != leaf["facts_root"]:
        faults.append("审核签字或更正原因换过")
    shown = content["shown"]
    faults += [f"{words}和公开时不一样" for name, words in MEMBERS.items() if _differs(shown, leaf, name)]
    others = sorted(name for name in shown if name not in MEMBERS and _differs(shown, leaf, name))
    return faults + [f"“{ROOTS.get(name, name)}”和封存的不一样" for name in others]


def _fact_words(name: str) -> str:
    kind, _, place = name.partition(":")
    return {"reason": "更正原因", "review": f"第 {place} 个人的审核意见"}.get(kind, f"“{name}”")


def _unproved(name: str) -> str:
    """What of a redacted fact the site may still show and the bundle cannot prove, because the salt went with the words."""
    return UNPROVED if name.startswith("review:") else ""


def _differs(one: dict[str, Any], other: dict[str, Any], name: str) -> bool:
    """As canonical JSON, in which 1 is not true."""
    return canonical(one.get(name)) != canonical(other.get(name))


def _only(held: dict[str, Any], names: set[str]) -> None:
    more = sorted(set(held) - names)
    if more:
        raise Wrong(f"公开内容里多出“{more[0]}”，没有封存过")


def _is_over(expires: str, now: datetime) -> bool:
    """Whether a list's time is over, by the day in China. Raises Wrong."""
    if not expires:
        return False
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", expires, re.ASCII):
        raise Wrong("封存记录里公开到哪天写得不对")
    return date.fromisoformat(expires) <= (now + timedelta(hours=8)).date()


def _row_faults(row: dict[str, Any], gone: bool, lawful: dict[str, str]) -> list[str]:
    fields = row["fields"]
    found = []
    for name, one in fields.items():
        why = _field_fault(name, one, gone=gone or (name in lawful and "salt" not in one))
        if why:
            found.append(f"的“{name}”{why}")
    held = {name: base64.b64encode(_committed(one)).decode() for name, one in fields.items()}
    root = base64.b64encode(fields_root({name: unb64(one) for name, one in held.items()})).decode()
    if leaf_hash(canonical({"clear": row["clear"], "fields_root": root})) != unb64(row["hash"]):
        found.append("的日期、金额或类别和公开时不一样")
    return found


def _committed(one: dict[str, Any]) -> bytes:
    return unb64(one["commitment"])


def _field_fault(name: str, one: dict[str, Any], *, gone: bool) -> str:
    _only(one, {"commitment", "salt", "value"})
    if "salt" not in one:
        if "value" in one:
            return "没有随机数，证明不了"
        return "" if gone or WITHHELD.fullmatch(name) else "不见了，又没有遮去它的记录"
    if one.get("value") is None and gone:
        return ""
    salt = unb64(one["salt"])
    return "" if len(salt) == 16 and commitment(salt, name, one.get("value")) == _committed(one) else "和公开时不一样"


def _compare(
    saved: dict[str, bytes],
    key: Key,
    trust: Trust,
    report: Report,
    head: Head,
    proof: Proof,
    leaf: dict[str, Any],
    body: bytes,
) -> None:
    """Against a receipt or checkpoint that was saved before, or a square on paper."""
    older, _ = saved_head(saved, [key], trust)
    if older.size > head.size:
        report.faults.append(f"以前存的日志有 {older.size} 条，现在只有 {head.size} 条：日志变短了，或者拿来的是旧的")
    if older.size == head.size and older.root != head.root:
        report.faults.append(f"同样 {head.size} 条，日志头和以前存的不一样：日志被改写过")
    if PAPER in saved:
        paper = read_paper(saved[PAPER].decode("utf-8", "replace"))
        if paper.index != proof.index:
            report.faults.append(
                f"纸上的小码是日志第 {paper.index + 1} 条，这个核对包是第 {proof.index + 1} 条：不是同一号公开"
            )
        elif paper.hashed != leaf_hash(body):
            report.faults.append(f"第 {leaf['number']} 号公开和纸上的小码不一样")
        else:
            report.said.append("和纸上的小码是同一份")
    old = saved_proof(saved)
    if old is None:
        return
    if root_by_path(leaf_hash(old.leaf), old.index, older.size, old.path) != older.root:
        raise Wrong("以前存的凭据自己就不对")
    before = read_json(old.leaf, "以前存的封存记录")
    same = (before.get("village"), before.get("number")) == (leaf["village"], leaf["number"])
    if (same or old.index == proof.index) and old.leaf != body:
        changed = [words for name, words in (MEMBERS | ROOTS).items() if _differs(before, leaf, name)]
        named = f"（{'、'.join(changed)}）" if changed else ""
        report.faults.append(f"第 {leaf['number']} 号公开和以前存的凭据不一样{named}")
    elif same:
        report.said.append("和以前存的凭据是同一份")


def saved_head(saved: dict[str, bytes], keys: list[Key], trust: Trust) -> tuple[Head, Key]:
    """The checkpoint of what was saved before, and which of these keys signed it. Raises Wrong when it is not this log's."""
    proof = saved_proof(saved)
    if PAPER in saved:
        note = read_paper(saved[PAPER].decode("utf-8", "replace")).note
    else:
        note = proof.note if proof else saved.get("checkpoint", b"")
    why = ""
    for key in keys:
        try:
            return read_head(note, key, [], trust.check), key
        except Wrong as fault:
            why = why or str(fault)
    raise Wrong(f"以前存的和现在的不是同一个日志（{why}）")


def saved_proof(saved: dict[str, bytes]) -> Proof | None:
    """The receipt in what was saved before, None where it is a checkpoint only. Raises Wrong."""
    return read_proof(saved[PROOF]) if PROOF in saved else None


def check_paper(paper: Paper, trust: Trust, report: Report) -> None:
    """A square on paper by itself: its checkpoint, and what the reader has to compare it with. Raises Wrong."""
    came = [one[VKEY] for one in trust.saved if VKEY in one][:1]
    key = key_of({VKEY: came[0]} if came else {}, trust, report)
    head_of(paper.note, key, trust, report)
    code = seal_code(paper.hashed)
    report.said.append(f"纸上的小码是日志第 {paper.index + 1} 条，防改码 {code}")
    report.proved = "纸上的小码是真的，日志签过这一条"
    if not paper.proved:
        report.said.append("日志太长，小码里没有路径：请连核对包一起核对")
        report.proved = "小码里的日志头是真的；这一条在不在日志里，要连核对包一起核对"
    if trust.code and _bare(trust.code) != _bare(code):
        report.faults.append(f"防改码和小码里的不一样：小码里是 {code}")
    for saved in trust.saved:
        if PROOF not in saved:
            continue
        old = read_proof(saved[PROOF])
        head, _ = saved_head(saved, [key], trust)
        if root_by_path(leaf_hash(old.leaf), old.index, head.size, old.path) != head.root:
            raise Wrong("以前存的凭据自己就不对")
        if old.index != paper.index:
            report.faults.append(f"以前存的是日志第 {old.index + 1} 条，不是小码这一条")
        elif leaf_hash(old.leaf) != paper.hashed:
            report.faults.append(f"日志第 {old.index + 1} 条和纸上的小码不一样")
        else:
            report.said.append("和以前存的凭据是同一份")
            report.proved = "和纸上的小码是同一份"
