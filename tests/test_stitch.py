"""report/stitch.py: one valid notebook of many, and its files."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from report import stitch as module
from report.outputs import tidy
from report.stitch import Form, render, stitch


@pytest.fixture
def executed(tmp_path):
    """Two executed notebooks with the same cell ids."""
    paths = []
    for name in ("1_rnn", "2_lstm"):
        output = new_output(
            "display_data", {"text/markdown": f"of {name}"}, metadata={"lang": "zh"}
        )
        cells = [
            new_markdown_cell(
                f"# {name}",
                id="same",
                metadata={"tags": ["zh"], "papermill": {"status": "completed"}},
            ),
            new_code_cell("1", id="other", outputs=[output], execution_count=1),
        ]
        paths.append(tmp_path / f"{name}.ipynb")
        nbformat.write(
            new_notebook(cells=cells, metadata={"language_info": {"name": "python"}}), paths[-1]
        )
    return paths


def test_chapters_stand_in_order_in_one_valid_notebook_with_the_facts_of_the_run(executed):
    whole = stitch(executed, {"author": "A"})
    nbformat.validate(whole)
    assert [(cell.id, cell.source) for cell in whole.cells] == [
        ("1-0", "# 1_rnn"),
        ("1-1", "1"),
        ("2-0", "# 2_lstm"),
        ("2-1", "1"),
    ]
    assert whole.cells[0].metadata == {"tags": ["zh"]}
    (output,) = whole.cells[3].outputs
    assert (output.data, output.metadata) == ({"text/markdown": "of 2_lstm"}, {"lang": "zh"})
    assert whole.metadata["language_info"]["name"] == "python"
    assert whole.metadata["lab"]["author"] == "A" and set(whole.metadata["lab"]["title"]) == {
        "zh",
        "en",
    }


def test_a_result_that_nothing_can_draw_is_named(executed, capsys):
    notebook = nbformat.read(executed[1], as_version=4)
    for kind in ("image/svg+xml", "image/png"):
        result = new_output("execute_result", {kind: "<svg "}, execution_count=7)
        notebook.cells.append(new_code_cell("x", outputs=[result], execution_count=7))
    path = executed[1].with_name("2_lstm") / "notebook.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    whole = stitch([executed[0], path], {})
    said = capsys.readouterr().err.splitlines()
    assert [line.partition(",")[0] for line in said] == ["2_lstm", "2_lstm"]
    assert "cell [7]: its image/svg+xml cannot be read" in said[0] and "image/png" in said[1]
    for cell in whole.cells[-2:]:
        tidy(cell.outputs[0], "", "")
        assert list(cell.outputs[0].data) == ["text/plain"]


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


@pytest.mark.parametrize(
    ("language", "pdf"), [("", b"pdf zh 4"), ("zh", b"pdf zh 4"), ("en", b"pdf en 4")]
)
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
    files, _ = render(
        stitch(executed, {"author": "A"}), Form("zh", code=True, notebook=True), executed[0].parent
    )
    assert files["report.pdf"] == b"pdf zh code 4" and files["report.html"] == b"html zh 4"
    notebook = nbformat.reads(files["report.ipynb"].decode(), as_version=4)
    # no path of this machine
    assert len(notebook.cells) == 4 and "live" not in notebook.metadata["lab"]


PAGE = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from sample import sample
from report.stitch import Form, render
files, _ = render(sample(), Form(), None)
print({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
"""


def test_a_users_configuration_and_templates_of_jupyter_change_nothing(tmp_path):
    configured, here = tmp_path / "config", Path(__file__).parent
    configured.mkdir()
    settings = "c.TemplateExporter.exclude_input = True\nc.HTMLExporter.theme = 'dark'\n"
    settings += "c.NbConvertBase.display_data_priority = ['text/plain']\n"
    for name in ("jupyter_nbconvert_config.py", "jupyter_config.py", "ipython_config.py"):
        (configured / name).write_text(settings)
    for name in ("base", "lab", "lab_html", "lab_pdf"):
        template = tmp_path / "share" / "nbconvert" / "templates" / name / "index.html.j2"
        template.parent.mkdir(parents=True)
        for file in (template, template.with_name("index.md.j2"), template.with_name("base.j2")):
            file.write_text("mine")
    users = {"JUPYTER_CONFIG_DIR": str(configured), "IPYTHONDIR": str(configured)}
    users |= {"JUPYTER_PATH": str(tmp_path / "share"), "MATPLOTLIBRC": str(configured)}
    made = [
        subprocess.run(
            [sys.executable, "-c", PAGE, str(here)],
            env=os.environ | {"PYTHONPATH": str(here.parent)} | variables,
            cwd=configured,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for variables in ({}, users)
    ]
    assert made[0] == made[1] and "report.html" in made[0]
