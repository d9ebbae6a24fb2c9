"""namelib.experiments.ladder: rungs that differ by what they say, and results that follow from what was trained."""

import json
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest

from namelib import load_names
from namelib.data import spelling
from namelib.experiments.ladder import (
    LEARNING_RATES,
    PATH,
    VALID_FRACTION,
    compare,
    folds,
    run_ladder,
    rungs,
    train_and_score,
)  # fmt: skip
from namelib.experiments.stacked_training import predict
from namelib.experiments.variants import Networks

pytestmark = pytest.mark.usefixtures("one_thread")

LADDER = {rung.variant.name: rung for rung in rungs(18)}
SMALL = {"seeds": (0, 1), "hidden_size": 8, "epochs": 2, "batch_size": 16}


@pytest.fixture(scope="module")
def data(few_names):
    return load_names(few_names)


@pytest.fixture(scope="module")
def trained(data):
    return run_ladder(data, **SMALL, workers=1)


@pytest.fixture(scope="module")
def small(trained):
    return trained[0]


@pytest.mark.parametrize("rung", LADDER.values(), ids=LADDER.keys())
def test_a_rung_differs_by_one_change(rung):
    """From what it is compared to: one switch, the size that this costs, or the number of layers."""
    if rung.compared_to is None:
        return
    ours, theirs = asdict(rung.variant), asdict(LADDER[rung.compared_to].variant)
    changed = {key for key in ours if ours[key] != theirs[key]} - {"name", "hidden_size"}
    if rung.compared_to == "tanh_rnn_state" and rung.name.startswith("lstm"):  # the gates and what belongs to them
        assert changed == {"forget_gate", "input_gate", "output_gate", "output_tanh"}
    elif "_large" in rung.name:
        assert changed == set()
    else:
        assert len(changed) == 1


def test_parameters_match():
    counts = {name: rung.variant.parameters(57, 18) for name, rung in LADDER.items()}
    small, large = counts["linear_rnn"], counts["lstm_large"]
    assert small == sum(p.numel() for p in Networks(LADDER["linear_rnn"].variant, (0,)).parameters()) == 27_156
    for name, count in counts.items():
        if name != "lstm_two_layers":
            assert abs(count / (large if "_large" in name else small) - 1) < 0.015, name


def test_the_path_leads_from_the_teachers_rnn_to_two_layers():
    """Every step changes one thing: the network at the rate there was, or the learning rate alone."""
    assert PATH[0] == "linear_rnn"
    assert PATH[-1] == "lstm_two_layers"
    for before, name in pairwise(LADDER[name] for name in PATH):
        if before.name == name.name + "_old_rate":
            assert replace(name.variant, name=before.name) == before.variant
            assert before.learning_rate != name.learning_rate
        else:
            assert name.compared_to == before.name
            assert name.learning_rate == before.learning_rate or "_large" in name.name


def test_rungs_that_are_not_tuned_take_the_rate_of_those_they_are_compared_to():
    assert list(LEARNING_RATES) == [name for name, rung in LADDER.items() if rung.tuned]
    for name, rung in LADDER.items():
        assert rung.learning_rate == LEARNING_RATES[name if rung.tuned else rung.compared_to]
    assert [name for name, rung in LADDER.items() if not rung.tuned] == [
        "tanh_rnn_old_rate",
        "lstm_old_rate",
    ]


def test_folds_hold_out_a_fifth_of_spellings_and_keep_them_out_of_training(data):
    repeated = data[[*range(len(data)), 0, 0, 1]]  # rows that a list repeats
    pairs = folds(repeated, [0, 1])
    for seen, unseen in pairs:
        ours, theirs = ({spelling(name) for name in names.names} for names in (seen, unseen))
        assert not ours & theirs
        assert ours | theirs == {spelling(name) for name in data.names}
        assert len(theirs) == pytest.approx(VALID_FRACTION * len(data), abs=4)
    assert pairs[0][1].names != pairs[1][1].names
    assert max(len(seen) for seen, _ in pairs) > len(data) * (1 - VALID_FRACTION)  # repeats stay in training


def test_training_teaches(data, stacked):
    """Well above the guess of one language in four, on the unseen names, when trained; near it when not."""
    seen, unseen = stacked
    variant = LADDER["lstm"].variant.sized(4000, 57, 4)
    trained, networks = train_and_score(variant, 0.03, seen, unseen, 4, (0, 1), epochs=30, batch_size=16)
    untrained, _ = train_and_score(variant, 1e-9, seen, unseen, 4, (0, 1), epochs=1, batch_size=16)
    assert trained["accuracy"]["mean"] > 0.6
    assert untrained["accuracy"]["mean"] < 0.45
    right = predict(networks, unseen)[1] == unseen.labels[1, : unseen.counts[1]]
    assert trained["accuracy"]["values"][1] == pytest.approx(right.double().mean().item())


def test_every_rung_is_reported(trained):
    small, networks = trained
    json.dumps(small, allow_nan=False)
    assert {name: network.variant for name, network in networks.items()} == {
        name: rung.variant for name, rung in zip(LADDER, rungs(4, SMALL["hidden_size"]), strict=True)
    }
    assert [rung["name"] for rung in small["rungs"]] == list(LADDER)
    for rung in small["rungs"]:
        assert rung["compared_to"] == LADDER[rung["name"]].compared_to
        assert rung["learning_rate"] == LADDER[rung["name"]].learning_rate
        assert rung["seconds"] > 0
        for metric in ("accuracy", "balanced_accuracy"):
            value = rung[metric]
            assert value["mean"] == pytest.approx(np.mean(value["values"]))
            assert value["low"] <= value["mean"] <= value["high"]
            assert len(value["values"]) == value["n"] == 2


def test_differences_are_in_pairs_to_the_rung_named(small):
    rungs = {rung["name"]: rung for rung in small["rungs"]}
    assert rungs["linear_rnn"]["difference"] is None
    for rung in small["rungs"][1:]:
        pairs = np.subtract(rung["accuracy"]["values"], rungs[rung["compared_to"]]["accuracy"]["values"])
        difference = rung["difference"]
        assert difference["values"] == pytest.approx(pairs.tolist())
        # two seeds, a fifth held out: t(0.975, 1) = 12.7062 and (1/2 + 1/4) s^2
        reach = 12.7062 * pairs.std(ddof=1) * 0.75**0.5
        assert difference["high"] - difference["mean"] == pytest.approx(reach, rel=1e-4, abs=1e-12)
    accuracy = {name: rung["accuracy"]["mean"] for name, rung in rungs.items()}
    steps = [(step["compared_to"], step["name"], step["difference"]["mean"]) for step in small["path"]]
    assert steps == [(a, b, pytest.approx(accuracy[b] - accuracy[a])) for a, b in pairwise(PATH)]
    backwards = compare(small, "linear_rnn", "lstm_two_layers")
    assert backwards["mean"] == pytest.approx(-compare(small, "lstm_two_layers", "linear_rnn")["mean"])


def test_same_numbers_alone_and_side_by_side(data, small):
    def numbers(ladder: dict) -> list[dict]:
        return [{key: value for key, value in rung.items() if key != "seconds"} for rung in ladder["rungs"]]

    assert numbers(run_ladder(data, **SMALL, workers=2)[0]) == numbers(small)
    assert numbers(run_ladder(data, **SMALL | {"seeds": (2, 3)}, workers=1)[0]) != numbers(small)


def test_progress_goes_up_to_one(data):
    told = []
    run_ladder(data, **SMALL | {"epochs": 1}, workers=1, progress=lambda done, text: told.append((done, text)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == pytest.approx(1)
    assert told[0][1] == "lstm_two_layers, 1 of 14"


@pytest.mark.parametrize("seeds", [(0,), (0, 0), ()])
def test_seeds_without_intervals_are_refused(data, seeds):
    with pytest.raises(ValueError, match="at least two seeds"):
        run_ladder(data, seeds=seeds)
