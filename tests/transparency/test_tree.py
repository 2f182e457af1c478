"""The tree hash is RFC 6962's, and commitments hide and bind."""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from villagehub.kernel.canonical import canonical
from villagehub.transparency.commitments import commitment, fields_root, seal
from villagehub.transparency.tree import leaf_hash, root_of

# The reference values of RFC 6962 test vectors (certificate-transparency's merkletree tests): leaves and roots of sizes 1-8.
LEAVES = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 §2.1 as it is written: split at the largest power of two below n."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return sha256(b"\x01" + naive_root(hashes[:split]) + naive_root(hashes[split:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_published_vectors(size: int) -> None:
    assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert root_of([]) == sha256(b"").digest()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_the_root_is_the_recursive_definition(hashes: list[bytes]) -> None:
    assert root_of(hashes) == naive_root(hashes)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=40))
def test_anyone_with_value_and_salt_can_recompute_a_commitment(value: str) -> None:
    sealed = seal("summary", value)
    as_kept = sealed.as_json()
    salt = base64.b64decode(as_kept["salt"])
    again = sha256(b"vh-field-v1\x00" + salt + canonical(["summary", as_kept["value"]])).digest()
    assert base64.b64decode(as_kept["commitment"]) == again == sealed.commitment


def test_equal_values_never_share_a_salt_or_a_commitment() -> None:
    first, second = seal("summary", "修渠"), seal("summary", "修渠")
    assert first.salt != second.salt
    assert first.commitment != second.commitment


def test_a_commitment_binds_to_the_fields_name() -> None:
    salt = bytes(16)
    assert commitment(salt, "summary", "修渠") != commitment(salt, "counterparty", "修渠")


def test_the_fields_root_does_not_depend_on_the_order_in_which_fields_were_written() -> None:
    one = {"b": bytes(32), "a": bytes([1]) * 32}
    other = {"a": bytes([1]) * 32, "b": bytes(32)}
    assert fields_root(one) == fields_root(other)
