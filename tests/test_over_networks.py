"""namelib.experiments.over_networks: a trained network taken out of its stack, and intervals over networks."""

import numpy as np
import pytest
import torch

from namelib import encode, load_names
from namelib.evaluation import evaluate
from namelib.experiments.gradient_flow import gradient_flow, long_strings
from namelib.experiments.ladder import folds
from namelib.experiments.over_networks import UNITS, alone, compare_kinds, compare_two
from namelib.experiments.reading import who_uses_the_beginning
from namelib.experiments.variants import LINEAR_RNN, LSTM, TANH_RNN, Networks

pytestmark = pytest.mark.usefixtures("one_thread")

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def data(few_names):
    return load_names(few_names)


@pytest.fixture(scope="module")
def kinds():
    return [Networks(variant.sized(1500, 57, 4), SEEDS, 57, 4) for variant in (LINEAR_RNN, LSTM)]


def test_a_network_alone_answers_as_in_its_stack(data, kinds):
    letters, lengths = encode(data.names)
    for networks in kinds:
        together = networks(letters.expand(3, -1, -1), lengths.expand(3, -1))
        for k in range(3):
            torch.testing.assert_close(alone(networks, k)(letters, lengths), together[k], rtol=0, atol=1e-5)


def test_a_network_without_a_model_is_refused():
    for variant in (TANH_RNN, LSTM.__class__(layers=2), LSTM.__class__(forget_gate=1.0)):
        with pytest.raises(ValueError, match="neither the teacher's RNN nor a plain LSTM"):
            alone(Networks(variant.sized(1500, 57, 4), (0,), 57, 4), 0)


def test_two_networks_are_compared_as_in_the_other_analyses(data, kinds):
    rnn, lstm = (alone(networks, 1) for networks in kinds)
    ((_, unseen),) = folds(data, [1])
    found = compare_two(rnn, lstm, unseen, seed=1, length=12)
    pair = {"RNN": rnn, "LSTM": lstm}
    flow = gradient_flow(pair, long_strings(unseen.names, 12, seed=1), 12)
    assert found["vanishing"] == pytest.approx(
        flow["decay"]["LSTM"]["cell"]["mean"] - flow["decay"]["RNN"]["hidden"]["mean"]
    )
    beginning = who_uses_the_beginning(pair, unseen)["beginning"]
    assert found["beginning"] == pytest.approx(beginning["LSTM"]["mean"] - beginning["RNN"]["mean"])
    right = {name: evaluate(network, unseen).predicted == unseen.labels for name, network in pair.items()}
    long = np.array([len(name) for name in unseen.names]) > np.median([len(name) for name in unseen.names])
    of_long, of_others = (right["LSTM"][rows].mean() - right["RNN"][rows].mean() for rows in (long, ~long))
    assert found["longer_names"] == pytest.approx(100 * (of_long - of_others))
    assert found["letter_pairs"] > 0
    assert found.keys() == UNITS.keys()


def test_intervals_are_over_networks(data, kinds):
    told = []
    found = compare_kinds(data, *kinds, SEEDS, 12, workers=1, progress=lambda done, text: told.append(done))
    assert told[-1] == pytest.approx(1)
    unseen = [valid for _, valid in folds(data, SEEDS)]
    each = [compare_two(*(alone(networks, k) for networks in kinds), unseen[k], k, 12) for k in SEEDS]
    for claim, effect in found.items():
        values = np.array([one[claim] for one in each])
        assert effect["values"] == values.tolist()
        assert effect["unit"] == UNITS[claim]
        # three seeds, a fifth held out: t(0.975, 2) = 4.30265 and (1/3 + 1/4) s^2
        reach = 4.30265 * values.std(ddof=1) * (1 / 3 + 1 / 4) ** 0.5
        assert effect["high"] - effect["mean"] == pytest.approx(reach, rel=1e-4)
