"""Measure all rows, or one: `python -m benchmarks [--only ROW] [--quick] [--repeats N] [--tutorial DIR] [--record]`."""

from pathlib import Path

import click
from matplotlib import pyplot as plt

from benchmarks import (
    accuracy,
    batch_one_step,
    lstm_layer,
    matrix_rate,
    record,
    throughput,
    time_to_accuracy,
    two_million_names,
)
from benchmarks.figures import draw
from benchmarks.machine import Machine, measure_machine
from benchmarks.measuring import Setting, seconds
from benchmarks.table import markdown, plain, put_between_marks, summary
from namelib import DataError, load_names
from namelib.files import write_whole

MEASURES = {
    "step": batch_one_step.measure,
    "time": time_to_accuracy.measure,
    "layer": lstm_layer.measure,
    "rate": matrix_rate.measure,
    "throughput": throughput.measure,
    "scale": two_million_names.measure,
    "accuracy": accuracy.measure,
}
LANGUAGES = ("zh", "en")
PAGES = {
    record.FOLDER / "README.md": markdown,
    record.FOLDER.parent / "README.md": summary,
}  # page -> what it quotes


def run(names: list[str], setting: Setting, out: Path) -> dict[str, dict]:
    """Measure the rows, one after the other; each is printed, drawn and saved as soon as it is there."""
    machine, rows = measure_machine(setting), {}
    for name in names:
        rows[name] = measure_row(name, setting, machine)
        click.echo(plain(name, rows[name]))
        record.save(out / "results.json", {name: rows[name]})
        for language in LANGUAGES:
            figure = draw(name, rows[name], language)
            figure.savefig(out / f"{name}.{language}.svg", metadata={"Date": None})
            plt.close(figure)
    return rows


def measure_row(name: str, setting: Setting, machine: Machine) -> dict:
    measured: dict = {}
    took = seconds(lambda: measured.update(MEASURES[name](setting, machine)))
    return record.row_record(measured, took, machine, setting)


def write_pages(rows: dict[str, dict]) -> None:
    """Render the committed record into the pages that quote it."""
    for page, quoted in PAGES.items():
        text = page.read_text(encoding="utf-8")
        write_whole(page, put_between_marks(text, quoted(rows)))


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--only", multiple=True, type=click.Choice(list(MEASURES)), help="Measure this row; may be given again.")
@click.option("--quick", is_flag=True, help="Tiny sizes, to see that everything runs; the numbers say nothing.")
@click.option("--repeats", type=click.IntRange(2), default=5, show_default=True, help="Turns of each comparison.")
@click.option(
    "--tutorial",
    type=click.Path(path_type=Path, resolve_path=True),
    help="A folder of the tutorial's <Language>.txt.",
)
@click.option("--ensembles", type=click.IntRange(1, 5), default=1, show_default=True, help="Splits with an ensemble.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=record.OUT, help="For JSON and figures."
)
@click.option("--record", "keep", is_flag=True, help="Make this run the record that benchmarks/README.md quotes.")
def main(
    only: tuple[str, ...], quick: bool, repeats: int, tutorial: Path | None, ensembles: int, out: Path, keep: bool
) -> None:
    """Measure how fast the networks are, how good, and what limits them.

    Half an hour on two quiet cores, forty minutes with --tutorial.
    """
    if quick and keep:
        raise click.UsageError("--record keeps a real run; leave out --quick")
    names = list(only or MEASURES)
    if keep and "accuracy" in names and not tutorial:
        raise click.UsageError("--record of row accuracy needs --tutorial DIR, or its lines would be lost")
    try:
        if tutorial:
            load_names(tutorial)
        out.mkdir(parents=True, exist_ok=True)
        record.load(out / "results.json")
    except DataError as error:
        raise click.UsageError(f"--tutorial: {error}") from None
    except (OSError, ValueError) as error:
        raise click.UsageError(f"--out {out}: {error}; give another folder") from None
    rows = run(names, Setting(repeats, quick, str(tutorial or ""), ensembles), out)
    if keep:
        record.save(record.RECORD, rows)
        write_pages(record.load(record.RECORD))
    click.echo(f"\n{out}: results.json, and two figures a row")


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
