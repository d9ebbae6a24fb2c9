"""Every figure draws in both languages, for any classes, and can be read without colour."""

import io
import itertools
import warnings
from collections import Counter
from functools import cache

import numpy as np
import pytest
from matplotlib import colors
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.text import Text

from namelib import History, Names, load_names
from namelib.evaluation import Metrics
from notebooks import figures
from notebooks.language import LANGUAGES as SPOKEN
from notebooks.language import _, catalogue, speaking

LONG = "Lower Sorbian as it was written"
LANGUAGES = [
    "Japanese",
    "a_b $x^2$ y",
    "日本語（大和）",
    f"{LONG} in 1900",
    f"{LONG} in 1950",
    r"{\frac} $ %",
]
NAMES = [
    "Ono",
    "$ito$ a_b",
    "李 Łukasz",
    "Kim-Ngô",
    r"O\$Hara $",
    "Wolfeschlegelsteinhausenbergerdorff",
]
DATA = Names(NAMES, np.arange(6), LANGUAGES)
ANSWERS = Metrics(DATA, np.log(np.eye(6) + 0.1))
HISTORY = History(
    [100, 200], [2.0, 1.5], [0.1, 0.3], [2.1, 1.9], [0.2, 0.4], [0.2, 0.3], [1.0, 2.0]
)
LISTED = dict.fromkeys(NAMES, ("in no list", [])) | {"Ono": ("training", LANGUAGES)}
GATES = {
    gate: np.linspace(-1, 1, 15).reshape(5, 3)
    for gate in ("forget_gate", "input_gate", "output_gate", "cell_state")
}

FIGURES = {
    "curves": lambda: figures.curves({"original": HISTORY, "mini_batch": HISTORY}),
    "validation_curves": lambda: figures.validation_curves(
        {
            name: {"original": vars(HISTORY), "mini_batch": vars(HISTORY)}
            for name in ("RNN", "LSTM", "MyLSTM")
        }
    ),
    "confusions": lambda: figures.confusions({"original": ANSWERS, "mini_batch": ANSWERS}),
    "likeliest": lambda: figures.likeliest(
        {n: [(c, 0.2) for c in LANGUAGES] for n in NAMES}, LISTED
    ),
    "gates": lambda: figures.gates("O'Oka", GATES),
}


@cache
def drawn(name, language):
    """The figures, drawn as a notebook does, warnings being errors, and the texts in them."""
    with warnings.catch_warnings(), speaking(language), figures.style():
        warnings.simplefilter("error")
        made = FIGURES[name]()
        made = made if isinstance(made, list) else [made]
        for figure in made:
            figure.savefig(io.BytesIO(), format="svg", bbox_inches="tight")
            plt.close(figure)
    texts = [text for figure in made for text in figure.findobj(Text)]
    return made, [text for text in texts if text.get_visible() and text.get_text()]


def test_every_figure_is_drawn_here():
    returned = {
        name: getattr(thing, "__annotations__", {}).get("return")
        for name, thing in vars(figures).items()
    }
    kinds = Figure, list[Figure]
    assert set(FIGURES) | {"on_one_scale"} == {
        name for name, kind in returned.items() if kind in kinds
    }


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_draws_without_a_warning_inside_its_width(name, language):
    """A missing glyph, a layout that finds no room or a formula in a name would warn or raise."""
    made, _texts = drawn(name, language)
    for figure in made:
        assert figure.get_figwidth() <= figures.WIDTH or name == "likeliest"
        plots = [
            axes for axes in figure.axes if axes.get_visible() and axes.get_label() != "<colorbar>"
        ]
        assert all(axes.get_position().width > 0.1 for axes in plots), (
            "no room is left for what is drawn"
        )


def test_a_script_draws_a_folder_in_any_script_without_a_hint_and_a_warning(tmp_path):
    for language in ("中文", "ไทย", "हिन्दी"):
        (tmp_path / f"{language}.txt").write_text("\n".join(NAMES))
    data = load_names(tmp_path)
    assert data.languages == ["Hindi", "Aithy", "中文"]
    assert "ไทย.txt: called Aithy, because the fonts" in " ".join(data.notes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answers = Metrics(data, np.log(np.eye(3)[data.labels] + 0.1))
        figures.confusions({"original": answers})[0].savefig(io.BytesIO(), format="svg")
        asked = {"ไทย": [(language, 0.3) for language in data.languages]}
        figures.likeliest(asked, {"ไทย": ("", [])}).savefig(io.BytesIO(), format="svg")
    plt.close("all")
    assert figures.shortened("ไทย") == "Aithy"
    assert figures.shortened("\u4e02西") == "\N{GETA MARK}西"  # which the reduced font lacks


@pytest.mark.parametrize("name", ["confusions", "likeliest"])
def test_names_of_a_users_folder_stand_as_they_are(name):
    """Up to their first 21 symbols; and two that are alike so far keep a row each."""
    _made, texts = drawn(name, "en")
    shown = Counter(text._preprocess_math(text.get_text()) for text in texts)
    rows = len(NAMES) if name == "likeliest" else 1
    for wanted in LANGUAGES + NAMES * (name == "likeliest"):
        literal = wanted if len(wanted) <= 22 else wanted[:21] + "…"
        assert shown[literal, False] >= rows * (
            2 if wanted.startswith(LONG) else wanted in LANGUAGES
        ), wanted
        assert (literal, False) in shown


@pytest.mark.parametrize("name", FIGURES)
def test_the_labels_are_those_of_the_language(name):
    english, chinese = (
        {text.get_text() for text in drawn(name, language)[1]} for language in ("en", "zh")
    )
    words = {label: other for label, other in catalogue().items() if label != other}
    assert english & words.keys() and not english & set(words.values())
    assert chinese & set(words.values()) and not chinese & words.keys()


def lightness(colour) -> float:
    """CIE L*, 0 to 100: what is left of a colour in a grey print."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colors.to_rgb(colour)
    ]
    luminance = np.dot([0.2126, 0.7152, 0.0722], linear)
    return 116 * np.cbrt(luminance) - 16 if luminance > 0.0089 else 903.3 * luminance


@pytest.mark.parametrize("language", SPOKEN)
def test_a_confusion_matrix_has_the_true_language_in_rows(language):
    """Read back: three of four surnames in `one` are taken for `two`, none the other way."""
    data = Names(list("abcdef"), np.array([0, 0, 0, 0, 1, 2]), ["one", "two", "three"])
    predicted = np.array([0, 1, 1, 1, 1, 1])
    first, answers = (
        Metrics(data, np.log(np.eye(3)[of_each] + 0.1)) for of_each in (data.labels, predicted)
    )
    with speaking(language), figures.style():
        axis = figures.confusions({"original": first, "mini_batch": answers})[1].axes[0]
        title = _(figures.RECIPE_LABELS["mini_batch"])
        words = [_("true language"), _("predicted language"), title]
    (cells,) = axis.collections
    assert lightness(cells.to_rgba(0)) > lightness(cells.to_rgba(100)) > 65, "black on it is read"
    assert cells.get_array().reshape(3, 3).tolist() == [[25, 75, 0], [0, 100, 0], [0, 100, 0]]
    written = {
        (round(text.get_position()[1] - 0.5), round(text.get_position()[0] - 0.5)): text.get_text()
        for text in axis.texts
    }
    assert {place: text for place, text in written.items() if text} == {
        (0, 0): "25",
        (0, 1): "75",
        (1, 1): "100",
        (2, 1): "100",
    }
    assert axis.yaxis_inverted(), "the first row is on top"
    sides = axis.get_yticklabels(), axis.get_xticklabels()
    labels = [[text.get_text() for text in side] for side in sides]
    assert labels == [["one", "two", "three"]] * 2
    assert [axis.get_ylabel(), axis.get_xlabel(), axis.get_title()] == words
    plt.close("all")


# the first recipe of many measurements, which fall at the end, the second of two
LONG_RUN = History(
    [1000, 2000, 4000],
    [2.0, 1.5, 0.4],
    [0.1, 0.3, 0.5],
    [2.1, 1.9, 1.8],
    [0.2, 0.4, 0.35],
    [0.25, 0.3, 0.28],
    [1.0, 2.0, 3.0],
)
RUNS = {"original": LONG_RUN, "mini_batch": HISTORY}


def lines(axes) -> list[tuple]:
    """What each line shows: its name, its places and its values."""
    return [
        (line.get_label(), list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines
    ]


def of_shares(axes) -> bool:
    return axes.get_ylim() == (0, 1) and axes.yaxis.get_major_formatter()(0.25) == "25%"


def test_curves_show_training_and_validation_of_each_recipe_on_one_scale():
    with plt.rc_context({"lines.marker": "s"}):  # a user's own settings change nothing
        made = figures.curves(RUNS)
    for figure, (recipe, history) in zip(made, RUNS.items(), strict=True):
        loss, accuracy = figure.axes
        seen = [names / 1000 for names in history.names_seen]
        assert lines(loss) == [
            ("training", seen, history.train_loss),
            ("validation", seen, history.valid_loss),
        ]
        assert [shown for _name, *shown in lines(accuracy)] == [
            [seen, history.train_accuracy],
            [seen, history.valid_accuracy],
        ]
        labels = loss.get_title(), loss.get_ylabel(), accuracy.get_ylabel()
        assert labels == (figures.RECIPE_LABELS[recipe], "loss (nats)", "accuracy")
        assert of_shares(accuracy) and loss.get_ylim() == made[0].axes[0].get_ylim()
        marks = {line.get_marker() for axes in figure.axes for line in axes.lines}
        assert marks == ({"o"} if len(seen) == 2 else {"None"}), "few points can be seen"
        for one, other in zip(loss.lines, accuracy.lines, strict=True):
            assert one.get_color() == other.get_color()
    ends = [figure.axes[1].texts[0] for figure in made]
    assert [(end.get_text(), end.xy) for end in ends] == [
        ("35.0%", (4, 0.35)),
        ("40.0%", (0.2, 0.4)),
    ]
    legend = made[-1].axes[0].get_legend()
    assert [text.get_text() for text in legend.texts] == ["training", "validation"]
    plt.close("all")


def test_validation_curves_show_each_networks_own():
    networks = {
        name: {
            recipe: vars(run) | {"valid_accuracy": [share / size for share in run.valid_accuracy]}
            for recipe, run in RUNS.items()
        }
        for size, name in enumerate(("RNN", "LSTM", "MyLSTM"), start=1)
    }
    made = figures.validation_curves(networks)
    for figure, (recipe, run) in zip(made, RUNS.items(), strict=True):
        (axes,) = figure.axes
        seen = [names / 1000 for names in run.names_seen]
        assert lines(axes) == [
            (name, seen, of_network[recipe]["valid_accuracy"])
            for name, of_network in networks.items()
        ]
        assert of_shares(axes) and axes.get_title() == figures.RECIPE_LABELS[recipe]
        assert [line.get_color() for line in axes.lines] == [figures.COLOURS[n] for n in networks]
        assert len({line.get_linestyle() for line in axes.lines}) == 3
        assert {line.get_marker() for line in axes.lines} == {"o" if len(seen) == 2 else "None"}
    assert [text.get_text() for text in made[-1].axes[0].get_legend().texts] == [*networks]
    plt.close("all")


@pytest.mark.parametrize(("surnames", "places"), [(1, 1), (3, 3), (4, 6)])
def test_the_likeliest_language_of_each_surname_is_on_top_in_blue(surnames, places):
    best = ["Korean", "Polish", "Italian", "Dutch"][:surnames]
    asked = {name[:2]: [(name, 0.5), ("Czech", 0.3)] for name in best}
    listed = dict.fromkeys(asked, ("in no list", [])) | {"Ko": ("training", ["Korean", "Czech"])}
    with speaking("zh"):
        figure = figures.likeliest(asked, listed)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert (len(figure.axes), len(shown)) == (places, surnames)
    for axes in shown[-3:]:  # the lowest of each column
        assert axes.get_xlabel() == catalogue()["probability"]
        assert axes.xaxis.get_tick_params()["labelbottom"]
    for axes, (name, answer) in zip(shown, asked.items(), strict=True):
        axes.figure.canvas.draw()
        bars = sorted(axes.patches, key=lambda bar: -bar.get_y())
        assert [bar.get_width() for bar in bars] == [share for _language, share in answer]
        colours = [colors.to_hex(bar.get_facecolor()).upper() for bar in bars]
        assert colours == [figures.BLUE, figures.LIGHT_GREY]
        written = {text.get_text(): text.get_position()[1] for text in axes.get_yticklabels()}
        assert sorted(written, key=written.get) == [catalogue()[one] for one, _ in answer[::-1]]
        assert axes.get_title() == name and axes.get_xlim() == (0, 1)
    below = [axes.texts[0].get_text() for axes in shown[:2]]
    assert below == ["训练：韩语、捷克语", catalogue()["in no list"]][:surnames]
    plt.close("all")


def test_gates_are_drawn_unit_by_unit_in_the_order_of_the_forget_gate():
    rng = np.random.default_rng(0)
    values = {gate: rng.uniform(size=(3, 5)) for gate in figures.GATES}
    values["cell_state"] *= -4
    order = values["forget_gate"].mean(axis=0).argsort()
    made = figures.gates("Kim", values)
    far = np.abs(values["cell_state"]).max()
    for figure, (gate, title) in zip(made, figures.GATES.items(), strict=True):
        axes, scale = figure.axes
        (units,) = axes.collections
        assert (units.get_array().reshape(5, 3) == values[gate].T[order]).all()
        signed = gate == "cell_state"
        assert units.get_clim() == ((-far, far) if signed else (0, 1)) == scale.get_xlim()
        assert units.get_cmap().name == ("RdBu_r" if signed else "cividis")
        assert axes.get_title() == title and title.startswith(gate.replace("_", " "))
        assert list(axes.get_xticks()) == [0.5, 1.5, 2.5]
        assert [text.get_text() for text in axes.get_xticklabels()] == list("Kim")
    plt.close("all")


def test_no_surname_to_draw_is_told():
    with pytest.raises(ValueError, match="try_names needs at least one"):
        figures.likeliest({}, {})


@pytest.mark.parametrize("name", ["curves", "likeliest"])
def test_what_shares_an_axis_is_told_apart_in_grey(name):
    made, _texts = drawn(name, "en")
    compared = 0
    for axes in (axes for figure in made for axes in figure.axes):
        colours = {line.get_color() for line in axes.lines}
        colours |= {colors.to_hex(bar.get_facecolor()) for bar in axes.patches}
        for one, other in itertools.combinations(colours, 2):
            compared += 1
            assert abs(lightness(one) - lightness(other)) > 12, (one, other)
        assert all(lightness(colour) < 75 for colour in colours), "too light on white"
    assert compared


def test_the_networks_are_told_apart_in_grey():
    for one, other in itertools.combinations(("RNN", "LSTM", "MyLSTM"), 2):
        assert abs(lightness(figures.COLOURS[one]) - lightness(figures.COLOURS[other])) > 12, (
            one,
            other,
        )
