"""The live figure: a reader types a surname, this run's networks predict its language."""

import base64
import csv
from itertools import chain
from pathlib import Path

import jinja2
from torch import nn

from namelib.data import encode, load_names
from namelib.evaluation import predict
from namelib.runs import NETWORKS, load_results, load_run
from namelib.scripts import SOUNDS, indian, korean
from namelib.spelling import ALPHABET, fold
from notebooks.language import catalogue
from notebooks.look import COLOURS, GATES
from report.arranging import TEMPLATES

# The symbols that the page reads: most alphabets, kana, ligatures, wide letters.
READ = range(0x2070), range(0x3000, 0x3100), range(0xFB00, 0xFB50), range(0xFF00, 0xFFA0)
EXAMPLE = "Kowalski"  # what stands there before the reader types


def live_figure(runs: Path) -> str:
    """The figure as HTML: weights and alphabet for static/live.js, one surname's answer drawn.

    `runs` holds the run folders. It shows MyLSTM, the RNN, and the most accurate network of the run
    where that is neither. Raises RunError if a run is missing.
    """
    folders = {network.name: runs / network.notebook for network in NETWORKS.values()}
    names = dict.fromkeys((most_accurate(folders), "MyLSTM", "RNN"))
    networks = {}
    for name in names:
        model, results = load_run(folders[name])
        networks[name] = model.half().float(), results  # two bytes per weight in the page
    gates = networks["MyLSTM"][0].gates(encode([EXAMPLE])[0])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES / "lab_html"), autoescape=True, trim_blocks=True
    )
    limit = float(gates["cell_state"].abs().max())
    return environment.get_template("live.html.j2").render(
        example=EXAMPLE,
        colours=COLOURS,
        answers={
            name: example_answer(model, results) for name, (model, results) in networks.items()
        },
        gates={gate: gates[gate][0].tolist() for gate in GATES},
        labels={gate: in_both(label) for gate, label in GATES.items()},
        limit=limit,
        payload={
            "alphabet": ALPHABET,
            "folded": folded(),
            "korean": korean(),
            "sounds": [[sounds, made.replace("\\", "$")] for sounds, made in SOUNDS.items()],
            "lists": lists(networks["MyLSTM"][1], folders["MyLSTM"]),
            "networks": {
                name: network(model, results) for name, (model, results) in networks.items()
            },
        },
    )


def most_accurate(folders: dict[str, Path]) -> str:
    """The name of the network with the best accuracy on the validation surnames."""
    metrics = {name: load_results(folder)["metrics"].values() for name, folder in folders.items()}
    # the last: of the weights that are kept
    return max(metrics, key=lambda name: list(metrics[name])[-1]["accuracy"])


def lists(results: dict, folder: Path) -> dict[str, list[str]]:
    """{language: [validation names, training names]}, joined by line ends; {} for own lists."""
    names = load_names()
    if names.fingerprint != results["data"]["fingerprint"]:
        return {}
    with (folder / "predictions.csv").open(encoding="utf-8-sig", newline="") as file:
        held_out = {(row["true"], row["name"]) for row in csv.DictReader(file)}
    parts = {language: ([], []) for language in names.languages}
    for name, label in zip(names.names, names.labels, strict=True):
        language = names.languages[label]
        parts[language][(language, name) not in held_out].append(name)
    return {language: list(map("\n".join, both)) for language, both in parts.items()}


def folded() -> dict[str, str]:
    """fold() of each symbol that the page reads, not of Hangul; Indian ones are without SOUNDS."""
    symbols = {symbol: fold(f"a{symbol}a")[1:-1] for symbol in map(chr, chain(*READ))} | indian()
    return {symbol: read for symbol, read in symbols.items() if read}


def network(model: nn.Module, results: dict) -> dict:
    """A trained network for the page: languages in both languages, weights as base64 float16."""
    weights = {
        name: {
            "shape": list(tensor.shape),
            "float16": base64.b64encode(tensor.numpy().astype("<f2")).decode(),
        }
        for name, tensor in model.state_dict().items()
    }
    return {
        "languages": [in_both(name) for name in results["data"]["languages"]],
        "weights": weights,
    }


def example_answer(model: nn.Module, results: dict) -> list[tuple[dict[str, str], float]]:
    """The five likeliest languages of the example, in both languages, with their probabilities."""
    (answer,) = predict(model, [EXAMPLE], results["data"]["languages"], top=5)
    return [(in_both(language), probability) for language, probability in answer]


def in_both(label: str) -> dict[str, str]:
    """A label in Chinese and in English."""
    return {"zh": catalogue().get(label, label), "en": label}
