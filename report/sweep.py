"""`python -m report.sweep`: run the networks' notebooks over a grid of learning rates, hidden sizes and seeds."""

from collections.abc import Iterable
from pathlib import Path

import click
import joblib
import pandas as pd
from filelock import FileLock, Timeout

from namelib.data import DataError, load_names
from namelib.experiments.found_best import COLUMNS, TABLE, verdicts
from namelib.files import write_whole
from namelib.runs import BUILD, NOTEBOOKS, SWEEPS
from report.kernel import stop_as_on_ctrl_c
from report.parameters import Notebook, ParameterError, find_notebooks, resolve
from report.run import with_places
from report.sweep_cell import ALONE, AXES, FOLDER, RATES, Cell, made_from
from report.sweep_runs import SchedulerError, cluster, finished, local, run_missing

FACTORS = {"hidden_size": (0.5, 1, 2)} | dict.fromkeys(RATES.values(), (0.25, 0.5, 1, 2, 4))  # of the default
SEEDS = (0, 1, 2, 3, 4)


GRID = f"Values of an axis: {', '.join(AXES)}. Default: around each notebook's own; five seeds."
SET = "Set another parameter: -p steps 20000"
OUT = "Folder for the table and the runs; default: build/sweeps, where a report finds it."
Settings = tuple[tuple[str, str], ...]


@click.command()
@click.argument("networks", nargs=-1, metavar="[rnn|lstm|custom_lstm]...", type=click.Choice(list(NOTEBOOKS)))
@click.option("-g", "--grid", "grids", type=(str, str), multiple=True, metavar="[NOTEBOOK.]AXIS V1,V2,...", help=GRID)
@click.option("--recipe", type=click.Choice(list(RATES)), help="One recipe alone; default: both.")
@click.option("-p", "settings", type=(str, str), multiple=True, metavar="[NOTEBOOK.]PARAMETER VALUE", help=SET)
@click.option("--quick", is_flag=True, help="Seconds of training: poor results.")
@click.option("--data", default="", metavar="DIR|tutorial", help="A folder of <Language>.txt.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=BUILD / SWEEPS, help=OUT)
@click.option("--jobs", type=click.IntRange(min=1), help="Notebooks at once; default: as many as cores.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Run on the workers of this Dask cluster instead.")
@click.pass_context
def main(
    context: click.Context,
    networks: tuple[str, ...],
    grids: Settings,
    recipe: str | None,
    settings: Settings,
    quick: bool,
    data: str,
    out: Path,
    jobs: int | None,
    scheduler: str | None,
) -> None:
    """Run a grid of learning rate x hidden size x seed into one table, sweep.csv. Finished cells are not run again."""
    out, runs = out.resolve(), out.resolve() / "runs"
    try:
        wanted = {NOTEBOOKS[network] for network in networks or NOTEBOOKS}
        books = [book for book in find_notebooks(FOLDER) if book.name in wanted]
        folder = Path(data).resolve() if data not in ("", "tutorial") else None
        names, data_dir = load_names(folder or data), str(folder or data)
        chosen = resolve(books, settings, quick)
        axes = read_axes(books, grids)
        for axis in (axis for values in chosen.values() for axis in AXES if axis in values):
            raise ParameterError(f"-p {axis}: an axis of the grid; use --grid {axis} V1,V2,...")
        fixed = {book.name: with_places(book, chosen[book.name], data_dir) for book in books}
        cells = lay_grid(books, axes, fixed, [recipe] if recipe else list(RATES), names.fingerprint)
        runs.mkdir(parents=True, exist_ok=True)
        with FileLock(runs / ".lock", timeout=0):
            rows = finished(runs)
            missing = [cell for cell in cells if cell not in rows]
            click.echo(f"{len(cells)} cells, {len(cells) - len(missing)} of them finished before", err=True)
            if missing:
                pool = cluster(scheduler) if scheduler else local(jobs or joblib.cpu_count())
                rows |= run_missing(missing, fixed, runs, pool)
            made_with = {book.name: book.defaults | fixed[book.name] | {"data": names.fingerprint} for book in books}
            table = write_table(out / TABLE, [_whole(rows[cell], made_with[cell.notebook]) for cell in cells])
    except Timeout:
        raise click.ClickException(f"{out}: another sweep writes here; wait for it, or give another --out") from None
    except (ParameterError, DataError, SchedulerError, OSError) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        click.echo("stopped; what is finished stays, and the same command goes on from there", err=True)
        context.exit(130)
    for found in verdicts(table):
        click.echo(f"{found.network}, {found.chosen[1]:g} with {found.chosen[0]}: {found.text('en')}")
    counts = table["status"].value_counts()
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    click.echo(f"{len(table)} cells ({told}): {out / TABLE}")
    context.exit(int("failed" in counts))


def read_axes(books: list[Notebook], grids: Iterable[tuple[str, str]]) -> dict[str, dict[str, list]]:
    """The values of each axis, notebook by notebook: those given, which follow the rules of -p, or the usual ones."""
    axes = {
        book.name: {axis: [_like(book.defaults[axis], factor) for factor in FACTORS[axis]] for axis in FACTORS}
        | {"seed": list(SEEDS)}
        for book in books
    }
    for setting, texts in sorted(grids, key=lambda grid: "." in grid[0]):
        axis = setting.rpartition(".")[2]
        if axis not in AXES:
            raise ParameterError(f"--grid {setting}: no axis; there are {', '.join(AXES)}")
        values = [resolve(books, [(setting, text)], quick=False, option="--grid") for text in texts.split(",")]
        for name in (book.name for book in books if axis in values[0][book.name]):
            axes[name][axis] = list(dict.fromkeys(value[name][axis] for value in values))
    return axes


def _like(default: float, factor: float) -> float:
    return max(1, round(default * factor)) if type(default) is int else float(f"{default * factor:.3g}")


def lay_grid(books: list[Notebook], axes: dict, fixed: dict, recipes: list[str], data: str) -> list[Cell]:
    """All cells, a whole grid a seed: after the first seed every square has been looked at once."""
    sources = {
        (book.name, recipe): made_from(book, recipe, fixed[book.name], data) for book in books for recipe in recipes
    }
    seeds = dict.fromkeys(seed for values in axes.values() for seed in values["seed"])
    return [
        Cell(name, recipe, rate, size, seed, sources[name, recipe])
        for seed in seeds
        for name, values in axes.items() if seed in values["seed"]
        for size in values["hidden_size"]
        for recipe in recipes
        for rate in values[RATES[recipe]]
    ]  # fmt: skip


def write_table(path: Path, rows: list[dict]) -> pd.DataFrame:
    """The table as a CSV file, whole or not at all."""
    write_whole(path, pd.DataFrame(rows, columns=COLUMNS).convert_dtypes().to_csv(index=False))
    return pd.read_csv(path)


def _whole(row: dict, made_with: dict) -> dict:
    """The row with what its recipe read beside the axes."""
    (other,) = RATES.keys() - {row["recipe"]}
    return {name: value for name, value in made_with.items() if name not in (*AXES, *ALONE[other])} | row


def console() -> None:
    """The command as a program; when it is ended from outside, its kernels end too, as on Ctrl-C."""
    stop_as_on_ctrl_c()
    main(prog_name="python -m report.sweep")


if __name__ == "__main__":
    console()
