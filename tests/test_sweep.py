"""report/sweep.py: every cell once into one table, whatever diverges or fails on the way."""

import sys
from collections import Counter

import numpy as np
import pytest
from filelock import FileLock
from tiny_sweep import GRID, started, table, tiny_lab

from report import sweep, sweep_cell, sweep_runs

lab = pytest.fixture(tiny_lab)


def test_one_run_serves_both_recipes_and_every_cell_is_in_the_table(lab):
    result = lab(*GRID, "-g", "seed", "0,3")
    assert result.exit_code == 0, result.output
    assert Counter(start[:4] for start in lab.log) == Counter(
        (original, mini_batch, 8, seed) for original, mini_batch in ((0.1, 0.2), (0.3, 0.4)) for seed in (0, 3)
    )
    rows = table(lab)
    assert len(rows) == 8 and set(rows["status"]) == {"ok"} and set(rows["network"]) == {"RNN"}
    assert rows["data"].str.fullmatch("[0-9a-f]{64}").all() and set(rows["valid_fraction"]) == {0.2}
    score = rows["learning_rate"] / 10 + 0.08 + rows["seed"] / 1000
    assert np.allclose(rows[["accuracy", "balanced_accuracy", "loss"]], np.transpose([score / 2, score, 1 - score]))
    assert set(rows["seconds"]) == {0.5}
    made = rows.set_index("recipe")
    assert set(made.loc["original", "steps"]) == {10} and made.loc["original", ["epochs", "batch_size"]].isna().all(
        axis=None
    )
    assert set(made.loc["mini_batch", "epochs"]) == {2} and made.loc["mini_batch", "steps"].isna().all()
    lines = result.output.splitlines()
    told = "1_rnn, mini-batch recipe, learning rate 0.4, hidden size 8, seed 3: balanced accuracy 0.123; "
    assert sum(told in line for line in lines) == 1
    assert "  8/8  1_rnn, " in lines[8] and lines[8].endswith("; 0:00 left")


def test_a_finished_cell_is_never_run_again_and_a_changed_one_is(lab):
    grid = [*GRID, "-g", "seed", "0"]
    assert lab(*grid).exit_code == 0
    assert lab(*grid).exit_code == 0 and lab.log == []
    lab(*[word.replace("0.1,0.3", "0.05,0.1,0.3") for word in grid])  # one more, in front
    assert [start[:2] for start in lab.log] == [(0.05, False)]
    assert len(table(lab)) == 5
    lab(*grid, "-p", "steps", "20")  # the mini-batches do not read it
    assert sorted(start[:2] for start in lab.log) == [(0.1, False), (0.3, False)]
    assert set(table(lab)["steps"].dropna()) == {20} and len(table(lab)) == 4
    lab(*grid, "-p", "steps", "20", "-p", "balance", "1.0")  # the original recipe does not read it
    assert sorted(start[:2] for start in lab.log) == [(False, 0.2), (False, 0.4)]
    lab(*grid, "-p", "steps", "20")
    assert lab.log == []
    (spoilt, *_) = (lab.out / "runs").glob("*original0.3*mini*/results.json")
    spoilt.write_text("{}")
    lab(*grid)
    assert [start[:2] for start in lab.log] == [(0.3, 0.4)]
    source = lab.folder / "notebooks" / "1_rnn.ipynb"
    source.write_text(source.read_text().replace("score / 2", "score / 4"))
    lab(*grid)
    assert len(lab.log) == 2 and np.allclose(table(lab)["accuracy"], table(lab)["balanced_accuracy"] / 4)


def test_a_cell_that_diverges_is_told_in_a_line_and_costs_no_other(lab):
    grid = ["rnn", "-g", "learning_rate", "0.1,9", "-g", "mini_batch_learning_rate", "0.2,0.4"]
    grid += ["-g", "hidden_size", "8", "-g", "seed", "0"]
    result = lab(*grid)
    assert result.exit_code == 0
    told = (
        "1_rnn, original recipe, learning rate 9, hidden size 8, seed 0: diverged: learning_rate=9.0 is too high; see "
    )
    assert sum(told in line for line in result.output.splitlines()) == 1
    rows = table(lab).set_index(["recipe", "learning_rate"])
    assert rows["status"].to_dict() == {
        ("original", 0.1): "ok", ("original", 9): "diverged", ("mini_batch", 0.2): "ok", ("mini_batch", 0.4): "ok",
    }  # fmt: skip
    assert rows.loc[("original", 9), ["accuracy", "balanced_accuracy", "loss", "seconds"]].isna().all()
    assert rows.loc[("mini_batch", 0.4), "balanced_accuracy"] == pytest.approx(0.12)
    assert lab(*grid).exit_code == 0 and lab.log == []  # it would diverge again


def test_a_cell_that_fails_otherwise_is_tried_again(lab):
    grid = ["rnn", "--recipe", "original", "-g", "learning_rate", "0.1", "-g", "hidden_size", "8,13", "-g", "seed", "0"]
    result = lab(*grid)
    assert result.exit_code == 1
    assert 'hidden size 13, seed 0: failed: 1_rnn.ipynb failed in cell [3], line 7, "assert hidden' in result.output
    assert table(lab).set_index("hidden_size")["status"].to_dict() == {8: "ok", 13: "failed"}
    (kept,) = (lab.out / "runs").glob("*hidden13*")
    assert (kept / "notebook.ipynb").exists() and f"AssertionError: unlucky; see {kept}; " in result.output
    lab(*grid)
    assert [start[2] for start in lab.log] == [13]


def test_the_usual_grid_lies_around_the_notebooks_own_values(lab):
    (book,) = sweep.find_notebooks(lab.folder / "notebooks")
    axes = sweep.read_axes([book], [("rnn.seed", "4,4,5")])["1_rnn"]
    assert axes["learning_rate"] == [0.025, 0.05, 0.1, 0.2, 0.4] and axes["hidden_size"] == [2, 4, 8]
    assert axes["seed"] == [4, 5]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-g", "steps", "1,2"], "--grid steps: no axis; there are learning_rate, mini_batch_learning_rate"),
        (["-g", "hidden_size", "8,x"], "hidden_size x: 1_rnn.ipynb wants hidden_size: int, such as 4"),
        (["-g", "learning_rate", "0.1,fast"], "--grid learning_rate fast: "),
        (["-p", "seed", "1"], "-p seed: an axis of the grid; use --grid seed V1,V2,..."),
        (["-p", "stepz", "1"], "did you mean steps?"),
        (["--scheduler", "tcp://127.0.0.1:9"], "--scheduler tcp://127.0.0.1:9: no scheduler with a worker there ("),
        (["--scheduler", "nonsense"], "--scheduler nonsense: no scheduler with a worker there ("),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_runs(lab, monkeypatch, arguments, words):
    monkeypatch.setattr(sweep_runs, "PATIENCE", 0.5)
    result = lab("rnn", *arguments)
    assert result.exit_code == 1 and lab.log == []
    assert words in result.output.splitlines()[-1] and not (lab.out / "sweep.csv").exists()


def test_without_the_extra_or_beside_another_sweep_it_says_so(lab, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = lab("rnn", "--scheduler", "tcp://127.0.0.1:9")
    assert result.output.splitlines()[-1] == (
        "Error: --scheduler needs Dask; in the checkout: pip install -c constraints.txt -e '.[cluster]'"
    )
    with FileLock(lab.out / "runs" / ".lock"):
        assert "another sweep writes here" in lab("rnn").output


def test_a_machine_with_another_checkout_does_not_count(lab):
    cell = sweep_cell.Cell("1_rnn", "original", 0.1, 8, 0, made_from="of another notebook")
    (run,) = sweep_cell.run_cells((cell,), {})
    assert run.rows[0]["status"] == "failed" and "not those that the sweep began with" in run.problem
    assert started(lab.folder) == []
