"""notebooks.why_lstm.additivity: the terms add up to the logits, and each depends on its own letter only."""

from copy import deepcopy

import pytest
import torch

from namelib.models import RNN
from notebooks.why_lstm.additivity import largest_error, letter_terms

NAMES = ["O'Neill", "Nguyen", "X", "Xu", "van der Berg", "Papadopoulos"]


@pytest.fixture
def rnn():
    torch.manual_seed(0)
    return RNN(hidden_size=24)


def test_terms_and_constant_add_up_to_the_networks_own_answer(rnn):
    for name in NAMES:
        terms, _ = letter_terms(rnn, name)
        assert terms.shape == (len(name), 18)
        assert largest_error(rnn, name) < 1e-5
        assert largest_error(deepcopy(rnn).double(), name) < 1e-13  # only rounding is left


def test_a_term_is_the_letters_own_wherever_it_stands_from_the_end(rnn):
    terms, constant = letter_terms(rnn, "Kira")
    other, same = letter_terms(rnn, "Lira")
    longer, _ = letter_terms(rnn, "Vladimira")
    assert torch.equal(terms[1:], other[1:]) and torch.equal(constant, same)
    assert not torch.allclose(terms[0], other[0])
    assert torch.equal(terms[1:], longer[-3:])


class Bent(RNN):
    """The same network with tanh on the recurrence."""

    def forward(self, letters, lengths):
        h = torch.zeros(self.hidden_size)
        for x in torch.eye(self.input_size)[letters[0]]:
            seen = torch.cat([x, h])  # [x_t, h_{t-1}]
            h = self.i2h(seen).tanh()
        return self.i2o(seen).log_softmax(dim=0).unsqueeze(0)


def test_an_activation_on_the_recurrence_breaks_it():
    """The measure of the error can fail."""
    assert largest_error(Bent(hidden_size=24), NAMES[0]) > 1e-4
