"""别人的核对程序按规范怎么算，日志就一个字节也不差地怎么写。

1. 0 到 8 条的树：根、每一条的证明、每两个大小之间的证明，都和照着 RFC 6962 一句一句写的程序一样，也都核对得过。
2. 1、2、255、256、257、511、65535、65536、65537、70000 条的日志：每个文件的路径、宽度和字节都和规范说的一样；
   一次写成和一段一段长出来，写的是同样的文件。
3. 日志头、见证签名、凭据逐字节一样；Go 的一份公开样例也核对得过。
4. 写法不止一种的路径、公钥、日志头，一概不认。
"""

import dataclasses
import random
from functools import cache

import naive_log as naive
import pytest

from villagehub.transparency.checkpoints import Checkpoint, Receipt, open_checkpoint, read_receipt
from villagehub.transparency.cutting import cut_tiles
from villagehub.transparency.notes import COSIGNATURE, BadNote, Signer, read_note, read_vkey, write_note
from villagehub.transparency.proofs import is_consistent, root_from_inclusion
from villagehub.transparency.reading import TileTree
from villagehub.transparency.tiles import Tile, read_path, tiles_of
from villagehub.transparency.tree import Edge, leaf_hash, root_of

ORIGIN = "gk.example.cn/log/qinghe"
SECRET = bytes(range(32))
WITNESS = "jianzheng.example.cn/w1"
SIZES = (1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000)


@cache
def leaves(size: int) -> list[bytes]:
    """Cheap leaves of many lengths, the empty one among them."""
    return [str(number).encode() * (number % 5) for number in range(size)]


def hashed(tile: Tile) -> list[tuple[bytes, bytes]]:
    part = leaves(SIZES[-1])[tile.number * 256 : tile.number * 256 + tile.width]
    return [(one, leaf_hash(one)) for one in part]


def no_tile(tile: Tile) -> bytes:
    raise AssertionError(f"{tile} of an earlier tree was asked for")


def edge_of(size: int) -> Edge:
    edge = Edge()
    for one in leaves(size):
        edge.append(leaf_hash(one))
    return edge


@pytest.mark.parametrize("size", range(9))
def test_small_trees_have_the_roots_and_proofs_of_rfc_6962(size: int) -> None:
    D = leaves(size)
    held = dict(cut_tiles(0, size, hashed, no_tile))
    tree = TileTree(size, held.__getitem__)
    root = naive.MTH(D)
    assert edge_of(size).root() == tree.root() == root_of([leaf_hash(one) for one in D]) == root
    for index, leaf in enumerate(D):
        path = tree.inclusion(index)
        assert path == naive.PATH(index, D)
        assert root_from_inclusion(leaf_hash(leaf), index, size, path) == root
        for wrong in [*([path[:-1]] if path else []), [*path, root]]:
            with pytest.raises(ValueError, match="校验码"):
                root_from_inclusion(leaf_hash(leaf), index, size, wrong)
    for old in range(size + 1):
        path = tree.consistency(old)
        assert path == (naive.PROOF(old, D) if old else [])
        assert is_consistent(old, naive.MTH(D[:old]), size, root, path)
        assert not is_consistent(old, bytes(32), size, root, path)
        assert not is_consistent(old, naive.MTH(D[:old]), size, root, [*path, root])
        assert old in (0, size) or not is_consistent(old, naive.MTH(D[:old]), size, root, path[:-1])
    for outside in (-1, size):
        with pytest.raises(ValueError, match="leaf"):
            tree.inclusion(outside)


@pytest.fixture(scope="module")
def grown() -> dict[int, dict[str, bytes]]:
    """All files after each size, of one log that grew from size to size."""
    held: dict[Tile, bytes] = {}
    found: dict[int, dict[str, bytes]] = {}
    for since, size in zip((0, *SIZES), SIZES, strict=False):
        held.update(cut_tiles(since, size, hashed, lambda tile: held[tile]))
        found[size] = {tile.path: raw for tile, raw in held.items()}
    return found


@pytest.mark.parametrize("size", SIZES)
def test_every_tile_has_the_path_the_width_and_the_bytes_of_the_specification(
    size: int, grown: dict[int, dict[str, bytes]]
) -> None:
    D = leaves(size)[:size]
    wanted = naive.files(D)
    assert {tile.path: raw for tile, raw in cut_tiles(0, size, hashed, no_tile)} == wanted
    assert {tile.path for tile in tiles_of(size)} == set(wanted)
    assert wanted.items() <= grown[size].items()
    by_path = {path: read_path(path) for path in wanted}
    assert all(tile is not None and tile.path == path for path, tile in by_path.items())
    tree = TileTree(size, lambda tile: wanted[tile.path])
    root = tree.root()
    assert root == edge_of(size).root() == naive.MTH(D)
    for index in {0, size // 2, size - 1}:
        assert root_from_inclusion(leaf_hash(D[index]), index, size, tree.inclusion(index)) == root
    for old in {one for one in SIZES if one < size}:
        assert is_consistent(
            old, TileTree(size, lambda tile: wanted[tile.path]).root_at(old), size, root, tree.consistency(old)
        )


@pytest.mark.parametrize("batch", [1, 2, 3, 7, 100, 255, 256, 257, 511, 513, 0])
def test_a_log_that_grew_in_batches_of_any_size_has_the_same_files(batch: int) -> None:
    """0 stands for batches of every size, drawn with a seed."""
    dice, size, held = random.Random(20261125), 0, dict[Tile, bytes]()
    edge, wanted = Edge(), 1_300
    while size < wanted:
        more = min(batch or dice.choice((1, 2, 5, 56, 199, 256, 300)), wanted - size)
        held.update(cut_tiles(size, size + more, hashed, lambda tile: held[tile]))
        for one in leaves(wanted)[size : size + more]:
            edge.append(leaf_hash(one))
        edge = Edge.read(edge.size, edge.write())
        size += more
        now = {tile: held[tile] for tile in tiles_of(size)}
        assert TileTree(size, now.__getitem__).root() == edge.root()
    assert {tile.path: held[tile] for tile in tiles_of(wanted)} == naive.files(leaves(wanted))


def test_long_proofs_are_those_of_rfc_6962() -> None:
    size = 1027
    D = leaves(size)
    held = dict(cut_tiles(0, size, hashed, no_tile))
    tree = TileTree(size, held.__getitem__)
    assert tree.root() == naive.MTH(D)
    for number in (0, 1, 255, 256, 511, 512, 1000, 1023, 1024, 1025, 1026):
        assert tree.inclusion(number) == naive.PATH(number, D)
        assert tree.consistency(number + 1) == naive.PROOF(number + 1, D)


def test_the_specifications_own_example_of_seventy_thousand() -> None:
    widths = {tile.path: tile.width for tile in tiles_of(70_000) if tile.level >= 0}
    level_0 = [path for path in widths if path.startswith("tile/0/")]
    assert len(level_0) == 274
    assert [path for path in widths if widths[path] < 256] == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    assert [path for path in widths if path.startswith("tile/1/")] == ["tile/1/000", "tile/1/001.p/17"]
    assert {tile.path for tile in tiles_of(256) if tile.level >= 0} == {"tile/0/000", "tile/1/000.p/1"}
    assert Tile(0, 1_234_067).path == "tile/0/x001/x234/067"
    assert Tile(5, 999, 1).path == "tile/5/999.p/1"


ODD_PATHS = (
    *("tile/0/0", "tile/00/000", "tile/64/000", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001", "tile/0/000.p/0"),
    *("tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/300", "tile/-1/000", "tile/0/０００", "tile/0/000/"),
    *("tile/entries/000.p", "tile//000", "tile/0/../000", "tile/0/000\n"),
)


@pytest.mark.parametrize("path", ODD_PATHS)
def test_a_path_that_is_not_the_one_way_of_writing_it_is_none(path: str) -> None:
    assert read_path(path) is None


def test_checkpoints_cosignatures_and_receipts_are_byte_exact() -> None:
    D = leaves(7)
    log = Signer(ORIGIN, SECRET)
    witness = Signer(WITNESS, bytes(32), COSIGNATURE)
    text = Checkpoint(ORIGIN, 7, naive.MTH(D)).text
    assert text.encode() == naive.body(ORIGIN, D)
    note = write_note(text, [log.line(text)])
    assert note == naive.checkpoint(ORIGIN, SECRET, D)
    assert log.verifier.vkey == naive.vkey(ORIGIN, SECRET)
    assert witness.verifier.vkey == naive.vkey(WITNESS, bytes(32), 4)
    moment = 1_795_000_000
    assert witness.line(text, moment).encode() == naive.cosignature(WITNESS, bytes(32), moment, text.encode())
    both = note + naive.cosignature(WITNESS, bytes(32), moment, text.encode())
    known = [read_vkey(log.verifier.vkey), read_vkey(witness.verifier.vkey)]
    assert read_note(both).signed_by(known) == known
    held = dict(cut_tiles(0, 7, hashed, no_tile))
    for index in range(7):
        receipt = Receipt(index, tuple(TileTree(7, held.__getitem__).inclusion(index)), both, D[index])
        assert receipt.write() == naive.proof(index, D, both, D[index])
        again = read_receipt(receipt.write())
        assert again == receipt
        assert again.check(log.verifier)[0] == Checkpoint(ORIGIN, 7, naive.MTH(D))
        assert again.check(log.verifier, D[index])
        with pytest.raises(BadNote, match="不一样"):
            again.check(log.verifier, D[index] + b"0")


def test_a_note_of_the_go_checksum_database_is_read() -> None:
    """The published example of golang.org/x/mod/sumdb/note."""
    key = read_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    note = read_note(f"{text}\n{line}".encode())
    assert note.text == text
    assert note.signed_by([key]) == [key]
    assert key.vkey == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


GOOD = naive.checkpoint(ORIGIN, SECRET, [b"a", b"b"])
OTHER = Signer(ORIGIN, bytes(32))


@pytest.mark.parametrize(
    "raw",
    {
        "without the last line end": GOOD[:-1],
        "carriage returns": GOOD.replace(b"\n", b"\r\n"),
        "a control character": GOOD.replace(b"\n2\n", b"\n2\x00\n"),
        "not UTF-8": GOOD + b"\xff\n",
        "a hyphen for the dash": GOOD.replace("\u2014".encode(), b"-"),
        "two spaces": GOOD.replace(b" gk", b"  gk"),
        "no signature": naive.body(ORIGIN, [b"a"]) + b"\n",
        "a size with a zero before it": GOOD.replace(b"\n2\n", b"\n02\n"),
        "a size with a sign": GOOD.replace(b"\n2\n", b"\n+2\n"),
        "another size": GOOD.replace(b"\n2\n", b"\n3\n"),
        "another origin": GOOD.replace(b"log/qinghe\n2", b"log/liuhe\n2"),
        "another key of the same name": write_note(
            Checkpoint(ORIGIN, 2, bytes(32)).text, [OTHER.line(Checkpoint(ORIGIN, 2, bytes(32)).text)]
        ),
        "a signature over something else": naive.body(ORIGIN, [b"c"]) + GOOD[len(naive.body(ORIGIN, [b"a", b"b"])) :],
        "nothing": b"",
    }.values(),
)
def test_a_checkpoint_that_is_not_the_logs_own_is_refused(raw: bytes) -> None:
    log = Signer(ORIGIN, SECRET).verifier
    assert open_checkpoint(GOOD, log)[0].size == 2
    with pytest.raises(BadNote):
        open_checkpoint(raw, log)


def test_signatures_of_strangers_are_passed_over_also_when_their_key_id_is_the_same() -> None:
    log = Signer(ORIGIN, SECRET)
    text = Checkpoint(ORIGIN, 2, naive.MTH([b"a", b"b"])).text
    stranger = Signer("elsewhere.example.cn/log", bytes(32)).line(text)
    clash = dataclasses.replace(read_note(write_note(text, [stranger])).signatures[0], id=log.verifier.id)
    forged = f"\u2014 {clash.name} {naive.b64(clash.id + clash.raw)}\n"
    note = read_note(write_note(text, [stranger, forged, log.line(text)]))
    assert note.signed_by([log.verifier]) == [log.verifier]
    same_name = f"\u2014 {ORIGIN} {naive.b64(log.verifier.id + bytes(64))}\n"
    with pytest.raises(BadNote, match="假的"):
        read_note(write_note(text, [log.line(text), same_name])).signed_by([log.verifier])


@pytest.mark.parametrize(
    "line", ["a", "a+00000000+AQ==", naive.vkey(ORIGIN, SECRET).replace("qinghe", "liuhe"), "+" * 3]
)
def test_a_key_that_does_not_fit_itself_is_refused(line: str) -> None:
    with pytest.raises(BadNote):
        read_vkey(line)
