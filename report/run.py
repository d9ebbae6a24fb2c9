"""Run the notebooks whose inputs have changed, in parallel where possible."""

import ast
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import joblib
import nbformat
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill import PapermillExecutionError, execute_notebook
from papermill.exceptions import strip_color
from tqdm import tqdm

from namelib.progress import REFRESH
from namelib.runs import ROOT, SWEEPS
from report.board import Board, Row
from report.cache import (
    KERNEL_LOG,
    RUN,
    digest,
    end_run,
    hashes,
    inputs_of,
    is_current,
    read_record,
    run_files,
)
from report.kernel import Kernels
from report.parameters import SET_BY_OPTION, Notebook, ParameterError, literal_path

EXECUTED = "notebook.ipynb"
DECLARES = {"parameters", "injected-parameters"}  # tags of cells that only name where runs are
WARNED_IN = re.compile(r"^\S.*[/\\](?=[^/\\\n]+:\d+: \w+:)", re.MULTILINE)

# NotebookError reports what it would print
logging.getLogger("papermill").addHandler(logging.NullHandler())


class NotebookError(Exception):
    """A notebook that did not finish; the message names it, the cell and the error."""


@dataclass(frozen=True)
class Plan:
    """How to run: parameters by notebook, folders, data, number of jobs, rerun all or not."""

    injected: dict[str, dict]  # notebook -> parameters
    out_dir: Path
    fingerprint: str  # of the names
    notes: tuple[str, ...]  # made while reading them
    jobs: int
    fresh: bool = False
    checkout: Path = ROOT  # whose code and recorded results the runs depend on

    def folder(self, notebook: Notebook) -> Path:
        return self.out_dir / notebook.name

    def parameters(self, notebook: Notebook) -> dict:
        """All parameters with which the notebook runs."""
        return notebook.defaults | self.injected[notebook.name]


def with_places(notebook: Notebook, chosen: dict, data_dir: str) -> dict:
    """The chosen parameters plus those for where and how the notebook runs, as far as it has them.

    Raises ParameterError for a notebook that uses a place and does not declare it: it would run
    somewhere else. A notebook runs in its own run folder, so its relative paths hold wherever that
    is, and in both languages, since a report has both. `workers`, a parameter of notebooks that run
    alone, is set to the number of cores.
    """
    needed = {"out_dir", "data_dir"} if data_dir else {"out_dir"}
    code = "\n".join(cell.source for cell in notebook.content.cells if cell.cell_type == "code")
    needed |= {name for name in SET_BY_OPTION if re.search(rf"\b{name}\b", code)}
    if missing := sorted(needed - notebook.types.keys()):
        problem = f"its parameters cell lacks {', '.join(missing)}"
        raise ParameterError(
            f"{notebook.path.name}: {problem}; copy the cell from {notebook.path.name} as it was"
        )
    places = {
        "data_dir": data_dir,
        "out_dir": ".",
        "runs_dir": "..",
        "language": "",
        "workers": joblib.cpu_count(),
    }
    if not data_dir:
        del places["data_dir"]
    return {name: value for name, value in places.items() if name in notebook.types} | chosen


def run_notebooks(
    notebooks: list[Notebook], plan: Plan, board: Board, scratch: Path
) -> dict[str, float]:
    """Run what has changed since its last successful run; returns each notebook's seconds.

    Those of an unchanged run are from then.

    Up to `plan.jobs` run in parallel; those that read the runs of others come last, one by one, and
    wait for them only where they read them. When one fails, the others are stopped, and the partly
    executed notebooks stay in their folders. Their sockets are in `scratch`.

    Raises NotebookError.
    """
    readers = [book for book in notebooks if "runs_dir" in book.types]
    makers = [book for book in notebooks if book not in readers]
    kernels = Kernels(scratch)
    with ThreadPoolExecutor(plan.jobs) as pool:
        made = {
            book.name: pool.submit(_run, book, plan, dict, kernels, board.rows[book.name])
            for book in makers
        }

        @cache
        def upstream() -> dict:
            """What the readers read, once it is there; the error of one that failed."""
            wait(made.values())
            for future in made.values():
                future.result()
            runs = {book.name: run_files(plan.folder(book)) for book in makers}
            sweeps = hashes(plan.out_dir / SWEEPS, "*.csv")
            return runs | {
                "sweeps": sweeps,
                "recorded": hashes(plan.checkout / "data" / "recorded"),
            }

        def read() -> dict[str, float]:
            seconds = {}
            for book in readers:
                stale = any(board.rows[maker.name].runs for maker in makers)
                row = board.rows[book.name]
                seconds[book.name] = _run(book, plan, upstream, kernels, row, stale)
            return seconds

        last = pool.submit(read)
        waiting = {*made.values(), last}
        try:
            while waiting:
                done, waiting = wait(waiting, timeout=REFRESH, return_when=FIRST_COMPLETED)
                board.refresh()
                for future in done:
                    future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.end()
            raise
    seconds = {name: future.result() for name, future in made.items()} | last.result()
    return {book.name: seconds[book.name] for book in notebooks}


@contextmanager
def scratch_folder(out: Path) -> Iterator[Path]:
    """A folder for all temporary files of this process; a killed run's is removed first."""
    note = out / ".scratch"
    former = Path(note.read_text(errors="replace")) if note.is_file() else out
    if former.parent == Path(tempfile.gettempdir()) and former.name.startswith("lab-"):
        shutil.rmtree(former, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix="lab-"))
    try:
        note.write_text(str(scratch))
        tempfile.tempdir = str(scratch)
        yield scratch
    finally:
        # a thread that typesets when the program is stopped can't write under another name
        gone = scratch.with_name(f"{scratch.name}-gone")
        with suppress(OSError):
            scratch.rename(gone)
        for folder in (scratch, gone):
            shutil.rmtree(folder, ignore_errors=True)
        tempfile.tempdir = None
        note.unlink(missing_ok=True)


def _run(
    book: Notebook,
    plan: Plan,
    upstream: Callable[[], dict],
    kernels: Kernels,
    row: Row,
    stale: bool = False,
) -> float:
    """Run one notebook, unless it is unchanged; the seconds that it took, now or then.

    `upstream` waits for the runs that it reads, and gives their hashes; it is `stale` while they
    are being made anew.
    """
    folder, data = plan.folder(book), "\n".join((plan.fingerprint, *plan.notes))

    inputs = inputs_of(book, plan.parameters(book), data, plan.checkout)
    if not (plan.fresh or stale) and is_current(folder / RUN, digest([inputs, upstream()])):
        seconds = read_record(folder / RUN)["seconds"]
        took = tqdm.format_interval(seconds)
        row.ended = f"unchanged since its last run, which took {took}"
        return seconds
    folder.mkdir(exist_ok=True)
    (folder / RUN).unlink(missing_ok=True)
    row.started, row.reports = time.monotonic(), kernels.scratch / f"{book.name}.progress"
    try:
        execute(book, plan.injected[book.name], folder, row, kernels, upstream)
    except BaseException:
        row.ended = "stopped"
        raise
    seconds = round(row.seconds, 1)
    row.ended = f"done in {tqdm.format_interval(row.seconds)}"
    if plan.fingerprint != (read := fingerprint_of(folder)) and read:
        raise NotebookError(f"{book.path.name}: the surnames were changed while it ran; run again")
    if inputs == inputs_of(book, plan.parameters(book), data, plan.checkout):
        end_run(folder, digest([inputs, upstream()]), seconds)
    else:
        row.ended += "; the code was changed meanwhile, so it will run again next time"
    return seconds


def fingerprint_of(folder: Path) -> str:
    """The fingerprint of the surnames that a run has read, or "" if it has recorded none."""
    data = read_record(folder / "results.json").get("data", {})
    return data.get("fingerprint", "") if isinstance(data, dict) else ""


def execute(
    book: Notebook,
    injected: dict,
    folder: Path,
    row: Row,
    kernels: Kernels,
    upstream: Callable[[], dict],
) -> None:
    """Run the notebook in the folder, which keeps it as far as it was executed.

    Before its first cell that reads others' runs it waits for them, and its time stands still.

    Raises NotebookError.
    """
    executed, log = folder / EXECUTED, folder / KERNEL_LOG
    running: list[NotebookNode] = []

    def began(notebook: NotebookNode) -> None:
        row.cells = len(notebook.cells)
        running.append(notebook)

    def reached(cell: NotebookNode, cell_index: int) -> None:
        row.cell = cell_index
        if "runs_dir" in cell.source and not DECLARES.intersection(cell.metadata.get("tags", [])):
            reached_at = time.monotonic()
            upstream()
            row.started += time.monotonic() - reached_at

    nbformat.write(book.content, executed)
    try:
        execute_notebook(
            literal_path(executed),
            None,  # it would save twice a cell, which takes longer than most cells
            injected,
            kernel_name="python3",
            language="python",
            kernel_manager_class=kernels.manager_class(row.name, log, row.reports),
            resources={"metadata": {"path": str(folder)}},
            start_timeout=300,
            iopub_timeout=300,  # seconds, for a busy machine
            progress_bar=False,
            record_timing=False,
            on_notebook_start=began,
            on_cell_start=reached,
        )
    except PapermillExecutionError as error:
        raise NotebookError(
            f"{book.path.name} failed in {_where(error)}; executed so far: {executed}"
        ) from None
    except DeadKernelError:
        cell = f"cell {row.cell + 1} of {row.cells}"
        raise NotebookError(
            f"{book.path.name}: its Python died in {cell} (out of memory?); see {log}"
        ) from None
    except RuntimeError as error:  # jupyter_client's, before the first cell
        raise NotebookError(
            f"{book.path.name}: its Python did not start ({error}); see {log}"
        ) from None
    finally:
        for notebook in running:  # whether it came to its end or not
            without_places(notebook)
            nbformat.write(notebook, executed)


def without_places(notebook: NotebookNode) -> None:
    """Remove where the notebook ran, so that no path of this machine is handed in.

    Of a folder of names that is not simply above the run's own, only the name remains.
    """
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            source = re.sub(r"^out_dir = .*\n?", "", cell.source, flags=re.MULTILINE)
            cell.source = re.sub(r"^data_dir = (.*)$", named_only, source, flags=re.MULTILINE)
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":  # of where a warning comes from, the file's name
                output.text = WARNED_IN.sub("", output.text)


def named_only(line: re.Match) -> str:
    """The line `data_dir = ...` as it is shown."""
    path = Path(ast.literal_eval(line[1]))
    steps = [step for step in path.parts if step != ".."]
    return line[0] if len(steps) < 2 else f"data_dir = {path.name!r}"


def _where(error: PapermillExecutionError) -> str:
    """As in `[5], line 2, "x = 1 / 0": ZeroDivisionError: division by zero`."""
    trace = strip_color("\n".join(error.traceback))
    place = re.search(r"Cell In ?\[\d+\], line (\d+)", trace)
    message = f"{error.ename}: {' '.join(str(error.evalue).split())}"
    if not place:  # an error that shows no traceback
        return f"cell [{error.exec_count}]: {message}"
    line = int(place[1])
    # IPython counts from the first line with text
    source = error.source.lstrip("\n").splitlines()[line - 1].strip()
    return f'cell [{error.exec_count}], line {line}, "{source}": {message}'
