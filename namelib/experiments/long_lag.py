"""The task that names are too short for: the first symbol decides the class, and only distractors follow."""

import time
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import torch

from namelib.experiments.intervals import mean_interval, paired_difference
from namelib.experiments.stacked_training import Batch, train
from namelib.experiments.variants import LINEAR_RNN, LSTM, TANH_RNN, Networks, Variant
from namelib.experiments.workers import Progress, run_jobs

CLASSES = 2  # symbols 0 and 1 open a sequence, each as often
SYMBOLS = 10  # symbols 2 ... 9 are the distractors
TEST_SEQUENCES = 1000
MASTERED = 0.9  # accuracy from which a length counts as mastered

VARIANTS = (LINEAR_RNN, TANH_RNN, LSTM, replace(LSTM, name="lstm_forget_bias", forget_bias=1.0))
# Of RATES, what gave the best mean accuracy in `tune_learning_rate` at its defaults. The plain LSTM was at chance there
# at every rate, so that its own says little; forget bias 1 came to within 0.7 points of its best at every rate.
RATES = (0.003, 0.01, 0.03, 0.1)
LEARNING_RATES = {"linear_rnn": 0.03, "tanh_rnn": 0.03, "lstm": 0.003, "lstm_forget_bias": 0.003}


def draw(length: int, batch_size: int, generators: Sequence[torch.Generator]) -> Batch:
    """Sequences for each seed: a class symbol, then length - 1 distractors, drawn uniformly; the label is the class.

    -> letters (seeds, batch_size, length), lengths and labels (seeds, batch_size).
    """
    if length < 1:
        raise ValueError(f"length={length}: a sequence has at least the symbol that decides its class")
    first = [torch.randint(CLASSES, (batch_size, 1), generator=generator) for generator in generators]
    others = [
        torch.randint(CLASSES, SYMBOLS, (batch_size, length - 1), generator=generator) for generator in generators
    ]
    labels = torch.stack(first)  # (seeds, batch_size, 1)
    letters = torch.cat([labels, torch.stack(others)], dim=2)
    return letters, torch.full(letters.shape[:2], length), labels.squeeze(2)


def run_long_lag(
    lengths: Sequence[int] = (5, 10, 20, 50, 100, 200),
    seeds: Sequence[int] = (0, 1, 2, 3, 4),
    parameters: int = 1000,
    steps: int = 300,
    batch_size: int = 32,
    workers: int = 2,
    progress: Progress | None = None,
) -> dict:
    """Train every variant at every length with the same budget and test it on fresh sequences of that length.

    -> {"settings", "chance", "curves", "variants"}, ready for JSON. curves[variant] has lists with one entry a length:
    `length`, `mean`, `low`, `high` (accuracy with its 95 % t-interval over seeds) and `values` (a list of one a seed).
    variants[variant] has hidden_size, parameters, learning_rate, forget_bias, seconds (of one core), `falls_at`, the
    first length whose interval does not lie above chance (None: none), and `mastered`, for each seed the longest length
    with an accuracy of at least MASTERED (0: none).
    """
    if len(set(seeds)) < len(seeds) or len(seeds) < 2:
        raise ValueError(f"seeds={list(seeds)}: give at least two seeds, all different, or there are no intervals")
    lengths = sorted(set(lengths))
    variants = [variant.sized(parameters, SYMBOLS, CLASSES) for variant in VARIANTS]
    trials = [(variant, LEARNING_RATES[variant.name], length) for variant in variants for length in lengths]
    scores = iter(_train_all(trials, seeds, steps, batch_size, workers, progress))
    result = {
        "settings": {
            "lengths": lengths, "seeds": list(seeds), "parameters": parameters, "steps": steps,
            "batch_size": batch_size, "classes": CLASSES, "distractors": SYMBOLS - CLASSES,
            "test_sequences": TEST_SEQUENCES, "mastered_from": MASTERED, "confidence": 0.95,
        },
        "chance": 1 / CLASSES,
        "curves": {},
        "variants": {},
    }  # fmt: skip
    for variant in variants:
        found = [next(scores) for _ in lengths]
        values = np.array([score["accuracy"] for score in found])  # (lengths, seeds)
        intervals = [mean_interval(row) for row in values]
        result["curves"][variant.name] = {
            "length": lengths, "mean": [i.mean for i in intervals], "low": [i.low for i in intervals],
            "high": [i.high for i in intervals], "values": values.tolist(),
        }  # fmt: skip
        result["variants"][variant.name] = {
            "hidden_size": variant.hidden_size, "parameters": variant.parameters(SYMBOLS, CLASSES),
            "learning_rate": LEARNING_RATES[variant.name], "forget_bias": variant.forget_bias,
            "seconds": sum(score["seconds"] for score in found),
            "falls_at": next((n for n, i in zip(lengths, intervals, strict=True) if i.low <= 1 / CLASSES), None),
            "mastered": np.where(values >= MASTERED, np.array(lengths)[:, None], 0).max(axis=0).tolist(),
        }  # fmt: skip
    return result


def compare_mastered(long_lag: dict, name: str, other: str) -> dict:
    """How many symbols longer the sequences are that `name` masters than those that `other` does.

    From a result of `run_long_lag`, in pairs by seed -> {"mean", "low", "high", "n"}, a 95 % t-interval.
    """
    mastered = {variant: found["mastered"] for variant, found in long_lag["variants"].items()}
    return asdict(paired_difference(mastered[name], mastered[other]))


def tune_learning_rate(
    rates: Sequence[float] = RATES,
    lengths: Sequence[int] = (20, 50),
    seeds: Sequence[int] = (100, 101, 102, 103, 104),
    parameters: int = 1000,
    steps: int = 300,
    batch_size: int = 32,
    workers: int = 2,
    progress: Progress | None = None,
) -> dict[str, dict[float, float]]:
    """How LEARNING_RATES was found: {variant: {rate: accuracy}}, the mean over lengths and over seeds of its own."""
    variants = [variant.sized(parameters, SYMBOLS, CLASSES) for variant in VARIANTS]
    trials = [(variant, rate, length) for variant in variants for rate in rates for length in lengths]
    scores = iter(_train_all(trials, seeds, steps, batch_size, workers, progress))
    return {
        variant.name: {rate: float(np.mean([next(scores)["accuracy"] for _ in lengths])) for rate in rates}
        for variant in variants
    }


def _train_all(
    trials: Sequence[tuple[Variant, float, int]], seeds: Sequence[int], steps: int, batch_size: int,
    workers: int, progress: Progress | None,
) -> list[dict]:  # fmt: skip
    """Train each variant at its learning rate on sequences of its length, one network a seed -> scores, in order."""
    jobs = [(*trial, seeds, steps, batch_size) for trial in trials]
    names = [f"{variant.name} at {length} symbols" for variant, _, length in trials]
    costs = [length * (1 + len(variant.blocks)) for variant, _, length in trials]
    return run_jobs(train_and_score, jobs, costs, names, workers, progress)


def train_and_score(
    variant: Variant, learning_rate: float, length: int, seeds: Sequence[int], steps: int, batch_size: int
) -> dict:
    """Train one network a seed on fresh sequences and test it on fresh ones: accuracy a seed, and seconds."""
    start = time.process_time()
    networks = Networks(variant, seeds, SYMBOLS, CLASSES)
    generators = [torch.Generator().manual_seed(10_000 + seed) for seed in seeds]  # not the stream of the weights
    train(networks, (draw(length, batch_size, generators) for _ in range(steps)), steps, learning_rate)
    seconds = time.process_time() - start
    letters, lengths, labels = draw(length, TEST_SEQUENCES, generators)
    with torch.no_grad():
        right = networks(letters, lengths).argmax(dim=2) == labels  # (seeds, sequences)
    return {"accuracy": right.double().mean(dim=1).tolist(), "seconds": seconds}
