"""report/sweep.py: every cell once into one table, whatever fails, stops or dies on the way; here and on a cluster."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from filelock import FileLock
from test_run import wait_until_gone
from tiny_notebooks import write_notebook

from report import record, sweep, sweep_cell, sweep_runs
from report.kernel import ROOT

PARAMETERS = """
learning_rate: float = 0.1
mini_batch_learning_rate: float = 0.2
hidden_size: int = 4
steps: int = 10
epochs: int = 2
batch_size: int = 8
balance: float = 0.5
valid_fraction: float = 0.2
seed: int = 0
data_dir: str = ""
out_dir: str = ""
"""
# A run: notes its start in the log, waits where it is told to, diverges above 1, fails at a hidden size of 13.
TRAIN = """
import json, os, pathlib, time
lab = pathlib.Path(LAB)
with open(lab / "log", "a") as log:
    log.write(json.dumps([steps > 1 and learning_rate, epochs > 1 and mini_batch_learning_rate, hidden_size, seed,
                          os.getpid(), os.getppid()]) + "\\n")
while seed == 7 and not (lab / "go").exists(): time.sleep(0.05)
assert hidden_size != 13, "unlucky"
results = {"metrics": {}, "history": {}}
for recipe, rate in ("original", learning_rate), ("mini_batch", mini_batch_learning_rate):
    if rate > 1: raise FloatingPointError(f"learning_rate={rate} is too high")
    score = rate / 10 + hidden_size / 100 + seed / 1000
    results["metrics"][recipe] = {"accuracy": score / 2, "balanced_accuracy": score, "loss": 1 - score}
    results["history"][recipe] = {"seconds": 0.5}
pathlib.Path(out_dir, "results.json").write_text(json.dumps(results))
"""
GRID = ["rnn", "-g", "learning_rate", "0.1,0.3", "-g", "mini_batch_learning_rate", "0.2,0.4", "-g", "hidden_size", "8"]
TINY = """
import sys, pathlib
from report import record, sweep_cell
sweep_cell.FOLDER = pathlib.Path(sys.argv.pop(1))
record.SOURCES = sweep_cell.FOLDER / "namelib"
"""


@pytest.fixture
def lab(tmp_path, monkeypatch, few_names):
    """A folder with a tiny 1_rnn; returns the command as a function. `lab.log` has a line for each start of it."""
    write_notebook(tmp_path / "notebooks" / "1_rnn.ipynb", PARAMETERS, TRAIN.replace("LAB", repr(str(tmp_path))))
    for module in (sweep, sweep_cell):
        monkeypatch.setattr(module, "FOLDER", tmp_path / "notebooks")
    monkeypatch.setattr(record, "SOURCES", tmp_path / "notebooks" / "namelib")

    def lab(*arguments):
        lab.log = []
        (tmp_path / "log").unlink(missing_ok=True)
        result = CliRunner().invoke(sweep.main, [*arguments, "--data", str(few_names), "--out", str(lab.out)])
        assert "Traceback" not in result.output
        lab.log = started(tmp_path)
        return result

    lab.folder, lab.out, lab.words = tmp_path, tmp_path / "out", ["--data", str(few_names), "--out", tmp_path / "out"]
    return lab


def started(folder) -> list[tuple]:
    """(learning rate, that of the mini-batches, hidden size, seed, pid, parent's pid) of each run, as it began."""
    path = folder / "log"
    return [tuple(json.loads(line)) for line in path.read_text().splitlines()] if path.exists() else []


def table(lab) -> pd.DataFrame:
    return pd.read_csv(lab.out / "sweep.csv")


def python(*words):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    words = [sys.executable, *map(str, words)]
    return subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def wait_for(condition, seconds=60):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "in vain"
        time.sleep(0.05)


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


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_what_is_ended_in_the_middle_goes_on_with_what_is_missing(lab, how):
    grid = [*GRID, "-g", "seed", "3,7"]
    process = python(
        "-c",
        TINY + "from report import sweep; sweep.console()",
        lab.folder / "notebooks",
        *grid,
        *lab.words,
        "--jobs",
        "1",
    )
    wait_for(lambda: len(started(lab.folder)) == 3)
    process.send_signal(how)
    assert process.wait(20) == (130 if how == signal.SIGTERM else -signal.SIGKILL)
    before = started(lab.folder)
    assert [start[3] for start in before] == [3, 3, 7] and wait_until_gone(before[-1][4])
    assert not (lab.out / "sweep.csv").exists()
    (lab.folder / "go").touch()
    result = lab(*grid)
    assert result.exit_code == 0 and "8 cells, 4 of them finished before" in result.output
    assert [start[3] for start in lab.log] == [7, 7]
    rows = table(lab)
    assert len(rows) == 8 and not rows.duplicated(["recipe", "learning_rate", "seed"]).any()
    assert set(rows["status"]) == {"ok"}


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


def test_on_a_cluster_a_lost_worker_loses_nothing_and_nothing_counts_twice(lab):
    file = lab.folder / "scheduler.json"
    quiet = ("--no-dashboard", "--scheduler-file", file)
    worker = ("-c", TINY + "from distributed.cli.dask_worker import main; main()", lab.folder / "notebooks")
    own = ("--no-nanny", "--nthreads", "1", "--local-directory", lab.folder / "dask")
    cluster = [python("-m", "distributed.cli.dask_scheduler", *quiet, "--host", "127.0.0.1", "--port", "0")]
    cluster += [python(*worker, *quiet, *own) for _ in range(2)]

    def kill_the_one_that_waits():
        wait_for(lambda: any(start[3] == 7 for start in started(lab.folder)))
        (lost,) = {start[5] for start in started(lab.folder) if start[3] == 7}
        os.kill(lost, signal.SIGKILL)
        (lab.folder / "go").touch()

    killer = threading.Thread(target=kill_the_one_that_waits)
    try:
        wait_for(file.exists)
        killer.start()
        grid = ["rnn", "-g", "learning_rate", "0.1", "-g", "mini_batch_learning_rate", "0.2", "-g", "hidden_size", "8"]
        result = lab(*grid, "-g", "seed", "0,1,7,2,3", "--scheduler", json.loads(file.read_text())["address"])
        killer.join()
        assert sorted(process.poll() is None for process in cluster) == [False, True, True]
    finally:
        for process in cluster:
            process.kill()
            process.communicate()
    assert result.exit_code == 0, result.output
    rows = table(lab)
    assert len(rows) == 10 and set(rows["status"]) == {"ok"}
    assert not rows.duplicated(["recipe", "seed"]).any()
    assert Counter(start[3] for start in lab.log) == {0: 1, 1: 1, 2: 1, 3: 1, 7: 2}
    assert len({start[5] for start in lab.log}) == 2  # both workers took part
    assert len(list((lab.out / "runs").glob("[!.]*"))) == 5
