"""What a proposal names, put down and looked up: cells of rows and vouchers' pictures, and whether they can go."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from villagehub.disclosures.face import ORIGINAL
from villagehub.disclosures.models import Row, RowFace, Thing, Version
from villagehub.disclosures.redacted import PICTURE
from villagehub.disclosures.redaction_models import Redaction, RedactionItem
from villagehub.disclosures.scope import section_of
from villagehub.kernel.refused import Refused
from villagehub.redactions import rules
from villagehub.redactions.pictures import MOST_PICTURES, Picture, list_pictures, spread_pictures
from villagehub.redactions.reach import Cell, Chosen, showing
from villagehub.redactions.said import Said, items_of


def pictures_there(session: Session, version: Version, asked: Collection[int]) -> list[Picture]:
    """What goes with these masks. Raises TooManyPictures, NoSuchPicture."""
    if len(asked) > MOST_PICTURES:
        raise rules.TooManyPictures(pictures=len(asked), most=MOST_PICTURES)
    if asked and {one.mask_id for one in list_pictures(session, version, only=asked)} != set(asked):
        raise rules.NoSuchPicture()
    return spread_pictures(session, asked)


def item_of(held: Redaction, picture: Picture) -> RedactionItem:
    """The line by which a proposal names a picture."""
    name = f"{PICTURE}{picture.mask_id}"
    return RedactionItem(redaction_id=held.id, row_id=None, field=name, asked=picture.asked)


def keep_items(
    session: Session, held: Redaction, cells: Sequence[Cell], said: Sequence[Said], pictures: Sequence[Picture]
) -> None:
    """Rows and maskings that came since the proposal and hold the same go too, and are put down with it."""
    wanted = select(RedactionItem.row_id, RedactionItem.field).where(RedactionItem.redaction_id == held.id)
    known = {(row_id, name) for row_id, name in session.execute(wanted)}
    session.add_all(
        RedactionItem(redaction_id=held.id, row_id=one.row_id, field=one.field, asked=False)
        for one in cells
        if (one.row_id, one.field) not in known
    )
    session.add_all(items_of(held, [one for one in said if (None, one.name) not in known]))
    session.add_all(item_of(held, one) for one in pictures if (None, f"{PICTURE}{one.mask_id}") not in known)


def must_be_there(session: Session, version: Version, chosen: Chosen, cells: Sequence[Cell]) -> None:
    """The chosen cells stand in this publication and can go. Raises NotToBeRedacted."""
    there = {(one.row_id, one.field) for one in cells}
    shown = {row_id for row_id in chosen if version in showing(session, [row_id])}
    for row_id, names in chosen.items():
        for name in names:
            if row_id not in shown or (row_id, name) not in there:
                raise _not_this(session, version, row_id, name)


def _not_this(session: Session, version: Version, row_id: int, name: str) -> Refused:
    """The refusal in the words of the page: the row's permanent number, the column's heading."""
    number = session.scalar(select(Thing.number).join(Row, Row.thing_id == Thing.id).where(Row.id == row_id))
    heading = next((one.heading for one in section_of(version).fields if one.name == name), name)
    return rules.NotToBeRedacted(number=number or "？", heading=heading)


def faces_of(session: Session, cells: Sequence[Cell]) -> list[tuple[str, ...]]:
    """Every face of the rows, by the names of its fields that would go."""
    rows = session.scalars(select(RowFace.row_id).where(RowFace.row_id.in_({one.row_id for one in cells})))
    return [(*names_in(cells, row_id), ORIGINAL) for row_id in rows]


def names_in(cells: Sequence[Cell], row_id: int) -> tuple[str, ...]:
    """The fields of one row among these cells."""
    return tuple(one.field for one in cells if one.row_id == row_id)
