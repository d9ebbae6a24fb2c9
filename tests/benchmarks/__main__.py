"""Measure all rows, or one: `make bench ARGS="[--only ROW] [--quick] [--repeats N] [--record]"`."""

import json
import os
from datetime import date
from pathlib import Path

import click
import numpy as np
import torch

from benchmarks.rows import measure_layers, measure_steps
from namelib.files import write_files
from namelib.runs import RECORDED, versions
from notebooks.tables import Table
from notebooks.why_lstm.study import processor

MEASUREMENTS = {"step": measure_steps, "layer": measure_layers}
TITLES = {"step": "one step", "layer": "one layer"}
HEAD = ("measurement", "ours", "compared with", "ratio")
README = Path(__file__).with_name("README.md")
RECORD = RECORDED / "benchmarks.json"
TABLE_BEGINS = "<!-- benchmarks: written by `make bench ARGS=--record` -->"
TABLE_ENDS = "<!-- end of benchmarks -->"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(list(MEASUREMENTS)),
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
    torch.set_num_threads(1)
    for name in only or MEASUREMENTS:
        click.echo(f"{TITLES[name]} ...", err=True)
        row = dated(MEASUREMENTS[name](repeats, quick))
        click.echo(f"{table({name: row}).markdown()}\n")
        if kept:
            keep(name, row)
    if quick:
        click.echo("Sizes of --quick: the numbers say nothing.")


def dated(lines: list[dict]) -> dict:
    """One row as the record has it: its lines, with the day, the machine and the versions."""
    return {
        "date": date.today().isoformat(),
        "machine": {"cpu": processor(), "cores": os.cpu_count()},
        "versions": versions(),
        "lines": lines,
    }


def keep(name: str, row: dict, record: Path = RECORD, readme: Path = README) -> None:
    """Put the row into the record, and README.md's table with it."""
    rows = json.loads(record.read_text(encoding="utf-8")) | {name: row}
    text = json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_files(record.parent, {record.name: text.encode()})
    text = with_table(readme.read_text(encoding="utf-8"), rows)
    write_files(readme.parent, {readme.name: text.encode()})


def with_table(text: str, rows: dict[str, dict]) -> str:
    """The text with the rows' table, and where they were measured, between its two marks."""
    before, _, rest = text.partition(TABLE_BEGINS)
    _, _, after = rest.partition(TABLE_ENDS)
    machines = {
        f"{row['date']}, {row['machine']['cpu']}, {row['machine']['cores']} cores, "
        f"Python {row['versions']['python']}, torch {row['versions']['torch']}": None
        for row in rows.values()
    }
    block = f"{table(rows).markdown()}\n\n*{'; '.join(machines)}.*"
    return f"{before}{TABLE_BEGINS}\n\n{block}\n\n{TABLE_ENDS}{after}"


def table(rows: dict[str, dict]) -> Table:
    """One line for each comparison."""
    return Table(HEAD, [comparison(name, line) for name in rows for line in rows[name]["lines"]])


def comparison(row: str, line: dict) -> list[str]:
    """The medians of a comparison, and the median of the ratios turn by turn with its range."""
    medians = {
        name: f"{np.median(samples):.3g} {line['unit']}"
        for name, samples in line["samples"].items()
    }
    (ours, *_), (our_samples, peer_samples, *_) = medians, line["samples"].values()
    if row == "layer":
        ratios, meaning = np.divide(our_samples, peer_samples), "times its time"
    else:
        ratios, meaning = np.divide(peer_samples, our_samples), "times as fast"
    return [
        f"{TITLES[row]}: {line['case']}",
        medians.pop(ours),
        "; ".join(f"{name} {median}" for name, median in medians.items()),
        f"{np.median(ratios):.3g} ({min(ratios):.3g}–{max(ratios):.3g}) {meaning}",
    ]


if __name__ == "__main__":
    main(prog_name="make bench")
