"""The drawings of networks: every arrow joins two things, no label overlaps or leaves its box."""

import itertools
import warnings
from functools import cache

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.text import Text

from notebooks import drawings
from notebooks.figures import WIDTH, style
from notebooks.language import LANGUAGES, speaking

LONG = "Wolfes"  # as long as chapter 1 lets it be
DRAWINGS = {
    "unrolled_rnn": lambda: drawings.unrolled_rnn("O'Ka"),
    "unrolled_rnn of one letter": lambda: drawings.unrolled_rnn("$"),
    "unrolled_rnn of many": lambda: drawings.unrolled_rnn(LONG),
    "cells: RNN": lambda: drawings.cells()[0],
    "cells: LSTM": lambda: drawings.cells()[1],
    "carry_and_gate": drawings.carry_and_gate,
    "gradient_paths": drawings.gradient_paths,
}
every_drawing = pytest.mark.parametrize("name", DRAWINGS)


@cache
def drawn(name, language="en"):
    """The figure as a notebook draws it; a warning, such as of a missing glyph, is an error."""
    with warnings.catch_warnings(), speaking(language), style():
        warnings.simplefilter("error")
        figure = DRAWINGS[name]()
        figure.canvas.draw()
    plt.close("all")
    return figure


def texts(figure):
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


@every_drawing
def test_arrows_join_things(name):
    """Each end lies at the edge of a box, a circle or a label, or on a line."""
    figure = drawn(name)
    arrows = figure.findobj(FancyArrowPatch)
    assert len(arrows) >= 1
    frames = figure.findobj(Circle) + figure.findobj(FancyBboxPatch)
    frames = [frame.get_window_extent() for frame in frames if frame is not figure.patch]
    symbols = [text.get_window_extent() for text in texts(figure)]
    lines = [line for axes in figure.axes for line in axes.lines]
    for arrow in arrows:
        to_pixels = arrow.axes.transData.transform
        for end in to_pixels(arrow._path_original.vertices[[0, -1]]):
            joined = [box for box in frames + symbols if box.padded(9).contains(*end)]
            on = [line for line in lines + arrows if line is not arrow and on_line(line, end)]
            assert joined or on, (name, arrow.axes.transData.inverted().transform(end))


def on_line(thing, point):
    """Whether the point lies on the straight segments of a line or an arrow."""
    path = (
        thing._path_original.vertices if isinstance(thing, FancyArrowPatch) else thing.get_xydata()
    )
    corners = thing.axes.transData.transform(path)
    for a, b in itertools.pairwise(corners):
        along = np.clip((point - a) @ (b - a) / max((b - a) @ (b - a), 1e-9), 0, 1)
        if np.hypot(*(a + along * (b - a) - point)) < 2:
            return True
    return False


@pytest.mark.parametrize("language", LANGUAGES)
@every_drawing
def test_labels_stay_apart_legible_and_on_the_page(name, language):
    figure = drawn(name, language)
    assert figure.get_tightbbox().width <= WIDTH * 1.01
    places = {text: text.get_window_extent() for text in texts(figure)}
    for (one, box), (other, there) in itertools.combinations(places.items(), 2):
        assert not box.padded(-1).overlaps(there.padded(-1)), (one.get_text(), other.get_text())
    assert min(text.get_fontsize() for text in places) >= 8
    for frame in figure.findobj(FancyBboxPatch):
        own = frame.get_window_extent()
        inside = [
            box
            for box in places.values()
            if own.contains(box.x0 + box.width / 2, box.y0 + box.height / 2)
        ]
        assert all(own.x0 < box.x0 and box.x1 < own.x1 for box in inside), (
            "a label is wider than its box"
        )


def test_the_last_letter_is_read_by_the_answer():
    """As in the teacher's network, which reads out [x_T, h_{T-1}]."""
    shown = [text.get_text() for text in texts(drawn("unrolled_rnn"))]
    assert [letter for letter in shown if len(letter) == 1] == list("O'Ka")
    assert r"$\log p_{4}$" in shown and "$h_{3}$" in shown and "$h_{4}$" not in shown
    assert shown.count("$W_h$") == shown.count("$W_x$") == 3 and shown.count("$V_x$") == 1


def test_the_lstm_cell_has_the_weights_of_all_four_equations():
    shown = " ".join(text.get_text() for text in texts(drawn("cells: LSTM")))
    for gate in "fiog":
        assert f"$U_{gate}, V_{gate}, b_{gate}$" in shown and f"${gate}_t$" in shown
    carry = " ".join(text.get_text() for text in texts(drawn("carry_and_gate")))
    assert "U_i" in carry and "U_f" not in carry and "U_o" not in carry
