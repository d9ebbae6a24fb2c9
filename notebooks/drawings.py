"""The drawings of networks: how a surname is read, the cells, a gradient's paths through time.

Everything is placed in inches. An arrow joins things that are drawn, so that none begins or ends in
mid-air.
"""

from dataclasses import dataclass

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from notebooks.figures import COLOURS, GREY, WIDTH, shortened
from notebooks.language import _

BLACK = "#222222"
STATE = COLOURS["LSTM"]  # the path of the cell state
GATE = COLOURS["RNN"]
SMALL = 8  # points
Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    """Something that arrows can join, and the space it takes."""

    x: float
    y: float
    width: float = 0.0
    height: float = 0.0
    round: bool = False

    def edge(self, towards: Point) -> Point:
        """Where a line from the middle towards a point leaves it."""
        dx, dy = towards[0] - self.x, towards[1] - self.y
        if self.round:
            part = self.width / 2 / (dx * dx + dy * dy) ** 0.5
        else:
            wide = self.width / 2 / abs(dx) if dx else float("inf")
            high = self.height / 2 / abs(dy) if dy else float("inf")
            part = min(wide, high)
        return self.x + part * dx, self.y + part * dy


class Sketch:
    """An empty part of a figure, in inches, to put things on."""

    def __init__(self, axes: Axes, width: float, height: float):
        self.axes = axes
        axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
        axes.axis("off")

    def word(self, x: float, y: float, text: str, colour: str = BLACK, **style: object) -> None:
        style = {"ha": "center", "va": "center", "fontsize": SMALL, "color": colour} | style
        self.axes.text(x, y, text, **style)

    def label(self, x: float, y: float, text: str, colour: str = BLACK) -> Node:
        """A symbol without a frame, such as an input."""
        self.word(x, y, text, colour, fontsize=10)
        return Node(x, y, 0.44 if "t-1" in text else 0.28, 0.26)

    def box(
        self, x: float, y: float, text: str, colour: str = GREY, size: Point = (0.5, 0.3)
    ) -> Node:
        """What computes something."""
        node, rounding = Node(x, y, *size), 0.05
        corner = (x - size[0] / 2 + rounding, y - size[1] / 2 + rounding)
        inner = [side - 2 * rounding for side in size]
        look = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.4}
        shape = f"round,pad={rounding},rounding_size={rounding}"
        self.axes.add_patch(FancyBboxPatch(corner, *inner, boxstyle=shape, **look))
        self.word(x, y, text, fontsize=9)
        return node

    def circle(self, x: float, y: float, text: str, colour: str = GREY, size: float = 0.24) -> Node:
        """A state, or an operation on two signals."""
        look = {"facecolor": "white", "edgecolor": colour, "linewidth": 1.4}
        self.axes.add_patch(Circle((x, y), size / 2, **look))
        self.word(x, y, text, fontsize=9)
        return Node(x, y, size, size, round=True)

    def arrow(
        self,
        start: Node,
        *corners: Point,
        end: Node,
        colour: str = GREY,
        dashed: bool = False,
        curved: bool = False,
    ) -> None:
        """From thing to thing, by way of the corners, or curved towards the only one."""
        stops = [(start.x, start.y), *corners, (end.x, end.y)]
        points = [start.edge(stops[1]), *corners, end.edge(stops[-2])]
        codes = [Path.MOVETO, Path.CURVE3, Path.CURVE3] if curved else None
        look = {"color": colour, "linewidth": 1.3, "linestyle": "--" if dashed else "-"}
        head = "-|>,head_length=4,head_width=2"
        self.axes.add_patch(FancyArrowPatch(path=Path(points, codes), arrowstyle=head, **look))

    def line(self, *points: Point, colour: str = GREY) -> None:
        """A line that arrows branch from."""
        self.axes.plot(*zip(*points, strict=True), color=colour, linewidth=1.3, zorder=0.9)


def _one(width: float, height: float) -> tuple[Figure, Sketch]:
    figure, axes = plt.subplots(figsize=(width, height))
    return figure, Sketch(axes, width, height)


def unrolled_rnn(name: str) -> Figure:
    """The teacher's RNN as it reads a surname: a column for each letter, the answer at the last."""
    step = min(0.8, (WIDTH - 0.7) / len(name))
    figure, sketch = _one(step * len(name) + 0.7, 1.6)
    columns = [0.2 + step * t for t in range(len(name) + 1)]
    state = sketch.label(columns[0], 1.15, "$h_0$", STATE)
    last = len(name)
    for t, letter in enumerate(name, start=1):
        x = columns[t]
        shown = sketch.box(x, 0.45, shortened(letter), size=(0.32, 0.3))
        sketch.word(x, 0.13, f"$x_{{{t}}}$")
        if t < last:
            following = sketch.circle(x, 1.15, f"$h_{{{t}}}$", STATE, 0.42)
        else:
            following = sketch.box(x, 1.15, f"$\\log p_{{{t}}}$", GATE, (0.72, 0.36))
        sketch.arrow(state, end=following, colour=STATE)
        sketch.arrow(shown, end=following)
        middle = (columns[t - 1] + x - 0.15 * (t == last)) / 2
        sketch.word(middle, 1.33, "$V_h$" if t == last else "$W_h$", STATE)
        sketch.word(x + 0.2, 0.79, "$V_x$" if t == last else "$W_x$")
        state = following
    return figure


def cells() -> list[Figure]:
    """The teacher's RNN cell beside the LSTM cell, with the symbols of their equations."""
    (left, rnn), (right, lstm) = _one(2.3, 2.75), _one(4.7, 2.75)
    _rnn_cell(rnn)
    _lstm_cell(lstm)
    rnn.axes.set_title(_("RNN (chapter 1)"))
    lstm.axes.set_title(_("LSTM (this chapter)"))
    return [left, right]


def _rnn_cell(sketch: Sketch) -> None:
    before, after = sketch.label(0.2, 1.6, "$h_{t-1}$"), sketch.label(2.1, 1.6, "$h_t$")
    letter, shift = sketch.label(1.35, 0.3, "$x_t$"), sketch.label(1.35, 2.35, "$b$")
    by_state, by_letter = sketch.box(0.8, 1.6, "$W_h$"), sketch.box(1.35, 0.95, "$W_x$")
    total = sketch.circle(1.35, 1.6, "+")
    sketch.arrow(before, end=by_state)
    sketch.arrow(by_state, end=total)
    sketch.arrow(letter, end=by_letter)
    sketch.arrow(by_letter, end=total)
    sketch.arrow(shift, end=total)
    sketch.arrow(total, end=after)


def _lstm_cell(sketch: Sketch) -> None:
    top, product, gates, bus = 2.4, 1.75, 1.0, 0.4
    before = sketch.label(0.2, top, "$c_{t-1}$", STATE)
    after = sketch.label(4.5, top, "$c_t$", STATE)
    sketch.label(0.2, bus, "$h_{t-1}$")
    sketch.label(0.75, 0.02, "$x_t$")
    output = sketch.label(4.5, 1.4, "$h_t$")
    places = {"f": 1.0, "i": 1.75, "g": 2.5, "o": 3.25}
    boxes = {}
    for gate, x in places.items():
        form = r"\tanh" if gate == "g" else r"\sigma"
        text = f"${form}$\n$U_{gate}, V_{gate}, b_{gate}$"
        boxes[gate] = sketch.box(x, gates, "", GREY if gate == "g" else GATE, (0.68, 0.44))
        sketch.word(x, gates, text, fontsize=SMALL, linespacing=1.2)
        sketch.arrow(Node(x, bus), end=boxes[gate])
    sketch.line((0.4, bus), (places["o"], bus))
    sketch.line((0.75, 0.15), (0.75, bus))
    keep, add = sketch.circle(places["f"], top, "×", STATE), sketch.circle(2.125, top, "+", STATE)
    write = sketch.circle(2.125, product, "×", GATE)
    squash = sketch.box(3.85, 1.95, r"$\tanh$", size=(0.5, 0.26))
    read = sketch.circle(3.85, 1.4, "×", GATE)
    sketch.arrow(before, end=keep, colour=STATE)
    sketch.arrow(keep, end=add, colour=STATE)
    sketch.arrow(add, end=after, colour=STATE)
    sketch.arrow(boxes["f"], end=keep, colour=GATE)
    sketch.arrow(boxes["i"], (places["i"], product), end=write, colour=GATE)
    sketch.arrow(boxes["g"], (places["g"], product), end=write)
    sketch.arrow(write, end=add, colour=GATE)
    sketch.arrow(boxes["o"], (places["o"], 1.4), end=read, colour=GATE)
    sketch.arrow(Node(3.85, top), end=squash)
    sketch.arrow(squash, end=read)
    sketch.arrow(read, end=output)
    for gate, (x, y) in {
        "f": (1.15, 1.75),
        "i": (1.61, 1.5),
        "g": (2.66, 1.5),
        "o": (3.4, 1.55),
    }.items():
        sketch.word(x, y, f"${gate}_t$", fontsize=9)


def carry_and_gate() -> Figure:
    """The cell with carry and gate: c_t = c_{t-1} + i_t * g_t, h_t = tanh(c_t); one input gate."""
    figure, sketch = _one(WIDTH, 2.3)
    top, product, gates, bus = 2.1, 1.5, 0.85, 0.3
    before = sketch.label(0.2, top, "$c_{t-1}$", STATE)
    after = sketch.label(4.6, top, "$c_t$", STATE)
    sketch.label(0.2, bus, "$h_{t-1}$")
    sketch.label(0.7, 0.02, "$x_t$")
    gate = sketch.box(1.35, gates, r"$\sigma(U_i x_t + V_i h_{t-1} + b_i)$", GATE, (1.75, 0.32))
    candidate = sketch.box(3.35, gates, r"$\tanh(U_g x_t + V_g h_{t-1} + b_g)$", size=(2.0, 0.32))
    add, write = sketch.circle(2.35, top, "+", STATE), sketch.circle(2.35, product, "×", GATE)
    squash = sketch.box(3.95, product, r"$\tanh$", size=(0.5, 0.26))
    output = sketch.label(4.6, product, "$h_t$")
    sketch.line((0.4, bus), (candidate.x, bus))
    sketch.line((0.7, 0.15), (0.7, bus))
    for box in (gate, candidate):
        sketch.arrow(Node(box.x, bus), end=box)
    sketch.arrow(before, end=add, colour=STATE)
    sketch.arrow(add, end=after, colour=STATE)
    sketch.arrow(gate, (gate.x, product), end=write, colour=GATE)
    sketch.arrow(candidate, (candidate.x, product), end=write)
    sketch.arrow(write, end=add, colour=GATE)
    sketch.arrow(Node(squash.x, top), end=squash)
    sketch.arrow(squash, end=output)
    sketch.word(gate.x + 0.15, 1.25, "$i_t$", fontsize=9)
    sketch.word(candidate.x - 0.15, 1.25, "$g_t$", fontsize=9)
    sketch.word(1.3, top + 0.14, _("carry: adds to the state"), STATE, fontsize=8.5)
    sketch.word(1.15, product + 0.17, _("input gate: decides what is written"), GATE, fontsize=8.5)
    return figure


def gradient_paths() -> Figure:
    """A gradient's way back through time: in a tanh RNN, and along an LSTM's cell state."""
    figure, sketch = _one(WIDTH, 2.95)
    columns, steps = (0.3, 1.6, 2.9, 4.2), ("T-3", "T-2", "T-1", "T")
    sketch.word(0.05, 2.8, _("tanh RNN"), ha="left", fontsize=9)
    sketch.word(0.05, 1.48, "LSTM", ha="left", fontsize=9)
    rnn, cell, state = [], [], []
    for x, step in zip(columns, steps, strict=True):
        rnn.append(sketch.circle(x, 2.1, f"$h_{{{step}}}$", size=0.46))
        cell.append(sketch.circle(x, 1.0, f"$c_{{{step}}}$", STATE, 0.46))
        state.append(sketch.circle(x, 0.27, f"$h_{{{step}}}$", size=0.46))
        sketch.arrow(cell[-1], end=state[-1], dashed=True)
    for t in range(1, len(steps)):
        middle = (columns[t - 1] + columns[t]) / 2
        sketch.arrow(rnn[t - 1], end=rnn[t])
        sketch.arrow(rnn[t], (middle, 2.6), end=rnn[t - 1], colour=GATE, curved=True)
        jacobian = rf"$V^\top \mathrm{{diag}}(1 - h_{{{steps[t]}}}^2)$"
        sketch.word(middle, 2.61, jacobian, GATE)
        sketch.arrow(cell[t - 1], end=cell[t])
        sketch.arrow(cell[t], (middle, 1.5), end=cell[t - 1], colour=STATE, curved=True)
        sketch.word(middle, 1.47, rf"$\mathrm{{diag}}(f_{{{steps[t]}}})$", STATE)
        sketch.arrow(state[t - 1], end=cell[t], dashed=True)
    return figure
