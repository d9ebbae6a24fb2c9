"""Get a sweep's cells run, here or on a Dask cluster; a run is kept, whole, as soon as it is back."""

import itertools
import json
import logging
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

import click

from report.kernel import Kernels
from report.progress import clock
from report.record import end_record, is_current
from report.sweep_cell import RATES, Cell, Run, failed, run_cells

CELLS = "cells.json"  # in a run folder: the rows that it gives the table
PATIENCE = 20  # seconds, for a scheduler and for a first worker

Submit = Callable[[tuple[Cell, ...], dict], Future]


class SchedulerError(RuntimeError):
    """No cluster to run on; the message says why."""


def finished(runs: Path) -> dict[Cell, dict]:
    """The rows of all cells whose runs are whole and as they were left."""
    whole = [folder for folder in sorted(runs.glob("[!.]*")) if is_current(folder, folder.name)]
    rows = [row for folder in whole for row in json.loads((folder / CELLS).read_text(encoding="utf-8"))]
    return {Cell(**{field: row[field] for field in Cell.__dataclass_fields__}): row for row in rows}


def run_missing(missing: list[Cell], fixed: dict[str, dict], runs: Path, pool: AbstractContextManager[Submit]) -> dict:
    """Run the cells -> {cell: row}; `fixed` are each notebook's parameters beside the axes.

    Raises SchedulerError where there is no cluster, or no longer.
    """
    rows, pace = {}, Pace(missing)
    with pool as submit:
        waiting = {submit(cells, fixed[cells[0].notebook]): cells for cells in pair(missing)}
        while waiting:
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                for run in _outcome(future, waiting.pop(future)):
                    folder = keep(run, runs)
                    rows |= zip(run.cells, run.rows, strict=True)
                    pace.tell(run, folder)
    return rows


def pair(cells: Iterable[Cell]) -> list[tuple[Cell, ...]]:
    """The cells as runs: one of each recipe together where notebook, hidden size and seed are the same."""
    alike = defaultdict(lambda: {recipe: [] for recipe in RATES})
    for cell in cells:
        alike[cell.notebook, cell.hidden_size, cell.seed][cell.recipe].append(cell)
    pairs = (itertools.zip_longest(*by_recipe.values()) for by_recipe in alike.values())
    return [tuple(filter(None, cells)) for cells in itertools.chain.from_iterable(pairs)]


def _outcome(future: Future, cells: tuple[Cell, ...]) -> list[Run]:
    """What came back; cells that broke their machine have failed, and the others go on."""
    if future.cancelled():
        raise SchedulerError("the scheduler is gone; what is finished stays, and the same command goes on from there")
    if error := future.exception():
        return [failed(cells, f"{type(error).__name__}: {' '.join(str(error).split())}")]
    return future.result()


def keep(run: Run, runs: Path) -> Path:
    """Put the run into its folder, whole or not at all; one that failed has no record, so it will be run again."""
    folder, part = runs / run.name, runs / f".{run.name}.part"
    for old in (folder, part):
        shutil.rmtree(old, ignore_errors=True)
    part.mkdir()
    for name, content in {**run.files, CELLS: json.dumps(run.rows, indent=1).encode()}.items():
        (part / name).write_bytes(content)
    if all(row["status"] != "failed" for row in run.rows):
        end_record(part, run.name, run.seconds)
    return part.replace(folder)


class Pace:
    """Tells of each cell how it went, and the time left by what the runs have taken so far."""

    def __init__(self, missing: list[Cell]):
        self.began, self.left, self.all = time.monotonic(), set(missing), len(missing)
        self.took: dict[tuple, list[float]] = defaultdict(list)  # seconds a cell, by what decides them

    def tell(self, run: Run, folder: Path) -> None:
        """The run has ended, and is kept in the folder."""
        self.took[_kind(run.cells[0])] += [run.seconds / len(run.cells)] * len(run.cells)
        for cell, row in zip(run.cells, run.rows, strict=True):
            self.left.discard(cell)
            how = f"{row['status']}: {run.problem}; see {folder}"
            if row["status"] == "ok":
                how = f"balanced accuracy {row['balanced_accuracy']:.3f}"
            passed = time.monotonic() - self.began
            done = f"{self.all - len(self.left)}/{self.all}"
            click.echo(f"{clock(passed)}  {done}  {cell}: {how}; {self._time_left(passed)} left", err=True)

    def _time_left(self, passed: float) -> str:
        spent = [seconds for kind in self.took.values() for seconds in kind]
        mean = {kind: sum(seconds) / len(seconds) for kind, seconds in self.took.items()}
        ahead = sum(mean.get(_kind(cell), sum(spent) / len(spent)) for cell in self.left)
        return clock(ahead * passed / max(sum(spent), 1e-9))  # passed / spent: how many run side by side


def _kind(cell: Cell) -> tuple:
    return cell.notebook, cell.hidden_size


@contextmanager
def local(jobs: int) -> Iterator[Submit]:
    """Runs on this machine, `jobs` side by side, a process each; all end when the sweep is stopped."""
    with tempfile.TemporaryDirectory(prefix="lab-", ignore_cleanup_errors=True) as scratch:
        kernels, pool = Kernels(Path(scratch)), ThreadPoolExecutor(jobs)
        try:
            yield partial(pool.submit, run_cells, kernels=kernels)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.end()
            raise
        pool.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[Submit]:
    """Runs on the workers of a Dask cluster; what a lost worker had, another one gets."""
    try:
        from distributed import Client
    except ImportError:
        raise SchedulerError(
            "--scheduler needs Dask; in the checkout: pip install -c constraints.txt -e '.[cluster]'"
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it would print, the line below says
    try:
        client = Client(address, timeout=PATIENCE)
        client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        problem = " ".join(str(error).split())
        raise SchedulerError(f"--scheduler {address}: no scheduler with a worker there ({problem})") from None
    with client:
        yield partial(client.get_executor(pure=False).submit, run_cells)
