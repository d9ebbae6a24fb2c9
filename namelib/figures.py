"""The figures of the notebooks: one function a figure, labels in Chinese or English, one palette throughout."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import matplotlib
import noto_cjk_sans_otc
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from namelib.data import ALPHABET, Names
from namelib.training import History
from namelib.words import GATES, LABELS, in_language

# Okabe & Ito's hues, at lightnesses that a grey print shows apart and that a colour-blind reader does too.
COLOURS = {"RNN": "#BC4A00", "LSTM": "#0B3F80", "MyLSTM": "#1BA784", "original": "#E69F00", "mini_batch": "#0072B2"}
BLUE = COLOURS["mini_batch"]  # also what belongs to no network
GREY = "#6b6b6b"
LIGHT_GREY = "#949494"  # beside the blue: a grey print shows them apart
WIDTH = 7.0  # inches
LONGEST = 22  # symbols that a name may have in a label


@cache
def _packaged_font() -> str:
    """Make matplotlib know the font that has Latin letters and Chinese characters alike; its name."""
    font_manager.fontManager.addfont(Path(noto_cjk_sans_otc.__file__).with_name("NotoSansCJK-Regular.ttc"))
    return "Noto Sans CJK SC"


@contextmanager
def style(language: str) -> Iterator[dict[str, str]]:
    """Draw inside `with style(language) as label:`; fonts, palette and the labels of that language."""
    settings = {
        "font.family": [_packaged_font(), "DejaVu Sans"],
        "font.size": 9, "axes.titlesize": 10, "axes.labelsize": 9, "legend.fontsize": 8.5,
        "xtick.labelsize": 8, "ytick.labelsize": 8, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": "#e4e4e4", "grid.linewidth": 0.6, "axes.axisbelow": True,
        "axes.unicode_minus": True, "axes.edgecolor": GREY, "legend.frameon": False, "lines.linewidth": 1.8,
        "svg.fonttype": "path", "svg.hashsalt": "surname-lab", "figure.constrained_layout.use": True,
    }  # fmt: skip
    with matplotlib.rc_context(settings):
        yield LABELS[language]


def as_label(name: str, language: str = "") -> str:
    """A class or a name as a figure has room for it, in the figure's language; a dollar in it starts no formula."""
    name = in_language(name, language)
    return (name if len(name) <= LONGEST else name[: LONGEST - 1] + "…").replace("$", r"\$")


def curves(histories: dict[str, History], language: str) -> Figure:
    """Loss and accuracy over the names read, one column a recipe (`original`, `mini_batch`), axes shared by row."""
    with style(language) as label:
        figure, axes = plt.subplots(2, len(histories), figsize=(WIDTH, 3.5), sharex="col", sharey="row", squeeze=False)
        for (loss, accuracy), (recipe, history) in zip(axes.T, histories.items(), strict=True):
            seen = np.array(history.names_seen) / 1000
            loss.plot(seen, history.train_loss, color=LIGHT_GREY, linestyle="--", label=label["train"])
            loss.plot(seen, history.valid_loss, color=BLUE, label=label["valid"])
            accuracy.plot(seen, history.valid_accuracy, color=BLUE)
            loss.set_title(label[recipe])
            accuracy.set(xlabel=label["names_seen"], ylim=(0, 1))
            accuracy.xaxis.set_major_formatter("{x:g}k")
            accuracy.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0, decimals=0))
            accuracy.annotate(
                f"{history.valid_accuracy[-1]:.1%}", (seen[-1], history.valid_accuracy[-1]),
                xytext=(0, 6), textcoords="offset points", ha="right", color=BLUE,
            )  # fmt: skip
        axes[0, 0].set_ylabel(label["loss"])
        axes[1, 0].set_ylabel(label["valid"] + ("" if language == "zh" else " ") + label["accuracy"])
        axes[0, -1].legend(loc="upper right")
        return figure


def confusion(counts: np.ndarray, languages: Sequence[str], language: str) -> Figure:
    """The confusion matrix: rows are true languages and add up to 100; cells of 1 % and more carry their number."""
    with style(language) as label:
        shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        places = [as_label(name, language) for name in languages]
        text = np.where(shares >= 0.995, np.char.mod("%.0f", shares), "")
        figure, axes = plt.subplots(figsize=(WIDTH, 5.3))
        sns.heatmap(
            shares, annot=text, fmt="", cmap="Blues", vmin=0, vmax=100, square=True, linewidths=0.4, ax=axes,
            annot_kws={"size": 6.5}, xticklabels=places, yticklabels=places,
            cbar_kws={"label": label["share"], "format": "%.0f%%", "shrink": 0.75},
        )  # fmt: skip
        axes.set(xlabel=label["predicted"], ylabel=label["true"])
        axes.tick_params(length=0)
        plt.setp(axes.get_xticklabels(), rotation=45, ha="right", rotation_mode="anchor")
        return figure


def names_a_language(train: Names, valid: Names, language: str) -> Figure:
    """How many names each language has, training and validation names stacked."""
    with style(language) as label:
        figure, axes = plt.subplots(figsize=(WIDTH, 3.2))
        order = np.argsort(train.counts + valid.counts)
        places = [as_label(train.languages[k], language) for k in order]
        rows = np.arange(len(places))
        axes.barh(rows, train.counts[order], color=BLUE, label=label["train"], tick_label=places)
        axes.barh(rows, valid.counts[order], left=train.counts[order], color=COLOURS["original"], label=label["valid"])
        axes.set_xlabel(label["names"])
        axes.grid(axis="y", visible=False)
        axes.legend(loc="lower right")
        return figure


def lengths_and_letters(data: Names, language: str) -> Figure:
    """Left: how long the names are. Right: the share of each language's names that contain each letter."""
    with style(language) as label:
        figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 3.3), width_ratios=(1, 2))
        lengths = np.array([len(name) for name in data.names])
        sizes = np.arange(1, lengths.max() + 1)
        left.bar(sizes, [(lengths == size).mean() for size in sizes], color=BLUE)
        left.set(xlabel=label["length"], ylabel=label["frequency"])
        left.yaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
        left.yaxis.set_major_locator(matplotlib.ticker.MultipleLocator(0.05))
        letters = ALPHABET[:26]
        lower = np.array([[letter in name.lower() for letter in letters] for name in data.names])
        places = [as_label(name, language) for name in data.languages]
        share = [100 * lower[data.labels == k].mean(axis=0) for k in range(len(data.languages))]
        sns.heatmap(
            np.array(share), cmap="Blues", ax=right, xticklabels=list(letters), yticklabels=places,
            cbar_kws={"label": label["share_of_names"], "format": "%.0f%%"},
        )  # fmt: skip
        right.tick_params(length=0, labelrotation=0, labelsize=7)
        return figure


def likeliest(answers: dict[str, list[tuple[str, float]]], language: str) -> Figure:
    """For each name its likeliest languages as bars; `answers` is {name: [(language, probability), ...]}."""
    if not answers:
        raise ValueError("no name to draw: try_names needs at least one")
    with style(language) as label:
        columns = min(3, len(answers))
        rows = -(-len(answers) // columns)
        figure, axes = plt.subplots(rows, columns, figsize=(WIDTH, 1.6 * rows + 0.4), squeeze=False, sharex=True)
        for axis, (name, answer) in zip(axes.flat, answers.items(), strict=False):
            places, probabilities = zip(*answer[::-1], strict=True)
            places = [as_label(place, language) for place in places]
            colours = [LIGHT_GREY] * (len(places) - 1) + [BLUE]
            axis.barh(range(len(places)), probabilities, color=colours, tick_label=places)
            axis.set_title(as_label(name))
            axis.set_xlim(0, 1)
            axis.grid(axis="y", visible=False)
        for axis in axes.flat[len(answers) :]:
            axis.set_visible(False)
        figure.supxlabel(label["probability"], fontsize=9)
        return figure


def gates(name: str, values: dict[str, np.ndarray], language: str) -> Figure:
    """What the gates do while the cell reads one name: letters across, hidden units down, each (time, hidden)."""
    with style(language) as label:
        figure, axes = plt.subplots(1, 4, figsize=(WIDTH, 3.0), sharey=True)
        order = np.argsort(values["forget_gate"].mean(axis=0))
        for axis, gate in zip(axes, GATES, strict=True):
            limit = np.abs(values[gate]).max()
            bounded = {"vmin": 0, "vmax": 1, "cmap": "cividis"}
            signed = {"vmin": -limit, "vmax": limit, "cmap": "RdBu_r"}
            image = axis.pcolormesh(values[gate][:, order].T, **(signed if gate == "cell_state" else bounded))
            axis.set(title=label[gate])
            axis.set_xticks(np.arange(len(name)) + 0.5, list(name))
            axis.grid(visible=False)
            figure.colorbar(image, ax=axis, location="bottom", shrink=0.9, pad=0.02)
        axes[0].set_ylabel(label["unit"])
        return figure
