"""The three networks are what they are said to be."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from namelib import LSTM, RNN, CustomLSTM, MyLSTM, encode
from namelib.models import one_hot

RNN_STRUCTURE = """RNN(
  (i2h): Linear(in_features=185, out_features=128, bias=True)
  (i2o): Linear(in_features=185, out_features=18, bias=True)
  (softmax): LogSoftmax(dim=1)
)"""
LSTM_STRUCTURE = """LSTM(
  (lstm): LSTM(57, 128, num_layers=2)
  (linear): Linear(in_features=128, out_features=18, bias=True)
  (softmax): LogSoftmax(dim=1)
)"""
MY_STRUCTURE = """MyLSTM(
  (lstm): CustomLSTM(57, 32)
  (linear): Linear(in_features=32, out_features=18, bias=True)
  (softmax): LogSoftmax(dim=1)
)"""
NAMES = ["Satoshi", "O'Brien", "Li", "A", "Wolfeschlegelsteinhausen"]
NETWORKS = [RNN, LSTM, MyLSTM]
sizes = st.tuples(*(st.integers(1, high) for high in (5, 9, 60, 40)))  # batch, time, input, hidden


def test_the_structures_print_as_in_the_original_report():
    assert str(RNN()) == RNN_STRUCTURE
    assert str(LSTM()) == LSTM_STRUCTURE
    assert str(LSTM(num_layers=3)) == LSTM_STRUCTURE.replace("num_layers=2", "num_layers=3")
    assert str(MyLSTM()) == MY_STRUCTURE


def test_the_first_weights_of_the_hand_written_lstm_are_spread_as_pytorchs():
    for weights in CustomLSTM(57, 64).parameters():
        ends = weights.min().item(), weights.max().item()
        assert ends == pytest.approx((-1 / 8, 1 / 8), rel=0.1)
        assert abs(weights.mean().item()) < 0.02


def test_rnn_is_the_teachers_loop_letter_by_letter():
    rnn = RNN()
    letters, lengths = encode(NAMES)
    answers = rnn(letters, lengths)
    for row, name in enumerate(NAMES):
        hidden = torch.zeros(1, 128)
        for letter in letters[row, : len(name)]:
            combined = torch.cat(
                (nn.functional.one_hot(letter, 57).float().unsqueeze(0), hidden), dim=1
            )
            hidden, output = rnn.i2h(combined), rnn.softmax(rnn.i2o(combined))
        torch.testing.assert_close(answers[row], output[0], rtol=0, atol=1e-6)


def both_layers(size, dtype):
    batch, time, input_size, hidden_size = size
    theirs = nn.LSTM(input_size, hidden_size, batch_first=True, dtype=dtype)
    x = torch.randn(batch, time, input_size, dtype=dtype)
    state = torch.randn(2, batch, hidden_size, dtype=dtype)
    x.requires_grad_(), state.requires_grad_()
    return theirs, CustomLSTM.from_torch(theirs), x, state


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@settings(max_examples=25)
@given(size=sizes, seed=st.integers(0, 2**16), with_state=st.booleans())
def test_custom_lstm_equals_torch(dtype, tolerance, size, seed, with_state):
    torch.manual_seed(seed)
    theirs, ours, x, state = both_layers(size, dtype)
    a, (h_a, c_a) = theirs(x, tuple(state.unsqueeze(1)) if with_state else None)
    b, (h_b, c_b) = ours(x, tuple(state) if with_state else None)
    of_inputs = []
    for outputs, h, c in ((a, h_a, c_a), (b, h_b, c_b)):
        (outputs.square().mean() + h.sin().mean() + c.square().mean()).backward()
        of_inputs.append((x.grad, state.grad))
        x.grad = state.grad = None
    f_i_o_g = torch.arange(4 * size[3]).view(4, -1)[[1, 0, 3, 2]].flatten()
    pairs = {
        "outputs": (a, b),
        "h": (h_a[0], h_b),
        "c": (c_a[0], c_b),
        "dx, dh_0, dc_0": of_inputs,
        "dU": (theirs.weight_ih_l0.grad[f_i_o_g], ours.U.grad),
        "dV": (theirs.weight_hh_l0.grad[f_i_o_g], ours.V.grad),
        "db_ih": (theirs.bias_ih_l0.grad[f_i_o_g], ours.b.grad),
        "db_hh": (theirs.bias_hh_l0.grad[f_i_o_g], ours.b.grad),
    }
    for what, (expected, actual) in pairs.items():
        torch.testing.assert_close(
            expected, actual, rtol=0, atol=tolerance, msg=lambda text, what=what: f"{what}: {text}"
        )


def test_from_torch_copies_a_layer_without_biases():
    theirs, x = nn.LSTM(5, 4, bias=False, batch_first=True), torch.randn(2, 3, 5)
    torch.testing.assert_close(CustomLSTM.from_torch(theirs)(x)[0], theirs(x)[0])


@pytest.mark.parametrize(
    "arguments", [{"num_layers": 2}, {"bidirectional": True}, {"proj_size": 3}]
)
def test_from_torch_refuses_what_it_cannot_copy(arguments):
    with pytest.raises(ValueError, match="from_torch takes one layer"):
        CustomLSTM.from_torch(nn.LSTM(5, 4, **arguments))


@pytest.mark.parametrize("network", NETWORKS)
def test_padding_and_company_never_change_an_answer(network):
    torch.manual_seed(1)
    model = network()
    letters, lengths = encode(NAMES)
    together = model(letters, lengths)
    noise = torch.randint(57, (len(NAMES), 7))
    padded = torch.cat((letters, noise), dim=1)
    beyond = torch.arange(padded.size(1)) >= lengths.unsqueeze(1)
    padded[beyond] = torch.randint(57, padded.shape)[beyond]  # noise in place of zeros, too
    torch.testing.assert_close(model(padded, lengths), together, rtol=0, atol=1e-6)
    for row, name in enumerate(NAMES):
        torch.testing.assert_close(model(*encode([name]))[0], together[row], rtol=0, atol=1e-6)


def test_gates_are_those_of_the_forward_pass():
    model = MyLSTM()
    letters, _ = encode(["Kowalski"])
    gates = model.gates(letters)
    outputs, (h, c) = model.lstm(one_hot(letters, 57, torch.float32))
    torch.testing.assert_close(gates["hidden_state"], outputs)
    torch.testing.assert_close((gates["hidden_state"][:, -1], gates["cell_state"][:, -1]), (h, c))
    again = (
        gates["forget_gate"][:, 1:] * gates["cell_state"][:, :-1]
        + (gates["input_gate"] * gates["candidate"])[:, 1:]
    )
    torch.testing.assert_close(gates["cell_state"][:, 1:], again)
    torch.testing.assert_close(
        gates["hidden_state"], gates["output_gate"] * gates["cell_state"].tanh()
    )
