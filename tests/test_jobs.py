"""notebooks/jobs.py: results come in order, from one thread each, kept when done."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import dask
import pytest
import torch
from distributed import LocalCluster

from namelib.runs import ROOT
from notebooks.jobs import PATIENCE, SCHEDULER, JobsError, run_jobs


def square(
    number: float, seconds: float = 0.0, calls: str = "", kills: int | None = None, after: str = ""
) -> dict:
    """The number's square, after so many seconds; a mark in the file `calls` each time.

    It waits for two kept results in the folder `after`, and kills a process: 0 is its own.
    """
    time.sleep(seconds)
    while after and len(list(Path(after).glob("*.pickle"))) < 2:
        time.sleep(0.05)
    if kills is not None:
        os.kill(kills or os.getpid(), signal.SIGKILL)
        time.sleep(600)
    if calls:
        with Path(calls).open("a") as file:
            file.write(f"{number} ")
    if number < 0:
        raise ArithmeticError(number)
    return {"square": number**2, "threads": torch.get_num_threads()}


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers):
    jobs = [{"number": 2, "seconds": 0.05}, {"number": 3}, {"number": 4}]
    found = run_jobs(square, jobs, workers, "squares", costs=[1, 2, 5])
    assert [result["square"] for result in found] == [4, 9, 16]
    assert all(result["threads"] == 1 and result["seconds"] >= 0 for result in found)


def test_the_costliest_job_comes_first(tmp_path):
    calls = str(tmp_path / "calls")
    run_jobs(
        square, [{"number": k, "calls": calls} for k in range(3)], 1, "squares", costs=[2, 1, 3]
    )
    assert Path(calls).read_text() == "2 0 1 "


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_finished_before_a_failure_is_not_run_again(tmp_path, workers):
    calls, kept = str(tmp_path / "calls"), tmp_path / "kept"
    jobs = [{"number": number, "calls": calls} for number in (5, 6, -1)]
    jobs[2]["after"] = str(kept)
    with pytest.raises(ArithmeticError):
        run_jobs(square, jobs, workers, "squares", kept, costs=[3, 3, 1])
    Path(calls).unlink()
    found = run_jobs(square, jobs[:2], workers, "squares", kept)
    assert [result["square"] for result in found] == [25, 36]
    assert not Path(calls).exists()


def test_a_process_that_is_killed_ends_the_run_in_one_line_and_what_was_finished_stays(tmp_path):
    jobs = [{"number": 5}, {"number": 6}, {"number": 0, "kills": 0, "after": str(tmp_path)}]
    with pytest.raises(JobsError, match=r"a process died .*: run the command again"):
        run_jobs(square, jobs, 2, "squares", tmp_path)
    kept = sorted(pickle.loads(file.read_bytes())["square"] for file in tmp_path.iterdir())
    assert kept == [25, 36]
    others = [{"number": 7}, {"number": 8}]
    again = run_jobs(square, [*jobs[:2], *others], 2, "squares", tmp_path)
    assert [result["square"] for result in again] == [25, 36, 49, 64], "in the same process, too"


def test_the_threads_are_given_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run_jobs(square, [{"number": 1}], 1, "squares")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_scheduler_in_dasks_variable_gets_the_jobs(tmp_path, monkeypatch):
    quiet = {"processes": False, "dashboard_address": None, "local_directory": str(tmp_path)}
    jobs = [{"number": number} for number in (2, 3, 4)]
    with LocalCluster(n_workers=1, threads_per_worker=1, **quiet) as cluster:
        monkeypatch.setenv(SCHEDULER, cluster.scheduler_address)
        monkeypatch.setattr("notebooks.jobs.processes", None)
        found = run_jobs(square, jobs, 2, "squares", tmp_path / "kept", costs=[1, 2, 3])
    assert [result["square"] for result in found] == [4, 9, 16]
    monkeypatch.setenv(SCHEDULER, "tcp://127.0.0.1:9")
    assert run_jobs(square, jobs, 2, "squares", tmp_path / "kept") == found


ONE_LOSS = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}  # in place of three


@contextmanager
def cluster(folder: Path, *options: str):
    """A scheduler with one worker, each a process of its own -> (address, its process)."""
    file, running = folder / "scheduler.json", []

    def start(part: str, *words: str | Path) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{part}", "--no-dashboard", *words]
        running.append(
            subprocess.Popen(
                [*command, "--scheduler-file", file],
                env=os.environ | ONE_LOSS | {"PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"},
                stderr=subprocess.DEVNULL,
                cwd=folder,
            )
        )
        return running[-1]

    try:
        scheduler = start("dask_scheduler", "--host", "127.0.0.1", "--port", "0")
        while not file.exists():
            time.sleep(0.1)
        start("dask_worker", "--nthreads", "1", "--local-directory", folder / "dask", *options)
        yield json.loads(file.read_text())["address"], scheduler
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    ("lost", "problem"),
    [
        ("scheduler", "the scheduler is gone"),
        ("workers", r"a job ended every process that ran it \(out of memory\?\)"),
    ],
)
def test_a_cluster_that_is_lost_is_told_in_one_line_and_the_next_run_finishes(
    tmp_path, monkeypatch, capfd, lost, problem
):
    kept, jobs = tmp_path / "kept", [{"number": number} for number in (5, 6, 7)]
    monkeypatch.setattr("notebooks.jobs.processes", None)
    no_nanny = ["--no-nanny"] * (lost == "scheduler")
    with cluster(tmp_path, *no_nanny) as (address, scheduler), dask.config.set({PATIENCE: "3s"}):
        monkeypatch.setenv(SCHEDULER, address)
        kills = {"kills": scheduler.pid if lost == "scheduler" else 0, "after": str(kept)}
        with pytest.raises(JobsError, match=f"^{problem}; what is finished is kept: run the"):
            run_jobs(square, [*jobs[:2], jobs[2] | kills], 2, "squares", kept, costs=[3, 2, 1])
    assert "Traceback" not in capfd.readouterr().err
    assert sorted(pickle.loads(file.read_bytes())["square"] for file in kept.iterdir()) == [25, 36]
    monkeypatch.delenv(SCHEDULER)
    found = run_jobs(square, jobs, 1, "squares", kept)
    assert [result["square"] for result in found] == [25, 36, 49]
