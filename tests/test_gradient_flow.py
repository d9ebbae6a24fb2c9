"""namelib.experiments.gradient_flow: products of Jacobians against autograd, finite differences and worked cases."""

import json
import re

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.func import jacrev
from torch.nn import functional as F

from namelib.data import encode
from namelib.experiments.gradient_flow import (
    CHUNK,
    decay,
    gradient_flow,
    linear_theory,
    log_sizes,
    long_strings,
)
from namelib.experiments.recurrences import GatedRecurrence, recurrence
from namelib.models import LSTM, RNN, MyLSTM

NAMES = ["Kowalski", "Li", "Martinez", "Abe", "O'Brien", "A"]


@pytest.fixture
def networks():
    torch.manual_seed(3)
    found = {"RNN": RNN(hidden_size=8, output_size=3), "LSTM": LSTM(hidden_size=6, output_size=3)}
    found["MyLSTM"] = MyLSTM(hidden_size=6, output_size=3)
    for network in found.values():
        for parameter in network.parameters():
            parameter.data *= 2
    return found


def test_rnn_is_the_power_of_its_matrix(networks):
    W = networks["RNN"].i2h.weight[:, 57:].detach().double().numpy()
    found = log_sizes(networks["RNN"], NAMES, longest=9)
    assert list(found) == ["hidden"]
    for row, name in enumerate(NAMES):
        for k in range(10):
            if k >= max(len(name), 1):
                assert np.isnan(found["hidden"][row, k])
            else:
                size = np.sqrt((np.linalg.matrix_power(W, k) ** 2).sum() / 8)
                assert np.exp(found["hidden"][row, k]) == pytest.approx(size, rel=1e-10)
    theory = linear_theory(networks["RNN"], longest=9)
    np.testing.assert_allclose(theory["log_size"][:8], found["hidden"][0, :8], atol=1e-10)
    assert theory["spectral_radius"] == pytest.approx(np.abs(np.linalg.eigvals(W)).max())


def test_lstm_by_torch_own_layer(networks):
    """The top layer's last (h, c) by its earlier (h, c), through nn.LSTM itself: autograd and finite differences."""
    model = networks["LSTM"].double()
    name, k, size = "Martinez", 3, 6
    x = F.one_hot(encode([name])[0].T, 57).double()  # (time, 1, input)
    _, (h, c) = model.lstm(x[:-k])

    def last(state):
        top = torch.stack([h[0], state[:size].view(1, size)]), torch.stack([c[0], state[size:].view(1, size)])
        _, (h_end, c_end) = model.lstm(x[-k:], top)
        return torch.cat([h_end[1, 0], c_end[1, 0]])

    state = torch.cat([h[1, 0], c[1, 0]]).detach()
    automatic = torch.autograd.functional.jacobian(last, state).numpy()
    small = 1e-6
    nudges = small * torch.eye(2 * size, dtype=torch.float64)
    finite = torch.stack([(last(state + n) - last(state - n)) / (2 * small) for n in nudges], dim=1).detach().numpy()
    found = log_sizes(model, [name], longest=k)
    for path, block in (("hidden", slice(0, size)), ("cell", slice(size, None))):
        for jacobian, tolerance in ((automatic, 1e-10), (finite, 1e-6)):
            size_there = np.sqrt((jacobian[block, block] ** 2).sum() / size)
            assert np.exp(found[path][0, k]) == pytest.approx(size_there, rel=tolerance)


def test_forget_gates_multiply_along_the_cell(networks):
    model = networks["MyLSTM"].double()
    f = model.gates(encode(["Kowalski"])[0])["forget_gate"][0].numpy()
    found = log_sizes(model, ["Kowalski"], longest=7)["forget_gates"][0]
    for k in range(1, 8):
        assert np.exp(found[k]) == pytest.approx(np.sqrt((f[-k:].prod(axis=0) ** 2).mean()))


def test_no_name_changes_another(networks):
    many = (NAMES * CHUNK)[: CHUNK + 5]
    for network in networks.values():
        together = log_sizes(network, many, longest=10)
        for row in (0, 1, CHUNK + 2):
            for path, alone in log_sizes(network, [many[row]], longest=10).items():
                np.testing.assert_allclose(together[path][row], alone[0], atol=1e-10)


def autograd_difference(model: nn.Module, name: str) -> float:
    """The largest difference between the product of step Jacobians and automatic differentiation, for all k.

    Relative to the largest entry of each Jacobian; only rounding should be left.
    """
    cell = recurrence(model)
    x = cell.inputs(encode([name])[0])  # (1, time, inputs)
    states = [x.new_zeros(1, cell.state_size)]
    for t in range(x.size(1)):
        states.append(cell.step(x[:, t], states[-1]))

    worst, product = 0.0, torch.eye(cell.state_size, dtype=x.dtype)
    for start in range(x.size(1) - 1, 0, -1):

        def read_on(state: Tensor, start: int = start) -> Tensor:
            for t in range(start, x.size(1)):
                state = cell.step(x[:, t], state)
            return state

        product = product @ cell.jacobian(x[:, start], states[start])[0]
        automatic = jacrev(read_on)(states[start])[0, :, 0]  # (state, state)
        worst = max(worst, float((automatic - product).abs().max() / automatic.abs().max()))
    return worst


def test_automatic_differentiation_agrees(networks):
    for network in networks.values():
        assert autograd_difference(network, "Kowalski") < 1e-12


def test_automatic_differentiation_would_notice(networks, monkeypatch):
    right = GatedRecurrence.jacobian
    monkeypatch.setattr(GatedRecurrence, "jacobian", lambda self, x, state: right(self, x, state) * 1.001)
    assert autograd_difference(networks["MyLSTM"], "Kowalski") > 1e-4


def test_decay_of_known_slopes():
    nan = np.nan
    logs = np.array([[0, -0.1, -0.2, -0.3], [0, 0.5, 1.0, nan], [0, -1, nan, nan], [0, 1, 0, 1]])
    np.testing.assert_allclose(decay(logs), [-0.1, 0.5, nan, np.polyfit(range(4), [0, 1, 0, 1], 1)[0]])


def test_long_strings_are_made_of_names():
    strings = long_strings(["Abe", "Rossi"], length=30, count=4, seed=1)
    assert strings == long_strings(["Abe", "Rossi"], length=30, count=4, seed=1)
    assert len(set(strings)) == 4
    assert all(len(string) == 30 and re.fullmatch("(abe|rossi)*(ab?|r|ros?|ross)?", string) for string in strings)
    assert all(set(string) == set("aberossi") for string in long_strings(["Abe", "Rossi"], length=200, count=4))


def test_gradient_flow_tells_who_vanishes(networks):
    rnn, cell = networks["RNN"], networks["MyLSTM"].lstm
    with torch.no_grad():
        rnn.i2h.weight[:, 57:] = 0.5 * torch.eye(8)  # halves at every letter
        for parameter in (cell.U, cell.V):
            parameter.zero_()
        cell.b.zero_()
        cell.b[:6] = 40.0  # forget gates at 1: the cell keeps all
    names = long_strings(NAMES, length=20, count=12)
    found = json.loads(json.dumps(gradient_flow(networks, names, longest=15, count=10), allow_nan=False))
    assert found["decay"]["RNN"]["hidden"]["mean"] == pytest.approx(np.log(0.5))
    assert found["decay"]["MyLSTM"]["cell"]["mean"] == pytest.approx(0, abs=1e-12)
    assert found["decay"]["MyLSTM"]["cell"]["n"] == 10
    assert found["curves"]["RNN"]["hidden"]["k"] == list(range(16))
    np.testing.assert_allclose(found["curves"]["RNN"]["hidden"]["mean"], 0.5 ** np.arange(16))
    np.testing.assert_allclose(found["curves"]["MyLSTM"]["forget_gates"]["high"], 1)
