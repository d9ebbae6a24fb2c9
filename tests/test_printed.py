"""report/printed.py: a report that is there whole or not at all, and is printed again only when it would differ."""

import json

import pytest

from report import printed
from report.printed import REPORTS, bring_back, made_of, set_aside, write

FILES = {name: name.encode() for name in REPORTS if name != "report.json"}
RUNS, LAB = {"1_rnn": {"notebook.ipynb": "a1"}}, {"author": "学生", "date": "2026-05-04"}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_older_report_is_set_aside_until_the_new_one_is_there(tmp_path):
    write(tmp_path, FILES, {"author": "first"})
    assert names(tmp_path) == sorted(REPORTS)
    set_aside(tmp_path)
    assert names(tmp_path) == sorted(name.replace("report.", "report.previous.") for name in REPORTS)
    set_aside(tmp_path)  # a second failed run does not lose it
    assert json.loads((tmp_path / "report.previous.json").read_text())["author"] == "first"
    write(tmp_path, FILES, {"author": "学生"})
    assert names(tmp_path) == sorted(REPORTS)
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["author"] == "学生"


def test_a_report_that_cannot_be_written_whole_is_not_written(tmp_path):
    with pytest.raises(TypeError):
        write(tmp_path, {"report.html": b"page", "report.pdf": None}, {})
    assert names(tmp_path) == []


def test_an_unchanged_report_comes_back(tmp_path):
    written = write(tmp_path, FILES, {"made_of": "x"})
    set_aside(tmp_path)
    assert bring_back(tmp_path, "x") == written == json.loads((tmp_path / "report.json").read_text())
    assert names(tmp_path) == sorted(REPORTS)
    assert all((tmp_path / name).read_bytes() == data for name, data in FILES.items())


def test_one_made_of_other_things_changed_by_hand_or_half_gone_does_not(tmp_path):
    def after(spoil):
        write(tmp_path, FILES, {"made_of": "x"})
        set_aside(tmp_path)
        spoil()
        return bring_back(tmp_path, "x")

    assert after(lambda: (tmp_path / "report.previous.en.pdf").write_bytes(b"by hand")) == {}
    assert after(lambda: (tmp_path / "report.previous.html").unlink()) == {}
    assert after(lambda: (tmp_path / "report.previous.json").write_text("{")) == {}
    assert after(lambda: (tmp_path / "report.previous.json").unlink()) == {}
    assert not any((tmp_path / name).exists() for name in REPORTS)
    assert after(lambda: None) and bring_back(tmp_path, "y") == {}


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A small press: its only template."""
    template = tmp_path / "report" / "templates" / "page.j2"
    template.parent.mkdir(parents=True)
    template.write_text("a page")
    monkeypatch.setattr(printed, "ROOT", tmp_path)
    return template


def test_made_of_changes_with_whatever_the_report_depends_on(sources, monkeypatch):
    made = {made_of(RUNS, LAB, "zh")}
    assert made == {made_of(RUNS, LAB, "zh")}
    made.add(made_of(RUNS, LAB, "en"))
    made.add(made_of(RUNS, LAB | {"author": "B"}, "zh"))
    made.add(made_of({"1_rnn": {"notebook.ipynb": "b2"}}, LAB, "zh"))
    sources.write_text("another page")
    made.add(made_of(RUNS, LAB, "zh"))
    monkeypatch.setattr(printed, "distributions", list)
    made.add(made_of(RUNS, LAB, "zh"))
    assert len(made) == 6
