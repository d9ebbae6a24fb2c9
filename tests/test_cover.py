"""report/cover.py: a class's own logo and assignment, in the page and the PDFs, or refused."""

import io

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_notebook
from PIL import Image
from pypdf import PdfReader
from sample import twins

from report.cover import read_assignment, read_logo
from report.parameters import ParameterError
from report.stitch import Form, render

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><path d="M0 0h9v9z"/></svg>'
ASSIGNMENT = """# Assignment of week 7

Train all three networks, $h_t = 0$. ![A drawing](drawing.png "80")

```
# not a heading
```
"""


def write_files(folder):
    for name, colour in (("own.png", "red"), ("drawing.png", "blue")):
        Image.new("RGB", (40, 20), colour).save(folder / name)
    (folder / "own.svg").write_text(SVG)
    (folder / "week7.md").write_text(ASSIGNMENT, encoding="utf-8")


@pytest.mark.parametrize("name", ["own.png", "own.svg"])
def test_logo_and_assignment_are_in_the_page_and_in_the_pdf(tmp_path, name):
    write_files(tmp_path)
    lab = {"title": "T", "logo": read_logo(tmp_path / name), "data": "names"}
    lab["assignment"] = read_assignment(tmp_path / "week7.md")
    notebook = new_notebook(cells=twins("# 一", "# One"), metadata={"lab": lab})
    files, _ = render(notebook, Form("en"), None)
    page = BeautifulSoup(files["report.html"], "html.parser")
    assert page.select_one(".title img")["src"].startswith("data:image/")
    assert not page.find(string="Aims") and len(page.select("img[alt='A drawing']")) == 2
    assert [each.text for each in page.select("h4")] == ["Assignment of week 7"] * 2
    pages = PdfReader(io.BytesIO(files["report.en.pdf"])).pages
    printed = "".join(each.extract_text() for each in pages)
    assert "Assignment of week 7" in printed and "Aims" not in printed
    assert "# not a heading" in printed
    assert len(pages[0].images) == 1 + (name == "own.png")  # the SVG is drawn


@pytest.mark.parametrize("data", [b"", b"<svg", b"\x89PNG\r\n", b"GIF89a"])
@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.gif"])
def test_a_logo_that_cannot_be_drawn_is_refused_before_anything_runs(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ParameterError, match=r"--logo .*give a PNG or SVG file"):
        read_logo(tmp_path / name)
