"""A sweep's verdicts: were the original learning rates and hidden sizes "found best by testing"?"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from namelib.runs import NETWORKS, RECORDED, SWEEPS, RunError
from notebooks.language import _
from notebooks.number_formats import percent, points
from notebooks.tables import NONE, Table
from notebooks.why_lstm.statistics import Interval, mean_interval

SWEEP_FILE = "sweep.csv"
COLUMNS = [
    "network",
    "recipe",
    "learning_rate",
    "hidden_size",
    "seed",
    "balanced_accuracy",
    "status",
    "valid_fraction",
    "data",
]
CELL = ["hidden_size", "learning_rate"]
NUMBERS = [*CELL, "seed", "balanced_accuracy", "valid_fraction"]
CHOSEN = {
    network.name: (network.hidden_size, network.learning_rate) for network in NETWORKS.values()
}
OUTCOMES = {
    "best": "highest mean in the grid",
    "not told apart": "cannot distinguish from the best",
    "worse": "worse by {size} points",
    "incomplete": "{lost} of {seeds} seeds diverged or failed",
    "not compared": "cannot be compared",
}


@dataclass(frozen=True)
class Verdict:
    """The verdict on one network's choice; `difference` is the best cell's lead over it."""

    network: str
    verdict: str  # a key of OUTCOMES
    best: tuple[int, float] | None = None  # hidden size, learning rate
    best_value: Interval | None = None
    at_edge: bool = False  # whether the best cell is at the edge of the grid
    value: Interval | None = None  # balanced accuracy of the choice
    difference: Interval | None = None
    lost: int = 0  # seeds for which the choice diverged or failed
    seeds: int = 0


def find_sweep(
    runs: Path, fingerprint: str, recorded: Path = RECORDED
) -> tuple[pd.DataFrame | None, bool]:
    """The user's own sweep of these surnames or the recorded one, and whether it is the user's."""
    own = read_sweep(runs / SWEEPS, fingerprint)
    return (own, True) if own is not None else (read_sweep(recorded, fingerprint), False)


def read_sweep(folder: Path, fingerprint: str) -> pd.DataFrame | None:
    """The table of a sweep; None if there is none, or if it is of data with another fingerprint.

    Raises RunError for a file that is not such a table.
    """
    path = folder / SWEEP_FILE
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path, usecols=COLUMNS)
        problem = "" if table.empty or (table["data"] != fingerprint).any() else _problem(table)
    except (OSError, ValueError) as error:
        problem = " ".join(str(error).split())
    if problem:
        way_out = "delete it and run `make sweep` again"
        raise RunError(f"{path}: not the table of a sweep ({problem}); {way_out}")
    return table if len(table) and (table["data"] == fingerprint).all() else None


def _problem(table: pd.DataFrame) -> str:
    """What a sweep could not have written, with its first line in the file, or ""."""
    numbers = table[NUMBERS].apply(pd.to_numeric, errors="coerce")
    accuracy, ok = numbers["balanced_accuracy"], table["status"] == "ok"
    whole = (numbers[["hidden_size", "seed"]] % 1 == 0) & (numbers[["hidden_size", "seed"]] >= 0)
    wrong = {
        "no finite number": ~np.isfinite(numbers.drop(columns="balanced_accuracy")).all(axis=1),
        "a size or seed that is no whole number": ~whole.all(axis=1),
        "not one of ok, diverged, failed": ~table["status"].isin(["ok", "diverged", "failed"]),
        "an accuracy that is not between 0 and 1": ok & ~accuracy.between(0, 1),
        "an accuracy where training failed": ~ok & table["balanced_accuracy"].notna(),
        "other held-out names": numbers["valid_fraction"] != numbers["valid_fraction"].iloc[0],
        "no share of the names": ~numbers["valid_fraction"].between(0, 1, inclusive="neither"),
        "the same cell twice": table.duplicated([*CELL, "network", "recipe", "seed"]),
    }
    for problem, rows in wrong.items():
        if rows.any():
            return f"line {np.flatnonzero(rows)[0] + 2}: {problem}"
    return ""


def by_seed(table: pd.DataFrame, network: str, recipe: str) -> pd.DataFrame:
    """Balanced accuracy, a row per cell, a column per seed; NaN where a cell is not ok."""
    rows = table[(table["network"] == network) & (table["recipe"] == recipe)]
    return rows.pivot(index=CELL, columns="seed", values="balanced_accuracy")


def test_to_train(table: pd.DataFrame) -> float:
    """The ratio of held-out to training names."""
    share = float(table["valid_fraction"].iloc[0])
    return share / (1 - share)


def verdicts(table: pd.DataFrame) -> list[Verdict]:
    """A verdict on the original choice for each network of the table, under its own recipe."""
    rows = table[table["recipe"] == "original"]
    return [
        verdict_on(network, by_seed(rows, network, "original"), test_to_train(rows))
        for network in CHOSEN
        if (rows["network"] == network).any()
    ]


def verdict_on(network: str, values: pd.DataFrame, ratio: float) -> Verdict:
    """Compare the choice with the grid's best cell, in pairs by seed; values as from `by_seed`.

    The best cell's mean is inflated by selection on the same seeds. Each seed is therefore compared
    with the cell that is best on the other seeds: no cell is selected and judged on the same seed.
    Cells where a seed has no value (diverged) are not candidates. `ratio`: held-out names over
    training names, see `mean_interval`.
    """
    chosen, whole = CHOSEN[network], values.dropna()
    if chosen not in values.index or min(whole.shape) < 2:
        return Verdict(network, "not compared")
    best = whole.mean(axis=1).idxmax()
    ends = zip(best, values.index.levels, strict=True)
    at_edge = any(len(axis) > 1 and place in (axis.min(), axis.max()) for place, axis in ends)
    facts = {"best": best, "best_value": mean_interval(whole.loc[best], ratio), "at_edge": at_edge}
    if lost := int(values.loc[chosen].isna().sum()):
        return Verdict(network, "incomplete", lost=lost, seeds=values.shape[1], **facts)
    choice, seeds = whole.loc[chosen], whole.columns
    differences = [
        whole.loc[whole[seeds.drop(seed)].mean(axis=1).idxmax(), seed] - choice[seed]
        for seed in seeds
    ]
    difference = mean_interval(differences, ratio)
    name = "best" if best == chosen else "worse" if difference.low > 0 else "not told apart"
    value = mean_interval(choice, ratio)
    return Verdict(network, name, value=value, difference=difference, **facts)


def table_of(of_networks: list[Verdict]) -> Table:
    """The original report's choices and the best cells of the grid, in balanced accuracy."""
    rows = []
    for of_network in of_networks:
        name, difference = of_network.network, of_network.difference
        size = points(asdict(difference)) if difference else ""
        outcome = _(OUTCOMES[of_network.verdict]).format(
            size=size, lost=of_network.lost, seeds=of_network.seeds
        )
        choice = [_cell(CHOSEN[name]), _share(of_network.value)]
        best = [_cell(of_network.best), _share(of_network.best_value)]
        rows.append([name, *choice, *best, f"**{outcome}**"])
    head = [
        "network",
        "original choice",
        "balanced accuracy",
        "best in the grid",
        "balanced accuracy",
        "verdict",
    ]
    return Table([_(name) for name in head], rows)


def _cell(place: tuple[int, float] | None) -> str:
    return _("{rate}, {size} units").format(rate=f"{place[1]:g}", size=place[0]) if place else NONE


def _share(value: Interval | None) -> str:
    return f"{percent(value.mean)} ± {100 * (value.high - value.mean):.1f}" if value else NONE
