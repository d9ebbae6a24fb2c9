"""Accuracy on surnames against the budget: each budget a training of its own, at its own tuned learning rate.

Experiments 2 and 3 of chapter 4: what each part of the LSTM brings, and how much of that is left after more training.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import torch
from joblib import Memory

from namelib import models
from namelib.data import ALPHABET, Names
from namelib.evaluation import evaluate
from namelib.training import MiniBatch, fit
from notebooks.why_lstm.folds import TEST_TO_TRAIN, development_fold, folds
from notebooks.why_lstm.networks import Networks, surname_network
from notebooks.why_lstm.stacked_training import StackedNames, accuracy, train
from notebooks.why_lstm.statistics import summary
from notebooks.why_lstm.tuning import best_rate, climb
from notebooks.why_lstm.workers import run_jobs

BATCH_SIZE = 64
CORE = ("linear", "tanh", "carry", "gate", "carry_gate", "lstm")
OTHERS = (
    "lstm_no_forget", "lstm_no_input", "lstm_no_output", "lstm_regularised", "tanh_98k", "lstm_98k", "lstm_two_layers",
)  # fmt: skip
KEPT = ("linear", "tanh", "lstm")  # whose trained networks other experiments look into
PAIRS = (
    ("tanh", "linear"), ("lstm", "tanh"), ("carry", "tanh"), ("gate", "tanh"), ("carry_gate", "gate"),
    ("lstm", "carry_gate"), ("lstm_98k", "lstm"), ("lstm_two_layers", "lstm_98k"),
)  # fmt: skip
STARTING_RATES = {  # where tuning starts, and what is taken where no tuned rate is recorded
    "linear": 0.016, "tanh": 0.008, "carry": 0.008, "gate": 0.016, "carry_gate": 0.032, "lstm": 0.032,
    "lstm_no_forget": 0.032, "lstm_no_input": 0.016, "lstm_no_output": 0.032, "lstm_regularised": 0.032,
    "tanh_98k": 0.004, "lstm_98k": 0.016, "lstm_two_layers": 0.016,
}  # fmt: skip


@dataclass(frozen=True)
class Depth:
    """The sizes of the experiment."""

    seeds: tuple[int, ...]
    plan: tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]  # (networks, their budgets in epochs), ...
    development_seeds: tuple[int, ...] = ()  # of the networks that learning rates are tuned with; none: not tuned
    hidden_size: int = 128  # of the teacher's RNN, whose number of parameters the others have


QUICK = Depth((0, 1), ((CORE, (1,)),), hidden_size=32)
DEFAULT = Depth((0, 1, 2), ((CORE, (2, 8)),))
FULL = Depth((0, 1, 2, 3, 4), ((CORE, (1, 2, 4, 8, 16, 24)), (OTHERS, (4, 16))), development_seeds=(100, 101))


def run(
    data: Names, depth: Depth = DEFAULT, workers: int = 2, memory: Memory | None = None, recorded: dict | None = None
) -> tuple[dict, dict[str, Networks]]:
    """Train every network of the plan at each of its budgets and measure it on unseen and on seen surnames.

    Without development seeds the rates are those of `recorded`, an earlier result, for a budget that it lacks those of
    the nearest. -> the result, ready for JSON, and {key: trained networks, one a seed} of KEPT at the largest budget
    that they share. A "summary" is {"values" (one a seed), "mean", "low", "high", "n"}, intervals as in `folds`.

    result: {"settings"; "networks": {key: {"parameters"}}; "scores": {key: {str(epochs):
    {"rate", "tried": {str(rate): accuracy on development names}, "unseen", "seen": summaries, "seconds" (CPU)}}};
    "differences": [{"network", "other", "epochs", "accuracy": summary}] for PAIRS, in pairs by seed}.
    """
    splits, languages = folds(data, depth.seeds), len(data.languages)
    trainings = [(key, epochs) for keys, budgets in depth.plan for key in keys for epochs in budgets]
    largest = max(set.intersection(*({e for k, e in trainings if k == key} for key in KEPT)))
    variants = {key: surname_network(key, languages, depth.hidden_size) for key, _ in trainings}
    parameters = {key: variant.parameters(len(ALPHABET), languages) for key, variant in variants.items()}
    jobs = [
        {
            "key": key, "epochs": epochs, "fold": development_fold(data), "splits": splits, "depth": depth,
            "rate": recorded_rate(recorded, key, epochs), "keep": key in KEPT and epochs == largest,
        }
        for key, epochs in trainings
    ]  # fmt: skip
    costs = [epochs * (parameters[key] + 10_000) for key, epochs in trainings]
    measured = run_jobs(measure, jobs, workers, "budgets", memory, costs)
    found, networks = {key: {} for key in variants}, {}
    for (key, epochs), one in zip(trainings, measured, strict=True):
        if "networks" in one:
            networks[key] = one.pop("networks")
        found[key][str(epochs)] = one
    return {
        "settings": asdict(depth),
        "networks": {key: {"parameters": parameters[key]} for key in variants},
        "scores": found,
        "differences": differences(found),
    }, networks  # fmt: skip


def recorded_rate(recorded: dict | None, key: str, epochs: int) -> float:
    """The rate that an earlier result tuned for this network, at the nearest of its budgets."""
    tuned = recorded["scores"].get(key) if recorded else None
    if not tuned:
        return STARTING_RATES[key]
    return tuned[min(tuned, key=lambda budget: abs(np.log(int(budget) / epochs)))]["rate"]


def differences(scored: dict) -> list[dict]:
    """The "differences" of a result, from its "scores"."""
    return [
        {"network": key, "other": other, "epochs": int(epochs), "accuracy": summary(
            np.subtract(scored[key][epochs]["unseen"]["values"], scored[other][epochs]["unseen"]["values"]),
            TEST_TO_TRAIN,
        )}
        for key, other in PAIRS
        for epochs in scored.get(key, {})
        if epochs in scored.get(other, {})
    ]  # fmt: skip


def measure(
    key: str, epochs: int, fold: tuple[Names, Names], splits: Sequence[tuple[Names, Names]], depth: Depth, rate: float,
    keep: bool,
) -> dict:  # fmt: skip
    """One network at one budget: tune its rate, train one network a split at it, measure on unseen and seen names."""
    tried, seeds, hidden_size = {}, list(depth.seeds), depth.hidden_size

    def judged(rates: list[float]) -> list[float]:
        """Each rate's mean accuracy on the development names, networks of all rates trained at once."""
        n = len(depth.development_seeds)
        each, seeds = np.repeat(rates, n).tolist(), len(rates) * list(depth.development_seeds)
        networks = trained(key, len(each) * [fold], seeds, epochs, each, hidden_size)
        values = accuracies(networks, len(each) * [fold[1]])
        return np.reshape(values, (len(rates), n)).mean(axis=1).tolist()

    if depth.development_seeds:
        tried = climb(judged, (rate / 2, rate, 2 * rate))
        rate = best_rate(tried)
    seen, unseen = zip(*splits, strict=True)
    networks = trained(key, splits, seeds, epochs, rate, hidden_size)
    return {
        "rate": rate, "tried": {str(rate): value for rate, value in tried.items()},
        "unseen": summary(accuracies(networks, unseen), TEST_TO_TRAIN),
        "seen": summary(accuracies(networks, seen), TEST_TO_TRAIN),
    } | ({"networks": networks} if keep else {})  # fmt: skip


def trained(
    key: str, splits: Sequence[tuple[Names, Names]], seeds: Sequence[int], epochs: int,
    rates: float | Sequence[float], hidden_size: int,
) -> Networks | list[models.LSTM]:  # fmt: skip
    """One network a split and seed, stacked; "lstm_regularised" one after the other, by the recipe of chapter 2."""
    languages, batch_size = len(splits[0][0].languages), min(BATCH_SIZE, *(len(names) for names, _ in splits))
    variant = surname_network(key, languages, hidden_size)
    if key == "lstm_regularised":
        each = np.broadcast_to(rates, len(seeds)).tolist()
        return [
            regularised(variant.hidden_size, *split, seed, epochs, rate)
            for split, seed, rate in zip(splits, seeds, each, strict=True)
        ]
    names = StackedNames.of([train_names for train_names, _ in splits])
    networks = Networks(variant, seeds, len(ALPHABET), languages)
    train(networks, names.batches(batch_size, epochs, seeds), names.steps(batch_size, epochs), rates)
    return networks


def regularised(hidden_size: int, seen: Names, unseen: Names, seed: int, epochs: int, rate: float) -> models.LSTM:
    """One layer of chapter 2's LSTM, trained with the regularisers that its recipe has."""
    torch.manual_seed(seed)
    model = models.LSTM(len(ALPHABET), hidden_size, len(seen.languages), num_layers=1)
    recipe = MiniBatch(
        epochs=epochs, batch_size=BATCH_SIZE, learning_rate=rate,
        weight_decay=0.1, label_smoothing=0.1, recurrent_dropout=0.3, next_letter=0.5,
    )  # fmt: skip
    fit(model, seen, unseen[:100], recipe, seed=seed)  # what it measures along the way is not looked at
    return model


def accuracies(networks: Networks | list[models.LSTM], names: Sequence[Names]) -> list[float]:
    """One value a network, on the names of its split."""
    if isinstance(networks, Networks):
        return accuracy(networks, StackedNames.of(names))
    return [evaluate(model, of_split).summary()["accuracy"] for model, of_split in zip(networks, names, strict=True)]
