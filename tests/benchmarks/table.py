"""The table of the rows, for the terminal and for README.md, every number from the record."""

from collections.abc import Sequence

import numpy as np

from namelib.tables import Table

BEGIN, END = (
    "<!-- benchmarks: written by `make bench ARGS=--record` -->",
    "<!-- end of benchmarks -->",
)
HEAD = ("measurement", "ours", "compared with", "ratio")
TITLES = {"step": "one step", "layer": "one layer"}


def table(rows: dict[str, dict]) -> Table:
    """One line for each that was measured."""
    named = [(name, line) for name in TITLES if name in rows for line in rows[name]["lines"]]
    return Table(HEAD, [cells(name, line) for name, line in named])


def cells(row: str, line: dict) -> list[str]:
    ours, *peers = line["samples"]
    unit = line["unit"]
    beside = "; ".join(f"{name} {value(line['samples'][name], unit)}" for name in peers)
    return [
        f"{TITLES[row]}: {line['case']}",
        value(line["samples"][ours], unit),
        beside,
        ratio(row, line["samples"][ours], line["samples"][peers[0]]),
    ]


def value(samples: Sequence[float], unit: str) -> str:
    """The median with its unit."""
    return f"{np.median(samples):.3g} {unit}"


def ratio(row: str, ours: list[float], peer: list[float]) -> str:
    """The median of the ratios turn by turn, with the lowest and the highest."""
    ratios = np.divide(ours, peer) if row == "layer" else np.divide(peer, ours)
    said = "times its time" if row == "layer" else "times as fast"
    return f"{np.median(ratios):.3g} ({min(ratios):.3g}–{max(ratios):.3g}) {said}"


def block(rows: dict[str, dict]) -> str:
    """The table as Markdown, and where it was measured."""
    machines = {
        f"{row['date']}, {row['machine']['cpu']}, {row['machine']['cores']} cores, "
        f"Python {row['versions']['python']}, torch {row['versions']['torch']}": None
        for row in rows.values()
    }
    return f"{table(rows).markdown()}\n\n*{'; '.join(machines)}.*"


def put_between_marks(text: str, block: str) -> str:
    """The text with the block between its two marks. Raises ValueError where a mark is missing."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the marks {BEGIN} and {END} are not both there")
    return f"{before}{BEGIN}\n\n{block}\n\n{END}{after}"
