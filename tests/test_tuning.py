"""namelib.experiments.tuning: rates are judged on names the ladder never measures on, and the best wins."""

import numpy as np
import pytest

from namelib import load_names
from namelib.data import spelling
from namelib.experiments import ladder, long_lag, tuning
from namelib.experiments.stacked_training import StackedNames
from namelib.experiments.variants import LSTM, TANH_RNN

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = {"hidden_size": 4, "epochs": 1, "batch_size": 32, "workers": 1}


@pytest.fixture(scope="module")
def data(few_names):
    return load_names(few_names)


def test_climbing_ends_where_both_neighbours_are_worse():
    peaks, asked = {"lstm": 0.128, "tanh_rnn": 0.008}, []

    def measure(trials):
        asked.extend((variant.name, rate) for variant, rate in trials)
        return [-abs(np.log2(rate / peaks[variant.name])) for variant, rate in trials]

    tried = tuning.climb([LSTM, TANH_RNN], measure, start=0.016)
    assert {name: sorted(rates) for name, rates in tried.items()} == {
        "lstm": [0.008, 0.016, 0.032, 0.064, 0.128, 0.256],
        "tanh_rnn": [0.004, 0.008, 0.016, 0.032],
    }
    assert tuning.best_rates(tried) == peaks
    assert len(asked) == len(set(asked)) == 10
    level = tuning.climb([LSTM], lambda trials: [1.0] * len(trials), start=0.016)
    assert tuning.best_rates(level) == {"lstm": 0.016}


def test_rates_are_judged_on_names_that_the_ladder_never_measures_on(data, monkeypatch):
    seen = []
    stack = StackedNames.of
    monkeypatch.setattr(StackedNames, "of", lambda splits: seen.append(splits) or stack(splits))
    tried = tuning.tune_ladder(data, seeds=(7, 8), **SMALL)
    assert list(tried) == list(ladder.LEARNING_RATES)
    measured = {spelling(name) for seed in range(50) for name in ladder.folds(data, [seed])[0][1].names}
    for training, judges in zip(seen[::2], seen[1::2], strict=True):
        for names in judges:
            judged = set(map(spelling, names.names))
            assert len(judged) > 10
            assert not judged & measured
            assert not judged & set(map(spelling, training[0].names))
    assert len(measured) == len(set(map(spelling, data.names)) - judged)  # all others take their turn


def test_long_lag_is_tuned_on_seeds_of_its_own():
    tried = tuning.tune_long_lag((3,), parameters=300, steps=10, workers=1)
    assert list(tried) == list(long_lag.LEARNING_RATES)
    for name, rate in tuning.best_rates(tried).items():
        assert {rate / 2, rate, 2 * rate} <= tried[name].keys()
    assert min(tuning.SEEDS) >= 100  # the notebook's are 0 to 4


def test_the_rates_in_use_are_of_the_grid():
    for rates in (ladder.LEARNING_RATES, long_lag.LEARNING_RATES):
        assert all(np.log2(rate / tuning.START) % 1 == 0 for rate in rates.values())
