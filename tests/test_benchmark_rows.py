"""The rows of the benchmarks: their numbers are those of what ran, by a fake clock, fake runs."""

import json

import pytest
from benchmarks.contenders import CONTENDERS, LSTM

from namelib import MiniBatch
from namelib.runs import RECORDED

pytestmark = pytest.mark.usefixtures("one_thread")


def test_networks_train_as_their_notebooks_do():
    for contender in CONTENDERS:
        said = contender.parameters
        original = contender.original(7)
        assert original.steps == 7 and original.learning_rate == said["learning_rate"]
        assert contender.make(4).hidden_size == said["hidden_size"] == contender.network.hidden_size


def test_the_recorded_choices_are_those_of_the_notebooks_recipe():
    recorded = json.loads((RECORDED / "recipe.json").read_text(encoding="utf-8"))["chosen"][
        "recipe"
    ]
    recorded["mini_batch_learning_rate"] = recorded.pop("learning_rate")
    now = {name: LSTM.parameters.get(name, getattr(MiniBatch, name, None)) for name in recorded}
    assert {name: float(value) for name, value in recorded.items()} == now
