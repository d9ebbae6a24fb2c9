"""The notebooks' parameters: their types and limits, checked before anything loads or trains."""

import ast
import difflib
import inspect
import math
import sys
from collections.abc import Sequence
from types import ModuleType

import torch

from namelib.data import LabError
from namelib.spelling import LONGEST_NAME, readable
from notebooks.language import LANGUAGES

TYPES = {"bool": bool, "int": int, "float": float, "str": str, "list": list, "dict": dict}


class ParameterError(LabError, ValueError):
    """A parameter that does not fit; the message names it, the given value and what is allowed."""


def is_available(device: str) -> bool:
    """Whether torch can compute on the device here."""
    try:
        return torch.ones(1, device=device).item() == 1
    except (AssertionError, ImportError, RuntimeError):  # a missing GPU, a mistyped name, "meta"
        return False


LARGEST_SEED = 2**32 - 1
MOST_WORKERS = 64
RATE = "above 0, at most 10", lambda rate: 0 < rate <= 10
WEIGHT = "0 to 10", lambda weight: 0 <= weight <= 10
LIMITS = {  # parameter -> what is allowed, and the test of it
    "learning_rate": RATE,
    "mini_batch_learning_rate": RATE,
    "hidden_size": ("1 to 4,096", lambda size: 1 <= size <= 4096),
    "steps": ("1 to 100,000,000", lambda steps: 1 <= steps <= 10**8),
    "epochs": ("1 to 10,000", lambda epochs: 1 <= epochs <= 10**4),
    "batch_size": ("1 to 10,000", lambda size: 1 <= size <= 10**4),
    "weight_decay": WEIGHT,
    "next_letter": WEIGHT,
    "balance": WEIGHT,
    "recurrent_dropout": ("0 to below 1", lambda share: 0 <= share < 1),
    "valid_fraction": ("above 0, below 1", lambda share: 0 < share < 1),
    "seed": (f"0 to {LARGEST_SEED:,}", lambda seed: 0 <= seed <= LARGEST_SEED),
    "device": ("'cpu', or a GPU that torch finds here, such as 'cuda'", is_available),
    "try_names": (
        f"1 to 20 surnames of at most {LONGEST_NAME} letters, one of them readable",
        lambda names: (
            len(names) <= 20 and any(map(readable, names)) and max(map(len, names)) <= LONGEST_NAME
        ),
    ),
    "language": ("'zh', 'en' or ''", ("", *LANGUAGES).__contains__),
    "depth": ("'quick', 'default' or 'full'", ("quick", "default", "full").__contains__),
    "workers": (f"1 to {MOST_WORKERS}", lambda workers: 1 <= workers <= MOST_WORKERS),
}


def check_parameters(notebook: ModuleType | None = None) -> None:
    """Give every declared parameter of the running notebook its type; papermill may inject texts.

    Raises ParameterError for a value of another type or beyond the limits, and for one that
    papermill has set and that the notebook does not declare.
    """
    notebook = notebook or sys.modules["__main__"]
    declared = inspect.get_annotations(notebook)
    for name in injected_names(getattr(notebook, "In", ())):
        if name not in declared:
            near = difflib.get_close_matches(name, declared)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(declared)}"
            raise ParameterError(f"{name}: no parameter of this name; {meant}")
    for name, wanted in declared.items():
        value = getattr(notebook, name)
        try:
            setattr(notebook, name, checked(name, value, inspect.formatannotation(wanted)))
        except ValueError as error:
            raise ParameterError(f"{name} = {abridged(value)}: expected {error}") from None


def injected_names(cells: Sequence[str]) -> list[str]:
    """The names that papermill's cell sets, among the cells that a notebook has run."""
    trees = [ast.parse(cell) for cell in cells if cell.startswith("# Parameters\n")]
    lines = [line for tree in trees for line in tree.body if isinstance(line, ast.Assign)]
    return [target.id for line in lines for target in line.targets if isinstance(target, ast.Name)]


def checked(name: str, value: object, wanted: str) -> object:
    """The value, or what its text spells, as the wanted type, such as "list[int]".

    Raises ValueError that says what is allowed.
    """
    allowed, fits = LIMITS.get(name, ("", lambda _value: True))
    try:
        value = convert(value, wanted)
        if fits(value):
            return value
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{wanted}, {allowed}" if allowed else wanted)


def convert(value: object, wanted: str) -> object:
    """A value, or its text, as the wanted type, such as "float" or "list[int]"; else ValueError."""
    outer, _, inner = wanted.replace(" ", "").removesuffix("]").partition("[")
    if isinstance(value, str) and outer != "str":
        value = (
            value.strip().lower() == "true"
            if value.strip().lower() in ("true", "false")
            else literal(value)
        )
    if outer == "float" and type(value) is int:
        value = float(value)
    if type(value) is not TYPES.get(outer) or (outer == "float" and not math.isfinite(value)):
        raise ValueError(wanted)
    if outer == "str":
        value.encode()  # no lone surrogates, which are a ValueError, too
    if outer == "list" and inner:
        if inner != "str" and any(isinstance(item, str) for item in value):
            raise ValueError(wanted)
        value = [convert(item, inner) for item in value]
    return value


def literal(text: str) -> object:
    """The Python value that a text spells; a text that spells none stays what it is."""
    try:
        return ast.literal_eval(text)
    except (
        ValueError,
        TypeError,
        SyntaxError,
        MemoryError,
        RecursionError,
    ):  # the last two from many brackets
        return text


def abridged(value: object) -> str:
    """The value as an error shows it: in one short line, control characters spelled out."""
    text = repr(value)[1:-1] if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
