"""report/cache.py: what would come out the same counts, and nothing else."""

import json
import re

import pytest
from tiny_notebooks import write_notebook

from report import cache
from report.cache import (
    digest,
    end_run,
    hashes,
    inputs_of,
    is_current,
    read_record,
    report_made_from,
    run_files,
    write_report,
)
from report.parameters import read_notebook

FILES = {
    name: name.encode() for name in ("report.html", "report.pdf", "report.zh.pdf", "report.en.pdf")
}


@pytest.fixture
def root(tmp_path):
    """A checkout with a notebook, some code of ours and a template."""
    texts = {
        "namelib/new.py": "",
        "notebooks/zh.json": "{}",
        "notebooks/why/ladder.py": "rungs = 9",
        "notebooks/text/1.zh.md": "text",
    }
    for name, text in {**texts, "report/templates/page.j2": "a page"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", "steps: int = 3", "print(steps)")
    return tmp_path


def run_of(root, parameters=None, data="abc", upstream=None):
    book = read_notebook(root / "notebooks" / "1_rnn.ipynb")
    return digest([inputs_of(book, parameters or {"steps": 3}, data, root), upstream or {}])


def test_where_a_notebook_runs_and_what_it_printed_before_do_not_count(root):
    before = run_of(root)
    assert run_of(root, {"steps": 3, "out_dir": "x", "runs_dir": "y", "workers": 8}) == before
    path = root / "notebooks" / "1_rnn.ipynb"
    stored = json.loads(path.read_text())
    stored["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "3\n"}]
    path.write_text(json.dumps(stored))
    assert run_of(root) == before


def test_everything_that_a_run_depends_on_counts(root, monkeypatch):
    made = {run_of(root)}
    made |= {
        run_of(root, {"steps": 4}),
        run_of(root, data="abd"),
        run_of(root, upstream={"1_rnn": {"a": "1"}}),
    }
    for name in (
        "notebooks/zh.json",
        "namelib/new.py",
        "notebooks/why/ladder.py",
        "notebooks/text/1.zh.md",
    ):
        (root / name).write_text("changed")
        made.add(run_of(root))
    write_notebook(root / "notebooks" / "1_rnn.ipynb", "steps: int = 3", "print(steps + 1)")
    made.add(run_of(root))
    monkeypatch.setattr(cache, "versions", lambda: {"torch": "1.0"})
    made.add(run_of(root))
    assert len(made) == 10


def test_a_pasted_picture_and_a_tag_count_and_nothing_else_of_a_cell(root):
    path = root / "notebooks" / "1_rnn.ipynb"
    stored, made = json.loads(path.read_text()), {run_of(root)}
    for at, change in (
        (-1, {"metadata": {"tags": ["appendix"]}}),
        (0, {"cell_type": "markdown", "attachments": {"a.png": {"image/png": "AAAA"}}}),
        (0, {"attachments": {"a.png": {"image/png": "BBBB"}}}),
    ):
        stored["cells"][at] |= change
        for key in ("outputs", "execution_count") if "attachments" in change else ():
            stored["cells"][at].pop(key, None)
        path.write_text(json.dumps(stored))
        made.add(run_of(root))
    assert len(made) == 4
    stored["cells"][-1]["metadata"]["scrolled"] = True
    path.write_text(json.dumps(stored))
    assert run_of(root) in made
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_everything_that_a_report_depends_on_counts(root, monkeypatch):
    def report_of(runs=(("1_rnn", "a1"),), author="A", language="zh"):
        return report_made_from(
            {name: {"notebook.ipynb": sha} for name, sha in runs},
            {"author": author},
            language,
            root,
        )

    assert report_of() == report_of()
    made = {
        report_of(),
        report_of(language="en"),
        report_of(author="B"),
        report_of(runs=(("1_rnn", "b2"),)),
    }
    (root / "report/templates/page.j2").write_text("another page")
    made.add(report_of())
    monkeypatch.setattr(cache, "distributions", list)
    made.add(report_of())
    assert len(made) == 6


def test_a_run_is_current_while_nothing_that_it_left_has_changed(tmp_path):
    (tmp_path / "results.json").write_text("{}")
    (tmp_path / "kernel.log").write_text("of no importance")
    end_run(tmp_path, "abc", 12.3)
    assert read_record(tmp_path / "run.json")["seconds"] == 12.3
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "kernel.log").unlink()
    assert is_current(tmp_path / "run.json", "abc") and not is_current(tmp_path / "run.json", "abd")
    (tmp_path / "results.json").write_text("by another run")
    assert not is_current(tmp_path / "run.json", "abc")
    (tmp_path / "results.json").unlink()
    assert not is_current(tmp_path / "run.json", "abc")
    (tmp_path / "run.json").write_text("{")
    assert not is_current(tmp_path / "run.json", "abc") and not is_current(
        tmp_path / "none.json", "abc"
    )
    assert run_files(tmp_path) == hashes(tmp_path, "notes.txt")


def test_a_report_replaces_the_former_one_whole_or_not_at_all(tmp_path):
    written = write_report(tmp_path, FILES, {"author": "学生", "made_from": "x"})
    assert written == read_record(tmp_path / "report.json") and written["author"] == "学生"
    assert is_current(tmp_path / "report.json", "x")
    with pytest.raises(TypeError):
        write_report(
            tmp_path, {**FILES, "report.html": b"new", "report.pdf": None}, {"made_from": "y"}
        )
    assert is_current(tmp_path / "report.json", "x")
    assert {path.name for path in tmp_path.iterdir()} == {*FILES, "report.json"}
    write_report(tmp_path, {**FILES, "report.html": b"new"}, {"made_from": "y"})
    assert (
        is_current(tmp_path / "report.json", "y")
        and (tmp_path / "report.html").read_bytes() == b"new"
    )


def test_a_report_is_not_half_replaced_where_a_directory_has_a_files_name(tmp_path):
    write_report(tmp_path, FILES, {"made_from": "x"})
    (tmp_path / "report.pdf").unlink()
    (tmp_path / "report.pdf").mkdir()
    with pytest.raises(OSError, match=rf"report\.pdf is a directory: .{re.escape(str(tmp_path))}"):
        write_report(tmp_path, dict.fromkeys(FILES, b"new"), {"made_from": "y"})
    assert (tmp_path / "report.html").read_bytes() == FILES["report.html"]
    assert not list(tmp_path.glob(".*")), "nothing half-written is left"
