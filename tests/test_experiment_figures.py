"""The figures of chapter 4: what is drawn is what was measured, in both languages, with every character in the font."""

import warnings

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt

from namelib.experiments import comparison_figures, figures, long_lag
from namelib.experiments.additive import Terms
from namelib.experiments.figure_words import WORDS
from namelib.experiments.ladder import rungs
from namelib.experiments.letter_pairs import PairEffect
from namelib.experiments.reading import GATES, Reading
from namelib.figures import COLOURS

RNG = np.random.default_rng(0)
TERMS = Terms(list("Kira"), ["Czech", "Japanese", "own $\\x$"], RNG.normal(size=(4, 3)), RNG.normal(size=3))
PAIR = PairEffect(
    ("Kira", "Lira", "Kara", "Lara"),
    ["Japanese", "Czech", "Czech", "Czech"],
    "Japanese",
    [3.0, 1.0, 0.5, 2.0],
    3.5,
    True,
)
CURVE = {"k": [0, 1, 2], "mean": [1.0, 0.5, 0.2], "low": [1.0, 0.4, 0.1], "high": [1.0, 0.6, 0.3], "n": [9, 9, 9]}
HALF = {**CURVE, "mean": [1.0, 0.25, 0.1]}
FLOW = {
    "curves": {"RNN": {"hidden": CURVE}, "LSTM": {"hidden": HALF, "cell": CURVE, "forget_gates": HALF}},
    "theory": {"log_size": [0.0, -0.7, -1.6, -2.0], "spectral_radius": 0.4},
}
READINGS = [
    Reading(name, "$\\x$", right, {gate: RNG.uniform(size=(len(name), 5)) for gate in GATES})
    for name, right in (("O'Brien", True), ("Lee", False), ("Ryan", True))
]
BY_DISTANCE = {"distance": [0, 1, 2], "mean": [2.0, 1.0, 0.5], "low": [1.9, 0.9, 0.4], "high": [2.1, 1.1, 0.6]}
AVERAGES = dict.fromkeys(GATES, BY_DISTANCE)
OCCLUSION = {effect: {"RNN": BY_DISTANCE, "LSTM": BY_DISTANCE} for effect in ("log_probability", "probability")}
LENGTHS = [
    {"label": label, "n": n, "mean": mean, "low": mean - 0.1, "high": mean + 0.1}
    for label, n, mean in (("≤3", 20, 0.5), ("4", 300, 0.6), ("≥5", 70, 0.7))
]
INTERVAL = {"mean": 0.7, "low": 0.69, "high": 0.71}
LADDER = [
    {"name": rung.variant.name, "parameters": 26_400, "accuracy": INTERVAL, "balanced_accuracy": INTERVAL,
     "difference": rung.compared_to and {"mean": 0.049, "low": 0.041, "high": -0.057}, "compared_to": rung.compared_to}
    for rung in rungs(18)
]  # fmt: skip
LAGS = {
    variant: {"length": [5, 50], "mean": [1.0, 0.3], "low": [0.9, 0.2], "high": [1.0, 0.4]}
    for variant in comparison_figures.VARIANTS
}
DRAW = {
    "additive": lambda language: figures.additive(TERMS, language),
    "letter_pairs": lambda language: figures.letter_pairs({"RNN": PAIR, "LSTM": PAIR}, language),
    "gradient_flow": lambda language: figures.gradient_flow({"names": FLOW, "long": FLOW}, language),
    "gates": lambda language: figures.gates(READINGS, language),
    "gate_averages": lambda language: figures.gate_averages(AVERAGES, language),
    "occlusion": lambda language: figures.occlusion(OCCLUSION, language),
    "accuracy_by_length": lambda language: comparison_figures.accuracy_by_length(
        {"RNN": LENGTHS, "LSTM": LENGTHS}, language
    ),
    "ladder": lambda language: comparison_figures.ladder(LADDER, language, ngrams=0.75),
    "long_lag": lambda language: comparison_figures.long_lag(LAGS, language, chance=0.25),
}


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(matplotlib.text.Text))


def lines(axes, colour) -> list:
    return [line for line in axes.get_lines() if line.get_color() == colour and len(line.get_xdata())]


@pytest.mark.parametrize("name", DRAW)
def test_both_languages_without_a_missing_character(name):
    shown = {}
    for language in ("zh", "en"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            figure = DRAW[name](language)
            figure.canvas.draw()
        shown[language] = texts(figure)
        assert figure.get_figwidth() == 7
    assert any("\u4e00" <= character <= "\u9fff" for character in shown["zh"])
    assert not any("\u4e00" <= character <= "\u9fff" for character in shown["en"])


def test_words_in_both_languages():
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert {rung.variant.name for rung in rungs(18)} <= WORDS["en"].keys()


def test_additive_shows_terms_constant_and_their_sum():
    figure = figures.additive(TERMS, "en")
    drawn = figure.axes[0].collections[0].get_array()
    rows = np.vstack([TERMS.terms, TERMS.constant])
    np.testing.assert_allclose(drawn[:-1], rows - rows.mean(axis=1, keepdims=True))
    np.testing.assert_allclose(drawn[-1], drawn[:-1].sum(axis=0))
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()][:4] == list("Kira")
    assert "own $\\x$" in texts(figure)


def test_letter_pairs_shows_the_scores_and_what_adding_up_would_give():
    axes = figures.letter_pairs({"RNN": PAIR}, "en").axes[0]
    (first,), (second,) = lines(axes, COLOURS["RNN"]), lines(axes, COLOURS["LSTM"])
    assert list(first.get_ydata()) == [3.0, 0.5]  # Kira, Kara
    assert list(second.get_ydata()) == [1.0, 2.0]  # Lira, Lara
    (expected,) = (line for line in axes.get_lines() if line.get_linestyle() == ":")
    assert list(expected.get_ydata()) == [1.0, 0.5 + 1.0 - 3.0]  # parallel to the first
    assert axes.get_title() == "RNN: interaction 3.5"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["i", "a"]
    heights = {text.get_text(): text.xyann[1] for text in axes.texts}
    assert heights["Kira"] > heights["Lira"]
    assert heights["Lara"] > heights["Kara"]


def test_gradient_flow_draws_theory_as_far_as_the_measurement():
    axes = figures.gradient_flow({"names": FLOW}, "en").axes[0]
    (theory,) = lines(axes, "black")
    np.testing.assert_allclose(theory.get_ydata(), np.exp([0.0, -0.7, -1.6]))
    assert [list(line.get_ydata()) for line in lines(axes, COLOURS["RNN"])] == [CURVE["mean"]]
    cell, hidden, gates = lines(axes, COLOURS["LSTM"])
    assert [line.get_linestyle() for line in (cell, hidden, gates)] == ["-", ":", "--"]
    assert list(cell.get_ydata()) == CURVE["mean"]
    assert list(hidden.get_ydata()) == list(gates.get_ydata()) == HALF["mean"]


def test_gates_keeps_the_units_in_one_order():
    figure = figures.gates(READINGS, "en")
    order = np.argsort(-np.concatenate([reading.gates["forget_gate"] for reading in READINGS]).mean(axis=0))
    panels = [axes for axes in figure.axes if axes.images and axes.get_visible()]
    for axes, reading in zip(panels, READINGS, strict=True):
        for image, gate in zip(axes.images, GATES, strict=True):
            np.testing.assert_array_equal(image.get_array(), reading.gates[gate][:, order].T)
            left, right, *_ = image.get_extent()
            assert sum(left < place < right for place in axes.get_xticks()) == len(reading.name)
        assert [label.get_text() for label in axes.get_xticklabels()] == [*reading.name] * len(GATES)
    assert [axes.get_ylabel() for axes in panels] == ["$\\x$", "$\\x$ (wrong)", "$\\x$"]


@pytest.mark.parametrize("figure", ["gate_averages", "occlusion"])
def test_the_last_letter_stands_to_the_right(figure):
    for axes in DRAW[figure]("en").axes:
        left, right = axes.get_xlim()
        assert left > 2 > 0 > right
        assert all(list(line.get_ydata()) == BY_DISTANCE["mean"] for line in axes.get_lines() if len(line.get_xdata()))


def test_ladder_says_each_difference_in_points():
    figure = comparison_figures.ladder(LADDER, "en", ngrams=0.75)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert len(said) == len(LADDER) - 1
    assert said[0] == "+4.9 [+4.1, −5.7] against linear RNN"
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels[0] == "linear RNN\n26 k parameters"
    assert any(list(line.get_xdata()) == [0.75, 0.75] for line in figure.axes[0].get_lines())


def test_accuracy_by_length_counts_names():
    axes, below = comparison_figures.accuracy_by_length({"RNN": LENGTHS, "LSTM": LENGTHS}, "en").axes
    assert [bar.get_height() for bar in below.patches] == [20, 300, 70]
    assert [label.get_text() for label in below.get_xticklabels()] == ["≤3", "4", "≥5"]
    assert [list(line.get_ydata()) for line in lines(axes, COLOURS["LSTM"])] == [[0.5, 0.6, 0.7]]


def test_long_lag_shows_chance():
    assert list(comparison_figures.VARIANTS) == list(long_lag.LEARNING_RATES)
    (axes,) = comparison_figures.long_lag(LAGS, "en", chance=0.25).axes
    assert [0.25, 0.25] in [list(line.get_ydata()) for line in axes.get_lines()]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["5", "50"]
