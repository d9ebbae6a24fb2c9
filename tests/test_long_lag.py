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
    LONGER,
    SYMBOLS,
    TRACED,
    VARIANTS,
    compare_mastered,
    draw,
    run_long_lag,
    trace,
    train_all,
    train_and_score,
)  # fmt: skip
from namelib.experiments.variants import LINEAR_RNN, LSTM, Networks

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL = {"lengths": (2, 3, 20), "seeds": (0, 1, 2), "parameters": 600, "steps": 60, "workers": 1}


def sequences(length: int, count: int = 4000) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    return draw(length, count, [torch.Generator().manual_seed(seed) for seed in (0, 1)])


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
    """At two symbols every network finds the class; at twenty, after so few steps, the plain LSTM does not."""
    for name, curve in small["curves"].items():
        assert curve["length"] == [2, 3, 20]
        assert curve["mean"][0] > 0.9, name
    lstm = small["variants"]["lstm"]
    assert lstm["falls_at"] == 20
    assert max(lstm["mastered"]) == 3
    assert small["variants"]["lstm_forget_bias_3"]["mastered"] == [20, 20, 20]


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
    biases = {name: found["forget_bias"] for name, found in small["variants"].items() if found["forget_bias"]}
    assert biases == {"lstm_forget_bias": 1.0, "lstm_forget_bias_3": 3.0}
    assert list(small["variants"]) == list(LEARNING_RATES)


def test_same_numbers_alone_and_side_by_side(small):
    again = run_long_lag(**SMALL | {"workers": 2})
    assert again["curves"] == small["curves"]
    assert run_long_lag(**SMALL | {"seeds": (3, 4, 5)})["curves"] != small["curves"]


def test_what_has_learned_nothing_is_at_chance():
    scores = train_and_score(replace(LSTM, hidden_size=8), 1e-9, 5, 2, (0, 1, 2), batch_size=16)
    assert np.mean(scores["accuracy"]) == pytest.approx(1 / CLASSES, abs=0.05)


def test_compare_mastered_in_doublings_and_in_pairs():
    found = {
        "settings": {"lengths": [5, 10, 20, 40]},
        "variants": {name: {"mastered": mastered} for name, mastered in
                     {"a": [20, 40, 10], "b": [10, 20, 5], "c": [0, 20, 5], "d": [5, 5, 5]}.items()},
    }  # fmt: skip
    # twice as long in every seed, but 20 against 10 may be 20 against 19.9, or 39.9 against 10
    assert compare_mastered(found, "a", "b") == {"mean": 1, "low": 0, "high": 2, "n": 3}
    assert compare_mastered(found, "b", "a") == {"mean": -1, "low": -2, "high": 0, "n": 3}
    assert compare_mastered(found, "c", "d")["mean"] == pytest.approx((2 - np.log2(5)) / 3)
    # by hand with t(0.975, 2) = 4.30265; beyond 40 comes 80
    pessimistic = np.log2([20 / 10, 40 / 10, 10 / 10])
    low = pessimistic.mean() - 4.30265 * pessimistic.std(ddof=1) / 3**0.5
    assert compare_mastered(found, "a", "d")["low"] == pytest.approx(low, rel=1e-4)
    optimistic = np.log2([40 / 5, 80 / 5, 20 / 5])
    high = optimistic.mean() + 4.30265 * optimistic.std(ddof=1) / 3**0.5
    assert compare_mastered(found, "a", "d")["high"] == pytest.approx(high, rel=1e-4)


def test_the_trace_of_a_linear_rnn_is_that_of_its_powers():
    networks = Networks(replace(LINEAR_RNN, hidden_size=6), (7, 8), SYMBOLS, CLASSES)
    found = trace(networks, (7, 8), sequences=3)
    for k in range(2):
        U, V = networks.layers[0].U[k].double(), networks.layers[0].V[k].double()
        first = U[0] - U[1]  # by how much the states differ after the class symbol
        last = first @ torch.linalg.matrix_power(V, TRACED - 1)
        assert found[k] == pytest.approx((last.norm() / first.norm()).log().item() / (TRACED - 1))


def test_the_trace_of_an_lstm_is_that_of_its_forget_gate():
    """Without weights on h, c halves its difference at bias 0; a forget bias keeps more of it."""
    found = {}
    for bias in (0.0, 1.0, 3.0):
        networks = Networks(replace(LSTM, hidden_size=6, forget_bias=bias), (7,), SYMBOLS, CLASSES)
        with torch.no_grad():
            networks.layers[0].V.zero_()
            networks.layers[0].U[:, 2:] = 0  # distractors write nothing
            networks.layers[0].U[..., :18] = 0  # every gate at its bias
            networks.layers[0].b.zero_()
            networks.layers[0].b[..., :6] = bias
            networks.layers[0].U *= 1e-3  # tanh is straight there
        (found[bias],) = trace(networks, (7,))
        assert found[bias] == pytest.approx(np.log(1 / (1 + np.exp(-bias))), abs=1e-4)


def test_the_lstm_starts_as_forgetful_as_pytorchs():
    """That the plain LSTM forgets is no fault of how its first weights are drawn."""
    variant, seeds = LSTM.sized(1000, SYMBOLS, CLASSES), range(10)
    ours, theirs = (Networks(variant, seeds, SYMBOLS, CLASSES) for _ in range(2))
    (layer,), f_i_o_g = theirs.layers, torch.arange(4 * variant.hidden_size).view(4, -1)[[1, 0, 3, 2]].flatten()
    for seed in seeds:
        torch.manual_seed(seed)
        torchs = torch.nn.LSTM(SYMBOLS, variant.hidden_size)
        with torch.no_grad():
            layer.U[seed] = torchs.weight_ih_l0[f_i_o_g].T
            layer.V[seed] = torchs.weight_hh_l0[f_i_o_g].T
            layer.b[seed, 0] = (torchs.bias_ih_l0 + torchs.bias_hh_l0)[f_i_o_g]
    assert np.mean(trace(ours, seeds)) == pytest.approx(np.mean(trace(theirs, seeds)), abs=0.15)


def test_a_trace_beyond_all_numbers_is_still_one():
    networks = Networks(replace(LINEAR_RNN, hidden_size=6), (7, 8), SYMBOLS, CLASSES)
    with torch.no_grad():
        networks.layers[0].V[0] = 0
        networks.layers[0].V[1] = 1e30
    forgotten, exploded = trace(networks, (7, 8))
    assert -100 < forgotten < -20
    assert 20 < exploded < 100


def test_every_variant_is_trained_at_every_length_and_once_for_longer(monkeypatch):
    asked = []

    def remember(trials, *_):
        asked.extend(trials)
        found = {"accuracy": [0.5, 0.5], "seconds": 1.0, "trace": {"untrained": [0.0, 0.0], "trained": [0.0, 0.0]}}
        return [found for _ in trials]

    monkeypatch.setattr(long_lag, "train_all", remember)
    run_long_lag((8, 2, 4), (0, 1), steps=7)
    budgets = [(2, 7), (4, 7), (8, 7), (4, 7 * LONGER)]
    assert [(variant.name, rate, length, steps) for variant, rate, length, steps in asked] == [
        (name, rate, *budget) for name, rate in LEARNING_RATES.items() for budget in budgets
    ]


def test_more_training_is_tried_at_the_length_in_the_middle(small):
    assert small["settings"]["middle"] == 3
    assert small["settings"]["budgets"] == [60, 60 * LONGER]
    variant = VARIANTS[0].sized(600, SYMBOLS, CLASSES)
    rate, budgets = LEARNING_RATES["linear_rnn"], ((3, 60), (3, 240), (20, 60))
    trials = [(variant, rate, *budget) for budget in budgets]
    once, longer, longest = train_all(trials, SMALL["seeds"], 32, 1, None)
    found = small["variants"]["linear_rnn"]
    assert found["middle"] == once["accuracy"] == small["curves"]["linear_rnn"]["values"][1]
    assert found["longer"] == longer["accuracy"]
    assert found["trace"] == longest["trace"]
    networks = Networks(variant, SMALL["seeds"], SYMBOLS, CLASSES)
    assert found["trace"]["untrained"] == trace(networks, SMALL["seeds"]) != found["trace"]["trained"]


def test_progress_goes_up_to_one():
    told = []
    run_long_lag((2, 3), (0, 1), 300, steps=3, workers=1, progress=lambda done, text: told.append((done, text)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == pytest.approx(1)
    assert "symbols, 15 of 15" in told[-1][1]


@pytest.mark.parametrize("seeds", [(0,), (0, 0), ()])
def test_seeds_without_intervals_are_refused(seeds):
    with pytest.raises(ValueError, match="at least two seeds"):
        run_long_lag(seeds=seeds)
