"""namelib.experiments.gains: every count and test against cases worked out by hand or in a book."""

import json

import numpy as np
import pytest

from namelib.data import Names
from namelib.evaluation import Metrics
from namelib.experiments.gains import by_length, ceiling, gains, holm, longer, mcnemar, pairs, share

NAMES = ["Abe", "Anna", "Bo", "Berta", "Carla", "Cc", "Anton", "Bobby"]
LABELS = np.array([0, 0, 1, 1, 2, 2, 0, 1])


def metrics(predicted, names=None):
    data = Names(names or NAMES, LABELS, ["A", "B", "C"])
    p = np.full((len(LABELS), 3), 0.1)
    p[np.arange(len(LABELS)), predicted] = 0.8
    return Metrics(data, np.log(p))


RNN = metrics([1, 1, 0, 1, 2, 0, 1, 1])  # A->B three times, B->A once, C->A once
LSTM = metrics([0, 1, 1, 1, 1, 2, 0, 1])  # A->B once, C->B once


def test_wilson_interval_of_eight_in_ten():
    found = share(8, 10)
    assert (found["mean"], found["n"]) == (0.8, 10)
    assert found["low"] == pytest.approx(0.4901625, abs=1e-6)
    assert found["high"] == pytest.approx(0.9433178, abs=1e-6)


def test_exact_mcnemar():
    assert mcnemar(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 2**12)
    assert mcnemar(2, 10) == mcnemar(10, 2)
    assert mcnemar(0, 0) == 1.0


def test_holm_by_hand():
    np.testing.assert_allclose(holm(np.array([0.01, 0.04, 0.03, 0.005])), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm(np.array([0.9, 0.5])), [1.0, 1.0])


def test_overall_and_the_names_behind_it():
    found = json.loads(json.dumps(gains(RNN, LSTM), allow_nan=False))
    assert (found["overall"]["only_lstm"], found["overall"]["only_rnn"]) == (4, 1)
    assert found["overall"]["gain"]["mean"] == pytest.approx(100 * 3 / 8)
    assert found["overall"]["p"] == pytest.approx(2 * 6 / 2**5)
    assert {row["name"] for row in found["only_lstm"]} == {"Abe", "Bo", "Cc", "Anton"}
    assert [(row["name"], row["language"], row["instead"]) for row in found["only_rnn"]] == [("Carla", "C", "B")]


def test_the_names_on_which_the_networks_differ_most_come_first():
    unsure = metrics([0, 1, 1, 1, 1, 2, 0, 1])
    unsure.log_probabilities[6] = np.log([0.34, 0.33, 0.33])  # Anton
    unsure.log_probabilities[0] = np.log([0.9, 0.05, 0.05])  # Abe
    rows = gains(RNN, unsure)["only_lstm"]
    assert (rows[0]["name"], rows[-1]["name"]) == ("Abe", "Anton")
    assert (rows[0]["probability"], rows[0]["other_probability"]) == (pytest.approx(0.9), pytest.approx(0.1))
    assert [row["name"] for row in gains(RNN, unsure, most=1)["only_lstm"]] == ["Abe"]


def test_pairs_count_both_ways_and_are_tested_together():
    found = {tuple(row["languages"]): row for row in pairs(RNN, LSTM)}
    assert set(found) == {("A", "B"), ("A", "C"), ("B", "C")}
    assert (found["A", "B"]["rnn"], found["A", "B"]["lstm"]) == (4, 1)
    assert (found["A", "B"]["only_rnn"], found["A", "B"]["only_lstm"]) == (3, 0)
    assert found["A", "B"]["p"] == pytest.approx(2 / 2**3)
    assert found["A", "B"]["p_holm"] == pytest.approx(0.75)
    assert (found["B", "C"]["rnn"], found["B", "C"]["lstm"]) == (0, 1)
    assert next(iter(found)) == ("A", "B")  # the most untangled first
    assert list(found)[-1] == ("B", "C")


def test_by_length_counts_every_name_once():
    names = ["x" * length for length in (1, 2, 3, 3, 4, 4, 4, 9)]
    data = Names(names * 20, np.tile(LABELS, 20), ["A", "B", "C"])
    rows = by_length(data, np.tile([1, 1, 0, 1, 1, 1, 0, 0], 20).astype(bool))
    assert [(row["label"], row["n"], row["mean"]) for row in rows] == [
        ("1", 20, 1.0), ("2", 20, 1.0), ("3", 40, 0.5), ("4", 60, pytest.approx(2 / 3)), ("9", 20, 0.0),
    ]  # fmt: skip


def test_by_length_puts_the_rare_ends_together():
    names = ["x"] + ["xx"] * 3 + ["xxx"] * 60 + ["xxxx"] * 60 + ["x" * 8] * 3 + ["x" * 20]
    rows = by_length(Names(names, np.zeros(len(names), int), ["A"]), np.ones(len(names), bool))
    assert [(row["label"], row["n"]) for row in rows] == [("≤2", 4), ("3", 60), ("4", 60), ("≥8", 4)]


def test_gain_on_longer_names():
    data = Names(["ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghi"], LABELS[:6], ["A", "B", "C"])
    assert longer(data, np.array([0.0, 0.0, 100.0, 100.0, 0.0, 100.0])) == pytest.approx(200 / 3 - 100 / 3)
    with pytest.raises(ValueError, match="one length"):
        longer(Names(["ab"] * 6, LABELS[:6], ["A", "B", "C"]), np.zeros(6))


def test_ceiling_of_shared_spellings():
    # `lee` is 3 x A, 1 x B, 1 x C; A has 6 rows, B 2, C 1
    names = ["Lee", "lee", "LEE", "Ann", "Amy", "Ada", "Lee", "Bob", "Lee"]
    found = ceiling(Names(names, np.array([0, 0, 0, 0, 0, 0, 1, 1, 2]), ["A", "B", "C", "none"]))
    assert found["accuracy"] == pytest.approx(7 / 9)
    assert found["balanced_accuracy"] == pytest.approx((3 / 6 + 1 / 2 + 1) / 3)
    assert (found["shared"], found["spellings"]) == (1, 5)


def test_answers_for_different_names_are_refused():
    with pytest.raises(ValueError, match="different names"):
        gains(RNN, metrics([0] * 8, names=[*NAMES[:-1], "Other"]))
