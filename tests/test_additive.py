"""namelib.experiments.additive: the sum of the terms is the network's own score, and a tanh would be noticed."""

import numpy as np
import pytest
import torch

from namelib.data import ALPHABET
from namelib.evaluation import read_names
from namelib.experiments.additive import additive_terms, decompose, largest_error, scores
from namelib.models import LSTM, RNN

NAMES = ["Kowalski", "Li", "O'Brien", "A", "St Jacques", "Wolfeschlegelsteinhausen", "kowalski"]


class TanhRNN(RNN):
    """The RNN with the activation that it lacks."""

    def forward(self, letters, lengths):
        h = torch.zeros(len(letters), self.i2h.out_features, dtype=self.i2h.weight.dtype)
        x = torch.nn.functional.one_hot(letters, len(ALPHABET)).to(h)
        logits = h.new_zeros(len(letters), self.i2o.out_features)
        for t in range(letters.size(1)):
            both = torch.cat([x[:, t], h], dim=1)
            logits = torch.where((lengths == t + 1).unsqueeze(1), self.i2o(both), logits)
            h = self.i2h(both).tanh()
        return self.softmax(logits)


@pytest.fixture
def rnn():
    torch.manual_seed(1)
    return RNN(hidden_size=24, output_size=5)


def test_terms_and_constant_add_up_to_the_score(rnn):
    terms, constants = additive_terms(rnn, NAMES)
    sums = constants + np.stack([letters.sum(axis=0) for letters in terms])
    assert [len(letters) for letters in terms] == [len(name) for name in NAMES]
    np.testing.assert_allclose(sums, scores(rnn, NAMES), atol=1e-5)
    np.testing.assert_allclose(sums, scores(rnn.double(), NAMES), atol=1e-13)


def test_scores_are_what_the_softmax_reads(rnn):
    z = torch.from_numpy(scores(rnn, NAMES))
    np.testing.assert_allclose(torch.log_softmax(z, dim=1), read_names(rnn, NAMES), atol=1e-6)
    assert scores(LSTM(hidden_size=8, output_size=5), NAMES).shape == (len(NAMES), 5)


def test_a_term_depends_on_the_letter_and_its_distance_from_the_end_alone(rnn):
    (kara, lara, arak), _ = additive_terms(rnn, ["Kara", "Lara", "arak"])
    np.testing.assert_array_equal(kara[1:], lara[1:])
    assert np.abs(kara[0] - lara[0]).min() > 0
    assert np.abs(kara[1] - arak[0]).min() > 0  # an a at another distance


def test_decompose_one_name(rnn):
    terms = decompose(rnn, "Kira", list("abcde"))
    assert terms.letters == list("Kira")
    np.testing.assert_allclose(terms.terms.sum(axis=0) + terms.constant, scores(rnn, ["Kira"])[0], atol=1e-5)


def test_largest_error_is_rounding_for_the_linear_network_only(rnn):
    error = largest_error(rnn, NAMES)
    assert error["float32"] < 1e-5
    assert error["float64"] < 1e-13
    curved = TanhRNN(hidden_size=24, output_size=5)
    curved.load_state_dict(rnn.state_dict())
    assert min(largest_error(curved, NAMES).values()) > 1e-4
