"""Verbs on a file of many villages: take it in, say whose each name is, give every village its share (decision 22)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.accounts.actor import Actor
from villagehub.config import Settings
from villagehub.disclosures.scope import Account
from villagehub.files.confined import Method
from villagehub.kernel import clock
from villagehub.kernel.refused import NotFound, Refused
from villagehub.ledgers import rules
from villagehub.ledgers.dividing_child import slices_in_child, table_in_child
from villagehub.ledgers.models import Bundle, Upload
from villagehub.ledgers.outline import SheetOutline
from villagehub.ledgers.remembering import layout_entry, remember_layout, remembered, targets_of
from villagehub.ledgers.taking import take_in
from villagehub.ledgers.vocabulary import Target, normal
from villagehub.places.queries import VillageFacts
from villagehub.storage import reading, unit_of_work
from villagehub.storage.originals import read_named
from villagehub.storage.tables import hold_file
from villagehub.storage.vault import vault_of

LEFT_OUT: Final = 0
"""The choice 不要这些行."""


class NoSuchBundle(NotFound):
    """No such file, or not this person's."""

    code = "no_such_bundle"
    message = "没有找到这个多村的文件。"
    fix = "请回到“上传账表”，从最近传过的里面找。"


class GroupsApart(Refused):
    """Groups' books are sent village by village."""

    code = "groups_apart"
    message = "村民小组的账不能几个村放在一个文件里传。"
    fix = "请一个村一个村传，写明第几组。"
    status = 422


class NamesOpen(Refused):
    """Names in the file that nobody has matched with a village."""

    code = "names_open"
    message = "还有 {count} 个名字没有选是哪个村：{names}。"
    fix = "请一个一个选好；不要的选“不要这些行”。选过的都还在。"
    status = 422


class HeldRowsOpen(Refused):
    """Rows without a village must be seen before the others go on."""

    code = "held_rows_open"
    message = "有 {count} 行没有写是哪个村，不会传给任何村。"
    fix = "看过行号，可以先不传的，请打勾；要传的，请在 WPS 里补上村名，再传一次。"
    status = 422


class HiddenSheetsOpen(Refused):
    """Hidden sheets that hold something are divided by nobody; somebody must have seen that."""

    code = "hidden_sheets_open"
    message = "文件里有隐藏的表，有内容，没有读，也不会传给任何村：{names}。"
    fix = "可以不读的，请打勾；要读，请先在 WPS 里取消隐藏，保存后再传一次。"
    status = 422


class NothingToDivide(Refused):
    """No name stands for a village."""

    code = "nothing_to_divide"
    message = "没有一行能分给村。"
    fix = "请至少给一个名字选好村；村不在名单里，请镇里的管理员核对您的任职。"
    status = 422


class DividedAlready(Refused):
    """Each village has its share already."""

    code = "divided_already"
    message = "这个文件已经分给各村了。"
    fix = "要改，请改好文件再传一次；没变的村不会重复。"


class BundleMoved(Refused):
    """The file was worked on while this person was choosing."""

    code = "bundle_moved"
    message = "您打开这一页以后，这个文件又有人办过。您选的还没有存。"
    fix = "您选的都还在下面。请再看一遍，再点一次“分给各村”。"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent, for which section, period and books."""

    raw: bytes
    filename: str
    account: Account
    """Its village does not count."""


def villages_meant(name: str, villages: Sequence[VillageFacts]) -> list[VillageFacts]:
    """The villages that a name in the file can mean: by code, or by full or short name, with or without the township."""
    wanted = normal(name)
    return [one for one in villages if wanted in _names(one)]


def _names(village: VillageFacts) -> set[str]:
    short = [village.name, village.official_name]
    short += [village.name.removesuffix(end) for end in ("村", "社区") if len(village.name) > len(end) + 1]
    short += [f"{village.name}委会", f"{village.name}民委员会"] if village.name.endswith("村") else []
    return {village.code, *(normal(one) for one in short), *(normal(village.township_name + one) for one in short)}


def find_bundle(session: Session, bundle_id: int, *, lock: bool = False) -> Bundle:
    """The file; raises NoSuchBundle."""
    found = session.get(Bundle, bundle_id, with_for_update=lock or None)
    if found is None:
        raise NoSuchBundle()
    return found


def take_bundle(
    sent: Sent, villages: Sequence[VillageFacts], *, actor: Actor, settings: Settings, method: Method = "forkserver"
) -> int:
    """Keeps the file, reads what each name in it would get, and returns its id; the same file that is not divided yet is
    taken once. ``villages`` are those that the person may upload for.

    Needs an application context and no open unit of work. Raises GroupsApart, CannotDivide; then nothing is kept.
    """
    account = sent.account
    if account.entity == "group":
        raise GroupsApart()
    with reading() as session:
        layouts: dict[str, Any] = {}
        for village in villages:
            layouts |= remembered(session, village.id, account.section)
    table = table_in_child(
        sent.raw,
        sent.filename,
        account.section,
        account.period,
        layouts=targets_of(layouts),
        max_rows=settings.web_max_rows,
        method=method,
    )
    sha256, now = vault_of(settings).keep(sent.raw), clock.now()
    meant = {one["name"]: villages_meant(one["name"], villages) for one in table["names"]}
    chosen = {name: found[0].id for name, found in meant.items() if len(found) == 1}
    with unit_of_work() as session:
        hold_file(session, sha256, len(sent.raw), now=now)
        earlier = session.scalar(
            select(Bundle).where(
                Bundle.sha256 == sha256,
                Bundle.sent_by == actor.person_id,
                Bundle.section == account.section,
                Bundle.period == account.period,
                Bundle.entity == account.entity,
                Bundle.state == "received",
            )
        )
        bundle = earlier or Bundle(
            section=account.section,
            period=account.period,
            entity=account.entity,
            sha256=sha256,
            filename=sent.filename,
            size=len(sent.raw),
            sent_by=actor.person_id,
            sent_by_name=actor.name,
            sent_at=now,
        )
        bundle.layouts, bundle.report, bundle.chosen = layouts, table, chosen
        bundle.village_ids = sorted(set(chosen.values()))
        bundle.revision = (bundle.revision or 0) + 1
        session.add(bundle)
        session.flush()
        return bundle.id


def held_rows(bundle: Bundle) -> int:
    """How many rows of the file name no village."""
    return sum(int(one["held"]) for one in bundle.report["sheets"])


def hidden_sheets(bundle: Bundle) -> list[str]:
    """Names of the file's hidden sheets that hold something."""
    return list(bundle.report.get("hidden", []))


def why_not_divide(bundle: Bundle, chosen: Mapping[str, int], *, seen_held: bool) -> Refused | None:
    """Whether every name has its village, somebody has looked at what is given to none, and there is something to give."""
    if bundle.state == "divided":
        return DividedAlready()
    missing = [one["shown"] for one in bundle.report["names"] if one["name"] not in chosen]
    if missing:
        return NamesOpen(count=len(missing), names="、".join(f"“{one}”" for one in missing[:5]))
    if held_rows(bundle) and not seen_held:
        return HeldRowsOpen(count=held_rows(bundle))
    if hidden_sheets(bundle) and not seen_held:
        return HiddenSheetsOpen(names="、".join(f"“{one}”" for one in hidden_sheets(bundle)[:5]))
    return None if any(chosen.values()) else NothingToDivide()


def divide_bundle(
    bundle_id: int,
    chosen: Mapping[str, int],
    villages: Sequence[VillageFacts],
    *,
    seen_held: bool,
    seen: int | None,
    actor: Actor,
    settings: Settings,
    method: Method = "forkserver",
) -> dict[int, int]:
    """Gives every village that ``chosen`` names its share as an upload of its own; returns uploads by village.

    Broken off half-way it can be done again: a share that is there already is found by its bytes. Needs an application
    context and no open unit of work. Raises NamesOpen, HeldRowsOpen, HiddenSheetsOpen, NothingToDivide, DividedAlready,
    BundleMoved, NoSuchBundle for a village that is not among ``villages``, CannotDivide.
    """
    with reading() as session:
        bundle = find_bundle(session, bundle_id)
    refusal = why_not_divide(bundle, chosen, seen_held=seen_held)
    if refusal:
        raise refusal
    if seen is not None and seen != bundle.revision:
        raise BundleMoved()
    here = {one.id: one for one in villages}
    if not set(chosen.values()) <= {*here, LEFT_OUT}:
        raise NoSuchBundle()
    groups = {
        village_id: [name for name, meant in chosen.items() if meant == village_id]
        for village_id in here
        if village_id in chosen.values()
    }
    raw, filename = read_named(vault_of(settings), bundle.sha256, bundle.filename)
    slices = slices_in_child(
        raw,
        filename,
        bundle.section,
        list(groups.values()),
        layouts=targets_of(bundle.layouts),
        max_rows=settings.web_max_rows,
        method=method,
    )
    uploads = {}
    for village_id, share in zip(groups, slices, strict=True):
        account = Account(village_id, bundle.section, bundle.period, bundle.entity)
        stem = PurePath(bundle.filename).stem[:150]
        name = f"{stem}（{here[village_id].name}）.xlsx"
        uploads[village_id] = take_in(account, share, name, layouts=bundle.layouts, actor=actor, settings=settings)
    _keep(bundle_id, chosen, uploads, seen=bundle.revision, actor=actor, now=clock.now())
    return uploads


def match_bundle(
    bundle: Bundle,
    sheet: SheetOutline,
    targets: Sequence[Target],
    *,
    seen: int,
    actor: Actor,
    settings: Settings,
    now: datetime,
) -> None:
    """Keeps the columns as they were matched, with what each name in the file would get by them. Needs an application context
    and no open unit of work. Raises DividedAlready, ColumnsMoved, CannotDivide.
    """
    layouts = {**bundle.layouts, sheet.mark: layout_entry(sheet.columns, targets, None, actor=actor, now=now)}
    table = table_in_child(
        *read_named(vault_of(settings), bundle.sha256, bundle.filename),
        bundle.section,
        bundle.period,
        layouts=targets_of(layouts),
        max_rows=settings.web_max_rows,
    )
    with unit_of_work() as session:
        held = find_bundle(session, bundle.id, lock=True)
        if held.state == "divided":
            raise DividedAlready()
        if held.revision != seen:
            raise rules.ColumnsMoved()
        held.layouts, held.report = layouts, table
        held.revision += 1


def _keep(
    bundle_id: int,
    chosen: Mapping[str, int],
    uploads: Mapping[int, int],
    *,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    with unit_of_work() as session:
        bundle = find_bundle(session, bundle_id, lock=True)
        if bundle.revision != seen:
            if bundle.state == "divided" and bundle.chosen == dict(chosen):
                return  # the second of two clicks
            raise BundleMoved()
        for upload_id in uploads.values():
            upload = session.get_one(Upload, upload_id)
            upload.bundle_id = upload.bundle_id or bundle.id
            for mark in upload.report.get("layouts", []):
                if bundle.layouts.get(mark, {}).get("upload_id") == 0:  # matched for this very file
                    remember_layout(session, upload, mark, bundle.layouts[mark], actor=actor, now=now)
        bundle.chosen, bundle.village_ids = dict(chosen), sorted(uploads)
        bundle.report = {**bundle.report, "uploads": {str(village): upload for village, upload in uploads.items()}}
        bundle.state, bundle.divided_at = "divided", now
        bundle.revision += 1
