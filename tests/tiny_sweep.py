"""A sweep over a notebook of a second, for the tests of report/sweep.py."""

import json
import os
import subprocess
import sys
import time

import pandas as pd
from click.testing import CliRunner
from tiny_notebooks import write_notebook

from report import record, sweep, sweep_cell
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


def tiny_lab(tmp_path, monkeypatch, few_names):
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
