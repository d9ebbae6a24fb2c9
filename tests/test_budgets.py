"""notebooks.why_lstm.budgets: every network at every budget; rates tuned apart from results."""

import json
import math

import numpy as np
import pytest

from notebooks.why_lstm import at_best, budgets, cue_task
from notebooks.why_lstm.budgets import EXAMINED, STARTING_RATES, Depth, recorded_rate, run, tuned
from notebooks.why_lstm.folds import folds
from notebooks.why_lstm.stacked_training import StackedNames, accuracy

TINY = Depth((0, 1), (1, 2), (*EXAMINED, "gate", "gru"), quadruples=20, hidden_size=8)


@pytest.fixture(scope="module")
def result(some):
    return run(some, TINY, workers=1)


def test_the_result_is_whole_and_ready_for_json(result):
    result, kept = result
    assert json.loads(json.dumps(result, allow_nan=False))["scores"].keys() == set(TINY.networks)
    assert {key: set(of) for key, of in result["scores"].items()} == {
        key: {"1", "2"} for key in TINY.networks
    }
    assert {epochs: set(of) for epochs, of in kept.items()} == {1: set(EXAMINED), 2: set(EXAMINED)}
    sizes = [of["parameters"] for of in result["networks"].values()]
    assert max(sizes) < 1.2 * min(sizes)
    shares = {key: of["2"]["interaction"]["mean"] for key, of in result["scores"].items()}
    assert shares["linear"] < 1e-9 < min(share for key, share in shares.items() if key != "linear")


def test_the_networks_that_are_kept_are_those_that_were_measured(some, result):
    result, kept = result
    seen, unseen = (StackedNames.of(names) for names in zip(*folds(some, TINY.seeds), strict=True))
    for epochs, key in ((1, "tanh"), (2, "lstm")):
        row = result["scores"][key][str(epochs)]
        assert row["unseen"]["values"] == accuracy(kept[epochs][key], unseen)
        assert row["seen"]["values"] == accuracy(kept[epochs][key], seen)


def test_rates_are_tuned_on_development_names_alone(some):
    """Whatever the seeds of the results are, the same rates are tried with the same success."""
    tried_rates = []
    for seeds in ((0, 1), (2, 3)):
        depth = Depth(seeds, (1,), ("tanh",), development_seeds=(5,), quadruples=5, hidden_size=8)
        result, _ = run(some, depth, workers=1)
        row = result["scores"]["tanh"]["1"]
        assert result["tuning"]["seconds"] > 0
        rates = [float(rate) for rate in row["tried"]]
        assert rates[0] < row["rate"] < rates[-1]
        assert row["tried"][str(row["rate"])] == max(row["tried"].values())
        tried_rates.append(row["tried"])
    assert tried_rates[0] == tried_rates[1]


@pytest.mark.parametrize("depth", [budgets.FULL, at_best.FULL])
def test_no_seed_chooses_and_measures(depth):
    assert depth.development_seeds and not set(depth.development_seeds) & set(depth.seeds)
    assert not set(cue_task.FULL.tuning_seeds) & set(cue_task.FULL.seeds)


def test_this_run_is_a_replication_with_seeds_of_its_own():
    for experiment in (budgets, cue_task):
        for depth in (experiment.QUICK, experiment.DEFAULT):
            assert not set(depth.seeds) & set(experiment.FULL.seeds)


def test_the_higher_of_two_tops_is_found(some, monkeypatch):
    """The lower one is around the rate at which the network trains well in few epochs."""
    tops = {0.008: 0.6, 0.128: 0.7}

    def heights(*_, **__):
        return [
            max(top - abs(math.log2(rate / at)) / 10 for at, top in tops.items())
            for rate in np.repeat(depth.rates, 2)
        ]

    monkeypatch.setattr(budgets, "trained", lambda *_, **__: None)
    monkeypatch.setattr(budgets, "accuracy", heights)
    depth = Depth((0, 1), (1,), ("tanh",), development_seeds=(5, 6))
    tried, _ = tuned(some, depth, [("tanh", 1)], [1], 1, None)
    assert budgets.best_rate(tried["tanh", 1]) == 0.128
    assert list(tried["tanh", 1]) == [0.001 * 2**k for k in range(9)]


def test_recorded_rates_are_taken_from_the_nearest_budget():
    recorded = {
        "scores": {"lstm": {"1": {"rate": 0.5}, "4": {"rate": 0.25}, "16": {"rate": 0.125}}}
    }
    assert [recorded_rate(recorded, "lstm", epochs) for epochs in (1, 3, 7, 9, 100)] == [
        0.5,
        0.25,
        0.25,
        0.125,
        0.125,
    ]
    assert (
        recorded_rate(recorded, "tanh", 4)
        == recorded_rate(None, "tanh", 1)
        == STARTING_RATES["tanh"]
    )
