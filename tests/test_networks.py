"""notebooks.why_lstm.networks: the settings of the switches that have a name elsewhere equal what has that name."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from namelib import RNN
from namelib.models import at_last_letter, one_hot
from notebooks.why_lstm.networks import LARGE, LINEAR, LSTM, NETWORKS, TANH, Networks, Variant, surname_network

pytestmark = pytest.mark.usefixtures("one_thread")

SEEDS, HIDDEN, INPUT, OUTPUT = (3, 4, 5), 9, 11, 5


def make(variant: Variant) -> Networks:
    return Networks(replace(variant, hidden_size=HIDDEN), SEEDS, INPUT, OUTPUT).double()


def batch(time=6) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    letters = torch.randint(INPUT, (len(SEEDS), 7, time), generator=generator)
    return letters, torch.randint(1, time + 1, (len(SEEDS), 7), generator=generator)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("variant, kind, order", [(LSTM, nn.LSTM, [1, 0, 3, 2]), (TANH, nn.RNN, [0])])
def test_equals_pytorch(variant, kind, order, layers):
    networks, (letters, lengths) = make(replace(variant, layers=layers)), batch()
    theirs = kind(INPUT, HIDDEN, layers, batch_first=True).double()
    rows = torch.arange(len(order) * HIDDEN).view(-1, HIDDEN)[order].flatten()  # their rows, in our order
    for k in range(len(SEEDS)):
        with torch.no_grad():
            for n, layer in enumerate(networks.layers):
                getattr(theirs, f"weight_ih_l{n}")[rows] = layer.U[k].T
                getattr(theirs, f"weight_hh_l{n}")[rows] = layer.V[k].T
                getattr(theirs, f"bias_ih_l{n}")[rows] = layer.b[k, 0]
                getattr(theirs, f"bias_hh_l{n}").zero_()
        outputs, _ = theirs(one_hot(letters[k], INPUT, torch.float64))
        expected = (at_last_letter(outputs, lengths[k]) @ networks.W[k] + networks.b[k]).log_softmax(dim=1)
        torch.testing.assert_close(networks(letters, lengths)[k], expected, rtol=0, atol=1e-12)


def test_linear_rnn_equals_the_teachers():
    networks, k, (letters, lengths) = make(LINEAR), 1, batch()
    (layer,), rnn = networks.layers, RNN(INPUT, HIDDEN, OUTPUT).double()
    with torch.no_grad():
        rnn.i2h.weight.copy_(torch.cat([layer.U[k], layer.V[k]]).T)
        rnn.i2h.bias.copy_(layer.b[k, 0])
        rnn.i2o.weight.copy_(networks.W[k].T)
        rnn.i2o.bias.copy_(networks.b[k, 0])
    torch.testing.assert_close(networks(letters, lengths)[k], rnn(letters[k], lengths[k]), rtol=0, atol=1e-12)


RULES = {  # the learned gates, the candidate and c_{t-1} -> c_t, h_t
    "tanh": lambda g, c: (g, g),
    "carry": lambda g, c: (c + g, (c + g).tanh()),
    "gate": lambda i, g, c: (i * g, i * g),
    "carry_gate": lambda i, g, c: (c + i * g, (c + i * g).tanh()),
    "lstm_no_forget": lambda i, o, g, c: (c + i * g, o * (c + i * g).tanh()),
    "lstm_no_input": lambda f, o, g, c: (f * c + g, o * (f * c + g).tanh()),
    "lstm_no_output": lambda f, i, g, c: (f * c + i * g, (f * c + i * g).tanh()),
}


@pytest.mark.parametrize("key", RULES)
def test_two_letters_by_hand(key):
    """The two by two and the LSTM without each of its gates, as their lines in NETWORKS say."""
    networks = make(NETWORKS[key])
    (layer,), (letters, _) = networks.layers, batch(time=2)
    Ux, h = networks.letter_inputs(letters), torch.zeros(*letters.shape[:2], HIDDEN, dtype=torch.float64)
    c = h
    for t in range(2):
        *gates, g = (Ux[:, :, t] + h @ layer.V).split(HIDDEN, dim=2)
        c, h = RULES[key](*(gate.sigmoid() for gate in gates), g.tanh(), c)
    torch.testing.assert_close(networks.states(letters)[:, :, -1], h, rtol=0, atol=1e-12)


@pytest.mark.parametrize("key", NETWORKS)
def test_networks_on_surnames_are_as_large_as_those_they_are_compared_with(key):
    variant, linear = surname_network(key, 18), sum(parameter.numel() for parameter in RNN(57, 128, 18).parameters())
    counted = sum(parameter[0].numel() for parameter in Networks(variant, (0, 1), 57, 18).parameters())
    assert variant.parameters(57, 18) == counted
    assert counted == pytest.approx(98_000 if key in LARGE else linear, rel=0.015)


@pytest.mark.parametrize("key", NETWORKS)
def test_padding_never_changes_an_answer(key):
    networks, (letters, lengths) = make(NETWORKS[key]), batch()
    answers = networks(letters, lengths)
    beyond = torch.arange(letters.size(2)) >= lengths.unsqueeze(2)
    torch.testing.assert_close(networks(letters.masked_fill(beyond, 3), lengths), answers, rtol=0, atol=0)
    torch.testing.assert_close(networks(F.pad(letters, (0, 4)), lengths), answers, rtol=0, atol=0)


def test_forget_bias_is_added_to_the_forget_gate_alone():
    plain, biased = make(LSTM).layers[0].b, make(replace(LSTM, forget_bias=1.0)).layers[0].b
    difference = (biased - plain).detach()
    torch.testing.assert_close(difference[..., :HIDDEN], torch.ones_like(difference[..., :HIDDEN]))
    assert not difference[..., HIDDEN:].any()
