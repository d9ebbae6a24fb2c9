"""Run independent trainings side by side: processes with one torch thread each, the longest first."""

from collections.abc import Callable, Sequence

import torch
from joblib import Parallel, delayed

from namelib.training import Progress


def run_jobs(
    function: Callable,
    jobs: Sequence[tuple],
    costs: Sequence[float],
    names: Sequence[str],
    workers: int,
    progress: Progress | None = None,
) -> list:
    """[function(*job) for job in jobs], in `workers` processes.

    `costs` are the jobs' relative lengths, `names` what a progress line calls them. Answers do not depend on the
    number of workers: every job computes in one thread. Works from a notebook and from a script alike.
    """
    if workers < 1:
        raise ValueError(f"workers={workers}: at least one process is needed")
    longest_first = sorted(range(len(jobs)), key=lambda k: -costs[k])
    parallel = Parallel(n_jobs=min(workers, len(jobs)), batch_size=1, return_as="generator_unordered")
    results, done = {}, 0.0
    for k, result in parallel(delayed(_in_one_thread)(k, function, jobs[k]) for k in longest_first):
        results[k] = result
        done += costs[k]
        if progress:
            progress(min(done / sum(costs), 1.0), f"{names[k]}, {len(results)} of {len(jobs)}")
    return [results[k] for k in range(len(jobs))]


def side_by_side(calls: dict[str, tuple], workers: int, progress: Progress | None = None) -> dict:
    """{name: function(*arguments)} for each {name: (function, *arguments)}; put the longest first."""
    results = run_jobs(_call, list(calls.values()), len(calls) * [1.0], list(calls), workers, progress)
    return dict(zip(calls, results, strict=True))


def _call(function: Callable, *arguments: object) -> object:
    return function(*arguments)


def _in_one_thread(k: int, function: Callable, job: tuple) -> tuple[int, object]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return k, function(*job)
    finally:
        torch.set_num_threads(threads)
