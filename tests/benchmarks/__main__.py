"""Measure all rows, or one: `make bench ARGS="[--only ROW] [--quick] [--repeats N] [--record]"`."""

from pathlib import Path

import click

from benchmarks import layer, record, step
from benchmarks.measuring import Setting, seconds
from benchmarks.table import block, put_between_marks, table
from namelib.files import write_files

MEASURES = {"step": step.measure, "layer": layer.measure}
README = Path(__file__).with_name("README.md")


def run(names: list[str], setting: Setting) -> dict[str, dict]:
    """Measure the rows, one after the other; each is printed as soon as it is there."""
    rows = {}
    for name in names:
        took = seconds(
            lambda name=name: rows.update({name: record.row_record(MEASURES[name](setting))})
        )
        click.echo(f"{table({name: rows[name]}).markdown()}\n({took:.0f} s)\n")
    return rows


def keep(rows: dict[str, dict]) -> None:
    """Make the rows the record, and README.md's table with it."""
    record.save(rows)
    text = put_between_marks(README.read_text(encoding="utf-8"), block(record.load()))
    write_files(README.parent, {README.name: text.encode()})


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(MEASURES)),
    help="Measure this row; may be given again.",
)
@click.option(
    "--quick",
    is_flag=True,
    help="Tiny sizes, to see that everything runs; the numbers say nothing.",
)
@click.option(
    "--repeats",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    help="Turns of each comparison.",
)
@click.option(
    "--record", "kept", is_flag=True, help="Make this run the record that README.md quotes."
)
def main(only: tuple[str, ...], quick: bool, repeats: int, kept: bool) -> None:
    """Measure how fast the networks train beside the plain ways: 2 minutes on a quiet core."""
    if quick and kept:
        raise click.UsageError("--record keeps a real run; leave out --quick")
    rows = run(list(only or MEASURES), Setting(repeats, quick))
    if kept:
        keep(rows)
    elif quick:
        click.echo("Sizes of --quick: the numbers say nothing.")


if __name__ == "__main__":
    main(prog_name="make bench")
