"""namelib.experiments.tuning: no validation name takes part, every network is tried alike, and the best rate wins."""

import pytest
import torch

from namelib import load_names, split_names
from namelib.data import spelling
from namelib.experiments import ladder, long_lag, tuning
from namelib.experiments.stacked_training import StackedNames


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    torch.set_num_threads(1)  # several would only get into each other's way at these sizes


@pytest.fixture(scope="module")
def data(few_names):
    return load_names(few_names)


def test_tuning_never_sees_a_validation_name(data, monkeypatch):
    """Of no seed: neither in training nor in measuring."""
    seen = []
    stack = StackedNames.of
    monkeypatch.setattr(StackedNames, "of", lambda splits: seen.extend(splits) or stack(splits))
    seeds, rates = (0, 1), (0.001, 0.03)
    found = tuning.tune_ladder(data, rates, seeds, hidden_size=8, epochs=1, batch_size=8, workers=1)
    assert list(found) == list(ladder.LEARNING_RATES)
    assert all(list(tried) == list(rates) for tried in found.values())
    held_out = {spelling(name) for seed in seeds for name in split_names(data, ladder.VALID_FRACTION, seed)[1].names}
    assert len(seen) == 4
    for names in seen:
        assert len(names) > 10
        assert not held_out & set(map(spelling, names.names))


def test_what_is_always_training_is_all_that_is(data):
    parts = [set(split_names(data, ladder.VALID_FRACTION, seed)[0].names) for seed in tuning.SEEDS]
    assert set(tuning.always_training(data).names) == set.intersection(*parts)


def test_as_many_batches_as_on_the_ladder(data, monkeypatch):
    asked = {}
    monkeypatch.setattr(ladder, "train_all", lambda trials, folds, seeds, epochs, *_: asked.update(
        epochs=epochs, names=len(folds[0][0])) or [])  # fmt: skip
    with pytest.raises(ValueError, match="argument 2 is shorter"):  # nothing was trained
        tuning.tune_ladder(data, (0.01,), epochs=4)
    read = asked["epochs"] * asked["names"]
    assert read == pytest.approx(4 * len(split_names(data, ladder.VALID_FRACTION, 0)[0]), rel=0.2)


def test_long_lag_is_tuned_on_sequences_of_its_own():
    tried = tuning.tune_long_lag((0.001, 0.03), (3,), (9, 10), parameters=600, steps=40, workers=1)
    assert list(tried) == list(long_lag.LEARNING_RATES)
    for accuracies in tried.values():
        assert accuracies[0.03] > accuracies[0.001]


def test_the_best_rate_wins():
    assert tuning.best_rates({"a": {0.1: 0.5, 0.2: 0.6, 0.4: 0.6}, "b": {0.1: 0.9, 0.2: 0.6}}) == {"a": 0.2, "b": 0.1}


def test_the_rates_in_use_lie_inside_the_grid():
    """At an edge a wider grid might have found a better one."""
    for rates in (ladder.LEARNING_RATES, long_lag.LEARNING_RATES):
        assert set(rates.values()) <= set(tuning.RATES[1:-1])
