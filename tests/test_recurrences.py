"""namelib.experiments.recurrences: the networks' own states, and Jacobians as autograd and finite differences say."""

import numpy as np
import pytest
import torch
from torch.func import jacrev, vmap

from namelib.data import encode
from namelib.experiments.recurrences import recurrence
from namelib.models import LSTM, RNN, CustomLSTM, MyLSTM

LETTERS = encode(["Kowalski", "Martinez"])[0]


def networks():
    torch.manual_seed(2)
    found = {
        "rnn": RNN(hidden_size=7, output_size=3),
        "lstm": LSTM(hidden_size=6, output_size=3, num_layers=2),
        "three_layers": LSTM(hidden_size=4, output_size=3, num_layers=3),
        "mylstm": MyLSTM(hidden_size=6, output_size=3),
        "peephole": MyLSTM(hidden_size=6, output_size=3, peephole=True),
    }
    for network in found.values():
        for parameter in network.parameters():
            parameter.data *= 2  # gates far from 1/2
    return found


def read(cell):
    """The states before each letter and after the last, (batch, time + 1, state)."""
    x = cell.inputs(LETTERS)
    states = [x.new_zeros(len(x), cell.state_size)]
    for t in range(x.size(1)):
        states.append(cell.step(x[:, t], states[-1]))
    return x, torch.stack(states, dim=1)


def test_states_of_the_rnn_are_those_of_i2h():
    model = networks()["rnn"]
    _, states = read(recurrence(model))
    h = torch.zeros(2, 7)
    for t in range(LETTERS.size(1)):
        x = torch.nn.functional.one_hot(LETTERS[:, t], 57).float()
        h = model.i2h(torch.cat([x, h], dim=1))
        np.testing.assert_allclose(states[:, t + 1], h.detach(), atol=1e-5)


@pytest.mark.parametrize("name", ["lstm", "three_layers"])
def test_states_of_the_lstm_are_those_of_its_top_layer(name):
    model = networks()[name].double()
    _, states = read(recurrence(model))
    outputs, (h, c) = model.lstm(torch.nn.functional.one_hot(LETTERS.T, 57).double())
    size = model.lstm.hidden_size
    np.testing.assert_allclose(states[:, 1:, :size], outputs.transpose(0, 1).detach(), atol=1e-12)
    np.testing.assert_allclose(states[:, -1], torch.cat([h[-1], c[-1]], dim=1).detach(), atol=1e-12)


@pytest.mark.parametrize("name", ["mylstm", "peephole"])
def test_states_and_forget_gates_of_mylstm_are_those_it_shows(name):
    model = networks()[name].double()
    cell, gates = recurrence(model), model.gates(LETTERS)
    x, states = read(cell)
    shown = torch.cat([gates["hidden_state"], gates["cell_state"]], dim=2)
    np.testing.assert_allclose(states[:, 1:], shown, atol=1e-12)
    np.testing.assert_allclose(cell.forget_gate(x[:, 3], states[:, 3]), gates["forget_gate"][:, 3], atol=1e-12)


@pytest.mark.parametrize("name", ["rnn", "lstm", "three_layers", "mylstm", "peephole"])
def test_jacobian_of_a_step(name):
    cell = recurrence(networks()[name])
    x, states = read(cell)
    x, state = x[:, 4], states[:, 4]
    found = cell.jacobian(x, state)

    def step(x, state):
        return cell.step(x.unsqueeze(0), state.unsqueeze(0)).squeeze(0)

    np.testing.assert_allclose(found, vmap(jacrev(step, argnums=1))(x, state), atol=1e-13)
    small = 1e-6
    for column, nudge in enumerate(small * torch.eye(cell.state_size, dtype=torch.float64)):
        difference = (cell.step(x, state + nudge) - cell.step(x, state - nudge)) / (2 * small)
        np.testing.assert_allclose(found[:, :, column], difference, atol=1e-8)


def test_the_network_itself_is_left_alone():
    model = networks()["mylstm"]
    read(recurrence(model))
    assert model.lstm.U.dtype == torch.float32
    assert model.lstm.U.requires_grad


def test_other_networks_are_refused():
    with pytest.raises(TypeError, match="not CustomLSTM"):
        recurrence(CustomLSTM(3, 4))
