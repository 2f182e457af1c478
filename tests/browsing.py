"""One real browser for a whole test process. Playwright can be started once in it, so ``tests/conftest.py`` alone names it."""

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page


def chromium_path() -> str | None:
    """The browser named by VILLAGEHUB_TEST_CHROMIUM, else the one on the PATH."""
    return os.environ.get("VILLAGEHUB_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


CHROMIUM_WORDS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""The browser talks to nobody but the page's server."""


@pytest.fixture(scope="session")
def chromium() -> Iterator["Chromium"]:
    """One browser for the session; each person in a journey gets a context of their own. Skips where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: put it on the PATH or name it in VILLAGEHUB_TEST_CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_WORDS))
        yield browser
        browser.close()


def main_text(page: "Page") -> str:
    """What the page says once all of it is there: a click returns when the next page begins."""
    page.wait_for_load_state()
    return page.locator("main").inner_text()
