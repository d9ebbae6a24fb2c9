"""`python -m report.sweep`: train on a grid of learning rates, hidden sizes and seeds.

A cell of the grid is a flat dictionary: network, recipe, and every value that the recipe reads. It
is trained as in the network's notebook, so that its row of the table reproduces the notebook's
numbers exactly.
"""

import io
import multiprocessing
import os
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor, as_completed
from contextlib import contextmanager, redirect_stderr
from dataclasses import fields
from pathlib import Path

import click
import joblib
import pandas as pd
import torch
from filelock import FileLock, Timeout
from joblib.externals.loky import ProcessPoolExecutor
from tqdm import tqdm

from namelib import MiniBatch, Original, evaluate, fit, load_names, split_names
from namelib.data import DataError
from namelib.files import output_told, write_files
from namelib.runs import BUILD, NETWORKS, ROOT, sealed, versions
from namelib.spelling import printable
from notebooks.processes import Stopped, end_with_parent, stop_on_signals
from notebooks.why_lstm.sweep_table import SWEEPS, TABLE, table_of, verdicts
from report.cache import digest, hashes, read_record
from report.parameters import Notebook, ParameterError, find_notebooks, resolve

NOTEBOOKS = ROOT / "notebooks"
RECIPES = {"original": Original, "mini_batch": MiniBatch}
# as the notebooks call them
RATES = {"original": "learning_rate", "mini_batch": "mini_batch_learning_rate"}
SHARED = ("hidden_size", "seed", "valid_fraction", "device")  # what both recipes read
# of the notebook's own
FACTORS = {"hidden_size": (0.5, 1, 2)} | dict.fromkeys(RATES.values(), (0.25, 0.5, 1, 2, 4))
SEEDS = [0, 1, 2, 3, 4]
AXES = (*FACTORS, "seed")
COLUMNS = (
    "network",
    "recipe",
    "learning_rate",
    "hidden_size",
    "seed",
    "accuracy",
    "balanced_accuracy",
    "loss",
    "seconds",
    "status",
    "steps",
    "epochs",
    "batch_size",
    "valid_fraction",
    "data",
)
PATIENCE = 20  # seconds, for a scheduler and for its first worker

GRID = f"Values of an axis: {', '.join(AXES)}. Default: around each notebook's own; five seeds."
OUT = "Folder for the table and the finished cells; the report looks for it in build/sweeps."
Settings = tuple[tuple[str, str], ...]


@click.command()
@click.argument(
    "networks", nargs=-1, metavar="[rnn|lstm|custom_lstm]...", type=click.Choice(list(NETWORKS))
)
@click.option(
    "-g", "--grid", type=(str, str), multiple=True, metavar="[NOTEBOOK.]AXIS V1,V2,...", help=GRID
)
@click.option("--recipe", type=click.Choice(list(RECIPES)), help="One recipe only; default: both.")
@click.option(
    "-p", "settings", type=(str, str), multiple=True, metavar="[NOTEBOOK.]PARAMETER VALUE"
)
@click.option("--quick", is_flag=True, help="Train for seconds only: poor results.")
@click.option("--data", default="", metavar="DIR|tutorial", help="A folder of <Language>.txt.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=BUILD / SWEEPS, help=OUT
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Cells trained in parallel; default: one per core."
)
@click.option(
    "--scheduler",
    default="",
    metavar="tcp://HOST:PORT",
    help="Train on the workers of this Dask cluster.",
)
@click.pass_context
@stop_on_signals()
def main(
    context: click.Context,
    networks: tuple[str, ...],
    grid: Settings,
    recipe: str | None,
    settings: Settings,
    quick: bool,
    data: str,
    out: Path,
    jobs: int | None,
    scheduler: str,
) -> None:
    """Train a grid of learning rate x hidden size x seed and write one table, sweep.csv.

    Finished cells are kept.
    """
    try:
        data = data if data in ("", "tutorial") else os.path.realpath(data)
        fingerprint = load_names(data).fingerprint
        recipes = [recipe] if recipe else list(RECIPES)
        cells = lay_grid(networks or tuple(NETWORKS), recipes, grid, settings, quick)
        out = Path(os.path.realpath(out))
        kept = out / "cells"
        kept.mkdir(parents=True, exist_ok=True)
        with FileLock(kept / ".lock", timeout=0):
            rows = train_missing(
                cells, data, fingerprint, kept, jobs or joblib.cpu_count(), scheduler
            )
            table = pd.DataFrame([{**row, "data": fingerprint} for row in rows], columns=COLUMNS)
            write_files(out, {TABLE: table.convert_dtypes().to_csv(index=False).encode()})
        counts = table["status"].value_counts()
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        with output_told():
            if found := verdicts(table):
                click.echo(table_of(found).markdown())
            click.echo(f"{len(table)} cells ({told}): {out / TABLE}")
        context.exit(int("failed" in counts))
    except Timeout:
        raise click.ClickException(
            f"{out}: another sweep is writing here; wait for it or give another --out"
        ) from None
    except (ParameterError, DataError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        place = printable(error.filename or out)[:100]
        raise click.ClickException(f"{place}: {error.strerror or error}") from None
    except KeyboardInterrupt as stop:
        click.echo(
            "stopped; finished cells are kept, and the same command continues from there", err=True
        )
        context.exit(stop.status if isinstance(stop, Stopped) else 130)


def lay_grid(
    networks: tuple[str, ...], recipes: list[str], grid: Settings, settings: Settings, quick: bool
) -> list[dict]:
    """All cells, one seed after another: the first seed has tried every cell of the grid once."""
    chapters = {NETWORKS[network].notebook: network for network in networks}
    books = find_notebooks(NOTEBOOKS, chapters)
    chosen = resolve(books, settings, quick)
    for axis in (axis for values in chosen.values() for axis in AXES if axis in values):
        raise ParameterError(f"-p {axis}: an axis of the grid; use --grid {axis} V1,V2,...")
    axes = read_axes(books, grid)
    return [
        {"network": chapters[book.name], "recipe": recipe}
        | what_recipe_reads(
            recipe, book.defaults | chosen[book.name] | {"hidden_size": size, "seed": seed}
        )
        | {"learning_rate": rate}
        for seed in dict.fromkeys(seed for values in axes.values() for seed in values["seed"])
        for book in books
        if seed in axes[book.name]["seed"]
        for size in axes[book.name]["hidden_size"]
        for recipe in recipes
        for rate in axes[book.name][RATES[recipe]]
    ]


def read_axes(books: list[Notebook], grid: Settings) -> dict[str, dict[str, list]]:
    """The values of each axis by notebook: given, by the rules of -p, or around the default."""
    axes = {
        book.name: {
            axis: [_times(book.defaults[axis], factor) for factor in FACTORS[axis]]
            for axis in FACTORS
        }
        | {"seed": SEEDS}
        for book in books
    }
    resolve(
        books,
        [(setting, texts.partition(",")[0]) for setting, texts in grid],
        quick=False,
        option="--grid",
    )
    for setting, texts in sorted(grid, key=lambda given: "." in given[0]):
        axis = setting.rpartition(".")[2]
        if axis not in AXES:
            raise ParameterError(f"--grid {setting}: not an axis; the axes are {', '.join(AXES)}")
        values = [
            resolve(books, [(setting, text)], quick=False, option="--grid")
            for text in texts.split(",")
        ]
        for book in (book.name for book in books if axis in values[0][book.name]):
            axes[book][axis] = list(dict.fromkeys(value[book][axis] for value in values))
    return axes


def _times(default: float, factor: float) -> float:
    return (
        max(1, round(default * factor))
        if type(default) is int
        else float(f"{default * factor:.3g}")
    )


def what_recipe_reads(recipe: str, parameters: dict) -> dict:
    """The notebook's parameters that the recipe or both recipes read, except its learning rate."""
    wanted = {*SHARED, *(field.name for field in fields(RECIPES[recipe]))} - {"learning_rate"}
    return {name: value for name, value in parameters.items() if name in wanted}


def made_from(cell: dict, fingerprint: str) -> str:
    """SHA-256 of what a row depends on: the cell, the names, namelib and the versions."""
    return digest(
        {
            "cell": cell,
            "data": fingerprint,
            "code": hashes(ROOT, "namelib/**/*.py"),
            "versions": versions(),
        }
    )


def train_missing(
    cells: list[dict], data: str, fingerprint: str, kept: Path, jobs: int, scheduler: str
) -> list[dict]:
    """The rows of all cells; those not in `kept` are trained, and stored there when done.

    Raises ClickException if there is no cluster, or if it is lost.
    """
    files = [kept / f"{made_from(cell, fingerprint)}.json" for cell in cells]
    rows = {file: row for file in files if (row := read_record(file))}
    missing = {file: cell for file, cell in zip(files, cells, strict=True) if file not in rows}
    click.echo(f"{len(cells)} cells, {len(rows)} of them already finished", err=True)
    began = time.monotonic()
    with cluster(scheduler) if scheduler and missing else processes(jobs) as pool:
        futures = {
            pool.submit(train_cell, cell, data, file.stem): file for file, cell in missing.items()
        }
        for done, future in enumerate(as_completed(futures), 1):
            file = futures[future]
            rows[file] = (
                missing[file]
                | {"network": NETWORKS[missing[file]["network"]].name}
                | _outcome(future)
            )
            if rows[file]["status"] != "failed":  # a failed cell is tried again by the next sweep
                write_files(kept, {file.name: sealed(rows[file])})
            passed = time.monotonic() - began
            times = [
                tqdm.format_interval(each)
                for each in (passed, passed / done * (len(missing) - done))
            ]
            click.echo(
                f"{times[0]}  {done}/{len(missing)}  {_told(rows[file])}; {times[1]} left", err=True
            )
    return [rows[file] for file in files]


def train_cell(cell: dict, data_dir: str, expected: str) -> dict:
    """Train one cell, on any machine; metrics, `status` (ok, diverged, failed) and any `problem`.

    It fails if namelib, names or versions are not those from which `expected` was computed.
    """
    try:
        names = load_names(data_dir)
        if made_from(cell, names.fingerprint) != expected:
            raise RuntimeError(
                "namelib, names or versions differ from those on the machine that started the sweep"
            )
        recipe = {
            field.name: cell[field.name]
            for field in fields(RECIPES[cell["recipe"]])
            if field.name in cell
        }
        train, valid = split_names(names, cell["valid_fraction"], cell["seed"])
        torch.set_num_threads(1)
        torch.manual_seed(cell["seed"])
        model = NETWORKS[cell["network"]].model(
            hidden_size=cell["hidden_size"], output_size=len(names.languages)
        )
        with redirect_stderr(io.StringIO()):  # the progress bars of parallel cells
            history = fit(
                model, train, valid, RECIPES[cell["recipe"]](**recipe), cell["seed"], cell["device"]
            )
        measures = evaluate(model, valid).summary()
    except FloatingPointError as error:
        return {"status": "diverged", "problem": str(error)}
    except Exception as error:  # whatever it is, the other cells continue
        return {"status": "failed", "problem": f"{type(error).__name__}: {error}"}
    kept = {measure: measures[measure] for measure in ("accuracy", "balanced_accuracy", "loss")}
    return {"status": "ok", **kept, "seconds": round(history.seconds, 2)}


def _outcome(future) -> dict:
    """The returned row; a cell that broke its process has failed."""
    try:
        return future.result()
    except CancelledError:
        raise click.ClickException(
            "the scheduler is gone; finished cells are kept: run the command again"
        ) from None
    except Exception as error:
        return {"status": "failed", "problem": f"{type(error).__name__}: {error}"}


def _told(row: dict) -> str:
    axes = (
        f"learning rate {row['learning_rate']:g}, hidden "
        f"size {row['hidden_size']}, seed {row['seed']}"
    )
    how = f"{row['status']}: {' '.join(row.get('problem', '').split())}"
    if row["status"] == "ok":
        how = f"balanced accuracy {row['balanced_accuracy']:.3f}"
    return f"{row['network']}, {row['recipe'].replace('_', '-')} recipe, {axes}: {how}"


@contextmanager
def processes(jobs: int) -> Iterator[Executor]:
    """Worker processes on this machine, which end with the sweep."""
    # what it would print when a sweep is stopped
    os.environ["PYTHONWARNINGS"] = "ignore:resource_tracker"
    pool = ProcessPoolExecutor(jobs, initializer=end_with_parent)
    try:
        yield pool
    finally:
        # not shutdown(kill_workers=True): loky's thread may still access what that drops
        for process in multiprocessing.active_children():
            process.terminate()
        pool.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster; the cells of a lost worker go to another one.

    Not joblib's Dask backend: with joblib 1.6 it returns no row before all are done.
    """
    try:
        from distributed import Client
    except ImportError:
        way_out = "in the checkout: pip install -c constraints.txt -e '.[cluster]'"
        raise click.ClickException(f"--scheduler needs Dask; {way_out}") from None
    try:
        with redirect_stderr(io.StringIO()):  # the line below reports what it would print
            client = Client(address, timeout=PATIENCE)
            client.wait_for_workers(1, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        problem = f"no scheduler with a worker there ({' '.join(str(error).split())})"
        raise click.ClickException(f"--scheduler {address}: {problem}") from None
    with client:
        yield client.get_executor(pure=False)


if __name__ == "__main__":
    # so that objects sent to other processes belong to a module that they can import
    from report import sweep

    sweep.main(prog_name="python -m report.sweep")
