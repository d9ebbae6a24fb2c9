import io

import numpy as np
import pytest
from nbformat.v4 import new_notebook
from PIL import Image
from pypdf import PdfReader
from sample import captioned, code, twins

from report import typesetting
from report.pdf import LabPDFExporter
from report.typesetting import TypesettingError, compile_pdf

REPORT = {"language": "en", "lab": {}, "title": "T", "words": {}}
LINE = "The network reads a name letter by letter and keeps what it has read in its hidden state. "


def notebook_with_figure(before, after=30, height=500):
    """A chapter: so many lines, a figure, and lines after it."""
    size = f'width="400" height="{height}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size}/></svg>'
    figure = code("draw()", "hide-input", outputs=captioned("image/svg+xml", "fig-a", ("甲", "A"), (svg, svg)))
    lines = [cell for _ in range(before) for cell in twins("行", LINE)]
    section = [*twins("## 乙", "## Section"), figure, *twins("尾", LINE * after)]
    return new_notebook(cells=[*twins("# 甲", "# Chapter"), *lines, *section])


def read(notebook):
    return PdfReader(io.BytesIO(LabPDFExporter(language="en").from_notebook_node(notebook)[0]))


def pages_of(notebook):
    return [page.extract_text() for page in read(notebook).pages]


def test_figure_that_fits_stands_where_it_is_written():
    first, *_ = pages_of(notebook_with_figure(before=5))
    assert first.index("Section") < first.index("Figure\xa01") and "The network" in first.partition("Figure\xa01")[2]


def test_figure_that_does_not_fit_floats_and_text_fills_the_page():
    first, second, *_ = pages_of(notebook_with_figure(before=20))
    assert "Section" in first and "The network" in first.partition("1.1")[2].partition("Section")[2]
    assert "Figure\xa01" in second and "Figure\xa01" not in first


def test_no_figure_floats_into_a_list():
    notebook = notebook_with_figure(before=20, after=1)
    items = "\n".join(f"- item {k}: {LINE * 2}" for k in range(10))
    notebook.cells += twins("- 项", items)
    first, second, *_ = pages_of(notebook)
    assert "Figure\xa01" in second and "item" not in first, "the list would begin on the page that the figure left"
    assert second.index("Figure\xa01") < second.index("item 0:") < second.index("item 9:")


def test_link_to_a_floating_figure_leads_to_where_it_stands():
    notebook = notebook_with_figure(before=20)
    notebook.cells[:0] = twins("见[图](#fig-a)", "See [Figure](#fig-a)")
    report = read(notebook)
    link = report.pages[0]["/Annots"][-1].get_object()  # behind those of the contents
    assert report.get_page_number(link["/Dest"].get_object()[0].get_object()) == 1


def test_figure_that_would_float_before_its_own_text_stays():
    notebook = notebook_with_figure(before=20, after=0)
    notebook.cells = notebook.cells[:-2]
    first, second, *_ = pages_of(notebook)
    assert "Section" not in first.partition("1.1 Section")[2]  # only in the contents
    assert second.index("Section") < second.index("Figure\xa01")


def test_end_of_text_ignores_the_page_number():
    page = np.full((300, 200), 255, dtype=np.uint8)
    page[30:90, 20:180] = 0
    page[290:295, 90:110] = 0
    file = io.BytesIO()
    Image.fromarray(page).save(file, "PNG")
    assert typesetting._end_of_text(file.getvalue()) == pytest.approx(0.3, abs=0.01)


def test_images_are_found_and_an_error_says_where():
    source = '#import "lab.typ": *\n#show: lab-report.with(false)\n#image("a/b.svg")'
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    assert compile_pdf(source, REPORT, {"a/b.svg": svg}).startswith(b"%PDF")
    with pytest.raises(TypesettingError, match=r"(?s)b\.svg.*report\.typ:3"):
        compile_pdf(source, REPORT, {})


def test_only_packaged_fonts_are_used():
    source = '#import "lab.typ": *\n#show: lab-report.with(false)\nNames 姓氏 `code`'
    reader = PdfReader(io.BytesIO(compile_pdf(source, REPORT, {})))
    fonts = reader.pages[0]["/Resources"]["/Font"].values()
    names = {font.get_object()["/BaseFont"].partition("+")[2].partition("-")[0] for font in fonts}
    assert names == {"LibertinusSerif", "NotoSansCJKsc", "DejaVuSansMono"}


def place(name, page, y=0.5, written=None):
    return {"id": name, "page": page, "y": y, "written": written or page}


def test_figures_of_a_kind_do_not_overtake_one_that_floats():
    places = [place("fig-a", 3), place("tbl-b", 2), place("fig-c", 2), place("", 2), place("fig-d", 3)]
    assert typesetting._overtaking(places, {"fig-a"}) == {"fig-c"}
    assert typesetting._overtaking(places, {"fig-a", "fig-c"}) == set()


def test_first_figure_behind_a_gap_is_found_and_the_one_right_behind_it():
    places = [place("fig-a", 2, 0.1), place("fig-b", 2), place("", 3, 0.1), place("fig-c", 3, 0.15)]
    gap, full = 0.5, 0.9
    assert typesetting._moved(places, set(), set(), [gap, gap, full]) == "fig-a"
    assert typesetting._moved(places, {"fig-a"}, {"fig-a"}, [gap, gap, full]) == "fig-b"
    assert typesetting._moved(places, set(), {"fig-a"}, [gap, gap, full]) == "fig-c"
    assert typesetting._moved(places, set(), set(), [full, full, full]) == ""
