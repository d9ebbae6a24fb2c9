"""notebooks.why_lstm.networks: every cell equals PyTorch's, or its equation written out."""

from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from namelib import RNN
from namelib.models import at_last_letter, one_hot
from notebooks.why_lstm.networks import (
    LINEAR_SWITCHES,
    LSTM_SWITCHES,
    TANH_SWITCHES,
    VARIANTS,
    Networks,
    Variant,
    surname_network,
)

pytestmark = pytest.mark.usefixtures("one_thread")

SEEDS, HIDDEN, INPUT, OUTPUT = (3, 4, 5), 9, 11, 5


def make(variant: Variant) -> Networks:
    return Networks(replace(variant, hidden_size=HIDDEN), SEEDS, INPUT, OUTPUT).double()


def batch(time=6) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    letters = torch.randint(INPUT, (len(SEEDS), 7, time), generator=generator)
    return letters, torch.randint(1, time + 1, (len(SEEDS), 7), generator=generator)


# and their blocks
PYTORCHS = {"lstm": (nn.LSTM, [1, 0, 3, 2]), "tanh": (nn.RNN, [0]), "gru": (nn.GRU, [0, 1, 2])}


@pytest.mark.parametrize("key", PYTORCHS)
def test_equals_pytorch(key):
    networks, (letters, lengths), (kind, order) = make(VARIANTS[key]), batch(), PYTORCHS[key]
    layer, theirs = networks.layer, kind(INPUT, HIDDEN, batch_first=True).double()
    # their rows, in our order
    rows = torch.arange(len(order) * HIDDEN).view(-1, HIDDEN)[order].flatten()
    for k in range(len(SEEDS)):
        with torch.no_grad():
            theirs.weight_ih_l0[rows] = layer.U[k].T
            theirs.weight_hh_l0[rows] = layer.V[k].T
            theirs.bias_ih_l0[rows] = layer.b[k, 0]
            theirs.bias_hh_l0.zero_()
        outputs, _ = theirs(one_hot(letters[k], INPUT, torch.float64))
        expected = (
            at_last_letter(outputs, lengths[k]) @ networks.W[k] + networks.b[k]
        ).log_softmax(dim=1)
        torch.testing.assert_close(networks(letters, lengths)[k], expected, rtol=0, atol=1e-12)


def test_linear_rnn_equals_the_teachers():
    networks, k, (letters, lengths) = make(LINEAR_SWITCHES), 1, batch()
    layer, rnn = networks.layer, RNN(INPUT, HIDDEN, OUTPUT).double()
    with torch.no_grad():
        rnn.i2h.weight.copy_(torch.cat([layer.U[k], layer.V[k]]).T)
        rnn.i2h.bias.copy_(layer.b[k, 0])
        rnn.i2o.weight.copy_(networks.W[k].T)
        rnn.i2o.bias.copy_(networks.b[k, 0])
    torch.testing.assert_close(
        networks(letters, lengths)[k], rnn(letters[k], lengths[k]), rtol=0, atol=1e-12
    )


def sigmoid(a: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + (-a).exp())


RULES = {  # what each block adds up, and c_{t-1} -> h_t, c_t
    "half": lambda g, c: (g.tanh() / 2, None),
    "sum": lambda p, q, c: ((p.tanh() + q.tanh()) / 2, None),
    "double_gate": lambda i, g, c: (2 * sigmoid(i) * g.tanh(), None),
    "gate": lambda i, g, c: (sigmoid(i) * g.tanh(), None),
    "carry": lambda g, c: ((c + g.tanh()).tanh(), c + g.tanh()),
    "carry_gate": lambda i, g, c: ((c + sigmoid(i) * g.tanh()).tanh(), c + sigmoid(i) * g.tanh()),
}


@pytest.mark.parametrize("key", RULES)
def test_three_letters_by_hand(key):
    networks = make(VARIANTS[key])
    layer, (letters, _) = networks.layer, batch(time=3)
    h = c = torch.zeros(*letters.shape[:2], HIDDEN, dtype=torch.float64)
    for t in range(3):
        x = one_hot(letters[:, :, t], INPUT, torch.float64)
        blocks = (x @ layer.U + h @ layer.V + layer.b).split(HIDDEN, dim=2)
        h, c = RULES[key](*blocks, c)
    torch.testing.assert_close(networks.states(letters)[:, :, -1], h, rtol=0, atol=1e-12)


def test_multiplicative_integration_by_hand():
    networks = make(VARIANTS["multiplicative"])
    layer, (letters, _) = networks.layer, batch(time=3)
    assert (layer.alpha == 1).all()
    with torch.no_grad():
        layer.alpha.uniform_(-2, 2)
    h = torch.zeros(*letters.shape[:2], HIDDEN, dtype=torch.float64)
    for t in range(3):
        read = one_hot(letters[:, :, t], INPUT, torch.float64) @ layer.U + layer.b
        kept = h @ layer.V
        h = (layer.alpha * read * kept + read + kept).tanh()
    torch.testing.assert_close(networks.states(letters)[:, :, -1], h, rtol=0, atol=1e-12)


def test_an_orthogonal_start_keeps_the_length_of_every_state_and_changes_nothing_else():
    orthogonal, plain = make(VARIANTS["tanh_orthogonal"]), make(TANH_SWITCHES)
    V, eye = orthogonal.layer.V, torch.eye(HIDDEN, dtype=torch.float64)
    torch.testing.assert_close(V @ V.mT, eye.expand_as(V), rtol=0, atol=1e-6)
    assert not torch.allclose(V[0], V[1], atol=0.1)
    assert (orthogonal.layer.U == plain.layer.U).all() and (
        orthogonal.layer.b == plain.layer.b
    ).all()


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("key", VARIANTS)
def test_networks_on_surnames_are_as_large_as_those_they_are_compared_with(key, large):
    lstm = (
        sum(p.numel() for p in (*nn.LSTM(57, 128).parameters(), *nn.Linear(128, 18).parameters()))
        - 4 * 128
    )
    # PyTorch's has two biases
    matched = lstm if large else sum(p.numel() for p in RNN(57, 128, 18).parameters())
    variant = surname_network(key, 18, large=large)
    counted = sum(
        parameter[0].numel() for parameter in Networks(variant, (0, 1), 57, 18).parameters()
    )
    assert variant.parameters(57, 18) == counted == pytest.approx(matched, rel=0.015)


@pytest.mark.parametrize("key", VARIANTS)
def test_padding_never_changes_an_answer(key):
    networks, (letters, lengths) = make(VARIANTS[key]), batch()
    answers = networks(letters, lengths)
    beyond = torch.arange(letters.size(2)) >= lengths.unsqueeze(2)
    torch.testing.assert_close(
        networks(letters.masked_fill(beyond, 3), lengths), answers, rtol=0, atol=0
    )
    torch.testing.assert_close(networks(F.pad(letters, (0, 4)), lengths), answers, rtol=0, atol=0)


def test_forget_bias_is_added_to_the_forget_gate_alone():
    plain = make(LSTM_SWITCHES).layer.b
    biased = make(replace(LSTM_SWITCHES, forget_bias=1.0)).layer.b
    difference = (biased - plain).detach()
    torch.testing.assert_close(difference[..., :HIDDEN], torch.ones_like(difference[..., :HIDDEN]))
    assert not difference[..., HIDDEN:].any()
