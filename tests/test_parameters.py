"""report/parameters.py: names and types are checked before anything runs."""

import json

import nbformat
import pytest
from tiny_notebooks import write_notebook

from report.parameters import ParameterError, find_notebooks, read_notebook, resolve

DECLARED = """
learning_rate: float = 0.005  # SGD step size
steps: int = 100_000
shuffle: bool = True
title: str = "a"
sizes: list[int] = [1, 2]
out_dir: str = ""
"""


@pytest.fixture
def notebooks(tmp_path):
    write_notebook(tmp_path / "2_lstm.ipynb", DECLARED + "layers: int = 2", quick={"steps": 300})
    write_notebook(tmp_path / "1_rnn.ipynb", DECLARED, quick={"steps": 200, "learning_rate": 1})
    return find_notebooks(tmp_path)


def test_notebooks_come_in_order_with_types_and_defaults(notebooks):
    assert [book.name for book in notebooks] == ["1_rnn", "2_lstm"]
    assert notebooks[0].types["sizes"] == "list[int]"
    assert notebooks[0].defaults["steps"] == 100_000
    assert notebooks[0].defaults["title"] == "a"


def test_a_parameter_goes_to_every_notebook_that_has_it(notebooks):
    assert resolve(notebooks, [("learning_rate", "0.01")], quick=False) == {
        "1_rnn": {"learning_rate": 0.01},
        "2_lstm": {"learning_rate": 0.01},
    }
    assert resolve(notebooks, [("layers", "1")], quick=False) == {
        "1_rnn": {},
        "2_lstm": {"layers": 1},
    }


@pytest.mark.parametrize("name", ["1_rnn.steps", "rnn.steps"])
def test_a_parameter_of_one_notebook_counts_more_in_any_order(notebooks, name):
    for settings in [(name, "5"), ("steps", "7")], [("steps", "7"), (name, "5")]:
        assert resolve(notebooks, settings, quick=False) == {
            "1_rnn": {"steps": 5},
            "2_lstm": {"steps": 7},
        }


def test_quick_values_yield_to_what_the_user_sets(notebooks):
    chosen = resolve(notebooks, [("lstm.steps", "9")], quick=True)
    assert chosen == {"1_rnn": {"steps": 200, "learning_rate": 1.0}, "2_lstm": {"steps": 9}}
    assert type(chosen["1_rnn"]["learning_rate"]) is float


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (("learning_rat", "1"), ["-p learning_rat", "no notebook", "did you mean learning_rate?"]),
        (("xyz", "1"), ["-p xyz", "there are learning_rate, steps"]),
        (("rnn.layers", "1"), ["-p rnn.layers", "1_rnn.ipynb has no parameter of this name"]),
        (("rmn.steps", "1"), ["there is no notebook of this name", "did you mean rnn"]),
        (("steps", "0.5"), ["-p steps 0.5", "1_rnn.ipynb expects steps: int, 1 to 100,000,000"]),
        (
            ("learning_rate", "fast"),
            ["-p learning_rate fast", "expects learning_rate: float, above 0, at most 10"],
        ),
        (("out_dir", "x"), ["-p out_dir", "--out"]),
        (("rnn.data_dir", "x"), ["-p rnn.data_dir", "--data"]),
        (("sizes", "[" * 5000), ["-p sizes [[[", "1_rnn.ipynb expects sizes: list[int]"]),
        (("\x1b[31m" + "n" * 5000, "1"), ["-p \\x1b[31mnnn", "there are learning_rate"]),
    ],
)
def test_what_does_not_fit_is_named_in_one_short_line(notebooks, setting, words):
    with pytest.raises(ParameterError) as caught:
        resolve(notebooks, [setting], quick=False)
    assert all(word in str(caught.value) for word in words), caught.value
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_a_parameter_that_is_set_twice_is_refused(notebooks):
    with pytest.raises(ParameterError, match=r"-p 1_rnn\.steps: set twice"):
        resolve(notebooks, [("rnn.steps", "1"), ("1_rnn.steps", "2")], quick=False)


@pytest.mark.parametrize("quick", [{"step": 1}, {"steps": "many"}])
def test_quick_values_are_checked_too(tmp_path, quick):
    book = read_notebook(write_notebook(tmp_path / "1_rnn.ipynb", DECLARED, quick=quick))
    with pytest.raises(
        ParameterError, match=f"1_rnn.ipynb, metadata lab.quick.{next(iter(quick))}"
    ):
        resolve([book], [], quick=True)


def test_a_parameter_without_annotation_has_the_type_of_its_default(tmp_path):
    book = read_notebook(write_notebook(tmp_path / "a.ipynb", "steps = 3"))
    assert book.types == {"steps": "int"}


def test_what_is_no_notebook_is_named(tmp_path):
    with pytest.raises(ParameterError, match="no notebook here"):
        find_notebooks(tmp_path)
    (tmp_path / "1_rnn.ipynb").write_text("{")
    with pytest.raises(ParameterError, match=r"1_rnn\.ipynb: cannot be read"):
        find_notebooks(tmp_path)


def test_braces_in_a_path_are_just_braces(tmp_path):
    book = read_notebook(write_notebook(tmp_path / "{x}" / "1_rnn.ipynb", "steps: int = 3"))
    assert book.defaults == {"steps": 3}


@pytest.mark.filterwarnings("error")
def test_a_notebook_whose_cells_lost_their_ids_is_read_alike_each_time_and_without_a_warning(
    notebooks,
):
    path = notebooks[0].path
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        del cell["id"]
    path.write_text(json.dumps(content))
    one, again = (read_notebook(path).content for _ in range(2))
    nbformat.validate(one)
    assert one == again
