"""Run independent jobs side by side, in processes of one torch thread, the longest first."""

import time
from collections.abc import Callable, Sequence

import torch
from joblib import Memory, Parallel, delayed

from namelib.progress import track
from notebooks.processes import end_with_parent


def run_jobs(
    function: Callable[..., dict],
    jobs: Sequence[dict],
    workers: int,
    what: str,
    memory: Memory | None = None,
    costs: Sequence[float] | None = None,
) -> list[dict]:
    """[function(**job) for job in jobs] in `workers` processes, each result with its CPU "seconds".

    `costs` are the jobs' relative lengths, all alike unless given. With a `memory` every finished
    job is kept, and not run again. Answers do not depend on the number of workers: each job
    computes in one thread. Works from a notebook and from a script alike.
    """
    if workers < 1:
        raise ValueError(f"workers={workers}: at least one process is needed")
    run = memory.cache(_timed) if memory else _timed
    longest_first = sorted(range(len(jobs)), key=lambda k: -costs[k] if costs else 0)
    n_jobs = max(1, min(workers, len(jobs)))
    parallel = Parallel(n_jobs, batch_size=1, return_as="generator", initializer=end_with_parent)
    found = parallel(delayed(run)(function, jobs[k]) for k in longest_first)
    results = dict(zip(longest_first, track(found, what, len(jobs)), strict=True))
    return [results[k] for k in range(len(jobs))]


def _timed(function: Callable, job: dict) -> dict:
    """function(**job) in one thread, without denormal numbers, which would only slow it down."""
    threads, start = torch.get_num_threads(), time.process_time()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        result = function(**job)
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(False)
    return result | {"seconds": time.process_time() - start}
