"""What the page and the PDFs have in common, tried on each."""

import io
import re
import subprocess
import sys
import unicodedata
from functools import partial

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_notebook
from pypdf import PdfReader
from sample import HOSTILE, LAB, sample, twins

from report.html import LabHTMLExporter
from report.pdf import LabPDFExporter

EXPORTERS = {
    "html": LabHTMLExporter,
    "zh": partial(LabPDFExporter, language="zh"),
    "en": partial(LabPDFExporter, language="en"),
}


@pytest.fixture(params=EXPORTERS, scope="module")
def form(request):
    return request.param


def render(form, notebook):
    """The title of the document, and all its text without white space, letters in plain forms."""
    made, _ = EXPORTERS[form]().from_notebook_node(notebook)
    if form == "html":
        page = BeautifulSoup(made, "html.parser")
        title, text = page.title.text, page.main.text
    else:
        report = PdfReader(io.BytesIO(made))
        title, text = report.metadata.title, "".join(page.extract_text() for page in report.pages)
    return title, plain(text)


def plain(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def test_title_block_and_how_this_was_made(form):
    _title, text = render(form, sample())
    language = "zh" if form == "html" else form
    facts = [LAB[name] for name in ("author", "student_id", "date", "data", "fingerprint")]
    facts += [LAB["course"][language], LAB["title"][language]]
    first = text.partition("1.1")[0]
    assert all(plain(fact) in first for fact in facts)
    made = ["1_rnn60.2", "torch2.13.0", "python-mreport--datadata/names"]
    assert all(fact in text for fact in made)
    table = "learning_rate0.0050.08try_namesSatoshi,O'Brien–", 'data_dir""–layers–2'
    assert all(row in text for row in table)


def test_without_an_author_there_are_lines_to_write_on_but_not_if_anonymous(form):
    lines = {"en": "Name:__________StudentID:__________Class:"}
    to_write_on = lines.get(form, "姓名:__________学号:__________班级:")
    nobody = {"author": "", "student_id": ""}
    assert to_write_on in render(form, sample(**nobody))[1]
    _title, text = render(form, sample(**nobody, date="", anonymous=True))
    assert plain(LAB["data"]) in text and not any(
        word in text for word in ("姓名", "Name:", "____")
    )


def test_hostile_metadata_and_markdown_show_as_text(form):
    names = ("author", "student_id", "course", "data", "date", "fingerprint", "command")
    fields = dict.fromkeys(names, HOSTILE)
    fields["title"] = {"zh": HOSTILE, "en": HOSTILE}
    notebook = sample(parameters={HOSTILE: {HOSTILE: HOSTILE}}, **fields)
    notebook.cells += twins("文 <script>alert(1)</script>", "text <script>alert(1)</script>")
    title, text = render(form, notebook)
    assert title == HOSTILE and text.count(plain(HOSTILE)) >= len(fields) + 3
    assert "<script>alert(1)</script>" in text.replace(plain(HOSTILE), "")


@pytest.mark.parametrize(
    "lab",
    [
        {"date": "2026"},
        {"title": "T"},
        {"title": {"zh": "甲", "en": "A"}, "seconds": {}, "author": ""},
    ],
)
def test_any_part_of_the_metadata_may_be_missing(form, lab):
    notebook = new_notebook(cells=twins("# 甲", "# A"), metadata={"lab": lab})
    made = {"html": "A.1复现方法", "zh": "A.1复现方法", "en": "A.1Howthisreportwasmade"}[form]
    assert made in render(form, notebook)[1]


def test_same_notebook_same_bytes(form):
    first, again = (EXPORTERS[form]().from_notebook_node(sample())[0] for _ in range(2))
    assert first == again


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_nbconvert_finds_the_exporter_for_a_notebook_by_itself(tmp_path, kind):
    nbformat.write(new_notebook(cells=sample().cells[:15]), tmp_path / "x.ipynb")
    command = [sys.executable, "-m", "nbconvert", "--to", f"lab_{kind}", str(tmp_path / "x.ipynb")]
    subprocess.run(command, check=True, capture_output=True)
    made = (tmp_path / f"x.{kind}").read_bytes()
    if kind == "html":
        page = BeautifulSoup(made, "html.parser")
        assert page.title.text == "x" and page.select_one("h1#zh-1")
        assert not page.select("#zh-A, .title")
    else:
        assert PdfReader(io.BytesIO(made)).metadata.title == "x"
    assert {path.name for path in tmp_path.iterdir()} == {"x.ipynb", f"x.{kind}"}
