"""The figures of chapter 4: one function a figure, drawn from what the experiments return."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from namelib.experiments.additive import Terms
from namelib.experiments.figure_words import WORDS
from namelib.experiments.letter_pairs import PairEffect
from namelib.experiments.reading import Reading
from namelib.experiments.tables import minus
from namelib.figures import COLOURS, GREY, WIDTH, style
from namelib.words import GATES, in_language

MARKERS = {"RNN": "o", "LSTM": "s", "MyLSTM": "^"}
GATE_STYLES = {"forget_gate": ("#0072B2", "o"), "input_gate": ("#E69F00", "s"), "output_gate": ("#009E73", "^"),
               "cell_state": ("#CC79A7", "D")}  # fmt: skip


def number(value: float) -> str:
    """One decimal with a proper minus, and no minus before zero."""
    return minus(f"{round(value, 1) + 0.0:.1f}")


def additive(terms: Terms, language: str) -> Figure:
    """A name's score as the sum of a term a letter: letters down, languages across, blue against, red in favour."""
    words = WORDS[language]
    rows = np.vstack([terms.terms, terms.constant, terms.terms.sum(axis=0) + terms.constant])
    rows = rows - rows.mean(axis=1, keepdims=True)
    limit = np.abs(rows).max()
    with style(language):
        figure, axes = plt.subplots(figsize=(WIDTH, 0.27 * len(rows) + 1.5))
        places = (np.arange(rows.shape[1]), np.arange(rows.shape[0]))
        image = axes.pcolormesh(*places, rows, cmap="RdBu_r", vmin=-limit, vmax=limit, shading="nearest")
        axes.invert_yaxis()
        for row, column in np.ndindex(rows.shape):
            value = rows[row, column]
            colour = "white" if abs(value) > 0.6 * limit else "black"
            axes.text(column, row, number(value), ha="center", va="center", fontsize=6.5, color=colour)
        axes.axhline(len(terms.letters) + 0.5, color="black", linewidth=1.2)
        axes.set_yticks(range(len(rows)), [*terms.letters, words["constant"], words["score"]])
        axes.set_xticks(range(len(terms.languages)), [in_language(name, language) for name in terms.languages])
        plt.setp(axes.get_xticklabels(), rotation=45, ha="right", rotation_mode="anchor", parse_math=False)
        axes.tick_params(length=0)
        axes.grid(visible=False)
        figure.colorbar(image, ax=axes, label=words["term"], location="top", shrink=0.6, aspect=40)
        return figure


def letter_pairs(effects: dict[str, PairEffect], language: str) -> Figure:
    """The four names of a quadruple in each network: parallel lines where letters add up, a gap where they do not."""
    words = WORDS[language]
    with style(language):
        figure, panels = plt.subplots(1, len(effects), figsize=(WIDTH, 3.2), squeeze=False)
        for axes, (network, effect) in zip(panels[0], effects.items(), strict=True):
            name, other, second, _ = effect.names
            p = next(k for k in range(len(name)) if name[k] != other[k])
            q = next(k for k in range(len(name)) if name[k] != second[k])
            for first, colour, marker in ((0, COLOURS["RNN"], "o"), (1, COLOURS["LSTM"], "s")):
                label = words["first_letter"].format(place=p + 1, letter=effect.names[first][p])
                heights = [effect.scores[first], effect.scores[first + 2]]
                axes.plot([0, 1], heights, color=colour, marker=marker, label=label)
                for x, height, index in zip((0, 1), heights, (first, first + 2), strict=True):
                    above = height >= effect.scores[2 * x + 1 - first]  # the other name there
                    axes.annotate(
                        effect.names[index], (x, height), xytext=(-7 + 14 * x, -5 + 10 * above),
                        textcoords="offset points", ha="left" if x else "right", va="center", color=colour,
                    )  # fmt: skip
            expected = effect.scores[1] + effect.scores[2] - effect.scores[0]
            axes.plot(
                [0, 1], [effect.scores[1], expected], ":", marker="s", markerfacecolor="white", color=GREY, zorder=1,
                label=words["if_additive"],
            )  # fmt: skip
            axes.set_title(words["interaction"].format(network=network, value=number(effect.interaction)))
            axes.set_xticks([0, 1], [name[q], second[q]])
            axes.set(xlim=(-0.5, 1.5), xlabel=words["second_letter"].format(place=q + 1))
            axes.margins(y=0.12)
        place = in_language(effect.language, language)
        panels[0, 0].set_ylabel(words["score_of"].format(language=place), parse_math=False)
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3)
        return figure


def gradient_flow(flows: dict[str, dict], language: str) -> Figure:
    """The size of the derivative by k, a panel for each of `flows` ("names", "long"); theory dashed, log scale."""
    words = WORDS[language]
    with style(language):
        figure, panels = plt.subplots(1, len(flows), figsize=(WIDTH, 3.6), sharey=True, squeeze=False)
        for axes, (strings, flow) in zip(panels[0], flows.items(), strict=True):
            for network, paths in flow["curves"].items():
                measured = paths.get("cell", paths["hidden"])
                axes.plot(measured["k"], measured["mean"], color=COLOURS[network], zorder=3)
                axes.fill_between(
                    measured["k"], measured["low"], measured["high"], color=COLOURS[network], alpha=0.2, linewidth=0
                )
                if "cell" in paths:
                    hidden, gates = paths["hidden"], paths["forget_gates"]
                    axes.plot(hidden["k"], hidden["mean"], ":", color=COLOURS[network], linewidth=1.2)
                    axes.plot(gates["k"], gates["mean"], "--", color=COLOURS[network], linewidth=1.2)
            reach = max(flow["curves"]["RNN"]["hidden"]["k"]) + 1
            axes.plot(np.exp(flow["theory"]["log_size"])[:reach], "--", color="black", linewidth=1, zorder=4)
            axes.set(yscale="log", xlabel=words["back"], title=words[strings])
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        panels[0, 0].set_ylabel(words["size"])
        networks = [Line2D([], [], color=COLOURS[network], label=network) for network in flow["curves"]]
        lines = [
            Line2D([], [], color="black", linestyle="--", linewidth=1, label=f"RNN, {words['powers']}"),
            *(
                Line2D([], [], color=GREY, linestyle=dash, label=f"LSTM, {words[path]}")
                for path, dash in (("cell", "-"), ("forget_gates", "--"), ("hidden", ":"))
            ),
        ]
        figure.legend(handles=networks + lines, loc="outside lower center", ncols=4)
        return figure


def gates(readings: Sequence[Reading], language: str) -> Figure:
    """The gates and the cell over the letters of each name: letters across, hidden units down, two names a row.

    The units stand in the same order everywhere, those that forget least on top.
    """
    words = WORDS[language]
    order = np.argsort(-np.concatenate([reading.gates["forget_gate"] for reading in readings]).mean(axis=0))
    limit = max(np.abs(reading.gates["cell_state"]).max() for reading in readings)
    scales = {gate: {"vmin": 0, "vmax": 1, "cmap": "cividis"} for gate in GATES[:3]}
    scales["cell_state"] = {"vmin": -limit, "vmax": limit, "cmap": "RdBu_r"}
    rows, columns = -(-len(readings) // 2), min(2, len(readings))
    with style(language):
        figure, panels = plt.subplots(rows, columns, figsize=(WIDTH, 0.86 * rows + 0.7), squeeze=False)
        for axes in panels.flat[len(readings) :]:
            axes.set_visible(False)
        for k, (axes, reading) in enumerate(zip(panels.flat, readings, strict=False)):
            length = len(reading.name)
            lefts = {gate: 1.08 * length * column for column, gate in enumerate(GATES)}
            for gate, left in lefts.items():
                values = reading.gates[gate][:, order].T  # (hidden, letters)
                # A pixel a cell, which the reader's screen or printer draws as large as it likes: exact, and small.
                place = (left, left + length, len(values), 0)
                axes.imshow(values, aspect="auto", interpolation="none", extent=place, **scales[gate])
                if k < columns:
                    above = {"xytext": (0, 4), "textcoords": "offset points", "ha": "center", "fontsize": 7}
                    axes.annotate(words[gate], (left + length / 2, 0), **above)
            axes.set(xlim=(0, left + length), yticks=[])
            axes.set_xticks([left + t + 0.5 for left in lefts.values() for t in range(length)], [*reading.name] * 4)
            axes.tick_params(length=0, pad=1, labelsize=5.5)
            axes.grid(visible=False)
            axes.spines[:].set_visible(False)
            place = in_language(reading.language, language) + ("" if reading.right else words["wrong"])
            axes.set_ylabel(place, fontsize=7, parse_math=False)
        for image, below, label in ((0, panels[:, 0], "open"), (3, panels[:, -1], "cell_state")):
            image = panels[0, 0].images[image]
            figure.colorbar(image, ax=below, location="bottom", shrink=0.6, aspect=40, pad=0.01, label=words[label])
        return figure


def gate_averages(averages: dict[str, dict], language: str) -> Figure:
    """The mean of each gate, and of |c|, by distance from the last letter, which stands to the right."""
    words = WORDS[language]
    with style(language):
        figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 2.9))
        for gate, curve in averages.items():
            axes, label = (right, "absolute_cell") if gate == "cell_state" else (left, gate)
            _curve(axes, curve, *GATE_STYLES[gate], words[label])
        left.set(ylabel=words["open"])
        right.set(ylabel=words["absolute_cell"], ylim=(0, None))
        left.legend()
        _from_the_end((left, right), words)
        return figure


def occlusion(found: dict, language: str) -> Figure:
    """What dropping a letter does to the answer, by distance from the last letter, which stands to the right."""
    words = WORDS[language]
    with style(language):
        figure, panels = plt.subplots(1, 2, figsize=(WIDTH, 3.0))
        for axes, effect in zip(panels, ("log_probability", "probability"), strict=True):
            for network, curve in found[effect].items():
                _curve(axes, curve, COLOURS[network], MARKERS[network], network)
            axes.set(ylabel=words[effect], ylim=(0, None))
        panels[0].legend(loc="upper left")
        _from_the_end(panels, words)
        return figure


def _curve(axes: Axes, curve: dict, colour: str, marker: str, label: str) -> None:
    mean, low, high = (np.array(curve[key]) for key in ("mean", "low", "high"))
    x = curve["distance"]
    axes.errorbar(x, mean, yerr=[mean - low, high - mean], color=colour, marker=marker, markersize=4, label=label)


def _from_the_end(panels: Sequence[Axes], words: dict[str, str]) -> None:
    for axes in panels:
        axes.set_xlabel(words["distance"])
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.invert_xaxis()
