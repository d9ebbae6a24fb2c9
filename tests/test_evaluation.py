"""What a network is said to have got right is what it got right."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from namelib import LSTM, RNN, MyLSTM, Names, evaluate, predict, readable
from namelib.evaluation import Metrics

LANGUAGES = ["Czech", "Irish", "Korean"]


def answers(predicted: list[int], labels: list[int]) -> Metrics:
    log_probabilities = np.log(np.full((len(labels), 3), 0.2))
    log_probabilities[np.arange(len(labels)), predicted] = np.log(0.6)
    return Metrics(Names(["x"] * len(labels), np.array(labels), LANGUAGES), log_probabilities)


def test_measures_of_a_case_worked_by_hand():
    metrics = answers(predicted=[0, 2, 1, 1], labels=[0, 0, 0, 1])
    assert metrics.shares.tolist() == [[1 / 3, 1 / 3, 1 / 3], [0, 1, 0], [0, 0, 0]]
    summary = metrics.summary()
    assert summary["accuracy"] == 2 / 4
    # Korean is predicted, but does not occur and does not count
    assert summary["balanced_accuracy"] == pytest.approx((1 / 3 + 1) / 2)
    assert summary["macro_f1"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert summary["loss"] == pytest.approx(-(np.log(0.6) + np.log(0.2)) / 2)


def test_no_warning_when_a_language_is_missing():
    with warnings.catch_warnings():
        # raised here, and not where another test's file is collected
        warnings.simplefilter("error")
        answers(predicted=[1, 2], labels=[0, 0]).summary()


@pytest.mark.parametrize("network", [RNN, LSTM, MyLSTM])
def test_names_are_answered_in_their_order_whatever_their_length(network):
    model = network(hidden_size=8, output_size=3)
    names = ["Li", "Wolfeschlegel", "A", "Kowalski", "", "Ng"] * 200  # more than one batch
    data = Names(names, np.zeros(len(names), dtype=np.int64), LANGUAGES)
    together = evaluate(model, data).log_probabilities
    np.testing.assert_allclose(np.exp(together).sum(axis=1), 1, atol=1e-5)
    for row in range(6):
        alone = evaluate(model, data[[row]]).log_probabilities[0]
        np.testing.assert_allclose(together[row::6], np.tile(alone, (200, 1)), atol=1e-6)


@settings(max_examples=50)
@given(names=st.lists(st.text(max_size=12).filter(readable), max_size=6), top=st.integers(1, 5))
def test_predict_answers_any_readable_text(names, top):
    answered = predict(MyLSTM(hidden_size=4, output_size=3), names, LANGUAGES, top)
    assert len(answered) == len(names)
    for answer in answered:
        probabilities = [probability for _, probability in answer]
        assert len(answer) == min(top, 3) and probabilities == sorted(probabilities, reverse=True)
        assert top < 3 or sum(probabilities) == pytest.approx(1, abs=1e-5)


def test_a_network_for_another_number_of_languages_is_refused_by_name():
    data = Names(["Li"], np.array([0]), LANGUAGES)
    for ask in (
        lambda: evaluate(LSTM(hidden_size=4), data),
        lambda: predict(LSTM(hidden_size=4), ["Li"], LANGUAGES),
    ):
        with pytest.raises(ValueError, match=r"^LSTM: 18 outputs for 3 languages$"):
            ask()


@pytest.mark.parametrize("shift", [-1.0, 0.1])
def test_outputs_whose_probabilities_add_up_to_less_or_more_than_one_are_refused(shift):
    model = RNN(hidden_size=4, output_size=3)
    forward = model.forward
    model.forward = lambda letters, lengths: forward(letters, lengths) + shift
    with pytest.raises(ValueError, match=rf"sums to {np.exp(shift):.3g}, not to 1; end its"):
        predict(model, ["Li"], LANGUAGES)


def test_a_network_that_diverged_is_measured_not_taken_for_one_without_log_softmax():
    model = RNN(hidden_size=4, output_size=3)
    model.i2o.weight.data.fill_(np.nan)
    assert np.isnan(evaluate(model, Names(["Li"], np.array([0]), LANGUAGES)).summary()["loss"])


def test_no_names_have_no_answers():
    assert predict(RNN(hidden_size=4, output_size=3), [], LANGUAGES) == []


@pytest.mark.parametrize("training", [True, False])
def test_evaluation_is_without_dropout_and_leaves_the_network_as_it_was(training):
    model = nn.Sequential(RNN(hidden_size=4, output_size=3), nn.Dropout(), nn.LogSoftmax(dim=1))
    model.forward = lambda letters, lengths: model[2](model[1](model[0](letters, lengths)))
    model.train(training)
    data = Names(["Li", "Ng"], np.array([0, 1]), LANGUAGES)
    first, again = (evaluate(model, data).log_probabilities for _ in range(2))
    assert (first == again).all() and model.training == model[1].training == training
