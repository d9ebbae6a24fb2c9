"""namelib.experiments.workers: what runs side by side comes back in order, and computes in one thread."""

import time

import pytest
import torch

from namelib.experiments.workers import run_jobs, side_by_side


def slow_square(number: float, seconds: float = 0.0) -> float:
    time.sleep(seconds)
    return number**2


def threads() -> int:
    return torch.get_num_threads()


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_jobs(workers):
    told = []
    jobs = [(2, 0.05), (3, 0.0), (4, 0.0)]
    found = run_jobs(slow_square, jobs, [1, 2, 5], "abc", workers, lambda *progress: told.append(progress))
    assert found == [4, 9, 16]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == pytest.approx(1)
    if workers == 1:  # the costliest first
        assert told[0] == (pytest.approx(5 / 8), "c, 1 of 3")


def test_different_calls_side_by_side():
    calls = {"square": (slow_square, 3), "threads": (threads,), "power": (pow, 2, 5)}
    for workers in (1, 2):
        assert side_by_side(calls, workers) == {"square": 9, "threads": 1, "power": 32}


def test_the_threads_are_given_back():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run_jobs(threads, [()], [1], ["threads"], workers=1)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_no_worker_is_refused():
    with pytest.raises(ValueError, match="workers=0"):
        run_jobs(threads, [()], [1], ["threads"], workers=0)
