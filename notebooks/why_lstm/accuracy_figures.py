"""The figures of chapter 4 that show accuracies, drawn from what the experiments return.

Whatever network, budget or learning rate a result lacks is left out.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from notebooks.figures import COLOURS, GREY, HALF, RECIPE_LABELS, WIDTH, panels
from notebooks.language import _
from notebooks.number_formats import epochs, marked, percent, share_points
from notebooks.why_lstm import effects

LABELS = {
    "linear": "linear RNN",
    "tanh": "tanh RNN",
    "tanh_orthogonal": "tanh RNN, orthogonal start",
    "half": "½ instead of an input gate",
    "sum": "mean of two branches",
    "multiplicative": "multiplicative",
    "double_gate": "doubled input gate",
    "gate": "input gate alone",
    "carry": "carry alone",
    "carry_gate": "carry and input gate",
    "lstm": "LSTM",
    "gru": "GRU",
    "lstm_bias_0": "LSTM, forget bias 0",
    "lstm_bias_1": "LSTM, forget bias 1",
    "lstm_bias_3": "LSTM, forget bias 3",
}
STYLES = {  # colour, marker, dash
    "linear": (COLOURS["RNN"], "o", "-"),
    "tanh": ("#E69F00", "^", "-"),
    "tanh_orthogonal": ("#C9A66B", "<", "-"),
    "half": ("#7A4B2A", "v", "-"),
    "sum": (GREY, "x", "-"),
    "carry": ("#B05A8C", "v", "-"),
    "multiplicative": ("#7B3FA0", "d", "-"),
    "double_gate": ("#3FA7B5", "*", "-"),
    "gate": ("#56B4E9", "D", "-"),
    "carry_gate": (COLOURS["MyLSTM"], "P", "-"),
    "lstm": (COLOURS["LSTM"], "s", "-"),
    "gru": ("#6A8F1F", "p", "-"),
    "lstm_bias_0": ("#8FA8D6", "s", "-"),
    "lstm_bias_1": ("#4A69A0", "s", "-"),
    "lstm_bias_3": (COLOURS["LSTM"], "s", "-"),
}
MULTIPLYING = ("multiplicative", "double_gate", "gate", "carry_gate", "lstm", "gru")
REGRESSIONS = {
    "letters": "letters by position",
    "pairs": "with adjacent pairs",
    "triples": "with triples",
    "bag": "with a bag of n-grams",
}
STEPS = {  # from the tanh RNN to the LSTM: (before, after) -> what the step adds
    ("tanh", "half"): "damping:\nconstant ½",
    ("half", "gate"): "multiplying:\ninput gate",
    ("gate", "carry_gate"): "carry:\nadds the old state",
    ("carry_gate", "lstm"): "the rest:\nother gates",
    ("tanh", "lstm"): "in all:\nLSTM",
}
SIZE_COLOURS = {"small": COLOURS["LSTM"], "large": "#A85A0C"}  # the colours of the two budgets
EPOCH_MARKERS = "osD^vP*"
MEASURES = {
    "unseen": "accuracy on unseen surnames",
    "interaction": "share of interaction between letters",
}


def three_networks(runs: dict[str, dict], ngrams: float, bound: float) -> Figure:
    """Accuracy of each network with both recipes as labelled bars; two limits as lines."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.1))
    for y, results in enumerate(runs.values()):
        for lift, recipe in ((-0.21, "original"), (0.21, "mini_batch")):
            if recipe not in results["metrics"]:  # of a network of one's own
                continue
            accuracy = results["metrics"][recipe]["accuracy"]
            label = _(RECIPE_LABELS[recipe]) if y == 0 else None
            axes.barh(y + lift, accuracy, 0.42, color=COLOURS[recipe], label=label)
            # the other bar is too bright for white words
            colour = "white" if recipe == "mini_batch" else "black"
            axes.text(
                accuracy - 0.01,
                y + lift,
                percent(accuracy),
                ha="right",
                va="center",
                color=colour,
                fontsize=8,
            )
    axes.axvline(ngrams, color="black", linestyle="--", linewidth=1.2, label=_("character n-grams"))
    axes.axvline(
        bound,
        color="black",
        linestyle=":",
        linewidth=1.2,
        label=_("upper bound (shared spellings)"),
    )
    axes.set_yticks(range(len(runs)), list(runs))
    axes.set(xlim=(0, 1), ylim=(len(runs) - 0.5, -0.5), xlabel=_("accuracy on unseen surnames"))
    percents(axes.xaxis)
    axes.grid(axis="y", visible=False)
    return _legend_below(figure, 2)


def key_figure(budgets: dict, own: dict | None = None) -> list[Figure]:
    """Left: accuracy on unseen surnames by budget; right: the LSTM's lead over the tanh RNN.

    `own` is this run's result of `budgets` if the lines are the recorded study's; its points are
    drawn as open markers.
    """
    left, right = panels(2, HALF, 2.9)
    for key in ("linear", "tanh", "lstm"):
        _budgets(left, budgets["scores"][key], **_style(key))
        if own:
            means = [score["unseen"]["mean"] for score in own["scores"][key].values()]
            mark = {
                "linestyle": "",
                "markerfacecolor": "white",
                "markersize": 7,
                "zorder": 5,
                "label": None,
            }
            left.plot(list(map(int, own["scores"][key])), means, **_style(key) | mark)
    if own:
        open_mark = {"marker": "o", "linestyle": "", "markerfacecolor": "white", "markersize": 7}
        left.plot([], [], color=GREY, label=_("this run"), **open_mark)
    left.set(ylabel=_("accuracy on unseen surnames"))
    percents(left.yaxis)
    _steps_of_the_lead(right, budgets)
    return [_legend_below(axes.figure, 2) for axes in (left, right)]


def _steps_of_the_lead(axes: Axes, budgets: dict) -> None:
    """A bar for each step, which begins where the step before ends, and one for all of them."""
    gains, scores = dict(effects.of_budgets(budgets)), budgets["scores"]
    steps = [pair for pair in STEPS if set(pair) <= scores.keys()]
    two = effects.named_budgets(budgets)
    height = 0.7 / len(two)
    for number, (size, n) in enumerate(two.items()):
        start = scores["tanh"][str(n)]["unseen"]["mean"]
        for row, (before, after) in enumerate(steps):
            y = row + (number - (len(two) - 1) / 2) * height
            name = "lead" if (before, after) == ("tanh", "lstm") else f"{after}_{before}"
            gain = gains[f"{name}_{size}"]
            begin = 100 * (scores[before][str(n)]["unseen"]["mean"] - start)
            ends = [100 * gain[bound] + begin for bound in ("mean", "low", "high")]
            label = epochs(n) if row == 0 else None
            axes.barh(
                y, 100 * gain["mean"], 0.9 * height, begin, color=SIZE_COLOURS[size], label=label
            )
            axes.plot(ends[1:], [y, y], color=GREY, linewidth=0.9)
            if row < len(steps) - 2:
                axes.plot([ends[0], ends[0]], [y, y + 1], color=SIZE_COLOURS[size], linewidth=0.7)
            text = {
                "transform": axes.get_yaxis_transform(),
                "va": "center",
                "fontsize": 8,
                "color": SIZE_COLOURS[size],
            }
            axes.text(1.02, y, marked(share_points)(gain), **text)
    axes.axvline(0, color=GREY, linewidth=0.8)
    lines = {"fontsize": 7.5, "linespacing": 1.4}
    axes.set_yticks(range(len(steps)), [_(STEPS[pair]) for pair in steps], **lines)
    axes.set(ylim=(len(steps) - 0.5, -0.5), xlabel=_("points ahead of the tanh RNN"))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.grid(axis="y", visible=False)


def steps(budgets: dict) -> list[Figure]:
    """The gate taken apart: every network at a small and a large budget, a panel a measure."""
    networks = [key for key in LABELS if key in budgets["scores"] and key != "linear"]
    networks.sort(key=lambda key: key in MULTIPLYING)
    measured = budgets["scores"]["lstm"][str(effects.budgets_of(budgets)[0])]
    measures = [measure for measure in MEASURES if measured[measure]]
    drawn = panels(len(measures), HALF, 0.22 * len(networks) + 0.9)
    adding = sum(key not in MULTIPLYING for key in networks)
    for axes, measure in zip(drawn, measures, strict=True):
        _of_each(axes, budgets, measure, networks)
        axes.axhline(adding - 0.5, color=GREY, linestyle="--", linewidth=0.8)
        beside = {"rotation": 90, "ha": "left", "va": "center", "color": GREY, "fontsize": 8}
        beside["transform"] = axes.get_yaxis_transform()
        axes.text(1.01, (adding - 1) / 2, _("no product"), **beside)
        axes.text(1.01, (adding + len(networks) - 1) / 2, _("multiplying"), **beside)
        axes.set_yticks(range(len(networks)), [_(LABELS[key]) for key in networks])
        axes.set(ylim=(len(networks) - 0.5, -0.5))
    return [_legend_below(axes.figure, 2) for axes in drawn]


def _of_each(axes: Axes, budgets: dict, measure: str, networks: Sequence[str]) -> None:
    """A row for each network: the measure at both budgets, with intervals."""
    for lift, (size, n) in zip((-0.14, 0.14), effects.named_budgets(budgets).items(), strict=False):
        mean, low, high = _bounds([budgets["scores"][key][str(n)][measure] for key in networks])
        axes.errorbar(
            mean,
            np.arange(len(networks)) + lift,
            xerr=[mean - low, high - mean],
            capsize=2,
            elinewidth=1.2,
            label=epochs(n),
            color=SIZE_COLOURS[size],
            marker="os"[lift > 0],
            linestyle="",
            markersize=5,
        )
    axes.set_xlabel(_(MEASURES[measure]))
    percents(axes.xaxis)


def interaction(budgets: dict) -> Figure:
    """Accuracy against the share of interaction: a colour a network, a marker a budget.

    The linear RNN has none, so that it has no place on the logarithmic axis.
    """
    scores = budgets["scores"]
    tried = sorted({int(n) for of_network in scores.values() for n in of_network})
    figure, axes = plt.subplots(figsize=(WIDTH, 3.7))
    for key in (key for key in LABELS if key in scores and key != "linear"):
        colour = STYLES[key][0]
        axes.plot([], [], color=colour, linewidth=3, label=_(LABELS[key]))
        points = [
            (score["interaction"]["mean"], score["unseen"]["mean"], EPOCH_MARKERS[tried.index(n)])
            for n, score in ((n, scores[key][str(n)]) for n in tried if str(n) in scores[key])
            if score["interaction"] and score["interaction"]["mean"] > 0
        ]
        x, y = ([point[part] for point in points] for part in range(2))
        axes.plot(x, y, color=colour, linewidth=0.9, alpha=0.6)
        for share, accuracy, marker in points:
            axes.plot(share, accuracy, color=colour, marker=marker, markersize=5)
    budget_marks = [
        Line2D([], [], color=GREY, linestyle="", marker=marker, label=epochs(n))
        for marker, n in zip(EPOCH_MARKERS, tried, strict=False)
    ]
    axes.legend(handles=budget_marks, loc="lower right", fontsize=8)
    axes.set(xscale="log", xlabel=_(MEASURES["interaction"]), ylabel=_(MEASURES["unseen"]))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(_PERCENT)
    percents(axes.yaxis)
    return _legend_below(figure, 3)


def ceilings(result: dict, rnn: dict) -> Figure:
    """Accuracy of logistic regression on letters, pairs, triples, a bag; the RNN as a line."""
    figure, axes = plt.subplots(figsize=(WIDTH, 1.9))
    for y, name in enumerate(REGRESSIONS):
        accuracy = result["models"][name]["accuracy"]
        mean, low, high = _bounds([accuracy])
        axes.errorbar(
            mean,
            [y],
            xerr=[mean - low, high - mean],
            color=COLOURS["mini_batch"],
            marker="o",
            capsize=3,
        )
        above = {"xytext": (0, 6), "textcoords": "offset points", "ha": "center", "fontsize": 8}
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}  # hides the line behind it
        axes.annotate(marked(percent)(accuracy), (accuracy["mean"], y), bbox=box, **above)
    accuracy = rnn["metrics"]["mini_batch"]["accuracy"]
    label = _("RNN of chapter 1: {accuracy}").format(accuracy=percent(accuracy))
    axes.axvline(
        accuracy, color=COLOURS["RNN"], linestyle="--", linewidth=1.4, zorder=1, label=label
    )
    axes.set_yticks(range(len(REGRESSIONS)), [_(REGRESSIONS[name]) for name in REGRESSIONS])
    axes.set(xlabel=_("accuracy on unseen surnames"), ylim=(len(REGRESSIONS) - 0.5, -0.7))
    axes.margins(x=0.1)
    percents(axes.xaxis)
    return _legend_below(figure, 1)


def seen_and_unseen(budgets: dict) -> Figure:
    """Accuracy against the budget on unseen (solid) and on training surnames (dashed)."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.0))
    for key in ("linear", "tanh", "lstm"):
        _budgets(axes, budgets["scores"][key], **_style(key))
        _budgets(
            axes, budgets["scores"][key], "seen", **_style(key) | {"linestyle": "--", "label": None}
        )
    axes.set(ylabel=_("accuracy"))
    percents(axes.yaxis)
    axes.plot([], [], color=GREY, linestyle="--", label=_("on training surnames"))
    return _legend_below(figure, 4)


def rates(original: dict) -> Figure:
    """Original recipe: accuracy by learning rate; clipped runs dotted."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.3))
    networks, best = ("tanh", "half", "multiplicative", "gate", "carry_gate", "lstm"), []
    for key in (key for key in networks if key in original["networks"]):
        for side, dash in (("unclipped", "-"), ("clipped", ":")):
            records = original["networks"][key][side]["rates"]
            x = [record["learning_rate"] for record in records]
            y = [record["accuracy"]["mean"] for record in records]
            best.append(max(y))
            label = _(LABELS[key]) if side == "unclipped" else None
            axes.plot(x, y, **_style(key) | {"linestyle": dash, "label": label})
    axes.plot([], [], color=GREY, linestyle=":", label=_("clipped to norm 1"))
    # a network that has diverged is far below
    lowest = max(axes.get_ylim()[0], min(best) - 0.1)
    axes.set(ylabel=_("accuracy"), xlabel=_("learning rate"), xscale="log", ylim=(lowest, None))
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 3)))
    axes.xaxis.set_major_formatter("{x:g}")
    percents(axes.yaxis)
    return _legend_below(figure, 3)


def accuracy_by_length(by_length: list[dict]) -> Figure:
    """Accuracy of matched networks against surname length, with intervals over networks."""
    figure, axes = plt.subplots(figsize=(WIDTH, 2.6))
    for shift, key in ((-0.1, "linear"), (0, "tanh"), (0.1, "lstm")):
        _errorbars(
            axes,
            np.arange(len(by_length)) + shift,
            [row["accuracy"][key] for row in by_length],
            **_style(key),
        )
    axes.set_xticks(range(len(by_length)), [row["label"] for row in by_length])
    axes.set(xlabel=_("length (symbols)"), ylabel=_("accuracy on unseen surnames"))
    percents(axes.yaxis)
    return _legend_below(figure, 3)


def cue_task(cue: dict) -> Figure:
    """The share of trials that master the cue task by sequence length, with Wilson intervals.

    The LSTM is there by the initial bias of its forget gate: the darker, the larger.
    """
    figure, axes = plt.subplots(figsize=(WIDTH, 2.4))
    networks = [key for key in LABELS if key in cue["networks"]]
    for place, key in enumerate(networks):
        rows = cue["networks"][key]["lengths"]
        # beside, not over each other
        x = [row["length"] * 1.03 ** (place - (len(networks) - 1) / 2) for row in rows]
        _errorbars(axes, x, [row["mastered"] for row in rows], **_style(key) | {"linewidth": 1.2})
    lengths = cue["settings"]["lengths"]
    axes.set(
        xscale="log", xlabel=_("length of the sequence, L"), ylabel=_("trials that master the task")
    )
    axes.set_xlim(lengths[0] / 1.25, 1.25 * lengths[-1])
    axes.set_xticks(lengths, lengths)
    axes.minorticks_off()
    percents(axes.yaxis)
    return _legend_below(figure, 3)


def _style(key: str) -> dict:
    """The plotting style of a network, and its label."""
    colour, marker, dash = STYLES[key]
    return {
        "color": colour,
        "marker": marker,
        "linestyle": dash,
        "markersize": 4,
        "label": _(LABELS[key]),
    }


def _bounds(summaries: Sequence[dict]) -> list[np.ndarray]:
    """Means and ends of intervals."""
    return [np.array([summary[name] for summary in summaries]) for name in ("mean", "low", "high")]


def _errorbars(axes: Axes, x: Sequence[float], summaries: Sequence[dict], **style: Any) -> None:
    """Plot means with their intervals."""
    mean, low, high = _bounds(summaries)
    axes.errorbar(
        x, mean, yerr=[mean - low, high - mean], capsize=2, elinewidth=1, **style | {"label": None}
    )
    axes.plot([], [], **style)  # for the legend, which has lines before error bars


def _budgets(axes: Axes, scores: dict, metric: str = "unseen", **style: Any) -> None:
    """Plot a network's accuracy against the budget, with intervals."""
    budgets = sorted(map(int, scores))
    _errorbars(axes, budgets, [scores[str(budget)][metric] for budget in budgets], **style)
    axes.set_xscale("log", base=2)
    axes.set_xlim(0.8 * budgets[0], 1.25 * budgets[-1])
    axes.set_xticks(budgets, budgets)
    axes.minorticks_off()
    axes.set_xlabel(_("epochs"))


# never rounded to another number
_PERCENT = FuncFormatter(lambda share, _place: f"{round(100 * share, 6):g}%")


def percents(axis: Axis) -> None:
    """Format the ticks of a linear axis of shares as percentages; it ends soon after 0 and 1."""
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10]))
    axis.set_major_formatter(_PERCENT)
    low, high = axis.get_view_interval()
    if low < -0.05 or high > 1.05:  # an interval that is wider than a share can be
        axis.axes.set(**{f"{axis.axis_name}lim": (max(low, -0.05), min(high, 1.05))})


def _legend_below(figure: Figure, columns: int) -> Figure:
    small = {"fontsize": 8, "columnspacing": 1} if columns > 2 else {}
    figure.legend(loc="outside lower center", ncols=columns, **small)
    return figure
