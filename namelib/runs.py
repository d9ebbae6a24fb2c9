"""Saving and loading runs: results.json, weights.safetensors and predictions.csv in one folder.

What is read is checked against the checksums in results.json, which has one of its own.
"""

import inspect
import json
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np
import safetensors.torch
from safetensors import SafetensorError
from torch import nn

from namelib.data import LabError, Names
from namelib.evaluation import Metrics, check_outputs, read_names
from namelib.files import sha256, write_files
from namelib.models import LSTM, RNN, MyLSTM
from namelib.training import History, MiniBatch, Original

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
BY_HAND = BUILD / "by_hand"  # the runs of notebooks that nobody gave a folder
SWEEPS = "sweeps"  # next to the run folders: the table of a sweep
RECORDED = ROOT / "data" / "recorded"  # what was measured once and is quoted
FILES = "weights.safetensors", "predictions.csv"  # beside results.json
LIBRARIES = ("torch", "numpy", "scipy", "pandas", "scikit-learn", "matplotlib", "seaborn")


M = TypeVar("M", bound=nn.Module)


class RunError(LabError):
    """A run that is missing, unfinished or damaged; the message says how to get one."""


@dataclass(frozen=True)
class Network:
    """One of the three networks, its notebook, and what the original report says about it."""

    model: type[nn.Module]
    notebook: str  # also the name of its run folder
    learning_rate: float  # original report, sections 3.1 to 3.3: "found best by testing"
    hidden_size: int
    seconds: int | None  # of the original report's training; it gives none for MyLSTM
    steps: int = 100_000

    @property
    def name(self) -> str:
        return self.model.__name__


NETWORKS = {
    "rnn": Network(RNN, "1_rnn", 0.005, 128, 2 * 60 + 25),
    "lstm": Network(LSTM, "2_lstm", 0.08, 128, 3 * 60 + 34),
    "custom_lstm": Network(MyLSTM, "3_custom_lstm", 0.035, 32, None),
}


@dataclass(frozen=True)
class Trained:
    """One training: its recipe, its curves, and its predictions for the validation surnames."""

    recipe: Original | MiniBatch
    history: History
    metrics: Metrics


def data_record(data: Names, train: Names, valid: Names) -> dict[str, object]:
    """What identifies the data of a run: fingerprint, languages and sizes."""
    return {
        "fingerprint": data.fingerprint,
        "languages": data.languages,
        "rows": len(data),
        "counts": data.counts.tolist(),
        "train": len(train),
        "valid": len(valid),
    }


def versions() -> dict[str, str]:
    """The versions that a result depends on."""
    return {"python": platform.python_version()} | {
        library: version(library) for library in LIBRARIES
    }


def save_results(folder: str | Path, results: dict[str, object]) -> None:
    """Write results.json, with versions and a checksum, into the folder, whole or not at all."""
    folder, results = Path(folder), results | {"versions": versions()}
    folder.mkdir(parents=True, exist_ok=True)
    write_files(folder, {"results.json": sealed(results)})


def as_json(results: dict[str, object]) -> bytes:
    return json.dumps(results, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def sealed(record: dict[str, object]) -> bytes:
    """The record as JSON, with a checksum of itself: what is read back is what was written."""
    return as_json(record | {"sha256": sha256(as_json(record))})


def unsealed(data: bytes) -> dict[str, Any]:
    """The record; {} for one that is damaged, was altered, or is of another version of the lab."""
    try:
        record = json.loads(data)
        checksum = record.pop("sha256")
        return record if sha256(as_json(record)) == checksum else {}
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return {}


def save_run(
    folder: str | Path,
    model: nn.Module,
    trained: dict[str, Trained],
    data: Names,
    train: Names,
    **facts: object,
) -> None:
    """Save the run of one network; results.json is written last: a folder that has it is complete.

    `model` is the network of the last entry of `trained`, {recipe's name: training}; `facts`, such
    as the seed, are further entries of results.json. Raises ValueError for a network that
    `load_run` could not rebuild, or one whose predictions are not those of the metrics, as after a
    stopped training.
    """
    folder, (*_, last) = Path(folder), trained.values()
    wanted = inspect.signature(type(model)).parameters
    if missing := [name for name in wanted if not hasattr(model, name)]:
        attributes = ", ".join(f"self.{name}" for name in missing)
        raise ValueError(
            f"{type(model).__name__} could not be rebuilt; keep its arguments as {attributes}"
        )
    answers, measured = read_names(model, last.metrics.data.names), last.metrics.log_probabilities
    if answers.shape != measured.shape or not np.allclose(
        answers, measured, atol=1e-3, equal_nan=True
    ):
        problem = "the metrics are of another network, or of this one before it was trained again"
        raise ValueError(f"{type(model).__name__}: {problem}; train it to the end and evaluate it")
    arguments = {name: getattr(model, name) for name in wanted}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").unlink(missing_ok=True)
    weights = {
        name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()
    }
    table = last.metrics.table().to_csv(index=False, float_format="%.6f")
    files = {
        "weights.safetensors": safetensors.torch.save(weights),
        # the mark at its beginning tells Excel in any language that it is UTF-8
        "predictions.csv": table.encode("utf-8-sig"),
    }
    write_files(folder, files)
    results = {
        "model": {"class": type(model).__name__, "arguments": arguments, "structure": str(model)},
        "recipes": {name: asdict(training.recipe) for name, training in trained.items()},
        "data": data_record(data, train, last.metrics.data),
        "history": {
            name: asdict(training.history) | {"seconds": training.history.seconds}
            for name, training in trained.items()
        },
        "metrics": {name: training.metrics.summary() for name, training in trained.items()},
        "files": {name: sha256(data) for name, data in files.items()},
    }
    save_results(folder, results | facts)


def load_results(folder: str | Path) -> dict[str, Any]:
    """The results.json of a finished run. Raises RunError if there is none, or a damaged one."""
    path = Path(folder) / "results.json"
    try:
        if not path.is_file():
            raise RunError(
                f"{path}: no finished run; `make report` makes "
                f"one, a notebook by hand one in build/by_hand"
            )
        results = unsealed(path.read_bytes())
    except OSError as error:
        raise RunError(f"{str(path)[:100]}: {error.strerror}") from None
    if not results:
        raise RunError(
            f"{path}: damaged, or of another version of the lab; delete it and repeat the run"
        )
    return results


@overload
def load_run(folder: str | Path) -> tuple[nn.Module, dict[str, Any]]: ...


@overload
def load_run(folder: str | Path, model_class: type[M]) -> tuple[M, dict[str, Any]]: ...


def load_run(
    folder: str | Path, model_class: type[nn.Module] | None = None
) -> tuple[nn.Module, dict[str, Any]]:
    """The trained network of a finished run and its results; your own network needs its class.

    Raises RunError if there is none, a damaged one, or the run of another network.
    """
    results = load_results(folder)
    ours = {network.name: network.model for network in NETWORKS.values()}
    try:
        for name in FILES:
            file = Path(folder) / name
            if not file.is_file() or sha256(file.read_bytes()) != results["files"][name]:
                raise RunError(
                    f"{file}: missing, damaged or of another "
                    f"run; delete {folder} and repeat the run"
                )
        name, languages = results["model"]["class"], results["data"]["languages"]
        build = model_class or ours.get(name)
        if build is None or build.__name__ != name:
            raise RunError(
                f"{folder}: the run of a {name}; give its class, load_run(folder, {name})"
            )
        model = build(**results["model"]["arguments"])
        model.load_state_dict(safetensors.torch.load_file(Path(folder) / "weights.safetensors"))
        check_outputs(model, languages)
    except (KeyError, TypeError, ValueError, OSError, SafetensorError, RuntimeError) as error:
        problem = f"{type(error).__name__}: {error}".splitlines()[0]
        raise RunError(
            f"{folder}: not a complete run of a network ({problem}); delete it and repeat the run"
        ) from None
    return model.eval(), results
