"""notebooks.why_lstm.workers: results come in order, from one thread each, kept when done."""

import time
from pathlib import Path

import pytest
import torch
from joblib import Memory

from notebooks.why_lstm.workers import run_jobs


def square(number: float, seconds: float = 0.0, calls: str = "") -> dict:
    """The number's square, after so many seconds; a mark in the file `calls` each time."""
    time.sleep(seconds)
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
    assert [one["square"] for one in found] == [4, 9, 16]
    assert all(one["threads"] == 1 and one["seconds"] >= 0 for one in found)


def test_the_costliest_job_comes_first(tmp_path):
    calls = str(tmp_path / "calls")
    run_jobs(
        square, [{"number": k, "calls": calls} for k in range(3)], 1, "squares", costs=[2, 1, 3]
    )
    assert Path(calls).read_text() == "2 0 1 "


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_finished_before_a_failure_is_not_run_again(tmp_path, workers):
    calls, memory = str(tmp_path / "calls"), Memory(tmp_path, verbose=0)
    jobs = [{"number": number, "calls": calls} for number in (5, 6, -1)]
    with pytest.raises(ArithmeticError):
        run_jobs(square, jobs, workers, "squares", memory, costs=[3, 3, 1])
    Path(calls).unlink()
    found = run_jobs(square, jobs[:2], workers, "squares", memory)
    assert [one["square"] for one in found] == [25, 36]
    assert not Path(calls).exists()


def test_the_threads_are_given_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run_jobs(square, [{"number": 1}], 1, "squares")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_no_worker_is_refused():
    with pytest.raises(ValueError, match="workers=0"):
        run_jobs(square, [{"number": 1}], 0, "squares")
