"""The live figure: a reader types a name and the MyLSTM and RNN of this run answer in the page."""

import base64
import sys
from pathlib import Path

import jinja2
from torch import nn

from namelib.data import ALPHABET, UNDECOMPOSED, encode, normalise
from namelib.evaluation import predict
from namelib.figures import COLOURS
from namelib.runs import NOTEBOOKS, load_run
from namelib.words import GATES, LABELS, in_language

TEMPLATES = Path(__file__).parent / "templates" / "lab_html"
EXAMPLE = "Kowalski"  # what stands there before the reader types


def live_figure(runs: Path) -> str:
    """The figure as HTML: weights and alphabet for static/live.js, and the answer to one name already drawn.

    `runs` holds the run folders of MyLSTM and of the RNN. Raises RunError where one is missing.
    """
    networks = [load_run(runs / NOTEBOOKS[name]) for name in ("custom_lstm", "rnn")]
    gates = networks[0][0].gates(encode([EXAMPLE])[0])
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True)
    return environment.get_template("live.html.j2").render(
        example=EXAMPLE,
        colours=COLOURS,
        answers={results["model"]["class"]: likeliest(model, results) for model, results in networks},
        gates={gate: gates[gate][0].tolist() for gate in GATES},
        labels={gate: {language: words[gate] for language, words in LABELS.items()} for gate in GATES},
        payload={
            "alphabet": ALPHABET,
            "folded": folded(),
            "networks": {results["model"]["class"]: network(model, results) for model, results in networks},
        },
    )


def folded() -> dict[str, str]:
    """What normalise() makes of each symbol that it keeps; it drops every other one."""
    spaces = filter(str.isspace, map(chr, range(sys.maxunicode + 1)))
    return {symbol: normalise(f"a{symbol}a")[1:-1] for symbol in {*ALPHABET, *map(chr, UNDECOMPOSED), *spaces}}


def network(model: nn.Module, results: dict) -> dict:
    """A trained network for the page: its languages in both tongues, its weights as little-endian float32 in base64."""
    weights = {
        name: {"shape": list(tensor.shape), "float32": base64.b64encode(tensor.numpy().astype("<f4")).decode()}
        for name, tensor in model.state_dict().items()
    }
    return {"languages": [in_both(name) for name in results["data"]["languages"]], "weights": weights}


def likeliest(model: nn.Module, results: dict) -> list[tuple[dict[str, str], float]]:
    """The five likeliest languages of the example, in both tongues, with their probabilities."""
    (answer,) = predict(model, [EXAMPLE], results["data"]["languages"], top=5)
    return [(in_both(language), probability) for language, probability in answer]


def in_both(name: str) -> dict[str, str]:
    """The name of a language in Chinese and in English."""
    return {language: in_language(name, language) for language in LABELS}
