"""A real JupyterLab in a real browser: what a student adds to a copy is in the report."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from browser import chromium, needs_chromium
from bs4 import BeautifulSoup
from lab_server import copy_checkout, make_lab
from PIL import Image
from pypdf import PdfReader
from real_commands import SMALL

pytestmark = [
    pytest.mark.slow,
    needs_chromium,
    pytest.mark.skipif(shutil.which("make") is None, reason="needs make"),
]
MINE = (
    "import matplotlib.pyplot as plt\n"
    "figure, axes = plt.subplots()\naxes.plot([1, 2])\naxes.set_title('drawn by me')\n"
    "plt.close(figure)\nfigure"
)
PASTE = """png => {
    const bytes = Uint8Array.from(atob(png), letter => letter.charCodeAt(0));
    const clipboard = new DataTransfer();
    clipboard.items.add(new File([bytes], "image.png", {type: "image/png"}));
    const detail = {clipboardData: clipboard, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", detail));
}"""


def screenshot() -> bytes:
    """A picture that no other part of a report looks like."""
    file = io.BytesIO()
    Image.new("RGB", (123, 45), (10, 200, 30)).save(file, "PNG")
    return file.getvalue()


def work_in_chapter_1(address: str) -> None:
    """Set the steps, run all, add a figure and a screenshot, save: with the mouse and the keys."""
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{address}/lab/tree/start.md")
        page.get_by_role("link", name="1 RNN").click()
        page.get_by_text("| Idle").wait_for()
        page.get_by_text("steps: int = ").first.click()
        page.keyboard.press("Home")
        page.keyboard.press("Shift+End")
        page.keyboard.type("steps: int = 500")
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        shown = page.locator(".jp-OutputArea-output")
        shown.get_by_text("saved in build/by_hand/1_rnn").wait_for()
        # below the last cell, where Run All Cells leaves the cursor
        for key in ("Escape", "b", "Enter"):
            page.keyboard.press(key)
        page.keyboard.insert_text(MINE)
        page.keyboard.press("Control+Enter")
        shown.locator("img[src^='data:image/png']").last.wait_for()
        for key in ("b", "m", "Enter"):
            page.keyboard.press(key)
        page.keyboard.insert_text("Seen by me: ")
        page.evaluate(PASTE, base64.b64encode(screenshot()).decode())
        page.get_by_text("attachment:").wait_for()
        page.keyboard.press("Control+Enter")
        page.keyboard.press("Control+s")
        page.get_by_text("Saving completed").wait_for()


def test_what_a_student_adds_in_jupyterlab_is_in_the_page_and_in_the_pdf(few_names, tmp_path):
    copy_checkout(tmp_path)
    with make_lab(tmp_path, "--lang en") as address:
        work_in_chapter_1(address)
    written = nbformat.read(tmp_path / "lab" / "1_rnn.ipynb", as_version=4)
    assert [cell.source for cell in written.cells][-2] == MINE
    by_hand = json.loads((tmp_path / "build" / "by_hand" / "1_rnn" / "results.json").read_bytes())
    assert by_hand["recipes"]["original"]["steps"] == 500
    words = ["-m", "report", "--lab", "--quick", "--lang", "en", "--data", str(few_names), *SMALL]
    command = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert command.returncode == 0 and "from lab/: 1_rnn.ipynb" in command.stderr, command.stderr
    html = BeautifulSoup((tmp_path / "build" / "report.html").read_text("utf-8"), "html.parser")
    taken = [base64.b64decode(image["src"].partition(",")[2]) for image in html("img")]
    pdf = PdfReader(tmp_path / "build" / "report.pdf")
    printed = {image.image.size for page in pdf.pages for image in page.images}
    assert screenshot() in taken and "Seen by me" in html.text
    assert "Seen by me" in "".join(page.extract_text() for page in pdf.pages)
    (drawn,) = written.cells[-2].outputs
    size = Image.open(io.BytesIO(base64.b64decode(drawn.data["image/png"]))).size
    assert size in {Image.open(io.BytesIO(picture)).size for picture in taken}
    assert {size, (123, 45)} <= printed
