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


@pytest.mark.parametrize("time", [0, 1, TIME])
def test_lstm_gradients_against_finite_differences(time):
    weights = random(4 * HIDDEN, INPUT), random(4 * HIDDEN, HIDDEN), random(4 * HIDDEN)
    inputs = (random(time, BATCH, INPUT), *weights, random(BATCH, HIDDEN), random(BATCH, HIDDEN))
    assert torch.autograd.gradcheck(LSTMThroughTime.apply, inputs)


def test_the_last_state_is_free_to_change_and_backward_to_run_twice():
    """As with nn.LSTM: a state is cut off from the graph or reset in place between two pieces of a sequence."""
    layer = CustomLSTM(INPUT, HIDDEN).double()
    outputs, (h, c) = layer(random(BATCH, TIME, INPUT))
    before = outputs.clone()
    h.detach_().zero_()
    c.detach_().zero_()
    assert outputs.equal(before) and before[:, -1].all()
    first, second = (torch.autograd.grad(outputs.sum(), layer.V, retain_graph=True)[0] for _ in range(2))
    assert first.equal(second)


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
