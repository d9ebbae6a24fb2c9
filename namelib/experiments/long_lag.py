"""The task that names are too short for: the first symbol decides the class, and only distractors follow."""

import time
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, replace

import numpy as np
import torch

from namelib.experiments.intervals import CONFIDENCE, mean_interval
from namelib.experiments.stacked_training import Batch, train
from namelib.experiments.variants import LINEAR_RNN, LSTM, TANH_RNN, Networks, Variant
from namelib.experiments.workers import run_jobs
from namelib.training import Progress

CLASSES = 2  # symbols 0 and 1 open a sequence, each as often
SYMBOLS = 10  # symbols 2 ... 9 are the distractors
TEST_SEQUENCES = 1000
MASTERED = 0.9  # accuracy from which a length counts as mastered
LONGER = 4  # times the batches, for the check whether the order of the networks hangs on the budget
TRACED = 20  # symbols over which the trace of the first is followed

VARIANTS = (
    LINEAR_RNN,
    TANH_RNN,
    LSTM,
    replace(LSTM, name="lstm_forget_bias", forget_bias=1.0),  # Jozefowicz et al. 2015
    replace(LSTM, name="lstm_forget_bias_3", forget_bias=3.0),
)
LEARNING_RATES = {  # made by tuning.py, which says how
    "linear_rnn": 0.064, "tanh_rnn": 0.032, "lstm": 0.032, "lstm_forget_bias": 0.008, "lstm_forget_bias_3": 0.016,
}  # fmt: skip


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
    steps: int = 100,
    batch_size: int = 32,
    workers: int = 2,
    progress: Progress | None = None,
) -> dict:
    """Train every variant at every length with the same budget and test it on fresh sequences of that length.

    Once more at the length in the middle with LONGER times the budget.

    -> {"settings", "chance", "curves", "variants"}, ready for JSON. curves[variant] has lists with one entry a length:
    `length`, `mean`, `low`, `high` (accuracy with its 95 % t-interval over seeds) and `values` (a list of one a seed).
    variants[variant] has hidden_size, parameters, learning_rate, forget_bias, seconds (of one core), `falls_at`, the
    first length whose interval does not lie above chance (None: none), and for each seed `mastered`, the longest length
    with an accuracy of at least MASTERED (0: none), `middle` and `longer`, the accuracy at the middle length after the
    one and the longer training, and `trace`, see there, {"untrained", "trained"}; trained: at the longest length.
    """
    if len(set(seeds)) < len(seeds) or len(seeds) < 2:
        raise ValueError(f"seeds={list(seeds)}: give at least two seeds, all different, or there are no intervals")
    lengths = sorted(set(lengths))
    middle = lengths[len(lengths) // 2]
    variants = [variant.sized(parameters, SYMBOLS, CLASSES) for variant in VARIANTS]
    budgets = [*((length, steps) for length in lengths), (middle, LONGER * steps)]
    trials = [(variant, LEARNING_RATES[variant.name], *budget) for variant in variants for budget in budgets]
    scores = iter(train_all(trials, seeds, batch_size, workers, progress))
    result = {
        "settings": {
            "lengths": lengths, "seeds": list(seeds), "parameters": parameters, "steps": steps,
            "batch_size": batch_size, "classes": CLASSES, "distractors": SYMBOLS - CLASSES,
            "test_sequences": TEST_SEQUENCES, "mastered_from": MASTERED, "confidence": CONFIDENCE,
            "middle": middle, "budgets": [steps, LONGER * steps], "traced": TRACED,
        },
        "chance": 1 / CLASSES,
        "curves": {},
        "variants": {},
    }  # fmt: skip
    for variant in variants:
        *found, longer = [next(scores) for _ in budgets]
        values = np.array([score["accuracy"] for score in found])  # (lengths, seeds)
        intervals = [mean_interval(row) for row in values]
        result["curves"][variant.name] = {
            "length": lengths, "mean": [i.mean for i in intervals], "low": [i.low for i in intervals],
            "high": [i.high for i in intervals], "values": values.tolist(),
        }  # fmt: skip
        result["variants"][variant.name] = {
            "hidden_size": variant.hidden_size, "parameters": variant.parameters(SYMBOLS, CLASSES),
            "learning_rate": LEARNING_RATES[variant.name], "forget_bias": variant.forget_bias,
            "seconds": sum(score["seconds"] for score in [*found, longer]),
            "falls_at": next((n for n, i in zip(lengths, intervals, strict=True) if i.low <= 1 / CLASSES), None),
            "mastered": np.where(values >= MASTERED, np.array(lengths)[:, None], 0).max(axis=0).tolist(),
            "middle": found[lengths.index(middle)]["accuracy"], "longer": longer["accuracy"],
            "trace": found[-1]["trace"],
        }  # fmt: skip
    return result


def compare_mastered(long_lag: dict, name: str, other: str) -> dict:
    """How many times the sequences double from the longest that `other` masters to the longest of `name`.

    From a result of `run_long_lag`, in pairs by seed -> {"mean", "low", "high", "n"}. The lengths tried are a coarse
    grid: the network may have mastered anything short of the next one. So the 95 % t-interval reaches from the one in
    which `name` gets what was measured and `other` almost the next length, to the one with the roles exchanged. Beyond
    the last length the grid is taken to go on; who masters none has the class symbol alone, a sequence of length 1.
    """
    lengths = [1, *long_lag["settings"]["lengths"]]
    following = dict(zip(lengths, [*lengths[1:], lengths[-1] ** 2 / lengths[-2]], strict=True))
    ours, theirs = (np.maximum(long_lag["variants"][variant]["mastered"], 1) for variant in (name, other))
    next_ours, next_theirs = ([following[length] for length in reached] for reached in (ours, theirs))
    measured = mean_interval(np.log2(ours / theirs))
    low, high = mean_interval(np.log2(ours / next_theirs)).low, mean_interval(np.log2(next_ours / theirs)).high
    return asdict(measured) | {"low": low, "high": high}


def train_all(
    trials: Sequence[tuple[Variant, float, int, int]], seeds: Sequence[int], batch_size: int,
    workers: int, progress: Progress | None,
) -> list[dict]:  # fmt: skip
    """Train each variant at its rate on sequences of its length for its steps, one network a seed -> scores."""
    jobs = [(*trial, seeds, batch_size) for trial in trials]
    names = [f"{variant.name} at {length} symbols" for variant, _, length, _ in trials]
    costs = [length * steps * (1 + len(variant.blocks)) for variant, _, length, steps in trials]
    return run_jobs(train_and_score, jobs, costs, names, workers, progress)


def train_and_score(
    variant: Variant, learning_rate: float, length: int, steps: int, seeds: Sequence[int], batch_size: int
) -> dict:
    """Train one network a seed on fresh sequences and test it on fresh ones: accuracy and trace a seed, and seconds."""
    start = time.process_time()
    networks = Networks(variant, seeds, SYMBOLS, CLASSES)
    generators = [torch.Generator().manual_seed(10_000 + seed) for seed in seeds]  # not the stream of the weights
    untrained = trace(networks, seeds)
    train(networks, (draw(length, batch_size, generators) for _ in range(steps)), steps, learning_rate)
    seconds = time.process_time() - start
    letters, lengths, labels = draw(length, TEST_SEQUENCES, generators)
    with torch.no_grad():
        right = networks(letters, lengths).argmax(dim=2) == labels  # (seeds, sequences)
    return {
        "accuracy": right.double().mean(dim=1).tolist(), "seconds": seconds,
        "trace": {"untrained": untrained, "trained": trace(networks, seeds)},
    }  # fmt: skip


@torch.no_grad()
def trace(networks: Networks, seeds: Sequence[int], sequences: int = 64) -> list[float]:
    """How fast the first symbol's trace in the hidden state fades, in nat a symbol, a number for each network.

    The distance of two hidden states that have read the same but for the first symbol, after the first and after TRACED
    symbols: the logarithm of its change over the symbols in between, mean over sequences. Computed in float64.
    """
    networks = deepcopy(networks).double()
    generators = [torch.Generator().manual_seed(20_000 + seed) for seed in seeds]
    letters, _, _ = draw(TRACED, sequences, generators)
    twins = letters.clone()
    twins[:, :, 0] = 1 - letters[:, :, 0]  # the other class
    distance = (networks.states(letters) - networks.states(twins)).norm(dim=3)  # (seeds, sequences, TRACED + 1)
    distance = distance.nan_to_num(nan=1e300).clamp(1e-300, 1e300)  # grown, or forgotten, beyond all numbers
    fading = (distance[:, :, -1] / distance[:, :, 1]).log() / (TRACED - 1)
    return fading.mean(dim=1).tolist()
