"""The figures of chapter 4 that compare accuracies: the ladder, long lags, and the gain by length of the name."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from namelib.experiments.figure_words import WORDS
from namelib.experiments.figures import MARKERS
from namelib.experiments.tables import interval
from namelib.figures import COLOURS, GREY, WIDTH, style
from namelib.words import LABELS

FAMILY = {"linear": COLOURS["RNN"], "tanh": "#E69F00", "lstm": COLOURS["LSTM"]}  # by how a variant's name begins
VARIANTS = {  # colour, marker, dash
    "linear_rnn": (FAMILY["linear"], "o", "-"), "tanh_rnn": (FAMILY["tanh"], "^", "-."),
    "lstm": (FAMILY["lstm"], "s", "-"), "lstm_forget_bias": (COLOURS["MyLSTM"], "D", "--"),
    "lstm_forget_bias_3": ("#56B4E9", "v", ":"),
}  # fmt: skip


def accuracy_by_length(by_length: dict[str, list[dict]], language: str) -> Figure:
    """Accuracy at each length with Wilson intervals, and below how many names there are of it."""
    words = WORDS[language]
    with style(language):
        figure, (axes, below) = plt.subplots(2, 1, figsize=(WIDTH, 3.8), height_ratios=(3, 1), sharex=True)
        for shift, (network, rows) in zip((-0.08, 0.08), by_length.items(), strict=True):
            mean, low, high = (np.array([row[key] for row in rows]) for key in ("mean", "low", "high"))
            axes.errorbar(
                np.arange(len(rows)) + shift, mean, yerr=[mean - low, high - mean], color=COLOURS[network],
                marker=MARKERS[network], label=network,
            )  # fmt: skip
        counts = [row["n"] for row in rows]
        bars = below.bar(range(len(rows)), counts, color="#c9c9c9")
        below.bar_label(bars, fontsize=7, color=GREY)
        below.set_xticks(range(len(rows)), [row["label"] for row in rows])
        below.set(xlabel=words["length"], ylabel=words["count"], ylim=(0, 1.35 * max(counts)))
        axes.set_ylabel(words["accuracy"])
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.legend(loc="upper left")
        return figure


def ladder(rungs: Sequence[dict], language: str, ngrams: float | None = None) -> Figure:
    """Accuracy of each rung with its interval and its difference to the rung it is compared to, in points.

    Filled: accuracy; open: balanced accuracy. `ngrams`: the accuracy of the char-n-gram baseline, as a line.
    """
    words = WORDS[language]
    with style(language):
        figure, axes = plt.subplots(figsize=(WIDTH, 0.32 * len(rungs) + 1.0))
        for y, rung in enumerate(rungs):
            colour = next(colour for family, colour in FAMILY.items() if rung["name"].startswith(family))
            for metric, fill in (("balanced_accuracy", "white"), ("accuracy", colour)):
                value = rung[metric]
                reach = [[value["mean"] - value["low"]], [value["high"] - value["mean"]]]
                axes.errorbar(value["mean"], y, xerr=reach, color=colour, marker="o", markerfacecolor=fill, capsize=2)
            if rung["difference"]:
                axes.text(
                    1.02, y, _difference(rung, words), transform=axes.get_yaxis_transform(), va="center", fontsize=7.5
                )
        labels = [
            f"{words[rung['name']]}\n{words['parameters'].format(k=round(rung['parameters'] / 1000))}" for rung in rungs
        ]
        axes.set_yticks(range(len(rungs)), labels, fontsize=7.5)
        axes.invert_yaxis()
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.plot([], [], "o", color=GREY, label=words["accuracy"])
        axes.plot([], [], "o", color=GREY, markerfacecolor="white", label=words["balanced_accuracy"])
        if ngrams is not None:
            axes.axvline(ngrams, color="black", linestyle="--", linewidth=1.2, label=words["ngrams"])
        figure.legend(loc="outside lower center", ncols=3)
        return figure


def _difference(rung: dict, words: dict[str, str]) -> str:
    """+4.9 [+4.1, +5.7] against the linear RNN."""
    return f"{interval(rung['difference'], 100)} {words['against'].format(rung=words[rung['compared_to']])}"


def long_lag(curves: dict[str, dict], language: str, chance: float) -> Figure:
    """Accuracy against the length of the sequence, log scale, a line a variant; chance dotted.

    `curves[variant]` has lists `length`, `mean`, `low`, `high`.
    """
    words = WORDS[language]
    with style(language):
        figure, axes = plt.subplots(figsize=(WIDTH, 3.4))
        for variant, curve in curves.items():
            colour, marker, dash = VARIANTS[variant]
            mean, low, high = (np.array(curve[key]) for key in ("mean", "low", "high"))
            axes.errorbar(
                curve["length"], mean, yerr=[mean - low, high - mean], color=colour, marker=marker, linestyle=dash,
                label=words[variant],
            )  # fmt: skip
        axes.axhline(chance, color=GREY, linestyle=":", linewidth=1.2, label=words["chance"])
        lengths = sorted({length for curve in curves.values() for length in curve["length"]})
        axes.set(xscale="log", xlabel=words["sequence"], ylabel=words["accuracy"], ylim=(0, 1.03))
        axes.set_xticks(lengths, lengths)
        axes.minorticks_off()
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
        return figure


def recipes(runs: dict[str, dict], ngrams: dict, best_possible: dict, language: str) -> Figure:
    """Accuracy (filled) and balanced accuracy (open) of each network under both recipes; baseline and ceiling as lines.

    `runs` are the networks' results; `ngrams` and `best_possible` have an `accuracy`.
    """
    words, labels = WORDS[language], LABELS[language]
    with style(language):
        figure, axes = plt.subplots(figsize=(WIDTH, 2.6))
        for y, results in enumerate(runs.values()):
            for lift, (recipe, measured) in zip((-0.14, 0.14), results["metrics"].items(), strict=True):
                marker = {"color": COLOURS[recipe], "marker": "os"[recipe == "original"], "markersize": 8}
                axes.plot(measured["balanced_accuracy"], y + lift, markerfacecolor="white", **marker)
                axes.plot(measured["accuracy"], y + lift, **marker)
        for recipe in ("original", "mini_batch"):
            axes.plot([], [], "os"[recipe == "original"], color=COLOURS[recipe], label=labels[recipe])
        axes.plot([], [], "o", color=GREY, label=words["accuracy"])
        axes.plot([], [], "o", color=GREY, markerfacecolor="white", label=words["balanced_accuracy"])
        axes.axvline(ngrams["accuracy"], color="black", linestyle="--", linewidth=1.2, label=words["ngrams"])
        axes.axvline(best_possible["accuracy"], color="black", linestyle=":", linewidth=1.2, label=words["ceiling"])
        axes.set_yticks(range(len(runs)), list(runs))
        axes.set(xlim=(0, 1.0), ylim=(len(runs) - 0.5, -0.5))
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        figure.legend(loc="outside lower center", ncols=3)
        return figure
