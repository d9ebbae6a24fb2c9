"""A real browser for the tests: Debian's Chromium through Playwright, cut off from the network."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH: install Debian's `chromium`")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that closes at the end."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def open_page(browser: Browser, path: Path, fragment: str = "", before: str = "", **context: object) -> Page:
    """The file in a fresh profile; `page.requests` and `page.messages` hold what it asked for and what it said.

    `before` is a script to run first; `context` goes to Playwright (locale, color_scheme, viewport ...).
    """
    page = browser.new_context(**{"locale": "en-GB", "offline": True, **context}).new_page()
    page.requests, page.messages = [], []
    page.on("request", lambda request: page.requests.append(request.url))
    page.on("console", lambda message: page.messages.append(message.text))
    page.on("pageerror", lambda error: page.messages.append(str(error)))
    page.on("dialog", lambda dialog: (page.messages.append(dialog.message), dialog.dismiss()))
    if before:
        page.add_init_script(before)
    page.goto(path.absolute().as_uri() + fragment)
    return page
