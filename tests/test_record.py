"""report/record.py: a run counts as long as nothing that it depends on, and nothing that it left, has changed."""

import json

import pytest
from tiny_notebooks import write_notebook

from report import record
from report.parameters import read_notebook
from report.record import begin_record, end_record, fingerprint, is_current, read_record


@pytest.fixture
def book(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "SOURCES", tmp_path / "namelib")
    (tmp_path / "namelib" / "experiments").mkdir(parents=True)
    (tmp_path / "namelib" / "experiments" / "ladder.py").write_text("rungs = 9")
    return read_notebook(write_notebook(tmp_path / "1_rnn.ipynb", "steps: int = 3", "print(steps)"))


def made_from(book, parameters=None, data="abc", upstream=None):
    return fingerprint(book, parameters or {"steps": 3}, data, upstream or {})


def test_the_same_inputs_have_the_same_fingerprint(book):
    assert made_from(book) == made_from(book)


def test_where_a_notebook_runs_does_not_count(book):
    assert made_from(book) == made_from(book, {"steps": 3, "out_dir": "x", "runs_dir": "y", "workers": 8})


def test_outputs_saved_in_the_notebook_do_not_count(book):
    before = made_from(book)
    stored = json.loads(book.path.read_text())
    stored["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "3\n"}]
    book.path.write_text(json.dumps(stored))
    assert made_from(book) == before


def change_cell(book, monkeypatch):
    write_notebook(book.path, "steps: int = 3", "print(steps + 1)")
    return made_from(book)


def change_source(book, monkeypatch):
    (record.SOURCES / "experiments" / "ladder.py").write_text("rungs = 8")
    return made_from(book)


def add_source(book, monkeypatch):
    (record.SOURCES / "new.py").write_text("")
    return made_from(book)


def change_version(book, monkeypatch):
    monkeypatch.setattr(record, "versions", lambda: {"torch": "1.0"})
    return made_from(book)


@pytest.mark.parametrize(
    "changed",
    [
        change_cell,
        change_source,
        add_source,
        change_version,
        lambda book, _: made_from(book, {"steps": 4}),
        lambda book, _: made_from(book, data="abd"),
        lambda book, _: made_from(book, upstream={"1_rnn": {"results.json": "1"}}),
    ],
)
def test_every_input_counts(book, monkeypatch, changed):
    before = made_from(book)
    assert changed(book, monkeypatch) != before


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "build" / "1_rnn"
    folder.mkdir(parents=True)
    (folder / "results.json").write_text("{}")
    end_record(folder, "abc", 12.34)
    return folder


def test_a_finished_run_is_current_for_its_inputs_only(folder):
    assert is_current(folder, "abc")
    assert not is_current(folder, "abd")
    assert not is_current(folder.parent, "abc")


def test_a_run_overwritten_by_another_is_not_current(folder):
    (folder / "results.json").write_text('{"steps": 2000}')
    assert not is_current(folder, "abc")


def test_a_run_with_a_file_gone_is_not_current(folder):
    (folder / "results.json").unlink()
    assert not is_current(folder, "abc")


def test_a_further_file_does_no_harm(folder):
    (folder / "notes.txt").write_text("mine")
    assert is_current(folder, "abc")


def test_a_run_that_has_begun_is_not_current_but_keeps_its_seconds(folder):
    begin_record(folder)
    assert not is_current(folder, "abc")
    assert read_record(folder) == {"seconds": 12.3}


def test_a_broken_record_is_no_record(folder):
    (folder / "run.json").write_text("{")
    assert not is_current(folder, "abc")
