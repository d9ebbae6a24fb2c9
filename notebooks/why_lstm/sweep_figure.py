"""The figure of a sweep: a heat map for each network and recipe."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from namelib.figures import COLOURS, RECIPES, WIDTH
from namelib.language import _
from notebooks.why_lstm.statistics import mean_interval
from notebooks.why_lstm.sweep_table import CELL, CHOSEN, by_seed, test_to_train

FRAMES = {
    "original choice": {"edgecolor": "black", "linewidth": 1.6},
    "best of the grid": {"edgecolor": COLOURS["RNN"], "linewidth": 1.8, "linestyle": (0, (2, 1.5))},
}


def heat_maps(table: pd.DataFrame) -> Figure:
    """Mean balanced accuracy with its interval in every cell: a row of maps a network, a column a recipe.

    Framed: the original report's choice, and the best cell. Grey: a seed diverged or failed.
    """
    low, high = (100 * table["balanced_accuracy"].agg(end) for end in ("min", "max"))
    sizes = table.groupby("network", sort=False)["hidden_size"].nunique()
    recipes, height = table["recipe"].unique(), 0.36 * sizes.sum() + 0.55 * len(sizes) + 0.6
    grid = {"figsize": (WIDTH, height), "height_ratios": sizes.tolist(), "squeeze": False}
    figure, axes = plt.subplots(len(sizes), len(recipes), **grid)
    for row, network in zip(axes, sizes.index, strict=True):
        for axis, recipe in zip(row, recipes, strict=True):
            rows = table[(table["network"] == network) & (table["recipe"] == recipe)]
            if len(rows):
                _heat_map(axis, rows, network, recipe, {"vmin": low, "vmax": high})
            axis.set_title(f"{network}: {_(RECIPES[recipe])}")
    shades = plt.cm.ScalarMappable(plt.Normalize(low, high), "Blues")
    figure.colorbar(shades, ax=axes, label=_("balanced accuracy (%)"), shrink=0.6, aspect=30)
    frames = [Rectangle((0, 0), 1, 1, fill=False, label=_(name), **FRAMES[name]) for name in FRAMES]
    figure.legend(handles=frames, loc="outside lower center", ncols=2)
    return figure


def _heat_map(axis: Axes, rows: pd.DataFrame, network: str, recipe: str, ends: dict) -> None:
    values, ratio = by_seed(rows, network, recipe), test_to_train(rows)
    means = (100 * values.mean(axis=1, skipna=False)).unstack()
    text = values.apply(lambda seeds: _in_cell(seeds, ratio), axis=1).unstack()
    axis.set_facecolor("#d9d9d9")
    axis.grid(visible=False)
    rates = [f"{rate:g}" for rate in means.columns]
    style = {"cmap": "Blues", "cbar": False, "linewidths": 0.6, "annot_kws": {"size": 6.5}, "xticklabels": rates}
    sns.heatmap(means, annot=text, fmt="", ax=axis, **style, **ends)

    def place(cell: tuple[int, float]) -> np.ndarray:
        return np.array([means.columns.get_loc(cell[1]), means.index.get_loc(cell[0])])

    for cell, status in rows.groupby(CELL)["status"]:
        if (status != "ok").any():
            failure = _("failed") if (status == "failed").any() else _("diverged")
            lost = f"{failure}\n{(status != 'ok').sum()}/{len(status)}"
            axis.text(*place(cell) + 0.5, lost, ha="center", va="center", size=6)
    whole = values.dropna()
    framed = {"best of the grid": whole.mean(axis=1).idxmax()} if len(whole) else {}
    if recipe == "original" and CHOSEN.get(network) in values.index:
        framed["original choice"] = CHOSEN[network]
    for name, cell in framed.items():
        axis.add_patch(Rectangle(place(cell) + np.array([0.04, 0.06]), 0.92, 0.88, fill=False, **FRAMES[name]))
    axis.set(xlabel=_("learning rate"), ylabel=_("hidden units"))
    axis.tick_params(length=0, labelrotation=0)


def _in_cell(values: pd.Series, ratio: float) -> str:
    """`65.8` and below it `±0.7`, half of the interval; one seed has none."""
    if len(values) < 2:
        return f"{100 * values.iloc[0]:.1f}"
    found = mean_interval(values, test_to_train=ratio)
    return f"{100 * found.mean:.1f}\n±{100 * (found.high - found.mean):.1f}"
