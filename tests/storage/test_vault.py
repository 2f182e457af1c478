"""Originals are kept encrypted, unaltered, and found to be damaged when they are."""

import os
import stat
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from villagehub.kernel.refused import Refused
from villagehub.storage.vault import DiskAlmostFull, FindingKind, OriginalDamaged, OriginalMissing, Vault

KEY = bytes(range(32))
LEDGER = "日期,摘要,金额\n2026-09-01,修水渠 周某某 身份证 000000000000000000,1200.00\n".encode() * 50


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "instance" / "vault"


@pytest.fixture
def vault(folder):
    return Vault(folder, KEY)


def files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_what_was_kept_comes_back_byte_for_byte(vault):
    digest = vault.keep(LEDGER)
    assert digest == sha256(LEDGER).hexdigest()
    assert vault.holds(digest)
    assert vault.read(digest) == LEDGER


def test_an_empty_file_is_a_file_too(vault):
    assert vault.read(vault.keep(b"")) == b""


def test_a_file_lies_under_its_digest_and_shows_nothing_of_its_content(vault, folder):
    digest = vault.keep(LEDGER)
    (path,) = files(folder)
    assert path == folder / digest[:2] / digest[2:]
    raw = path.read_bytes()
    assert "修水渠".encode() not in raw
    assert b"000000000000000000" not in raw
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_same_bytes_again_change_nothing(vault, folder):
    vault.keep(LEDGER)
    (path,) = files(folder)
    before = path.read_bytes(), path.stat().st_ino
    vault.keep(LEDGER)
    assert files(folder) == [path]
    assert (path.read_bytes(), path.stat().st_ino) == before


def test_the_same_bytes_in_two_vaults_do_not_look_alike(tmp_path):
    for name in ("one", "two"):
        Vault(tmp_path / name, KEY).keep(LEDGER)
    one, two = (files(tmp_path / name)[0].read_bytes() for name in ("one", "two"))
    assert one != two
    assert one[4:16] != two[4:16]


@pytest.mark.parametrize("position", [0, 5, 20, -1])
def test_one_changed_byte_is_noticed(vault, folder, position):
    digest = vault.keep(LEDGER)
    (path,) = files(folder)
    raw = bytearray(path.read_bytes())
    raw[position] ^= 1
    path.write_bytes(raw)
    with pytest.raises(OriginalDamaged) as refused:
        vault.read(digest)
    assert digest[:12] in refused.value.sentence
    assert "备份" in refused.value.next_step


@pytest.mark.parametrize("length", [0, 3, 10, 16, 40])
def test_a_file_cut_short_is_noticed(vault, folder, length):
    digest = vault.keep(LEDGER)
    (path,) = files(folder)
    os.truncate(path, length)
    with pytest.raises(OriginalDamaged):
        vault.read(digest)


def test_two_files_cannot_be_swapped(vault, folder):
    first, second = vault.keep(b"one"), vault.keep(b"two")
    (folder / first[:2] / first[2:]).write_bytes((folder / second[:2] / second[2:]).read_bytes())
    with pytest.raises(OriginalDamaged):
        vault.read(first)


def test_other_content_under_the_address_is_noticed_even_from_someone_who_holds_the_key(vault, folder):
    digest = vault.keep(LEDGER)
    (path,) = files(folder)
    nonce = bytes(12)
    path.write_bytes(b"VHV1" + nonce + AESGCM(KEY).encrypt(nonce, b"another ledger", digest.encode()))
    with pytest.raises(OriginalDamaged):
        vault.read(digest)


def test_another_key_opens_nothing_and_says_that_the_key_may_have_changed(vault, folder):
    digest = vault.keep(LEDGER)
    with pytest.raises(OriginalDamaged, match="密钥换过"):
        Vault(folder, bytes(32)).read(digest)


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "ab", "G" * 64, "A" * 64])
def test_what_was_never_kept_is_missing(vault, digest):
    vault.keep(LEDGER)
    with pytest.raises(OriginalMissing):
        vault.read(digest)


def test_uploading_the_file_again_heals_a_damaged_copy(vault, folder):
    digest = vault.keep(LEDGER)
    (path,) = files(folder)
    path.write_bytes(b"")
    assert vault.keep(LEDGER) == digest
    assert vault.read(digest) == LEDGER


def test_a_nearly_full_disk_takes_nothing_in_but_still_hands_out(folder, vault):
    digest = vault.keep(LEDGER)
    full = Vault(folder, KEY, least_free_percent=101)
    with pytest.raises(DiskAlmostFull) as refused:
        full.keep(b"more")
    assert isinstance(refused.value, Refused)
    assert refused.value.status == 507
    assert "磁盘快满" in refused.value.sentence
    assert full.read(digest) == LEDGER
    assert full.keep(LEDGER) == digest
    assert len(files(folder)) == 1


def test_a_scrub_of_a_sound_vault_finds_nothing(vault):
    kept = [vault.keep(LEDGER), vault.keep(b"two")]
    assert list(vault.scrub(kept)) == []
    assert list(vault.scrub()) == []


def test_a_scrub_before_the_first_file_finds_nothing(vault):
    assert list(vault.scrub()) == []


def test_a_scrub_names_what_is_damaged_missing_or_strange(vault, folder):
    damaged, gone, sound = vault.keep(b"one"), vault.keep(b"two"), vault.keep(b"three")
    (folder / damaged[:2] / damaged[2:]).write_bytes(b"VHV1")
    (folder / gone[:2] / gone[2:]).unlink()
    (folder / "note.txt").write_text("?", encoding="utf-8")
    found = {(one.kind, one.name) for one in vault.scrub([damaged, gone, sound])}
    assert found == {
        (FindingKind.DAMAGED, damaged),
        (FindingKind.MISSING, gone),
        (FindingKind.STRANGE, str(folder / "note.txt")),
    }
    assert all(one.message.endswith("。") for one in vault.scrub([damaged, gone, sound]))


def test_what_an_interrupted_upload_left_is_swept_after_a_day_and_never_handed_out(vault, folder):
    vault.keep(LEDGER)
    fresh, stale = folder / ".incoming" / "fresh", folder / ".incoming" / "stale"
    for path in (fresh, stale):
        path.write_bytes(b"half")
    os.utime(stale, (0, 0))
    assert list(vault.scrub()) == []
    assert fresh.exists()
    assert not stale.exists()


def test_a_write_that_fails_leaves_nothing_under_the_address(vault, folder):
    """The folder is a file here, as after a bad restore: keeping fails loudly and nothing half-written stays."""
    digest = sha256(LEDGER).hexdigest()
    folder.mkdir(parents=True)
    (folder / digest[:2]).write_bytes(b"")
    with pytest.raises(OSError, match=r"exists|directory"):
        vault.keep(LEDGER)
    assert [path.name for path in files(folder)] == [digest[:2]]
