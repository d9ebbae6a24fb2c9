"""report/lab.py: working copies in one language, and a person's changes are safe."""

import os

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from report import lab

PARAMETERS = 'steps: int = 3\nlanguage: str = ""  # "zh", "en", or "" for both\ndata_dir: str = ""'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the copies of the one notebook go, which has prose in two languages and a hidden cell."""
    cells = [new_markdown_cell(f"# {each}", metadata={"tags": [each]}) for each in ("zh", "en")]
    cells += [new_markdown_cell("$x$"), new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})]
    cells += [new_code_cell("plot()", metadata={"tags": ["hide-input"]}), new_code_cell('language = ""')]
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=cells), tmp_path / "notebooks" / "1_rnn.ipynb")
    monkeypatch.setattr(lab, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(lab, "BUILD", tmp_path / "build")
    return tmp_path / "build" / "lab"


def test_a_copy_speaks_one_language(folder):
    assert lab.write_copies(folder, "en") == []
    cells = nbformat.read(folder / "1_rnn.ipynb", as_version=4).cells
    sources = [cell.source for cell in cells]
    assert sources == ["# en", "$x$", PARAMETERS.replace('str = ""  #', 'str = "en"  #'), "plot()", 'language = ""']
    lab.write_copies(folder / "both", "")
    both = nbformat.read(folder / "both" / "1_rnn.ipynb", as_version=4).cells
    assert [cell.source for cell in both][:4] == ["# zh", "# en", "$x$", PARAMETERS]


def test_a_changed_copy_is_kept_and_an_unchanged_one_renewed(folder):
    copy, source = folder / "1_rnn.ipynb", lab.NOTEBOOKS / "1_rnn.ipynb"
    lab.write_copies(folder, "en")
    source.write_text(source.read_text().replace("plot()", "draw()"))
    assert lab.write_copies(folder, "en") == [] and "draw()" in copy.read_text()
    copy.write_text(mine := copy.read_text().replace("draw()", "mine()"))
    source.write_text(source.read_text().replace("draw()", "paint()"))
    for _ in range(2):
        assert lab.write_copies(folder, "en") == [copy] and copy.read_text() == mine
    copy.unlink()
    assert lab.write_copies(folder, "en") == [] and "paint()" in copy.read_text()


def test_jupyterlab_opens_on_the_copies_with_its_own_options(folder, monkeypatch):
    opened = []
    monkeypatch.setattr(os, "execv", lambda program, words: opened.append(words[1:]))
    result = CliRunner().invoke(lab.main, ["--lang", "zh", "--no-browser", "--port=9999"])
    assert result.exit_code == 0, result.output
    directory = f"--notebook-dir={folder / 'zh'}"
    assert opened == [["-m", "jupyterlab", directory, "--no-browser", "--port=9999"]]
    assert (folder / "zh" / "1_rnn.ipynb").exists()
