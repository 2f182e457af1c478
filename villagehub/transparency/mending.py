"""The folder's files again as they must be: a tile that is missing or spoilt is cut anew from the database, but only where the
database still leads to the very tree that the checkpoint signs. Nothing is signed here.
"""

from villagehub.storage import reading
from villagehub.transparency.checkpoints import Checkpoint, open_checkpoint
from villagehub.transparency.cutting import cut_tiles
from villagehub.transparency.folder import VKEY, LogFolder
from villagehub.transparency.log import LogBehind, is_behind, must_be_undisputed, read_head
from villagehub.transparency.notes import BadNote, read_vkey
from villagehub.transparency.reading import NoTile, TileTree
from villagehub.transparency.tiles import ENTRIES, Tile
from villagehub.transparency.writing import LogBroken, Progress, leaves_of


def mend_files(
    folder: LogFolder, *, wait: bool = False, progress: Progress = lambda _done, _all: None
) -> list[str] | None:
    """Writes anew the tiles and bundles that are not what the signed tree has, and the key's line, and returns their names;
    None while another writes the log. Reads the whole log. Needs an application context, outside any transaction.

    Raises LogBehind, LogDisputed; LogBroken where the checkpoint cannot be read, or the database leads to another tree than
    it signs: then no file is touched.
    """
    with folder.lease(wait=wait) as mine:
        return _mend(folder, progress) if mine else None


def _mend(folder: LogFolder, progress: Progress) -> list[str]:
    with reading() as session:
        head = read_head(session)
    raw = folder.checkpoint()
    if head is None or not head.vkey or raw is None:
        return []
    if is_behind(head, folder):
        raise LogBehind()
    must_be_undisputed(head, folder)
    try:
        signed = open_checkpoint(raw, read_vkey(head.vkey))[0]
    except BadNote as fault:
        raise LogBroken(why=str(fault)) from None
    spoilt = {tile.path: made for tile, made in _spoilt(folder, signed, progress).items()}
    line = f"{head.vkey}\n".encode()
    if folder.vkey() != line:
        spoilt[VKEY] = line
    for name, made in spoilt.items():
        folder.put(name, made)
    folder.settle()
    return list(spoilt)


def _spoilt(folder: LogFolder, signed: Checkpoint, progress: Progress) -> dict[Tile, bytes]:
    """What lies there otherwise than the database has it, with the bytes that belong there."""
    hashes: dict[Tile, bytes] = {}
    spoilt: dict[Tile, bytes] = {}

    def never(tile: Tile) -> bytes:
        raise NoTile(tile)

    with reading() as session:
        for tile, made in cut_tiles(0, signed.size, lambda tile: leaves_of(session, tile), never):
            if tile.level != ENTRIES:
                hashes[tile] = made
            if _held(folder, tile) != made:
                spoilt[tile] = made
            if tile.level == 0:
                progress(tile.number * tile.full.width + tile.width, signed.size)
    if TileTree(signed.size, hashes.__getitem__).root() != signed.root:
        raise LogBroken(why=f"数据库里 {signed.size} 条内容算出来的和签过名的不一样")
    return spoilt


def _held(folder: LogFolder, tile: Tile) -> bytes | None:
    try:
        return folder.tile(tile)
    except (NoTile, ValueError, IndexError):
        return None
