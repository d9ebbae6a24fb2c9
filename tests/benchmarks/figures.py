"""One figure a row, drawn from results.json."""

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, PercentFormatter

from benchmarks.table import WITHOUT_NAME, number
from benchmarks.words import ROWS, pick, say
from namelib.figures import COLOURS, GREY, LIGHT_GREY, WIDTH, style

OURS, PEERS = COLOURS["mini_batch"], (COLOURS["original"], COLOURS["MyLSTM"], LIGHT_GREY)


def draw(name: str, row: dict, language: str) -> Figure:
    """The figure of a row, in Chinese or English."""
    kinds = {"time": time_to_accuracy, "scale": scale, "accuracy": values_and_goals, "rate": values_and_goals}
    with style(language):
        figure = kinds.get(name, values_and_ratios)(row["lines"], language)
        figure.suptitle(pick(ROWS[name], language), fontsize=10)
        return figure


def values_and_ratios(lines: list[dict], language: str) -> Figure:
    """Left: what every contender measured. Right: the ratio to the first peer with its spread, and its goal."""
    lines = [line for line in lines if "ratio" in line]
    size = (WIDTH, 0.6 * len(lines) + 1.6)
    figure, (left, right) = plt.subplots(1, 2, figsize=size, sharey=True, width_ratios=(3, 2))
    bars(left, lines, language)
    in_ones_twos_and_fives(left)
    for k, line in enumerate(lines):
        ratio = line["ratio"]
        ends = [[ratio["median"] - ratio["low"]], [ratio["high"] - ratio["median"]]]
        right.errorbar(ratio["median"], k, xerr=ends, fmt="o", color=OURS, capsize=3)
        if line.get("goal", {}).get("of") == "ratio":
            mark_goal(right, k, line["goal"])
    in_ones_twos_and_fives(right)
    right.axvline(1, color=GREY, linewidth=0.8)
    kind = lines[0]["ratio"]["of"]
    said = {
        "peer/ours": ("对照 / 本项目（向右更快）", "peer / ours (right: faster)"),
        "ours/peer": ("本项目 / 对照", "ours / peer"),
    }
    right.set_xlabel(pick(said[kind], language))
    return figure


def values_and_goals(lines: list[dict], language: str) -> Figure:
    """Every sample as a dot, the middle as a bar, the goal as a line across."""
    lines = [line for line in lines if line["unit"] != "s"]
    figure, axis = plt.subplots(figsize=(WIDTH, 0.55 * len(lines) + 1.4))
    bars(axis, lines, language)
    for k, line in enumerate(lines):
        if "goal" in line:
            mark_goal(axis, k, line["goal"])
    least = min(min(samples) for line in lines for samples in line["samples"].values())
    axis.set_xlim(left=max(0.0, least - 0.2))
    axis.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    return figure


def in_ones_twos_and_fives(axis: Axes) -> None:
    """A logarithmic axis across, with 1, 2 and 5 of each power of ten written out."""
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(lambda x, _: number(x, ""))
    axis.xaxis.set_minor_locator(NullLocator())


def bars(axis: Axes, lines: list[dict], language: str) -> None:
    """One group of bars a line, ours first; whiskers to the lowest and the highest sample."""
    names = list(dict.fromkeys(name for line in lines for name in line["values"]))
    colours = dict(zip(names, (OURS, *PEERS, *PEERS), strict=False))
    for k, line in enumerate(lines):
        height = 0.8 / len(line["values"])
        for j, (name, value) in enumerate(line["values"].items()):
            middle, place = value[line["middle"]], k - 0.4 + (j + 0.5) * height
            ends = [[middle - value["low"]], [value["high"] - middle]]
            axis.barh(place, middle, 0.9 * height, xerr=ends, color=colours[name], ecolor="black", capsize=2)
            axis.annotate(
                number(middle, line["unit"]), (value["high"], place), xytext=(4, 0), textcoords="offset points",
                va="center", fontsize=7,
            )  # fmt: skip
    axis.set_yticks(range(len(lines)), [say(line["case"], language) for line in lines])
    axis.set_ylim(len(lines) - 0.5, -0.5)
    if lines[0]["unit"] not in WITHOUT_NAME:
        axis.set_xlabel(say(lines[0]["unit"], language))
    axis.grid(axis="y", visible=False)
    axis.margins(x=0.15)
    handles = [plt.Rectangle((0, 0), 1, 1, color=colours[name]) for name in names]
    axis.figure.legend(handles, [say(name, language) for name in names], loc="outside lower center", ncols=3)


def mark_goal(axis: Axes, k: int, goal: dict) -> None:
    """A line at what is asked, a dotted one at what is aimed at."""
    axis.vlines(goal.get("at_least", goal.get("at_most")), k - 0.42, k + 0.42, color=COLOURS["RNN"], linewidth=2)
    if "aim" in goal:
        axis.vlines(goal["aim"], k - 0.42, k + 0.42, color=COLOURS["RNN"], linewidth=1, linestyle=":")


def time_to_accuracy(lines: list[dict], language: str) -> Figure:
    """Balanced accuracy over seconds of training: the loop and the shortest recipe that ends where it ends."""
    figure, axes = plt.subplots(1, len(lines), figsize=(WIDTH, 3.2), sharey=True, squeeze=False)
    for axis, line in zip(axes.flat, lines, strict=True):
        extra, loop = line["extra"], line["extra"]["loop"]
        axis.plot(loop["seconds"], loop["balanced_accuracy"], color=PEERS[0], marker=".")
        for run in extra["ours"]:
            axis.plot(run["seconds"], run["balanced_accuracy"], color=OURS, marker=".", alpha=0.6)
        axis.axhline(loop["balanced_accuracy"][-1], color=COLOURS["RNN"], linewidth=1, linestyle=":")
        in_ones_twos_and_fives(axis)
        axis.set_xlabel(pick(("训练用时（秒）", "seconds of training"), language))
        axis.set_title("\n".join(say(line["case"], language).split(" · ")), fontsize=8.5)
    axes[0, 0].set_ylabel(say("balanced accuracy", language))
    handles = [plt.Line2D([], [], color=colour, marker=".") for colour in (OURS, PEERS[0])]
    texts = [say("ours", language), pick(("教程循环", "the tutorials' loops"), language)]
    figure.legend(handles, texts, loc="outside lower center", ncols=2)
    return figure


def scale(lines: list[dict], language: str) -> Figure:
    """Left: an epoch's time over the number of names, and slope one. Right: values as shares of what is allowed."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.8), width_ratios=(1, 1))
    curve = next(line["extra"] for line in lines if "extra" in line)
    for size, samples in zip(curve["names"], curve["seconds"], strict=True):
        left.plot([size] * len(samples), samples, "o", color=OURS)
    first = np.median(curve["seconds"][0])
    left.plot(curve["names"], [first, first * curve["names"][1] / curve["names"][0]], color=GREY, linestyle=":")
    left.set(xscale="log", yscale="log", xlabel=pick(("名字数", "names"), language))
    left.set_ylabel(pick(("一轮用时（秒）", "seconds an epoch"), language))
    judged = [line for line in lines if "goal" in line]
    for k, line in enumerate(judged):
        middle, most = line["values"]["ours"]["median"], line["goal"]["at_most"]
        right.barh(k, middle / most, 0.6, color=OURS)
        text = f"{number(middle, line['unit'])} {say(line['unit'], language)}"
        right.annotate(text, (middle / most, k), xytext=(4, 0), textcoords="offset points", va="center", fontsize=7)
    right.axvline(1, color=COLOURS["RNN"], linewidth=2)
    labels = ["\n".join(say(line["case"], language).split(" · ")) for line in judged]
    right.set_yticks(range(len(judged)), labels, fontsize=7)
    right.set_ylim(len(judged) - 0.5, -0.5)
    right.set_xlabel(pick(("占上限的比例", "share of what is allowed"), language))
    right.grid(axis="y", visible=False)
    right.margins(x=0.2)
    return figure
