"""The figures of chapter 4 that show mechanisms: votes of letters, gradients, letter pairs."""

from collections.abc import Sequence

import numpy as np
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from notebooks.figures import COLOURS, GREY, HALF, PALE, SMALLEST, as_label, on_one_scale, panels
from notebooks.language import _
from notebooks.number_formats import marked, plain, signed
from notebooks.why_lstm.accuracy_figures import LABELS, STYLES

STAGE_TITLES = {
    "initial": "before training",
    "quarter": "a quarter through training",
    "trained": "after training",
}
THIRD = 2 * HALF / 3
FARTHEST = 10  # letters back: hardly a surname is longer


def additive(
    letters: Sequence[str], terms: np.ndarray, constant: np.ndarray, languages: Sequence[str]
) -> Figure:
    """A surname's logits as a sum of a term per letter: blue against a language, red for it.

    `terms` (letters, languages), `constant` (languages,); both are shown minus their mean over the
    languages.
    """
    columns = np.vstack([terms, constant, terms.sum(axis=0) + constant]).T
    columns = columns - columns.mean(axis=0)
    limit = PALE * np.abs(columns).max()
    figure, axes = plt.subplots(figsize=(HALF + 0.4, 0.16 * len(languages) + 0.7))
    sns.heatmap(
        columns,
        annot=np.vectorize(plain)(columns),
        fmt="",
        cmap="RdBu_r",
        vmin=-limit,
        vmax=limit,
        ax=axes,
        annot_kws={"size": SMALLEST, "color": "black"},
        rasterized=True,
        xticklabels=[*letters, _("constant"), _("sum (logits)")],
        yticklabels=[as_label(name) for name in languages],
        cbar=False,
    )
    axes.axvline(len(letters) + 1, color="black", linewidth=1.2)
    plt.setp(axes.get_xticklabels(), rotation=45, ha="right", rotation_mode="anchor")
    plt.setp(axes.get_yticklabels(), rotation=0)
    axes.tick_params(length=0)
    return figure


def gradient_flow(networks: dict[str, dict]) -> list[Figure]:
    """The size of the last state's derivative by the state k letters back, at each stage."""
    drawn = panels(len(STAGE_TITLES), THIRD, 2.1)
    for axes, stage in zip(drawn, STAGE_TITLES, strict=True):
        for key, stages in networks.items():
            colour, curve = STYLES[key][0], stages[stage]["strings"]["state"]
            k, mean, low, high = (
                curve[part][: FARTHEST + 1] for part in ("k", "mean", "low", "high")
            )
            axes.plot(k, mean, color=colour, label=_(LABELS[key]))
            axes.fill_between(k, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.set_title(_(STAGE_TITLES[stage]), fontsize=9)
        axes.set(xlabel=_("letters back, k"), yscale="log")
        axes.set_ylabel(_("derivative of the state"))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_xticks(range(0, FARTHEST + 1, 2))
    drawn[-1].legend(loc="lower left", fontsize=7, handlelength=1)
    return on_one_scale(drawn)


def letter_pairs(example: dict) -> list[Figure]:
    """Four surnames that differ in two letters, by network; where letters add up, parallels."""
    networks, names = example["scores"], example["names"]
    q = next(k for k in range(len(names[0])) if names[0][k] != names[2][k])
    drawn = panels(len(networks), THIRD, 2.0)
    for axes, (key, scores) in zip(drawn, networks.items(), strict=True):
        for first, colour, marker in ((0, COLOURS["RNN"], "o"), (1, COLOURS["LSTM"], "s")):
            heights = [scores[first], scores[first + 2]]
            axes.plot([0, 1], heights, color=colour, marker=marker)
            for x, align in enumerate(("right", "left")):
                above = heights[x] > scores[1 - first + 2 * x]  # the other one's name stands below
                beside = {
                    "xytext": (14 * x - 7, 14 * above - 7),
                    "textcoords": "offset points",
                    "fontsize": 8,
                }
                axes.annotate(
                    names[first + 2 * x],
                    (x, heights[x]),
                    ha=align,
                    va="center",
                    color=colour,
                    **beside,
                )
        expected = scores[1] + scores[2] - scores[0]
        dotted = {
            "linestyle": ":",
            "marker": "s",
            "markerfacecolor": "white",
            "color": GREY,
            "zorder": 1,
        }
        axes.plot([0, 1], [scores[1], expected], label=_("if letters only added up"), **dotted)
        value = marked(signed)(example["interaction"][key])
        title = _("{network}: interaction {value}").format(network=_(LABELS[key]), value=value)
        axes.set_title(title, fontsize=9)
        axes.set_xticks([0, 1], [names[0][q], names[2][q]])
        axes.set(xlim=(-0.6, 1.6), xlabel=_("letter {place}").format(place=q + 1))
        axes.set_ylabel(_("logit of {language}").format(language=as_label(example["language"])))
        axes.margins(y=0.25)
        axes.figure.legend(loc="outside lower center")
    return [axes.figure for axes in drawn]
