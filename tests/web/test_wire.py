"""Villagers' pages go over the line as gzip where the reader takes it, and as they are where not."""

import gzip

import pytest
from world import Browser, County


def words(page: str) -> str:
    """What the page says, without the nonce above and the reference number below."""
    return page.partition("<main")[2].partition("参考号")[0]


@pytest.mark.parametrize("path", ["/", "/v/990101100201?after=1", "/nothing/here"])
def test_live_pages_are_compressed_for_those_who_take_it(client: Browser, county: County, path: str) -> None:
    packed = client.get(path, headers={"Accept-Encoding": "gzip, deflate"})
    plain = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert words(gzip.decompress(packed.data).decode()) == words(plain.text)
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_pages_with_a_form_token_are_never_compressed(client: Browser, county: County) -> None:
    page = client.get("/login", headers={"Accept-Encoding": "gzip"})
    assert "csrf_token" in page.text
    assert "Content-Encoding" not in page.headers
