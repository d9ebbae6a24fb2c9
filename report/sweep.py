"""`python -m report.sweep`: train on a grid of learning rates, hidden sizes and seeds.

A cell is trained as in the network's notebook, so that its row of the table reproduces the
notebook's numbers exactly.
"""

import os
import time
from dataclasses import fields
from pathlib import Path

import click
import joblib
import pandas as pd
from filelock import FileLock, Timeout
from tqdm import tqdm

from namelib.data import DataError, Names, load_names
from namelib.files import output_told, write_files
from namelib.runs import BUILD, NETWORKS, SWEEPS
from namelib.spelling import printable
from notebooks import NOTEBOOKS
from notebooks.cells import RECIPES, train_cell
from notebooks.jobs import SCHEDULER, JobsError, files_of, finished_jobs, kept_results
from notebooks.limits import MOST_WORKERS
from notebooks.processes import stop_on_signals
from notebooks.why_lstm.sweep_table import SWEEP_FILE, table_of, verdicts
from report.parameters import Notebook, ParameterError, find_notebooks, resolve

# as the notebooks call them
RATE_PARAMETERS = {"original": "learning_rate", "mini_batch": "mini_batch_learning_rate"}
SHARED = ("hidden_size", "seed", "valid_fraction", "device")  # what both recipes read
# of the notebook's own
FACTORS = {"hidden_size": (0.5, 1, 2)} | dict.fromkeys(
    RATE_PARAMETERS.values(), (0.25, 0.5, 1, 2, 4)
)
SEEDS = [0, 1, 2, 3, 4]
AXES = (*FACTORS, "seed")
ROW = (
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

Settings = tuple[tuple[str, str], ...]


@click.command()
@click.argument(
    "networks", nargs=-1, metavar="[rnn|lstm|custom_lstm]...", type=click.Choice(list(NETWORKS))
)
@click.option(
    "-g",
    "--grid",
    type=(str, str),
    multiple=True,
    metavar="[NOTEBOOK.]AXIS V1,V2,...",
    help=f"Values of an axis: {', '.join(AXES)}. Default: around each notebook's own; five seeds.",
)
@click.option("--recipe", type=click.Choice(list(RECIPES)), help="One recipe only; default: both.")
@click.option(
    "-p", "settings", type=(str, str), multiple=True, metavar="[NOTEBOOK.]PARAMETER VALUE"
)
@click.option("--quick", is_flag=True, help="Train for seconds only: poor results.")
@click.option("--data", default="", metavar="DIR|tutorial", help="A folder of <Language>.txt.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=BUILD / SWEEPS,
    help="Folder for the table and the finished cells; the report looks for it in build/sweeps.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_WORKERS),
    help="Cells trained in parallel; default: one per core.",
)
@click.option(
    "--scheduler",
    default="",
    envvar=SCHEDULER,
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
        names = load_names(data)
        recipes = [recipe] if recipe else list(RECIPES)
        cells = lay_grid(networks or tuple(NETWORKS), recipes, grid, settings, quick)
        out = Path(os.path.realpath(out))
        kept = out / "cells"
        kept.mkdir(parents=True, exist_ok=True)
        with FileLock(kept / ".lock", timeout=0):
            rows = train_missing(cells, names, kept, jobs or joblib.cpu_count(), scheduler)
            table = pd.DataFrame(rows, columns=ROW).assign(data=names.fingerprint)
            write_files(out, {SWEEP_FILE: table.convert_dtypes().to_csv(index=False).encode()})
        counts = table["status"].value_counts()
        outcomes = ", ".join(f"{count} {status}" for status, count in counts.items())
        with output_told():
            if of_networks := verdicts(table):
                click.echo(table_of(of_networks).markdown())
            click.echo(f"{len(table)} cells ({outcomes}): {out / SWEEP_FILE}")
        context.exit(int("failed" in counts))
    except Timeout:
        raise click.ClickException(
            f"{out}: another sweep is writing here; wait for it or give another --out"
        ) from None
    except (ParameterError, DataError, JobsError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        place = printable(error.filename or out)[:100]
        raise click.ClickException(f"{place}: {error.strerror or error}") from None
    except KeyboardInterrupt:
        click.echo(
            "stopped; finished cells are kept, and the same command continues from there", err=True
        )
        raise


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
        for rate in axes[book.name][RATE_PARAMETERS[recipe]]
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


def train_missing(
    cells: list[dict], names: Names, kept: Path, jobs: int, scheduler: str
) -> list[dict]:
    """The rows of all cells; those not in `kept` are trained, and stored there when done.

    Raises JobsError if there is no cluster, or if it is lost.
    """
    keys = [[cell, names.fingerprint] for cell in cells]
    tasks = [{"cell": cell, "names": names} for cell in cells]
    finished = len(kept_results(files_of(train_cell, keys, kept)))
    click.echo(f"{len(cells)} cells, {finished} of them already finished", err=True)
    rows, missing, began = {}, len(cells) - finished, time.monotonic()
    for k, row in finished_jobs(train_cell, tasks, jobs, kept, keys=keys, scheduler=scheduler):
        rows[k] = row
        if (done := len(rows) - finished) > 0:
            passed = time.monotonic() - began
            left = tqdm.format_interval(passed / done * (missing - done))
            spent = tqdm.format_interval(passed)
            click.echo(f"{spent}  {done}/{missing}  {described(row)}; {left} left", err=True)
    return [rows[k] for k in range(len(cells))]


def described(row: dict) -> str:
    """The cell in words, and what came out."""
    axes = (
        f"learning rate {row['learning_rate']:g}, hidden "
        f"size {row['hidden_size']}, seed {row['seed']}"
    )
    how = f"{row['status']}: {' '.join(row.get('problem', '').split())}"
    if row["status"] == "ok":
        how = f"balanced accuracy {row['balanced_accuracy']:.3f}"
    return f"{row['network']}, {row['recipe'].replace('_', '-')} recipe, {axes}: {how}"


if __name__ == "__main__":
    main(prog_name="python -m report.sweep")
