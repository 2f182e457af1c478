"""Publication is a build step: after the commit the village's pages are rendered once and kept as bytes (decision 37)."""

import gzip
from hashlib import sha256
from urllib.parse import unquote

from flask import current_app
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from villagehub.disclosures.checking import find_fault, keep_check, list_shown
from villagehub.disclosures.leaf import journal_heads
from villagehub.disclosures.models import Row, Thing, VersionRow
from villagehub.kernel import clock
from villagehub.places.models import Place
from villagehub.places.queries import NoSuchPlace
from villagehub.public.last_clean import LastClean
from villagehub.public.look import public_policy
from villagehub.public.models import StoredPage
from villagehub.public.search import bring_up_to_date
from villagehub.public.views import render_path, village_of
from villagehub.public.village import Village
from villagehub.sections import SECTIONS
from villagehub.sections.base import LASTING
from villagehub.storage import reading, unit_of_work, wipe_freed
from villagehub.storage.tables import Generation, PageDirty
from villagehub.transparency.ours import folder_of
from villagehub.web.logs import log

HTML = "text/html; charset=utf-8"


def etag_of(body: bytes) -> str:
    """A strong tag from the page's plain bytes."""
    return f'"{sha256(body).hexdigest()[:32]}"'


def paths_of(session: Session, village: Village) -> list[str]:
    """The pages that are stored: home, record, section lists, the newest version of every period, register items."""
    code = village.facts.code
    paths = [f"/v/{code}", f"/v/{code}/n"]
    begun = {one.section.name for one in village.publications}
    paths += [f"/v/{code}/{one.name}" for one in SECTIONS.values() if one.due or one.name in begun]
    for one in village.publications:
        if village.superseded_by(one) is None:
            paths.append(one.address.path(code))
            if one.address.prefix:
                paths.append(f"/v/{code}/{one.address.prefix}{one.section.name}")
    for one in village.publications:
        if one.section.shape in LASTING and village.superseded_by(one) is None:
            paths += _item_paths(session, village, one.id, one.address.prefix + one.section.name)
    return list(dict.fromkeys(paths))


def _item_paths(session: Session, village: Village, version_id: int, base: str) -> list[str]:
    numbers = session.scalars(
        select(Thing.number)
        .join(Row, Row.thing_id == Thing.id)
        .join(VersionRow, VersionRow.row_id == Row.id)
        .where(VersionRow.version_id == version_id)
    )
    return [f"/v/{village.facts.code}/{base}/i/{number}" for number in numbers]


def build_dirty() -> int:
    """Builds the stored pages of every village that was marked; returns how many pages were written.

    Runs after the commit and may be repeated: a mark is removed only when its pages are there.
    """
    with reading() as session:
        rows = session.execute(
            select(PageDirty.village_id, func.max(PageDirty.id)).group_by(PageDirty.village_id)
        ).all()
    return sum(_try_village(village_id, last) for village_id, last in sorted((one[0], one[1]) for one in rows))


def _try_village(village_id: int, last_mark: int) -> int:
    """One village's fault must not keep the others' pages from being built; its own are then made when they are read."""
    try:
        return _build_village(village_id, last_mark)
    except Exception:
        log.exception("village_not_built", village=village_id)
        return 0


def _check_village(village_id: int) -> None:
    """What is about to be shown is compared with its seal and with the log; a fault tells the operator and keeps its pages as
    they were. A check that cannot run leaves the pages without a claim, not the village without pages.

    All of them every time, for all their pages are made anew. Nothing is locked while it computes (8 ms a publication of 47
    rows): on SQLite all villages' writers would wait.
    """
    folder = folder_of(current_app.extensions["villagehub"])
    try:
        with reading() as session:
            heads, now = journal_heads(session, village_id), clock.now()
            found = [(one, find_fault(session, one, folder, heads)) for one in list_shown(session, village_id)]
        with unit_of_work() as session:
            for version, fault in found:
                if fault == "":
                    keep_check(session, version, fault, now=now, pages_follow=True)
        for version, fault in found:
            if fault:
                with unit_of_work() as session:  # of its own, for it holds the site's journal
                    keep_check(session, version, fault, now=now, pages_follow=True)
                log.error("proof_broken", version=version.id)
    except Exception:
        log.exception("village_not_checked", village=village_id)


def _build_village(village_id: int, last_mark: int) -> int:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    pages: list[StoredPage] = []
    kept: set[str] = set()
    village: Village | None = None
    today = clock.today()
    _check_village(village_id)
    with reading() as session:
        place = session.get(Place, village_id)
        generation = session.get(Generation, village_id)
        number = generation.number if generation else 0
        if place is not None:
            try:
                village = village_of(session, place.code)
            except NoSuchPlace:
                village = None
            if village is not None:
                clean = LastClean(session, village)
                held_paths = set(session.scalars(select(StoredPage.path).where(StoredPage.village_id == village_id)))
                kept = {path for path in held_paths if clean.holds(path)}
                for path in paths_of(session, village):
                    if clean.holds(unquote(path)):
                        continue  # the kept one stays; where there is none, none is made from what no longer fits
                    with app.test_request_context(path):
                        html = render_path(session, village, path, {})
                        policy = public_policy()
                    body = html.encode()
                    pages.append(
                        StoredPage(
                            path=unquote(path),
                            village_id=village_id,
                            generation=number,
                            etag=etag_of(body),
                            content_type=HTML,
                            policy=policy,
                            body=gzip.compress(body, 9, mtime=0),
                            built_on=today,
                        )
                    )
    with unit_of_work() as session:
        held = session.get(Generation, village_id, with_for_update=True)
        if held is not None and held.number != number:
            return 0  # somebody published meanwhile and builds newer pages: these would push them out
        gone = delete(StoredPage).where(StoredPage.village_id == village_id)
        session.execute(gone.where(StoredPage.path.not_in(kept)) if kept else gone)
        session.add_all(pages)
        wipe = village is not None and bring_up_to_date(session, village)
        session.execute(delete(PageDirty).where(PageDirty.village_id == village_id, PageDirty.id <= last_mark))
    if wipe:
        wipe_freed()
    return len(pages)
