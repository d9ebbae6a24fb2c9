"""What a network has to beat is measured on the same names, the same way."""

import numpy as np
import pytest

from namelib import Names
from notebooks.why_lstm.baselines import char_ngrams, majority


def test_majority_is_right_for_the_commonest_training_language():
    train = Names(["a", "b", "c", "d"], np.array([1, 1, 1, 2]), ["Czech", "Irish", "Korean"])
    valid = Names(["e", "f", "g", "h", "i"], np.array([1, 1, 2, 2, 2]), train.languages)
    guess = majority(train, valid)
    assert guess.predicted.tolist() == [1] * 5
    assert guess.summary()["accuracy"] == 2 / 5 and guess.summary()["balanced_accuracy"] == 1 / 2
    assert guess.summary()["loss"] == pytest.approx(-(2 * np.log(3 / 4) + 3 * np.log(1 / 4)) / 5)


def test_a_language_without_training_names_costs_much_but_not_everything():
    train = Names(["a", "b"], np.array([0, 0]), ["Czech", "Irish"])
    assert 10 < majority(train, Names(["c"], np.array([1]), train.languages)).summary()["loss"] < np.inf


def test_ngrams_are_deterministic_and_beat_the_majority(split):
    first, second = char_ngrams(*split), char_ngrams(*split)
    assert np.array_equal(first.log_probabilities, second.log_probabilities)
    assert np.exp(first.log_probabilities).sum(axis=1) == pytest.approx(1)
    common, counted = majority(*split).summary(), first.summary()
    assert counted["accuracy"] > common["accuracy"] + 0.2
    assert counted["balanced_accuracy"] > common["balanced_accuracy"] + 0.2
    assert counted["loss"] < common["loss"]


def test_longer_groups_tell_more(split):
    assert char_ngrams(*split).summary()["accuracy"] > char_ngrams(*split, longest=1).summary()["accuracy"] + 0.05


def test_labels_stay_in_place_when_a_language_has_no_training_name():
    train = Names(["kim", "lee", "rossi", "russo"], np.array([2, 2, 0, 0]), ["Italian", "Japanese", "Korean"])
    answer = char_ngrams(train, Names(["kim", "rossi"], np.array([2, 0]), train.languages))
    assert answer.predicted.tolist() == [2, 0]
    assert 10 < char_ngrams(train, Names(["aoi"], np.array([1]), train.languages)).summary()["loss"] < np.inf
