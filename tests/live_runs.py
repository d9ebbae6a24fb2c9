"""Runs for the live figure, as the notebooks leave them, and what its numbers must be."""

import json
from pathlib import Path

import numpy as np
import torch

from namelib import RNN, MiniBatch, MyLSTM, encode, evaluate, fit, normalise
from namelib.data import Names
from namelib.runs import NOTEBOOKS, data_record, load_run, save_run

HOSTILE_CLASSES = ["<script>alert(1)", "<b>\"q\" &amp; 'r'", "<i>{{ 7 }} $x$"]
NETWORKS = {"rnn": RNN, "custom_lstm": MyLSTM}
ODD = [
    "", " ", "-", "1234", "王小明", "Ёлкин", "😀", "<script>alert('x')</script>", "&amp;", "R2-D2", "Agent 007",
    "Łukasz", "O'Brien", "O’Brien", "Jean-Pierre", "  de   la  Cruz ", "Straße", "Ængström", "Şahin", "Đỗ", "İı",
    "e\u0301tude", "ﬁsh", "\u212a", "\u037e", "a\ufeffb", "a\x85b", "a\x1cb", "a\u3000b", "a\u200bb", "constructor",
    "__proto__", "x" * 60, "Wolfeschlegelsteinhausenbergerdorff",
]  # fmt: skip


def write_trained(folder: Path, train: Names, valid: Names) -> None:
    """Run folders of both networks as the notebooks make them, trained for a second."""
    torch.manual_seed(0)
    for name, network in NETWORKS.items():
        arguments = {"hidden_size": 32, "output_size": len(train.languages)}
        model = network(**arguments)
        fit(model, train[::3], valid[::10], MiniBatch(epochs=1), seed=0)
        _write(folder / NOTEBOOKS[name], model, arguments, train, valid[::10])


def write_odd(folder: Path) -> None:
    """Run folders of other sizes, with peepholes, and with class names that could break out of the page."""
    torch.manual_seed(0)
    few = Names(["Xi", "Yu", "Zo"], np.arange(3), HOSTILE_CLASSES)
    for name, network in NETWORKS.items():
        arguments = {"hidden_size": 5, "output_size": 3} | ({"peephole": True} if network is MyLSTM else {})
        model = network(**arguments)
        for parameter in model.parameters():
            parameter.data *= 2  # so that the gates open and shut
        _write(folder / NOTEBOOKS[name], model, arguments, few, few)


def _write(folder: Path, model, arguments: dict, train: Names, valid: Names) -> None:
    folder.mkdir(parents=True)
    save_run(folder, model, arguments, evaluate(model, valid), {"data": data_record("", train, train, valid)})


def assert_answers_are_pytorchs(page, runs: Path, asked: list[str]) -> None:
    """The page's answer to every name: probabilities of both networks and all gates, to 1e-5."""
    answers = json.loads(page.evaluate("names => JSON.stringify(names.map(window.lab.live.answer))", asked))
    letters, lengths = encode(asked)
    for name, key in (("rnn", "RNN"), ("custom_lstm", "MyLSTM")):
        model, _ = load_run(runs / NOTEBOOKS[name])
        with torch.no_grad():
            expected = model(letters, lengths).exp().numpy()
        ours = np.array([answer[key]["probabilities"] for answer in answers])
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)
    gates = model.gates(letters)
    for row, (answer, length) in enumerate(zip(answers, lengths.tolist(), strict=True)):
        assert answer["read"] == normalise(asked[row])
        assert len(answer["MyLSTM"]["steps"]) == length
        for gate, values in gates.items():
            ours = [number for step in answer["MyLSTM"]["steps"] for number in step[gate]]
            # A cell has no bound, and float32 keeps seven digits of it.
            np.testing.assert_allclose(ours, values[row, :length].flatten(), rtol=1e-6, atol=1e-5, err_msg=gate)
