"""namelib.experiments.ladder: rungs that differ by what they say, and results that follow from what was trained."""

import json
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from namelib import encode, load_names, split_names
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
from namelib.experiments.stacked_training import StackedNames, clip, predict, train
from namelib.experiments.variants import LSTM, Networks

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


@pytest.fixture(scope="module")
def stacked(data):
    return [StackedNames.of(names) for names in zip(*(split_names(data, seed=seed) for seed in (0, 1)), strict=True)]


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


def test_stacked_names_keep_every_row(data, stacked):
    seen, _ = stacked
    for s, seed in enumerate((0, 1)):
        names = split_names(data, seed=seed)[0]
        letters, lengths = encode(names.names)
        assert seen.counts[s] == len(names)
        assert (seen.letters[s, : len(names), : letters.size(1)] == letters).all()
        assert (seen.lengths[s, : len(names)] == lengths).all()
        assert not seen.lengths[s, len(names) :].any()
        assert (seen.labels[s, : len(names)].numpy() == names.labels).all()


def test_an_epoch_reads_each_name_once_and_no_padding_row(data):
    seen = StackedNames.of([data, data[:50]])  # 70 rows of the second are padding
    batches = list(seen.batches(16, epochs=1, seed=0))
    assert len(batches) == seen.steps(16, 1) == min(seen.counts) // 16
    for s in range(2):
        known = {(*row.tolist(), label) for row, label in zip(seen.letters[s], seen.labels[s].tolist(), strict=True)}
        width, read = seen.letters.size(2), []
        for letters, lengths, labels in batches:
            assert letters.size(2) == lengths.max()
            assert lengths.min() > 0
            padded = torch.nn.functional.pad(letters, (0, width - letters.size(2)))
            read += [(*row.tolist(), label) for row, label in zip(padded[s], labels[s].tolist(), strict=True)]
        assert len(set(read)) == len(read) == 16 * len(batches)
        assert set(read) <= known
    assert len({tuple(lengths[0].tolist()) for _, lengths, _ in batches}) > 1


def test_networks_trained_together_learn_what_each_learns_alone(stacked):
    """The same batches, both networks stacked or one by one: a gradient clipped across networks would differ."""
    seen, _ = stacked
    variant = LADDER["lstm"].variant.sized(900, 57, 4)
    batches = list(seen.batches(16, epochs=2, seed=0))
    together = Networks(variant, (5, 6), 57, 4).double()
    train(together, batches, len(batches), 0.05, max_norm=0.3)
    for s, seed in enumerate((5, 6)):
        alone = Networks(variant, (seed,), 57, 4).double()
        train(alone, [[part[s : s + 1] for part in batch] for batch in batches], len(batches), 0.05, max_norm=0.3)
        for ours, theirs in zip(together.parameters(), alone.parameters(), strict=True):
            torch.testing.assert_close(ours[s], theirs[0], rtol=0, atol=1e-9)


def test_clip_shortens_each_network_as_pytorch_does():
    networks = Networks(LSTM.sized(500, 57, 4), (0, 1, 2), 57, 4)
    for k, parameter in enumerate(networks.parameters()):
        parameter.grad = torch.randn(parameter.shape, generator=torch.Generator().manual_seed(k))
        parameter.grad[1] *= 1e-4  # short already: stays as it is
    expected = [parameter.grad.clone() for parameter in networks.parameters()]
    networks.b.grad[2] = torch.inf  # exploded
    first = [torch.nn.Parameter(torch.empty_like(gradient[0])) for gradient in expected]
    for parameter, gradient in zip(first, expected, strict=True):
        parameter.grad = gradient[0].clone()
    torch.nn.utils.clip_grad_norm_(first, 1.0)
    clip(networks, 1.0)
    for parameter, one, before in zip(networks.parameters(), first, expected, strict=True):
        torch.testing.assert_close(parameter.grad[0], one.grad)
        torch.testing.assert_close(parameter.grad[1], before[1], rtol=0, atol=0)
        assert not parameter.grad[2].any()


def test_predict_answers_every_name_in_order(stacked):
    _, unseen = stacked
    networks = Networks(LSTM.sized(500, 57, 4), (0, 1), 57, 4)
    answers = predict(networks, unseen, batch_size=7)
    whole = networks(unseen.letters, unseen.lengths).argmax(dim=2)
    assert [len(row) for row in answers] == unseen.counts
    for row, expected in zip(answers, whole, strict=True):
        assert (row == expected[: len(row)]).all()


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
