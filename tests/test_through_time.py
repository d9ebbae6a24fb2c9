"""The derivatives written out by hand are those of the recurrences."""

import pytest
import torch
from torch import nn

from namelib import RNN, CustomLSTM
from namelib.through_time import LinearThroughTime, LSTMThroughTime

TIME, BATCH, INPUT, HIDDEN = 4, 3, 5, 2


def random(*shape: int) -> torch.Tensor:
    return torch.randn(shape, dtype=torch.float64, requires_grad=True)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("time", [0, 1, TIME])
def test_linear_gradients_against_finite_differences(time):
    x = random(time, BATCH, INPUT).detach()
    assert torch.autograd.gradcheck(LinearThroughTime.apply, (x, random(HIDDEN, INPUT + HIDDEN), random(HIDDEN)))


@pytest.mark.parametrize("time", [1, TIME])
def test_lstm_gradients_against_finite_differences(time):
    layer = CustomLSTM(INPUT, HIDDEN).double().requires_grad_(False)

    def read(Ux, V, h, c):
        layer.V.copy_(V)
        return LSTMThroughTime.apply(layer.step, Ux, V, h, c)

    inputs = (random(time, BATCH, 4 * HIDDEN), random(4 * HIDDEN, HIDDEN), random(BATCH, HIDDEN), random(BATCH, HIDDEN))
    assert torch.autograd.gradcheck(read, inputs)


def test_rnn_gradients_are_those_of_the_loop_letter_by_letter():
    rnn = RNN(hidden_size=HIDDEN).double()
    letters, lengths = torch.randint(57, (BATCH, TIME)), torch.tensor([TIME, 1, 2])
    by_hand = torch.autograd.grad(rnn(letters, lengths)[:, 0].sum(), list(rnn.parameters()))
    score = 0.0
    for row, length in zip(letters, lengths, strict=True):
        h = torch.zeros(HIDDEN, dtype=torch.float64)
        for letter in row[:length]:
            x_h = torch.cat([nn.functional.one_hot(letter, 57).double(), h])
            h, answer = rnn.i2h(x_h), rnn.i2o(x_h).log_softmax(dim=0)
        score = score + answer[0]
    automatic = torch.autograd.grad(score, list(rnn.parameters()), allow_unused=True)
    torch.testing.assert_close(by_hand, automatic, rtol=0, atol=1e-12)


def test_a_second_derivative_is_refused_and_not_wrong():
    h = LinearThroughTime.apply(
        random(TIME, BATCH, INPUT).detach(), W := random(HIDDEN, INPUT + HIDDEN), random(HIDDEN)
    )
    (gradient,) = torch.autograd.grad(h.square().sum(), W, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
