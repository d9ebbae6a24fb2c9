"""report/lab.py: working copies in one language, safe changes, and a report made from them."""

import json
import os
import shutil
from urllib.request import urlopen

import nbformat
import pytest
from click.testing import CliRunner
from lab_server import copy_checkout, make_lab
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebooks import NOTEBOOKS
from report import lab
from report.parameters import ParameterError, find_notebooks

PARAMETERS = 'steps: int = 3\nlanguage: str = ""  # "zh", "en", or "" for both\ndata_dir: str = ""'


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a notebook that has prose in two languages and a hidden cell."""
    cells = [new_markdown_cell(f"# {each}", metadata={"tags": [each]}) for each in ("zh", "en")]
    cells += [
        new_markdown_cell("$x$"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
    ]
    cells += [
        new_code_cell("plot()", metadata={"tags": ["hide-input"]}),
        new_code_cell('language = ""'),
    ]
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=cells), tmp_path / "notebooks" / "1_rnn.ipynb")
    return tmp_path


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def write_copies(checkout, language):
    return lab.write_copies(checkout / "lab", language, checkout=checkout)


def taken(checkout):
    """What a report of the lab's copies says that it takes."""
    return lab.with_own(find_notebooks(checkout / "notebooks"), checkout=checkout)[1]


def test_a_copy_speaks_one_language(checkout):
    folder = checkout / "lab"
    assert write_copies(checkout, "en") == []
    said = PARAMETERS.replace('str = ""  #', 'str = "en"  #')
    assert sources(folder / "1_rnn.ipynb") == ["# en", "$x$", said, "plot()", 'language = ""']
    assert (folder / "start.md").read_text("utf-8").startswith("# Start here")
    lab.write_copies(folder / "both", "", checkout=checkout)
    assert sources(folder / "both" / "1_rnn.ipynb")[:4] == ["# zh", "# en", "$x$", PARAMETERS]


def test_a_changed_copy_is_kept_and_an_unchanged_one_renewed(checkout):
    copy, source = (checkout / place / "1_rnn.ipynb" for place in ("lab", "notebooks"))
    write_copies(checkout, "en")
    source.write_text(source.read_text().replace("plot()", "draw()"))
    assert write_copies(checkout, "en") == [] and "draw()" in copy.read_text()
    copy.write_text(mine := copy.read_text().replace("draw()", "mine()"))
    source.write_text(source.read_text().replace("draw()", "paint()"))
    for _ in range(2):
        assert write_copies(checkout, "en") == [copy.name] and copy.read_text() == mine
    copy.unlink()
    assert write_copies(checkout, "en") == [] and "paint()" in copy.read_text()


def test_opening_and_running_a_copy_does_not_change_it(checkout):
    copy, source = (checkout / place / "1_rnn.ipynb" for place in ("lab", "notebooks"))
    write_copies(checkout, "zh")
    run = nbformat.read(copy, as_version=4)
    run.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "name": "python3"}
    run.cells[-1].outputs = [new_output("stream", text="run by hand")]
    nbformat.write(run, copy)
    assert write_copies(checkout, "zh") == [] and "run by hand" in copy.read_text()
    assert taken(checkout).startswith("from lab/: nothing")
    source.write_text(source.read_text().replace("plot()", "draw()"))
    # old, not changed
    assert taken(checkout).startswith("from lab/: nothing")
    assert write_copies(checkout, "zh") == [] and "draw()" in copy.read_text()
    start = checkout / "lab" / lab.START
    start.write_text("my remarks")
    write_copies(checkout, "en")
    assert start.read_text() == "my remarks"


def test_a_report_takes_what_was_changed_and_has_the_prose_of_both_languages(checkout):
    (shipped,) = find_notebooks(checkout / "notebooks")
    folder = checkout / "lab"
    with pytest.raises(ParameterError, match="make lab"):
        lab.with_own([shipped], checkout=checkout)
    write_copies(checkout, "zh")
    copy = folder / "1_rnn.ipynb"
    changed = nbformat.read(copy, as_version=4)
    changed.cells.insert(1, new_markdown_cell("mine"))
    nbformat.write(changed, copy)
    nbformat.write(changed, folder / "1_rnn-Copy1.ipynb")
    (book,), line = lab.with_own([shipped], checkout=checkout)
    assert book.path == copy and line.startswith("from lab/: 1_rnn.ipynb") and "1_rnn-Copy1" in line
    assert [cell.source for cell in book.content.cells][:4] == ["# zh", "# en", "mine", "$x$"]


def test_jupyterlab_opens_on_the_copies_with_its_own_options(checkout, monkeypatch):
    opened = []
    monkeypatch.setattr(os, "execv", lambda program, words: opened.append(words[1:]))
    result = CliRunner().invoke(
        lab.main, ["--lang", "zh", "--no-browser", "--port=9999"], obj=checkout
    )
    assert result.exit_code == 0, result.output
    directory = f"--notebook-dir={checkout / 'lab'}"
    start = "--LabApp.default_url=/lab/tree/start.md"
    assert opened == [["-m", "jupyterlab", directory, start, "--no-browser", "--port=9999"]]
    assert (checkout / "lab" / "1_rnn.ipynb").exists()
    # as README gives it, too
    assert CliRunner().invoke(lab.main, obj=checkout).exit_code == 0 and len(opened) == 2


@pytest.mark.parametrize("words", ["", "--lang en"])
@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_lab_starts_as_readme_shows_and_asks_for_no_news(tmp_path, words):
    copy_checkout(tmp_path)
    with make_lab(tmp_path, words) as address:

        def read(path: str) -> dict:
            with urlopen(f"{address}/{path}") as answer:
                return json.loads(answer.read())

        files = [file["name"] for file in read("api/contents")["content"]]
        settings = read("lab/api/settings/@jupyterlab/apputils-extension:notification")
    assert sorted(files) == sorted([*(path.name for path in NOTEBOOKS.glob("*.ipynb")), lab.START])
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"
    start = (tmp_path / "lab" / lab.START).read_text("utf-8")
    assert "# Start here" in start and ("# 从这里开始" in start) == (not words)
