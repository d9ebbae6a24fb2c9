"""A real browser for the tests: Chromium through Playwright, cut off from the network; axe-core."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on the PATH: install Debian's `chromium`"
)
AXE = "axe-core@4.14.1"
PHONE = {"viewport": {"width": 390, "height": 844}}
DESK = {"viewport": {"width": 1280, "height": 900}}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that closes at the end."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def open_page(
    browser: Browser, path: Path, fragment: str = "", before: str = "", **context: object
) -> Page:
    """The file in a fresh profile; `page.requests` and `page.messages`: what it asked for and said.

    `before` is a script to run first; `context` goes to Playwright (locale, color_scheme, viewport
    ...).
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


@cache
def axe_source() -> str:
    """axe-core, fetched once into build/ by npm; skips the test where that cannot be."""
    package = Path(__file__).parents[1] / "build" / "axe" / f"{AXE.replace('@', '-')}.tgz"
    if not package.exists():
        npm = shutil.which("npm")
        package.parent.mkdir(parents=True, exist_ok=True)
        # several test processes may fetch it at once
        with tempfile.TemporaryDirectory(dir=package.parent) as folder:
            if (
                not npm
                or subprocess.run([npm, "pack", AXE], cwd=folder, capture_output=True).returncode
            ):
                pytest.skip(f"no {AXE}: npm is not installed or the network is off")
            (Path(folder) / package.name).replace(package)
    with tarfile.open(package) as archive:
        return archive.extractfile("package/axe.min.js").read().decode()


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core has against the page: each rule with the first elements that break it."""
    page.evaluate(axe_source())
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
