"""What a run leaves behind: results.json, weights.safetensors and predictions.csv in one folder."""

import csv
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import safetensors.torch
from safetensors import SafetensorError
from torch import nn

from namelib import models
from namelib.data import Names, split_names
from namelib.evaluation import Metrics
from namelib.files import write_whole

BUILD = Path(__file__).resolve().parents[1] / "build"
NOTEBOOKS = {"rnn": "1_rnn", "lstm": "2_lstm", "custom_lstm": "3_custom_lstm"}  # model -> its run folder
SWEEPS = "sweeps"  # beside the run folders: the table of a sweep
RECORDED = BUILD.parent / "benchmarks"  # committed: the table of a sweep of the embedded names
LIBRARIES = ("torch", "numpy", "scipy", "pandas", "scikit-learn", "matplotlib", "seaborn")


class RunError(RuntimeError):
    """A run that is missing, unfinished or damaged; the message says how to make one."""


def run_folder(notebook: str, out_dir: str | Path = "") -> Path:
    """Where the notebook leaves its run: `out_dir`, or build/<notebook> in the checkout. Made if it is not there."""
    folder = Path(out_dir) if out_dir else BUILD / notebook
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data_record(data_dir: str, data: Names, train: Names, valid: Names) -> dict:
    """What identifies the data of a run: its name, fingerprint, languages and sizes."""
    name = Path(data_dir).name if data_dir else "embedded"
    return {
        "name": name,
        "fingerprint": data.fingerprint,
        "languages": data.languages,
        "rows": len(data),
        "counts": data.counts.tolist(),
        "train": len(train),
        "valid": len(valid),
    }


def versions() -> dict[str, str]:
    """The versions that a result depends on."""
    return {"python": platform.python_version()} | {library: version(library) for library in LIBRARIES}


def save_results(folder: Path, results: dict) -> None:
    """Write results.json, whole or not at all."""
    text = json.dumps(
        {**results, "versions": versions()}, indent=1, ensure_ascii=False, allow_nan=False, default=_plain
    )
    write_whole(folder / "results.json", text + "\n")


def save_run(folder: Path, model: nn.Module, arguments: dict, metrics: Metrics, results: dict) -> None:
    """Write the run of one network; results.json comes last, so that a folder that has it is whole.

    `arguments` rebuild the network: `type(model)(**arguments)`; `metrics` are its answers for the validation names.
    """
    (folder / "results.json").unlink(missing_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
    safetensors.torch.save_file(weights, folder / "weights.safetensors")
    with (folder / "predictions.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "true", "predicted", "probability"])
        languages, probability = metrics.data.languages, np.exp(metrics.log_probabilities.max(axis=1))
        for name, true, predicted, p in zip(
            metrics.data.names, metrics.data.labels, metrics.predicted, probability, strict=True
        ):
            writer.writerow([name, languages[true], languages[predicted], f"{p:.6f}"])
    model_record = {"class": type(model).__name__, "arguments": arguments, "structure": str(model)}
    save_results(folder, {"model": model_record, **results})


def load_results(folder: str | Path) -> dict:
    """The results.json of a finished run. Raises RunError where there is none, or a damaged one."""
    path = Path(folder) / "results.json"
    if not path.is_file():
        raise RunError(
            f"{path}: no finished run here; `make report` makes one, or run notebooks/{path.parent.name}.ipynb"
        )
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{path}: damaged ({error}); delete it and make the run again") from None


def load_run(folder: str | Path) -> tuple[nn.Module, dict]:
    """The trained network of a finished run and its results. Raises RunError where there is none, or a damaged one."""
    results = load_results(folder)
    weights = Path(folder) / "weights.safetensors"
    try:
        model = getattr(models, results["model"]["class"])(**results["model"]["arguments"])
        languages, outputs = len(results["data"]["languages"]), results["model"]["arguments"]["output_size"]
        if languages != outputs:
            raise ValueError(f"{languages} languages for {outputs} outputs")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        path = weights.with_name("results.json")
        raise RunError(f"{path}: not the run of a network ({error!r}); delete it and make the run again") from None
    try:
        model.load_state_dict(safetensors.torch.load_file(weights))
    except (OSError, SafetensorError, RuntimeError) as error:
        way_out = f"delete {weights.parent} and make the run again"
        raise RunError(f"{weights}: missing or damaged ({str(error).splitlines()[0]}); {way_out}") from None
    return model.eval(), results


def same_data(data: Names, runs: dict[str, dict]) -> tuple[Names, Names]:
    """The split that all the runs have seen. `runs` are their results by name.

    Raises RunError where a run saw other data than `data`, or where two were split differently.
    """
    splits = {}
    for name, results in runs.items():
        if results["data"]["fingerprint"] != data.fingerprint:
            raise RunError(f"the run of {name} read other names ({results['data']['name']}); train it on these")
        splits[name] = (results["parameters"]["valid_fraction"], results["parameters"]["seed"])
    if len(set(splits.values())) != 1:
        raise RunError(f"the runs were split differently, (valid_fraction, seed) = {splits}; train them alike")
    return split_names(data, *next(iter(splits.values())))


def _plain(value: object) -> object:
    """numpy scalars and arrays as JSON knows them."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} does not go into results.json")
