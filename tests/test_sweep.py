"""report/sweep.py: every cell once into one table, as its notebook would train it."""

import functools
import json
import re
import sys

import dask
import distributed  # noqa: F401, its settings, of which a test changes one
import pandas as pd
import pytest
from click.testing import CliRunner
from filelock import FileLock
from papermill import execute_notebook
from real_commands import Command

from namelib import fit
from namelib.runs import ROOT
from notebooks import jobs
from report import sweep

HUNDRED = ["-p", "steps", "100"]
RNN = ["rnn", "--recipe", "original", "-g", "hidden_size", "8", "-g", "learning_rate", "0.005"]


class Lab:
    """The command as a function; `trained` are the cells that its last call trained."""

    def __init__(self, out, names):
        self.out, self.trained = out, []
        self.words = ["--data", str(names), "--out", str(out), "--jobs", "1"]

    def __call__(self, *arguments):
        self.trained.clear()
        result = CliRunner().invoke(sweep.main, [*arguments, *self.words])
        assert "Traceback" not in result.output
        return result


@pytest.fixture
def lab(tmp_path, monkeypatch, few_names):
    """The command on few names, in this process."""
    lab, train_cell = Lab(tmp_path / "out", few_names), sweep.train_cell

    @functools.wraps(train_cell)
    def noted(cell, names):
        lab.trained.append((cell["learning_rate"], cell["hidden_size"], cell["seed"]))
        return train_cell(cell, names)

    monkeypatch.setattr(sweep, "train_cell", noted)
    return lab


def table(lab) -> pd.DataFrame:
    return pd.read_csv(lab.out / "sweep.csv")


def test_a_row_has_the_numbers_of_the_notebook_to_the_digit(lab, tmp_path, few_names):
    values = {"steps": 150, "epochs": 2, "batch_size": 16, "hidden_size": 8, "seed": 3}
    notebook = ROOT / "notebooks" / "1_rnn.ipynb"
    places = {"data_dir": str(few_names), "out_dir": str(tmp_path / "run")}
    execute_notebook(
        notebook, tmp_path / "run.ipynb", values | places, progress_bar=False, cwd=tmp_path
    )
    metrics = json.loads((tmp_path / "run" / "results.json").read_text())["metrics"]
    settings = [
        word
        for name in ("steps", "epochs", "batch_size")
        for word in ("-p", name, str(values[name]))
    ]
    axes = (
        ("hidden_size", "8"),
        ("seed", "3"),
        ("learning_rate", "0.005"),
        ("mini_batch_learning_rate", "0.008"),
    )
    result = lab("rnn", *settings, *(word for axis in axes for word in ("-g", *axis)))
    assert result.exit_code == 0, result.output
    rows = table(lab).set_index("recipe")
    assert list(rows.index) == ["original", "mini_batch"]
    for recipe, measure in (
        (r, m) for r in rows.index for m in ("accuracy", "balanced_accuracy", "loss")
    ):
        assert rows.loc[recipe, measure] == metrics[recipe][measure]
    assert rows["status"].eq("ok").all() and rows["network"].eq("RNN").all()
    assert rows.loc["original", "steps"] == 150 and pd.isna(rows.loc["original", "epochs"])
    assert rows.loc["mini_batch", "epochs"] == 2 and pd.isna(rows.loc["mini_batch", "steps"])
    assert rows["data"].str.fullmatch("[0-9a-f]{64}").all()


def test_a_finished_cell_is_kept_until_something_that_it_reads_changes(lab):
    assert lab(*RNN, *HUNDRED, "-g", "seed", "0,1").exit_code == 0 and len(lab.trained) == 2
    again = lab(*RNN, *HUNDRED, "-g", "seed", "0,1")
    assert lab.trained == [] and "2 cells, 2 of them already finished" in again.output
    lab(*RNN, *HUNDRED, "-g", "seed", "0,1,2")
    assert lab.trained == [(0.005, 8, 2)] and len(table(lab)) == 3
    # the original recipe does not read it
    lab(*RNN, *HUNDRED, "-g", "seed", "0", "-p", "epochs", "3")
    assert lab.trained == [] and len(table(lab)) == 1
    lab(*RNN, "-g", "seed", "0", "-p", "steps", "120")
    assert lab.trained == [(0.005, 8, 0)]


def test_what_diverges_or_fails_costs_no_other_cell(lab, monkeypatch):
    def fails(model, *training):
        if model.hidden_size == 9:
            raise ArithmeticError
        return fit(model, *training)

    monkeypatch.setattr("notebooks.cells.fit", fails)
    axes = {"learning_rate": "0.005,10", "hidden_size": "8,9", "seed": "0"}
    grid = [
        "rnn",
        "--recipe",
        "original",
        *HUNDRED,
        *(word for axis in axes.items() for word in ("-g", *axis)),
    ]
    result = lab(*grid)
    assert result.exit_code == 1
    status = table(lab).set_index(["hidden_size", "learning_rate"])["status"].to_dict()
    assert status == {
        (8, 0.005): "ok",
        (8, 10): "diverged",
        (9, 0.005): "failed",
        (9, 10): "failed",
    }
    assert (
        table(lab).loc[table(lab)["status"] != "ok", ["accuracy", "seconds"]].isna().all(axis=None)
    )
    assert (
        "RNN, original recipe, learning rate 10, hidden size 8, seed 0: diverged: the training loss"
        in result.output
    )
    assert "4 cells (2 failed, 1 ok, 1 diverged)" in result.output
    assert re.search(r"00:\d\d  4/4  RNN, .*; 00:00 left", result.output)
    assert "| RNN | 0.005, 128 units | – | – | – | **cannot be compared** |" in result.output
    lab(*grid)
    # it would diverge again, but perhaps not fail
    assert sorted(lab.trained) == [(0.005, 9, 0), (10, 9, 0)]


def test_the_usual_grid_lies_around_the_notebooks_own_values(monkeypatch):
    cells = sweep.lay_grid(("rnn", "lstm"), ["original"], [("rnn.seed", "4,5")], [], quick=False)
    rnn = [cell for cell in cells if cell["network"] == "rnn"]
    assert sorted({cell["learning_rate"] for cell in rnn}) == [0.00125, 0.0025, 0.005, 0.01, 0.02]
    assert {cell["hidden_size"] for cell in rnn} == {64, 128, 256} and {
        cell["seed"] for cell in rnn
    } == {4, 5}
    assert len(cells) == 15 * 2 + 15 * 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["-g", "steps", "1,2"],
            "--grid steps: not an axis; the axes are hidden_size, learning_rate",
        ),
        (
            ["-g", "hidden_size", "8,x"],
            "hidden_size x: 1_rnn.ipynb expects hidden_size: int, 1 to 4,096",
        ),
        (["-p", "seed", "1"], "-p seed: an axis of the grid; use --grid seed V1,V2,..."),
        (["-p", "stepz", "1"], "did you mean steps?"),
        (
            ["--scheduler", "tcp://127.0.0.1:9"],
            "--scheduler tcp://127.0.0.1:9: no scheduler with a worker there (",
        ),
        (["--scheduler", "nonsense"], "--scheduler nonsense: no scheduler with a worker there ("),
    ],
)
def test_what_cannot_be_is_one_line_before_anything_is_trained(lab, arguments, words):
    with dask.config.set({jobs.PATIENCE: 0.5}):
        result = lab("rnn", *arguments)
    assert result.exit_code == 1 and lab.trained == []
    assert words in result.output.splitlines()[-1] and not (lab.out / "sweep.csv").exists()


def test_without_dask_or_beside_another_sweep_it_says_so(lab, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = lab("rnn", "--scheduler", "tcp://127.0.0.1:9")
    assert "--scheduler needs Dask; in the checkout: pip install" in result.output.splitlines()[-1]
    with FileLock(lab.out / "cells" / ".lock"):
        assert "another sweep is writing here" in lab("rnn").output


def test_a_machine_with_another_checkout_does_not_count():
    with pytest.raises(jobs.JobsError, match="its code or versions differ from those of"):
        jobs.call(sweep.train_cell, {}, 0, "another code")


LONG = [*RNN, "-p", "steps", "1500", "-g", "seed", "0,1,2,3,4,5"]


def test_on_a_cluster_what_a_lost_worker_had_another_one_trains(lab, tmp_path):
    quiet = ("--no-dashboard", "--scheduler-file", str(tmp_path / "scheduler.json"))
    places = ("--host", "127.0.0.1", "--port", "0")
    own = ("--no-nanny", "--nthreads", "1", "--local-directory", str(tmp_path / "dask"))
    scheduler = Command("-m", "distributed.cli.dask_scheduler", *quiet, *places)
    workers = [Command("-m", "distributed.cli.dask_worker", *quiet, *own) for _ in range(2)]
    try:
        address = scheduler.wait_for(r"Scheduler at:\s+(tcp://[\d.:]+)")[1]
        sweeping = Command("-m", "report.sweep", *LONG, *lab.words, "--scheduler", address)
        sweeping.wait_for("2/6  RNN")
        workers[0].process.kill()
        assert sweeping.end() == 0, sweeping.printed()
    finally:
        for command in (scheduler, *workers):
            command.process.kill()
            command.end()
    rows = table(lab)
    assert len(rows) == 6 and rows["status"].eq("ok").all() and not rows.duplicated("seed").any()
