"""The figures of chapter 4 that show accuracies, drawn from what the experiments return."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from namelib.figures import COLOURS, GREY, RECIPES, WIDTH
from namelib.language import _
from namelib.numbers import percent
from notebooks.why_lstm.answer import mastered
from notebooks.why_lstm.original_recipe import at_best

LABELS = {
    "linear": "linear RNN", "tanh": "tanh RNN", "carry": "carry alone", "gate": "gate alone",
    "carry_gate": "carry and gate", "lstm": "LSTM", "lstm_bias_0": "LSTM, forget bias 0",
    "lstm_bias_1": "LSTM, forget bias 1", "lstm_bias_3": "LSTM, forget bias 3",
}  # fmt: skip
STYLES = {  # colour, marker, dash
    "linear": (COLOURS["RNN"], "o", "-"), "tanh": ("#E69F00", "^", "-"), "carry": ("#B05A8C", "v", "--"),
    "gate": ("#56B4E9", "D", "--"), "carry_gate": (COLOURS["MyLSTM"], "P", "-"), "lstm": (COLOURS["LSTM"], "s", "-"),
    "lstm_bias_0": ("#7A8FB5", "s", ":"), "lstm_bias_1": ("#4A69A0", "s", "--"),
    "lstm_bias_3": (COLOURS["LSTM"], "s", "-"),
}  # fmt: skip
CEILINGS = {
    "letters": "letters by position", "pairs": "with adjacent pairs", "triples": "with triples",
    "bag": "with a bag of n-grams",
}  # fmt: skip
CUE_KEYS = {"lstm": "lstm_bias_3"}  # on the cue task, the LSTM is the one whose forget gate starts open
TWO_BY_TWO = {"tanh": "neither", "carry": "carry", "gate": "gate", "carry_gate": "both", "lstm": "LSTM"}


def epochs(n: int) -> str:
    """A budget as a label."""
    return (_("{n} epoch") if n == 1 else _("{n} epochs")).format(n=n)


def three_networks(runs: dict[str, dict], ngrams: float, ceiling: float) -> Figure:
    """Accuracy of each network with both recipes, as labelled bars; the baseline and the upper bound as lines."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.3))
    for y, results in enumerate(runs.values()):
        for lift, recipe in ((-0.19, "original"), (0.19, "mini_batch")):
            if recipe not in results["metrics"]:  # of a network of one's own
                continue
            accuracy = results["metrics"][recipe]["accuracy"]
            label = _(RECIPES[recipe]) if y == 0 else None
            axes.barh(y + lift, accuracy, 0.36, color=COLOURS[recipe], label=label)
            axes.text(accuracy - 0.01, y + lift, percent(accuracy), ha="right", va="center", color="white", fontsize=8)
    axes.axvline(ngrams, color="black", linestyle="--", linewidth=1.2, label=_("character n-grams"))
    axes.axvline(ceiling, color="black", linestyle=":", linewidth=1.2, label=_("upper bound (shared spellings)"))
    axes.set_yticks(range(len(runs)), list(runs))
    axes.set(xlim=(0, 1), ylim=(len(runs) - 0.5, -0.5), xlabel=_("accuracy on unseen surnames"))
    percents(axes.xaxis)
    axes.grid(axis="y", visible=False)
    return _legend_below(figure, 2)


def key_figure(budgets: dict, ceilings: dict, original: dict, own: dict | None = None) -> Figure:
    """Left: accuracy on unseen surnames against the budget, ceilings as lines; right: against the SGD learning rate.

    `own` is this run's result of `budgets` if the lines are the recorded study's; its points are drawn as open markers.
    """
    figure, axes = plt.subplot_mosaic("AB;AC", figsize=(WIDTH, 3.0), width_ratios=(1.15, 1), height_ratios=(1.4, 1))
    left, right, below = axes["A"], axes["B"], axes["C"]
    for key in ("linear", "tanh", "carry_gate", "lstm"):
        _budgets(left, budgets["scores"][key], **_style(key) | {"label": None})
        if own:
            means = [one["unseen"]["mean"] for one in own["scores"][key].values()]
            mark = {"linestyle": "", "markerfacecolor": "white", "markersize": 7, "zorder": 5, "label": None}
            left.plot(list(map(int, own["scores"][key])), means, **_style(key) | mark)
    tried = sorted(map(int, budgets["scores"]["lstm"]))
    for name, label in CEILINGS.items():  # placed where no curve runs: letters on the right, the others on the left
        height, right_end = ceilings["models"][name]["accuracy"]["mean"], name == "letters"
        left.axhline(height, color=GREY, linestyle=":", linewidth=1)
        left.annotate(
            _(label), (tried[-1] if right_end else tried[0], height), (0, -8 if name in ("letters", "pairs") else 2),
            textcoords="offset points", ha="right" if right_end else "left", fontsize=7, color=GREY,
        )  # fmt: skip
    left.set(ylabel=_("accuracy on unseen surnames"), title=_("mini-batches"))
    for key in ("linear", "tanh", "gate", "carry_gate", "lstm"):
        rates = original["networks"][key]["unclipped"]["rates"]
        x = [one["learning_rate"] for one in rates]
        right.plot(x, [one["accuracy"]["mean"] for one in rates], **_style(key))
        below.plot(x, [one["exploded"]["mean"] for one in rates], **_style(key) | {"label": None})
    if own:
        open_mark = {"marker": "o", "linestyle": "", "markerfacecolor": "white"}
        right.plot([], [], color=GREY, label=_("this run"), **open_mark)
    right.set(title=_("original recipe (batch-1 SGD)"), xscale="log", ylim=(0, None))
    below.set(xlabel=_("learning rate"), xscale="log", ylabel=_("exploding steps"))
    right.sharex(below)
    right.tick_params(labelbottom=False)
    percents(*(each.yaxis for each in axes.values()))
    return _legend_below(figure, 6)


def ceilings(found: dict, rnn: dict) -> Figure:
    """Accuracy of logistic regression on letters, pairs, triples and a bag; the RNN of chapter 1 as a line."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.3))
    for y, name in enumerate(CEILINGS):
        accuracy = found["models"][name]["accuracy"]
        reach = [[accuracy["mean"] - accuracy["low"]], [accuracy["high"] - accuracy["mean"]]]
        axes.errorbar(accuracy["mean"], y, xerr=reach, color=COLOURS["mini_batch"], marker="o", capsize=3)
        axes.annotate(percent(accuracy["mean"]), (accuracy["mean"], y), (0, 6), textcoords="offset points", ha="center")
    accuracy = rnn["metrics"]["mini_batch"]["accuracy"]
    label = _("RNN of chapter 1: {accuracy}").format(accuracy=percent(accuracy))
    axes.axvline(accuracy, color=COLOURS["RNN"], linestyle="--", linewidth=1.4, label=label)
    axes.set_yticks(range(len(CEILINGS)), [_(label) for label in CEILINGS.values()])
    axes.set(xlabel=_("accuracy on unseen surnames"), ylim=(len(CEILINGS) - 0.5, -0.7))
    percents(axes.xaxis)
    axes.legend(loc="lower left")
    return figure


def seen_and_unseen(budgets: dict) -> Figure:
    """Accuracy against the budget on unseen (solid) and on training surnames (dashed)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.6))
    for key in ("linear", "tanh", "lstm"):
        _budgets(axes, budgets["scores"][key], **_style(key))
        _budgets(axes, budgets["scores"][key], "seen", **_style(key) | {"linestyle": "--", "label": None})
    axes.set(ylabel=_("accuracy"))
    percents(axes.yaxis)
    axes.plot([], [], color=GREY, linestyle="--", label=_("on training surnames"))
    return _legend_below(figure, 4)


def carry_and_gate(budgets: dict, small: int, large: int, original: dict, cue: dict, length: int) -> Figure:
    """The two-by-two experiment: surnames at a small and a large budget, the original recipe, the cue task."""
    figure, panels = plt.subplots(1, 4, figsize=(WIDTH, 2.3))
    title = _("surnames, {budget}")
    panels_of = [
        (title.format(budget=epochs(small)), lambda key: budgets["scores"][key][str(small)]["unseen"]),
        (title.format(budget=epochs(large)), lambda key: budgets["scores"][key][str(large)]["unseen"]),
        (_("original recipe"), lambda key: at_best(original["networks"], key)["accuracy"]),
        (_("cue task, length {n}").format(n=length), lambda key: mastered(cue, CUE_KEYS.get(key, key), length)),
    ]
    for axes, (title, value) in zip(panels, panels_of, strict=True):
        for x, key in enumerate(TWO_BY_TWO):
            _errorbars(axes, [x], [value(key)], **_style(key) | {"linestyle": ""})
        axes.set_title(title, fontsize=8.5)
        axes.set_xticks(range(len(TWO_BY_TWO)), [_(label) for label in TWO_BY_TWO.values()], rotation=45, ha="right")
        axes.set_xlim(-0.6, len(TWO_BY_TWO) - 0.4)
        percents(axes.yaxis)
    panels[1].set_ylim(panels[0].get_ylim())
    panels[0].set_ylim(panels[0].get_ylim())
    panels[3].set_ylim(-0.03, 1.03)
    panels[0].set_ylabel(_("accuracy; cue task: runs that master it"))
    return figure


def rates(original: dict) -> Figure:
    """Original recipe: accuracy, exploding steps and diverged runs against the learning rate; clipped runs dotted."""
    figure, panels = plt.subplots(1, 3, figsize=(WIDTH, 2.4))
    measures = {"accuracy": "accuracy", "exploded": "exploding steps", "diverged": "diverged runs"}
    for axes, (measure, title) in zip(panels, measures.items(), strict=True):
        for key, found in original["networks"].items():
            for side, dash in (("unclipped", "-"), ("clipped", ":")):
                records = found[side]["rates"]
                labelled = {} if (side, measure) == ("unclipped", "accuracy") else {"label": None}
                x, y = ([one["learning_rate"] for one in records], [one[measure]["mean"] for one in records])
                axes.plot(x, y, **_style(key) | {"linestyle": dash} | labelled)
        axes.set(title=_(title), xlabel=_("learning rate"), xscale="log")
        percents(axes.yaxis)
    panels[0].plot([], [], color=GREY, linestyle=":", label=_("gradient clipped to norm 1"))
    return _legend_below(figure, 4)


def accuracy_by_length(by_length: list[dict]) -> Figure:
    """Accuracy of matched networks against surname length, with intervals over networks."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.9))
    for shift, key in ((-0.1, "linear"), (0, "tanh"), (0.1, "lstm")):
        _errorbars(axes, np.arange(len(by_length)) + shift, [row["accuracy"][key] for row in by_length], **_style(key))
    axes.set_xticks(range(len(by_length)), [row["label"] for row in by_length])
    axes.set(xlabel=_("length (symbols)"), ylabel=_("accuracy on unseen surnames"))
    percents(axes.yaxis)
    axes.legend(loc="upper left")
    return figure


def cue_task(cue: dict) -> Figure:
    """The share of runs that master the cue task against the length of the sequence, with Wilson intervals.

    Left: the two-by-two networks and the linear RNN; right: the LSTM by the initial bias of its forget gate.
    """
    figure, panels = plt.subplots(1, 2, figsize=(WIDTH, 2.5), sharey=True)
    lstms = [key for key in cue["networks"] if key.startswith("lstm")]
    for axes, keys in zip(panels, ([key for key in cue["networks"] if key not in lstms], lstms), strict=True):
        for shift, key in enumerate(keys):
            rows = cue["networks"][key]["lengths"]
            x = [row["length"] * 1.04 ** (shift - 2) for row in rows]  # shifted sideways where they would overlap
            _errorbars(axes, x, [row["mastered"] for row in rows], **_style(key))
        lengths = [row["length"] for row in rows]
        axes.set(xscale="log", xlabel=_("length of the sequence, L"))
        axes.set_xticks(lengths, lengths)
        axes.minorticks_off()
    panels[0].set_ylabel(_("runs that master the task"))
    percents(panels[0].yaxis)
    return _legend_below(figure, 4)


def _style(key: str) -> dict:
    """The plotting style of a network, and its label."""
    colour, marker, dash = STYLES[key]
    return {"color": colour, "marker": marker, "linestyle": dash, "markersize": 4, "label": _(LABELS[key])}


def _errorbars(axes: Axes, x: Sequence[float], found: list[dict], **style: Any) -> None:
    """Plot means with their intervals."""
    mean, low, high = (np.array([one[name] for one in found]) for name in ("mean", "low", "high"))
    axes.errorbar(x, mean, yerr=[mean - low, high - mean], capsize=2, **style)


def _budgets(axes: Axes, scores: dict, metric: str = "unseen", **style: Any) -> None:
    """Plot a network's accuracy against the budget, with intervals."""
    budgets = sorted(map(int, scores))
    _errorbars(axes, budgets, [scores[str(budget)][metric] for budget in budgets], **style)
    axes.set_xscale("log", base=2)
    axes.set_xticks(budgets, budgets)
    axes.minorticks_off()
    axes.set_xlabel(_("budget (epochs)"))


def percents(*axes: Axis) -> None:
    """Format the ticks of these axes as percentages."""
    for axis in axes:
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _legend_below(figure: Figure, columns: int) -> Figure:
    figure.legend(loc="outside lower center", ncols=columns)
    return figure
