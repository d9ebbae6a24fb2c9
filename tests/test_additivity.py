"""notebooks.why_lstm.additivity: the terms add up to the logits, and each depends on its own letter only."""

import pytest
import torch

from namelib.data import encode
from namelib.models import RNN
from notebooks.why_lstm.additivity import largest_error, letter_terms, logits

NAMES = ["O'Neill", "Nguyen", "X", "Xu", "van der Berg", "Papadopoulos"]


@pytest.fixture
def rnn():
    torch.manual_seed(0)
    return RNN(hidden_size=24)


def test_terms_and_constant_add_up_to_the_networks_own_answer(rnn):
    for name in NAMES:
        terms, constant = letter_terms(rnn, name)
        assert terms.shape == (len(name), 18)
        log_p = rnn(*encode([name]))[0]
        torch.testing.assert_close((constant + terms.sum(dim=0)).log_softmax(dim=0), log_p.double(), rtol=0, atol=1e-5)
        torch.testing.assert_close(logits(rnn, name).log_softmax(dim=0), log_p, rtol=0, atol=1e-5)
    assert largest_error(rnn, NAMES) < 1e-5
    assert largest_error(rnn.double(), NAMES) < 1e-13  # only rounding is left


def test_a_term_is_the_letters_own_wherever_it_stands_from_the_end(rnn):
    terms, constant = letter_terms(rnn, "Kira")
    other, same = letter_terms(rnn, "Lira")
    longer, _ = letter_terms(rnn, "Vladimira")
    assert torch.equal(terms[1:], other[1:]) and torch.equal(constant, same)
    assert not torch.allclose(terms[0], other[0])
    assert torch.equal(terms[1:], longer[-3:])


def test_an_activation_on_the_recurrence_breaks_it(rnn):
    """The measure of the error can fail: the same network with tanh is not additive."""
    linear = rnn.i2h.forward
    rnn.i2h.forward = lambda seen: linear(seen).tanh()
    assert largest_error(rnn, NAMES) > 1e-3
