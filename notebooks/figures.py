"""The figures of chapters 1 to 3: one function per figure, labels in the current language."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import matplotlib.style
import numpy as np
import seaborn as sns
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from namelib.evaluation import Metrics
from namelib.spelling import drawable
from namelib.training import History
from notebooks.language import _
from notebooks.look import COLOURS, FONTS, GATES, RECIPE_LABELS
from notebooks.number_formats import percent

BLUE = COLOURS["mini_batch"]  # also for what belongs to no network
GREY = "#555555"
LIGHT_GREY = "#949494"  # next to the blue: differs from it in greyscale print
# Inches, printed at 93 %: what a phone shows with letters that can be read, and half a page.
WIDTH, HALF = 4.65, 3.35
# A scale of colours goes so far beyond the values: a black number stands out in every cell, and a
# white one where a dark page inverts them.
PALE = 2.1
SMALLEST = 6.5  # points: 6 in print
DASHES = "-", "--", "-."
MISSING = "\N{GETA MARK}"  # stands for a character that the fonts lack
LONGEST_LABEL = 22  # longest name in a label, in symbols


@cache
def _packaged_font() -> str:
    """Make a font with Latin letters and Chinese characters known to matplotlib; its name."""
    font_manager.fontManager.addfont(FONTS / "NotoSansCJKsc-Regular.otf")
    return "Noto Sans CJK SC"


@cache
def _drawn() -> frozenset[int]:
    """The characters that the fonts of figures have."""
    paths = (font_manager.findfont(name) for name in (_packaged_font(), "DejaVu Sans"))
    return frozenset(code for path in paths for code in font_manager.get_font(path).get_charmap())


@contextmanager
def style() -> Iterator[None]:
    """Context in which figures use the fonts and palette of the report."""
    settings = {
        "font.family": [_packaged_font(), "DejaVu Sans"],
        "font.size": 9,
        "axes.titlesize": 10,
        "axes.labelsize": 9,
        "legend.fontsize": 8.5,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#e4e4e4",
        "grid.linewidth": 0.6,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.edgecolor": GREY,
        "legend.frameon": False,
        "lines.linewidth": 1.8,
        "svg.fonttype": "none",
        "svg.hashsalt": "surname-lab",
        "figure.constrained_layout.use": True,
    }
    # whatever a user's matplotlibrc says
    with matplotlib.style.context("default"), matplotlib.rc_context(settings):
        yield


def as_label(language: str) -> str:
    """The name of a language, in the current language, shortened to fit a figure."""
    return shortened(_(language))


def shortened(name: str) -> str:
    """A name shortened to fit a figure; a dollar sign in it does not start a formula."""
    # a rare character, too, is marked as missing, not left to a box and a warning
    name = "".join(symbol if ord(symbol) in _drawn() else MISSING for symbol in drawable(name))
    return (name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…").replace(
        "$", r"\$"
    )


def panels(count: int, width: float, height: float) -> list[Axes]:
    """Axes in figures of their own, which stand side by side or, on a phone, below each other."""
    return [plt.subplots(figsize=(width, height))[1] for _number in range(count)]


def on_one_scale(drawn: Sequence[Axes]) -> list[Figure]:
    """The figures of these axes, all with the same vertical scale."""
    ends = [end for axes in drawn for end in axes.get_ylim()]
    for axes in drawn:
        axes.set_ylim(min(ends), max(ends))
    return [axes.figure for axes in drawn]


@style()
def curves(histories: dict[str, History]) -> list[Figure]:
    """Loss and accuracy against surnames seen, for each recipe, `original`, `mini_batch`."""
    drawn = [
        plt.subplots(2, 1, figsize=(HALF, 2.8), sharex=True, squeeze=False) for _one in histories
    ]
    for (_figure, axes), (recipe, history) in zip(drawn, histories.items(), strict=True):
        loss, accuracy = axes.flat
        seen = np.array(history.names_seen) / 1000
        few = {"marker": "o", "markersize": 4} if len(seen) <= 2 else {}
        loss.plot(
            seen, history.train_loss, color=LIGHT_GREY, linestyle="--", label=_("training"), **few
        )
        loss.plot(seen, history.valid_loss, color=BLUE, label=_("validation"), **few)
        accuracy.plot(seen, history.train_accuracy, color=LIGHT_GREY, linestyle="--", **few)
        accuracy.plot(seen, history.valid_accuracy, color=BLUE, **few)
        loss.set(title=_(RECIPE_LABELS.get(recipe, recipe)), ylabel=_("loss (nats)"))
        accuracy.set(xlabel=_("surnames seen in training (thousands)"), ylim=(0, 1))
        accuracy.set_ylabel(_("accuracy"))
        accuracy.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        accuracy.annotate(
            percent(history.valid_accuracy[-1]),
            (seen[-1], history.valid_accuracy[-1]),
            xytext=(0, -12 if history.valid_accuracy[-1] > 0.3 else 4),
            textcoords="offset points",
            ha="right",
            color=BLUE,
        )
    loss.legend(loc="upper right")
    return on_one_scale([axes[0, 0] for _figure, axes in drawn])


@style()
def validation_curves(histories: dict[str, dict[str, dict]]) -> list[Figure]:
    """Validation accuracy of several networks, {network: {recipe: history}}, for each recipe."""
    recipes = list(next(iter(histories.values())))
    drawn = panels(len(recipes), HALF, 2.1)
    for axes, recipe in zip(drawn, recipes, strict=True):
        for (network, of_network), dash in zip(histories.items(), DASHES, strict=False):
            history = of_network[recipe]
            seen = np.array(history["names_seen"]) / 1000
            few = {"marker": "o", "markersize": 4} if len(seen) <= 2 else {}
            look = {"color": COLOURS[network], "linestyle": dash, "label": network, **few}
            axes.plot(seen, history["valid_accuracy"], **look)
        axes.set(title=_(RECIPE_LABELS.get(recipe, recipe)), ylim=(0, 1))
        axes.set_xlabel(_("surnames seen in training (thousands)"))
        axes.set_ylabel(_("validation accuracy"))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    drawn[-1].legend(loc="lower right")
    return [axes.figure for axes in drawn]


@style()
def confusions(metrics: dict[str, Metrics]) -> list[Figure]:
    """A confusion matrix for each recipe, in % of the true language; from 5 % on as numbers."""
    drawn = panels(len(metrics), HALF, 4.2)
    for axis, (recipe, answers) in zip(drawn, metrics.items(), strict=True):
        shares, places = 100 * answers.shares, [as_label(name) for name in answers.data.languages]
        text = np.where(shares >= 4.95, np.char.mod("%.0f", shares), "")
        sns.heatmap(
            shares,
            annot=text,
            fmt="",
            cmap="Blues",
            vmin=0,
            vmax=100 * PALE,
            square=True,
            linewidths=0.3,
            ax=axis,
            annot_kws={"size": SMALLEST, "color": "black"},
            rasterized=True,
            xticklabels=places,
            yticklabels=places,
            cbar=False,
        )
        axis.set(xlabel=_("predicted language"), title=_(RECIPE_LABELS.get(recipe, recipe)))
        axis.tick_params(length=0, labelsize=SMALLEST)
        plt.setp(axis.get_xticklabels(), rotation=90)
        axis.set_ylabel(_("true language"))
    return [axis.figure for axis in drawn]


@style()
def likeliest(
    predictions: dict[str, list[tuple[str, float]]], listed: dict[str, tuple[str, list[str]]]
) -> Figure:
    """The most likely languages of each surname as bars, {name: [(language, probability), ...]}.

    `listed`: below each name, the part of the data that has it and in which languages.
    """
    if not predictions:
        raise ValueError("no surname to draw: try_names needs at least one")
    columns = min(3, len(predictions))
    rows = -(-len(predictions) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(7, 1.8 * rows + 0.4), squeeze=False, sharex=True
    )
    for axis, (name, predicted) in zip(axes.flat, predictions.items(), strict=False):
        places, probabilities = zip(*predicted[::-1], strict=True)
        colours = [LIGHT_GREY] * (len(places) - 1) + [BLUE]
        axis.barh(
            range(len(places)),
            probabilities,
            color=colours,
            tick_label=[as_label(place) for place in places],
        )
        axis.set_title(shortened(name), pad=16)
        part, languages = listed[name]
        lists = _("{part}: {languages}").format(
            part=_(part), languages=_(", ").join(map(_, languages))
        )
        below = shortened(lists if languages else _(part))
        axis.text(0.5, 1.03, below, transform=axis.transAxes, ha="center", color=GREY, fontsize=8)
        axis.set_xlim(0, 1)
        axis.grid(axis="y", visible=False)
    for axis in axes.flat[len(predictions) :]:
        axis.set_visible(False)
    for axis in axes.flat[: len(predictions)][-columns:]:  # the lowest of each column
        axis.set_xlabel(_("probability"))
        axis.tick_params(labelbottom=True)
    return figure


@style()
def gates(name: str, values: dict[str, np.ndarray]) -> list[Figure]:
    """The gates while the cell reads a surname, (time, hidden) each: letters across, units down."""
    drawn = panels(len(GATES), HALF / 2, 3.0)
    order = np.argsort(values["forget_gate"].mean(axis=0))
    limit = np.abs(values["cell_state"]).max()
    for axis, (gate, title) in zip(drawn, GATES.items(), strict=True):
        low, colours = (-limit, "RdBu_r") if gate == "cell_state" else (0, "cividis")
        high = limit if gate == "cell_state" else 1
        units = values[gate][:, order].T
        image = axis.pcolormesh(units, vmin=low, vmax=high, cmap=colours, rasterized=True)
        axis.set(title=_(title), ylabel=_("hidden unit"))
        axis.set_xticks(np.arange(len(name)) + 0.5, list(name))
        axis.grid(visible=False)
        axis.figure.colorbar(image, ax=axis, location="bottom", shrink=0.8, pad=0.02)
    return [axis.figure for axis in drawn]
