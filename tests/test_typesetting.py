"""report/pdf.py and lab.typ: pages that stay full by a plain rule, and errors that say where."""

import io

import pytest
from nbconvert.utils.exceptions import ConversionException
from nbformat.v4 import new_notebook
from pypdf import PdfReader
from sample import captioned, code, twins

from report.pdf import LabPDFExporter, compile_pdf

REPORT = {"language": "en", "lab": {}, "title": "T", "words": {}}
LINE = "The network reads a name letter by letter and keeps what it has read in its hidden state. "


def notebook_with_figure(before, after=30, height=500):
    """A chapter: so many lines, a figure, and lines after it."""
    size = f'width="400" height="{height}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size}/></svg>'
    figure = code(
        "draw()", "hide-input", outputs=captioned("image/svg+xml", "fig-a", ("甲", "A"), (svg, svg))
    )
    lines = [cell for _ in range(before) for cell in twins("行", LINE)]
    section = [*twins("## 乙", "## Section"), figure, *twins("尾", LINE * after)]
    return new_notebook(cells=[*twins("# 甲", "# Chapter"), *lines, *section])


def read(notebook):
    return PdfReader(io.BytesIO(LabPDFExporter(language="en").from_notebook_node(notebook)[0]))


def pages_of(notebook):
    return [page.extract_text() for page in read(notebook).pages]


@pytest.mark.parametrize("before", [5, 26, 31, 36])
def test_a_figure_floats_and_the_text_goes_on(before):
    pages = pages_of(notebook_with_figure(before))
    (number,) = [k for k, page in enumerate(pages) if "Figure\xa01" in page]
    # of the chapter, its last page apart
    full = [page.count("network reads") for page in pages[1:-1]]
    assert number >= 1 and all(lines > 15 for lines in full)


@pytest.mark.parametrize("height", [100, 500, 4000])
def test_a_picture_of_any_height_has_its_place_on_one_page(height):
    pages = pages_of(notebook_with_figure(before=0, after=1, height=height))
    assert len(pages) == 2 and "Figure\xa01" in pages[1]  # after that of the contents


def test_images_are_found_and_an_error_says_where():
    source = '#import "lab.typ": *\n#show: lab-report\n#image("a/b.svg")'
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    assert compile_pdf(source, REPORT, {"a/b.svg": svg}).startswith(b"%PDF")
    with pytest.raises(ConversionException, match=r"(?s)b\.svg.*report\.typ:3"):
        compile_pdf(source, REPORT, {})
