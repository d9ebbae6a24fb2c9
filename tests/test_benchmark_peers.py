"""The peers of the benchmarks compute what ours compute: the same answers, the same step."""

import random

import pytest
import torch
from benchmarks import peers
from torch import nn

from namelib import LSTM, RNN, MyLSTM, encode

SURNAMES = ["Satoshi", "O'Brien", "Li"]


def peer_answers(peer: nn.Module) -> torch.Tensor:
    return torch.cat([peer.read(peers.name_to_line(name)) for name in SURNAMES])


@pytest.mark.parametrize(("peer", "ours"), [(peers.TutorialRNN, RNN), (peers.TutorialLSTM, LSTM)])
def test_the_tutorials_networks_answer_as_ours_with_the_same_weights(peer, ours):
    plain, model = peer(hidden_size=9), ours(hidden_size=9)
    plain.load_state_dict(model.state_dict())
    torch.testing.assert_close(peer_answers(plain), model(*encode(SURNAMES)))


def test_the_mended_listing_is_my_lstm_and_full_peepholes():
    plain, model = peers.ListingLSTM(hidden_size=9), MyLSTM(hidden_size=9)
    cell = plain.lstm
    with torch.no_grad():
        model.linear.load_state_dict(plain.linear.state_dict())
        for k, gate in enumerate("fioc"):
            x, h, c = (getattr(cell, f"linear_{gate}_{source}", None) for source in "xhc")
            rows = slice(9 * k, 9 * k + 9)
            model.lstm.U[rows] = x.weight
            model.lstm.V[rows] = h.weight
            model.lstm.b[rows] = x.bias + h.bias
            if c:  # the peepholes, which the equations lack
                c.weight.zero_()
                c.bias.zero_()
    torch.testing.assert_close(peer_answers(plain), model(*encode(SURNAMES)))
    assert sum(isinstance(layer, nn.Linear) for layer in cell.modules()) == 11


def test_a_step_of_the_tutorials_loop_is_plain_sgd_on_one_surname_of_one_language():
    torch.manual_seed(0)
    model, reference = peers.TutorialRNN(hidden_size=5), RNN(hidden_size=5)
    reference.load_state_dict(model.state_dict())
    lines = [[] for _ in range(18)]
    lines[4] = ["Kim"]  # all others are empty, so this is what is drawn
    loss = peers.train_batch_one(model, lines, 0.1, 1, random.Random(0))
    optimizer = torch.optim.SGD(reference.parameters(), lr=0.1)
    expected = nn.functional.nll_loss(reference(*encode(["Kim"])), torch.tensor([4]))
    expected.backward()
    optimizer.step()
    assert loss == pytest.approx(expected.item())
    torch.testing.assert_close(model.state_dict(), dict(reference.state_dict()))
