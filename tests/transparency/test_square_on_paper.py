"""纸上的小码：做出来和说明书上写的一个字节不差；三种工具都认得真的，认得出假的。"""

import base64
import subprocess
import sys
from pathlib import Path

import cheats
import naive_log as naive
import paper_vectors as vectors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.labels.proof_code import LARGEST, fits, make_proof_symbol
from villagehub.transparency.checkpoints import read_receipt
from villagehub.transparency.notes import holds_ed25519
from villagehub.transparency.paper import LONGEST_PATH, MOST, NoPaperProof, paper_digits
from villagehub.transparency.verifying import verify_py
from villagehub.transparency.verifying.content import Report, Trust, check_bundle
from villagehub.transparency.verifying.paper import PAPER, is_paper, read_paper
from villagehub.transparency.verifying.sums import Wrong

RECEIPT = "publication.tlog-proof"


def looked_at(files: dict[str, bytes], **known: object) -> Report:
    try:
        return check_bundle(files, Trust(cheats.KEY, check=holds_ed25519, **known))  # type: ignore[arg-type]
    except Wrong as fault:
        return Report([str(fault)])


@pytest.mark.parametrize("cosigned", [False, True])
def test_the_digits_are_those_that_the_readme_describes(cosigned: bool) -> None:
    note = cheats.head(cheats.D)
    if cosigned:
        note += naive.cosignature(cheats.WITNESS, cheats.SEEN, 1, naive.body(cheats.ORIGIN, cheats.D))
    for index in range(len(cheats.D)):
        receipt = read_receipt(naive.proof(index, cheats.D, note, cheats.D[index]))
        names = ("", cheats.WITNESS) if cosigned else ("",)
        assert paper_digits(receipt) == vectors.digits(vectors.square(note, index=index, names=names))


@pytest.mark.parametrize("case", list(vectors.honest()), ids=lambda one: one[0])
def test_what_is_true_is_found_true(case: tuple[str, str, dict[str, object]]) -> None:
    _, said, known = case
    assert is_paper(said)
    assert looked_at({PAPER: said.encode()}, **known).faults == []


@pytest.mark.parametrize("case", list(vectors.dishonest()), ids=lambda one: one[0])
def test_what_is_false_is_found_false(case: tuple[str, str, dict[str, object]]) -> None:
    _, said, known = case
    assert looked_at({PAPER: said.encode()}, **known).faults


@pytest.mark.parametrize("case", list(vectors.bundles()), ids=lambda one: one[0])
def test_a_receipt_is_compared_with_the_square(case: tuple[str, dict[str, bytes], str, bool]) -> None:
    _, files, said, same = case
    assert (looked_at(files, saved=[{PAPER: said.encode()}]).faults == []) is same


def test_verify_py_alone_takes_the_square_as_its_argument(tmp_path: Path) -> None:
    program = tmp_path / "verify.py"
    program.write_bytes(verify_py())
    said = vectors.SITE + vectors.digits(vectors.square(cheats.head(cheats.D)))

    def answer(*words: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-I", str(program), *words], capture_output=True, check=False)
        return done.returncode, done.stdout.decode()

    code, words = answer(said, "--key", cheats.KEY)
    assert (code, "纸上的小码是真的，日志签过这一条" in words) == (0, True)
    assert answer(said)[0] == 2
    assert answer(said[:-1], "--key", cheats.KEY)[0] == 2
    receipt = tmp_path / "1.tlog-proof"
    receipt.write_bytes(cheats.given(cheats.head(cheats.D))[RECEIPT])
    code, words = answer(str(receipt), "--key", cheats.KEY, "--with", said)
    assert (code, "和纸上的小码是同一份" in words) == (0, True)


def a_receipt(size: int, hashes: int, *, origin: str = "gk.qinghe.gov.cn/log/liuhe", witnesses: int = 1) -> bytes:
    """A receipt with so many hashes in its path; what it says does not hold, only its length is looked at."""
    line = "\u2014 {} {}\n"
    text = f"{origin}\n{size}\n{base64.b64encode(b'r' * 32).decode()}\n\n" + line.format(
        origin, base64.b64encode(b"k" * 68).decode()
    )
    text += "".join(
        line.format(f"jianzheng{one}.qinghe.gov.cn/w", base64.b64encode(b"w" * 76).decode()) for one in range(witnesses)
    )
    path = "".join(f"{base64.b64encode(b'p' * 32).decode()}\n" for _ in range(hashes))
    return f"c2sp.org/tlog-proof@v1\nextra {base64.b64encode(b'{}').decode()}\nindex 0\n{path}\n{text}".encode()


@pytest.mark.parametrize(("size", "hashes"), [(1, 0), (2, 1), (300, 9), (16_384, 14), (70_000, 17), (1_000_000, 20)])
def test_a_square_has_at_most_700_bytes_and_version_22(size: int, hashes: int) -> None:
    said = paper_digits(read_receipt(a_receipt(size, hashes)))
    raw = int(said).to_bytes((int(said).bit_length() + 7) // 8, "big")
    assert len(raw) <= MOST
    assert raw[1] == (hashes if hashes <= LONGEST_PATH else 255)
    payload = f"https://gk.qinghexian.gov.cn/y#{said}"
    assert fits(payload)
    assert make_proof_symbol(payload).version <= LARGEST


def test_cosignatures_that_do_not_fit_are_left_out_and_names_that_do_not_are_refused() -> None:
    said = paper_digits(read_receipt(a_receipt(16_384, 14, witnesses=5)))
    assert read_paper_names(said) == 1
    assert read_paper_names(paper_digits(read_receipt(a_receipt(300, 9, witnesses=5)))) == 2
    with pytest.raises(NoPaperProof):
        paper_digits(read_receipt(a_receipt(9, 4, origin="x" * 256)))


def read_paper_names(said: str) -> int:
    """How many cosignatures the square holds."""
    return int(said).to_bytes((int(said).bit_length() + 7) // 8, "big").count(b"jianzheng")


@given(st.text(alphabet="0123456789", min_size=200, max_size=1700))
def test_no_digits_make_the_reader_stumble(said: str) -> None:
    with pytest.raises(Wrong):
        read_paper(said)
