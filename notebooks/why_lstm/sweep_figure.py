"""The figure of a sweep: balanced accuracy by learning rate, a panel per network and recipe."""

from itertools import product

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from notebooks.figures import HALF, RECIPE_LABELS, on_one_scale, panels
from notebooks.language import _
from notebooks.why_lstm.accuracy_figures import percents
from notebooks.why_lstm.sweep_table import CHOSEN, by_seed


def rates_and_sizes(table: pd.DataFrame) -> list[Figure]:
    """One line per hidden size, bars over the seeds' range; circled: the original choice."""
    cases = list(product(table["recipe"].unique(), table["network"].unique()))
    drawn = panels(len(cases), 2 * HALF / 3, 2.5)
    for axis, (recipe, network) in zip(drawn, cases, strict=True):
        values, choice = by_seed(table, network, recipe), CHOSEN.get(network)
        _lines(axis, values)
        if recipe == "original" and choice in values.index:
            ring = {"marker": "o", "markersize": 12, "markerfacecolor": "none", "color": "black"}
            axis.plot(choice[1], values.loc[choice].mean(), **ring)
        axis.set_title(f"{network}\n{_(RECIPE_LABELS[recipe])}", fontsize=9, linespacing=1.4)
        axis.set(xlabel=_("learning rate"), ylabel=_("balanced accuracy"))
        percents(axis.yaxis)
    return on_one_scale(drawn)


def _lines(axis: Axes, values: pd.DataFrame) -> None:
    """A cell that lost seeds shows the others, with an open marker."""
    for size, seeds in values.groupby(level="hidden_size"):
        seeds = seeds.droplevel("hidden_size").dropna(how="all")
        mean, lost = seeds.mean(axis=1), seeds.isna().any(axis=1)
        reach = [mean - seeds.min(axis=1), seeds.max(axis=1) - mean]
        bars = axis.errorbar(
            mean.index, mean, yerr=reach, marker="o", capsize=2, label=_("{n} units").format(n=size)
        )
        open_marks = {
            "marker": "o",
            "linestyle": "",
            "markerfacecolor": "white",
            "color": bars.lines[0].get_color(),
        }
        axis.plot(mean.index[lost], mean[lost], zorder=5, **open_marks)
    rates = values.index.unique("learning_rate")
    axis.set_xscale("log")
    axis.set_xticks(rates, [f"{rate:g}" for rate in rates], fontsize=7)
    axis.minorticks_off()
    axis.legend(fontsize=7)
