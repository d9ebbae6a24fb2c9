"""The benchmarks' command: every row runs at tiny sizes; README says what is recorded."""

import json
import math

import benchmarks.__main__ as command
import pytest
from benchmarks import rows
from click.testing import CliRunner

from namelib import MiniBatch
from namelib.runs import RECORDED

pytestmark = pytest.mark.usefixtures("one_thread")


def line(case: str, **samples: list[float]) -> dict:
    return {"case": case, "unit": "ms", "samples": samples}


def test_ratios_pair_what_ran_side_by_side():
    measured = line("x", ours=[1.0, 2.0, 4.0], theirs=[3.0, 8.0, 8.0])
    faster = command.comparison("step", measured)
    assert faster == ["one step: x", "2 ms", "theirs 8 ms", "3 (2–4) times as fast"]
    assert command.comparison("layer", measured)[3] == "0.333 (0.25–0.5) times its time"


def test_readme_quotes_the_committed_record():
    recorded = json.loads(command.RECORD.read_text(encoding="utf-8"))
    assert list(recorded) == list(command.MEASUREMENTS)
    text = command.README.read_text(encoding="utf-8")
    assert command.with_table(text, recorded) == text, "make bench ARGS=--record"


def test_every_row_runs():
    """At tiny sizes; all numbers are numbers, and nothing is kept."""
    before = command.RECORD.read_bytes()
    done = CliRunner().invoke(command.main, ["--quick", "--repeats", "2"], catch_exceptions=False)
    assert done.exit_code == 0 and "the numbers say nothing" in done.output
    assert command.RECORD.read_bytes() == before
    for case in ("one step: RNN", "LSTM 2x128", "MyLSTM 32", "one layer: (4, 3, 8)"):
        assert case in done.output
    for measured in rows.measure_layers(2, quick=True):
        for samples in measured["samples"].values():
            assert all(map(math.isfinite, samples))


def test_a_recorded_row_joins_the_others(tmp_path):
    readme, record = tmp_path / "README.md", tmp_path / "benchmarks.json"
    readme.write_text(f"before {command.TABLE_BEGINS}{command.TABLE_ENDS} after", encoding="utf-8")
    former = command.dated([line("RNN", ours=[1.0], theirs=[2.0])])
    record.write_text(json.dumps({"step": former, "layer": former}))
    command.keep("step", command.dated([line("new", ours=[1.0], theirs=[2.0])]), record, readme)
    recorded = json.loads(record.read_text())
    assert [row["lines"][0]["case"] for row in recorded.values()] == ["new", "RNN"]
    text = readme.read_text(encoding="utf-8")
    assert "| one step: new | 1 ms | theirs 2 ms | 2 (2–2) times as fast |" in text
    assert "one layer: RNN" in text and text.startswith("before") and text.endswith("after")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--quick", "--record"], "--record keeps a real run"),
        (["--only", "speed"], "'step'"),
        (["--repeats", "1"], "--repeats"),
    ],
)
def test_a_wrong_option_is_told_before_anything_is_measured(options, said):
    done = CliRunner().invoke(command.main, options)
    assert done.exit_code == 2 and said in done.output


def test_the_recorded_choices_are_those_of_the_notebooks_recipe():
    recorded = json.loads((RECORDED / "recipe.json").read_text(encoding="utf-8"))
    chosen = recorded["chosen"]["recipe"]
    chosen["mini_batch_learning_rate"] = chosen.pop("learning_rate")
    said = rows.parameters_of("lstm")
    now = {name: said.get(name, getattr(MiniBatch, name, None)) for name in chosen}
    assert {name: float(value) for name, value in chosen.items()} == now
