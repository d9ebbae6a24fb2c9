"""The benchmarks' command: every row runs at tiny sizes; README says what is recorded."""

import json
import math

import benchmarks.__main__ as command
import pytest
from benchmarks import record
from benchmarks.measuring import Line
from benchmarks.table import BEGIN, END, block, cells, put_between_marks
from click.testing import CliRunner

pytestmark = pytest.mark.usefixtures("one_thread")


def row(*lines: Line) -> dict:
    """A row as the record keeps it."""
    return json.loads(json.dumps(record.row_record(list(lines))))


def cells_of(name: str, *line) -> list[str]:
    return cells(name, row(Line(*line))["lines"][0])


def test_ratios_pair_what_ran_side_by_side():
    samples = {"ours": [1.0, 2.0, 4.0], "theirs": [3.0, 8.0, 8.0]}
    faster = cells_of("step", "x", "ms", samples)
    assert faster == ["one step: x", "2 ms", "theirs 8 ms", "3 (2–4) times as fast"]
    assert cells_of("layer", "x", "ms", samples)[3] == "0.333 (0.25–0.5) times its time"


def test_readme_quotes_the_committed_record():
    rows = record.load()
    assert list(rows) == list(command.MEASURES)
    text = command.README.read_text(encoding="utf-8")
    assert put_between_marks(text, block(rows)) == text, "make bench ARGS=--record"


def test_every_row_runs(monkeypatch):
    """At tiny sizes; all numbers are numbers, and nothing is kept."""
    measured, run = {}, command.run
    monkeypatch.setattr(command, "run", lambda *given: measured.update(run(*given)))
    monkeypatch.setattr(command, "keep", lambda _: pytest.fail("it was kept"))
    done = CliRunner().invoke(command.main, ["--quick", "--repeats", "2"], catch_exceptions=False)
    assert done.exit_code == 0 and "the numbers say nothing" in done.output
    assert list(measured) == list(command.MEASURES)
    for found in measured.values():
        for line in found["lines"]:
            assert line["case"] in done.output and len(line["samples"]) > 1
            assert all(
                math.isfinite(value) for samples in line["samples"].values() for value in samples
            )


def test_a_recorded_row_joins_the_others(tmp_path, monkeypatch):
    readme, kept = tmp_path / "README.md", tmp_path / "benchmarks.json"
    readme.write_text(f"before {BEGIN}{END} after", encoding="utf-8")
    line = Line("RNN", "ms", {"ours": [1.0], "tutorial's loop": [2.0]})
    monkeypatch.setattr(command, "README", readme)
    monkeypatch.setattr(record, "RECORD", kept)
    record.save({"step": row(line), "layer": row(line)})
    monkeypatch.setitem(command.MEASURES, "step", lambda _: [Line("new", "ms", line.samples)])
    done = CliRunner().invoke(command.main, ["--only", "step", "--record"], catch_exceptions=False)
    assert done.exit_code == 0
    assert [found["lines"][0]["case"] for found in record.load().values()] == ["new", "RNN"]
    text = readme.read_text(encoding="utf-8")
    assert "| one step: new | 1 ms | tutorial's loop 2 ms | 2 (2–2) times as fast |" in text
    assert "one layer: RNN" in text and text.startswith("before") and text.endswith("after")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--quick", "--record"], "--record keeps a real run"),
        (["--only", "speed"], "'step'"),
        (["--repeats", "1"], "--repeats"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_measured(options, said, monkeypatch):
    monkeypatch.setattr(command, "run", lambda *_: pytest.fail("it was measured"))
    done = CliRunner().invoke(command.main, options)
    assert done.exit_code == 2 and said in done.output
