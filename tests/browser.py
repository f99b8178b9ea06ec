"""Chromium for the tests of pages, and the reason to skip where there is none."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def chromium() -> str:
    """Its program; skips where there is none, and fails where REQUIRE_BROWSER is set."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    reason = "no Chromium here: apt-get install chromium"
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def started() -> Iterator[object]:
    """A headless browser of Playwright's."""
    program = chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright (dev)")
    with playwright.sync_playwright() as manager:
        # Root, as in containers, has no sandbox of Chromium's; the pages are this test's own.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = manager.chromium.launch(executable_path=program, args=options)
        try:
            yield browser
        finally:
            browser.close()
