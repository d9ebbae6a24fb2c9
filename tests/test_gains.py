"""notebooks.why_lstm.gains: counts of right and confused surnames, known by hand."""

import numpy as np
import pytest

from namelib.data import Names
from notebooks.why_lstm.folds import TEST_TO_TRAIN
from notebooks.why_lstm.gains import by_length, lead_by_length, separated_pairs
from notebooks.why_lstm.statistics import summary


def of_lengths(*lengths: int) -> Names:
    """Surnames of these lengths, all of the first language."""
    return Names(
        ["a" * length for length in lengths], np.zeros(len(lengths), dtype=int), ["x", "y"]
    )


def wide(result: dict) -> dict:
    """The summary, whose interval is as wide as splits of the same surnames make it."""
    assert result == summary(result["values"], TEST_TO_TRAIN)
    return result


def test_accuracy_at_each_length_is_counted_by_seed():
    predicted = {
        "linear": [np.array([0, 1, 1, 1])] * 2,
        "lstm": [np.array([0, 0, 0, 1]), np.zeros(4, dtype=int)],
    }
    short, long = by_length(predicted, [of_lengths(3, 3, 5, 5), of_lengths(3, 5, 5, 5)])
    assert (short["label"], long["label"]) == ("≤3", "≥5")
    assert wide(short["accuracy"]["linear"])["values"] == [0.5, 1]
    assert wide(long["accuracy"]["lstm"])["values"] == [0.5, 1]


def test_the_rarest_lengths_share_a_row():
    unseen = [of_lengths(1, *49 * [4], *9 * [5], *49 * [6], 30)] * 2
    rows = by_length({"lstm": [unseen[0].labels] * 2}, unseen)
    assert [row["label"] for row in rows] == ["≤4", "5", "≥6"]


def test_confusions_count_both_ways_and_the_pair_with_the_largest_change_comes_first():
    unseen = [Names(list("abcdef"), np.array([0, 0, 1, 1, 2, 2]), ["x", "y", "z"])] * 2
    predicted = {
        # x-y: three, x-z: one
        "linear": [np.array([1, 1, 0, 1, 2, 0])] * 2,
        "tanh": [np.array([1, 0, 1, 1, 2, 0])] * 2,
        "lstm": [np.array([0, 0, 1, 1, 2, 0])] * 2,
    }
    first, *others = separated_pairs(predicted, unseen)
    assert first["languages"] == ["x", "y"]
    assert {key: row["mean"] for key, row in first["confused"].items()} == {
        "linear": 3,
        "tanh": 1,
        "lstm": 0,
    }
    assert [row["confused"]["lstm"]["mean"] for row in others] == [1, 0]
    predicted["lstm"][1] = np.array([0, 1, 1, 1, 2, 0])  # another number in the other seed
    assert wide(separated_pairs(predicted, unseen)[0]["confused"]["lstm"])["values"] == [0, 1]


def test_the_lead_by_length_is_the_slope_that_was_put_in():
    """Of ten names of length l the LSTM gets l right, or 2 l in seed 2; the tanh RNN one."""
    unseen = [of_lengths(*np.repeat([1, 2, 3, 4, 5], 10))] * 2
    right = {
        "lstm": [
            [k < step * length for length in range(1, 6) for k in range(10)] for step in (1, 2)
        ],
        "tanh": 2 * [[k < 1 for _ in range(1, 6) for k in range(10)]],
    }
    predicted = {
        key: [1 - np.array(of_seed).astype(int) for of_seed in of_seeds]
        for key, of_seeds in right.items()
    }
    lead = lead_by_length(predicted, unseen)
    assert wide(lead)["values"] == pytest.approx([0.1, 0.2])
    turned = {"lstm": predicted["tanh"], "tanh": predicted["lstm"]}
    assert lead_by_length(turned, unseen)["values"] == pytest.approx([-0.1, -0.2])
    alike = [of_lengths(*50 * [3])] * 2
    assert lead_by_length(predicted, alike)["values"] == [0, 0], "one length, no slope"
