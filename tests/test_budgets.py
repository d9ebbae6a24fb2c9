"""notebooks.why_lstm.budgets: every network at every budget, rates tuned apart from what is measured."""

import json

import numpy as np
import pytest

from notebooks.why_lstm import budgets
from notebooks.why_lstm.budgets import CORE, KEPT, Depth, recorded_rate, run

TINY = Depth((0, 1), ((CORE, (1, 2)), (("lstm_regularised",), (2,))), hidden_size=8)


@pytest.fixture(scope="module")
def result(some):
    return run(some, TINY, workers=1)


def test_the_result_is_whole_and_ready_for_json(result):
    result, networks = result
    assert json.loads(json.dumps(result, allow_nan=False))["scores"].keys() == {*CORE, "lstm_regularised"}
    assert {key: set(of) for key, of in result["scores"].items()} == {
        **{key: {"1", "2"} for key in CORE}, "lstm_regularised": {"2"},
    }  # fmt: skip
    assert set(networks) == set(KEPT)
    sizes = [of["parameters"] for of in result["networks"].values()]
    assert max(sizes) < 1.2 * min(sizes)


def test_a_difference_is_one_in_pairs(result):
    result, _ = result
    values = {key: result["scores"][key]["2"]["unseen"]["values"] for key in CORE}
    (one,) = (
        of for of in result["differences"] if (of["network"], of["other"], of["epochs"]) == ("carry_gate", "gate", 2)
    )
    assert one["accuracy"]["values"] == np.subtract(values["carry_gate"], values["gate"]).tolist()


def test_rates_are_tuned_on_development_names_alone(some, monkeypatch):
    """Whatever the results' names are, the same rates are tried with the same success."""
    fold = budgets.development_fold(some)
    tried = []
    for seeds in ((0, 1), (2, 3)):
        depth = Depth(seeds, (), development_seeds=(5,), hidden_size=8)
        one = budgets.measure("tanh", 1, fold, budgets.folds(some, seeds), depth, 0.01, keep=False)
        rates = [float(rate) for rate in one["tried"]]
        assert rates[0] < one["rate"] < rates[-1]
        assert one["tried"][str(one["rate"])] == max(one["tried"].values())
        tried.append(one["tried"])
    assert tried[0] == tried[1]


def test_recorded_rates_are_taken_from_the_nearest_budget():
    recorded = {"scores": {"lstm": {"1": {"rate": 0.5}, "4": {"rate": 0.25}, "16": {"rate": 0.125}}}}
    assert [recorded_rate(recorded, "lstm", epochs) for epochs in (1, 3, 7, 9, 100)] == [0.5, 0.25, 0.25, 0.125, 0.125]
    assert recorded_rate(recorded, "tanh", 4) == recorded_rate(None, "tanh", 1) == budgets.STARTING_RATES["tanh"]
