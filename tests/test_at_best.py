"""notebooks.why_lstm.at_best: every row is the training that it names, at its chosen rate."""

import json
from itertools import product

import pytest

from notebooks.why_lstm.at_best import REGULARISERS, Depth, run
from notebooks.why_lstm.budgets import accuracies, trained
from notebooks.why_lstm.folds import folds

TINY = Depth((0, 1), (3,), (5,), hidden_size=8)


@pytest.fixture(scope="module")
def rows(some):
    return json.loads(json.dumps(run(some, TINY, workers=1), allow_nan=False))["rows"]


def test_every_setting_is_there_once_and_the_large_ones_are_larger(rows):
    settings = [(row["network"], row["size"], row["regularisers"], row["epochs"]) for row in rows]
    assert sorted(settings) == sorted(
        product(("tanh", "lstm"), ("small", "large"), REGULARISERS, TINY.epochs)
    )
    sizes = {
        size: [row["parameters"] for row in rows if row["size"] == size]
        for size in ("small", "large")
    }
    assert max(sizes["small"]) < min(sizes["large"])


def test_every_rate_is_the_best_on_development_names_and_no_edge(rows):
    for row in rows:
        rates = {float(rate): value for rate, value in row["tried"].items()}
        assert rates[row["rate"]] == max(rates.values())
        assert min(rates) < row["rate"] < max(rates)


def test_a_row_is_the_training_that_it_names(some, rows):
    """Repeated by hand, with its size, regularisers and rate: the same accuracies."""
    seen, unseen = zip(*folds(some, TINY.seeds), strict=True)
    for row in (rows[1], rows[-1]):
        networks = trained(
            seen,
            TINY.seeds,
            row["rate"],
            row["network"],
            row["epochs"],
            TINY.hidden_size,
            large=row["size"] == "large",
            regularisers=REGULARISERS[row["regularisers"]],
        )
        assert accuracies(networks, seen, unseen) == {
            which: row[which] for which in ("unseen", "seen")
        }


def test_the_regularisers_are_none_those_of_chapter_2_and_these_with_dropout():
    none, regularised, dropout = REGULARISERS.values()
    assert none.label_smoothing == none.next_letter == none.recurrent_dropout == 0
    assert (
        regularised.label_smoothing
        and regularised.next_letter
        and not regularised.recurrent_dropout
    )
    assert dropout.recurrent_dropout
