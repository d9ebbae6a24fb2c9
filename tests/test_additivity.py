"""notebooks.why_lstm.additivity: the terms add up to the logits, each depends on its own letter."""

from copy import deepcopy

import pytest
import torch

from namelib import encode
from namelib.models import RNN
from notebooks.why_lstm.additivity import letter_terms

NAMES = ["O'Neill", "Nguyen", "X", "Xu", "van der Berg", "Papadopoulos"]


def largest_error(model: RNN, name: str) -> float:
    """Between the network's log-probabilities and the terms' sum, computed as in chapter 4."""
    terms, constant = letter_terms(model, name)
    log_p = model(*encode([name]))[0]
    return (log_p - (constant + terms.sum(dim=0)).log_softmax(dim=0)).abs().max().item()


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
