"""The rows of the benchmarks: their numbers are those of what ran; a fake clock and fake runs say which."""

import json
from types import SimpleNamespace

import pytest
from benchmarks import time_to_accuracy
from benchmarks.contenders import CONTENDERS, LSTM, RNN
from benchmarks.measuring import Setting, calls

from namelib import History
from namelib.runs import RECORDED

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = Setting(repeats=2, quick=True)


def test_calls_are_what_one_unit_takes():
    assert calls([10.0, 20.0], [2.0, 4.0]) == pytest.approx(0.2) and calls([1.0], [3.0]) == 1.0


def test_networks_train_as_their_notebooks_do():
    for contender in CONTENDERS:
        said = contender.parameters
        original, mini_batch = contender.original(7), contender.mini_batch(epochs=3)
        assert original.steps == 7 and original.learning_rate == said["learning_rate"]
        assert mini_batch.epochs == 3 and mini_batch.batch_size == said["batch_size"]
        assert mini_batch.learning_rate == said["mini_batch_learning_rate"] != said["learning_rate"]
        assert contender.make(4).hidden_size == said["hidden_size"] == contender.network.hidden_size
    assert LSTM.mini_batch().recurrent_dropout == LSTM.parameters["recurrent_dropout"] > 0


def test_time_is_that_of_the_fewest_epochs_that_end_where_the_loop_ends(monkeypatch, clock):
    goal = {"balanced_accuracy": 0.55}
    monkeypatch.setattr(time_to_accuracy, "train_batch_one", clock.takes(100.0))
    monkeypatch.setattr(
        time_to_accuracy, "evaluate_peer", clock.takes(50.0, SimpleNamespace(summary=lambda: goal))
    )  # not counted

    def fit(model, train, valid, recipe, seed):
        assert recipe.balance == 1.0 and recipe.recurrent_dropout == recipe.next_letter == 0.0
        reached = 0.5 + 0.025 * recipe.epochs
        return History(elapsed=[1.0, 2.0 * recipe.epochs], valid_balanced_accuracy=[0.9, reached])

    monkeypatch.setattr(time_to_accuracy, "fit", fit)
    line = time_to_accuracy.line(RNN, QUICK)
    assert line.case == "RNN · 2 epochs" and line.samples == {"ours": [4.0], "tutorial's loop": [100.0]}
    goal["balanced_accuracy"] = 0.6
    assert time_to_accuracy.line(RNN, QUICK).samples["ours"] == [], "it did not get there"


def test_the_recorded_choices_are_those_of_the_notebooks_recipe():
    recorded = json.loads((RECORDED / "recipe.json").read_text(encoding="utf-8"))["chosen"]["recipe"]
    now = vars(LSTM.mini_batch())
    assert {name: float(value) for name, value in recorded.items()} == {name: now[name] for name in recorded}
