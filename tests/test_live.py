"""The live figure: where it stands, and that it reads and computes as Python does."""

import io
import json

import pytest
from browser import needs_chromium, open_page
from bs4 import BeautifulSoup
from live_runs import ODD, assert_answers_are_pytorchs
from pypdf import PdfReader
from sample import sample

from namelib.runs import RunError
from namelib.spelling import fold, normalise
from report.html import LabHTMLExporter
from report.live import folded, live_figure
from report.pdf import LabPDFExporter


@needs_chromium
def test_every_number_is_pytorchs_at_other_sizes_too(browser, live_pages):
    page = open_page(browser, live_pages / "odd.html")
    assert_answers_are_pytorchs(page, live_pages / "odd", ODD)


@needs_chromium
def test_every_symbol_of_unicode_is_folded_as_in_python(browser, live_pages):
    theirs = json.loads(
        open_page(browser, live_pages / "odd.html").evaluate(
            """() => {
            const kept = {};
            for (let code = 0; code < 0x110000; code++) {
                if (code >= 0xd800 && code < 0xe000) continue;
                const read = window.lab.live.normalise(`a${String.fromCodePoint(code)}a`);
                if (read !== "Aa") kept[code] = read;
            }
            return JSON.stringify(kept);
        }"""
        )
    )
    theirs = {int(code): read for code, read in theirs.items()}
    assert theirs == {code: normalise(f"a{chr(code)}a") for code in theirs}
    assert {code for code in map(ord, folded()) if fold(f"a{chr(code)}a") != "aa"} <= set(theirs)
    assert {"ł", "ß", "ф", "ω", "א", "か", "ﾀ", "Ｓ", "’", "-"} <= set(map(chr, theirs))


def test_it_stands_after_the_summary(live_pages):
    notebook = sample(live=str(live_pages / "trained"))
    html, _ = LabHTMLExporter().from_notebook_node(notebook)
    assert BeautifulSoup(html, "html.parser").select_one("section.summary + figure.live + nav")
    assert str(live_pages) not in html


def test_without_runs_there_is_no_figure_and_no_script():
    html, _ = LabHTMLExporter().from_notebook_node(sample())
    assert "live" not in BeautifulSoup(html, "html.parser").select_one("main").text
    assert "window.lab" not in html and "figure.live" not in html


def test_the_pdf_leaves_it_out(live_pages):
    texts = []
    for notebook in (sample(), sample(live=str(live_pages / "trained"))):
        pdf, _ = LabPDFExporter(language="en").from_notebook_node(notebook)
        texts.append([page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages])
    assert texts[0] == texts[1] and len(texts[0]) > 2


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(RunError, match=r"results\.json: no finished run;"):
        live_figure(tmp_path)
