"""Independent jobs side by side, on this machine or on a Dask cluster; what is done is kept."""

import logging
import multiprocessing
import os
import pickle
import platform
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path

import joblib
import torch
from joblib.externals.loky import get_reusable_executor

from namelib.data import LabError
from namelib.files import sha256, write_files
from namelib.progress import track
from namelib.runs import ROOT, versions
from notebooks.code_digest import code_digest
from notebooks.processes import end_with_parent

SCHEDULER = "DASK_SCHEDULER_ADDRESS"  # an environment variable of Dask's: its scheduler's address
PATIENCE = "distributed.comm.timeouts.connect"  # a setting of Dask's, 30 seconds by default
KILLER = "a job ended every process that ran it (out of memory?)"
IDLE = 300  # seconds that a process waits for the next experiment's jobs


class JobsError(LabError, RuntimeError):
    """There is no cluster, or a process or machine was lost; the message says what to do."""


def run_jobs(
    function: Callable[..., dict],
    jobs: Sequence[dict],
    workers: int,
    what: str,
    kept: Path | None = None,
    costs: Sequence[float] | None = None,
) -> list[dict]:
    """[function(**job) for job in jobs], side by side, with a progress bar; as `finished_jobs`."""
    results = dict(track(finished_jobs(function, jobs, workers, kept, costs), what, len(jobs)))
    return [results[k] for k in range(len(jobs))]


def finished_jobs(
    function: Callable[..., dict],
    jobs: Sequence[dict],
    workers: int,
    kept: Path | None = None,
    costs: Sequence[float] | None = None,
    keys: Sequence[object] | None = None,
    scheduler: str = "",
) -> Iterator[tuple[int, dict]]:
    """(k, function(**jobs[k])) as soon as it is there, with the CPU "seconds" that it took.

    Results in the folder `kept` come first; others are stored there, by the jobs' `keys` (the jobs
    themselves unless given), the function's code and the versions; not those with the status
    "failed". The costliest job is started first. Jobs run in `workers` processes, or on the Dask
    cluster of `scheduler`, by default that of the variable DASK_SCHEDULER_ADDRESS. Results do not
    depend on where: each job computes in one thread. Works from a notebook and from a script alike.
    Raises JobsError.
    """
    files = files_of(function, keys or jobs, kept) if kept else []
    finished = kept_results(files)
    yield from finished.items()
    missing = [k for k in range(len(jobs)) if k not in finished]
    if costs:
        missing.sort(key=lambda k: -costs[k])
    scheduler = scheduler or os.environ.get(SCHEDULER, "")
    for k, result in computed(function, {k: jobs[k] for k in missing}, workers, scheduler):
        if kept and result.get("status") != "failed":
            kept.mkdir(parents=True, exist_ok=True)
            write_files(kept, {files[k].name: pickle.dumps(result)})
        yield k, result


def computed(
    function: Callable, jobs: dict[int, dict], workers: int, scheduler: str
) -> Iterator[tuple[int, dict]]:
    """(k, function(**jobs[k])) as soon as it is there; one worker is this process itself."""
    workers = min(workers, len(jobs))
    if scheduler and jobs:
        code = code_of(function)
        with cluster(scheduler) as pool:
            futures = [pool.submit(call, function, jobs[k], k, code) for k in jobs]
            yield from map(Future.result, as_completed(futures))
    elif workers > 1:
        with processes(workers) as pool:
            futures = [pool.submit(call, function, jobs[k], k) for k in jobs]
            yield from map(Future.result, as_completed(futures))
    else:
        yield from (call(function, jobs[k], k) for k in jobs)


def start_processes(workers: int) -> None:
    """Let the processes of the first experiment start, which takes seconds, while this one goes on.

    A Dask cluster has its own.
    """
    if workers > 1 and SCHEDULER not in os.environ:
        with processes(workers) as pool:
            for _ in range(workers):
                pool.submit(first_optimizer)


def first_optimizer() -> None:
    """Load what a process loads once: this module, and PyTorch's compiler, for a second."""
    torch.optim.AdamW([torch.zeros(1)])


def code_of(function: Callable) -> str:
    """SHA-256 of the function's code, of all that it imports from us, and of the versions."""
    return sha256(f"{code_digest(ROOT, function.__module__)} {versions()}".encode())


def files_of(function: Callable, keys: Sequence[object], kept: Path) -> list[Path]:
    """Where the results of the function's present code are kept, a file for each key."""
    name, code = f"{function.__module__}.{function.__qualname__}", code_of(function)
    return [kept / f"{joblib.hash((name, code, key))}.pickle" for key in keys]


def kept_results(files: Sequence[Path]) -> dict[int, dict]:
    """{k: the result in files[k]}, of the files that are there and not damaged."""
    results = {}
    for k, file in enumerate(files):
        with suppress(OSError, EOFError, ValueError, pickle.UnpicklingError):
            results[k] = pickle.loads(file.read_bytes())
    return results


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """Processes on this machine; they wait for the next jobs, and end with this process."""
    # loky's resource tracker would print on a stop
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"
    # it replaces a process whose memory has grown, and nothing is lost
    warnings.filterwarnings("ignore", "A worker stopped while some jobs")
    pool = get_reusable_executor(
        workers, timeout=IDLE, initializer=end_with_parent, initargs=(os.getpid(),)
    )
    try:
        yield pool
    except BaseException as error:
        # not shutdown(kill_workers=True): loky's thread may still access what that drops
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown()
        if isinstance(error, BrokenProcessPool):
            problem = "a process died (out of memory?)"
            raise JobsError(f"{problem}; what is finished is kept: run the command again") from None
        raise


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster; the job of a lost worker goes to another one.

    Not joblib's Dask backend: with joblib 1.6 it returns no result before all are there.
    """
    try:
        from dask import config
        from distributed import Client, KilledWorker
    except ImportError:
        way_out = "in the checkout: pip install -c constraints.txt -e '.[cluster]'"
        raise JobsError(f"--scheduler needs Dask; {way_out}") from None
    # it would print the traceback of a lost connection, which the line below reports
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        client = Client(address)
        client.wait_for_workers(1, timeout=config.get(PATIENCE))
    except (OSError, ValueError) as error:
        problem = f"no scheduler with a worker there ({' '.join(str(error).split())})"
        raise JobsError(f"--scheduler {address}: {problem}") from None
    try:
        with client:
            yield client.get_executor(pure=False)
    except (CancelledError, KilledWorker) as error:
        gone = "the scheduler is gone" if isinstance(error, CancelledError) else KILLER
        raise JobsError(f"{gone}; what is finished is kept: run the command again") from None


def call(function: Callable[..., dict], job: dict, k: int, code: str = "") -> tuple[int, dict]:
    """(k, function(**job)) in one thread, without denormal numbers, which only slow it down.

    Raises JobsError where this machine's code is not the one that `code` stands for.
    """
    if code and code_of(function) != code:
        problem = "its code or versions differ from those of the machine that gives the jobs"
        raise JobsError(f"{platform.node()}: {problem}")
    threads, start = torch.get_num_threads(), time.process_time()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        result = function(**job)
    finally:
        torch.set_num_threads(threads)
        torch.set_flush_denormal(False)
    return k, {"seconds": time.process_time() - start} | result
