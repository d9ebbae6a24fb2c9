"""Against learning by heart: the right weights are left out, each next letter is guessed."""

import copy

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from namelib import ALPHABET, LSTM, RNN, MiniBatch, MyLSTM, encode, fit
from namelib.regularisers import NextLetter, recurrent_dropout

SMALL = {"hidden_size": 8, "output_size": 18}
NAMES = ["Ng", "", "O'Brien", "Abe"]


@pytest.mark.parametrize("network", [LSTM, MyLSTM])
def test_hidden_to_hidden_weights_that_are_left_out_do_not_learn(split, network):
    torch.manual_seed(0)
    model = network(**SMALL)
    before = copy.deepcopy(model.state_dict())
    fit(
        model,
        *split,
        MiniBatch(0.01, epochs=1, weight_decay=0.0, recurrent_dropout=1 - 1e-9, next_letter=0.5),
    )
    stayed = {name for name, weights in model.state_dict().items() if weights.equal(before[name])}
    kept = {"lstm.V"} if network is MyLSTM else {"lstm.weight_hh_l0", "lstm.weight_hh_l1"}
    assert stayed == kept
    fit(model, *split, MiniBatch(0.01, epochs=1, weight_decay=0.0, recurrent_dropout=0.5))
    for name in kept:  # each step leaves out others
        assert (model.state_dict()[name] != before[name]).all()


def test_dropout_enlarges_the_weights_that_stay_so_that_their_mean_stays():
    torch.manual_seed(0)
    model = nn.Module()
    model.lstm = nn.Module()
    model.lstm.V = nn.Parameter(torch.ones(400, 400))
    thinned = recurrent_dropout(model, 0.3)["lstm.V"]
    assert thinned.unique().tolist() == [0, pytest.approx(1 / 0.7)]
    assert thinned.mean().item() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("network", [LSTM, MyLSTM])
def test_each_next_letter_and_the_end_are_what_is_guessed(network):
    torch.manual_seed(0)
    model = network(**SMALL).double()
    both = NextLetter(model)
    letters, lengths = encode(NAMES)
    answers, loss = both(letters, lengths)
    losses = []
    for name in filter(None, NAMES):
        h = model.hidden_states(encode([name])[0])[0]  # (time, hidden)
        following = [*map(ALPHABET.index, name[1:]), len(ALPHABET)]
        losses += [-both.guess(h[t]).log_softmax(0)[letter] for t, letter in enumerate(following)]
    expected, learning = torch.stack(losses).mean(), list(model.lstm.parameters())
    torch.testing.assert_close(loss, expected, rtol=0, atol=1e-12)
    torch.testing.assert_close(
        *(torch.autograd.grad(of, learning, retain_graph=True) for of in (loss, expected))
    )
    torch.testing.assert_close(answers, model(letters, lengths), rtol=0, atol=0)
    padded = both(F.pad(letters, (0, 3)), lengths)
    torch.testing.assert_close(padded, (answers, loss), rtol=0, atol=1e-12)


def test_what_a_network_cannot_do_is_told_by_name(split):
    for asked, says in (
        ({"recurrent_dropout": 0.5}, "has no LSTM weights"),
        ({"next_letter": 0.5}, "has no LSTM that"),
    ):
        with pytest.raises(ValueError, match=f"{next(iter(asked))}: RNN {says}.*use 0"):
            fit(RNN(**SMALL), *split, MiniBatch(0.01, epochs=1, **asked))
