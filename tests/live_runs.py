"""Runs for the live figure, as the notebooks leave them, and what its numbers must be."""

import json
from pathlib import Path

import numpy as np
import torch

from namelib import (
    LSTM,
    RNN,
    History,
    MiniBatch,
    MyLSTM,
    Trained,
    encode,
    evaluate,
    fit,
    load_run,
    normalise,
    save_run,
)
from namelib.data import Names
from namelib.runs import NETWORKS

HOSTILE_CLASSES = ["<script>alert(1)", "<b>\"q\" &amp; 'r'", "<i>{{ 7 }} $x$"]
SIZES = {RNN: 32, LSTM: 24, MyLSTM: 32}
ODD = [
    "",
    " ",
    "-",
    "1234",
    "王小明",
    "Ёлкин",
    "😀",
    "<script>alert('x')</script>",
    "&amp;",
    "R2-D2",
    "Agent 007",
    "Łukasz",
    "O'Brien",
    "O’Brien",
    "Jean-Pierre",
    "  de   la  Cruz ",
    "Straße",
    "Ængström",
    "Şahin",
    "Đỗ",
    "İı",
    "e\u0301tude",
    "ﬁsh",
    "\u212a",
    "\u037e",
    "a\ufeffb",
    "a\x85b",
    "a\x1cb",
    "a\u3000b",
    "a\u200bb",
    "constructor",
    "__proto__",
    "x" * 60,
    "Wolfeschlegelsteinhausenbergerdorff",
    "SATOSHI",
    "o'brien",
    "MCDONALD",
    "van der BERG",
    "Kowalski,",
    "SMITH, John",
    "a,b,c",
    "'t Hooft",
    "'Kim'",
    "Иванов",
    "ВАСИЛЬЕВ",
    "שרה",
    "たなか",
    "ﾀﾅｶ",
    "이",
    "'최' 황보",
    "शर्मा",
    "कुलकर्णी",
    "ज़कारिया",
    "ਸਿੰਘ ਢਿੱਲੋਂ",
    "நாயர்",
    "बं",
    "ЩЕРБАКОВ",
    "Иван-ЧЕРНЫХ",
    "ÞÓRSSON",
    "GROßMANN",
    "ΘΕΟΔΩΡΟΥ",
    "J.R. SMITH",
    "'A-'",
    "'a .",
]


def write_trained(folder: Path, train: Names, valid: Names) -> None:
    """Run folders of the three networks as the notebooks make them, trained for a second."""
    torch.manual_seed(0)
    for network in NETWORKS.values():
        model = network.model(hidden_size=SIZES[network.model], output_size=len(train.languages))
        recipe = MiniBatch(learning_rate=0.02, epochs=1)
        history = fit(model, train[::3], valid[::10], recipe, seed=0)
        _write(
            folder / network.notebook,
            model,
            Trained(recipe, history, evaluate(model, valid[::10])),
            train,
        )


def write_odd(folder: Path) -> None:
    """Run folders of other sizes, and with class names that could break out of the page."""
    torch.manual_seed(0)
    few = Names(["Xi", "Yu", "Zo"], np.arange(3), HOSTILE_CLASSES)
    for network in NETWORKS.values():
        model = network.model(hidden_size=5, output_size=3)
        for parameter in model.parameters():
            parameter.data *= 2  # so that the gates open and shut
        untrained = Trained(
            MiniBatch(learning_rate=0.02), History(elapsed=[0.0]), evaluate(model, few)
        )
        _write(folder / network.notebook, model, untrained, few)


def _write(folder: Path, model, trained: Trained, train: Names) -> None:
    folder.mkdir(parents=True)
    save_run(folder, model, {"mini_batch": trained}, train, train, seed=0, valid_fraction=0.2)


def assert_answers_are_pytorchs(page, runs: Path, asked: list[str]) -> None:
    """The page's answer to every name: all its networks' probabilities and gates, to 1e-5."""
    answers = json.loads(
        page.evaluate("names => JSON.stringify(names.map(window.lab.live.answer))", asked)
    )
    letters, lengths = encode(list(map(normalise, asked)))
    for network in [network for network in NETWORKS.values() if network.name in answers[0]]:
        model, _ = load_run(runs / network.notebook)
        model = model.half().float()  # as the page has them
        with torch.no_grad():
            expected = model(letters, lengths).exp().numpy()
        ours = np.array([answer[network.name]["probabilities"] for answer in answers])
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)
    gates = model.gates(letters)
    for row, (answer, length) in enumerate(zip(answers, lengths.tolist(), strict=True)):
        assert answer["read"] == normalise(asked[row])
        assert len(answer["MyLSTM"]["steps"]) == length
        for gate, values in gates.items():
            ours = [number for step in answer["MyLSTM"]["steps"] for number in step[gate]]
            # A cell has no bound, and float32 keeps seven digits of it.
            np.testing.assert_allclose(
                ours, values[row, :length].flatten(), rtol=1e-6, atol=1e-5, err_msg=gate
            )
