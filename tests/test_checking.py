"""report/checking.py, writing.py, outputs.py: one's own cells are shown, or refused early."""

import base64
import io
import time

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from pypdf import PdfReader
from tiny_notebooks import write_notebook

from report.checking import check_prose
from report.html import LabHTMLExporter
from report.parameters import ParameterError, find_notebooks
from report.pdf import LabPDFExporter


@pytest.fixture(scope="module")
def png():
    """A blue picture of 300 by 120 points."""
    file = io.BytesIO()
    Image.new("RGB", (300, 120), "#3377aa").save(file, "PNG")
    return file.getvalue()


def in_base64(data):
    return base64.b64encode(data).decode()


@pytest.fixture
def shown(tmp_path):
    """The page and the PDF of some cells, of a notebook in tmp_path."""

    def shown(*cells):
        notebook = new_notebook(cells=list(cells), metadata={"language_info": {"name": "python"}})
        resources = {"metadata": {"path": str(tmp_path), "name": "mine"}}
        html, _ = LabHTMLExporter(language="en").from_notebook_node(notebook, dict(resources))
        pdf, _ = LabPDFExporter(language="en").from_notebook_node(notebook, dict(resources))
        reader = PdfReader(io.BytesIO(pdf))
        pictures = [image for page in reader.pages for image in page.images]
        text = "\n".join(page.extract_text() for page in reader.pages)
        return BeautifulSoup(html, "html.parser").main, text, pictures

    return shown


WRITTEN = r"""
![image.png](attachment:image.png)

<img src="my plot.png" width="150" alt="a plot">

Line<br>break, \eqref{eq:a}, $\eqref{eq:b}$ and \ref{eq:c}; a note[^n].

\begin{equation}\label{eq:a} E = mc^2 \end{equation}

\begin{align}
a &= b \label{eq:b} \\
d &= e
\end{align}

$$ x = y \tag{A} \label{eq:c} $$

[^n]: The text of the note.
"""


def test_pictures_equations_and_footnotes_are_in_the_page_and_in_the_pdf(shown, png, tmp_path):
    Image.new("RGB", (200, 100), "#aa3377").save(tmp_path / "my plot.png")
    page, text, pictures = shown(
        new_markdown_cell(WRITTEN, attachments={"image.png": {"image/png": in_base64(png)}})
    )
    assert [(image["src"][:15], image.get("width")) for image in page("img")] == [
        ("data:image/png;", None),
        ("data:image/png;", "150"),
    ]
    assert len(pictures) == 2
    for said in (page.text, text):
        line = " ".join(said.split())
        assert (
            "break, (1), (2) and A; a note" in line
            and "The text of the note." in line
            and "[^n]" not in line
        )
    assert len(page("math")) == 3 and "begin{" not in text and page.br


def test_the_result_of_a_cell_is_in_the_page_and_in_the_pdf_and_runs_nothing(shown, png):
    table = (
        "<style>td {color: "
        "red}</style><table><tr><th>network</th></tr><tr><td>GRU</td></tr></table>"
    )
    evil = (
        '<script>alert(1)</script><b onclick="x()">b</b><img '
        'src="http://x/y.png"><iframe src="z"></iframe>'
    )
    results = [{"text/plain": "42"}, {"text/html": table + evil, "text/plain": "frame"}]
    results += [
        {"image/png": in_base64(png), "text/plain": "<Figure>"},
        {"image/png": "aGVsbG8=", "text/plain": "bad"},
    ]
    outputs = [new_output("execute_result", data, execution_count=1) for data in results]
    page, text, pictures = shown(*(new_code_cell("x", outputs=[output]) for output in outputs))
    for said in (page.text, text):
        assert all(word in said for word in ("42", "network", "GRU", "bad")) and "color" not in said
    assert len(pictures) == 1 and len(page("img")) == 1
    assert not page(["script", "iframe"]) and not page.b.attrs


def test_long_outputs_are_shortened_and_cost_little(shown):
    lines = "".join(f"line {k}\n" for k in range(200_000))
    outputs = [
        new_output("stream", text=lines),
        new_output("display_data", {"text/plain": "x" * 5_000_000}),
    ]
    began = time.process_time()  # whatever else the machine does
    page, text, _ = shown(*(new_code_cell("x", outputs=[output]) for output in outputs))
    assert time.process_time() - began < 30
    assert (
        "199,950 lines left out" in text
        and "4,998,000 characters of this line left out" in page.text
    )
    for said in (page.text, text):
        assert "line 0" in said and "line 199999" in said and "line 100000" not in said


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("![x](gone.png)", r"gone\.png: no such picture beside"),
        ("![x](attachment:gone.png)", "no such picture attached"),
        ("![x](broken.png)", r"broken\.png: cannot be read"),
        ("![x](https://example.org/a.png)", "loads nothing from outside"),
        (r"$\nosuchcommand{x}$", "nosuchcommand"),
        (r"\begin{tabular}{c}1\end{tabular}", "tabular"),
        (r"see \eqref{eq:none}", "no equation has this"),
        ("[Figure](#fig-none)", "no figure or table has this id"),
        ("<u>x</u>", "<u>"),
    ],
)
def test_what_no_report_could_show_is_refused_with_notebook_and_cell(tmp_path, written, problem):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    write_notebook(tmp_path / "1_rnn.ipynb", "steps: int = 3", 'page.show("fig_curves")')
    (book,) = find_notebooks(tmp_path)
    fine = "`<u>`, a < b, [Figure](#fig-curves-rnn), $x$"
    book.content.cells += [
        new_markdown_cell(fine),
        new_markdown_cell(written),
        new_markdown_cell("fine"),
    ]
    with pytest.raises(ParameterError, match=rf"1_rnn\.ipynb, cell 5: .*{problem}"):
        check_prose([book])
    del book.content.cells[-2]
    check_prose([book])
