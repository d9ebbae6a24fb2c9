"""The figures of chapter 4 draw from any results in both languages, and no word hides another or leaves the page."""

import itertools
import re
import warnings
from functools import cache

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from why_cases import OPPOSITE, RUN_RESULTS, SUPPORTED, of_budgets, results, sweep

from namelib.figures import WIDTH, style
from namelib.language import LANGUAGES, catalogue, speaking
from notebooks.why_lstm import accuracy_figures as figures
from notebooks.why_lstm import answer, mechanism_figures, sweep_figure

FOUND, FAILS, ONE = results(), results(OPPOSITE), {"budgets": of_budgets(SUPPORTED, (1,))}
COUNTRIES = ("Arabic", "Chinese", "Czech", "Dutch", "a_b $x^2$")
TERMS = np.arange(40).reshape(8, 5) - 17.0
PAIRS = FOUND["letter_pairs"]


def key_figure(found: dict, own: dict | None) -> Figure:
    return figures.key_figure(found["budgets"], found["ceilings"], found["original_recipe"], own)


def carry_and_gate(found: dict) -> Figure:
    budgets = answer.budgets_of(found["budgets"])
    return figures.carry_and_gate(found["budgets"], *budgets, found["original_recipe"], found["cue_task"], 20)


FIGURES = {
    "three_networks": lambda: figures.three_networks(RUN_RESULTS, 0.76, 0.95),
    "key_figure": lambda: key_figure(FOUND, ONE["budgets"]),
    "key_figure of this run": lambda: key_figure(FAILS | {"ceilings": FOUND["ceilings"]}, None),
    "ceilings": lambda: figures.ceilings(FOUND["ceilings"], RUN_RESULTS["RNN"]),
    "seen_and_unseen": lambda: figures.seen_and_unseen(FOUND["budgets"]),
    "carry_and_gate": lambda: carry_and_gate(FOUND),
    "carry_and_gate of one budget": lambda: carry_and_gate(FOUND | ONE),
    "rates": lambda: figures.rates(FOUND["original_recipe"]),
    "accuracy_by_length": lambda: figures.accuracy_by_length(PAIRS["gains"]["by_length"]),
    "cue_task": lambda: figures.cue_task(FOUND["cue_task"]),
    "additive": lambda: mechanism_figures.additive("Kowalski", TERMS, TERMS[3], COUNTRIES),
    "gradient_flow": lambda: mechanism_figures.gradient_flow(FOUND["gradients"]["networks"]),
    "letter_pairs": lambda: mechanism_figures.letter_pairs(PAIRS["example"]),
    "rates_and_sizes": lambda: sweep_figure.rates_and_sizes(sweep(diverged=[(64, 0.005, 0)])),
}
every_figure = pytest.mark.parametrize("name", FIGURES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def ticks_outside(axes: Axes) -> list[Text]:
    """The labels of ticks beyond the ends of an axis, which are there but not drawn."""
    ends = ((axis, sorted(axis.get_view_interval())) for axis in (axes.xaxis, axes.yaxis))
    ticks = (tick for axis, (low, high) in ends for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high)
    return [label for tick in ticks for label in (tick.label1, tick.label2)]


@cache
def drawn(name: str, language: str) -> tuple[float, dict]:
    """Its width in inches, and the texts that stand in it with their places; a warning is an error."""
    with warnings.catch_warnings(), speaking(language), style():
        warnings.simplefilter("error")
        figure = FIGURES[name]()
        figure.canvas.draw()
        outside = set(itertools.chain.from_iterable(map(ticks_outside, figure.axes)))
        texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
        places = {text: text.get_window_extent() for text in texts if text not in outside}
        width = figure.get_tightbbox().width
    plt.close(figure)
    return width, places


def test_every_figure_is_drawn_here():
    for module in (figures, mechanism_figures, sweep_figure):
        returned = {name: getattr(thing, "__annotations__", {}).get("return") for name, thing in vars(module).items()}
        assert {name for name, kind in returned.items() if kind is Figure and name[0] != "_"} <= {
            name.split()[0] for name in FIGURES
        }


@every_language
@every_figure
def test_a_figure_draws_without_a_warning_inside_the_pages_width(name, language):
    """A missing glyph or a layout that finds no room would warn."""
    width, _ = drawn(name, language)
    assert width <= WIDTH * 1.01


@every_language
@every_figure
def test_no_text_lies_on_another(name, language):
    """Slanted labels are not looked at: the boxes around them overlap where the words do not."""
    _, places = drawn(name, language)
    upright = {text: box for text, box in places.items() if text.get_rotation() in (0, 90) and box.width}
    for (one, box), (other, there) in itertools.combinations(upright.items(), 2):
        width = min(box.x1, there.x1) - max(box.x0, there.x0)
        height = min(box.y1, there.y1) - max(box.y0, there.y0)
        assert min(width, height) < 5, (
            one.get_text(),
            other.get_text(),
        )  # pixels: a line leaves them around its letters


@every_figure
def test_the_labels_are_those_of_the_language(name):
    english, chinese = ({text.get_text() for text in drawn(name, language)[1]} for language in ("en", "zh"))
    words = {label: other for label, other in catalogue().items() if label != other}
    assert not english & set(words.values()) and not chinese & words.keys()
    same = {text for text in english & chinese if re.search("[A-Za-z]{4}", re.sub(r"\$.*?\$", "", text))}
    assert same <= catalogue().keys() | {"MyLSTM", "LSTM", "tanh", *PAIRS["example"]["names"]}, "not translated"
    assert english & words.keys() and chinese & set(words.values())


def test_what_is_drawn_is_what_was_measured():
    figure = FIGURES["seen_and_unseen"]()
    heights = {tuple(round(float(y), 6) for y in line.get_ydata()) for line in figure.axes[0].lines}
    plt.close(figure)
    for key in ("linear", "tanh", "lstm"):
        assert SUPPORTED[key] in heights, "unseen"
        assert tuple(round(1.3 * mean - 0.1, 6) for mean in SUPPORTED[key]) in heights, "training"
