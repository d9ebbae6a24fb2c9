"""notebooks/limits.py: types and limits are checked before anything loads or trains."""

import re
from dataclasses import fields
from types import ModuleType

import pytest

from namelib import MiniBatch, Original
from namelib.runs import ROOT
from notebooks.limits import LIMITS, ParameterError, check_parameters, checked, convert
from report.parameters import find_notebooks, resolve

NOTEBOOKS = find_notebooks(ROOT / "notebooks")
PLACES = ("data_dir", "out_dir", "runs_dir")


def test_every_parameter_but_the_folders_has_limits_within_which_its_default_lies():
    for notebook in NOTEBOOKS:
        assert notebook.defaults.keys() - PLACES <= LIMITS.keys()
        for name, default in (notebook.defaults | notebook.quick).items():
            assert checked(name, default, notebook.types[name]) == default


@pytest.mark.parametrize("recipe", [Original, MiniBatch])
def test_what_the_limits_allow_is_allowed_by_the_recipes(recipe):
    names = {field.name for field in fields(recipe)} & LIMITS.keys() - {"learning_rate"}
    for name in names:
        for value in (0, 0.999, 1, 10, 10**8):
            if LIMITS[name][1](value):
                recipe(0.1, **{name: value})


BEYOND = [
    *[
        (rate, value)
        for rate in ("learning_rate", "mini_batch_learning_rate")
        for value in ("0", "-1", "11", "nan")
    ],
    *[
        (count, value)
        for count in ("steps", "epochs", "batch_size", "hidden_size", "workers")
        for value in ("0", "-3")
    ],
    *[
        (count, "9" * 20)
        for count in ("steps", "epochs", "batch_size", "hidden_size", "workers", "seed")
    ],
    *[
        (share, value)
        for share in ("valid_fraction", "recurrent_dropout")
        for value in ("-0.1", "1", "1e400")
    ],
    *[
        (weight, value)
        for weight in ("weight_decay", "next_letter", "balance")
        for value in ("-1", "1e9", "inf", "x")
    ],
    *[
        ("try_names", value)
        for value in ("[]", "Kim", "[1]", "['李']", "['x'] * 2", "['Ng'] * 2", f"['{'x' * 101}']")
    ],
    *[("device", value) for value in ("", "meta", "gpu", "cuda:99")],
    *[("seed", value) for value in ("-1", "{[]: 1}")],
    ("learning_rate", "1" + "0" * 400),
    ("device", "hpu"),
    ("try_names", "['\\ud800Smith']"),
    ("seed", "1.0"),
    ("steps", "1" * 5000),
    ("try_names", "[" * 5000),
    ("depth", "deep"),
    ("steps", ""),
]


@pytest.mark.parametrize(("name", "text"), BEYOND, ids=str)
def test_a_command_refuses_what_is_beyond_the_limits_in_one_short_line(name, text):
    with pytest.raises(ParameterError) as caught:
        resolve(NOTEBOOKS, [(name, text)], quick=False)
    message = str(caught.value)
    assert re.match(rf"-p {name} .*\.ipynb expects {name}: \w", message), message
    assert len(message) < 200 and "\n" not in message
    assert LIMITS[name][0] in message


DECLARED = """steps: int = 3
learning_rate: float = 0.1
try_names: list[str] = ['Satoshi']
out_dir: str = ''
"""


def notebook_with(injected: str) -> ModuleType:
    """The variables of a notebook after its `parameters` cell and papermill's own."""
    notebook = ModuleType("notebook")
    exec(DECLARED, vars(notebook))
    exec(injected, vars(notebook))
    return notebook


def test_a_notebook_gives_texts_their_declared_types():
    notebook = notebook_with("try_names = '[\"Kim\", \"Nagy\"]'\nlearning_rate = 1\nsteps = '5'")
    check_parameters(notebook)
    assert notebook.try_names == ["Kim", "Nagy"] and notebook.steps == 5
    assert type(notebook.learning_rate) is float


@pytest.mark.parametrize(
    ("injected", "problem"),
    [
        ("steps = 0", "steps = 0: expected int, 1 to 100,000,000"),
        ("steps = 1000.0", "steps = 1000.0: expected int"),
        ("steps = True", "steps = True: expected int"),
        (
            "learning_rate = float('nan')",
            "learning_rate = nan: expected float, above 0, at most 10",
        ),
        ("try_names = 'Kim'", "try_names = Kim: expected list[str], 1 to 20 surnames"),
        ("out_dir = 3", "out_dir = 3: expected str"),
    ],
)
def test_a_notebook_refuses_what_does_not_fit(injected, problem):
    with pytest.raises(ParameterError, match=re.escape(problem)):
        check_parameters(notebook_with(injected))


@pytest.mark.parametrize(
    ("text", "wanted", "value"),
    [
        ("3", "int", 3),
        ("1e-3", "float", 0.001),
        ("2", "float", 2.0),
        ("false", "bool", False),
        ("7", "str", "7"),
        ("[1, .5]", "list[float]", [1.0, 0.5]),
        ("['a']", "list[str]", ["a"]),
    ],
)
def test_texts_become_the_wanted_type(text, wanted, value):
    converted = convert(text, wanted)
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1.0", "int"),
        ("True", "float"),
        ("nan", "float"),
        ("1", "bool"),
        ("3", "list[int]"),
        ("['1']", "list[int]"),
        ("(1, 2)", "tuple[int]"),
    ],
)
def test_texts_of_another_type_are_refused(text, wanted):
    with pytest.raises(ValueError):
        convert(text, wanted)


def test_a_misspelt_parameter_of_papermill_is_named():
    notebook = ModuleType("__main__")
    notebook.__annotations__ = {"steps": int}
    notebook.steps, notebook.In = 3, ["", "steps: int = 3", "# Parameters\nsteps = 3\n"]
    check_parameters(notebook)
    notebook.In[-1] += "step = 9\n"
    with pytest.raises(
        ParameterError, match=r"step: no parameter of this name; did you mean steps\?"
    ) as caught:
        check_parameters(notebook)
    assert caught.value._render_traceback_() == [f"ParameterError: {caught.value}"]
