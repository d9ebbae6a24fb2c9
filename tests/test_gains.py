"""notebooks.why_lstm.gains: counts of right and confused surnames, known by hand."""

import numpy as np
import pytest

from namelib.data import Names
from notebooks.why_lstm.gains import by_length, language_pairs, longer

LENGTHS = [np.array([3, 3, 5, 5]), np.array([3, 5, 5, 5])]
RIGHT = {
    "linear": [np.array([1, 0, 0, 0]), np.array([1, 0, 0, 0])],
    "tanh": [np.array([1, 0, 1, 0]), np.array([1, 0, 0, 0])],
    "lstm": [np.array([1, 1, 1, 1]), np.array([1, 1, 1, 1])],
}


def test_accuracy_and_gain_at_each_length_are_paired_by_seed():
    short, long = by_length(RIGHT, LENGTHS)
    assert (short["label"], long["label"], short["names"], long["names"]) == ("3", "5", 1.5, 2.5)
    assert short["accuracy"]["linear"]["values"] == [0.5, 1]
    assert long["accuracy"]["tanh"]["values"] == [0.5, 0]
    assert (long["gains"][0]["network"], long["gains"][0]["other"]) == ("lstm", "tanh")
    assert long["gains"][0]["difference"]["values"] == [0.5, 1]


def test_the_rarest_lengths_share_a_row():
    lengths = [np.array([1] + 49 * [4] + 49 * [5] + [30])] * 2
    rows = by_length({key: [np.ones(100)] * 2 for key in RIGHT}, lengths)
    assert [row["label"] for row in rows] == ["≤4", "≥5"]
    assert sum(row["names"] for row in rows) == 100


def test_longer_is_the_gain_on_long_surnames_less_that_on_short_ones():
    found = longer({key: [each[0]] * 2 for key, each in RIGHT.items()}, [LENGTHS[0]] * 2)
    assert found[0]["difference"]["mean"] == pytest.approx((1 - 0.5) - (1 - 0.5))  # lstm - tanh
    assert found[2]["difference"]["mean"] == pytest.approx((0.5 - 0) - (0.5 - 0.5))  # tanh - linear
    assert longer({key: [each[0]] for key, each in RIGHT.items()}, [np.full(4, 3)]) == []


def test_confusions_count_both_ways_and_the_pair_with_the_largest_change_comes_first():
    unseen = [Names(list("abcdef"), np.array([0, 0, 1, 1, 2, 2]), ["x", "y", "z"])] * 2
    predicted = {
        "linear": [np.array([1, 1, 0, 1, 2, 0])] * 2,  # x-y: three, x-z: one
        "tanh": [np.array([1, 0, 1, 1, 2, 0])] * 2,
        "lstm": [np.array([0, 0, 1, 1, 2, 0])] * 2,
    }
    first, *others = language_pairs(predicted, unseen)
    assert first["languages"] == ["x", "y"]
    assert {key: row["mean"] for key, row in first["confused"].items()} == {"linear": 3, "tanh": 1, "lstm": 0}
    assert first["gains"][1]["difference"]["mean"] == -3  # lstm - linear
    assert [row["confused"]["lstm"]["mean"] for row in others] == [1, 0]
