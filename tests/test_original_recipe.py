"""notebooks.why_lstm.original_recipe: plain SGD, many runs at once, as a plain loop does each."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from summaries import assert_wide_enough

from namelib.data import Names
from notebooks.why_lstm.networks import VARIANTS, Networks
from notebooks.why_lstm.original_recipe import (
    TRIED_RATES,
    Depth,
    at_best_rate,
    draw_rows,
    run,
    train_at_rates,
    train_by_sgd,
)
from notebooks.why_lstm.stacked_training import StackedNames

pytestmark = pytest.mark.usefixtures("one_thread")
STEPS, RATES_USED, SEEDS = 30, (0.02, 0.2, 0.1), (3, 3, 4)


@pytest.mark.parametrize("key", TRIED_RATES)
@pytest.mark.parametrize("max_norm", [float("inf"), 0.5])
def test_stacked_equals_a_plain_loop(some, key, max_norm):
    names, variant = StackedNames.of(3 * [some]), replace(VARIANTS[key], hidden_size=7)
    rows = torch.tensor([draw_rows(some, STEPS, seed) for seed in SEEDS])  # (networks, steps)
    together = Networks(variant, SEEDS).double()
    train_by_sgd(together, names, rows, RATES_USED, max_norm)
    for k, (rate, seed) in enumerate(zip(RATES_USED, SEEDS, strict=True)):
        alone = Networks(variant, (seed,)).double()
        optimizer = torch.optim.SGD(alone.parameters(), rate)
        for row in rows[k].tolist():
            length = int(names.lengths[k, row])
            log_p = alone(
                names.letters[k : k + 1, row : row + 1, :length], torch.tensor([[length]])
            )
            optimizer.zero_grad()
            (-log_p[0, 0, some.labels[row]]).backward()
            torch.nn.utils.clip_grad_norm_(alone.parameters(), max_norm)
            optimizer.step()
        for ours, theirs in zip(together.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(ours[k], theirs[0], rtol=0, atol=1e-9)


def test_a_run_that_diverges_takes_none_with_it(some):
    names, variant = StackedNames.of(2 * [some]), replace(VARIANTS["linear"], hidden_size=7)
    rows = torch.tensor(2 * [draw_rows(some, 200, 0)])
    networks = Networks(variant, (0, 0))
    train_by_sgd(networks, names, rows, (0.005, 5.0), float("inf"))
    assert networks.W[0].isfinite().all() and not networks.W[1].isfinite().any()


def test_runs_that_diverge_are_counted_and_have_got_nothing_right(some):
    splits, rates = [(some, some[::2], some[1::2])] * 2, (0.005, 5.0)
    found = train_at_rates("linear", False, rates, splits, 200, (0, 1), extend=False, hidden_size=7)
    tame, wild = found["rates"]
    assert (tame["diverged"]["mean"], wild["diverged"]["mean"]) == (0, 1)
    assert wild["accuracy"]["values"] == [0, 0] and wild["choosing"] == 0
    assert tame["accuracy"]["mean"] > 0


def test_every_language_is_drawn_alike_and_every_name_is_drawn(some):
    rows = draw_rows(some, 9000, 0)
    assert set(rows) == set(range(len(some)))
    counts = np.bincount(some.labels[rows])[np.unique(some.labels)]
    assert (abs(counts - 9000 / len(counts)) < 5 * (9000 / len(counts)) ** 0.5).all()


def test_the_best_rate_is_that_of_the_choosing_half_and_the_result_that_of_the_other():
    """The larger rate learns the choosing names' answers, not those of the other half."""
    names, labels = ["Aba", "Abba", "Baba", "Ono", "Nono", "Oon"], np.array([0, 0, 0, 1, 1, 1])
    seen, turned = Names(names, labels, ["x", "y"]), Names(names, 1 - labels, ["x", "y"])
    splits, rates = [(seen, seen, turned)] * 2, (1e-6, 0.1)
    result = train_at_rates("tanh", True, rates, splits, 200, (0, 1), extend=False, hidden_size=8)
    slow, fast = result["rates"]
    assert (
        fast["choosing"] == 1 > slow["choosing"]
        and fast["accuracy"]["mean"] == 0 < slow["accuracy"]["mean"]
    )
    assert result["best"] == fast["learning_rate"] == 0.1
    assert at_best_rate({"tanh": {"clipped": result}}, "tanh", "clipped") == fast


@pytest.fixture(scope="module")
def networks(some):
    return run(some, Depth(60, (0, 1), hidden_size=8), workers=1)["networks"]


def test_intervals_are_those_of_half_the_unseen_names(networks):
    assert_wide_enough({"original_recipe": networks})


def test_the_result_is_whole(networks):
    assert set(networks) == set(TRIED_RATES)
    for key, network in networks.items():
        for side, rates in zip(("unclipped", "clipped"), TRIED_RATES[key], strict=True):
            records = network[side]["rates"]
            assert {record["learning_rate"] for record in records} >= set(rates)
            best = max(record["choosing"] for record in records if record["learning_rate"] in rates)
            assert at_best_rate(networks, key, side)["choosing"] == best
            for record in records:
                assert len(record["accuracy"]["values"]) == record["diverged"]["n"] == 2


@pytest.mark.parametrize("side", ["unclipped", "clipped"])
def test_the_lstm_is_also_trained_at_the_best_rate_of_the_tanh_rnn(networks, side):
    rates = [record["learning_rate"] for record in networks["lstm"][side]["rates"]]
    assert networks["tanh"][side]["best"] in rates
    assert rates == sorted(set(rates))


def test_rates_are_extended_until_the_best_is_inside(some):
    splits = [(some, some[::2], some[1::2])] * 2
    result = train_at_rates(
        "linear", False, (0.001, 0.002), splits, 60, (0, 1), extend=True, hidden_size=8
    )
    rates = [record["learning_rate"] for record in result["rates"]]
    assert rates[0] < result["best"] < rates[-1]
    assert len(rates) > 3
