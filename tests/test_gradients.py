"""notebooks.why_lstm.gradients: sizes are those of finite differences, slopes and theory those known by hand."""

import numpy as np
import pytest
import torch
from torch import Tensor

from namelib.data import ALPHABET, Names
from notebooks.why_lstm.gradients import curve, log_sizes, stacked_batch, theory
from notebooks.why_lstm.networks import NETWORKS, Networks

pytestmark = pytest.mark.usefixtures("one_thread")

LANGUAGES = ["Czech", "Dutch", "Greek"]
SPLITS = [
    Names(["Novak", "Smit"], np.array([0, 1]), LANGUAGES),
    Names(["Dvorakova", "Pappas"], np.array([0, 2]), LANGUAGES),
]
STRINGS = Names(["novak", "pappa", "smith"], np.array([0, 2, 1]), LANGUAGES)


def networks(key: str) -> Networks:
    """Untrained networks with larger weights, in float64."""
    stacked = Networks(NETWORKS[key].sized(600, len(ALPHABET), 3), (0, 1), len(ALPHABET), 3).double()
    with torch.no_grad():
        for parameter in stacked.parameters():
            parameter *= 2
    return stacked


@torch.no_grad()
def nudged(stacked: Networks, letters: Tensor, place: int, nudge: Tensor) -> tuple[list[Tensor], Tensor]:
    """The states c_1 ... c_T with `nudge` added to the one at `place`, and the hidden states h_0 ... h_T with it."""
    (layer,), state, states = stacked.layers, None, []
    hidden = [torch.zeros(*letters.shape[:2], layer.variant.hidden_size, dtype=torch.float64)]
    for t, Ux_t in enumerate(stacked.letter_inputs(letters).unbind(2)):
        h, c = state = layer.step(Ux_t, state)
        if t == place:
            of_c = torch.tanh if layer.variant.output_tanh else lambda c: c
            state = (h / of_c(c) * of_c(c + nudge), c + nudge)  # the output gate stays as it is
        hidden.append(state[0])
        states.append(state[1])
    return states, torch.stack(hidden, dim=2)


@pytest.mark.parametrize("key", ["linear", "tanh", "lstm"])
@pytest.mark.parametrize("k", [0, 1, 3])
def test_sizes_are_those_of_finite_differences(key, k):
    stacked = networks(key)
    letters, lengths, labels = stacked_batch(2 * [SPLITS[1][:1]])  # the name of nine letters
    by_state, by_loss = log_sizes(stacked, letters, lengths, labels)
    stacked.requires_grad_(False)
    last, small = letters.size(2) - 1 - (key == "linear"), 1e-6
    columns, loss_changes = [], []
    for unit in range(stacked.variant.hidden_size):
        nudge = torch.zeros(stacked.variant.hidden_size, dtype=torch.float64)
        nudge[unit] = small
        ends = []
        for sign in (1, -1):
            states, hidden = nudged(stacked, letters, last - k, sign * nudge)
            log_p = stacked.answer(hidden, letters, lengths).gather(2, labels.unsqueeze(2))[:, 0, 0]
            ends.append((states[last][:, 0], -log_p))
        columns.append((ends[0][0] - ends[1][0]) / (2 * small))  # (networks, hidden)
        loss_changes.append((ends[0][1] - ends[1][1]) / (2 * small))  # (networks,)
    jacobian = torch.stack(columns, dim=2)
    size = jacobian.flatten(1).norm(dim=1) / stacked.variant.hidden_size**0.5
    np.testing.assert_allclose(np.exp(by_state[:, 0, k]), size, rtol=1e-6)
    np.testing.assert_allclose(np.exp(by_loss[:, 0, k]), torch.stack(loss_changes).norm(dim=0), rtol=1e-6)


def test_the_linear_network_follows_its_theory_whatever_the_name():
    stacked = networks("linear")
    letters, lengths, labels = stacked_batch(2 * [STRINGS])
    by_state, _ = log_sizes(stacked, letters, lengths, labels)
    power = theory(stacked, letters, lengths, 4)["state"]
    assert power["mean"][0] == 1
    np.testing.assert_allclose(np.exp(by_state[:, 0, :4].mean(axis=0)), power["mean"], rtol=1e-9)


def test_slope_and_curve_of_sizes_known_by_hand():
    fading, rising = np.array([0.0, -1, -2, -3]), np.array([0.0, 0.5, 1, 1.5])
    drawn = curve(np.stack([np.stack([fading, rising])] * 2))  # (networks, strings, k)
    assert drawn["slope"]["mean"] == pytest.approx(-0.25)
    assert drawn["k"] == [0, 1, 2, 3]
    assert drawn["mean"] == pytest.approx(np.exp([0, -0.25, -0.5, -0.75]))


def test_theory_of_gates_and_radius():
    letters, lengths, _ = stacked_batch(SPLITS)
    stacked = networks("lstm")
    hidden = stacked.variant.hidden_size
    stacked.layers[0].V.data[:] = stacked.layers[0].U.data[:] = 0
    stacked.layers[0].b.data[..., :hidden] = 1.5  # of the forget gate
    assert theory(stacked, letters, lengths, 3)["mean_forget_gate"]["mean"] == pytest.approx(1 / (1 + np.exp(-1.5)))
    stacked = networks("tanh")
    stacked.layers[0].V.data[:] = -0.7 * torch.eye(stacked.variant.hidden_size)
    assert theory(stacked, letters, lengths, 3)["spectral_radius"]["mean"] == pytest.approx(0.7)
