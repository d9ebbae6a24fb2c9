"""A cell of a sweep's grid, trained as its network's notebook would train it.

A cell is a flat dictionary: network, recipe, and every value that the recipe reads.
"""

import io
from contextlib import redirect_stderr
from dataclasses import fields

import torch

from namelib.data import Names, split_names
from namelib.evaluation import evaluate
from namelib.runs import NETWORKS
from namelib.training import MiniBatch, Original, fit

RECIPES = {"original": Original, "mini_batch": MiniBatch}


def train_cell(cell: dict, names: Names) -> dict:
    """The cell and its measures, `status` (ok, diverged, failed) and any `problem`."""
    torch.set_flush_denormal(False)  # as in a notebook
    network, recipe = NETWORKS[cell["network"]], RECIPES[cell["recipe"]]
    row = cell | {"network": network.name, "seconds": None}
    try:
        train, valid = split_names(names, cell["valid_fraction"], cell["seed"])
        torch.manual_seed(cell["seed"])
        model = network.model(hidden_size=cell["hidden_size"], output_size=len(names.languages))
        settings = {field.name: cell[field.name] for field in fields(recipe) if field.name in cell}
        with redirect_stderr(io.StringIO()):  # the progress bars of parallel cells
            history = fit(model, train, valid, recipe(**settings), cell["seed"], cell["device"])
        measures = evaluate(model, valid).summary()
    except FloatingPointError as error:
        return row | {"status": "diverged", "problem": str(error)}
    except Exception as error:  # whatever it is, the other cells continue
        return row | {"status": "failed", "problem": f"{type(error).__name__}: {error}"}
    measures.pop("macro_f1")
    return row | measures | {"status": "ok", "seconds": round(history.seconds, 2)}
