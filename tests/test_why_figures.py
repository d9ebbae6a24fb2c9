"""Chapter 4's figures draw from any results in both languages, and no words overlap."""

import itertools
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from why_cases import (
    OPPOSITE,
    RUN_RESULTS,
    SLOPES,
    SUPPORTED,
    of_budgets,
    results,
    results_of_this_run,
    sweep,
)

from notebooks.figures import WIDTH, style
from notebooks.language import LANGUAGES, catalogue, speaking
from notebooks.number_formats import percent, signed
from notebooks.why_lstm import accuracy_figures as figures
from notebooks.why_lstm import mechanism_figures, sweep_figure
from notebooks.why_lstm.study import as_recorded

FOUND, FAILS, OPEN, OWN = results(), results(-1), results(0), results_of_this_run()
BUDGETS = of_budgets(epochs=(1, 2, 4, 8, 16, 24))
QUICK = results_of_this_run(depth="quick")
COUNTRIES = ("Arabic", "Chinese", "Czech", "Dutch", "a_b $x^2$")
TERMS = np.arange(40).reshape(8, 5) - 17.0
PAIRS = FOUND["letter_pairs"]
KINDS = Figure, list[Figure]
LEAST_SIZE = 6.5  # points, of any word at the width of the page

FIGURES = {
    "three_networks": lambda: figures.three_networks(RUN_RESULTS, 0.76, 0.95),
    "key_figure": lambda: figures.key_figure(BUDGETS, OWN["budgets"]),
    "key_figure of opposite effects": lambda: figures.key_figure(FAILS["budgets"]),
    "key_figure of wide intervals": lambda: figures.key_figure(OPEN["budgets"]),
    "key_figure of this run": lambda: figures.key_figure(OWN["budgets"]),
    "key_figure of the record": lambda: figures.key_figure(as_recorded(BUDGETS)),
    "steps": lambda: figures.steps(BUDGETS),
    "steps of this run": lambda: figures.steps(QUICK["budgets"]),
    "steps of wide intervals": lambda: figures.steps(OPEN["budgets"]),
    "interaction": lambda: figures.interaction(BUDGETS),
    "interaction of wide intervals": lambda: figures.interaction(OPEN["budgets"]),
    "interaction of this run": lambda: figures.interaction(OWN["budgets"]),
    "ceilings": lambda: figures.ceilings(FOUND["ceilings"], RUN_RESULTS["RNN"]),
    "seen_and_unseen": lambda: figures.seen_and_unseen(BUDGETS),
    "seen_and_unseen of this run": lambda: figures.seen_and_unseen(OWN["budgets"]),
    "rates": lambda: figures.rates(FOUND["original_recipe"]),
    "accuracy_by_length": lambda: figures.accuracy_by_length(PAIRS["gains"]["by_length"]),
    "cue_task": lambda: figures.cue_task(FOUND["cue_task"]),
    "cue_task of this run": lambda: figures.cue_task(QUICK["cue_task"]),
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
    ticks = (
        tick
        for axis, (low, high) in ends
        for tick in axis.get_major_ticks()
        if not low <= tick.get_loc() <= high
    )
    return [label for tick in ticks for label in (tick.label1, tick.label2)]


@cache
def drawn(name: str, language: str) -> tuple[float, dict]:
    """Its width in inches, and its texts with their places; a warning is an error."""
    with warnings.catch_warnings(), speaking(language), style():
        warnings.simplefilter("error")
        made = figures_of(name)
        for figure in made:
            figure.canvas.draw()
        everywhere = [axes for figure in made for axes in figure.axes]
        outside = set(itertools.chain.from_iterable(map(ticks_outside, everywhere)))
        texts = [text for figure in made for text in figure.findobj(Text)]
        shown = [text for text in texts if text.get_visible() and text.get_text()]
        places = {text: text.get_window_extent() for text in shown if text not in outside}
        width = max(figure.get_tightbbox().width for figure in made)
    plt.close("all")
    return width, places


def figures_of(name: str) -> list[Figure]:
    made = FIGURES[name]()
    return made if isinstance(made, list) else [made]


def test_every_figure_is_drawn_here():
    for module in (figures, mechanism_figures, sweep_figure):
        returned = {
            name: getattr(thing, "__annotations__", {}).get("return")
            for name, thing in vars(module).items()
        }
        public = {name for name, kind in returned.items() if kind in KINDS and name[0] != "_"}
        assert public <= {name.split()[0] for name in FIGURES} | {"on_one_scale"}


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
    upright = {
        text: box for text, box in places.items() if text.get_rotation() in (0, 90) and box.width
    }
    for (text, box), (other, there) in itertools.combinations(upright.items(), 2):
        if text.figure is not other.figure:
            continue
        width = min(box.x1, there.x1) - max(box.x0, there.x0)
        height = min(box.y1, there.y1) - max(box.y0, there.y0)
        assert min(width, height) < 5, (
            text.get_text(),
            other.get_text(),
        )  # pixels: a line leaves them around its letters


@every_language
@every_figure
def test_every_word_can_be_read(name, language):
    _, places = drawn(name, language)
    assert min(text.get_fontsize() for text in places) >= LEAST_SIZE
    superscripts = {text.get_text() for text in places if "^" in text.get_text()} - {
        *COUNTRIES,
        "a_b \\$x^2\\$",
    }
    assert not superscripts, "smaller than their text"


@every_figure
def test_the_labels_are_those_of_the_language(name):
    english, chinese = (
        {text.get_text() for text in drawn(name, language)[1]} for language in ("en", "zh")
    )
    words = {label: other for label, other in catalogue().items() if label != other}
    assert not english & set(words.values()) and not chinese & words.keys()
    same = {
        text for text in english & chinese if re.search("[A-Za-z]{4}", re.sub(r"\$.*?\$", "", text))
    }
    assert same <= catalogue().keys() | {"MyLSTM", "LSTM", "tanh", *PAIRS["example"]["names"]}, (
        "not translated"
    )
    assert english & words.keys() and chinese & set(words.values())


@contextmanager
def axes_of(name: str) -> Iterator[list[Axes]]:
    yield [axes for figure in figures_of(name) for axes in figure.axes]
    plt.close("all")


def points(axes: Axes) -> set[tuple[float, float]]:
    """Every point that a line of the axes goes through, to six digits."""
    drawn_at = (zip(*map(np.atleast_1d, line.get_data()), strict=True) for line in axes.lines)
    return {(round(float(x), 6), round(float(y), 6)) for x, y in itertools.chain(*drawn_at)}


def of_scores(scores: dict, key: str, metric: str = "unseen") -> set[tuple[float, float]]:
    return {(float(n), round(record[metric]["mean"], 6)) for n, record in scores[key].items()}


def test_the_key_figure_has_the_curves_and_this_runs_points():
    with axes_of("key_figure") as (left, _):
        for key in ("linear", "tanh", "lstm"):
            assert of_scores(BUDGETS["scores"], key) | of_scores(
                OWN["budgets"]["scores"], key
            ) <= points(left)
        open_marks = [
            line
            for line in left.lines
            if line.get_markerfacecolor() == "white" and len(line.get_xdata())
        ]
        assert [tuple(line.get_xdata()) for line in open_marks] == 3 * [(4,)]


@pytest.mark.parametrize(
    ("name", "accuracies", "sizes"),
    [
        ("key_figure", SUPPORTED, (0, 1)),
        ("key_figure of opposite effects", OPPOSITE, (0, 1)),
        ("key_figure of this run", SUPPORTED, (0,)),
        ("key_figure of the record", SUPPORTED, (0, 1)),
    ],
)
def test_the_steps_lead_from_the_tanh_rnn_to_the_lstm(name, accuracies, sizes):
    """Each bar begins where the one before ends, the last spans all; gains stand beside."""
    with axes_of(name) as (_, right):
        bars, numbers = right.patches, [text.get_text() for text in right.texts]
        assert len(bars) == len(numbers) == 5 * len(sizes)
        for size in sizes:
            heights = [
                accuracies[key][size] for key in ("tanh", "half", "gate", "carry_gate", "lstm")
            ]
            gains = [100 * gain for gain in [*np.diff(heights), heights[-1] - heights[0]]]
            own, beside = bars[5 * size : 5 * size + 5], numbers[5 * size : 5 * size + 5]
            assert [bar.get_width() for bar in own] == pytest.approx(gains, abs=1e-6)
            begins = [100 * (height - heights[0]) for height in heights[:-1]] + [0.0]
            assert [bar.get_x() for bar in own] == pytest.approx(begins, abs=1e-6)
            mark = "†" * name.endswith("record")
            assert beside == [signed(gain) + mark for gain in gains]


def test_the_gate_taken_apart_has_every_network_at_both_budgets():
    keys, measures = SUPPORTED.keys() - {"linear"}, ("unseen", "interaction")
    with axes_of("steps") as panels:
        rows = [label.get_text() for label in panels[0].get_yticklabels()]
        assert len(rows) == len(keys)
        for axes, measure in zip(panels, measures, strict=True):
            small, large = (box.lines[0].get_xdata() for box in axes.containers)
            result = dict(zip(rows, zip(small, large, strict=True), strict=True))
            for key in keys:
                scores = BUDGETS["scores"][key]
                expected = [scores[n][measure]["mean"] for n in ("4", "24")]
                assert result[figures.LABELS[key]] == pytest.approx(expected), (key, measure)
        adding = {
            figures.LABELS[key] for key in ("tanh", "tanh_orthogonal", "half", "sum", "carry")
        }
        assert set(rows[: len(adding)]) == adding, "above the line"


def test_interactions_of_all_networks_and_budgets_are_drawn():
    with axes_of("interaction") as (axes,):
        expected = {
            (round(score["interaction"]["mean"], 6), round(score["unseen"]["mean"], 6))
            for key in SUPPORTED.keys() - {"linear"}
            for score in BUDGETS["scores"][key].values()
        }
        assert points(axes) == expected and len(expected) == 11 * 6
        colours = {line.get_color() for line in axes.lines if len(line.get_xdata()) > 1}
        assert len(colours) == 11, "a colour a network"
        assert len({line.get_marker() for line in axes.lines if len(line.get_xdata()) == 1}) == 6, (
            "a marker a budget"
        )


@pytest.mark.parametrize(
    "draw",
    [
        lambda read: [figures.ceilings(read(FOUND["ceilings"]), RUN_RESULTS["RNN"])],
        lambda read: mechanism_figures.letter_pairs(read(PAIRS["example"])),
    ],
)
def test_numbers_of_the_record_are_marked_in_figures(draw):
    for read, mark in ((as_recorded, True), (lambda result: result, False)):
        for axes in (axes for figure in draw(read) for axes in figure.axes):
            numbers = [text.get_text() for text in axes.texts if "%" in text.get_text()]
            numbers += [axes.get_title()] if axes.get_title() else []
            assert numbers and all(text.endswith("†") == mark for text in numbers), numbers
    plt.close("all")


def test_both_sides_of_every_step_stand_in_the_figure_of_rates():
    networks = FOUND["original_recipe"]["networks"]
    with axes_of("rates") as (axes,):
        lines = [line for line in axes.lines if len(line.get_xdata())]
        assert {(line.get_linestyle(), *zip(*line.get_data(), strict=True)) for line in lines} == {
            (
                dash,
                *(
                    (record["learning_rate"], record["accuracy"]["mean"])
                    for record in networks[key][side]["rates"]
                ),
            )
            for key in ("tanh", "half", "multiplicative", "gate", "carry_gate", "lstm")
            for side, dash in (("unclipped", "-"), ("clipped", ":"))
        }


def test_gradients_are_followed_over_the_length_of_a_surname():
    with axes_of("gradient_flow") as panels:
        for axes, slopes in zip(panels, SLOPES.values(), strict=True):
            for line, slope in zip(axes.lines, slopes.values(), strict=True):
                assert list(line.get_xdata()) == list(range(11))
                assert line.get_ydata()[5] == pytest.approx(np.exp(5 * slope))


def test_shares_of_trials_stand_at_their_length():
    """Moved aside a little, so that they do not hide each other."""
    with axes_of("cue_task") as (axes,):
        labels = [text.get_text() for text in axes.figure.legends[0].get_texts()]
        result = dict(zip(labels, (box.lines[0] for box in axes.containers), strict=True))
        for key, of_network in FOUND["cue_task"]["networks"].items():
            line, rows = result[figures.LABELS[key]], of_network["lengths"]
            assert list(line.get_ydata()) == [row["mastered"]["mean"] for row in rows], key
            assert line.get_xdata() == pytest.approx([row["length"] for row in rows], rel=0.15)


def test_the_regressions_are_drawn_with_the_rnn():
    with axes_of("ceilings") as (axes,):
        means = [model["accuracy"]["mean"] for model in FOUND["ceilings"]["models"].values()]
        assert {(round(mean, 6), float(y)) for y, mean in enumerate(means)} <= points(axes)
        assert [text.get_text() for text in axes.texts] == [percent(mean) for mean in means]
        assert axes.get_xlim()[0] < min(means) < max(means) < axes.get_xlim()[1]


def test_accuracy_is_drawn_on_unseen_and_on_training_surnames():
    with axes_of("seen_and_unseen") as (axes,):
        for key, metric in itertools.product(("linear", "tanh", "lstm"), ("unseen", "seen")):
            assert of_scores(BUDGETS["scores"], key, metric) <= points(axes)


@pytest.mark.parametrize("ends", [(0.5, 0.65), (0.691, 0.712), (0.2, 1.0), (0.7051, 0.7058)])
def test_a_tick_has_its_own_number(ends):
    """52.5 % is not labelled 52 %."""
    figure, axes = plt.subplots()
    axes.set_ylim(*ends)
    figures.percents(axes.yaxis)
    figure.canvas.draw()
    ticks = {tick.get_loc(): tick.label1.get_text() for tick in axes.yaxis.get_major_ticks()}
    plt.close(figure)
    assert len(ticks) > 2
    for place, label in ticks.items():
        assert float(label.removesuffix("%").replace("−", "-")) == pytest.approx(100 * place)


@pytest.mark.parametrize("name", ["x", "y"])
def test_an_axis_of_shares_goes_no_farther_than_shares_do(name):
    figure, axes = plt.subplots()
    axes.set(xlim=(-0.4, 1.4), ylim=(-0.4, 1.4))
    figures.percents(getattr(axes, f"{name}axis"))
    limits = {"x": axes.get_xlim(), "y": axes.get_ylim()}
    plt.close(figure)
    assert limits.pop(name) == (-0.05, 1.05) and set(limits.values()) == {(-0.4, 1.4)}
