"""The rows of the benchmarks: their numbers are those of what ran; a fake clock and fake runs say which."""

import itertools
import re
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from benchmark_setting import MACHINE, QUICK, row

from benchmarks import (
    accuracy,
    batch_one_step,
    lstm_layer,
    matrix_rate,
    throughput,
    time_to_accuracy,
    two_million_names,
)
from benchmarks.measuring import Goal, Line, interleaved
from benchmarks.networks import NETWORKS
from benchmarks.table import markdown
from namelib import History, load_names

pytestmark = pytest.mark.usefixtures("one_thread")


def lines(measured: dict) -> dict[str, dict]:
    return {line.case: line.record() for line in measured["lines"]}


def no_limit(monkeypatch, module) -> None:
    for name in ("limit", "limit_of_text", "batch_limit"):
        monkeypatch.setattr(module, name, lambda *_, **__: {}, raising=False)


def test_contenders_take_turns_and_the_first_round_does_not_count():
    order, count = [], itertools.count()

    def contender(name):
        return lambda: order.append(name) or float(next(count))

    samples = interleaved({"a": contender("a"), "b": contender("b")}, repeats=2)
    assert order == ["a", "b"] * 3
    assert samples == {"a": [2.0, 4.0], "b": [3.0, 5.0]}


def test_a_ratio_pairs_what_ran_side_by_side_and_the_goal_is_held_against_it():
    samples = {"ours": [1.0, 2.0, 4.0], "theirs": [3.0, 8.0, 8.0]}
    faster = Line("x", "s", samples, "peer/ours", Goal("ratio", at_least=3.0)).record()
    assert faster["ratio"] == {"of": "peer/ours", "median": 3.0, "mean": 3.0, "low": 2.0, "high": 4.0}
    assert faster["values"]["ours"] == {"median": 2.0, "mean": pytest.approx(7 / 3), "low": 1.0, "high": 4.0}
    assert faster["goal"] == {"of": "ratio", "at_least": 3.0, "met": True}
    slower = Line("x", "s", samples, "ours/peer", Goal("ratio", at_most=0.3)).record()
    assert slower["ratio"]["median"] == pytest.approx(1 / 3) and not slower["goal"]["met"]
    assert not Line("x", "s", samples, "", Goal("ratio", at_least=0.0)).record()["goal"]["met"], "it has no ratio"
    one = Line("x", "s", {"ours": [1.0, 2.0], "theirs": [8.0]}, "peer/ours").record()
    assert (one["ratio"]["low"], one["ratio"]["high"]) == (4.0, 8.0)


def test_step_compares_the_seconds_of_both_recipes(monkeypatch, clock):
    no_limit(monkeypatch, batch_one_step)
    ready, steps = 7.0, 60

    def fit(model, train, valid, recipe):
        return History(elapsed=[ready, ready + 0.010 * steps] if hasattr(recipe, "steps") else [0.02])

    monkeypatch.setattr(batch_one_step, "fit", fit)
    monkeypatch.setattr(batch_one_step, "train_batch_one", clock.takes(0.025 * steps))
    monkeypatch.setattr(batch_one_step, "train_batch_64", lambda *_: iter(clock.takes(0.2), "never"))
    found = lines(batch_one_step.measure(QUICK, MACHINE))
    for network in NETWORKS:
        assert found[network.case]["values"]["ours"]["median"] == pytest.approx(10)
        assert found[network.case]["ratio"]["median"] == pytest.approx(2.5)
        assert found[network.case]["goal"]["met"] == (batch_one_step.GOALS[network.case][0] <= 2.5)
    assert found["LSTM 2x128 · 64 names"]["ratio"]["median"] == pytest.approx(10)


def test_time_is_that_of_the_shortest_recipe_that_ends_where_the_loop_ends(monkeypatch):
    no_limit(monkeypatch, time_to_accuracy)
    loop = {"seconds": [50.0, 100.0], "balanced_accuracy": [0.6, 0.55]}
    monkeypatch.setattr(time_to_accuracy, "run_loop", lambda *_: loop)

    def run_ours(network, train, valid, epochs, seed):
        reached = {"MyLSTM 32": 0.5}.get(network.case, 0.5 + 0.05 * epochs)
        return {"seconds": [2.0 * epochs], "balanced_accuracy": [0.9, reached]}

    monkeypatch.setattr(time_to_accuracy, "run_ours", run_ours)
    found = lines(time_to_accuracy.measure(QUICK, MACHINE))
    assert found["RNN"]["samples"] == {"ours": [2.0], "tutorial's loop": [100.0]}
    assert found["RNN"]["ratio"]["median"] == 50 and found["RNN"]["goal"]["met"]
    assert found["RNN"]["extra"]["loop"] == loop
    never = found["MyLSTM 32"]
    assert "ratio" not in never and not never["goal"]["met"]
    text = markdown({"time": row(list(found.values()))}, "en")
    assert re.search(r"MyLSTM 32 .*did not get there.*no \|", text)


def test_the_loops_are_asked_outside_of_their_time(monkeypatch, clock, few):
    asked_for = []
    train = clock.takes(3.0)
    monkeypatch.setattr(time_to_accuracy, "train_batch_one", lambda *args: asked_for.append(args[3]) or train())
    answers = SimpleNamespace(summary=lambda: {"balanced_accuracy": 0.4})
    monkeypatch.setattr(time_to_accuracy, "evaluate_peer", clock.takes(100.0, answers))
    loop = time_to_accuracy.run_loop(NETWORKS[0], *few, QUICK)
    assert loop["seconds"] == pytest.approx([3.0 * k for k in range(1, 11)]) and asked_for == 10 * [2]


def test_layer_compares_forward_and_backward_with_nn_lstm(monkeypatch, clock):
    no_limit(monkeypatch, lstm_layer)
    work = {"ours": clock.takes(0.004), "nn.LSTM": clock.takes(0.002), "listing's cell": clock.takes(0.01)}
    monkeypatch.setattr(lstm_layer, "contenders", lambda *_: work)
    (line,) = lines(lstm_layer.measure(QUICK, MACHINE)).values()
    assert line["values"]["ours"]["median"] == pytest.approx(4)
    assert line["ratio"] == {"of": "ours/peer"} | dict.fromkeys(("median", "mean", "low", "high"), pytest.approx(2))
    assert not line["goal"]["met"]


def test_rate_is_counted_products_over_seconds_over_the_best_rate(monkeypatch, clock):
    no_limit(monkeypatch, matrix_rate)
    monkeypatch.setattr(matrix_rate, "fit", lambda *_: History(elapsed=[2.0]))
    monkeypatch.setattr(matrix_rate, "one_batch", lambda *_: clock.takes(1.0))
    flops = iter((8e9, 4e9))  # of the training, of the batch alone
    monkeypatch.setattr(matrix_rate, "count", lambda _: SimpleNamespace(flops=next(flops)))
    monkeypatch.setattr(matrix_rate, "best_rate", lambda _: lambda: 10e9)
    monkeypatch.setattr(matrix_rate, "mm_rate", lambda *_: lambda: 5e9)
    monkeypatch.setattr(matrix_rate, "onednn_rate", lambda *_: lambda: 8e9)
    found = lines(matrix_rate.measure(QUICK, MACHINE))
    assert found["training"]["values"]["ours"]["median"] == pytest.approx(8e9 / 2.0 / 10e9)
    assert found["training · of torch.mm's rate"]["values"]["ours"]["median"] == pytest.approx(0.8)
    assert found["forward and backward of a batch"]["values"]["ours"]["median"] == pytest.approx(0.4)
    alone = found["(64, 128) x (128, 512) · alone"]["values"]
    assert alone["oneDNN"]["median"] == pytest.approx(0.8) and alone["torch.mm"]["median"] == pytest.approx(0.5)


def test_throughput_is_names_over_seconds(monkeypatch, clock):
    no_limit(monkeypatch, throughput)
    names = len(load_names().names[::100])
    letters = torch.zeros(1)
    monkeypatch.setattr(throughput, "encode", clock.takes(1e-6 * names, (letters, letters)))
    monkeypatch.setattr(throughput, "encode_plainly", clock.takes(4e-6 * names))
    monkeypatch.setattr(throughput, "read_names", clock.takes(1e-5 * names))
    monkeypatch.setattr(throughput, "predict", clock.takes(2e-5 * names))
    monkeypatch.setattr(throughput, "nn_lstm", lambda *_: clock.takes(5e-6 * names))
    found = lines(throughput.measure(QUICK, MACHINE))
    assert found["encode"]["values"]["ours"]["median"] == pytest.approx(1e6)
    assert found["encode"]["ratio"]["median"] == pytest.approx(4)
    assert found["LSTM 2x128"]["ratio"]["median"] == pytest.approx(0.5)
    assert found["MyLSTM 32"]["values"]["predict, top 5"]["median"] == pytest.approx(5e4)


def test_the_exponent_is_that_of_the_two_epochs(monkeypatch):
    no_limit(monkeypatch, two_million_names)
    measured = {"seconds": 11.0, "peak": 1.0, "peak_of_all": 2.0}
    run = lambda folder, epochs=0: measured | {"epochs": [int(folder.name) ** 1.5] * epochs}  # noqa: E731
    monkeypatch.setattr(two_million_names, "load_and_read", run)
    found = lines(two_million_names.measure(QUICK, MACHINE))
    assert found["MyLSTM 32 · exponent of an epoch's time"]["values"]["ours"]["median"] == pytest.approx(1.5)
    met = {case: line["goal"]["met"] for case, line in found.items() if "goal" in line}
    assert list(met.values()) == [False, True, False, False]


def test_perturbed_lists_have_the_size_and_mostly_new_spellings(tmp_path):
    data = load_names()
    two_million_names.write_perturbed(tmp_path / "lists", data, 3000)
    perturbed = load_names(tmp_path / "lists")
    assert len(perturbed) == 3000 and perturbed.languages == data.languages and perturbed.notes == ()
    new = set(perturbed.names) - set(data.names)
    assert len(new) > 2000 and {len(name) for name in new} <= {len(name) for name in data.names}


def test_accuracy_is_the_mean_of_the_splits_and_an_ensemble_averages_probabilities(monkeypatch):
    def answers(train, valid, seed, changes):
        """Right for the first half of the names with seed 0, for all with another one, and surer then."""
        wrong = (valid.labels + 1) % 18
        labels = np.where((np.arange(len(valid)) < len(valid) // 2) | (seed > 0), valid.labels, wrong)
        log_p = np.full((len(valid), 18), 1e-9)
        log_p[np.arange(len(valid)), labels] = 0.6 if seed == 0 else 0.9
        metrics = accuracy.Metrics(valid, np.log(log_p))
        took = 61.0 if seed == 0 else 59.0
        return {"seconds": took, "learned": 1.0, "valid": metrics.summary(), "answers": metrics.log_probabilities}

    monkeypatch.setattr(accuracy, "train_and_ask", answers)
    measured = accuracy.measure(QUICK, MACHINE)
    found = lines(measured)
    assert found["embedded · accuracy"]["samples"]["ours"] == [0.5, 1.0]
    assert found["embedded · accuracy"]["values"]["ours"]["mean"] == 0.75
    assert found["embedded · accuracy"]["goal"]["met"] and not found["embedded · training"]["goal"]["met"]
    assert found["embedded · accuracy · five networks"]["samples"] == {
        "ensemble of five": [1.0], "one network": [0.5],
        "n-grams": found["embedded · accuracy"]["samples"]["n-grams"][:1],
    }  # fmt: skip
    assert 0 < found["embedded · accuracy"]["values"]["n-grams"]["mean"] < 1
    assert found["embedded · training"]["samples"]["ours"] == [61.0, 59.0]
    assert measured["limits"] == [{"case": "embedded", "by": "names", "learned": 1.0, "unseen": 0.75}]
