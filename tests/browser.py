"""A real browser for the tests: Debian's Chromium through Playwright, cut off from the network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: install Debian's `chromium`")


@contextmanager
def open_page(path: Path, fragment: str = "", **context: object) -> Iterator[Page]:
    """The file in a fresh browser; `page.requests` and `page.messages` hold what it asked for and what it said.

    `context` goes to Playwright's new_context: locale, color_scheme, viewport, java_script_enabled.
    """
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_context(**{"locale": "en-GB", "offline": True, **context}).new_page()
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url))
        page.on("console", lambda message: page.messages.append(message.text))
        page.on("pageerror", lambda error: page.messages.append(str(error)))
        page.goto(path.absolute().as_uri() + fragment)
        yield page
        browser.close()
