"""report/stitch.py: one valid notebook of many, and its files."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tiny_notebooks import write_notebook

from report import stitch as module
from report.stitch import Form, render, stitch


@pytest.fixture
def executed(tmp_path):
    """Two executed notebooks with the same cell ids."""
    paths = []
    for name in ("1_rnn", "2_lstm"):
        output = new_output("display_data", {"text/markdown": f"of {name}"}, metadata={"lang": "zh"})
        cells = [
            new_markdown_cell(f"# {name}", id="same", metadata={"tags": ["zh"], "papermill": {"status": "completed"}}),
            new_code_cell("1", id="other", outputs=[output], execution_count=1),
        ]
        paths.append(tmp_path / f"{name}.ipynb")
        nbformat.write(new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), paths[-1])
    return paths


def test_chapters_stand_in_order_with_tags_and_outputs(executed):
    whole = stitch(executed, {"author": "A"})
    assert [cell.source for cell in whole.cells] == ["# 1_rnn", "1", "# 2_lstm", "1"]
    assert whole.cells[0].metadata == {"tags": ["zh"]}
    assert whole.cells[3].outputs[0].data == {"text/markdown": "of 2_lstm"}
    assert whole.cells[3].outputs[0].metadata == {"lang": "zh"}


def test_cell_ids_are_unique_and_the_notebook_valid(executed):
    whole = stitch(executed, {})
    assert [cell.id for cell in whole.cells] == ["1-0", "1-1", "2-0", "2-1"]
    nbformat.validate(whole)
    assert whole.metadata["language_info"]["name"] == "python"


def test_the_facts_of_the_run_go_into_the_metadata(executed):
    lab = stitch(executed, {"author": "A", "seconds": {"1_rnn": 3.0}}).metadata["lab"]
    assert lab["author"] == "A"
    assert lab["seconds"] == {"1_rnn": 3.0}
    assert set(lab["title"]) == {"zh", "en"}


@pytest.fixture
def exporters(monkeypatch):
    """Exporters that say what they were asked for."""

    def fake(kind, encode):
        class Exporter:
            def __init__(self, language, code=False):
                self.language = language + " code" * code

            def from_notebook_node(self, notebook):
                return encode(f"{kind} {self.language} {len(notebook.cells)}"), {}

        return Exporter

    monkeypatch.setattr(module, "LabHTMLExporter", fake("html", str))
    monkeypatch.setattr(module, "LabPDFExporter", fake("pdf", str.encode))


@pytest.mark.parametrize(("language", "pdf"), [("", b"pdf zh 4"), ("zh", b"pdf zh 4"), ("en", b"pdf en 4")])
def test_every_report_is_made_in_its_language(executed, exporters, language, pdf):
    files, seconds = render(stitch(executed, {}), Form(language), None)
    assert files == {
        "report.html": f"html {language} 4".encode(),
        "report.zh.pdf": b"pdf zh 4",
        "report.en.pdf": b"pdf en 4",
        "report.pdf": pdf,
    }
    assert set(seconds) == {"html", "pdf"}


def test_code_goes_into_the_pdf_and_the_notebook_is_left_where_it_is_asked_for(executed, exporters):
    files, _ = render(stitch(executed, {"author": "A"}), Form("zh", code=True, notebook=True), executed[0].parent)
    assert files["report.pdf"] == b"pdf zh code 4" and files["report.html"] == b"html zh 4"
    notebook = nbformat.reads(files["report.ipynb"].decode(), as_version=4)
    assert len(notebook.cells) == 4 and "live" not in notebook.metadata["lab"]  # no path of this machine


def test_the_real_exporters_set_a_stitched_notebook(tmp_path):
    paths = [write_notebook(tmp_path / f"{name}.ipynb", "steps: int = 3") for name in ("1_rnn", "2_lstm")]
    facts = dict.fromkeys(("student_id", "course", "date", "data", "fingerprint", "command"), "?")
    facts |= {"author": "A. Uthor", "parameters": {"1_rnn": {"steps": 3}}, "versions": {}, "seconds": {"1_rnn": 3.0}}
    files, _ = render(stitch(paths, facts), Form("en"), None)
    page = files["report.html"].decode()
    assert "A. Uthor" in page and "2_lstm" in page
    assert files["report.pdf"].startswith(b"%PDF") and files["report.pdf"] == files["report.en.pdf"]
