"""namelib.experiments.long_lag: what the generator draws, and what a run says of who falls where."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from namelib.experiments import long_lag
from namelib.experiments.long_lag import (
    CLASSES,
    LEARNING_RATES,
    SYMBOLS,
    VARIANTS,
    compare_mastered,
    draw,
    run_long_lag,
    train_and_score,
    tune_learning_rate,
)  # fmt: skip
from namelib.experiments.variants import LSTM

SMALL = {"lengths": (2, 40), "seeds": (0, 1, 2), "parameters": 600, "steps": 150, "workers": 1}


def sequences(length: int, count: int = 4000) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return draw(length, count, [torch.Generator().manual_seed(seed) for seed in (0, 1)])


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    torch.set_num_threads(1)  # several would only get into each other's way at these sizes


@pytest.fixture(scope="module")
def small():
    return run_long_lag(**SMALL)


def test_the_label_is_the_first_symbol():
    letters, lengths, labels = sequences(7)
    assert letters.shape == (2, 4000, 7)
    assert (lengths == 7).all()
    assert (letters[:, :, 0] == labels).all()
    assert set(labels.unique().tolist()) == set(range(CLASSES))
    assert sequences(1)[0].shape == (2, 4000, 1)


def test_what_follows_says_nothing_of_the_label():
    """No class symbol among the distractors, and every distractor as often after every class, at every place."""
    letters, _, labels = sequences(6, 60_000)
    assert set(letters[:, :, 1:].unique().tolist()) == set(range(CLASSES, SYMBOLS))
    for label in range(CLASSES):
        follow = letters[labels == label][:, 1:]  # (sequences, 5)
        for place in follow.T:
            shares = torch.bincount(place, minlength=SYMBOLS)[CLASSES:] / len(place)
            assert (shares - 1 / (SYMBOLS - CLASSES)).abs().max() < 0.01
    assert (torch.bincount(labels.flatten()) / labels.numel() - 1 / CLASSES).abs().max() < 0.01


def test_every_draw_and_every_seed_differs():
    generators = [torch.Generator().manual_seed(seed) for seed in (0, 1)]
    first, second = draw(9, 50, generators)[0], draw(9, 50, generators)[0]
    assert not (first == second).all()
    assert not (first[0] == first[1]).all()
    with pytest.raises(ValueError, match="length=0"):
        draw(0, 5, generators)


def test_short_sequences_are_learned_and_long_ones_are_not(small):
    """At two symbols every network finds the class; at forty, after so few steps, the LSTM does not."""
    for name, curve in small["curves"].items():
        assert curve["length"] == [2, 40]
        assert curve["mean"][0] > 0.9, name
    lstm = small["variants"]["lstm"]
    assert lstm["falls_at"] == 40
    assert lstm["mastered"] == [2, 2, 2]


def test_summaries_follow_from_the_values(small):
    json.dumps(small, allow_nan=False)
    assert small["chance"] == 1 / CLASSES
    for name, curve in small["curves"].items():
        found = small["variants"][name]
        assert curve["mean"] == pytest.approx(np.mean(curve["values"], axis=1))
        at_chance = [n for n, low in zip(curve["length"], curve["low"], strict=True) if low <= small["chance"]]
        assert found["falls_at"] == (at_chance[0] if at_chance else None)
        assert 0.9 * 600 < found["parameters"] < 1.1 * 600
        assert found["seconds"] > 0
    assert {name: found["forget_bias"] for name, found in small["variants"].items() if found["forget_bias"]} == {
        "lstm_forget_bias": 1.0
    }


def test_same_numbers_alone_and_side_by_side(small):
    again = run_long_lag(**SMALL | {"workers": 2})
    assert again["curves"] == small["curves"]
    assert run_long_lag(**SMALL | {"seeds": (3, 4, 5)})["curves"] != small["curves"]


def test_what_has_learned_nothing_is_at_chance():
    scores = train_and_score(replace(LSTM, hidden_size=8), 1e-9, 5, (0, 1, 2), steps=2, batch_size=16)
    assert np.mean(scores["accuracy"]) == pytest.approx(1 / CLASSES, abs=0.05)


def test_compare_mastered_in_pairs():
    found = {"variants": {"a": {"mastered": [20, 50, 20]}, "b": {"mastered": [10, 40, 10]}}}
    assert compare_mastered(found, "a", "b") == {"mean": 10, "low": 10, "high": 10, "n": 3}
    assert compare_mastered(found, "b", "a")["mean"] == -10


def test_tuned_rates_are_among_those_tried():
    tried = tune_learning_rate((0.001, 0.03), (3,), (9, 10), parameters=600, steps=40, workers=1)
    assert list(tried) == [variant.name for variant in VARIANTS] == list(LEARNING_RATES)
    for accuracies in tried.values():
        assert accuracies[0.03] > accuracies[0.001]
    assert set(LEARNING_RATES.values()) <= set(long_lag.RATES)


def test_progress_goes_up_to_one():
    told = []
    run_long_lag((2, 3), (0, 1), 300, steps=3, workers=1, progress=lambda done, text: told.append((done, text)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == pytest.approx(1)
    assert "symbols, 8 of 8" in told[-1][1]


@pytest.mark.parametrize("seeds", [(0,), (0, 0), ()])
def test_seeds_without_intervals_are_refused(seeds):
    with pytest.raises(ValueError, match="at least two seeds"):
        run_long_lag(seeds=seeds)
