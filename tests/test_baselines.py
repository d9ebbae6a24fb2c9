"""What a network has to beat is measured on the same names, the same way."""

import numpy as np
import pytest

from namelib import Names
from namelib.evaluation import Metrics
from notebooks.why_lstm.baselines import char_ngrams, in_lists


def test_ngrams_are_deterministic_and_beat_the_commonest_language(split):
    first, second = char_ngrams(*split), char_ngrams(*split)
    assert np.array_equal(first.log_probabilities, second.log_probabilities)
    assert np.exp(first.log_probabilities).sum(axis=1) == pytest.approx(1)
    counts, shares = split[1].counts, split[0].counts / len(split[0])
    # of who knows the shares only
    assert first.summary()["loss"] < -(counts @ np.log(shares)) / counts.sum()
    assert first.summary()["accuracy"] > counts.max() / counts.sum() + 0.2
    assert first.summary()["balanced_accuracy"] > 1 / len(counts) + 0.2


def test_longer_groups_tell_more(split):
    assert (
        char_ngrams(*split).summary()["accuracy"]
        > char_ngrams(*split, longest=1).summary()["accuracy"] + 0.05
    )


def test_labels_stay_in_place_when_a_language_has_no_training_name():
    train = Names(
        ["kim", "lee", "rossi", "russo"], np.array([2, 2, 0, 0]), ["Italian", "Japanese", "Korean"]
    )
    answer = char_ngrams(train, Names(["kim", "rossi"], np.array([2, 0]), train.languages))
    assert answer.predicted.tolist() == [2, 0]
    assert (
        10
        < char_ngrams(train, Names(["aoi"], np.array([1]), train.languages)).summary()["loss"]
        < np.inf
    )


def test_any_list_that_has_the_name_is_a_right_answer():
    languages = ["English", "Irish", "Scottish"]
    data = Names(["Murphy", "Murphy", "Kelly"], np.array([0, 1, 1]), languages)
    asked = Names(["MURPHY", "Murphy", "Kelly", "Kelly"], np.array([0, 0, 1, 1]), languages)
    answers = np.log(np.eye(3)[[1, 2, 1, 0]] * 0.8 + 0.1)  # Irish, Scottish, Irish, English
    metrics = Metrics(asked, answers)
    assert metrics.summary()["accuracy"] == 0.25
    assert in_lists(metrics, data) == 0.5, "Murphy is Irish, too"
