"""namelib.experiments.reading: gates and occlusion against one name at a time, shares against planted networks."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from namelib.data import Names, encode
from namelib.experiments.reading import (
    Occlusion,
    beginning_share,
    choose_names,
    gate_averages,
    occlude,
    read_gates,
    who_uses_the_beginning,
)
from namelib.models import LSTM, RNN, MyLSTM

DATA = Names(
    ["Abe", "Kowalski", "Li", "Nakamura", "O'Brien", "Nowak", "Lo", "Mori"], np.array([0, 1, 2, 0, 3, 1, 2, 0]),
    ["Japanese", "Polish", "Chinese", "Irish", "Unheard"],
)  # fmt: skip


class FirstLetter(nn.Module):
    """Its answer depends on the first letter alone, or on the last."""

    def __init__(self, last: bool = False):
        super().__init__()
        self.last, self.scale = last, nn.Parameter(torch.tensor(0.1))

    def forward(self, letters, lengths):
        place = (lengths - 1).clamp(min=0) if self.last else torch.zeros_like(lengths)
        z = self.scale * letters.gather(1, place[:, None])
        return torch.log_softmax(torch.cat([z, -z, 0 * z, 0 * z, 0 * z], dim=1), dim=1)


@pytest.fixture
def mylstm():
    torch.manual_seed(5)
    return MyLSTM(hidden_size=6, output_size=5)


def test_occlusion_of_every_letter_one_by_one():
    torch.manual_seed(4)
    for model in (RNN(hidden_size=8, output_size=5), LSTM(hidden_size=8, output_size=5)):
        found, entry = occlude(model, DATA), 0
        for row, (name, label) in enumerate(zip(DATA.names, DATA.labels, strict=True)):
            with torch.no_grad():
                whole = float(model(*encode([name]))[0, label])
                for place in range(len(name)):
                    without = float(model(*encode([name[:place] + name[place + 1 :]]))[0, label])
                    assert (found.row[entry], found.position[entry]) == (row, place)
                    assert found.distance[entry] == len(name) - 1 - place
                    assert found.log_probability[entry] == pytest.approx(abs(whole - without), abs=1e-5)
                    assert found.probability[entry] == pytest.approx(np.exp(whole) - np.exp(without), abs=1e-5)
                    entry += 1
        assert entry == len(found.row)


def test_beginning_share_of_known_effects():
    def one_name(effects, row):
        n = len(effects)
        return np.full(n, row), np.arange(n), np.arange(n)[::-1], np.array(effects, float), np.zeros(n)

    names = [one_name([3, 1, 0, 0], 0), one_name([1, 0, 9, 1, 2], 1), one_name([5, 0, 0], 2), one_name([0] * 4, 3)]
    found = beginning_share(Occlusion(*(np.concatenate(column) for column in zip(*names, strict=True))))
    np.testing.assert_allclose(found, [1.0, 0.25, np.nan, np.nan])


def test_who_uses_the_beginning():
    data = DATA[[row for row, name in enumerate(DATA.names) if len(set(name.lower())) == len(name)]]  # letters differ
    models = {"RNN": FirstLetter(), "LSTM": FirstLetter(last=True), "MyLSTM": FirstLetter()}
    found = json.loads(json.dumps(who_uses_the_beginning(models, data, longest=3), allow_nan=False))
    assert {network: share["mean"] for network, share in found["beginning"].items()} == {
        "RNN": 100, "LSTM": 0, "MyLSTM": 100,
    }  # fmt: skip
    assert found["log_probability"]["LSTM"]["mean"][0] > 0.1
    assert found["log_probability"]["LSTM"]["mean"][1:] == [0, 0]
    assert found["log_probability"]["LSTM"]["n"] == [len(data)] * 2 + [sum(len(name) > 2 for name in data.names)]


def test_chosen_names_are_median_and_right():
    answers = np.zeros((8, 5))
    answers[np.arange(8), [0, 1, 2, 0, 3, 2, 0, 0]] = 1  # Nowak and Lo wrong
    found = choose_names(DATA, answers)
    assert {language: DATA.names[row] for language, row in found.items()} == {
        "Japanese": "Mori", "Polish": "Kowalski", "Chinese": "Li", "Irish": "O'Brien",
    }  # fmt: skip
    none_right = choose_names(DATA, np.eye(5)[np.full(8, 4)])
    assert DATA.names[none_right["Polish"]] == "Nowak"  # the shorter of two


def test_gates_of_chosen_names(mylstm):
    readings = read_gates(mylstm, DATA, {"Polish": 1, "Chinese": 2})
    assert [reading.name for reading in readings] == ["Kowalski", "Li"]
    for reading, row in zip(readings, (1, 2), strict=True):
        assert reading.right == (int(mylstm(*encode([reading.name])).argmax()) == DATA.labels[row])
        assert reading.gates["forget_gate"].shape == (len(reading.name), 6)
        shown = mylstm.gates(encode([reading.name])[0])["cell_state"][0]
        np.testing.assert_array_equal(reading.gates["cell_state"], shown)


def test_averages_by_distance_from_the_last_letter(mylstm):
    found = json.loads(json.dumps(gate_averages(mylstm, DATA, longest=5), allow_nan=False))
    for gate in ("forget_gate", "input_gate", "output_gate", "cell_state"):
        by_hand = [[] for _ in range(5)]
        for name in DATA.names:
            values = mylstm.gates(encode([name])[0])[gate][0]
            for distance, units in enumerate(values.flip(0)[:5]):
                by_hand[distance].append(float(units.abs().mean()))
        np.testing.assert_allclose(found[gate]["mean"], [np.mean(values) for values in by_hand], rtol=1e-5)
        assert found[gate]["n"] == [len(values) for values in by_hand]
        assert found[gate]["low"][0] < found[gate]["mean"][0] < found[gate]["high"][0]
